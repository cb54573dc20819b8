"""Pictures: a scorecard, and a person's progress. Drawn without pyplot, so that any thread may draw.

Pictures bring their own background, since no ink on a transparent one has the contrast that text needs
(4.5 to 1, WCAG 2.1, 1.4.3) in Discord's dark theme and its light one.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.models import Progress
from bot.scorecard import QuestionScore, Scorecard
from bot.spoken import JUDGEMENTS
from bot.wording import line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_ALT = 1024  # characters of alt text that Discord takes
BACKGROUND, INK = "#2b2d31", "#dbdee1"
BLUE, GREEN, AMBER, RED = "#5b9bf0", "#43b97a", "#d99a2b", "#e8695f"
LABEL = 26  # characters of a topic's name beside its bar
TOPICS = 8
DAYS = 84


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with its file name and a text that says what it shows, 1,024 characters at most."""

    data: bytes
    name: str
    alt: str


def scorecard(card: Scorecard) -> Picture:
    """Draw an interview: marks by question with what the follow-up added, by topic, and the time used."""
    figure = _figure(7.2, 1.9 + 0.34 * max(3, len(card.questions)) + 0.3 * min(len(card.topics), TOPICS))
    grid = figure.add_gridspec(
        2,
        2,
        height_ratios=[max(3, len(card.questions)), max(2, min(len(card.topics), TOPICS))],
        width_ratios=[3, 2],
    )
    figure.suptitle(f"{JUDGEMENTS[card.judgement].capitalize()} · {card.mean:.0f} / 100", color=INK, size=13)
    _questions(figure.add_subplot(grid[0, 0]), card.questions)
    _times(figure.add_subplot(grid[0, 1]), card.questions)
    marks = [(_short(topic.topic), topic.mean) for topic in card.topics[:TOPICS]]
    _bars(figure.add_subplot(grid[1, :]), marks, "Mean mark by topic")
    return Picture(_png(figure), "scorecard.png", _alt(_said(card)))


def progress(found: Progress, activity: Sequence[tuple[date, int]]) -> Picture:
    """Draw a person's progress: mastery and trend by topic, and answers a day over twelve weeks.

    `activity` lists days with their number of answers; it ends with the last day drawn.
    """
    topics = found.topics[:TOPICS]
    figure = _figure(7.2, 2.6 + 0.34 * max(2, len(topics)))
    grid = figure.add_gridspec(2, 1, height_ratios=[max(2, len(topics)), 3])
    mean = f" · mean {found.mean:.0f}" if found.mean is not None else ""
    answers = f"{found.attempts} answer{'' if found.attempts == 1 else 's'}"
    figure.suptitle(f"{answers}{mean}", color=INK, size=13)
    marks = [(f"{_short(topic.topic)}{_arrow(topic.trend)}", topic.mastery) for topic in topics]
    _bars(figure.add_subplot(grid[0]), marks, "Mastery by topic: mean of each question's latest mark")
    _activity(figure.add_subplot(grid[1]), activity)
    told = "; ".join(f"{line(topic.topic)}{_words(topic.trend)} {topic.mastery:.0f}" for topic in topics)
    active = sum(count > 0 for _, count in activity)
    days = f"Answers on {active} of the last {DAYS} days." if active else "No answers lately."
    return Picture(_png(figure), "progress.png", _alt(f"{answers}{mean}. Mastery by topic: {told}. {days}"))


