"""What is kept: the only SQL besides the migrations. A `Store` belongs to the thread that opened it."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from bot import schedule
from bot.migrations import migrations
from bot.models import AskedQuestion, Attempt, Choice, Session
from grader.models import Grade, Verdict
from questions.errors import InterviewError
from questions.models import KeyPoint, Level, Question


class StoreError(InterviewError):
    """The database can't be opened, read or written. The text names the file and what to do."""


class Store:
    """A person's sessions, answers and reviews in one SQLite file, created on first use.

    `path` None keeps everything in memory. Another process's lock is waited for `timeout` seconds.
    Every method raises StoreError; a write that fails leaves nothing half-written.
    Use from a thread other than the opening one raises sqlite3.ProgrammingError.
    """

    def __init__(self, path: Path | None, *, timeout: float = 5.0) -> None:
        self._path = path
        with self._told():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            # Autocommit, because sqlite-utils' atomic() opens and closes the transactions itself.
            connection = sqlite3.connect(path or ":memory:", timeout=timeout, isolation_level=None)
        self._db = Database(connection)
        try:
            with self._told():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; what was stored is on disk."""
        self._db.conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ sessions

    def start_session(self, person: str, corpus: str, choice: Choice, shuffle: int, at: datetime) -> Session:
        """Open a practice session and end the person's open ones."""
        with self._writing():
            self._add_person(person, at)
            self._db.execute(
                "UPDATE sessions SET ended_at = ?"
                " WHERE person = ? AND kind = 'practice' AND ended_at IS NULL",
                [_text(at), person],
            )
            number = self._insert(
                "sessions",
                {
                    "person": person,
                    "kind": "practice",
                    "corpus": corpus,
                    "choice": _choice_to_json(choice),
                    "shuffle": shuffle,
                    "asked": "[]",
                    "started_at": _text(at),
                },
            )
        return Session(number, person, corpus, choice, shuffle)

    def open_session(self, person: str) -> Session | None:
        """Find the person's practice session that was not ended, the latest first."""
        with self._told():
            row = self._row(
                "SELECT * FROM sessions WHERE person = ? AND kind = 'practice' AND ended_at IS NULL"
                " ORDER BY id DESC LIMIT 1",
                [person],
            )
        return _session(row) if row else None

    def save_session(self, session: Session) -> None:
        """Store which questions were asked, the current one and the draft."""
        with self._writing():
            self._update_session(session)

    def end_session(self, session: Session, at: datetime) -> None:
        """End a session; ending it twice changes nothing."""
        with self._writing():
            self._update_session(session)
            self._db.execute(
                "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL", [_text(at), session.id]
            )

    # ------------------------------------------------------------------ answers

    def save_attempt(
        self,
        person: str,
        question: Question,
        text: str,
        grade: Grade,
        at: datetime,
        *,
        session: Session | None = None,
    ) -> Attempt:
        """Store a graded answer, its point results, its review and its session's state, all or nothing."""
        with self._writing():
            self._add_person(person, at)
            digest = self._add_question(question)
            number = self._insert(
                "attempts",
                {
                    "person": person,
                    "question": question.id,
                    "session": session.id if session else None,
                    "question_hash": digest,
                    "answer": text,
                    "score": grade.score,
                    "sure": grade.sure,
                    "gate": grade.gate,
                    "model": grade.model,
                    "at": _text(at),
                },
            )
            for point in grade.points:
                self._insert(
                    "point_results",
                    {
                        "attempt": number,
                        "point": point.point_id,
                        "verdict": point.verdict,
                        "probabilities": json.dumps(
                            {str(k): round(v, 4) for k, v in point.probabilities.items()}
                        ),
                        "evidence": json.dumps([[span.start, span.end] for span in point.evidence]),
                        "sure": point.sure,
                    },
                )
            self._review(person, question.id, grade, at)
            if session:
                self._update_session(session)
        return Attempt(number, person, question, text, grade, at)

    def marks(self, person: str) -> list[tuple[str, str, int]]:
        """List question id, topic and mark of all the person's answers, oldest first."""
        with self._told():
            return self._all(
                "SELECT a.question, q.topic, a.score FROM attempts a JOIN questions q ON q.id = a.question"
                " WHERE a.person = ? ORDER BY a.id",
                [person],
            )

    def session_marks(self, session: Session) -> list[tuple[str, int]]:
        """List question id and mark of the session's answers, oldest first."""
        with self._told():
            return self._all(
                "SELECT question, score FROM attempts WHERE session = ? ORDER BY id", [session.id]
            )

    def missed(
        self, person: str, *, session: Session | None = None
    ) -> list[tuple[AskedQuestion, KeyPoint, Verdict]]:
        """List the key points that the latest answer to each question did not cover.

        With `session`, only questions answered in it. Points that the question no longer has are left out.
        """
        with self._told():
            rows = self._all(
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
        with self._told():
            rows = self._all("SELECT question, due FROM reviews WHERE person = ? ORDER BY due", [person])
        return {question: datetime.fromisoformat(due) for question, due in rows}

    # ------------------------------------------------------------------ inside

    def _prepare(self) -> None:
        execute = self._db.conn.execute
        execute("PRAGMA foreign_keys = ON")
        tables = set(self._db.table_names()) - {migrations.migrations_table}
        applied = {migration.name for migration in migrations.applied(self._db)}
        newer = applied - {migration.name for migration in migrations.pending(Database(memory=True))}
        if newer:
            raise StoreError(
                f"{self._name}: written by a newer version of this program; upgrade it with"
                " 'pip install --upgrade interview-practice-bot', or set INTERVIEW_DATABASE to another file"
            )
        if tables and not applied:
            raise StoreError(
                f"{self._name}: is the database of another program; set INTERVIEW_DATABASE to another file"
            )
        if execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            execute("PRAGMA journal_mode = WAL")
        # With WAL this loses nothing when the process is killed; only a power cut can undo the last answers.
        execute("PRAGMA synchronous = NORMAL")
        if migrations.pending(self._db):
            # The lock comes first: of two programs starting at once, one waits and then finds all done.
            execute("BEGIN IMMEDIATE")
            migrations.apply(self._db)
            execute("COMMIT")

    @property
    def _name(self) -> str:
        return str(self._path) if self._path else "database in memory"

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite and the file system say into words with a remedy."""
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            raise StoreError(f"{self._name}: {_remedy(error)}") from error
        except OSError as error:
            raise StoreError(
                f"{self._name}: {error.strerror or error}; set INTERVIEW_DATABASE to a file you may write"
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._told(), self._db.atomic():
            yield

    def _all(self, sql: str, values: Sequence[Any]) -> list[Any]:
        return self._db.execute(sql, values).fetchall()

    def _row(self, sql: str, values: Sequence[Any]) -> dict[str, Any] | None:
        return next(self._db.query(sql, values), None)

    def _insert(self, table: str, values: dict[str, Any]) -> int:
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self._db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))
        return int(cursor.lastrowid or 0)

    def _add_person(self, person: str, at: datetime) -> None:
        self._db.execute(
            "INSERT INTO people (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", [person, _text(at)]
        )

    def _add_question(self, question: Question) -> str:
        points = json.dumps([point.model_dump(mode="json") for point in question.key_points])
        digest = hashlib.sha256(
            "\0".join([question.prompt, question.reference, points]).encode("utf-8", "replace")
        ).hexdigest()
        corpus = question.source.path if question.source else ""
        self._db.execute(
            "INSERT INTO questions (id, corpus, topic, hash, points) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET corpus = excluded.corpus, topic = excluded.topic,"
            " hash = excluded.hash, points = excluded.points",
            [question.id, corpus, question.topic, digest, points],
        )
        return digest

    def _review(self, person: str, question: str, grade: Grade, at: datetime) -> None:
        row = self._row("SELECT card FROM reviews WHERE person = ? AND question = ?", [person, question])
        card, due = schedule.review(row["card"] if row else None, grade, at)
        self._db.execute(
            "INSERT INTO reviews (person, question, card, due) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (person, question) DO UPDATE SET card = excluded.card, due = excluded.due",
            [person, question, card, _text(due)],
        )

    def _update_session(self, session: Session) -> None:
        self._db.execute(
            "UPDATE sessions SET asked = ?, current = ?, draft = ? WHERE id = ?",
            [json.dumps(session.asked), session.current, session.draft, session.id],
        )


def _remedy(error: sqlite3.Error) -> str:
    text = str(error)
    if "locked" in text:
        return "is locked by another program; close it and try again"
    if "full" in text:
        return "the disk is full, nothing of this answer was stored; free some space and try again"
    if "readonly" in text or "unable to open" in text:
        return "can't be written; check its permissions, or set INTERVIEW_DATABASE to a file you may write"
    if "not a database" in text or "malformed" in text:
        return f"is damaged or no database ({text}); move it away, or set INTERVIEW_DATABASE to another file"
    return f"{text}; check the disk, or set INTERVIEW_DATABASE to another file"


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


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
    )
