"""What the tests of health and metrics share: reading a metric, and where to listen."""

import socket

from bot.metrics import Metrics


def value(metrics: Metrics, name: str, **labels: str) -> float:
    """Read one series; 0 where there is none yet."""
    return metrics.registry.get_sample_value(name, labels) or 0.0


def free_port() -> int:
    """Find a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
