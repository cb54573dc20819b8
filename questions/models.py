"""The question bank's data: frozen models that refuse fields they do not know."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Level(StrEnum):
    """How hard a question is, or which kind it is: the six groups of a native corpus."""

    FUNDAMENTAL = "fundamental"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    SCENARIO = "scenario"
    PERFORMANCE = "performance"
    TROUBLESHOOTING = "troubleshooting"

    @property
    def difficulty(self) -> int:
        """Rank from 1 (fundamental) to 3 (advanced), for pacing a series of questions."""
        return {"fundamental": 1, "intermediate": 2}.get(self.value, 3)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Text = Annotated[str, Field(min_length=1)]


class KeyPoint(_Frozen):
    """One self-contained statement that a full answer makes.

    `id` is unique within its question. `terms` are words that matter literally (commands, flags,
    ports). With `avoid` set, `text` names something an answer must not recommend: recommending
    it contradicts the point. `section` is the id of the guide section that explains it.
    """

    id: Text
    text: Text
    weight: int = Field(default=1, ge=1, le=3)
    terms: tuple[str, ...] = ()
    avoid: bool = False
    section: str | None = None


class Source(_Frozen):
    """Where a question was read: file path as given, line of its heading (from 1), and terms of use."""

    path: str
    line: int = Field(default=1, ge=1)
    dialect: str = "native"
    licence: str | None = None
    title: str | None = None


class Question(_Frozen):
    """A question with its reference answer (Markdown) and weighted key points.

    `id` is stable: it survives edits of the answer and re-ordering of the file.
    `derived` says that the key points were derived from the reference, not written by an author.
    """

    id: Text
    topic: Text
    level: Level
    prompt: Text
    reference: Text
    key_points: tuple[KeyPoint, ...] = Field(min_length=1)
    tags: tuple[str, ...] = ()
    hint: str | None = None
    follow_up: str | None = None
    derived: bool = False
    source: Source | None = None

    @property
    def total_weight(self) -> int:
        return sum(point.weight for point in self.key_points)


class Section(_Frozen):
    """A section of a corpus's guide text: study material. `id` is its heading's anchor, unique in a bank."""

    id: Text
    title: Text
    text: str
    path: str
    line: int = Field(default=1, ge=1)


class Problem(_Frozen):
    """What is wrong at a line of a corpus file, and what its author can do.

    `question` is the question concerned, or "". A `fatal` problem keeps the corpus from being loaded.
    """

    line: int = Field(default=1, ge=1)
    question: str = ""
    problem: Text
    advice: Text
    fatal: bool = False


class Reading(_Frozen):
    """What one corpus file yields: questions that can be graded, guide text, and what is wrong with it.

    `claimed` is the number of questions that the file says it has, or None. `left_out` counts the questions
    that are marked up but not graded (no answer, another language); `reason` says why a file yields none.
    """

    path: str
    dialect: str
    claimed: int | None = None
    licence: str | None = None
    questions: tuple[Question, ...] = ()
    sections: tuple[Section, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    reason: str | None = None


class Bank(Mapping[str, Question]):
    """All loaded questions by id, in file order, and the guide sections that explain them."""

    def __init__(
        self, questions: Mapping[str, Question], sections: Mapping[str, Section] | None = None
    ) -> None:
        self._questions = dict(questions)
        self.sections: Mapping[str, Section] = dict(sections or {})

    def __getitem__(self, key: str) -> Question:
        return self._questions[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._questions)

    def __len__(self) -> int:
        return len(self._questions)

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics in the order in which they first appear."""
        return tuple(dict.fromkeys(question.topic for question in self.values()))
