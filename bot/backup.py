"""Backups: copies of the database made while it is in use, checked before they count, the newest kept."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.practice import utc_now
from bot.store import Store, StoreError
from bot.store.holding import beside
from bot.store.schema import Schema
from bot.store.upkeep import DatabaseFile, Interrupted, Stopped, is_database
from questions.errors import InterviewError

if TYPE_CHECKING:
    from bot.settings import Settings

STAMP = "%Y%m%dT%H%M%SZ"
RESERVE = 16_000_000  # bytes that stay free on the disk, so that a backup takes no answer's place
LEFT_OVER = timedelta(days=1)  # after which an unfinished file belongs to no backup that still runs


class BackupError(InterviewError):
    """A backup can't be made or used. The text names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the database made `at` a time (UTC); `size` in bytes.

    `replaced` says that it is what a restore put aside, whole or not.
    """

    path: Path
    at: datetime
    size: int
    replaced: bool = False


class Backups:
    """The backups of one database in one folder: `keep` of them, made `every` so often by a running bot.

    They are told by their names, as in interview-20261124T140000Z.db; nothing else is touched.
    """

    def __init__(
        self,
        database: Path,
        folder: Path,
        *,
        keep: int = 7,
        every: timedelta | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.database = database
        self.folder = folder
        self.keep = keep
        self.every = every
        self._clock = clock

    def all(self) -> list[Backup]:
        """List the backups, oldest first. Those dated in the future were made by a clock that was wrong."""
        name = re.compile(rf"{re.escape(self.database.stem)}-(\d{{8}}T\d{{6}}Z)(-replaced)?\.db")
        found = []
        with suppress(FileNotFoundError, NotADirectoryError):
            for path in self.folder.iterdir():
                match = name.fullmatch(path.name)
                if match is None:
                    continue
                with suppress(ValueError, FileNotFoundError):
                    at = datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)
                    found.append(Backup(path, at, path.stat().st_size, replaced=match[2] is not None))
        now = self._clock()
        return sorted(found, key=lambda backup: (backup.at <= now, backup.at))

    def last(self) -> Backup | None:
        """Return the latest good backup."""
        return next((backup for backup in reversed(self.all()) if not backup.replaced), None)

    def advice(self) -> str:
        """Say how to go on after damage."""
        last = self.last()
        if last is None:
            return f"no backup is in {self.folder}; move it away, or set INTERVIEW_DATABASE to another file"
        return f"stop the bot and go back to the last good backup: interview restore {last.path}"

    def fitting(self) -> str:
        """Name the latest backup that this version of the program can use; "FILE" where there is none."""
        for backup in reversed(self.all()):
            schema = None if backup.replaced else _schema(backup.path)
            if schema and schema.applied and not schema.newer:
                return str(backup.path)
        return "FILE"

    def due(self) -> bool:
        """Say whether it is time for the next one; never where none are made by themselves."""
        if self.every is None:
            return False
        now = self._clock()
        return not any(now - self.every < backup.at <= now for backup in self.all() if not backup.replaced)

    def make(self, to: Path | None = None, *, stopped: Stopped = lambda: False) -> Backup:
        """Copy the database, check the copy, and only then give it its name; then drop the oldest ones.

        `to` is a folder instead of the usual one, or a file, whose name has an ending; a file is written
        over if it is a database. Raises BackupError and StoreError; what there was before stays then, and
        nothing unfinished is left.
        """
        now = self._clock()
        if to is not None and to.suffix and not to.is_dir():
            self._check_target(to)
            return self._written(to, now, stopped)
        there = self if to is None else Backups(self.database, to, keep=self.keep, clock=self._clock)
        made = there._written(there.name(), now, stopped)
        there.rotate(made)
        return made

    def name(self, *, replaced: bool = False) -> Path:
        """Name a backup made now; what a restore puts aside takes no other's name."""
        suffix = "-replaced" if replaced else ""
        at = self._clock()
        while True:
            path = self.folder / f"{self.database.stem}-{at:{STAMP}}{suffix}.db"
            if not replaced or not path.exists():
                return path
            at += timedelta(seconds=1)

    def rotate(self, made: Backup) -> None:
        """Delete all but the newest, and what an interrupted backup left; `made` is always kept."""
        others = [each for each in self.all() if each.path != made.path and each.replaced == made.replaced]
        for backup in others[: max(0, len(others) - self.keep + 1)]:
            for suffix in ("", "-wal", "-journal"):
                beside(backup.path, suffix).unlink(missing_ok=True)
        unfinished = re.compile(rf"\.{re.escape(self.database.stem)}-.*\.\d+\.part")
        for path in self.folder.iterdir():
            with suppress(FileNotFoundError):
                if unfinished.fullmatch(path.name) and self._age(path) > LEFT_OVER:
                    path.unlink()

    def _age(self, path: Path) -> timedelta:
        return self._clock() - datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _written(self, path: Path, now: datetime, stopped: Stopped) -> Backup:
        with unfinished(path) as part:
            if shutil.disk_usage(part.parent).free < self._needed() + RESERVE:
                raise BackupError(self._full(path.parent))
            try:
                DatabaseFile(self.database, self.advice).copy_to(part, stopped)
                problems = DatabaseFile(part).examine(stopped).problems
            except Interrupted:
                raise
            except StoreError as error:
                if "disk is full" in str(error):
                    raise BackupError(self._full(path.parent)) from error
                raise
            if problems:
                raise BackupError(f"{self.database}: is damaged ({problems[0]}); {self.advice()}")
            shutil.copymode(self.database, part)
        return Backup(path, now, path.stat().st_size)

    def _check_target(self, path: Path) -> None:
        if not path.exists():
            return
        with told(path):
            if path.samefile(self.database):
                raise BackupError(f"{path}: is the database itself; give another file or folder")
            if path.stat().st_size and not is_database(path):
                raise BackupError(f"{path}: is there and is no database; give another file or folder")

    def _full(self, folder: Path) -> str:
        last = self.last()
        known = f"; the last good backup is {last.path}" if last else ""
        return (
            f"{folder}: the disk is full: the backup needs {megabytes(self._needed())} and"
            f" {megabytes(RESERVE)} are to stay free; free some space or give another folder with --to or"
            f" INTERVIEW_BACKUPS{known}"
        )

    def _needed(self) -> int:
        return self.database.stat().st_size if self.database.exists() else 0


