"""The container's HEALTHCHECK: what it asks, how it ends, and that it costs next to nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot.healthcheck import ask
from bot.settings import Settings
from tests.watching import free_port

ROOT = Path(__file__).parents[1]


class Handler(BaseHTTPRequestHandler):
    """Alive, but not ready."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()
        self.wfile.write(b"said " + self.path.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server, set as the bot's."""
    monkeypatch.delenv("INTERVIEW_HEALTH_HOST", raising=False)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        monkeypatch.setenv("INTERVIEW_HEALTH_PORT", str(server.server_port))
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize(("path", "status"), [("health", 0), ("ready", 1)])
def test_the_exit_status_is_the_answer(path: str, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(path) == status
    assert f"said /{path}" in capsys.readouterr().out


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize("host", ["0.0.0.0", "", "localhost"])
def test_a_server_on_all_addresses_is_asked_here(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("INTERVIEW_HEALTH_HOST", host)
    assert ask("health") == 0


def test_where_nobody_answers_nothing_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTERVIEW_HEALTH_PORT", str(free_port()))
    assert ask("health") == 1
    assert "does not answer: ConnectionRefusedError" in capsys.readouterr().out
    monkeypatch.setenv("INTERVIEW_HEALTH_PORT", "many")
    assert ask("health") == 1


def test_a_server_that_is_switched_off_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEW_HEALTH_PORT", "0")
    assert ask("health") == 0


def test_it_asks_where_the_bot_answers_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"INTERVIEW_HEALTH_PORT": ""})
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    command = "import bot.healthcheck as asked; print(asked.HOST, asked.PORT)"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == [settings.health_host, str(settings.health_port)]


def test_it_is_a_program_that_loads_the_standard_library_alone(port: int) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "bot.healthcheck"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "200 said /health\n"
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "http" in loaded
    assert not loaded & {"asyncio", "aiohttp", "discord", "pydantic", "questions", "grader", "typer"}
    assert port
