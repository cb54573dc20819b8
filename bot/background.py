"""A grader that gets ready in its own thread while the person reads and types."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from grader.models import Grade
from questions.models import Question


class Grades(Protocol):
    """What practising needs of a grader."""

    def prepare(self, question: Question) -> None:
        """Do the work on a question that needs no answer."""

    def grade(self, question: Question, answer: str) -> Grade:
        """Grade one answer."""


class BackgroundGrader:
    """Load a grader with `load` in a thread of its own, which then does all its work, in order.

    Loading begins with the first question or answer; what it raises, `grade` raises each time.
    """

    def __init__(self, load: Callable[[], Grades]) -> None:
        self._load = load
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="grader")
        self._loaded: Future[Grades] | None = None

    def prepare(self, question: Question) -> None:
        """Get ready to grade answers to `question`; return at once."""
        loaded = self._start()
        self._thread.submit(lambda: loaded.result().prepare(question))

    def grade(self, question: Question, answer: str) -> Grade:
        """Grade one answer, waiting for the loading to end if need be."""
        grader = self._start().result()
        return self._thread.submit(grader.grade, question, answer).result()

    def close(self) -> None:
        """End the thread after what it is doing now."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> Future[Grades]:
        if self._loaded is None:
            self._loaded = self._thread.submit(self._load)
        return self._loaded
