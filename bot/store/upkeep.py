"""Look after a database file as a whole: look at it, copy it while it is used, pack it, migrate it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bot.store.connection import DamagedError, StoreError, told
from bot.store.holding import beside, hold
from bot.store.schema import Schema, apply_pending, read_schema

PAGES = 1_000  # copied at a time, about 4 MB
STEPS = 100_000  # of SQLite's machine between two looks at whether to stop
MOST_PROBLEMS = 10
_HEADER = b"SQLite format 3\0"

Stopped = Callable[[], bool]
"""Whether a long work is to be given up."""


class Interrupted(StoreError):  # noqa: N818 - nothing went wrong
    """A long work was given up because it was told to stop; nothing was changed."""


@dataclass(frozen=True, slots=True)
class State:
    """What a database file holds and how it is. Sizes are in bytes, `last_answer` is ISO text in UTC.

    `log` is the size of the write-ahead log beside it, `free` what packing would give back at least.
    """

    path: Path
    problems: tuple[str, ...]
    schema: Schema
    size: int
    log: int = 0
    free: int = 0
    people: int = 0
    answers: int = 0
    last_answer: str | None = None


class DatabaseFile:
    """A file that should be a database of ours; unlike a Store, this creates none and changes none unasked.

    Every method raises StoreError, also where there is no such file; what to do where it is damaged is
    asked of `remedy`.
    """

    def __init__(self, path: Path, remedy: Callable[[], str] | None = None) -> None:
        self.path = path
        self._remedy = remedy

    def examine(self, stopped: Stopped = lambda: False) -> State:
        """Check the whole file, which may be in use; damage is told by `problems`."""
        try:
            with self._opened(stopped) as db:
                return self._state(db)
        except DamagedError as error:
            return State(
                self.path, (str(error.__cause__),), Schema((), (), (), foreign=False), size=self._size()
            )

    def _state(self, db: Database) -> State:
        schema = read_schema(db)
        if schema.foreign:
            raise StoreError(f"{self.path}: is the database of another program; give one of this program")
        problems = _problems(db)
        page, free = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "freelist_count"))
        people, answers, last = _contents(db) if schema.applied and not problems else (0, 0, None)
        return State(
            self.path,
            problems,
            schema,
            size=self._size(),
            log=self._size("-wal"),
            free=page * free,
            people=people,
            answers=answers,
            last_answer=last,
        )

    def _size(self, suffix: str = "") -> int:
        file = beside(self.path, suffix)
        return file.stat().st_size if file.exists() else 0

    def schema(self) -> Schema:
        """Read which migrations it has seen."""
        with self._opened() as db:
            return read_schema(db)

    def copy_to(self, target: Path, stopped: Stopped = lambda: False) -> None:
        """Write it, which may be in use meanwhile, as it is at one moment, over `target`, a single file.

        Where it fails, an incomplete `target` is left behind.
        """

        def go_on(*_: int) -> None:
            if stopped():
                raise Interrupted(f"{self.path}: copying it was stopped; nothing was changed")

        with self._opened() as db, closing(sqlite3.connect(target, isolation_level=None)) as made:
            # Within one transaction, so that what others write between two steps doesn't begin it anew.
            db.execute("BEGIN")
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            try:
                # An incomplete copy is thrown away, so that a journal of it serves nobody.
                made.execute("PRAGMA journal_mode = OFF")
                made.execute("PRAGMA synchronous = OFF")
                db.conn.backup(made, pages=PAGES, progress=go_on)
                # Without a write-ahead log it can be read from anywhere, a read-only disk included.
                made.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError:
                # That of the source would be the damage of a page, which is no operational error.
                with told(str(target)):
                    raise

    def migrate(self) -> tuple[str, ...]:
        """Bring its schema up to date and return the migrations that were applied."""
        with self._opened() as db:
            schema = read_schema(db)
            if schema.refusal():
                raise StoreError(f"{self.path}: {schema.refusal()}")
            if schema.pending:
                apply_pending(db)
            return schema.pending

    def forgotten(self) -> list[tuple[str, str]]:
        """List the digests of people who had themselves deleted, and when; as `PeopleRows.forgotten`."""
        with self._opened() as db:
            if "forgotten" not in db.table_names():
                return []
            return list(db.execute("SELECT digest, at FROM forgotten ORDER BY at"))

    def vacuum(self) -> None:
        """Pack it, so that free pages go back to the disk; nobody else may use it meanwhile."""
        with self.alone(), self._opened() as db:
            db.execute("VACUUM")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other program out.

        What was in its write-ahead log is in the file itself then, unless that is damaged.
        """
        try:
            held = hold(self.path, alone=True)
        except BlockingIOError as error:
            raise StoreError(f"{self.path}: is in use, perhaps by a running bot; stop that first") from error
        try:
            self._check_alone()
            yield
        finally:
            if held is not None:
                held.close()

    def _check_alone(self) -> None:
        """See whether a program that doesn't know our lock, such as a database shell, has it open."""
        if not self.path.exists() or not is_database(self.path):
            return  # SQLite would throw the log away that is beside such a file
        with (
            told(str(self.path)),
            closing(sqlite3.connect(self._address, uri=True, timeout=0, isolation_level=None)) as connection,
        ):
            try:
                # SQLite lets only the last one there end the write-ahead log.
                connection.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    raise StoreError(f"{self.path}: is open in another program; close that first") from error
                raise
            except sqlite3.DatabaseError:
                pass  # damaged, which is no reason to stop

    @contextmanager
    def _opened(self, stopped: Stopped | None = None) -> Iterator[Database]:
        if not self.path.is_file():
            raise StoreError(f"{self.path}: there is no such database; check the path")
        with (
            told(str(self.path), self._remedy),
            closing(self._connected()) as connection,
        ):
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            if stopped is not None:
                connection.set_progress_handler(stopped, STEPS)
            try:
                yield Database(connection)
            except sqlite3.OperationalError as error:
                if "interrupted" in str(error):
                    raise Interrupted(f"{self.path}: checking it was stopped; nothing was changed") from error
                raise

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._address, uri=True, isolation_level=None)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            if "unable to open" not in str(error) or beside(self.path, "-wal").exists():
                raise
            # On a read-only disk there can be no log to share with others; nor are there others who write.
            return sqlite3.connect(f"{self._address}&immutable=1", uri=True, isolation_level=None)
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    @property
    def _address(self) -> str:
        return f"{self.path.absolute().as_uri()}?mode=rw"


def is_database(path: Path) -> bool:
    """Say whether a file begins as an SQLite database does.

    Only for a file that this process has not open as a database: closing it lets go of SQLite's locks.
    """
    with told(str(path)), path.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER


def _problems(db: Database) -> tuple[str, ...]:
    try:
        found = [
            line
            for (text,) in db.execute(f"PRAGMA integrity_check({MOST_PROBLEMS})")
            for line in str(text).splitlines()
            if line != "ok"
        ]
        if not found:
            found = [
                f"rows of {table} that name a row of {parent} that isn't there: {count}"
                for table, parent, count in db.execute(
                    'SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2'
                )
            ]
    except sqlite3.DatabaseError as error:
        # So damaged that the check itself ends.
        if "malformed" not in str(error):
            raise
        found = [str(error)]
    return tuple(found[:MOST_PROBLEMS])


def _contents(db: Database) -> tuple[int, int, str | None]:
    people, answers, last = db.execute(
        "SELECT (SELECT count(*) FROM people), count(*), max(at) FROM attempts"
    ).fetchone()
    return people, answers, last
