"""The running bot and its database: backups beside it, faults under it, and the way back."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.backup import Backup, Backups
from bot.store import Store
from bot.store.upkeep import DatabaseFile
from tests.wire.peer import Peer, running
from tests.wire.process import ROOT, Bot, started, write_corpus
from tests.wire.scenes import RIGHT, answers, asked, graded, wire

pytestmark = pytest.mark.slow


def command(bot: Bot, *args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command of ours beside the bot."""
    environment = {**os.environ, "INTERVIEW_DATABASE": str(bot.database)}
    line = [sys.executable, "-m", "bot", *(str(arg) for arg in args)]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


async def answered(peer: Peer, text: str = RIGHT) -> None:
    """Let a person answer a question and get a mark."""
    begun, question = await asked(peer)
    opened = await peer.press(begun.person, question, "Answer")
    await opened.opened()
    await graded(await peer.submit(opened, text))


async def backups_made(bot: Bot, count: int) -> list[Backup]:
    """Wait for so many backups."""
    made = Backups(bot.database, bot.database.parent / "backups")
    async with asyncio.timeout(60):
        while len(made.all()) < count:
            await asyncio.sleep(0.05)
    return made.all()


@wire
async def test_a_backup_comes_by_itself_and_can_be_gone_back_to(peer: Peer, bot: Bot) -> None:
    (first,) = await backups_made(bot, 1)
    await answered(peer)
    made = await asyncio.to_thread(command, bot, "backup", "--to", bot.database.parent / "second.db")
    assert made.returncode == 0, made.stderr
    refused = await asyncio.to_thread(command, bot, "restore", first.path, "--yes")
    assert (refused.returncode, "is in use, perhaps by a running bot" in refused.stderr) == (1, True)
    await answered(peer)
    assert await bot.stop() == 0
    done = await asyncio.to_thread(command, bot, "restore", bot.database.parent / "second.db", "--yes")
    assert done.returncode == 0, done.stderr
    await bot.start()
    assert len(answers(bot)) == 1
    await answered(peer)
    assert len(answers(bot)) == 2


def test_a_bot_that_is_stopped_in_the_middle_of_a_backup_leaves_nothing_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Store(tmp_path / "interview.db") as store:
            store.run("CREATE TABLE padding AS SELECT zeroblob(200000000) AS x")
        async with running() as peer, started(peer, tmp_path, write_corpus(tmp_path, "plum")) as bot:
            async with asyncio.timeout(60):
                while not [*tmp_path.glob("backups/.interview-*.part")]:
                    await asyncio.sleep(0.001)
            assert await bot.stop() == 0
            assert [*tmp_path.glob("backups/*"), *tmp_path.glob("backups/.*")] == []
            assert "Traceback" not in bot.log

    asyncio.run(scenario())


def test_a_damaged_database_is_told_with_the_way_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running() as peer, started(peer, tmp_path, write_corpus(tmp_path, "plum")) as bot:
            (made,) = await backups_made(bot, 1)
            await answered(peer)
            assert await bot.stop() == 0
            with bot.database.open("r+b") as file:
                file.write(b"\xa5" * 50_000)
            await bot.spawn()
            assert await bot.ended() == 1
            (failed,) = [each["message"] for each in bot.records() if "failed" in each["message"]][:1]
            assert failed.endswith(f"last good backup: interview restore {made.path}")
            assert "Traceback" not in bot.log
            assert (await asyncio.to_thread(command, bot, "restore", made.path, "--yes")).returncode == 0
            await bot.start()
            await answered(peer)

    asyncio.run(scenario())


def test_on_a_full_disk_the_bot_stays_and_goes_on_once_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")

    async def scenario() -> None:
        corpus = write_corpus(tmp_path, "plum", "pear", "fig")
        database = disk / "interview.db"
        async with (
            running() as peer,
            started(peer, tmp_path, corpus, INTERVIEW_DATABASE=str(database)) as bot,
        ):
            bot.database = database
            await answered(peer)
            begun, question = await asked(peer)
            with (disk / "filling").open("wb") as file:
                await asyncio.to_thread(
                    subprocess.run, ["cat", "/dev/zero"], stdout=file, stderr=subprocess.DEVNULL, check=False
                )
            told = False
            for number in range(60):
                # The log beside the database has room for some.
                opened = await peer.press(begun.person, question, "Answer")
                await opened.opened()
                sent = await peer.submit(opened, f"{number} {'ä' * 3_900}")
                seen = await sent.message("")
                if "can't store anything just now" in seen.text:
                    told = True
                    break
                await graded(sent)
                begun, question = await asked(peer)
            assert told
            stored = len(answers(bot))
            assert stored == 1 + number
            (disk / "filling").unlink()
            await answered(peer)
            assert len(answers(bot)) == stored + 1
            log = bot.log
            assert "interview.db: the disk is full, nothing of this was stored" in log
            # So was the backup that was due at the start: it would have left no room.
            assert "the disk is full: the backup needs" in log
            assert "ä" not in log
            assert "Traceback" not in log
            assert await bot.stop() == 0
        assert DatabaseFile(database).examine().problems == ()

    try:
        asyncio.run(scenario())
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
