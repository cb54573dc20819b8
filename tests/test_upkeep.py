"""Looking after a database file: nothing is changed unasked, and what is wrong is said."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import Store, StoreError
from bot.store.upkeep import DatabaseFile, Interrupted
from tests.together import ANN, BOB, Together, full, light


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "i.db"
    us = Together(path)
    us.practise(ANN, "apple", full("apple"))
    us.practise(BOB, "apple", light("apple"))
    us.services.close()
    return path


def rows(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [*connection.iterdump()]


def test_what_a_database_holds_is_said_while_it_is_used(filled: Path) -> None:
    with Store(filled):
        found = DatabaseFile(filled).examine()
    assert (found.problems, found.people, found.answers) == ((), 2, 2)
    assert found.last_answer == "2026-03-04T10:00:00+00:00"
    assert found.size == filled.stat().st_size
    assert not found.schema.pending


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    for work in (
        DatabaseFile(tmp_path / "none.db").examine,
        DatabaseFile(tmp_path / "none.db").migrate,
        lambda: DatabaseFile(tmp_path / "none.db").copy_to(tmp_path / "copy.db"),
    ):
        with pytest.raises(StoreError, match=r"none\.db: there is no such database"):
            work()
    assert [*tmp_path.iterdir()] == []


def test_an_old_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    found = DatabaseFile(path).examine()
    assert (found.schema.applied, found.answers, path.stat().st_size) == ((), 0, 0)
    assert DatabaseFile(path).migrate() == found.schema.pending
    assert DatabaseFile(path).migrate() == ()


def test_another_programs_database_is_told(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE bookmarks (url)")
    with pytest.raises(StoreError, match="another program"):
        DatabaseFile(tmp_path / "other.db").examine()
    with pytest.raises(StoreError, match="another program"):
        DatabaseFile(tmp_path / "other.db").migrate()


def test_damage_is_found_and_the_remedy_asked_for(filled: Path) -> None:
    content = bytearray(filled.read_bytes())
    content[4096 * 3 : 4096 * 40] = b"\xa5" * (4096 * 37)
    filled.write_bytes(content)
    assert DatabaseFile(filled).examine().problems
    filled.write_bytes(b"no database at all " * 500)
    assert DatabaseFile(filled).examine().problems == ("file is not a database",)
    with pytest.raises(StoreError, match=r"i\.db: is damaged .*; go back to Monday"):
        DatabaseFile(filled, lambda: "go back to Monday").schema()


def test_a_row_without_its_parent_is_found(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("DELETE FROM people WHERE id = ?", [BOB])
        connection.commit()
    problems = DatabaseFile(filled).examine().problems
    assert "rows of attempts that name a row of people that isn't there: 1" in problems


def test_a_copy_is_of_one_moment_though_others_write_meanwhile(filled: Path, tmp_path: Path) -> None:
    with Store(filled) as store:
        store.run("CREATE TABLE padding (x)")
        store.run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
            " INSERT INTO padding SELECT randomblob(500) FROM n"
        )
        written = threading.Event()

        def write_between_two_steps() -> bool:
            # In this thread: the copy is looked at before its next step.
            store.run("INSERT INTO people VALUES ('late', '2026', NULL, 0, 1, NULL) ON CONFLICT DO NOTHING")
            written.set()
            return False

        DatabaseFile(filled).copy_to(tmp_path / "copy.db", write_between_two_steps)
        assert written.is_set()
        assert [*store.people.owned("late")] == ["people"]
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("SELECT count(*) FROM padding").fetchone() == (20_000,)
        assert copy.execute("SELECT id FROM people ORDER BY id").fetchall() == [(ANN,), (BOB,)]


def test_copying_and_checking_can_be_stopped(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match="nothing was changed"):
        DatabaseFile(filled).copy_to(tmp_path / "copy.db", lambda: True)
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute(
            "CREATE TABLE padding AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            " WHERE i < 100000) SELECT i FROM n"
        )
        connection.commit()
    with pytest.raises(Interrupted, match="nothing was changed"):
        DatabaseFile(filled).examine(lambda: True)


def test_packing_gives_free_pages_back(filled: Path) -> None:
    with Store(filled) as store:
        store.run("CREATE TABLE padding AS SELECT zeroblob(2000000) AS x")
        store.run("DROP TABLE padding")
    file = DatabaseFile(filled)
    before = rows(filled)
    assert file.examine().free >= 2_000_000
    file.vacuum()
    assert (file.examine().free, file.examine().problems) == (0, ())
    assert file.examine().size < 1_000_000
    assert rows(filled) == before


def test_nothing_is_packed_that_somebody_uses(filled: Path) -> None:
    with Store(filled), pytest.raises(StoreError, match=r"i\.db: is in use, perhaps by a running bot"):
        DatabaseFile(filled).vacuum()
    # A program that doesn't know our lock.
    with closing(sqlite3.connect(filled)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT count(*) FROM people").fetchone()
        with pytest.raises(StoreError, match=r"i\.db: is open in another program"):
            DatabaseFile(filled).vacuum()
    DatabaseFile(filled).vacuum()
