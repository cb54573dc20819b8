"""`/health`, `/ready` and `/metrics`, asked over loopback."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from bot import health
from bot.client import InterviewBot
from bot.health import HealthServer
from bot.metrics import Metrics
from bot.practice import utc_now
from bot.services import Services, open_services
from bot.settings import SettingsError
from bot.store import Store
from bot.threads import DatabaseThread, GraderThread
from tests.practising import WordGrader, small_bank
from tests.watching import free_port, value


class Watched:
    """A bot that never logs in, and its health server."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "bot.db"
        self.metrics = Metrics()
        self.bot = InterviewBot(
            DatabaseThread(self._open, Services.close, self.metrics),
            GraderThread(WordGrader, self.metrics),
            utc_now,
            self.metrics,
            shard_count=2,
        )
        self.server = HealthServer(self.bot, offline=False)
        self.port = free_port()

    def _open(self) -> Services:
        return open_services(Store(self.database, timeout=0.1), small_bank())

    async def get(self, path: str) -> tuple[int, str]:
        """Ask for a path: status and body."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/{path}") as answer,
        ):
            return answer.status, await answer.text()

    async def states(self) -> dict[str, str]:
        """The state of every part."""
        return {name: part.state for name, part in (await self.server.parts()).items()}

    async def connect(self) -> None:
        """Let both shards come online."""
        for shard in (0, 1):
            await self.bot.on_shard_connect(shard)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    made = Watched(tmp_path)
    async with made.bot:
        await made.server.start("127.0.0.1", made.port)
        yield made
        await made.server.stop()


async def test_it_is_alive_before_it_is_ready(watched: Watched) -> None:
    assert await watched.get("health") == (200, '{"healthy": true}')
    status, body = await watched.get("ready")
    assert status == 503
    assert '"ready": false' in body
    assert await watched.states() == {
        "gateway": "not connected",
        "database": "not open",
        "grader": "not loaded",
    }


async def test_it_is_ready_when_every_part_is(watched: Watched) -> None:
    await watched.bot.db.open()
    await watched.bot.grader.open()
    await watched.bot.on_shard_connect(0)
    assert (await watched.get("ready"))[0] == 503
    await watched.bot.on_shard_connect(1)
    assert (await watched.get("ready"))[0] == 200
    assert await watched.states() == {"gateway": "connected", "database": "writable", "grader": "words-1"}


async def test_a_lost_shard_is_told_and_reconnects_are_counted(watched: Watched) -> None:
    await watched.connect()
    await watched.bot.on_shard_disconnect(1)
    assert (await watched.states())["gateway"] == "not connected"
    assert value(watched.metrics, "interview_ready", part="gateway") == 0
    await watched.bot.on_shard_resumed(1)
    assert (await watched.states())["gateway"] == "connected"
    await watched.bot.on_shard_disconnect(0)
    await watched.bot.on_shard_connect(0)
    assert value(watched.metrics, "interview_ready", part="gateway") == 1
    assert value(watched.metrics, "interview_gateway_reconnects_total", how="resumed") == 1
    assert value(watched.metrics, "interview_gateway_reconnects_total", how="new") == 1


async def test_without_discord_the_gateway_is_off_by_choice(watched: Watched) -> None:
    parts = await HealthServer(watched.bot, offline=True).parts()
    assert parts["gateway"] == health.Part(True, "off by choice")


async def test_a_locked_database_is_told_and_its_end_too(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(health, "FRESH", 0.0)
    await watched.bot.db.open()
    with closing(sqlite3.connect(watched.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            assert (await watched.states())["database"] == "not writable"
        assert caplog.text.count("is locked by another program") == 1
    assert (await watched.states())["database"] == "writable"


async def test_a_busy_database_is_not_waited_for(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    await watched.bot.db.open()
    free = asyncio.Event()
    loop = asyncio.get_running_loop()
    working = asyncio.create_task(
        watched.bot.db(lambda _: asyncio.run_coroutine_threadsafe(free.wait(), loop).result())
    )
    await asyncio.sleep(0)
    assert (await watched.states())["database"] == "busy"
    free.set()
    await working
    monkeypatch.setattr(health, "PATIENCE", 10.0)
    assert (await watched.states())["database"] == "writable"


async def test_many_who_ask_are_no_load(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH", 60.0)
    await watched.bot.db.open()
    await asyncio.gather(*(watched.get(path) for path in ["ready", "metrics"] * 10))
    assert value(watched.metrics, "interview_database_seconds_count", phase="working") == 1


async def test_metrics_are_what_prometheus_reads(watched: Watched) -> None:
    await watched.bot.db.open()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{watched.port}/metrics") as answer,
    ):
        kind, text = answer.headers["Content-Type"], await answer.text()
    assert kind.startswith("text/plain; version=")
    assert 'interview_ready{part="database"} 1.0' in text
    assert 'interview_sessions_open{kind="practice"} 0.0' in text
    assert 'interview_appeals{state="upheld"} 0.0' in text


async def test_a_port_in_use_is_told(watched: Watched) -> None:
    with pytest.raises(SettingsError, match=rf"^INTERVIEW_HEALTH_PORT: {watched.port} is in use on 127"):
        await HealthServer(watched.bot, offline=False).start("127.0.0.1", watched.port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_an_address_of_another_machine_is_told(watched: Watched, host: str) -> None:
    with pytest.raises(SettingsError, match=rf"^INTERVIEW_HEALTH_HOST: {host} is no address of this"):
        await HealthServer(watched.bot, offline=False).start(host, free_port())