def backups_of(settings: "Settings", clock: Callable[[], datetime] = utc_now) -> Backups:
    """Return the backups of the settings' database."""
    return Backups(
        settings.database,
        settings.backup_folder,
        keep=settings.backup_keep,
        every=timedelta(hours=settings.backup_hours) if settings.backup_hours else None,
        clock=clock,
    )


def open_store(settings: "Settings") -> Store:
    """Open the settings' database; one that an older version wrote is backed up before it is changed."""
    backups = backups_of(settings)
    schema = _schema(settings.database)
    if schema and schema.newer:
        raise StoreError(f"{settings.database}: {schema.refusal(backups.fitting())}")
    if schema and schema.applied and schema.pending:
        backups.make()
    return Store(settings.database, remedy=backups.advice)


def _schema(database: Path) -> Schema | None:
    """Read what a database has seen; None where it can't be read, which opening it tells better."""
    try:
        return DatabaseFile(database).schema()
    except StoreError:
        return None


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Give a file beside `path` to write to, which becomes `path` in one step once the block is through.

    Where the block raises, it is deleted. Raises BackupError where the folder can't be written.
    """
    part = path.with_name(f".{path.stem}.{os.getpid()}.part")
    try:
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Made here and readable to nobody else: there are people's answers in it.
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield part
        with told(path):
            _sync(part)
            part.replace(path)
            _sync(path.parent)
    finally:
        for suffix in ("", "-journal", "-wal", "-shm", "-lock"):
            with suppress(OSError):
                beside(part, suffix).unlink()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the file system says into words."""
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"{path}: {error.strerror or error}; give a file or folder that you may write"
        ) from error


def _sync(path: Path) -> None:
    """Have a file's content, or a folder's entries, written to the disk itself."""
    if path.is_dir() and os.name != "posix":
        return  # folders can't be opened there
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def megabytes(size: int) -> str:
    """Write a size down for people."""
    return f"{size / 1e6:,.1f} MB"
