"""Whether the bot is well, for machines to ask: `/health`, `/ready` and `/metrics` over HTTP."""

import asyncio
import errno
import logging
from dataclasses import asdict, dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.client import InterviewBot
from bot.services import Services
from bot.settings import SettingsError

log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds that the database may take to answer
FRESH = 1.0  # seconds for which its answer counts, so that many who ask are no load


@dataclass(frozen=True, slots=True)
class Part:
    """Whether a part of the bot does its work, and how it is in a word or two."""

    ready: bool
    state: str


class HealthServer:
    """Answers on one address from `start` to `stop`. `offline`: the gateway is off by choice."""

    def __init__(self, bot: InterviewBot, *, offline: bool) -> None:
        self._bot = bot
        self._offline = offline
        self._runner: web.AppRunner | None = None
        self._database: asyncio.Task[Part] | None = None
        self._asked_at = 0.0
        self._failing: tuple[str, ...] = ()
        self._broken = False

    async def start(self, host: str, port: int) -> None:
        """Listen; raises SettingsError where the address can't be had."""
        app = web.Application()
        app.router.add_get("/health", self._health)
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self.stop()
            raise SettingsError(_unavailable(host, port, error)) from error

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def parts(self) -> dict[str, Part]:
        """Look at every part, and bring the metrics up to date that tell how things are."""
        found = {
            "gateway": self._gateway(),
            "database": await self._written(),
            "grader": Part(bool(self._bot.grader.model), self._bot.grader.model or "not loaded"),
        }
        metrics = self._bot.metrics
        for name, part in found.items():
            metrics.ready.labels(name).set(part.ready)
        for shard, latency in self._bot.latencies:
            metrics.gateway_latency.labels(shard).set(latency)
        failing = tuple(f"{name} {part.state}" for name, part in found.items() if not part.ready)
        if failing != self._failing:
            log.info("%s", f"not ready: {', '.join(failing)}" if failing else "ready")
            self._failing = failing
        return found

    def _gateway(self) -> Part:
        if self._offline:
            return Part(True, "off by choice")
        if self._bot.stopping:
            return Part(False, "stopping")
        return Part(self._bot.online, "connected" if self._bot.online else "not connected")

    async def _written(self) -> Part:
        if not self._bot.db.is_open:
            return Part(False, "not open")
        now = asyncio.get_running_loop().time()
        if self._database is None or (self._database.done() and now - self._asked_at > FRESH):
            self._asked_at = now
            self._database = asyncio.create_task(self._write(), name="writing to see whether it works")
        done, _ = await asyncio.wait({self._database}, timeout=PATIENCE)
        return self._database.result() if done else Part(False, "busy")

    async def _write(self) -> Part:
        def work(services: Services) -> tuple[dict[str, int], dict[str, int]]:
            vitals = services.store.vitals
            vitals.touch()
            return vitals.open_sessions(), vitals.appeals()

        try:
            sessions, appeals = await self._bot.db(work)
        except Exception as error:
            # Once, however often is asked while it lasts.
            if not self._broken:
                self._bot.log_error(error, "database")
            self._broken = True
            return Part(False, "not writable")
        self._broken = False
        for kind, number in sessions.items():
            self._bot.metrics.sessions.labels(kind).set(number)
        for state, number in appeals.items():
            self._bot.metrics.appeals.labels(state).set(number)
        return Part(True, "writable")

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"healthy": True})

    async def _ready(self, _: web.Request) -> web.Response:
        parts = await self.parts()
        ready = all(part.ready for part in parts.values())
        told = {name: asdict(part) for name, part in parts.items()}
        return web.json_response({"ready": ready, "parts": told}, status=200 if ready else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        await self.parts()
        return web.Response(body=self._bot.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _unavailable(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"INTERVIEW_HEALTH_PORT: {port} is in use on {host}, by another bot perhaps; end that, choose"
            " another port, or 0 for none"
        )
    if error.errno == errno.EACCES:
        return f"INTERVIEW_HEALTH_PORT: {port} is not for this user; choose one from 1024 on, or 0 for none"
    return (
        f"INTERVIEW_HEALTH_HOST: {host} is no address of this machine ({error.strerror or error}); for"
        " example INTERVIEW_HEALTH_HOST=127.0.0.1"
    )