def _figure(width: float, height: float) -> "Figure":
    """Make a figure in inches at 130 dots each; its text is measured without a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(width, height), dpi=130, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    FigureCanvasAgg(figure)
    figure.patch.set_facecolor(BACKGROUND)
    return figure


def _questions(axes: "Axes", scores: Sequence[QuestionScore]) -> None:
    places = range(len(scores), 0, -1)
    first = [score.first or 0 for score in scores]
    gained = [(score.score or 0) - (score.first or 0) for score in scores]
    axes.barh(places, first, height=0.6, color=[_colour(score.score or 0) for score in scores])
    axes.barh(places, gained, left=first, height=0.6, color="none", edgecolor=GREEN, hatch="////")
    for place, score in zip(places, scores, strict=True):
        shown = "–" if score.score is None else f"{score.score}{'' if score.sure else ' ?'}"
        axes.text(min((score.score or 0) + 2, 101), place, shown, va="center", color=INK, size=9)
    _style(axes, "Mark by question (hatched: from the follow-up)")
    axes.set_xlim(0, 112)
    axes.set_yticks(list(places), [f"Q{number}" for number in range(1, len(scores) + 1)])


def _times(axes: "Axes", scores: Sequence[QuestionScore]) -> None:
    places = range(len(scores), 0, -1)
    used = [score.seconds / 60 for score in scores]
    axes.barh(places, used, height=0.6, color=BLUE)
    for place, score in zip(places, scores, strict=True):
        if score.allowed:
            axes.plot([score.allowed / 60] * 2, [place - 0.4, place + 0.4], color=INK, linewidth=2)
    _style(axes, "Minutes used (line: allowed)")
    axes.set_xlim(left=0)
    axes.set_yticks([])


def _bars(axes: "Axes", marks: Sequence[tuple[str, float]], title: str) -> None:
    places = range(len(marks), 0, -1)
    axes.barh(places, [mark for _, mark in marks], height=0.6, color=[_colour(mark) for _, mark in marks])
    for place, (_, mark) in zip(places, marks, strict=True):
        axes.text(min(mark + 1, 101), place, f"{mark:.0f}", va="center", color=INK, size=9)
    _style(axes, title)
    axes.set_xlim(0, 106)
    # A dollar sign in a name would begin a formula.
    axes.set_yticks(list(places), [name.replace("$", r"\$") for name, _ in marks])


def _activity(axes: "Axes", activity: Sequence[tuple[date, int]]) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import MaxNLocator

    end = activity[-1][0] if activity else date(1970, 3, 26)
    axes.bar([day for day, _ in activity], [count for _, count in activity], width=0.9, color=BLUE)  # type: ignore[arg-type]
    _style(axes, "Answers a day, twelve weeks", grid="y")
    axes.set_xlim(end - timedelta(days=DAYS), end + timedelta(days=1))  # type: ignore[arg-type]
    axes.set_ylim(0, max([1, *(count for _, count in activity)]) * 1.15)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    if activity:
        locator = AutoDateLocator(maxticks=7)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    else:
        axes.set_xticks([])


def _style(axes: "Axes", title: str, grid: str = "x") -> None:
    axes.set_title(title, color=INK, size=10, loc="left")
    axes.set_facecolor(BACKGROUND)
    axes.tick_params(colors=INK, labelsize=9, length=0)
    axes.grid(visible=True, axis=grid, color=INK, alpha=0.2, linewidth=0.7)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _png(figure: "Figure") -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _colour(mark: float) -> str:
    return GREEN if mark >= 75 else AMBER if mark >= 40 else RED


def _arrow(trend: float | None) -> str:
    if trend is None:
        return ""
    return " ↑" if trend >= 0.5 else " ↓" if trend <= -0.5 else " →"


def _words(trend: float | None) -> str:
    if trend is None:
        return ""
    return " (rising)" if trend >= 0.5 else " (falling)" if trend <= -0.5 else " (steady)"


def _short(name: str) -> str:
    name = _drawable(line(name))
    return name if len(name) <= LABEL else f"{name[: LABEL - 1].rstrip()}…"


def _drawable(text: str) -> str:
    """Put a box in the place of what the font has no picture of; matplotlib would warn of each."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties()))
    return "".join(each if font.get_char_index(ord(each)) else "□" for each in text)


def _said(card: Scorecard) -> str:
    marks = "; ".join(
        f"question {number} "
        + ("not answered" if score.score is None else f"{score.score} in {score.seconds / 60:.1f} min")
        for number, score in enumerate(card.questions, 1)
    )
    topics = "; ".join(f"{line(topic.topic)} {topic.mean:.0f}" for topic in card.topics)
    judgement = JUDGEMENTS[card.judgement].capitalize()
    return f"{judgement}, mean {card.mean:.0f} of 100. Marks: {marks}. By topic: {topics}."


def _alt(text: str) -> str:
    return text if len(text) <= MAX_ALT else f"{text[: MAX_ALT - 1]}…"
