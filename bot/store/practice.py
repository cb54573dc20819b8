"""Practice sessions, answers with their marks, and reviews."""

import hashlib
import json
from datetime import datetime
from typing import Any

from bot import schedule
from bot.models import AskedQuestion, Attempt, Choice, Session
from bot.store.connection import Connection, text
from grader.models import Grade, PointGrade, Span, Verdict
from questions.models import KeyPoint, Level, Question


class PracticeStore(Connection):
    """A person's sessions, answers and reviews."""

    # ------------------------------------------------------------------ sessions

    def start_session(
        self, person: str, corpus: str, choice: Choice, shuffle: int, at: datetime, *, place: str = ""
    ) -> Session:
        """Open a practice session in a place (a channel) and end the person's open ones there."""
        with self.writing():
            self.add_person(person, at)
            self.run(
                "UPDATE sessions SET ended_at = ?"
                " WHERE person = ? AND kind = 'practice' AND ended_at IS NULL AND place = ?",
                [text(at), person, place],
            )
            number = self.insert(
                "sessions",
                {
                    "person": person,
                    "kind": "practice",
                    "corpus": corpus,
                    "choice": _choice_to_json(choice),
                    "shuffle": shuffle,
                    "asked": "[]",
                    "started_at": text(at),
                    "place": place,
                },
            )
        return Session(number, person, corpus, choice, shuffle, place=place)

    def open_session(self, person: str, *, place: str = "") -> Session | None:
        """Find the person's practice session in a place that was not ended, the latest first."""
        row = self.row(
            "SELECT * FROM sessions WHERE person = ? AND kind = 'practice' AND ended_at IS NULL"
            " AND place = ? ORDER BY id DESC LIMIT 1",
            [person, place],
        )
        return _session(row) if row else None

    def session(self, number: int) -> Session | None:
        """Find a practice session, ended or not."""
        row = self.row("SELECT * FROM sessions WHERE id = ?", [number])
        return _session(row) if row else None

    def save_session(self, session: Session) -> None:
        """Store which questions were asked, the current one and the draft."""
        with self.writing():
            self._update_session(session)

    def end_session(self, session: Session, at: datetime) -> None:
        """End a session; ending it twice changes nothing."""
        with self.writing():
            self._update_session(session)
            self.run(
                "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL", [text(at), session.id]
            )

    def drop_sessions(self, before: datetime) -> int:
        """Delete at most 1,000 sessions last used before a time; return how many."""
        return self.run(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions"
            " WHERE coalesce(ended_at, started_at) < :before AND NOT EXISTS"
            " (SELECT 1 FROM attempts WHERE attempts.session = sessions.id AND attempts.at >= :before)"
            " LIMIT 1000)",
            {"before": text(before)},
        )

    # ------------------------------------------------------------------ answers

    def save_attempt(
        self,
        person: str,
        question: Question,
        answer: str,
        grade: Grade,
        at: datetime,
        *,
        session: Session | None = None,
        guild: str | None = None,
        ranked: bool = True,
    ) -> Attempt:
        """Store a graded answer, its point results, its review and its session's state, all or nothing.

        `ranked` says that it counts on the leaderboards.
        """
        with self.writing():
            self.add_person(person, at)
            digest = self.add_question(question)
            number = self.insert(
                "attempts",
                {
                    "person": person,
                    "question": question.id,
                    "session": session.id if session else None,
                    "question_hash": digest,
                    "answer": answer,
                    "score": grade.score,
                    "sure": grade.sure,
                    "gate": grade.gate,
                    "model": grade.model,
                    "at": text(at),
                    "guild": guild,
                    "ranked": ranked,
                },
            )
            self._save_points(number, grade)
            self._review(person, question.id, grade, at)
            if session:
                self._update_session(session)
        return Attempt(number, person, question, answer, grade, at, guild)

    def marks(self, person: str) -> list[tuple[str, str, int]]:
        """List question id, topic and mark of all the person's answers, oldest first."""
        return self.tuples(
            "SELECT a.question, q.topic, a.score FROM attempts a JOIN questions q ON q.id = a.question"
            " WHERE a.person = ? ORDER BY a.id",
            [person],
        )

    def session_marks(self, session: Session) -> list[tuple[str, int]]:
        """List question id and mark of the session's answers, oldest first."""
        return self.tuples("SELECT question, score FROM attempts WHERE session = ? ORDER BY id", [session.id])

    def missed(
        self, person: str, *, session: Session | None = None
    ) -> list[tuple[AskedQuestion, KeyPoint, Verdict]]:
        """List the key points that the latest answer to each question did not cover.

        With `session`, only questions answered in it. Points that the question no longer has are left out.
        """
        rows = self.tuples(
            "SELECT q.id, q.topic, q.points, r.point, r.verdict FROM"
            " (SELECT max(id) AS id FROM attempts WHERE person = ? AND (? IS NULL OR session = ?)"
            "  GROUP BY question) last"
            " JOIN attempts a ON a.id = last.id JOIN questions q ON q.id = a.question"
            " JOIN point_results r ON r.attempt = a.id"
            " WHERE r.verdict != 'covered' ORDER BY a.id, r.point",
            [person, session and session.id, session and session.id],
        )
        asked: dict[str, AskedQuestion] = {}
        found = []
        for number, topic, points, point, verdict in rows:
            if number not in asked:
                known = (KeyPoint.model_validate(item) for item in json.loads(points))
                asked[number] = AskedQuestion(number, topic, {item.id: item for item in known})
            if point in asked[number].points:
                found.append((asked[number], asked[number].points[point], Verdict(verdict)))
        return found

    def due(self, person: str) -> dict[str, datetime]:
        """Map each question that the person answered to when it is due again (UTC)."""
        rows = self.tuples("SELECT question, due FROM reviews WHERE person = ? ORDER BY due", [person])
        return {question: datetime.fromisoformat(due) for question, due in rows}

    def activity(self, person: str, since: datetime) -> list[tuple[str, int]]:
        """List each UTC day since then on which the person answered (ISO dates), and how often."""
        return self.tuples(
            "SELECT substr(at, 1, 10) AS day, count(*) FROM attempts WHERE person = ? AND at >= ?"
            " GROUP BY day ORDER BY day",
            [person, text(since)],
        )

    def replace_grade(self, attempt: int, answer: str, grade: Grade, raised_from: int | None) -> None:
        """Put another answer text and grade in the place of an attempt's."""
        with self.writing():
            self.run(
                "UPDATE attempts SET answer = ?, score = ?, sure = ?, raised_from = ? WHERE id = ?",
                [answer, grade.score, grade.sure, raised_from, attempt],
            )
            self.run("DELETE FROM point_results WHERE attempt = ?", [attempt])
            self._save_points(attempt, grade)

    def attempt_row(self, number: int) -> tuple[dict[str, Any], Grade] | None:
        """Find an attempt's row and its grade with the points in no special order."""
        row = self.row("SELECT * FROM attempts WHERE id = ?", [number])
        if row is None:
            return None
        points = tuple(
            PointGrade(
                found["point"],
                Verdict(found["verdict"]),
                {Verdict(name): value for name, value in json.loads(found["probabilities"]).items()},
                tuple(Span(start, end) for start, end in json.loads(found["evidence"])),
                bool(found["sure"]),
            )
            for found in self.rows("SELECT * FROM point_results WHERE attempt = ?", [number])
        )
        grade = Grade(row["question"], row["score"], bool(row["sure"]), points, row["model"], row["gate"])
        return row, grade

    def last_answer(self, person: str, question: str) -> datetime | None:
        """Say when the person last answered a question."""
        row = self.row(
            "SELECT at FROM attempts WHERE person = ? AND question = ? ORDER BY id DESC LIMIT 1",
            [person, question],
        )
        return datetime.fromisoformat(row["at"]) if row else None

    def add_person(self, person: str, at: datetime) -> None:
        """Make a person known."""
        self.run(
            "INSERT INTO people (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", [person, text(at)]
        )

    def add_question(self, question: Question) -> str:
        """Make a question known as it is now and return the hash of what it asks and looks for."""
        points = json.dumps([point.model_dump(mode="json") for point in question.key_points])
        digest = hashlib.sha256(
            "\0".join([question.prompt, question.reference, points]).encode("utf-8", "replace")
        ).hexdigest()
        corpus = question.source.path if question.source else ""
        self.run(
            "INSERT INTO questions (id, corpus, topic, hash, points) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET corpus = excluded.corpus, topic = excluded.topic,"
            " hash = excluded.hash, points = excluded.points",
            [question.id, corpus, question.topic, digest, points],
        )
        return digest

    def _save_points(self, attempt: int, grade: Grade) -> None:
        for point in grade.points:
            self.insert(
                "point_results",
                {
                    "attempt": attempt,
                    "point": point.point_id,
                    "verdict": point.verdict,
                    "probabilities": json.dumps(
                        {str(k): round(v, 4) for k, v in point.probabilities.items()}
                    ),
                    "evidence": json.dumps([[span.start, span.end] for span in point.evidence]),
                    "sure": point.sure,
                },
            )

    def _review(self, person: str, question: str, grade: Grade, at: datetime) -> None:
        row = self.row("SELECT card FROM reviews WHERE person = ? AND question = ?", [person, question])
        card, due = schedule.review(row["card"] if row else None, grade, at)
        self.run(
            "INSERT INTO reviews (person, question, card, due) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (person, question) DO UPDATE SET card = excluded.card, due = excluded.due",
            [person, question, card, text(due)],
        )

    def _update_session(self, session: Session) -> None:
        self.run(
            "UPDATE sessions SET asked = ?, current = ?, draft = ? WHERE id = ?",
            [json.dumps(session.asked), session.current, session.draft, session.id],
        )


def _choice_to_json(choice: Choice) -> str:
    return json.dumps(
        {"topic": choice.topic, "level": choice.level, "count": choice.count, "seed": choice.seed}
    )


def _session(row: dict[str, Any]) -> Session:
    choice = json.loads(row["choice"])
    level = Level(choice.pop("level")) if choice["level"] else choice.pop("level")
    return Session(
        id=row["id"],
        person=row["person"],
        corpus=row["corpus"],
        choice=Choice(level=level, **choice),
        order=row["shuffle"],
        asked=tuple(json.loads(row["asked"])),
        current=row["current"],
        draft=row["draft"],
        resumed=True,
        place=row["place"],
    )
