"""Appeals against verdicts, the wordings they made accepted, and reports on questions."""

from datetime import datetime
from typing import Any

from bot.store.connection import Connection, text


class AppealRows:
    """Appeals, accepted wordings, reports."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self, request: str, person: str, guild: str | None, attempt: int, point: str, words: str, at: datetime
    ) -> int:
        """Store an appeal and return its id."""
        return self._db.insert(
            "appeals",
            {
                "request": request,
                "person": person,
                "guild": guild,
                "attempt": attempt,
                "point": point,
                "words": words,
                "state": "open",
                "at": text(at),
            },
        )

    def get(self, number: int) -> dict[str, Any] | None:
        """Find an appeal."""
        return self._db.row("SELECT * FROM appeals WHERE id = ?", [number])

    def of(self, attempt: int, point: str) -> dict[str, Any] | None:
        """Find the appeal on an attempt's point."""
        return self._db.row("SELECT * FROM appeals WHERE attempt = ? AND point = ?", [attempt, point])

    def open(self, guild: str | None, limit: int) -> list[dict[str, Any]]:
        """List a server's open appeals, oldest first."""
        return self._db.rows(
            "SELECT * FROM appeals WHERE guild IS ? AND state = 'open' ORDER BY id LIMIT ?", [guild, limit]
        )

    def told(self, number: int, message: str) -> None:
        """Note where reviewers were told of an appeal."""
        self._db.run("UPDATE appeals SET message = ? WHERE id = ?", [message, number])

    def decide(self, number: int, state: str, reviewer: str, at: datetime) -> None:
        """Keep a decision."""
        self._db.run(
            "UPDATE appeals SET state = ?, decided_by = ?, decided_at = ? WHERE id = ?",
            [state, reviewer, text(at), number],
        )

    def accept(self, appeal: int, guild: str, question: str, point: str, words: str) -> None:
        """Keep an accepted wording."""
        self._db.insert(
            "wordings",
            {"appeal": appeal, "guild": guild, "question": question, "point": point, "words": words},
        )

    def wordings(self, question: str, guild: str) -> list[tuple[str, str]]:
        """List the accepted wordings of a question on a server: point id and words, oldest first."""
        return self._db.tuples(
            "SELECT point, words FROM wordings WHERE question = ? AND guild = ? ORDER BY appeal",
            [question, guild],
        )

    def add_report(
        self, request: str, person: str, guild: str | None, question: str, words: str, at: datetime
    ) -> int:
        """Store a report on a question and return its id."""
        return self._db.insert(
            "reports",
            {
                "request": request,
                "person": person,
                "guild": guild,
                "question": question,
                "text": words,
                "at": text(at),
            },
        )

    def report(self, number: int) -> dict[str, Any] | None:
        """Find a report."""
        return self._db.row("SELECT * FROM reports WHERE id = ?", [number])

    def report_of(self, request: str) -> dict[str, Any] | None:
        """Find the report that a request brought."""
        return self._db.row("SELECT * FROM reports WHERE request = ?", [request])

    def reports(self, guild: str | None, limit: int) -> list[dict[str, Any]]:
        """List a server's reports that nobody resolved, oldest first."""
        return self._db.rows(
            "SELECT * FROM reports WHERE guild IS ? AND resolved_at IS NULL ORDER BY id LIMIT ?",
            [guild, limit],
        )

    def resolve(self, number: int, reviewer: str, at: datetime) -> None:
        """Note that a report was seen to."""
        self._db.run(
            "UPDATE reports SET resolved_by = ?, resolved_at = ? WHERE id = ? AND resolved_at IS NULL",
            [reviewer, text(at), number],
        )
