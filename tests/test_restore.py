"""Restoring: only a good backup, only where nobody uses the database, in one step, and nothing is lost."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.backup import BackupError, Backups
from bot.migrations import migrations
from bot.restore import restore
from bot.store import Store, StoreError
from bot.store.upkeep import DatabaseFile, Interrupted
from tests.test_migrations import OLDEST
from tests.together import ANN, BOB, Together, full, light


class Place:
    """A database in use now and then, and its backups."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "i.db"
        self.us = Together(self.database)
        self.backups = Backups(self.database, folder / "backups", clock=self.us.clock)
        self.us.practise(ANN, "apple", full("apple"))
        self.us.services.close()

    def work(self, *people: str) -> None:
        """Store something more."""
        self.us.services = self.us._open()
        for person in people:
            self.us.practise(person, "banana", light("banana"))
        self.us.services.close()

    def people(self) -> list[str]:
        with Store(self.database) as store:
            return [person for (person,) in store.tuples("SELECT id FROM people ORDER BY id")]

    def files(self) -> list[str]:
        """List what is beside the database."""
        return sorted(path.name for path in self.database.parent.iterdir() if path.is_file())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_backup_takes_the_databases_place_which_is_kept(place: Place) -> None:
    made = place.backups.make()
    place.work(BOB)
    place.us.clock.pass_(hours=1)
    done = restore(made.path, place.backups)
    assert (done.migrations, done.forgotten) == ((), 0)
    assert place.people() == [ANN]
    assert place.files() == ["i.db", "i.db-lock"]
    assert done.replaced is not None
    assert done.replaced.path.name == "i-20260304T110000Z-replaced.db"
    # And back again.
    again = restore(done.replaced.path, place.backups)
    assert place.people() == [ANN, BOB]
    # Within the same second, but not in its place.
    assert again.replaced is not None
    assert again.replaced.path != done.replaced.path
    assert DatabaseFile(done.replaced.path).examine().people == 2
    # What was replaced may be damaged, and is no good backup.
    assert place.backups.last() == made


def test_an_older_schema_is_brought_up_to_date(place: Place, tmp_path: Path) -> None:
    with Database(tmp_path / "old.db") as db:
        db.executescript(OLDEST)
    assert restore(tmp_path / "old.db", place.backups).migrations[0] == "m002_servers"
    assert place.people() == ["terminal"]
    # The backup itself stays as it was.
    assert [name for name, _ in DatabaseFile(tmp_path / "old.db").schema().applied] == ["m001_practice"]


def test_without_a_database_it_is_made(place: Place) -> None:
    made = place.backups.make()
    place.database.unlink()
    assert restore(made.path, place.backups).replaced is None
    assert place.people() == [ANN]


@pytest.mark.parametrize("where", ["header", "middle", "nothing left"])
def test_a_damaged_database_is_replaced_and_kept_as_it_is(place: Place, where: str) -> None:
    made = place.backups.make()
    content = bytearray(place.database.read_bytes())
    if where == "header":
        content[:100] = os.urandom(100)
    elif where == "middle":
        content[4096 * 3 : 4096 * 40] = b"\xa5" * (4096 * 37)
    else:
        content = bytearray()
    place.database.write_bytes(content)
    wal = place.database.with_name("i.db-wal")
    wal.write_bytes(b"the log of a program that was killed")
    done = restore(made.path, place.backups)
    assert place.people() == [ANN]
    assert not wal.exists()
    assert done.replaced is not None
    if where != "middle":
        assert done.replaced.path.read_bytes() == content
        kept = done.replaced.path.with_name(f"{done.replaced.path.name}-wal")
        assert kept.read_bytes() == b"the log of a program that was killed"


def test_the_log_of_a_killed_program_is_not_taken_for_one_of_the_new_database(place: Place) -> None:
    made = place.backups.make()
    killed = Store(place.database)
    killed.add_person(BOB, place.us.clock())
    # The file with its log as a kill leaves them.
    files = {path: path.read_bytes() for path in place.database.parent.glob("i.db*")}
    killed.close()
    for path, content in files.items():
        path.write_bytes(content)
    done = restore(made.path, place.backups)
    assert place.people() == [ANN]
    assert done.replaced is not None
    assert DatabaseFile(done.replaced.path).examine().people == 2


