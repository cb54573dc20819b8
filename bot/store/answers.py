"""Answers that wait for their marks."""

from datetime import datetime
from typing import Any

from bot.models import Kind
from bot.store.connection import Connection, instant
from questions.models import Question


class AnswerRows:
    """Submissions: stored when they come, bound to their attempt when they are marked."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        request: str,
        person: str,
        guild: str | None,
        kind: Kind,
        place: int | None,
        question: Question,
        answer: str,
        at: datetime,
        reply: str | None,
    ) -> int:
        """Store an answer and return its id."""
        return self._db.insert(
            "submissions",
            {
                "request": request,
                "person": person,
                "guild": guild,
                "kind": kind,
                "place": place,
                "question": question.id,
                "answer": answer,
                "at": instant(at),
                "reply": reply,
            },
        )

    def by_request(self, request: str) -> dict[str, Any] | None:
        """Find what an interaction brought."""
        return self._db.row("SELECT * FROM submissions WHERE request = ?", [request])

    def get(self, number: int) -> dict[str, Any] | None:
        """Find a submission."""
        return self._db.row("SELECT * FROM submissions WHERE id = ?", [number])

    def waiting(self) -> list[dict[str, Any]]:
        """List the answers of practices and interviews that have no mark, oldest first."""
        return self._db.rows(
            "SELECT * FROM submissions WHERE kind IN ('practice', 'interview')"
            " AND attempt IS NULL AND answer IS NOT NULL ORDER BY id"
        )

    def marked(self, number: int, attempt: int) -> None:
        """Bind a submission to its attempt, which now holds the text."""
        self._db.run("UPDATE submissions SET attempt = ?, answer = NULL WHERE id = ?", [attempt, number])

    def replaced(self, number: int) -> None:
        """Drop the text of a submission that a later one took the place of."""
        self._db.run("UPDATE submissions SET answer = NULL WHERE id = ?", [number])

    def count_between(self, person: str, since: datetime, now: datetime) -> tuple[int, datetime | None]:
        """Count a person's answers after a time up to now; with the first one's time."""
        row = self._db.row(
            "SELECT count(*) AS count, min(at) AS first FROM submissions"
            " WHERE person = ? AND at > ? AND at <= ?",
            [person, instant(since), instant(now)],
        )
        assert row is not None
        return row["count"], datetime.fromisoformat(row["first"]) if row["first"] else None
