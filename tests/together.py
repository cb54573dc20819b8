"""What the tests of many people share: services over a store in memory, with a clock that is set by hand."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.models import Attempt, Submission
from bot.services import Services, open_services
from bot.store import Store
from grader.models import Grade
from questions.models import Bank, Level
from tests.practising import WordGrader, question, small_bank

SERVER = "discord:77"
CHANNEL = "500"
ANN, BOB, CY = "discord:1", "discord:2", "discord:3"
START = datetime(2026, 3, 4, 10, tzinfo=UTC)  # a Wednesday


GARDENS = b"""---
title: Gardens
licence: CC0-1.0
---

# Gardens

## Soil

Compost feeds the worms, and worms loosen the soil.

## Interview Questions

#### Q1: Why does compost help a garden?

**Answer:**

Compost feeds the worms.

**Key points:**
- (2) Compost feeds the worms that loosen the soil
- (1) Mature compost holds water in summer
"""


class Clock:
    """The time, which stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **amount: float) -> None:
        """Move on by hours, minutes, seconds, days."""
        self.now += timedelta(**amount)


class Together:
    """Services with their clock and a grader; `restart` opens the same file anew, as after a kill."""

    def __init__(self, path: Path | None = None, bank: Bank | None = None) -> None:
        self.clock = Clock()
        self.grader = WordGrader()
        self.bank = bank or small_bank()
        self._path = path
        self.services: Services = self._open()
        self._requests = 0

    def _open(self) -> Services:
        return open_services(Store(self._path), self.bank, clock=self.clock)

    def restart(self) -> None:
        """Throw everything away that is not in the file."""
        self.services.close()
        self.services = self._open()

    def request(self) -> str:
        """Name a new request."""
        self._requests += 1
        return f"r{self._requests}"

    def grade(self, submission: Submission) -> Grade:
        """Grade one submission by its words."""
        return self.grader.grade(submission.question, submission.text)

    def grades(self, submissions: Iterable[Submission]) -> dict[int, Grade]:
        """Grade submissions by their words."""
        return {submission.id: self.grade(submission) for submission in submissions}

    def practise(self, person: str, name: str, text: str, guild: str | None = SERVER) -> Attempt:
        """Answer a question and mark it."""
        found = self.services.answers.receive(self.request(), person, name, text, guild=guild)
        assert isinstance(found, Submission)
        return self.services.answers.mark(found, self.grade(found))


def full(name: str) -> str:
    """Give an answer that WordGrader marks 100."""
    return f"The {name} ripens slowly and birds love {name}"


def weighty(name: str) -> str:
    """Give an answer that WordGrader marks 88: the weightier point only."""
    return f"I know that the {name} ripens slowly"


def light(name: str) -> str:
    """Give an answer that WordGrader marks 25: the lighter point only."""
    return f"It is known that birds love {name}"


def wide_bank() -> Bank:
    """Twelve questions on three topics, four of each difficulty."""
    names = "apple banana cherry mango papaya quince maple poplar willow salmon herring mackerel".split()
    topics = ["Fruit"] * 6 + ["Trees"] * 3 + ["Fish"] * 3
    levels = [Level.FUNDAMENTAL, Level.INTERMEDIATE, Level.ADVANCED] * 4
    found = [
        question(name, topic=topic, level=level).model_copy(update={"follow_up": None})
        for name, topic, level in zip(names, topics, levels, strict=True)
    ]
    return Bank({each.id: each for each in found})
