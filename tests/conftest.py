"""What holds for all tests."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from bot import logs
from tests.watching import Stream

# Machines differ and are shared: no test judges by the clock.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture
def stream(capsys: pytest.CaptureFixture[str]) -> Iterator[Stream]:
    """What is logged after `logs.set_up`; the test runner's own handlers come back at the end."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for handler in handlers:
        root.removeHandler(handler)
    yield Stream(capsys)
    logging.basicConfig(handlers=handlers, level=level, force=True)
    for name in logs.OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.captureWarnings(False)
