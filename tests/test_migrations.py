from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.migrations import migrations
from bot.store import Store, StoreError
from bot.store.schema import known

# The schema as the first release made it. Never edited: it stands for the files that people have.
OLDEST = """
CREATE TABLE people (id TEXT PRIMARY KEY, created_at TEXT NOT NULL);
CREATE TABLE questions (id TEXT PRIMARY KEY, corpus TEXT NOT NULL, topic TEXT NOT NULL, hash TEXT NOT NULL,
    points TEXT NOT NULL);
CREATE TABLE sessions (id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, corpus TEXT NOT NULL, choice TEXT NOT NULL, shuffle INTEGER NOT NULL,
    asked TEXT NOT NULL, current TEXT, draft TEXT NOT NULL DEFAULT '',
    started_at TEXT NOT NULL, ended_at TEXT);
CREATE TABLE attempts (id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    question TEXT NOT NULL REFERENCES questions(id),
    session INTEGER REFERENCES sessions(id) ON DELETE SET NULL,
    question_hash TEXT NOT NULL, answer TEXT, score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
    sure INTEGER NOT NULL, gate TEXT, model TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE point_results (attempt INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
    point TEXT NOT NULL, verdict TEXT NOT NULL, probabilities TEXT NOT NULL, evidence TEXT NOT NULL,
    sure INTEGER NOT NULL, PRIMARY KEY (attempt, point)) WITHOUT ROWID;
CREATE TABLE reviews (person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    question TEXT NOT NULL REFERENCES questions(id), card TEXT NOT NULL, due TEXT NOT NULL,
    PRIMARY KEY (person, question)) WITHOUT ROWID;
CREATE INDEX attempts_of_person ON attempts(person, question, id);
CREATE INDEX attempts_of_session ON attempts(session);
CREATE INDEX sessions_open ON sessions(person) WHERE ended_at IS NULL;
CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT);
CREATE UNIQUE INDEX idx__sqlite_migrations_migration_set_name ON _sqlite_migrations (migration_set, name);
INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
    VALUES ('interview-practice-bot', 'm001_practice', '2026-01-01');
INSERT INTO people VALUES ('terminal', '2026-01-01T00:00:00+00:00');
INSERT INTO questions VALUES
    ('apple', '', 'Fruit', 'abc', '[{"id": "grows", "text": "It grows", "weight": 2}]');
INSERT INTO sessions VALUES (1, 'terminal', 'practice', 'bundled',
    '{"topic": null, "level": "advanced", "count": 3, "seed": null}',
    5, '["apple"]', 'apple', 'half', '2026', NULL);
INSERT INTO attempts VALUES
    (1, 'terminal', 'apple', 1, 'abc', 'it rots', 10, 1, NULL, 'words-1', '2026-01-01');
INSERT INTO point_results VALUES (1, 'grows', 'missing', '{}', '[]', 1);
INSERT INTO reviews VALUES ('terminal', 'apple', '{"card_id": 0}', '2026-01-02T00:00:00+00:00');
"""


def columns(path: Path) -> dict[str, list[str]]:
    with Database(path) as db:
        return {name: [column.name for column in db[name].columns] for name in db.table_names()}


@pytest.fixture
def oldest(tmp_path: Path) -> Path:
    path = tmp_path / "oldest.db"
    with Database(path) as db:
        db.executescript(OLDEST)
    return path


def test_a_blank_and_the_oldest_database_end_with_the_same_schema(oldest: Path, tmp_path: Path) -> None:
    Store(oldest).close()
    Store(tmp_path / "blank.db").close()
    assert columns(oldest) == columns(tmp_path / "blank.db")
    with Database(oldest) as db:
        assert migrations.pending(db) == []


def test_the_oldest_database_keeps_what_is_in_it(oldest: Path) -> None:
    with Store(oldest) as store:
        assert store.marks("terminal") == [("apple", "Fruit", 10)]
        assert [point.text for _, point, _ in store.missed("terminal")] == ["It grows"]
        session = store.open_session("terminal")
        assert session is not None
        assert (session.current, session.draft, session.choice.count) == ("apple", "half", 3)


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    Store(tmp_path / "i.db").close()
    before = (tmp_path / "i.db").read_bytes()
    Store(tmp_path / "i.db").close()
    assert (tmp_path / "i.db").read_bytes() == before


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "i.db"
    Store(path).close()
    with Database(path) as db:
        db["_sqlite_migrations"].insert(
            {"migration_set": migrations.name, "name": "m999_later", "applied_at": "2030-01-01"}
        )
    before = path.read_bytes()
    newest = known()[-1]
    words = (
        rf"i\.db: was written by a newer .* is m999_later, and version [\d.]+ knows .* {newest}; update .*"
    )
    with pytest.raises(StoreError, match=words + "interview restore FILE"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("count", range(1, len(known())))
def test_every_earlier_schema_is_upgraded_with_all_its_rows(count: int, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with Database(path) as db:
        migrations.apply(db, stop_before=known()[count:])
        assert len(migrations.applied(db)) == count
        fill(db)
        before = content(db)
    assert all(before.values()), "a table without a row proves nothing"
    Store(path).close()
    Store(tmp_path / "blank.db").close()
    with Database(path) as db, Database(tmp_path / "blank.db") as blank:
        assert schema(db) == schema(blank)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        after = content(db)
    for table, rows in before.items():
        # Columns that came later have their defaults; those there were have what they had.
        assert [{name: row[name] for name in rows[0]} for row in after[table]] == rows


def test_an_upgrade_that_fails_changes_nothing(oldest: Path) -> None:
    with Database(oldest) as db:
        # In the way of the second migration, in whose middle it is found.
        db.execute("CREATE TABLE contests (id INTEGER PRIMARY KEY)")
        before = schema(db), content(db)
    with pytest.raises(StoreError, match="contests already exists"):
        Store(oldest)
    with Database(oldest) as db:
        assert (schema(db), content(db)) == before


def schema(db: Database) -> list[tuple[str, ...]]:
    return db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()


def content(db: Database) -> dict[str, list[dict[str, Any]]]:
    ours = (name for name in db.table_names() if name != migrations.migrations_table)
    return {name: list(db.query(f"SELECT * FROM {name} ORDER BY 1")) for name in ours}


def fill(db: Database) -> None:
    """Put a row into every table: of its columns' types, naming the rows of other tables that there are."""
    values = {"INTEGER": 1, "REAL": 1.5, "BLOB": b"\0\xff", "TEXT": "some text"}
    db.execute("PRAGMA foreign_keys = OFF")
    for name in content(db):
        row = {column.name: values[column.type] for column in db.table(name).columns}
        db.table(name).insert(row)
    db.execute("PRAGMA foreign_keys = ON")
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
