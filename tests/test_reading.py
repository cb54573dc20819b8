from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.models import Level, Reading
from questions.reading import question_id, read

ROOT = Path("corpus")
HEAD = "---\ntitle: Docker and more\ncategory: devops\ntags: [docker]\nlicence: MIT\nquestionCount: 2\n---\n"
BODY = """\
# Guide

## Kernel

Containers share the kernel of their host.

## Empty

### Basic Questions

#### Q1: What do containers share?

**Answer:**
Containers share the host's kernel. Images hold no kernel.
"""


def _read(text: str | bytes, name: str = "corpus/a.md") -> Reading:
    return read(text if isinstance(text, bytes) else text.encode(), Path(name), ROOT)


def test_a_file_gives_questions_sections_and_claims() -> None:
    reading = _read(HEAD + BODY)
    (question,) = reading.questions
    assert question.topic == "docker"
    assert question.level is Level.FUNDAMENTAL
    assert question.tags == ("docker", "devops")
    assert question.derived
    assert question.key_points[0].section == "a.md#kernel"
    assert question.source is not None
    assert (question.source.path, question.source.line, question.source.licence) == ("corpus/a.md", 18, "MIT")
    assert [(s.id, s.title, s.line) for s in reading.sections] == [("a.md#kernel", "Kernel", 10)]
    assert (reading.dialect, reading.claimed, reading.licence) == ("native", 2, "MIT")
    assert reading.problems == ()


def test_authored_points_carry_weight_terms_and_avoid() -> None:
    points = "\n**Key points:**\n- (3) Run as `USER` app\n- Avoid: running as root\n"
    (question,) = _read(BODY + points).questions
    assert not question.derived
    assert [(p.text, p.weight, p.terms, p.avoid) for p in question.key_points] == [
        ("Run as USER app", 3, ("USER",), False),
        ("running as root", 1, (), True),
    ]


@pytest.mark.parametrize(
    ("head", "name", "topic"),
    [
        ("topic: Node.js Core\ntitle: x", "corpus/a.md", "node.js-core"),
        ("title: Docker and more\ntags: [linux, docker]\ncategory: devops", "corpus/a.md", "docker"),
        ("title: Containers\ntags: [linux]\ncategory: Dev Ops", "corpus/a.md", "dev-ops"),
        ("title: Containers", "corpus/c++.md", "c++"),
        ("title: Containers", "corpus/kafka/README.md", "kafka"),
    ],
)
def test_the_topic_is_what_people_choose_by(head: str, name: str, topic: str) -> None:
    assert _read(f"---\n{head}\n---\n{BODY}", name).questions[0].topic == topic


def test_an_id_survives_edits_of_the_answer_reordering_and_renumbering() -> None:
    other = "\n#### Q2: Why?\n\n**Answer:** Because things are so.\n"
    before = _read(HEAD + BODY + other).questions
    after = _read(
        HEAD + "#### Q9: Why?\n\n**Answer:** For another reason.\n" + BODY.replace("Q1", "Q20")
    ).questions
    assert {q.id for q in before} == {q.id for q in after}


def test_ids_are_short_and_differ_by_topic() -> None:
    assert question_id("docker", "What is it?") != question_id("linux", "What is it?")
    assert question_id("docker", "Was ist das: größer?").isascii()
    assert len(question_id("t" * 99, "w " * 99)) <= 70
    assert question_id("темы", "Что это?")


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"", 1, "the file is empty"),
        (b" \r\n\t", 1, "the file is empty"),
        (b"# A\n\xff\xfe", 2, "the text is not UTF-8"),
        ("# A".encode("utf-16"), 1, "the file is UTF-16"),
        (b"# A\n\nb\0c", 3, "a NUL byte: this is no text file"),
        (b"---\ntitle: a\ntags: [b\n---\n# A\n", 3, "front matter"),
        (b"---\ntitle: a: b\n---\n# A\n", 2, "front matter"),
        (b"#### Q1: Why?\n\n#### Q2: How?\n\n**Answer:** So it is.\n", 1, "no answer"),
        (b"#### Q1: Why?\n\n**Answer:** Yes.\n", 1, "the answer makes no statement"),
        (
            b"#### Q1: Why?\n\n**Answer:** So it is.\n\n**Key points:**\n- A b\n- a B\n",
            6,
            "the same point twice",
        ),
        (b"#### Q1: Why?\n\n**Answer:** So it is.\n\n**Key points:**\n- (9) A b\n", 6, "weight 9"),
        (b"a\n" * 150_000, 1, "150,001 lines"),
        (b"# Questions\n\n" + b"Q: a?\n\n" * 10_001, 1, "10,001 questions"),
        (b"#### Q1: " + b"why " * 600 + b"\n\n**Answer:** So it is.\n", 1, "a question of 2399 characters"),
    ],
)
def test_bad_content_is_named_with_its_line(content: bytes, line: int, problem: str) -> None:
    found = _read(content).problems[0]
    assert problem in found.problem
    assert found.line == line
    assert found.fatal
    assert found.advice


def test_front_matter_that_is_not_understood_is_told_but_does_no_harm() -> None:
    reading = _read(f"---\nquestionCount: many\nlayout: post\n---\n{BODY}")
    assert len(reading.questions) == 1
    assert [p.problem for p in reading.problems] == [
        "front matter: questionCount must be a whole number up to 1,000,000",
        "front matter: unknown fields layout",
    ]
    assert not any(p.fatal for p in reading.problems)


def test_windows_newlines_and_a_byte_order_mark_change_nothing() -> None:
    text = HEAD + BODY
    assert _read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == _read(text)


def test_same_headings_get_anchors_of_their_own() -> None:
    reading = _read("# A\n\none\n\n# A\n\ntwo\n\n# Contents\n\n- [A](#a)\n")
    assert [section.id for section in reading.sections] == ["a.md#a", "a.md#a-1"]


_PIECES = [
    "# ",
    "#### Q1: ",
    "**Answer:**",
    "**Key points:**\n- ",
    "(2) ",
    "**Hint:** ",
    "---\n",
    "\n",
    "\n\n",
    "- ",
    "```\n",
]
_TEXTS = st.lists(
    st.one_of(st.sampled_from([*_PIECES, "Why is it so? ", "title: a"]), st.text(max_size=8)), max_size=40
)


@given(
    st.one_of(st.binary(max_size=200), _TEXTS.map("".join).map(lambda text: text.encode("utf-8", "replace")))
)
def test_any_content_is_read(content: bytes) -> None:
    reading = _read(content)
    assert all(problem.line >= 1 for problem in reading.problems)
    for question in reading.questions:
        ids = [point.id for point in question.key_points]
        assert len(set(ids)) == len(ids)
