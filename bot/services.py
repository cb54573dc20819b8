"""All that a front end of many people uses, wired together in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.answers import Answers
from bot.appeals import Appeals
from bot.contest import Contests
from bot.corpora import Corpora
from bot.daily import Dailies
from bot.guilds import Guilds
from bot.interview import Interviews
from bot.leaderboard import Leaderboard
from bot.people import People
from bot.practice import Practice, utc_now
from bot.privacy import Privacy
from bot.store import Store
from grader.models import Grade
from questions.models import Bank, Question


class _GradedByAnswers:
    """Stands where `Practice` has its grader: here answers are graded between `receive` and `mark`."""

    def prepare(self, question: Question) -> None:
        raise NotImplementedError

    def grade(self, question: Question, answer: str) -> Grade:
        raise NotImplementedError("use Services.answers, which grades outside the database's thread")


@dataclass(frozen=True, slots=True)
class Services:
    """Every service over one store. Like the store, they belong to the thread that opened it."""

    store: Store
    corpora: Corpora
    board: Leaderboard
    guilds: Guilds
    people: People
    answers: Answers
    interviews: Interviews
    contests: Contests
    dailies: Dailies
    appeals: Appeals
    privacy: Privacy
    clock: Callable[[], datetime]

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def bank(self, guild: str | None) -> Bank:
        """Return the bundled questions and the server's own."""
        return self.corpora.bank(guild)

    def practice(self, guild: str | None) -> Practice:
        """Return practising with a server's questions."""
        return Practice(
            self.bank(guild), _GradedByAnswers(), self.store, corpus=guild or "bundled", clock=self.clock
        )


def open_services(
    store: Store,
    bundled: Bank,
    *,
    clock: Callable[[], datetime] = utc_now,
    keep_answers_days: int | None = None,
) -> Services:
    """Wire every service over a store, with `bundled` questions for all servers.

    Answer texts are kept for `keep_answers_days` at most, None for as long as people and servers want.
    """
    corpora = Corpora(store, bundled, clock)
    board = Leaderboard(store, clock)
    answers = Answers(store, corpora.bank, board, clock)
    return Services(
        store=store,
        corpora=corpora,
        board=board,
        guilds=Guilds(store, board, clock),
        people=People(store, board, clock),
        answers=answers,
        interviews=Interviews(store, corpora.bank, answers, clock),
        contests=Contests(store, corpora.bank, answers, clock),
        dailies=Dailies(store, corpora.bank, answers, clock),
        appeals=Appeals(store, answers, board, clock),
        privacy=Privacy(store, clock, keep_answers_days),
        clock=clock,
    )
