"""What people and the operator are told when nothing can be stored, and that nothing confirmed is lost."""

import logging
import sqlite3
from contextlib import closing, suppress

import pytest

from bot.services import Services
from bot.store import StoreError
from tests.cogs.scene import Scene, message, text
from tests.cogs.test_practice import FULL, attempts

LONG = f"{FULL} {'ä' * 3_500}"  # takes more than a page


def fill(services: Services) -> None:
    """Let the database not grow, and use up what is free in it."""
    store = services.store
    store.run("CREATE TABLE IF NOT EXISTS padding (x)")
    pages = store.tuples("PRAGMA page_count")[0][0]
    store.tuples(f"PRAGMA max_page_count = {pages}")
    with suppress(StoreError):
        while True:
            store.run("INSERT INTO padding VALUES (zeroblob(4000))")


async def answered(scene: Scene, said: str) -> str:
    """Answer a question, and return all that the person is told, files that are given back included."""
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    sent = await scene.ann.submit_modal(opened, {"answer": said})
    files = [file for each in sent.followups for file in each.attachments]
    return " ".join([scene.told(sent), text(asked), *(file.filename for file in files)])


async def test_on_a_full_disk_people_get_their_text_back(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    await scene.read(fill)
    sent = await scene.ann.submit_modal(opened, {"answer": LONG})
    told = scene.told(sent)
    assert "I can't store anything just now. What I confirmed as stored is kept" in told
    assert str(scene.bots.path) not in told
    (file,) = [file for each in sent.followups for file in each.attachments]
    assert file.filename == "your-text.txt"
    assert await attempts(scene) == 0
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert f"{scene.bots.path}: the disk is full" in record.getMessage()
    # What needs no room goes on, and with room again all does, without a restart.
    assert "/practice" in scene.told(await scene.ann.slash(scene.channel, "help"))
    await scene.read(lambda services: services.store.tuples("PRAGMA max_page_count = 1000000"))
    again = await scene.ann.click(asked, label="Answer")
    await scene.ann.submit_modal(again, {"answer": LONG})
    assert "**100 / 100**" in text(asked)
    assert await attempts(scene) == 1


async def test_an_answer_confirmed_before_the_disk_was_full_is_marked_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade = scene.bot.grader.grade

    async def grade_while_the_disk_fills(*given: object) -> object:
        await scene.read(fill)
        return await grade(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(scene.bot.grader, "grade", grade_while_the_disk_fills)
    told = await answered(scene, LONG)
    assert "I can't store anything just now" in told
    assert await attempts(scene) == 0
    monkeypatch.undo()
    await scene.restart()
    assert await attempts(scene) == 1


@pytest.mark.slow
async def test_a_database_that_is_locked_too_long_is_told(scene: Scene) -> None:
    with closing(sqlite3.connect(scene.bots.path, isolation_level=None)) as other:
        asked = message(await scene.ann.slash(scene.channel, "practice"))
        opened = await scene.ann.click(asked, label="Answer")
        other.execute("BEGIN IMMEDIATE")
        told = scene.told(await scene.ann.submit_modal(opened, {"answer": FULL}))
        assert "I can't store anything just now" in told
        other.execute("COMMIT")
    opened = await scene.ann.click(asked, label="Answer")
    await scene.ann.submit_modal(opened, {"answer": FULL})
    assert "**100 / 100**" in text(asked)


async def test_a_database_that_gets_damaged_ends_nothing(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await answered(scene, FULL)
    await scene.read(lambda services: services.store.people.empty_log())
    with scene.bots.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (scene.bots.path.stat().st_size - 4096))
    await scene.read(lambda services: services.store.tuples("PRAGMA shrink_memory"))
    told = scene.told(await scene.ben.slash(scene.channel, "practice"))
    assert "I can't store anything just now" in told
    assert "is damaged or no database" in caplog.text
    # Clocks go on, each telling of it once.
    await scene.env.advance_time(120)
    assert caplog.text.count("Feature.") <= len(scene.bot.cogs) * 2
    assert "/practice" in scene.told(await scene.ann.slash(scene.channel, "help"))
    assert not scene.bot.is_closed()
