"""Mock interviews and their turns."""

from datetime import datetime
from typing import Any

from bot.store.connection import Connection, instant, text
from questions.models import Question


class InterviewRows:
    """Interviews with all that is needed to go on after a restart."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, values: dict[str, Any]) -> int:
        """Store a new interview and return its id."""
        return self._db.insert("interviews", values)

    def get(self, number: int) -> dict[str, Any] | None:
        """Find an interview."""
        return self._db.row("SELECT * FROM interviews WHERE id = ?", [number])

    def by_request(self, request: str) -> dict[str, Any] | None:
        """Find the interview that a request started."""
        return self._db.row("SELECT * FROM interviews WHERE request = ?", [request])

    def running(self, person: str | None = None) -> list[dict[str, Any]]:
        """List the interviews that have not ended: of one person, or all."""
        return self._db.rows(
            "SELECT * FROM interviews WHERE ended_at IS NULL AND (? IS NULL OR person = ?) ORDER BY id",
            [person, person],
        )

    def set(self, number: int, **values: Any) -> None:
        """Change columns of an interview; times are given as texts."""
        self._change("interviews", number, values)

    def add_turn(
        self,
        interview: int,
        number: int,
        question: Question,
        said: str,
        at: datetime,
        deadline: datetime | None,
    ) -> None:
        """Store a turn that is asked now: a question, or its follow-up where that number is taken."""
        taken = self._db.row("SELECT 1 FROM turns WHERE interview = ? AND number = ?", [interview, number])
        self._db.insert(
            "turns",
            {
                "interview": interview,
                "number": number,
                "question": question.id,
                "follow_up": taken is not None,
                "said": said,
                "asked_at": instant(at),
                "deadline": instant(deadline) if deadline else None,
            },
        )

    def turns(self, interview: int) -> list[dict[str, Any]]:
        """List an interview's turns in order."""
        return self._db.rows("SELECT * FROM turns WHERE interview = ? ORDER BY id", [interview])

    def turn(self, number: int) -> dict[str, Any] | None:
        """Find a turn."""
        return self._db.row("SELECT * FROM turns WHERE id = ?", [number])

    def open_turn(self, interview: int) -> dict[str, Any] | None:
        """Find the turn that waits for an answer."""
        return self._db.row(
            "SELECT * FROM turns WHERE interview = ? AND answered_at IS NULL ORDER BY id DESC", [interview]
        )

    def expired(self, now: datetime) -> list[dict[str, Any]]:
        """List the turns of running interviews whose deadline lies before a time, oldest first."""
        return self._db.rows(
            "SELECT t.* FROM interviews i JOIN turns t ON t.interview = i.id"
            " WHERE i.ended_at IS NULL AND i.state = 'open' AND t.answered_at IS NULL AND t.deadline < ?"
            " ORDER BY t.id",
            [instant(now)],
        )

    def asked_after(self, now: datetime) -> list[dict[str, Any]]:
        """List the open turns of running interviews that were asked later than a time and have a deadline."""
        return self._db.rows(
            "SELECT t.* FROM interviews i JOIN turns t ON t.interview = i.id"
            " WHERE i.ended_at IS NULL AND i.state = 'open' AND t.answered_at IS NULL"
            " AND t.deadline IS NOT NULL AND t.asked_at > ?",
            [instant(now)],
        )

    def untold(self) -> list[dict[str, Any]]:
        """List the interviews whose open turn or scorecard was not shown yet."""
        return self._db.rows(
            "SELECT i.* FROM interviews i WHERE (i.state = 'open' AND EXISTS (SELECT 1 FROM turns t"
            "  WHERE t.interview = i.id AND t.answered_at IS NULL AND t.message IS NULL))"
            " OR (i.state = 'done' AND i.message IS NULL) ORDER BY i.id"
        )

    def set_turn(self, number: int, **values: Any) -> None:
        """Change columns of a turn; times are given as texts."""
        self._change("turns", number, values)

    def asked_before(self, person: str) -> dict[str, str]:
        """Map each question the person answered to when they last did (ISO text)."""
        rows = self._db.tuples(
            "SELECT question, max(at) FROM attempts WHERE person = ? GROUP BY question", [person]
        )
        return dict(rows)

    def rescore(self, attempt: int, score: int) -> None:
        """Correct the mark of an interview's answer after an upheld appeal."""
        self._db.run("UPDATE turns SET score = ? WHERE attempt = ?", [score, attempt])

    def end(self, number: int, at: datetime) -> None:
        """End an interview; a turn that is open stays without an answer."""
        self._db.run(
            "UPDATE interviews SET state = 'done', ended_at = ? WHERE id = ? AND ended_at IS NULL",
            [text(at), number],
        )
        self._db.run(
            "UPDATE turns SET answered_at = ? WHERE interview = ? AND answered_at IS NULL",
            [instant(at), number],
        )

    def lying_still(self, before: datetime) -> list[int]:
        """List the interviews that have not ended and asked nothing since a time."""
        rows = self._db.tuples(
            "SELECT id FROM interviews WHERE ended_at IS NULL AND started_at < :before AND NOT EXISTS"
            " (SELECT 1 FROM turns WHERE turns.interview = interviews.id AND turns.asked_at >= :before)",
            {"before": text(before)},
        )
        return [number for (number,) in rows]

    def _change(self, table: str, number: int, values: dict[str, Any]) -> None:
        columns = ", ".join(f"{column} = ?" for column in values)
        self._db.run(f"UPDATE {table} SET {columns} WHERE id = ?", [*values.values(), number])
