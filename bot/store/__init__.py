"""What is kept: the only SQL besides the migrations, a module a subject."""

from collections.abc import Callable
from pathlib import Path

from bot.store.answers import AnswerRows
from bot.store.appeals import AppealRows
from bot.store.connection import StoreError
from bot.store.contests import ContestRows, DailyRows
from bot.store.interviews import InterviewRows
from bot.store.people import GuildRows, PeopleRows
from bot.store.practice import PracticeStore
from bot.store.standings import StandingRows
from bot.store.vitals import Vitals


class Store(PracticeStore):
    """Everything in one SQLite file, created on first use.

    `path` None keeps everything in memory. Another process's lock is waited for `timeout` seconds.
    Every method raises StoreError; a write that fails leaves nothing half-written. What to do where the
    file is damaged is asked of `remedy`. Use from a thread other than the opening one raises
    sqlite3.ProgrammingError.
    """

    def __init__(
        self, path: Path | None, *, timeout: float = 5.0, remedy: Callable[[], str] | None = None
    ) -> None:
        super().__init__(path, timeout=timeout, remedy=remedy)
        self.people = PeopleRows(self)
        self.guilds = GuildRows(self)
        self.answers = AnswerRows(self)
        self.standings = StandingRows(self)
        self.interviews = InterviewRows(self)
        self.contests = ContestRows(self)
        self.dailies = DailyRows(self)
        self.appeals = AppealRows(self)
        self.vitals = Vitals(self)


__all__ = ["Store", "StoreError"]
