import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot import wording
from bot.models import Progress, Summary, TopicProgress, Weakness
from bot.terminal import render
from grader.models import Grade, PointGrade, Span, Verdict
from questions.models import KeyPoint, Question
from tests.practising import WordGrader, question, small_bank

APPLE = question("apple")
HOSTILE = "\x1b]8;;http://x\x1b\\**bold** [red]x[/red] @everyone `code` <b> \u202egnal\u202c\x07 \x9b31m"


def shown(markdown: str) -> str:
    """Render as the terminal does, without styles."""
    out = StringIO()
    Console(file=out, width=400, markup=False, highlight=False, emoji=False).print(render(markdown))
    return out.getvalue()


def card(answer: str, asked: Question = APPLE) -> str:
    return wording.card(asked, answer, WordGrader().grade(asked, answer), small_bank().sections)


@given(st.text())
def test_escaped_text_is_one_line_that_renders_as_written(text: str) -> None:
    escaped = wording.escape(text)
    assert "\n" not in escaped
    assert shown(f"x{escaped}x").split() == f"x{wording.line(text)}x".split()


@given(st.text())
def test_nothing_that_steers_a_screen_is_left(text: str) -> None:
    for made in (wording.visible(text), shown(wording.visible(text)), card(f"birds love apple {text}")):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made)


def test_a_covered_point_quotes_the_words_that_earned_it() -> None:
    assert "- ✔ **covered (weight 1)** Birds love apple\n  “birds love the apple”" in card(
        "birds love the apple"
    )


def test_a_partly_covered_point_says_what_is_whole() -> None:
    text = card("the apple: slowly")
    assert "◐ **partly, not sure (weight 3)** The apple ripens slowly" in text
    assert "  You have part of it: “apple: slowly”" in text.replace("\\", "")
    assert "I am not sure about this mark" in text


def test_a_contradicted_point_sets_right_against_written() -> None:
    text = card("it is not apple that ripens slowly")
    assert "✘ **contradicted (weight 3)** You wrote “not apple that ripens slowly”." in text
    assert "  Right is: The apple ripens slowly" in text
    assert "  Read: How plants grow" in text


def test_a_contradicted_avoid_point_says_what_to_avoid() -> None:
    avoid = KeyPoint(id="avoid", text="Storing secrets in images", avoid=True)
    asked = APPLE.model_copy(update={"key_points": (avoid,)})
    result = PointGrade("avoid", Verdict.CONTRADICTED, {}, (Span(0, 8),))
    text = wording.card(asked, "Store it in the image", Grade("apple", 0, True, (result,), "m"))
    assert "You wrote “Store it”." in text
    assert "Better avoid: Storing secrets in images" in text


def test_a_missing_point_says_what_to_read() -> None:
    assert "○ **missing (weight 3)** The apple ripens slowly\n  Read: How plants grow" in card("no idea")


@pytest.mark.parametrize("gate", [*wording.GATES, "something new"])
def test_a_refused_answer_says_why(gate: str) -> None:
    grade = Grade("apple", 0, sure=True, points=(), model="m", gate=gate)
    assert wording.verdict_on(grade) == wording.GATES.get(gate, gate)


def test_long_evidence_is_shortened() -> None:
    answer = f"birds {'very ' * 200}love the apple"
    quoted = re.findall("“(.*?)”", card(answer))
    assert quoted
    assert all(len(each) <= wording.QUOTE for each in quoted)
    assert quoted[0].endswith("…")


def test_what_a_corpus_and_a_person_write_stays_text() -> None:
    point = KeyPoint(id="p", text=f"Birds love {HOSTILE}")
    asked = APPLE.model_copy(update={"key_points": (point,), "topic": HOSTILE})
    text = card(f"birds love code everyone gnal {HOSTILE}", asked)
    assert "**bold**" not in text
    assert "[red]x[/red]" in shown(text)
    assert "\x1b" not in wording.facts(asked)
    weak = Weakness("apple", HOSTILE, point, Verdict.MISSING)
    topic = TopicProgress(HOSTILE, 1, 0.0, None, 2, (weak,), 0.0)
    for made in (
        wording.progress(Progress(1, 0.0, None, (topic,))),
        wording.summary(Summary(((asked, 0),), (weak,), ()), "show"),
    ):
        assert "\x1b" not in made
        assert "**bold**" not in made


def test_braces_and_percent_signs_are_not_filled_in() -> None:
    assert "{0} %s {x!r} apple”" in shown(card("birds love {0} %s {x!r} apple"))


def test_progress_tells_trend_and_due_questions() -> None:
    topic = TopicProgress("Fruit", 4, 31.25, 62.5, 2, (), 40.0)
    text = wording.progress(Progress(4, 31.25, -62.5, (topic,)))
    assert text.startswith("**4 answers**, mean 31, falling (-62)")
    assert "**Fruit**: 4 answers, mean 31, rising (+62), mastery 40, 2 due for review" in text
    assert wording.progress(Progress(0, None, None, ())) == "No answers yet. Start with `interview practise`."


def test_a_question_without_a_hint_gets_an_honest_one() -> None:
    plain = APPLE.model_copy(update={"hint": None})
    assert wording.hint(plain) == (
        "No hint was written for this question. It looks for 2 points, the weightiest counts 3."
    )


def test_a_listing_groups_questions_by_topic() -> None:
    text = shown(wording.listing(list(small_bank().values())))
    assert text.index("Fruit") < text.index("cherry") < text.index("Trees") < text.index("maple")
    assert "apple · fundamental · 2 points" in text
