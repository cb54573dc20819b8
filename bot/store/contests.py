"""Contests with their rounds and sealed answers, and the questions of the day."""

from datetime import datetime
from typing import Any

from bot.store.connection import Connection, instant, text


class ContestRows:
    """Contests with all that is needed to go on after a restart."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, values: dict[str, Any]) -> int:
        """Store a new contest and return its id."""
        return self._db.insert("contests", values)

    def get(self, number: int) -> dict[str, Any] | None:
        """Find a contest."""
        return self._db.row("SELECT * FROM contests WHERE id = ?", [number])

    def by_request(self, request: str) -> dict[str, Any] | None:
        """Find the contest that a request started."""
        return self._db.row("SELECT * FROM contests WHERE request = ?", [request])

    def here(self, channel: str) -> dict[str, Any] | None:
        """Find the contest that is on in a channel."""
        return self._db.row("SELECT * FROM contests WHERE channel = ? AND ended_at IS NULL", [channel])

    def due(self, now: datetime, late: datetime) -> list[int]:
        """List the contests that something is to be done about now; `late` is the last deadline passed."""
        rows = self._db.tuples(
            "SELECT c.id FROM contests c LEFT JOIN rounds r ON r.contest = c.id AND r.number = c.round"
            " WHERE c.ended_at IS NULL AND (c.stopping OR c.state NOT IN ('joining', 'between', 'answering')"
            " OR (c.state IN ('joining', 'between') AND c.next_at <= ?)"
            " OR (c.state = 'answering' AND (r.deadline < ? OR NOT EXISTS ("
            "  SELECT 1 FROM contest_people p WHERE p.contest = c.id AND p.person NOT IN ("
            "   SELECT e.person FROM entries e WHERE e.contest = c.id AND e.round = c.round)))))"
            " ORDER BY c.id",
            [instant(now), instant(late)],
        )
        return [number for (number,) in rows]

    def wait_at_most(self, until: datetime) -> None:
        """Let no contest that waits for its next round wait longer than until a time."""
        self._db.run(
            "UPDATE contests SET next_at = :until WHERE ended_at IS NULL AND state IN ('joining', 'between')"
            " AND next_at > :until",
            {"until": instant(until)},
        )

    def opened_after(self, now: datetime) -> list[dict[str, Any]]:
        """List the open rounds that were opened later than a time."""
        return self._db.rows(
            "SELECT r.* FROM contests c JOIN rounds r ON r.contest = c.id AND r.number = c.round"
            " WHERE c.ended_at IS NULL AND c.state IN ('asking', 'answering') AND r.opened_at > ?",
            [instant(now)],
        )

    def set(self, number: int, **values: Any) -> None:
        """Change columns of a contest; times are given as texts."""
        columns = ", ".join(f"{column} = ?" for column in values)
        self._db.run(f"UPDATE contests SET {columns} WHERE id = ?", [*values.values(), number])

    def abandon(self, at: datetime, *, contest: int | None = None, guild: str | None = None) -> None:
        """End a contest, or all of a server; a round with answers that have no mark yet is marked first."""
        self._db.run(
            "UPDATE contests SET stopping = 1, state = 'marking'"
            " WHERE (id = :contest OR guild = :guild) AND ended_at IS NULL"
            " AND state IN ('asking', 'answering', 'marking')"
            " AND EXISTS (SELECT 1 FROM entries e WHERE e.contest = contests.id AND e.points IS NULL)",
            {"contest": contest, "guild": guild},
        )
        self._db.run(
            "UPDATE contests SET state = 'done', ended_at = :at"
            " WHERE (id = :contest OR guild = :guild) AND ended_at IS NULL AND state != 'marking'",
            {"contest": contest, "guild": guild, "at": text(at)},
        )

    def join(self, number: int, person: str, at: datetime) -> None:
        """Let a person take part; joining twice changes nothing."""
        self._db.run(
            "INSERT INTO contest_people (contest, person, joined_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [number, person, instant(at)],
        )

    def leave(self, number: int, person: str) -> None:
        """Let a person take no further part; their answers stay."""
        self._db.run("DELETE FROM contest_people WHERE contest = ? AND person = ?", [number, person])

    def people(self, number: int) -> list[str]:
        """List who takes part, in the order of joining."""
        rows = self._db.tuples(
            "SELECT person FROM contest_people WHERE contest = ? ORDER BY joined_at, person", [number]
        )
        return [person for (person,) in rows]

    def open_round(self, number: int, round_: int, question: str, at: datetime, deadline: datetime) -> None:
        """Open a round, or give one that nobody has answered a new time."""
        self._db.run(
            "INSERT INTO rounds (contest, number, question, opened_at, deadline) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (contest, number) DO UPDATE SET opened_at = excluded.opened_at,"
            " deadline = excluded.deadline",
            [number, round_, question, instant(at), instant(deadline)],
        )

    def rounds(self, number: int) -> list[dict[str, Any]]:
        """List a contest's rounds in order."""
        return self._db.rows("SELECT * FROM rounds WHERE contest = ? ORDER BY number", [number])

    def round(self, number: int, round_: int) -> dict[str, Any] | None:
        """Find a round."""
        return self._db.row("SELECT * FROM rounds WHERE contest = ? AND number = ?", [number, round_])

    def set_round(self, number: int, round_: int, **values: Any) -> None:
        """Change columns of a round."""
        columns = ", ".join(f"{column} = ?" for column in values)
        self._db.run(
            f"UPDATE rounds SET {columns} WHERE contest = ? AND number = ?",
            [*values.values(), number, round_],
        )

    def entries(self, number: int, round_: int | None = None) -> list[dict[str, Any]]:
        """List the sealed answers of a round, or of all rounds, first come first; with their attempts."""
        return self._db.rows(
            "SELECT e.*, s.attempt, s.answer FROM entries e JOIN submissions s ON s.id = e.submission"
            " WHERE e.contest = ? AND (? IS NULL OR e.round = ?) ORDER BY e.round, e.at, e.person",
            [number, round_, round_],
        )

    def entry(self, number: int, round_: int, person: str) -> dict[str, Any] | None:
        """Find a person's sealed answer."""
        return next((row for row in self.entries(number, round_) if row["person"] == person), None)

    def enter(self, number: int, round_: int, person: str, submission: int, at: datetime) -> None:
        """Seal an answer, in the place of the person's first one."""
        self._db.run(
            "INSERT INTO entries (contest, round, person, submission, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (contest, round, person) DO UPDATE SET submission = excluded.submission,"
            " at = excluded.at, changed = 1",
            [number, round_, person, submission, instant(at)],
        )

    def score(self, number: int, round_: int, person: str, score: int, points: int) -> None:
        """Keep an answer's mark and points."""
        self._db.run(
            "UPDATE entries SET score = ?, points = ? WHERE contest = ? AND round = ? AND person = ?",
            [score, points, number, round_, person],
        )

    def rescore(self, attempt: int, score: int) -> list[dict[str, Any]]:
        """Correct the mark of a contest's answer after an upheld appeal; return the entries it is in."""
        self._db.run(
            "UPDATE entries SET score = ? WHERE submission IN (SELECT id FROM submissions WHERE attempt = ?)",
            [score, attempt],
        )
        return self._db.rows(
            "SELECT e.* FROM entries e JOIN submissions s ON s.id = e.submission WHERE s.attempt = ?",
            [attempt],
        )


