"""The database's and the grader's thread: order, batches, errors, the end."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.metrics import Metrics
from bot.threads import BATCH, DatabaseThread, GraderThread, UngradedError
from grader.models import Grade
from questions.models import Question
from tests.practising import WordGrader, question


class SlowGrader:
    """Grades by words as soon as it is let; notes the batches it was given. "boom" can't be graded."""

    model = "words-1"

    def __init__(self) -> None:
        self.free = threading.Event()
        self.batches: list[int] = []
        self._words = WordGrader()

    def grade_many(self, pairs: Sequence[tuple[Question, str]]) -> list[Grade]:
        self.free.wait(10)
        self.batches.append(len(pairs))
        if any(text == "boom" for _, text in pairs):
            raise ValueError("boom")
        return [self._words.grade(asked, text) for asked, text in pairs]


@pytest.fixture
async def slow() -> AsyncIterator[tuple[SlowGrader, GraderThread]]:
    grader = SlowGrader()
    thread = GraderThread(lambda: grader, Metrics())
    await thread.open()
    yield grader, thread
    grader.free.set()
    await thread.close()


async def test_what_waits_is_graded_as_one_batch(slow: tuple[SlowGrader, GraderThread]) -> None:
    grader, thread = slow
    apple = question("apple")
    answers = ["apple ripens slowly", "", "birds", "x"]
    assert len(answers) == BATCH
    waiting = [asyncio.create_task(thread.grade(apple, text)) for text in answers]
    await asyncio.sleep(0)
    grader.free.set()
    grades = await asyncio.gather(*waiting)
    assert [grade.score for grade in grades] == [WordGrader().grade(apple, text).score for text in answers]
    assert grader.batches == [BATCH]


async def test_a_batch_is_bounded(slow: tuple[SlowGrader, GraderThread]) -> None:
    grader, thread = slow
    grader.free.set()
    await thread.grade_all([(question("apple"), "apple")] * (2 * BATCH + 1))
    assert max(grader.batches) <= BATCH
    assert sum(grader.batches) == 2 * BATCH + 1


async def test_one_bad_answer_does_not_take_the_others(
    slow: tuple[SlowGrader, GraderThread], caplog: pytest.LogCaptureFixture
) -> None:
    grader, thread = slow
    apple = question("apple")
    grader.free.set()
    good, bad, other = await asyncio.gather(
        *(thread.grade(apple, text) for text in ("apple", "boom", "birds")), return_exceptions=True
    )
    assert isinstance(bad, UngradedError)
    assert caplog.text.count("an answer can't be graded: ValueError") == 1
    assert thread.failures == 1
    assert isinstance(good, Grade)
    assert isinstance(other, Grade)


async def test_who_stops_waiting_disturbs_nobody(slow: tuple[SlowGrader, GraderThread]) -> None:
    grader, thread = slow
    apple = question("apple")
    left = asyncio.create_task(thread.grade(apple, "apple"))
    stays = asyncio.create_task(thread.grade(apple, "apple"))
    await asyncio.sleep(0)
    left.cancel()
    grader.free.set()
    assert (await stays).question_id == "apple"


async def test_closing_grades_what_waits(slow: tuple[SlowGrader, GraderThread]) -> None:
    grader, thread = slow
    waiting = asyncio.create_task(thread.grade(question("apple"), "apple"))
    await asyncio.sleep(0)
    grader.free.set()
    await thread.close()
    assert (await waiting).question_id == "apple"


async def test_the_database_is_used_in_the_thread_that_opened_it() -> None:
    database = DatabaseThread(
        lambda: sqlite3.connect(":memory:"), lambda connection: connection.close(), Metrics()
    )
    await database.open()

    def count(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO calls DEFAULT VALUES")
        return int(connection.execute("SELECT count(*) FROM calls").fetchone()[0])

    await database(lambda connection: connection.execute("CREATE TABLE calls (id INTEGER PRIMARY KEY)"))
    assert await asyncio.gather(*(database(count) for _ in range(20))) == list(range(1, 21))
    await database.close()


async def test_work_that_was_handed_in_is_done_though_nobody_waits() -> None:
    done: list[int] = []
    database = DatabaseThread(lambda: done, lambda _: None, Metrics())
    await database.open()
    task = asyncio.create_task(database(lambda owned: owned.append(1)))
    await asyncio.sleep(0)
    task.cancel()
    await database.close()
    assert done == [1]


async def test_opening_twice_opens_once() -> None:
    opened: list[int] = []

    def open_() -> list[int]:
        opened.append(1)
        return opened

    database = DatabaseThread(open_, lambda _: None, Metrics())
    await database.open()
    await database.open()
    assert opened == [1]
    await database.close()


async def test_an_error_of_opening_is_told() -> None:
    def open_() -> None:
        raise sqlite3.DatabaseError("damaged")

    database = DatabaseThread(open_, lambda _: None, Metrics())
    with pytest.raises(sqlite3.DatabaseError):
        await database.open()
    await database.close()
