"""Put a backup in the place of the database: checked before, in one step, with the old one put aside."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.backup import Backup, BackupError, Backups, told, unfinished
from bot.store import Store, StoreError
from bot.store.holding import beside
from bot.store.upkeep import DatabaseFile, State, Stopped, is_database

# What SQLite may leave beside a file that it could not close.
_BESIDE = ("-wal", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: `replaced` is where the old database is, None where there was none.

    `migrations` are those that the backup lacked; `forgotten` counts the people who were deleted from it
    because they had themselves deleted after it was made.
    """

    replaced: Backup | None
    migrations: tuple[str, ...]
    forgotten: int


def check(file: Path, backups: Backups) -> State:
    """Examine a backup; raises BackupError or StoreError where it can't be restored."""
    if backups.database.exists() and file.exists() and file.samefile(backups.database):
        raise BackupError(f"{file}: is the database itself; give one of its backups")
    state = DatabaseFile(file, lambda: "give another backup").examine()
    if state.schema.refusal():
        raise BackupError(f"{file}: {state.schema.refusal()}")
    if state.problems:
        raise BackupError(f"{file}: is damaged ({state.problems[0]}); give another backup")
    if not state.schema.applied:
        raise BackupError(f"{file}: is empty; give a backup made by 'interview backup'")
    return state


def restore(file: Path, backups: Backups, *, stopped: Stopped = lambda: False) -> Restored:
    """Put a backup in the place of the database and bring its schema up to date.

    Nobody else may have the database open: every program of ours holds its lock file, and SQLite tells of
    the others. What is in place afterwards is the old database or the whole new one, whatever happens.
    Raises BackupError and StoreError.
    """
    database = backups.database
    state = check(file, backups)
    database.parent.mkdir(parents=True, exist_ok=True)
    with DatabaseFile(database).alone():
        gone = _forgotten(database)
        with unfinished(database) as part:
            DatabaseFile(file).copy_to(part, stopped)
            with Store(part) as store:
                forgotten = store.people.forget_again(gone)
            replaced = _put_aside(backups, part) if database.exists() else None
            # A log of the old database would be taken for one of the new.
            for suffix in (*_BESIDE, "-shm"):
                beside(database, suffix).unlink(missing_ok=True)
    if replaced:
        backups.rotate(replaced)
    return Restored(replaced, state.schema.pending, forgotten)


def _forgotten(database: Path) -> list[tuple[str, str]]:
    """List whom the database that is replaced has forgotten; nobody, where it is too damaged to say."""
    if not database.exists() or not is_database(database):
        return []
    try:
        return DatabaseFile(database).forgotten()
    except StoreError:
        return []


def _put_aside(backups: Backups, part: Path) -> Backup:
    """Keep the old database, with the journals that a damaged one may have, under a backup's name."""
    database = backups.database
    with suppress(PermissionError, AttributeError):  # only root may give files away; Windows can't
        owner = database.stat()
        os.chown(part, owner.st_uid, owner.st_gid)
    shutil.copymode(database, part)
    aside = backups.name(replaced=True)
    for suffix in ("", *_BESIDE):
        old = beside(database, suffix)
        if old.exists():
            with unfinished(beside(aside, suffix)) as kept, told(aside):
                shutil.copy2(old, kept)
    return next(each for each in backups.all() if each.path == aside)
