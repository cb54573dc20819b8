import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from matplotlib.image import imread

from bot import charts
from bot.models import Interview, InterviewChoice, Progress, TopicProgress
from bot.scorecard import RULE, Judgement, QuestionScore, Scorecard, TopicScore
from tests.practising import question

TODAY = date(2026, 11, 24)


def card(questions: int, topics: int, name: str = "Topic") -> Scorecard:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    interview = Interview(1, "p", None, "c", InterviewChoice(), "done", at, None, at, questions)
    scores = [
        QuestionScore(question("apple"), 1, 40, 60, 130.0, 360.0, False),
        QuestionScore(question("apple"), None, None, None, 360.0, None, True),
    ] * questions
    means = tuple(TopicScore(f"{name} {number}", 50.0, 1) for number in range(topics))
    return Scorecard(interview, 52.3, means, tuple(scores[:questions]), (), (), Judgement.LEAN_NO, RULE, 1)


def topic(name: str, trend: float | None = 3.0) -> TopicProgress:
    return TopicProgress(name, 4, 60.0, trend, 2, (), 71.0)


@pytest.mark.parametrize(("questions", "topics"), [(0, 0), (1, 1), (5, 2), (20, 24)])
def test_a_scorecard_of_any_size_is_drawn(questions: int, topics: int) -> None:
    picture = charts.scorecard(card(questions, topics))
    height, width = imread(BytesIO(picture.data)).shape[:2]
    assert width == 936
    assert height < 2 * width
    assert len(picture.data) < 300_000
    assert len(picture.alt) <= charts.MAX_ALT
    assert picture.alt.startswith("Lean no, mean 52 of 100.")


def test_the_alt_text_says_what_the_scorecard_shows() -> None:
    assert charts.scorecard(card(2, 1)).alt == (
        "Lean no, mean 52 of 100. Marks: question 1 60 in 2.2 min; question 2 not answered."
        " By topic: Topic 0 50."
    )


def test_progress_is_drawn_with_and_without_answers() -> None:
    activity = [(TODAY - timedelta(days=day), 1 + day % 3) for day in range(60, -1, -2)]
    found = Progress(12, 71.0, 3.0, (topic("SQL"), topic("Linux", -3.0), topic("Git", 0.0), topic("C", None)))
    picture = charts.progress(found, activity)
    assert imread(BytesIO(picture.data)).shape[1] == 936
    assert picture.alt == (
        "12 answers · mean 71. Mastery by topic: SQL (rising) 71; Linux (falling) 71; Git (steady) 71;"
        " C 71. Answers on 31 of the last 84 days."
    )
    assert charts.progress(Progress(0, None, None, ()), []).alt.endswith("No answers lately.")


@pytest.mark.parametrize("name", ["$x^2", r"a\b_c%", "<b>", "ä" * 200, "\x1b[31m", "{}", "日本"])
def test_any_name_can_be_drawn(name: str) -> None:
    charts.progress(Progress(1, 1.0, None, (topic(name),)), [(TODAY, 1)])


def test_the_colours_stand_out_from_the_background() -> None:
    for ink, least in (
        (charts.INK, 4.5),
        *((each, 3) for each in (charts.BLUE, charts.GREEN, charts.AMBER, charts.RED)),
    ):
        assert contrast(ink, charts.BACKGROUND) >= least


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.1)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_drawing_needs_no_pyplot() -> None:
    script = (
        "import sys; from datetime import date; from bot import charts; from bot.models import Progress\n"
        "assert 'matplotlib' not in sys.modules\n"
        "charts.progress(Progress(0, None, None, ()), [(date(2026, 1, 1), 1)])\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
