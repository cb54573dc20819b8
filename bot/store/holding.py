"""Who uses a database: every program that opens it holds its lock file, all together or one alone."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def hold(database: Path, *, alone: bool = False) -> BinaryIO | None:
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
        handle = os.open(f"{database}-lock", os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError:
        return None
    file = os.fdopen(handle, "rb")
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise
    except OSError:  # some network file systems know no locks
        with suppress(OSError):
            file.close()
        return None
    return file
