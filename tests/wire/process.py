"""The bot as its own process, as its owner starts it."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from tests.wire.peer import TOKEN, Peer

ROOT = Path(__file__).parents[2]


class Bot:
    """`interview run` against a peer, with its database in `folder`."""

    def __init__(self, peer: Peer, folder: Path, corpus: Path | None = None, **environment: str) -> None:
        self._command: tuple[str, ...] = (sys.executable, "-m", "bot", "run")
        self.database = folder / "interview.db"
        self._peer = peer
        self._log = folder / "bot.log"
        self._process: asyncio.subprocess.Process | None = None
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("INTERVIEW_")},
            "DISCORD_TOKEN": TOKEN,
            "INTERVIEW_DATABASE": str(self.database),
            "INTERVIEW_GRADER": "small",  # ten times as fast; the wire is what is tried
            "INTERVIEW_HEALTH_PORT": "0",  # so that bots of several test runs can be up at a time
            "INTERVIEW_DISCORD_API": peer.api_url,
            "INTERVIEW_DISCORD_GATEWAY": peer.gateway_url,
            "PYTHONFAULTHANDLER": "1",
            **({"INTERVIEW_CORPUS": str(corpus)} if corpus else {}),
            **environment,
        }

    @property
    def log(self) -> str:
        """Everything the bot has written to its standard streams so far."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def records(self) -> list[dict[str, str]]:
        """Read the log, which is a JSON object a line."""
        return [json.loads(line) for line in self.log.splitlines()]

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    async def start(self) -> None:
        """Start the process and wait until it is on the gateway with its commands registered."""
        self._peer.gateway.forget()
        await self.spawn()
        assert self._process
        connected = asyncio.ensure_future(self._peer.gateway.connected())
        ended = asyncio.ensure_future(self._process.wait())
        await asyncio.wait({connected, ended}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            connected.cancel()
            raise AssertionError(f"the bot ended with {ended.result()} instead of connecting:\n{self.log}")
        ended.cancel()
        await connected

    async def spawn(self) -> None:
        """Start the process."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def stop(self, timeout: float = 10.0) -> int:
        """Ask the process to end and wait for its exit status; TimeoutError where it takes longer."""
        self._send(signal.SIGTERM)
        return await self.ended(timeout)

    async def kill(self) -> None:
        """End the process at once, whatever it is doing."""
        self._send(signal.SIGKILL)
        await self.ended()

    async def ended(self, timeout: float = 30.0) -> int:
        """Wait for the exit status."""
        assert self._process
        return await asyncio.wait_for(self._process.wait(), timeout)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database beside the running bot."""
        # Not read-only: after a kill the journal has to be read back first.
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query, values).fetchall()

    def _send(self, number: signal.Signals) -> None:
        assert self._process
        if self._process.returncode is None:
            self._process.send_signal(number)

    async def clean(self) -> None:
        """Leave no process behind."""
        if self._process and self._process.returncode is None:
            await self.kill()


@asynccontextmanager
async def started(
    peer: Peer, folder: Path, corpus: Path | None = None, **environment: str
) -> AsyncIterator[Bot]:
    """Run a bot; what it logged is printed, so that a failing test shows it."""
    bot = Bot(peer, folder, corpus, **environment)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.clean()
        print(bot.log)


CORPUS = """---
title: Fruit
---

# Fruit

## Interview Questions

### Fundamental Questions
"""
QUESTION = """
#### Q{number}: How does the {name} grow?

**Answer:**

The {name} ripens slowly on a tall tree. Birds carry its seeds away.

**Key points:**
- (3) The {name} ripens slowly on a tall tree
- (1) Birds carry the seeds of the {name} away
"""


def write_corpus(folder: Path, *names: str) -> Path:
    """Write a corpus with one question a name, each of two key points."""
    path = folder / "fruit.md"
    questions = [QUESTION.format(number=number, name=name) for number, name in enumerate(names, 1)]
    path.write_text(CORPUS + "".join(questions), encoding="utf-8")
    return path
