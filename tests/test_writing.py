"""What is written as a native file reads back the same, whatever the questions hold."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import keypoints, markdown
from questions.load import bundled_path, corpus_files
from questions.models import KeyPoint, Level, Question, Reading
from questions.reading import question_id, read
from questions.writing import shared_tags, write

FILE = Path("topic.md")
HOSTILE = "#*_`~<>[]()!&|\\-+=.:;,'\"/@$%^{}0123 Qq"
WORDS = st.lists(
    st.sampled_from("kernel image layer cache Docker run port 80 not é 漢".split()), min_size=1, max_size=6
)


def back(text: str) -> Reading:
    return read(text.encode(), FILE, FILE)


def same(question: Question) -> Question:
    """Return the question as it must read back: where it was read and who wrote its points is new."""
    return question.model_copy(update={"source": None, "derived": False})


def _line(alphabet: str) -> st.SearchStrategy[str]:
    marked = st.lists(
        st.one_of(WORDS.map(" ".join), st.text(alphabet, min_size=1, max_size=8)), min_size=1, max_size=5
    )
    lines = marked.map(lambda parts: " ".join(" ".join(parts).split()))
    return lines.filter(lambda line: any(c.isalnum() for c in line))


@st.composite
def key_points(draw: st.DrawFn) -> KeyPoint:
    source = draw(
        st.one_of(
            _line(HOSTILE.replace("`", "")),
            _line("`-. "),
            WORDS.map(lambda w: f"`{w[0]}` is `{' '.join(w)}`"),
        )
    )
    text, terms = markdown.plain(source), markdown.code_words(source)
    return KeyPoint(
        id=keypoints.point_id(text),
        text=text,
        terms=terms,
        weight=draw(st.integers(1, 3)),
        avoid=draw(st.booleans()),
    )


BLOCKS = st.sampled_from(
    [
        "A plain sentence, and *another* one.",
        "- a list\n- of two\n\n  with a paragraph",
        "3. a list\n4. that starts late",
        "    indented = code",
        "```yaml\n---\n# Q7: no heading\nkey: value\n```",
        "~~~\n**Hint:** no label\n~~~",
        "##### A heading\n\nwith text",
        "| a | b |\n|---|---|\n| **Tags:** | d |",
        "> a quote\n> **Hint:** in it",
        "<details>\n\nHidden\n\n</details>",
        "**Bold label:**\n- item",
        "line one  \nline two\\\nline three",
        "---",
        "Words [of a link][1].\n\n[1]: a.md\n\nMore words.",
    ]
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    title = draw(_line(HOSTILE))
    lead = draw(st.sampled_from(["", "", "\n\nIt runs on *one* host.\n\n```sh\ndocker ps\n```"]))
    prompt = markdown.plain(title, code=True) + lead
    points = {point.id: point for point in draw(st.lists(key_points(), min_size=1, max_size=4))}
    extra = st.one_of(st.none(), _line(HOSTILE.replace("<", "")))
    return Question(
        id=question_id("topic", prompt),
        topic="topic",
        level=draw(st.sampled_from(Level)),
        prompt=prompt,
        reference="\n\n".join(draw(st.lists(BLOCKS, min_size=1, max_size=4))) + "\n\nThe end.",
        key_points=tuple(points.values()),
        tags=tuple(dict.fromkeys(draw(st.lists(st.sampled_from(["a", "b-c", "d e", "c++"]), max_size=3)))),
        hint=draw(extra),
        follow_up=draw(extra),
    )


@given(st.lists(questions(), min_size=1, max_size=4, unique_by=lambda question: question.id))
def test_questions_read_back_the_same(asked: list[Question]) -> None:
    reading = back(write(asked, title="A topic"))
    assert reading.problems == ()
    assert {question.id: same(question) for question in reading.questions} == {q.id: q for q in asked}


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=80),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_an_answer_holds_the_questions_around_it_stay(answers: list[str]) -> None:
    points = (KeyPoint(id=keypoints.point_id("a point"), text="a point"),)
    asked = [
        Question(
            id=question_id("topic", f"Question {n}?"),
            topic="topic",
            level=Level.ADVANCED,
            prompt=f"Question {n}?",
            reference=f"Words\n{answer}",
            key_points=points,
            hint="a hint",
        )
        for n, answer in enumerate(answers)
    ]
    found = back(write(asked, title="A topic")).questions
    assert [(q.id, q.key_points, q.hint) for q in found] == [(q.id, q.key_points, q.hint) for q in asked]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("## Heading\n\nWords\n\n### Below\n\nWords", "##### Heading\n\nWords\n\n###### Below\n\nWords"),
        ("Title\n=====\n\nWords", "##### Title\n\nWords"),
        ("##### Q2: Why?\n\nWords", "**Q2: Why?**\n\n\nWords"),
        (
            "Words\n\n**Key points:** all of it\n**Hint**: none",
            "Words\n\n*Key points:* all of it\n*Hint:* none",
        ),
        ("Words\n\n```sh\nls", "Words\n\n```sh\nls\n```"),
        ("Words\n\n<!-- open", "Words\n\n<!-- open\n-->"),
        ("Words [a][1]\n\n[1]: b.md", "[1]: b.md\n\nWords [a][1]"),
    ],
)
def test_what_no_native_answer_can_hold_changes_its_marks_only(written: str, kept: str) -> None:
    question = Question(
        id=question_id("topic", "Why?"),
        topic="topic",
        level=Level.ADVANCED,
        prompt="Why?",
        reference=written,
        key_points=(KeyPoint(id="1", text="Words"),),
    )
    (found,) = back(write([question], title="A topic")).questions
    assert found.reference == kept


def test_every_bundled_file_reads_back_the_same() -> None:
    for file in corpus_files(bundled_path()):
        first = read(file.read_bytes(), file, bundled_path())
        title = first.questions[0].source.title if first.questions[0].source else None
        text = write(first.questions, first.sections, title=title or "", licence=first.licence, source="us")
        second = read(text.encode(), file, bundled_path())
        assert (second.claimed, second.licence) == (len(first.questions), first.licence)
        assert {q.id: same(q) for q in second.questions} == {q.id: same(q) for q in first.questions}
        assert [(s.id, s.title, s.text) for s in second.sections] == [
            (s.id, s.title, s.text) for s in first.sections
        ]
        assert (
            write(second.questions, second.sections, title=title or "", licence=first.licence, source="us")
            == text
        )


def test_the_tags_of_all_questions_are_the_files() -> None:
    def tagged(*tags: str) -> Question:
        point = KeyPoint(id="1", text="Words")
        return Question(
            id="-".join(tags),
            topic="t",
            level=Level.ADVANCED,
            prompt="?",
            reference="!",
            key_points=(point,),
            tags=tags,
        )

    assert shared_tags([tagged("a", "c", "d"), tagged("b", "c", "d")]) == ("c", "d")
    assert shared_tags([tagged("c", "d"), tagged("d", "c")]) == ()
    assert shared_tags([tagged("c", "d")]) == ()
