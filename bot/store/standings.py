"""Leaderboards, kept up to date with every mark so that reading them takes no time."""

from datetime import datetime
from typing import Any

from bot.store.connection import Connection, text

# Each question counts once a period, with its best mark; `answers` and `total` are over all of them,
# `points` over the best.
_SUMS = """
SELECT person, sum(CASE WHEN place <= :best THEN score ELSE 0 END) AS points,
       count(*) AS answers, sum(score) AS total, {topic} AS topic
FROM (SELECT person, topic, score, row_number() OVER (PARTITION BY {partition} ORDER BY score DESC) AS place
      FROM (SELECT a.person, q.topic, max(a.score) AS score
            FROM attempts a JOIN questions q ON q.id = a.question JOIN people p ON p.id = a.person
            WHERE a.ranked AND a.at >= :start AND a.at < :end {where}
            GROUP BY a.person, a.question))
GROUP BY {partition}
"""
_ALL_TOPICS = {"topic": "''", "partition": "person"}
_BY_TOPIC = {"topic": "topic", "partition": "person, topic"}


class StandingRows:
    """Standings by scope (a server, "" for everywhere), period key and topic ("" for all)."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def fill(
        self, scope: str, key: str, start: datetime, end: datetime, best: int, person: str | None = None
    ) -> None:
        """Make a period's standings anew from its answers; those of one person where one is given."""
        values: dict[str, Any] = {"scope": scope, "key": key, "best": best, "person": person}
        values |= {"start": text(start), "end": text(end)}
        where = _where(scope, person) + " AND NOT p.hidden" + ("" if scope else " AND p.alias IS NOT NULL")
        # The plus keeps SQLite from searching by scope and period, under which everyone has rows.
        theirs = "person = :person AND +scope = :scope AND +period = :key"
        all_ = "scope = :scope AND period = :key"
        self._db.run(f"DELETE FROM standings WHERE {theirs if person else all_}", values)
        for parts in (_ALL_TOPICS, _BY_TOPIC):
            self._db.run(
                "INSERT INTO standings (scope, period, topic, person, points, answers, total)"
                f" SELECT :scope, :key, topic, person, points, answers, total FROM ({_SUMS})".format(
                    **parts, where=where
                ),
                values,
            )

    def of(
        self, person: str, scope: str, start: datetime, end: datetime, best: int, topic: str
    ) -> tuple[int, int] | None:
        """Work out one person's points and answers, hidden or not; None without an answer."""
        where = _where(scope, person) + (" AND q.topic = :topic" if topic else "")
        row = self._db.row(
            _SUMS.format(**_ALL_TOPICS, where=where),
            {
                "person": person,
                "scope": scope,
                "topic": topic,
                "start": text(start),
                "end": text(end),
                "best": best,
            },
        )
        return (row["points"], row["answers"]) if row else None

    def top(self, scope: str, key: str, topic: str, limit: int) -> list[dict[str, Any]]:
        """List the best with their aliases; equal points in the order of their ids."""
        return self._db.rows(
            "SELECT s.person, s.points, s.answers, p.alias FROM standings s JOIN people p ON p.id = s.person"
            " WHERE s.scope = ? AND s.period = ? AND s.topic = ? ORDER BY s.points DESC, s.person LIMIT ?",
            [scope, key, topic, limit],
        )

    def better(self, scope: str, key: str, topic: str, points: int) -> int:
        """Count those with more points."""
        return self._count("AND points > ?", [scope, key, topic, points])

    def people(self, scope: str, key: str, topic: str) -> int:
        """Count all who are ranked."""
        return self._count("", [scope, key, topic])

    def gains(self, scope: str, key: str, before: str, least: int) -> list[dict[str, Any]]:
        """List people by how much their mean mark grew from one period to another, most first.

        Only those with at least `least` questions answered in each.
        """
        return self._db.rows(
            "SELECT s.person, p.alias, 1.0 * s.total / s.answers AS mean, 1.0 * b.total / b.answers AS before"
            " FROM standings s JOIN standings b ON b.scope = s.scope AND b.period = ? AND b.topic = ''"
            "  AND b.person = s.person JOIN people p ON p.id = s.person"
            " WHERE s.scope = ? AND s.period = ? AND s.topic = '' AND s.answers >= ? AND b.answers >= ?"
            " ORDER BY 1.0 * s.total / s.answers - 1.0 * b.total / b.answers DESC, s.person",
            [before, scope, key, least, least],
        )

    def drop_between(self, scope: str, first: str, last: str) -> None:
        """Delete the standings of the periods from key `first` up to, not including, `last`."""
        self._db.run(
            "DELETE FROM standings WHERE scope = ? AND period >= ? AND period < ?", [scope, first, last]
        )

    def periods_between(self, scope: str, first: str, last: str) -> list[str]:
        """List the keys of the periods from `first` up to, not including, `last`."""
        rows = self._db.tuples(
            "SELECT DISTINCT period FROM standings WHERE scope = ? AND period >= ? AND period < ?"
            " ORDER BY period",
            [scope, first, last],
        )
        return [key for (key,) in rows]

    def close_season(
        self, guild: str, key: str, places: list[tuple[int, str, int, int]], at: datetime
    ) -> None:
        """Keep a season's final table: rows of place, person, points, answers."""
        self._db.insert("seasons", {"guild": guild, "period": key, "closed_at": text(at)})
        for place, person, points, answers in places:
            self._db.insert(
                "season_rows",
                {
                    "guild": guild,
                    "period": key,
                    "person": person,
                    "place": place,
                    "points": points,
                    "answers": answers,
                },
            )

    def seasons(self, guild: str | None, *, untold: bool) -> list[dict[str, Any]]:
        """List closed seasons, the latest first: of one server or of all, all or only those not told."""
        return self._db.rows(
            "SELECT * FROM seasons WHERE (:guild IS NULL OR guild = :guild) AND (NOT :untold OR NOT told)"
            " ORDER BY period DESC, guild",
            {"guild": guild, "untold": untold},
        )

    def season_told(self, guild: str, key: str) -> None:
        """Note that the season's table was shown."""
        self._db.run("UPDATE seasons SET told = 1 WHERE guild = ? AND period = ?", [guild, key])

    def season_rows(self, guild: str, key: str) -> list[dict[str, Any]]:
        """List a closed season's table, without those who are hidden now."""
        return self._db.rows(
            "SELECT r.*, p.alias FROM season_rows r JOIN people p ON p.id = r.person"
            " WHERE r.guild = ? AND r.period = ? AND NOT p.hidden ORDER BY r.place, r.person",
            [guild, key],
        )

    def _count(self, condition: str, values: list[Any]) -> int:
        row = self._db.row(
            "SELECT count(*) AS count FROM standings WHERE scope = ? AND period = ? AND topic = ? "
            + condition,
            values,
        )
        assert row is not None
        return int(row["count"])


def _where(scope: str, person: str | None) -> str:
    """Narrow answers to a scope, and to one person: by the person's index, not by the server's."""
    if person:
        return " AND a.person = :person" + (" AND +a.guild = :scope" if scope else "")
    return " AND a.guild = :scope" if scope else ""
