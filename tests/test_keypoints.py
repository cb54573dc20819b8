import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import markdown
from questions.keypoints import derive, from_short_answer, point_id


def _texts(reference: str) -> list[str]:
    return [point.text for point in derive(reference)]


def test_bullets_keep_their_bold_label() -> None:
    reference = "Key differences:\n\n- **Size**: Images are megabytes\n- **Start**: Containers take seconds\n"
    assert _texts(reference) == [
        "Size: Images are megabytes",
        "Start: Containers take seconds",
    ]


def test_bullets_keep_the_label_above_where_it_says_something() -> None:
    assert _texts("Rollback with Swarm:\n- Pin the old digest\n- Update the service\n") == [
        "Rollback with Swarm: Pin the old digest",
        "Rollback with Swarm: Update the service",
    ]
    assert _texts("Best practices:\n- Pin the old digest\n") == ["Pin the old digest"]


def test_use_cases_stay_with_what_they_are_for() -> None:
    assert _texts("Use cases:\n- Bridge: Most applications\n") == ["Bridge (use cases): Most applications"]


def test_prose_gives_its_sentences_and_drops_boilerplate() -> None:
    reference = (
        "A zombie has exited, but nobody has read its exit status. It holds only a table entry, "
        "e.g. Its PID. The kernel gives orphans to init. Here is an example:\n\nThis guide covers everything."
    )
    assert _texts(reference) == [
        "A zombie has exited, but nobody has read its exit status. It holds only a table entry, e.g. Its PID",
        "The kernel gives orphans to init",
    ]


def test_a_sentence_before_a_list_is_a_statement_when_it_states_something() -> None:
    assert _texts("Docker uses a client-server architecture:\n- **Client**: sends requests\n") == [
        "Docker uses a client-server architecture",
        "Client: sends requests",
    ]
    assert _texts("It provides several advantages:\n- **Size**: smaller images\n") == ["Size: smaller images"]


def test_avoid_lists_become_points_to_avoid() -> None:
    points = derive("Use a secret store.\n\nAvoid:\n- Hardcoding secrets in the Dockerfile\n")
    assert [(p.text, p.avoid) for p in points] == [
        ("Use a secret store", False),
        ("Hardcoding secrets in the Dockerfile", True),
    ]


def test_code_terms_and_inline_code_terms() -> None:
    points = derive("- Look at `OOMKilled` first\n\n```bash\n# Watch memory\ndocker stats app\n```\n")
    assert [(p.text, p.terms) for p in points] == [
        ("Look at OOMKilled first", ("OOMKilled",)),
        ("Watch memory (docker stats)", ("docker stats",)),
    ]


def test_tables_give_a_statement_a_row() -> None:
    assert _texts("| Type | Order | Nulls |\n|---|---|---|\n| Set | none | one |\n") == [
        "Set: Order none; Nulls one"
    ]


def test_nested_lists_keep_the_outer_item_as_their_label() -> None:
    assert _texts(
        "- Optimistic locking\n  - checks a version when it writes\n  - retries after a conflict\n"
    ) == [
        "Optimistic locking: checks a version when it writes",
        "Optimistic locking: retries after a conflict",
    ]


def test_near_duplicates_are_said_once() -> None:
    assert _texts("- Use smaller base images\n- Smaller base images are used\n- Pin versions of tools\n") == [
        "Use smaller base images",
        "Pin versions of tools",
    ]


def test_at_most_eight_points() -> None:
    reference = "\n".join(f"- Service number {n} owns data set {n} alone" for n in range(30))
    assert len(derive(reference)) == 8


def test_the_most_telling_statements_are_kept_in_their_order() -> None:
    short = [f"- {word} scaling" for word in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")]
    long = [f"- **{name}**: keeps the requests of each tenant apart by {name}" for name in "klmnop"]
    kept = _texts("\n".join([*short[:3], *long, *short[3:]]))
    assert kept == [*("alpha scaling", "beta scaling"), *(line[2:].replace("**", "") for line in long)]


def test_settings_are_no_points_where_enough_is_said_in_words() -> None:
    code = "```yaml\nservices:\n  app:\n    logging:\n      driver: json-file\n      max-size: 10m\n```\n"
    said = "- Logs are rotated by size\n- Old files are removed\n- The driver writes plain files\n"
    assert _texts(said + code) == [
        "Logs are rotated by size",
        "Old files are removed",
        "The driver writes plain files",
    ]
    assert any("json-file" in text for text in _texts(code))


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("True.", ["Is DNS fast: True"]),
        ("`docker ps`", ["Is DNS fast: docker ps"]),
        ("```sql\nSELECT 1\n```", ["SELECT 1"]),
        ("```mermaid\ngraph TB\n```", []),
        ("", []),
        (
            "```js\nconst out = items.map(f).filter(Boolean)\nfor (const x of out) { send(x) }\n"
            "items.reduce((a, b) => a + b, start) + someMoreOfTheSame + andMore + andMore +\n"
            "andMore + andMore\n```",
            ["The code uses items.map, send, items.reduce"],
        ),
    ],
)
def test_an_answer_too_short_for_a_statement_takes_the_question_along(answer: str, points: list[str]) -> None:
    found = from_short_answer("Is DNS fast?", markdown.parse(answer).blocks)
    assert [point.text for point in found] == points


@pytest.mark.parametrize(
    "reference", ["", "Yes.", "```mermaid\ngraph TB\n```", "[link](a)", "Here is an example:"]
)
def test_what_states_nothing_gives_no_points(reference: str) -> None:
    assert derive(reference) == ()


def test_ids_depend_on_the_words_alone() -> None:
    assert point_id("Use `COPY` first.") == point_id("use copy FIRST")
    assert point_id("Use COPY first") != point_id("Use COPY last")


_PIECES = [
    *(
        "- ",
        "  - ",
        "1. ",
        "**",
        "`",
        ":",
        "\n",
        "\n\n",
        "```bash\n",
        "```\n",
        "# ",
        "| a | b |\n|---|---|\n",
        "> ",
    ),
    *(
        "Containers share the kernel. ",
        "Avoid:",
        "docker run --rm x ",
        "It is so. ",
        "é",
        "https://a.example ",
    ),
]
_MARKDOWN = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@given(st.one_of(_MARKDOWN, st.text(max_size=200)))
def test_any_reference_gives_few_distinct_points(reference: str) -> None:
    points = derive(reference)
    assert len(points) <= 8
    assert len({point.id for point in points}) == len(points)
    assert points == derive(reference)


def test_the_order_of_bullets_does_not_change_ids() -> None:
    bullets = [
        "- **A**: one thing is first",
        "- **B**: another thing is next",
        "- **C**: the last thing is rare",
    ]
    shuffled = bullets[:]
    random.Random(1).shuffle(shuffled)
    assert {p.id for p in derive("\n".join(bullets))} == {p.id for p in derive("\n".join(shuffled))}
