"""Two threads beside an event loop: one owns the database, one the grader."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from bot import logs
from grader.models import Grade
from questions.errors import InterviewError
from questions.models import Question

if TYPE_CHECKING:
    from bot.metrics import Metrics

log = logging.getLogger(__name__)

# Answers graded at a time. All of a batch wait for its last one, and the grader is hardly faster with more.
BATCH = 4

Owned = TypeVar("Owned")
Result = TypeVar("Result")


class UngradedError(InterviewError):
    """An answer couldn't be graded, for want of memory perhaps. It may well be the next time."""


class GradesMany(Protocol):
    """What the grader's thread needs of a grader."""

    @property
    def model(self) -> str:
        """Name what grades."""

    def grade_many(self, pairs: Sequence[tuple[Question, str]]) -> list[Grade]:
        """Grade each answer as if it were alone."""


class DatabaseThread(Generic[Owned]):
    """Runs work on what `open_` made, in the one thread that made it, in the order it was handed in."""

    def __init__(
        self, open_: Callable[[], Owned], close: Callable[[Owned], None], metrics: "Metrics"
    ) -> None:
        self._open = open_
        self._close = close
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._owned: Owned | None = None

    async def open(self) -> None:
        """Open the database, unless it is open; raises what opening raises."""
        if self._owned is None:
            self._owned = await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    @property
    def is_open(self) -> bool:
        """Whether the database is open."""
        return self._owned is not None

    async def __call__(self, work: Callable[[Owned], Result]) -> Result:
        """Run `work` to its end, even where the caller is cancelled meanwhile, and return what it returns."""
        running = asyncio.get_running_loop().run_in_executor(
            self._thread, copy_context().run, self._run, work, perf_counter()
        )
        return await asyncio.shield(running)

    async def close(self) -> None:
        """Finish what was handed in, then close."""
        if self._owned is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._close, self._owned)
            self._owned = None
        self._thread.shutdown(wait=False)

    def _run(self, work: Callable[[Owned], Result], handed_in: float) -> Result:
        if self._owned is None:
            raise RuntimeError("the database isn't open")
        begun = perf_counter()
        self._metrics.database_seconds.labels("waiting").observe(begun - handed_in)
        try:
            return work(self._owned)
        finally:
            self._metrics.database_seconds.labels("working").observe(perf_counter() - begun)


@dataclass(frozen=True, slots=True, repr=False)
class _Waiting:
    """An answer that waits for its grade, and the interaction it came with."""

    question: Question
    text: str
    grade: asyncio.Future[Grade]
    reference: str = field(default_factory=logs.reference.get)
    since: float = field(default_factory=perf_counter)


class GraderThread:
    """Grades in a thread of its own; the answers that wait when it gets free are graded as one batch."""

    def __init__(self, load: Callable[[], GradesMany], metrics: "Metrics") -> None:
        self._load = load
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="grader")
        self._grader: GradesMany | None = None
        self._waiting: list[_Waiting] = []
        self._working: asyncio.Task[None] | None = None
        self.failures = 0  # answers that could not be graded, since the start
        metrics.grade_queue.set_function(lambda: len(self._waiting))

    async def open(self) -> None:
        """Load the model, unless it is loaded; raises what loading raises."""
        if self._grader is None:
            self._grader = await asyncio.get_running_loop().run_in_executor(self._thread, self._load)

    @property
    def model(self) -> str:
        """Name what grades; "" before it is loaded."""
        return self._grader.model if self._grader else ""

    async def grade(self, question: Question, text: str) -> Grade:
        """Grade one answer; raises UngradedError where the grader fails, after logging why."""
        future: asyncio.Future[Grade] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(question, text, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="grading")
        return await future

    async def grade_all(self, pairs: Sequence[tuple[Question, str]]) -> list[Grade]:
        """Grade many answers, in their order."""
        return list(await asyncio.gather(*(self.grade(question, text) for question, text in pairs)))

    async def close(self) -> None:
        """Grade what waits, then end the thread."""
        if self._working is not None:
            with suppress(asyncio.CancelledError):
                await self._working
        self._thread.shutdown(wait=False)

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._metrics.batch_size.observe(len(batch))
            # A batch's records bear the references of all that is in it.
            context = copy_context()
            context.run(logs.reference.set, " ".join(each.reference for each in batch if each.reference))
            try:
                outcomes = await asyncio.get_running_loop().run_in_executor(
                    self._thread, context.run, self._grade, [(each.question, each.text) for each in batch]
                )
            except BaseException:
                for each in batch + self._waiting:
                    each.grade.cancel()
                raise
            for each, outcome in zip(batch, outcomes, strict=True):
                self._count(each, outcome)
                if each.grade.done():
                    continue
                if isinstance(outcome, Exception):
                    each.grade.set_exception(UngradedError("the grader failed; try again in a minute"))
                else:
                    each.grade.set_result(outcome)

    def _count(self, graded: _Waiting, outcome: Grade | Exception) -> None:
        self._metrics.grade_seconds.observe(perf_counter() - graded.since)
        if isinstance(outcome, Exception):
            self.failures += 1
            self._metrics.answers.labels("failed").inc()
            self._metrics.errors.inc()
            # Not its text, which may hold what a person wrote.
            log.error("an answer can't be graded: %s", logs.describe(outcome))
        else:
            self._metrics.graded(outcome)

    def _grade(self, pairs: Sequence[tuple[Question, str]]) -> Sequence[Grade | Exception]:
        if self._grader is None:
            raise RuntimeError("the grader isn't loaded")
        try:
            return self._grader.grade_many(pairs)
        except Exception as error:
            if len(pairs) == 1:
                return [error]
            # One answer that can't be graded must not take the others with it.
            return [outcome for pair in pairs for outcome in self._grade([pair])]
