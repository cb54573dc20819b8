"""Two threads beside an event loop: one owns the database, one the grader."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from grader.models import Grade
from questions.models import Question

# Answers graded at a time. All of a batch wait for its last one, and the grader is hardly faster with more.
BATCH = 4

Owned = TypeVar("Owned")
Result = TypeVar("Result")


class GradesMany(Protocol):
    """What the grader's thread needs of a grader."""

    @property
    def model(self) -> str:
        """Name what grades."""

    def grade_many(self, pairs: Sequence[tuple[Question, str]]) -> list[Grade]:
        """Grade each answer as if it were alone."""


class DatabaseThread(Generic[Owned]):
    """Runs work on what `open_` made, in the one thread that made it, in the order it was handed in."""

    def __init__(self, open_: Callable[[], Owned], close: Callable[[Owned], None]) -> None:
        self._open = open_
        self._close = close
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._owned: Owned | None = None

    async def open(self) -> None:
        """Open the database, unless it is open; raises what opening raises."""
        if self._owned is None:
            self._owned = await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    async def __call__(self, work: Callable[[Owned], Result]) -> Result:
        """Run `work` to its end, even where the caller is cancelled meanwhile, and return what it returns."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)
        return await asyncio.shield(running)

    async def close(self) -> None:
        """Finish what was handed in, then close."""
        if self._owned is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._close, self._owned)
            self._owned = None
        self._thread.shutdown(wait=False)

    def _run(self, work: Callable[[Owned], Result]) -> Result:
        if self._owned is None:
            raise RuntimeError("the database isn't open")
        return work(self._owned)


class GraderThread:
    """Grades in a thread of its own; the answers that wait when it gets free are graded as one batch."""

    def __init__(self, load: Callable[[], GradesMany]) -> None:
        self._load = load
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="grader")
        self._grader: GradesMany | None = None
        self._waiting: list[tuple[Question, str, asyncio.Future[Grade]]] = []
        self._working: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Load the model, unless it is loaded; raises what loading raises."""
        if self._grader is None:
            self._grader = await asyncio.get_running_loop().run_in_executor(self._thread, self._load)

    @property
    def model(self) -> str:
        """Name what grades; "" before it is loaded."""
        return self._grader.model if self._grader else ""

    async def grade(self, question: Question, text: str) -> Grade:
        """Grade one answer."""
        future: asyncio.Future[Grade] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, text, future))
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
            try:
                outcomes = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._grade, [(question, text) for question, text, _ in batch]
                )
            except BaseException:
                for _, _, future in batch + self._waiting:
                    future.cancel()
                raise
            for (_, _, future), outcome in zip(batch, outcomes, strict=True):
                if future.done():
                    continue
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

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
