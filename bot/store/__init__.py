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
    """Everything that is stored; how it is opened and what is raised says `Connection`."""

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
