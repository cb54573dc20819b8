"""What is kept: the only SQL besides the migrations, a module a subject."""

from bot.store.connection import StoreError
from bot.store.practice import PracticeStore


class Store(PracticeStore):
    """Everything in one SQLite file, created on first use.

    `path` None keeps everything in memory. Another process's lock is waited for `timeout` seconds.
    Every method raises StoreError; a write that fails leaves nothing half-written.
    Use from a thread other than the opening one raises sqlite3.ProgrammingError.
    """


__all__ = ["Store", "StoreError"]
