"""What the tests of health, metrics and logs share: reading a metric and the log, and where to listen."""

import socket

import pytest

from bot.metrics import Metrics


class Stream:
    """What went to standard error since the test began."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._text = ""

    def getvalue(self) -> str:
        """All of it."""
        self._text += self._capsys.readouterr().err
        return self._text


def value(metrics: Metrics, name: str, **labels: str) -> float:
    """Read one series; 0 where there is none yet."""
    return metrics.registry.get_sample_value(name, labels) or 0.0


def free_port() -> int:
    """Find a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