def test_nothing_is_restored_under_a_running_program(place: Place) -> None:
    made = place.backups.make()
    with Store(place.database) as store:
        with pytest.raises(StoreError, match=r"i\.db: is in use, perhaps by a running bot; stop that first"):
            restore(made.path, place.backups)
        store.add_person(BOB, place.us.clock())
    with closing(sqlite3.connect(place.database)) as shell:
        shell.execute("SELECT count(*) FROM people").fetchone()
        with pytest.raises(StoreError, match=r"i\.db: is open in another program; close that first"):
            restore(made.path, place.backups)
    assert place.people() == [ANN, BOB]


def test_what_is_no_good_backup_is_refused(place: Place, tmp_path: Path) -> None:
    made = place.backups.make()
    before = place.database.read_bytes()

    def refused(file: Path, words: str) -> None:
        with pytest.raises((BackupError, StoreError), match=words):
            restore(file, place.backups)
        assert place.database.read_bytes() == before

    refused(tmp_path / "none.db", r"none\.db: there is no such database")
    refused(place.database, r"i\.db: is the database itself; give one of its backups")
    (tmp_path / "text.db").write_text("no database " * 500)
    refused(tmp_path / "text.db", r"text\.db: is damaged \(file is not a database\); give another backup")
    (tmp_path / "empty.db").touch()
    refused(tmp_path / "empty.db", r"empty\.db: is empty; give a backup")
    with Database(tmp_path / "other.db") as db:
        db["bookmarks"].insert({"url": "https://example.org"})
    refused(tmp_path / "other.db", r"other\.db: is the database of another program")
    content = bytearray(made.path.read_bytes())
    content[4096 * 3 : 4096 * 40] = b"\xa5" * (4096 * 37)
    (tmp_path / "rotten.db").write_bytes(content)
    refused(tmp_path / "rotten.db", r"rotten\.db: is damaged \(.*\); give another backup")
    (tmp_path / "newer.db").write_bytes(made.path.read_bytes())
    with Database(tmp_path / "newer.db") as db:
        db["_sqlite_migrations"].insert(
            {"migration_set": migrations.name, "name": "m999_later", "applied_at": "2030-01-01"}
        )
    refused(tmp_path / "newer.db", r"newer\.db: was written by a newer version .*m999_later")
    assert place.files() == sorted(
        ["empty.db", "i.db", "i.db-lock", "newer.db", "other.db", "rotten.db", "text.db"]
    )


def test_one_that_is_stopped_or_fails_changes_nothing(place: Place) -> None:
    made = place.backups.make()
    place.work(BOB)
    with pytest.raises(Interrupted):
        restore(made.path, place.backups, stopped=lambda: True)
    # Where the old database can't be put aside, it isn't replaced.
    no_folder = Backups(place.database, made.path / "backups", clock=place.us.clock)
    with pytest.raises(BackupError, match=r"-replaced\.db: Not a directory; give a file or folder"):
        restore(made.path, no_folder)
    assert place.people() == [ANN, BOB]
    assert place.files() == ["i.db", "i.db-lock"]
    assert [path.name for path in place.backups.folder.iterdir()] == [made.path.name]


def test_those_who_had_themselves_deleted_stay_deleted(place: Place) -> None:
    place.work(BOB)
    with_bob = place.backups.make()
    place.us.services = place.us._open()
    place.us.clock.pass_(days=1)
    place.us.services.privacy.forget(BOB)
    place.us.services.close()
    place.us.clock.pass_(hours=1)
    without_bob = place.backups.make()

    assert restore(with_bob.path, place.backups).forgotten == 1
    assert place.people() == [ANN]
    # He begins anew, which no older state of the database may undo.
    place.work(BOB)
    place.us.clock.pass_(hours=1)
    anew = place.backups.make()
    restore(without_bob.path, place.backups)
    assert place.people() == [ANN]
    assert restore(anew.path, place.backups).forgotten == 0
    assert place.people() == [ANN, BOB]


def test_the_restored_database_belongs_to_whom_the_old_one_did(place: Place) -> None:
    made = place.backups.make()
    place.database.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(place.database, 65534, 65534)
    owner = place.database.stat()
    restore(made.path, place.backups)
    found = place.database.stat()
    assert (found.st_mode, found.st_uid, found.st_gid) == (owner.st_mode, owner.st_uid, owner.st_gid)
