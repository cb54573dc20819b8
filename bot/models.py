"""What practising yields: frozen dataclasses, free of any front end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grader.models import Grade, Verdict
from questions.models import KeyPoint, Level, Question, Section


@dataclass(frozen=True, slots=True)
class Choice:
    """Which questions a session asks: `topic` as in `Practice.candidates`, `count` None without end."""

    topic: str | None = None
    level: Level | None = None
    count: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A series of questions, complete enough to go on after a restart.

    `asked` are the ids of the questions shown so far, the `current` one included; `current` is None
    between two questions; `draft` is the text of an answer that was begun and not yet sent; `place` is
    the channel it plays in, "" where there is only one.
    """

    id: int
    person: str
    corpus: str
    choice: Choice
    order: int
    asked: tuple[str, ...] = ()
    current: str | None = None
    draft: str = ""
    resumed: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One graded answer as stored. `at` is in UTC; `guild` is the server it was given in.

    `raised_from` is the mark before a follow-up or an upheld appeal raised it.
    """

    id: int
    person: str
    question: Question
    text: str
    grade: Grade
    at: datetime
    guild: str | None = None
    raised_from: int | None = None


@dataclass(frozen=True, slots=True)
class Weakness:
    """A key point that a person's latest answer to its question did not cover."""

    question_id: str
    topic: str
    point: KeyPoint
    verdict: Verdict
    section: Section | None = None


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """One topic's answers: how many, their mean mark (0-100), the `trend`, and the weakest points first.

    `trend` is the mean of the later half of the last ten marks less the mean of their earlier half,
    in marks; None for fewer than four answers. `mastery` is the mean of the latest mark of each question.
    """

    topic: str
    attempts: int
    mean: float
    trend: float | None
    due: int
    weakest: tuple[Weakness, ...]
    mastery: float


@dataclass(frozen=True, slots=True)
class Progress:
    """All of a person's answers, over all topics and by topic (most answered first)."""

    attempts: int
    mean: float | None
    trend: float | None
    topics: tuple[TopicProgress, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A session at its end: marks in the order given, weakest points first, and sections to read."""

    marks: tuple[tuple[Question, int], ...]
    weakest: tuple[Weakness, ...]
    reading: tuple[Section, ...]

    @property
    def mean(self) -> float | None:
        """Mean mark from 0 to 100, None without an answer."""
        return sum(mark for _, mark in self.marks) / len(self.marks) if self.marks else None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """What the store remembers of a question, so that progress outlives its corpus."""

    id: str
    topic: str
    points: Mapping[str, KeyPoint]


class Kind(StrEnum):
    """What an answer was given in."""

    PRACTICE = "practice"
    INTERVIEW = "interview"
    CONTEST = "contest"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer that is stored and waits for its mark.

    `text` is what is to be graded. `request` names the interaction that brought it, `place` the session,
    turn, contest or daily question it answers, `reply` where the front end will show the mark.
    """

    id: int
    request: str
    person: str
    guild: str | None
    kind: Kind
    place: int | None
    question: Question
    text: str
    at: datetime
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Personal:
    """A person's own settings: `time_factor` None means no limits, `retention_days` None the server's."""

    time_factor: float | None = 1.0
    alias: str | None = None
    hidden: bool = False
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed answer was stored: whether it replaced an earlier one, and who is still awaited."""

    changed: bool
    can_change: bool
    waiting_for: int = 0

    @property
    def all_in(self) -> bool:
        """Whether everyone has answered."""
        return self.waiting_for == 0


@dataclass(frozen=True, slots=True)
class InterviewChoice:
    """What is asked: topics (parts of names or tags; none means all), the level to begin at, how long.

    `minutes` None sets no time limit.
    """

    topics: tuple[str, ...] = ()
    level: Level | None = None
    minutes: int | None = 30
    questions: int = 5


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview as stored. `state` is open, paused or done; `answered` counts answered questions."""

    id: int
    person: str
    guild: str | None
    channel: str
    choice: InterviewChoice
    state: str
    started_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    answered: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing asked: question `number` of `of`, or its follow-up. `text` is what to ask, Markdown.

    `message` is where it was shown, None if it was not yet.
    """

    id: int
    interview: int
    number: int
    of: int
    question: Question
    text: str
    follow_up: bool
    asked_at: datetime
    deadline: datetime | None
    message: str | None
