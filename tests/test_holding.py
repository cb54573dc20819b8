"""The lock that keeps a restore and a running program apart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import Store, StoreError
from bot.store.holding import hold

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows itself moves no file that is open")


def test_many_hold_together_and_nobody_alone_meanwhile(tmp_path: Path) -> None:
    database = tmp_path / "i.db"
    first, second = hold(database), hold(database)
    assert first is not None
    assert second is not None
    with pytest.raises(BlockingIOError):
        hold(database, alone=True)
    first.close()
    second.close()
    alone = hold(database, alone=True)
    assert alone is not None
    with pytest.raises(BlockingIOError):
        hold(database)
    alone.close()


def test_a_program_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; from bot.store.holding import hold;"
        "held = hold(pathlib.Path(sys.argv[1]), alone=True); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "i.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(BlockingIOError):
            hold(tmp_path / "i.db")
        child.kill()
    held = hold(tmp_path / "i.db")
    assert held is not None
    held.close()


def test_a_store_waits_for_nobody_who_replaces_its_file(tmp_path: Path) -> None:
    alone = hold(tmp_path / "i.db", alone=True)
    assert alone is not None
    with pytest.raises(StoreError, match=r"i\.db: is just being restored or packed; try again"):
        Store(tmp_path / "i.db")
    alone.close()
    Store(tmp_path / "i.db").close()


def test_without_a_place_for_the_lock_there_is_none(tmp_path: Path) -> None:
    assert hold(tmp_path / "none" / "i.db") is None
