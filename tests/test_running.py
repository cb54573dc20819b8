"""`interview run`: every check is told, every fault names its remedy, nothing is left open."""

import asyncio
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import running
from bot.running import StartError
from bot.settings import Settings, SettingsError
from questions.errors import InterviewError
from tests.practising import WordGrader
from tests.watching import free_port
from tests.wire.peer import TOKEN
from tests.wire.peer import running as peer

CORPUS = Path(__file__).parents[1] / "questions" / "corpus" / "docker.md"


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grade by words, and put discord.py's own addresses back at the end."""
    monkeypatch.setattr(running, "load_grader", lambda *_, **__: WordGrader())
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(discord.Asset, "BASE", discord.Asset.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.delenv("DISCORD_TOKEN_FILE", raising=False)


def settings(folder: Path, **fields: object) -> Settings:
    """Settings of a bot whose Discord can't be reached."""
    given = {
        "database": folder / "bot.db",
        "corpus": CORPUS,
        "discord_api": "http://127.0.0.1:9/api/v10",
        "health_port": 0,
        "DISCORD_TOKEN": "a.b.c",
        **fields,
    }
    return Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    said: list[str] = []
    wrong = settings(tmp_path, corpus=tmp_path / "none", database=tmp_path, DISCORD_TOKEN=None)
    with pytest.raises(StartError, match="3 checks failed"):
        running.run(wrong, said.append)
    assert [line.split(":")[0] for line in said] == [
        "failed  token",
        "failed  corpus",
        "failed  database",
        "ok      grader",
    ]
    assert "DISCORD_TOKEN" in said[0]
    assert "no such file" in said[1]
    assert "INTERVIEW_DATABASE" in said[2]


def test_a_model_that_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise InterviewError("the model can't be loaded; install the package again")

    monkeypatch.setattr(running, "load_grader", fail)
    said: list[str] = []
    with pytest.raises(StartError, match="1 check failed"):
        running.run(settings(tmp_path), said.append)
    assert said[-1] == "failed  grader: the model can't be loaded; install the package again"


def test_a_network_that_is_down_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(StartError, match=r"can't reach Discord .* check the network"):
        running.run(settings(tmp_path), said.append)
    assert all(line.startswith("ok ") for line in said)


def test_nothing_is_left_open(tmp_path: Path) -> None:
    with pytest.raises(StartError):
        running.run(settings(tmp_path), lambda _: None)
    # Closed with its write-ahead log taken in.
    assert not (tmp_path / "bot.db-wal").exists()


async def test_a_check_logs_in_and_does_nothing_else(tmp_path: Path) -> None:
    said: list[str] = []
    async with peer() as there:
        given = settings(tmp_path, discord_api=there.api_url, DISCORD_TOKEN=TOKEN)
        await running.serve(given, said.append, check_only=True)
        asked = [(method, path) for method, path, _ in there.rest.requests]
    assert said[-1].startswith("ok      Discord: logged in as ")
    # A bot that runs meanwhile keeps its commands and does alone what is due.
    assert {method for method, _ in asked} == {"GET"}


async def test_a_token_that_discord_refuses_is_told(tmp_path: Path) -> None:
    async with peer() as there:
        given = settings(tmp_path, discord_api=there.api_url, DISCORD_TOKEN="another.bots.token")
        with pytest.raises(SettingsError, match="DISCORD_TOKEN: Discord doesn't know this token"):
            await running.serve(given, lambda _: None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_without_discord_everything_else_is_up_until_it_is_told_to_stop(
    tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    said: list[str] = []
    # A backup that is still being made has the database open, too.
    given = settings(tmp_path, DISCORD_TOKEN=None, health_port=port, backup_hours=0)
    serving = asyncio.create_task(running.serve(given, said.append, offline=True))
    while len(said) < 4:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/ready") as answer:
            parts = (await answer.json())["parts"]
            assert answer.status == 200
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert 'interview_build_info{grader="words-1",version="' in await answer.text()
    assert parts["gateway"]["state"] == "off by choice"
    os.kill(os.getpid(), number)
    await serving
    assert all(line.startswith("ok ") for line in said)
    assert not (tmp_path / "bot.db-wal").exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize("check_only", [True, False])
def test_a_port_in_use_is_told(tmp_path: Path, check_only: bool) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(StartError, match="1 check failed"):
            running.run(settings(tmp_path, health_port=port), said.append, check_only=check_only)
    (failed,) = [line for line in said if not line.startswith("ok ")]
    assert failed.startswith(
        f"failed  health on 127.0.0.1, port {port}: INTERVIEW_HEALTH_PORT: {port} is in use"
    )


def test_a_check_needs_no_discord_where_none_is_wanted(tmp_path: Path) -> None:
    said: list[str] = []
    running.run(settings(tmp_path, DISCORD_TOKEN=None), said.append, check_only=True, offline=True)
    assert said == ["ok      corpus", "ok      database", "ok      grader"]


async def start_and_stop(given: Settings) -> None:
    """Run the service without Discord until it is up, then tell it to stop."""
    said: list[str] = []
    serving = asyncio.create_task(running.serve(given, said.append, offline=True))
    while len(said) < 3:
        await asyncio.sleep(0.001)
    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    assert all(line.startswith("ok ") for line in said)


@pytest.mark.parametrize("count", [10, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_restarts_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    given = settings(tmp_path, DISCORD_TOKEN=None, backup_hours=0)

    def left() -> tuple[int, int, dict[str, int]]:
        gc.collect()
        # Told to end, which takes them a moment; the event loop's own threads are the test's.
        ours = [each for each in threading.enumerate() if each.name.startswith(("database", "grader"))]
        for thread in ours:
            thread.join(60)
        files = {str(file): file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()}
        return sum(each.is_alive() for each in ours), len(list(Path("/dev/fd").iterdir())), files

    for _ in range(3):
        await start_and_stop(given)
    before = left()
    for _ in range(count):
        await start_and_stop(given)
    assert left() == before
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_restarts_of_the_real_process_leave_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("INTERVIEW_")},
        "INTERVIEW_DATABASE": str(tmp_path / "bot.db"),
        "INTERVIEW_BACKUP_HOURS": "0",
        "INTERVIEW_GRADER": "small",
        "INTERVIEW_HEALTH_PORT": "0",
        "TMPDIR": str(temporary),
    }
    left: list[dict[str, int]] = []
    for _ in range(12):
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--offline"],
            cwd=CORPUS.parents[2],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            assert any("up without Discord" in line for line in process.stderr)
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
        assert process.returncode == 0
        left.append({file.name: file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()})
    assert left[-1] == left[1]
    assert list(temporary.iterdir()) == []


async def test_a_corpus_that_vanishes_stays_in_use_until_the_next_start(tmp_path: Path) -> None:
    corpus = tmp_path / "questions.md"
    shutil.copy(CORPUS, corpus)
    port = free_port()
    given = settings(tmp_path, DISCORD_TOKEN=None, corpus=corpus, health_port=port)
    said: list[str] = []
    serving = asyncio.create_task(running.serve(given, said.append, offline=True))
    while len(said) < 4:
        await asyncio.sleep(0.01)
    corpus.unlink()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/ready") as answer,
    ):
        assert answer.status == 200
    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    said.clear()
    with pytest.raises(StartError, match="1 check failed"):
        await running.serve(given, said.append, offline=True)
    (failed,) = [line for line in said if not line.startswith("ok ")]
    assert failed.startswith(f"failed  corpus: {corpus}: no such file or folder")
    shutil.copy(CORPUS, corpus)
    await start_and_stop(given)
