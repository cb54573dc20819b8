"""What is kept about a person: shown, taken out, deleted; answer texts go when their time is over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.guilds import all_settings
from bot.store import Store

FORGOTTEN_KEPT = timedelta(days=400)
"""How long it is noted that somebody had themselves deleted; longer than backups should be kept."""

NAMES: Mapping[str, str] = {
    "people": "settings",
    "attempts": "graded answers",
    "point_results": "verdicts on key points",
    "sessions": "practice sessions",
    "reviews": "planned reviews",
    "submissions": "received answers",
    "interviews": "mock interviews",
    "turns": "interview questions",
    "contest_people": "contests joined",
    "entries": "contest answers",
    "daily_entries": "answers to daily questions",
    "appeals": "appeals",
    "wordings": "accepted wordings",
    "reports": "reports on questions",
    "standings": "leaderboard rows",
    "season_rows": "rows in closed seasons",
}
"""Table -> what a person calls its rows."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many things of each kind are kept, or were deleted, under their plain names."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Expired:
    """How much was deleted because its time was over; interviews were ended."""

    texts: int = 0
    sessions: int = 0
    interviews: int = 0

    def __add__(self, other: "Expired") -> "Expired":
        return Expired(
            self.texts + other.texts, self.sessions + other.sessions, self.interviews + other.interviews
        )

    def __bool__(self) -> bool:
        return bool(self.texts or self.sessions or self.interviews)


class Privacy:
    """Show, export and delete all that belongs to one person.

    `keep_days` is how many days whoever runs the program keeps answer texts at most, None without end.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], keep_days: int | None = None) -> None:
        self._store = store
        self._clock = clock
        self.keep_days = keep_days

    def show(self, person: str) -> Holdings:
        """Count what is kept about a person."""
        owned = self._store.people.owned(person)
        return Holdings({NAMES.get(table, table): len(rows) for table, rows in owned.items()})

    def export(self, person: str) -> dict[str, Any]:
        """Return everything that is kept about a person, ready for JSON."""
        owned = self._store.people.owned(person)
        return {
            "person": person,
            "exported_at": self._clock().isoformat(timespec="seconds"),
            "data": {NAMES.get(table, table): rows for table, rows in owned.items()},
        }

    def forget(self, person: str) -> Holdings:
        """Delete everything of a person at once, and say what was deleted; it can't be undone."""
        with self._store.writing():
            deleted = self.show(person)
            self._store.people.forget(person, self._clock())
        self._store.people.empty_log()
        return deleted

    def expire(self) -> Expired:
        """Delete some of what whoever runs this, servers or people no longer want kept; say how much.

        Call it until that is nothing, leaving others their turn in between, then `settle`. Marks and
        statistics stay. Sessions and interviews that nobody went on with for `keep_days` have lost what they
        would go on with: those sessions are deleted, those interviews end.
        """
        now = self._clock()
        with self._store.writing():
            texts = self._expire_texts(now)
            sessions = interviews = 0
            if self.keep_days is not None:
                before = now - timedelta(days=self.keep_days)
                still = self._store.interviews.lying_still(before)
                for number in still:
                    self._store.interviews.end(number, now)
                interviews = len(still)
                sessions = self._store.drop_sessions(before)
            self._store.people.drop_forgotten(now - FORGOTTEN_KEPT)
        return Expired(texts, sessions, interviews)

    def settle(self) -> None:
        """After the last `expire`, leave nothing of what it deleted in the log beside the database."""
        self._store.people.empty_log()

    def _expire_texts(self, now: datetime) -> int:
        expire = self._store.guilds.expire
        count = 0
        if self.keep_days is not None:
            count += expire(now - timedelta(days=self.keep_days))
        for guild, settings in all_settings(self._store):
            if settings.retention_days:
                count += expire(now - timedelta(days=settings.retention_days), guild=guild)
        for person, days in self._store.people.retentions():
            count += expire(now - timedelta(days=days), person=person)
        return count
