"""Disks that are really full or read-only: words, nothing half-written, and nothing lost."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backup import BackupError, Backups
from bot.restore import restore
from bot.store import Store, StoreError
from bot.store.upkeep import DatabaseFile
from tests.together import ANN, BOB, SERVER, START, Together, full

MEGABYTE = 1_000_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB with a database on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    us = Together(folder / "i.db")
    us.practise(ANN, "apple", full("apple"))
    us.services.close()
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Use up all that is free."""
    path = folder / "filling"
    with path.open("wb", buffering=0) as file:
        subprocess.run(["cat", "/dev/zero"], stdout=file, stderr=subprocess.DEVNULL)
    return path


def practise_until_full(us: Together) -> tuple[int, str]:
    """Answer until that is refused; return how many answers were taken, and the refusal."""
    us.services.guilds.change(SERVER, answers_per_hour=1_000)
    for stored in range(1_000):
        try:
            us.practise(ANN, "apple", f"{full('apple')} {'ä' * 9_000}")
        except StoreError as error:
            return stored, str(error)
    raise AssertionError("there is no end of room")


def test_a_full_disk_takes_no_answer_and_loses_none(disk: Path) -> None:
    us = Together(disk / "i.db")
    us.request()  # the first one is that of the answer that is there
    filling = disk / "filling"
    filling.write_bytes(b"x" * MEGABYTE)
    stored, words = practise_until_full(us)
    assert words.endswith("i.db: the disk is full, nothing of this was stored; free some space and try again")
    assert len(us.services.store.marks(ANN)) == 1 + stored
    filling.unlink()
    us.practise(ANN, "apple", full("apple"))
    us.services.close()
    assert DatabaseFile(disk / "i.db").examine().problems == ()
    assert DatabaseFile(disk / "i.db").examine().answers == 2 + stored


def test_on_a_full_disk_nothing_starts_and_what_to_do_is_said(disk: Path) -> None:
    fill(disk)
    with pytest.raises(StoreError, match=r"i\.db: .*free some space"):
        Store(disk / "i.db")


def test_no_backup_or_restore_is_half_done_on_a_full_disk(disk: Path, tmp_path: Path) -> None:
    elsewhere = Backups(disk / "i.db", tmp_path / "backups")
    made = elsewhere.make()
    with Store(disk / "i.db") as store:
        store.add_person(BOB, START)
        filling = fill(disk)
        with pytest.raises(BackupError, match=r"the disk is full: the backup needs 0\.3 MB and 16\.0 MB"):
            Backups(disk / "i.db", disk / "backups").make()
        # The copy is made where there is room.
        assert DatabaseFile(elsewhere.make().path).examine().people == 2
    with pytest.raises((BackupError, StoreError), match=r"(full|I/O)"):
        restore(made.path, elsewhere)
    filling.unlink()
    with Store(disk / "i.db") as store:
        assert store.people.owned(BOB)
    assert {path.name for path in disk.iterdir() if path.is_file()} == {"i.db", "i.db-lock"}


def test_a_read_only_disk_can_be_backed_up_and_is_told_otherwise(disk: Path, tmp_path: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(StoreError, match=r"i\.db: can't be written; check its permissions"):
        Store(disk / "i.db")
    with pytest.raises(BackupError, match="Read-only file system; give a file or folder that you may write"):
        Backups(disk / "i.db", disk / "backups").make()
    assert DatabaseFile(disk / "i.db").examine().answers == 1
    made = Backups(disk / "i.db", tmp_path / "backups").make()
    assert DatabaseFile(made.path).examine().answers == 1
    for work in (
        DatabaseFile(disk / "i.db").vacuum,
        lambda: restore(made.path, Backups(disk / "i.db", tmp_path)),
    ):
        with pytest.raises((BackupError, StoreError), match=r"(can't be written|may write)"):
            work()


CHILD = """
import sys
from pathlib import Path
from tests.test_full_disk import practise_until_full
from tests.together import Together

print(*practise_until_full(Together(Path(sys.argv[1]))))
"""


@pytest.mark.skipif(os.name != "posix", reason="only POSIX limits the size of files")
def test_a_file_that_may_not_grow_is_told_and_stays_whole(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTE, MEGABYTE))

    command = [sys.executable, "-c", CHILD, str(tmp_path / "i.db")]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=True)
    stored, _, words = done.stdout.partition(" ")
    assert words.endswith("i.db: disk I/O error; free some space if the disk is full, else check it\n")
    found = DatabaseFile(tmp_path / "i.db").examine()
    assert found.problems == ()
    assert found.answers == int(stored) > 3