class DailyRows:
    """Questions of the day and their sealed answers."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self, guild: str, channel: str, question: str, day: str, at: datetime, closes_at: datetime
    ) -> int:
        """Store a new question of the day and return its id."""
        return self._db.insert(
            "dailies",
            {
                "guild": guild,
                "channel": channel,
                "question": question,
                "day": day,
                "state": "asking",
                "opened_at": instant(at),
                "closes_at": instant(closes_at),
            },
        )

    def get(self, number: int) -> dict[str, Any] | None:
        """Find a question of the day."""
        return self._db.row("SELECT * FROM dailies WHERE id = ?", [number])

    def on(self, guild: str, day: str) -> dict[str, Any] | None:
        """Find a server's question of a local date."""
        return self._db.row("SELECT * FROM dailies WHERE guild = ? AND day = ?", [guild, day])

    def running(self) -> list[dict[str, Any]]:
        """List all that are not done, oldest first."""
        return self._db.rows("SELECT * FROM dailies WHERE state != 'done' ORDER BY id")

    def asked(self, guild: str, limit: int) -> list[str]:
        """List the ids of the server's last questions."""
        rows = self._db.tuples(
            "SELECT question FROM dailies WHERE guild = ? ORDER BY id DESC LIMIT ?", [guild, limit]
        )
        return [question for (question,) in rows]

    def set(self, number: int, **values: Any) -> None:
        """Change columns of a question of the day."""
        columns = ", ".join(f"{column} = ?" for column in values)
        self._db.run(f"UPDATE dailies SET {columns} WHERE id = ?", [*values.values(), number])

    def abandon(self, *, daily: int | None = None, guild: str | None = None) -> None:
        """End a question, or all of a server; one with answers that have no mark yet is marked first."""
        self._db.run(
            "UPDATE dailies SET state = CASE WHEN state IN ('asking', 'open', 'marking') AND EXISTS"
            " (SELECT 1 FROM daily_entries e WHERE e.daily = dailies.id) THEN 'marking' ELSE 'done' END"
            " WHERE (id = :daily OR guild = :guild) AND state != 'done'",
            {"daily": daily, "guild": guild},
        )

    def entries(self, number: int) -> list[dict[str, Any]]:
        """List the sealed answers, first come first; with their attempts."""
        return self._db.rows(
            "SELECT e.*, s.attempt, s.answer FROM daily_entries e JOIN submissions s ON s.id = e.submission"
            " WHERE e.daily = ? ORDER BY s.id",
            [number],
        )

    def entry(self, number: int, person: str) -> dict[str, Any] | None:
        """Find a person's sealed answer."""
        return next((row for row in self.entries(number) if row["person"] == person), None)

    def enter(self, number: int, person: str, submission: int) -> None:
        """Seal an answer, in the place of the person's first one."""
        self._db.run(
            "INSERT INTO daily_entries (daily, person, submission) VALUES (?, ?, ?)"
            " ON CONFLICT (daily, person) DO UPDATE SET submission = excluded.submission, changed = 1",
            [number, person, submission],
        )

    def share(self, number: int, person: str, on: bool) -> bool:
        """Let a person's answer be shown at the end, or not; say whether there is one."""
        changed = self._db.run(
            "UPDATE daily_entries SET shared = ? WHERE daily = ? AND person = ?", [on, number, person]
        )
        return changed > 0
