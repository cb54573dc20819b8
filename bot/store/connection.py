"""An SQLite file with our schema: transactions, and errors in words."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from bot.store.holding import Hold, hold
from bot.store.schema import apply_pending, read_schema
from questions.errors import InterviewError

Values = Sequence[Any] | dict[str, Any]


class StoreError(InterviewError):
    """The database can't be opened, read or written. The text names the file and what to do."""


class DamagedError(StoreError):
    """The file is damaged, or no database at all."""


class Connection:
    """One SQLite file, created on first use, with its schema brought up to date.

    `path` None keeps everything in memory. Another process's lock is waited for `timeout` seconds.
    Every method raises StoreError; a write that fails leaves nothing half-written. What to do where the
    file is damaged is asked of `remedy`. Use from a thread other than the opening one raises
    sqlite3.ProgrammingError.
    """

    def __init__(
        self, path: Path | None, *, timeout: float = 5.0, remedy: Callable[[], str] | None = None
    ) -> None:
        self._path = path
        self._remedy = remedy
        self._held: Hold | None = None
        with self.told():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._held = _held(path)
            # Autocommit, because sqlite-utils' atomic() opens and closes the transactions itself.
            try:
                connection = sqlite3.connect(path or ":memory:", timeout=timeout, isolation_level=None)
            except BaseException:
                self._let_go()
                raise
        self._db = Database(connection)
        try:
            with self.told():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; what was stored is on disk."""
        self._db.conn.close()
        self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn what SQLite and the file system say into words with a remedy."""
        with told(self._name, self._remedy):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do all that is in the block or nothing; inside another such block, as part of that."""
        if self._db.conn.in_transaction:
            yield
            return
        with self.told():
            # The lock comes first, so that what the block reads is still so when it writes.
            self._db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.rollback()
                raise
            try:
                self._db.conn.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def run(self, sql: str, values: Values = ()) -> int:
        """Execute one statement and return how many rows it changed."""
        with self.told():
            return self._db.execute(sql, values).rowcount

    def tuples(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query, each as a tuple."""
        with self.told():
            return list(self._db.execute(sql, values).fetchall())

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        """Return all rows of a query."""
        with self.told():
            return list(self._db.query(sql, values))

    def row(self, sql: str, values: Values = ()) -> dict[str, Any] | None:
        """Return the first row of a query, None where there is none."""
        with self.told():
            return next(self._db.query(sql, values), None)

    def insert(self, table: str, values: Mapping[str, Any]) -> int:
        """Insert a row and return its id."""
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        with self.told():
            cursor = self._db.execute(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values())
            )
        return int(cursor.lastrowid or 0)

    def _prepare(self) -> None:
        execute = self._db.conn.execute
        execute("PRAGMA foreign_keys = ON")
        schema = read_schema(self._db)
        if schema.refusal():
            raise StoreError(f"{self._name}: {schema.refusal()}")
        if execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            execute("PRAGMA journal_mode = WAL")
        # With WAL this loses nothing when the process is killed; only a power cut can undo the last answers.
        execute("PRAGMA synchronous = NORMAL")
        # What people delete is overwritten, not only marked as free.
        execute("PRAGMA secure_delete = ON")
        if schema.pending:
            apply_pending(self._db)

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()

    @property
    def _name(self) -> str:
        return str(self._path) if self._path else "database in memory"


@contextmanager
def told(name: str, remedy: Callable[[], str] | None = None) -> Iterator[None]:
    """Turn what SQLite and the file system say of the database `name` into a StoreError."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        if "not a database" in str(error) or "malformed" in str(error):
            advice = remedy() if remedy else "move it away, or set INTERVIEW_DATABASE to another file"
            raise DamagedError(f"{name}: is damaged or no database ({error}); {advice}") from error
        raise StoreError(f"{name}: {_words(str(error))}") from error
    except OSError as error:
        raise StoreError(
            f"{name}: {error.strerror or error}; set INTERVIEW_DATABASE to a file you may write"
        ) from error


def _words(text: str) -> str:
    # Of what is no UTF-8 the text is quoted, which may be an answer.
    text = text.partition(" with text ")[0]
    if "locked" in text:
        return "is locked by another program; close it and try again"
    if "full" in text:
        return "the disk is full, nothing of this was stored; free some space and try again"
    if "readonly" in text or "unable to open" in text:
        return "can't be written; check its permissions, or set INTERVIEW_DATABASE to a file you may write"
    if "disk I/O" in text:
        # Also where the files that SQLite shares with other programs find no room.
        return f"{text}; free some space if the disk is full, else check it"
    return f"{text}; check the disk, or set INTERVIEW_DATABASE to another file"


def _held(path: Path) -> Hold | None:
    try:
        return hold(path)
    except BlockingIOError as error:
        raise StoreError(f"{path}: is just being restored or packed; try again in a minute") from error


def text(at: datetime) -> str:
    """Write a time down in UTC, to the second, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def instant(at: datetime) -> str:
    """Write a time down in UTC, to the millisecond, for deadlines."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
