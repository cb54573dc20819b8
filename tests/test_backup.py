"""Backups: whole or not there at all, checked, the newest kept, and nothing else touched."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import backup
from bot.backup import BackupError, Backups, backups_of, open_store
from bot.migrations import migrations
from bot.settings import Settings
from bot.store import Store, StoreError
from bot.store.upkeep import DatabaseFile, Interrupted
from tests.test_migrations import OLDEST
from tests.test_store import as_nobody
from tests.together import ANN, START, Clock, Together, full

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backups(tmp_path: Path, clock: Clock) -> Backups:
    us = Together(tmp_path / "i.db")
    us.practise(ANN, "apple", full("apple"))
    us.services.close()
    return Backups(tmp_path / "i.db", tmp_path / "backups", keep=3, every=DAY, clock=clock)


def names(backups: Backups) -> list[str]:
    return sorted(path.name for path in backups.folder.iterdir())


def test_a_backup_holds_all_that_was_stored_though_the_database_is_open(backups: Backups) -> None:
    with Store(backups.database) as store:
        store.add_person("late", START)
        made = backups.make()
    assert (made.path.name, made.at) == ("i-20260304T100000Z.db", START)
    assert made.size == made.path.stat().st_size
    found = DatabaseFile(made.path).examine()
    assert (found.problems, found.people, found.answers) == ((), 2, 1)
    assert names(backups) == [made.path.name]
    assert backups.all() == [made]


def test_the_newest_are_kept_and_nothing_else_is_touched(backups: Backups, clock: Clock) -> None:
    others = ["i-20200101T000000Z.db.gz", "j-20200101T000000Z.db", "i-latest.db", "notes.txt", "i-9.db"]
    others += ["i-20201399T000000Z.db"]
    backups.folder.mkdir()
    for name in others:
        (backups.folder / name).touch()
    made = []
    for _ in range(5):
        made.append(backups.make().path.name)
        clock.pass_(days=1)
    assert names(backups) == sorted([*others, *made[-3:]])


def test_a_clock_that_was_wrong_drops_no_good_backup(backups: Backups, clock: Clock) -> None:
    clock.pass_(days=3650)
    for _ in range(3):
        clock.pass_(days=1)
        backups.make()
    clock.now = START
    made = []
    for _ in range(3):
        # Due, though there are backups that call themselves newer.
        assert backups.due()
        made.append(backups.make().path.name)
        assert backups.last() == backups.all()[-1]
        assert made[-1] in names(backups)
        clock.pass_(days=1)
    assert names(backups) == made


def test_a_backup_is_due_by_the_age_of_the_last_one(backups: Backups, clock: Clock) -> None:
    assert backups.due()
    backups.make()
    assert not backups.due()
    clock.pass_(hours=23.9)
    assert not backups.due()
    clock.pass_(hours=0.1)
    assert backups.due()
    backups.every = None
    assert not backups.due()


def test_two_backups_within_a_second_are_one(backups: Backups) -> None:
    assert backups.make().path == backups.make().path
    assert len(backups.all()) == 1


def test_another_folder_or_file_can_be_given(backups: Backups, tmp_path: Path, clock: Clock) -> None:
    for _ in range(4):
        assert backups.make(tmp_path / "disk" / "here").path.parent == tmp_path / "disk" / "here"
        clock.pass_(hours=1)
    assert len([*(tmp_path / "disk" / "here").iterdir()]) == 3
    exact = tmp_path / "disk" / "copy.db"
    assert backups.make(exact).path == exact
    backups.make(exact)
    assert DatabaseFile(exact).examine().answers == 1
    # A folder may have a name with an ending.
    (tmp_path / "nas.local").mkdir()
    assert backups.make(tmp_path / "nas.local").path.parent == tmp_path / "nas.local"


def test_what_is_no_backup_is_not_written_over(backups: Backups, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dear diary")
    with pytest.raises(BackupError, match=r"notes\.txt: is there and is no database; give another"):
        backups.make(tmp_path / "notes.txt")
    with pytest.raises(BackupError, match=r"i\.db: is the database itself"):
        backups.make(tmp_path / "." / "i.db")
    with pytest.raises(BackupError, match=r"give a file or folder that you may write"):
        backups.make(tmp_path / "notes.txt" / "below")
    assert (tmp_path / "notes.txt").read_text() == "dear diary"


def test_backups_are_as_private_as_the_database(backups: Backups) -> None:
    backups.database.chmod(0o600)
    assert backups.make().path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_database_makes_no_backup_and_names_the_last_good_one(
    backups: Backups, clock: Clock
) -> None:
    with pytest.raises(StoreError, match=r"none\.db: there is no such database"):
        Backups(backups.database.with_name("none.db"), backups.folder).make()
    good = backups.make()
    clock.pass_(days=1)
    content = bytearray(backups.database.read_bytes())
    content[4096 * 3 : 4096 * 40] = b"\xa5" * (4096 * 37)
    for damaged in (bytes(content), b"nothing at all " * 500):
        backups.database.write_bytes(damaged)
        with pytest.raises((BackupError, StoreError), match=f"i.db: is damaged .*restore {good.path}"):
            backups.make()
        assert names(backups) == [good.path.name]
    good.path.unlink()
    assert "no backup is in" in backups.advice()


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX ones")
def test_a_folder_that_cannot_be_written_is_told() -> None:
    with as_nobody() as folder:
        Store(folder / "i.db").close()
        (folder / "backups").mkdir(mode=0o500)
        with pytest.raises(BackupError, match=r"i-\d+T\d+Z\.db: Permission denied; give a file or folder"):
            Backups(folder / "i.db", folder / "backups").make()


def test_a_backup_leaves_room_on_the_disk(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    good = backups.make()
    monkeypatch.setattr(backup, "RESERVE", 10**18)
    with pytest.raises(BackupError, match=f"the disk is full: .*INTERVIEW_BACKUPS.*{good.path}"):
        backups.make()
    assert names(backups) == [good.path.name]


def test_one_that_is_stopped_leaves_nothing(backups: Backups, clock: Clock) -> None:
    good = backups.make()
    clock.pass_(days=1)
    with pytest.raises(Interrupted):
        backups.make(stopped=lambda: True)
    assert names(backups) == [good.path.name]


def test_what_a_power_cut_left_is_removed_a_day_later(backups: Backups) -> None:
    backups.make()
    old, new, foreign = (backups.folder / name for name in (".i-1.7.part", ".i-2.7.part", ".j-1.7.part"))
    for path, hours in ((old, 25), (new, 1), (foreign, 25)):
        path.touch()
        os.utime(path, (0, (START - timedelta(hours=hours)).timestamp()))
    backups.make()
    assert [path.exists() for path in (old, new, foreign)] == [False, True, True]


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_signal_in_the_middle_leaves_older_backups_and_nothing_half_done(
    number: signal.Signals, backups: Backups
) -> None:
    good = backups.make()
    with Store(backups.database) as store:
        store.run("CREATE TABLE padding AS SELECT zeroblob(60000000) AS x")
    environment = {**os.environ, "INTERVIEW_DATABASE": str(backups.database)}
    command = [sys.executable, "-m", "bot", "backup"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as child:
        # Seen in the folder, it is being written.
        while child.poll() is None and not [*backups.folder.glob(".i-*.part")]:
            time.sleep(0.001)
        child.send_signal(number)
        _, err = child.communicate()
    assert child.returncode == 1
    assert "was stopped; nothing was changed" in err
    assert "Traceback" not in err
    assert names(backups) == [good.path.name]
    assert DatabaseFile(good.path).examine().answers == 1


def test_before_an_upgrade_a_backup_is_made(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database=tmp_path / "old.db")  # type: ignore[call-arg]
    with Database(settings.database) as db:
        db.executescript(OLDEST)
    with open_store(settings) as store:
        assert store.marks("terminal") == [("apple", "Fruit", 10)]
    (made,) = Backups(settings.database, settings.backup_folder).all()
    assert [name for name, _ in DatabaseFile(made.path).schema().applied] == ["m001_practice"]
    # There is nothing to lose in a new one, and nothing to change in this one.
    open_store(settings).close()
    open_store(settings.model_copy(update={"database": tmp_path / "new.db"})).close()
    assert len([*settings.backup_folder.iterdir()]) == 1


def test_of_a_newer_database_the_backup_that_fits_is_named(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database=tmp_path / "i.db")  # type: ignore[call-arg]
    Store(settings.database).close()
    backups = backups_of(settings)
    fitting = backups.make()
    with Database(settings.database) as db:
        db["_sqlite_migrations"].insert(
            {"migration_set": migrations.name, "name": "m999_later", "applied_at": "2030-01-01"}
        )
    # Also the later version makes backups.
    shutil.copy(settings.database, settings.backup_folder / "i-20290101T000000Z.db")
    with pytest.raises(StoreError, match=f"its schema is m999_later.* interview restore {fitting.path}$"):
        open_store(settings)
    fitting.path.unlink()
    with pytest.raises(StoreError, match=r"interview restore FILE$"):
        open_store(settings)
