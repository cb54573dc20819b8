"""What is kept about a person: shown, taken out, deleted; answer texts go when their time is over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.guilds import all_settings
from bot.store import Store

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


class Privacy:
    """Show, export and delete all that belongs to one person."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

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
            self._store.people.delete(person)
        self._store.people.empty_log()
        return deleted

    def expire(self) -> int:
        """Delete the answer texts that servers or people no longer want kept; return how many."""
        now = self._clock()
        count = 0
        with self._store.writing():
            for guild, settings in all_settings(self._store):
                if settings.retention_days:
                    before = now - timedelta(days=settings.retention_days)
                    count += self._store.guilds.expire("guild", guild, before)
            for person, days in self._store.people.retentions():
                count += self._store.guilds.expire("person", person, now - timedelta(days=days))
        return count
