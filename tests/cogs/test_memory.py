"""What happens when the grader has no memory left: people are told, nothing is lost, it is tried again."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.metrics import Metrics
from bot.threads import GraderThread
from grader.models import Grade
from questions.models import Question
from tests.cogs.scene import Scene, labels, message, text
from tests.cogs.test_interview import begun, last
from tests.cogs.test_practice import FULL, attempts
from tests.practising import WordGrader, question


class ShortOfMemory(WordGrader):
    """Grades by words, or not at all for want of memory."""

    short = True

    def grade_many(self, pairs: Sequence[tuple[Question, str]]) -> list[Grade]:
        if self.short:
            raise MemoryError
        return super().grade_many(pairs)


@pytest.fixture
def grader(scene: Scene) -> ShortOfMemory:
    """The grader of the scene's bot."""
    made = ShortOfMemory()
    scene.bot.grader._grader = made
    return made


async def test_an_answer_that_cannot_be_graded_is_kept_and_graded_later(
    scene: Scene, grader: ShortOfMemory, caplog: pytest.LogCaptureFixture
) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    told = scene.told(await scene.ann.submit_modal(opened, {"answer": FULL}))
    assert "I can't grade your answer just now. It is stored" in told
    assert labels(asked) == ["Show my mark"]
    told = scene.told(await scene.ann.click(asked, label="Show my mark"))
    assert "I can't grade your answer just now" in told
    await scene.env.advance_time(61)
    assert labels(asked) == ["Show my mark"]
    assert "an answer can't be graded: MemoryError" in caplog.text
    assert "unexpected" not in caplog.text
    assert await attempts(scene) == 0
    grader.short = False
    await scene.env.advance_time(61)
    assert "**100 / 100**" in text(asked)
    assert await attempts(scene) == 1


async def test_an_interview_goes_on_when_its_answer_can_be_graded(
    scene: Scene, grader: ShortOfMemory
) -> None:
    thread = await begun(scene, questions=2)
    opened = await scene.ann.click(last(thread), label="Answer")
    told = scene.told(await scene.ann.submit_modal(opened, {"answer": FULL}))
    assert "I can't grade your answer just now" in told
    grader.short = False
    await scene.env.advance_time(61)
    assert last(thread).embeds[0].title == "Question 2 of 2"
    assert await attempts(scene) == 1


TIGHT = """
import asyncio, resource
from contextlib import suppress
from bot.metrics import Metrics
from bot.threads import GraderThread, UngradedError
from grader.grade import load_grader
from questions.load import bundled_path, load_bank
from tests.questions_for_grading import ZOMBIES

long = " ".join(question.reference for question in load_bank(bundled_path()).values())[:8_000]

async def main():
    thread = GraderThread(load_grader, Metrics())
    await thread.open()
    before = await thread.grade(ZOMBIES, "A zombie has exited.")
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    for more in (0, 2_000_000, 5_000_000, 10_000_000):
        with open("/proc/self/statm") as sizes:
            used = int(sizes.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + more, hard))
        with suppress(UngradedError):
            await thread.grade(ZOMBIES, long)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    assert await thread.grade(ZOMBIES, "A zombie has exited.") == before
    await thread.close()

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and a limit that binds")
def test_the_real_grader_outlives_a_process_that_may_not_grow() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", TIGHT], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


async def test_a_thread_that_failed_lives_on() -> None:
    grader = ShortOfMemory()
    thread = GraderThread(lambda: grader, Metrics())
    await thread.open()
    asked = question("apple")
    outcomes = await asyncio.gather(*(thread.grade(asked, FULL) for _ in range(9)), return_exceptions=True)
    assert {type(each).__name__ for each in outcomes} == {"UngradedError"}
    grader.short = False
    assert (await thread.grade(asked, FULL)).score == 100
    await thread.close()
