"""Who uses a database: every program that opens it holds its lock file, all together or one alone."""

import os
import weakref
from pathlib import Path


def beside(database: Path, suffix: str) -> Path:
    """Return the file that SQLite, or a lock, has beside a database: its name and `suffix`."""
    return database.with_name(f"{database.name}{suffix}")


class Hold:
    """A held lock; `close()`, or that nobody knows of it any more, lets go."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.close = weakref.finalize(self, os.close, handle)


def hold(database: Path, *, alone: bool = False) -> Hold | None:
    """Hold a database with others, or alone; closing what is returned, or the end of the program, lets go.

    The lock is on a file beside the database, which is never deleted: one on the database itself would be
    lost with the file that a restore replaces, and can't be had for a damaged one. Raises BlockingIOError
    where others hold it otherwise. Returns None where there can be no such lock: in a folder that can't be
    written SQLite will say so itself, and Windows moves no file that is open.
    """
    try:
        import fcntl
    except ImportError:
        return None
    try:
        # Readable for all, so that it can be locked whoever made it first; nothing is in it.
        handle = os.open(beside(database, "-lock"), os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError:
        return None
    held = Hold(handle)
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise
    except OSError:  # some network file systems know no locks
        held.close()
        return None
    return held
