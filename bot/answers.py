"""One answer's way: stored when it comes, graded elsewhere, then marked; a request never counts twice."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Refusal
from bot.guilds import settings_of
from bot.leaderboard import Leaderboard
from bot.models import Attempt, Kind, Session, Submission
from bot.practice import MAX_ANSWER
from bot.store import Store
from grader.models import Grade, PointGrade, Verdict
from questions.models import Bank, Question

Banks = Callable[[str | None], Bank]
"""The bank of a server, or of direct messages for None."""

HOUR = timedelta(hours=1)
_WORD = re.compile(r"[\w+#'-]+")
_NEGATIONS = frozenset(
    "not no never cannot without isn't doesn't don't won't can't nor neither hardly".split()
)
_CERTAIN: Mapping[Verdict, float] = {each: float(each is Verdict.COVERED) for each in Verdict}


class Answers:
    """Take answers and mark them."""

    def __init__(self, store: Store, banks: Banks, board: Leaderboard, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._banks = banks
        self._board = board
        self._clock = clock

    # ------------------------------------------------------------------ practising

    def receive(
        self,
        request: str,
        person: str,
        question_id: str,
        text: str,
        *,
        guild: str | None = None,
        session: int | None = None,
        reply: str | None = None,
    ) -> Submission | Attempt:
        """Store an answer given in practising; once this returns, it may be acknowledged.

        Returns the attempt where the request was marked before. Raises Refusal for an unknown question,
        an answer over 20,000 characters, or too many answers within an hour.
        """
        with self._store.writing():
            return self.of(request) or self.take(
                request, person, guild, Kind.PRACTICE, session, question_id, text, reply
            )

    def mark(self, submission: Submission, grade: Grade) -> Attempt:
        """Keep the mark of an answer given in practising; marking twice changes nothing."""
        with self._store.writing():
            return self.keep(submission, grade, self._session(submission))

    def waiting(self) -> list[Submission]:
        """List the practice and interview answers that a crash left without a mark, oldest first."""
        found = [self._submission(row) for row in self._store.answers.waiting()]
        return [submission for submission in found if submission]

    def attempt(self, number: int) -> Attempt:
        """Return a stored attempt; raises Refusal where it or its question is gone."""
        found = self._store.attempt_row(number)
        if found is None:
            raise Refusal("this answer is no longer stored")
        row, grade = found
        question = self._banks(row["guild"]).get(row["question"])
        if question is None:
            raise Refusal("this question is no longer in the bank; go on with another one")
        by_id = {point.point_id: point for point in grade.points}
        # In the question's order, and only what it has in common with the question as it was then.
        points = tuple(by_id[point.id] for point in question.key_points if point.id in by_id)
        at = datetime.fromisoformat(row["at"])
        return Attempt(
            number,
            row["person"],
            question,
            row["answer"] or "",
            replace(grade, points=points),
            at,
            row["guild"],
            row["raised_from"],
        )

    # ------------------------------------------------------------------ for interviews, contests, dailies

    def of(self, request: str) -> Submission | Attempt | None:
        """Return what a request brought before: a submission, its attempt once it is marked, or nothing."""
        row = self._store.answers.by_request(request)
        if row is None:
            return None
        if row["attempt"] is not None:
            return self.attempt(row["attempt"])
        return self._submission(row)

    def take(
        self,
        request: str,
        person: str,
        guild: str | None,
        kind: Kind,
        place: int | None,
        question_id: str,
        text: str,
        reply: str | None = None,
        *,
        before: str = "",
    ) -> Submission:
        """Store an answer; `before` is what the person said earlier, to be graded along with it."""
        now = self._clock()
        question = self.question(guild, question_id)
        text = text.encode("utf-8", "replace").decode()
        if len(text) > MAX_ANSWER:
            raise Refusal(
                f"the answer has {len(text):,} characters and at most {MAX_ANSWER:,} are graded; shorten it"
            )
        limit = settings_of(self._store, guild).answers_per_hour
        count, first = self._store.answers.count_between(person, now - HOUR, now)
        if count >= limit:
            wait = (first + HOUR - now) if first else HOUR
            minutes = max(1, round(wait.total_seconds() / 60))
            raise Refusal(f"you have given {limit} answers within the hour; go on in {minutes} min")
        self._store.add_person(person, now)
        self._store.add_question(question)
        whole = f"{before}\n\n{text}" if before else text
        number = self._store.answers.add(request, person, guild, kind, place, question, whole, now, reply)
        return Submission(number, request, person, guild, kind, place, question, whole, now, reply)

    def keep(self, submission: Submission, grade: Grade, session: Session | None = None) -> Attempt:
        """Store a grade as the submission's attempt with all that follows from it; once only."""
        row = self._store.answers.get(submission.id)
        if row is None:
            raise Refusal("this answer was deleted")
        if row["attempt"] is not None:
            return self.attempt(row["attempt"])
        grade = self._lifted(submission, grade)
        attempt = self._store.save_attempt(
            submission.person,
            submission.question,
            submission.text,
            grade,
            submission.at,
            session=session,
            guild=submission.guild,
            ranked=self._board.counts(submission.person, submission.question.id),
        )
        self._store.answers.marked(submission.id, attempt.id)
        self._board.record(submission.person, submission.guild, submission.at)
        return attempt

    def raise_mark(self, submission: Submission, attempt: Attempt, grade: Grade) -> Attempt:
        """Put the better grade of a longer answer in the place of an attempt's, from its follow-up."""
        first = attempt.raised_from if attempt.raised_from is not None else attempt.grade.score
        self._store.replace_grade(attempt.id, submission.text, grade, first)
        self._store.answers.marked(submission.id, attempt.id)
        self._board.record(attempt.person, attempt.guild, attempt.at)
        return self.attempt(attempt.id)

    def question(self, guild: str | None, question_id: str) -> Question:
        """Find a question; raises Refusal where it is gone."""
        question = self._banks(guild).get(question_id)
        if question is None:
            raise Refusal("this question is no longer in the bank; go on with another one")
        return question

    def submission(self, number: int) -> Submission | None:
        """Find a submission that is not marked and still has its text and its question."""
        row = self._store.answers.get(number)
        return self._submission(row) if row else None

    def _session(self, submission: Submission) -> Session | None:
        """Return the practice session that an answer was given in, as it is once that is marked."""
        found = self._store.session(submission.place) if submission.place is not None else None
        if found is None or found.person != submission.person:
            return None
        answered = found.current == submission.question.id
        return replace(found, current=None, draft="") if answered else found

    def _submission(self, row: Mapping[str, Any]) -> Submission | None:
        question = self._banks(row["guild"]).get(row["question"])
        if question is None or row["answer"] is None:
            return None
        return Submission(
            row["id"],
            row["request"],
            row["person"],
            row["guild"],
            Kind(row["kind"]),
            row["place"],
            question,
            row["answer"],
            datetime.fromisoformat(row["at"]),
            row["reply"],
        )

    def _lifted(self, submission: Submission, grade: Grade) -> Grade:
        """Cover the points that the answer makes in words that a reviewer accepted on this server."""
        if submission.guild is None or grade.gate:
            return grade
        accepted = self._store.appeals.wordings(submission.question.id, submission.guild)
        said = wording(submission.text)
        for point, words in accepted:
            if says(said, words):
                grade = cover(submission.question, grade, point)
        return grade


def wording(text: str) -> str:
    """Reduce a text to its words in lower case, parted by single blanks."""
    return " ".join(_WORD.findall(text.casefold().replace("’", "'")))


def says(text: str, words: str) -> bool:
    """Say whether `words` stand in `text` (both from `wording`) with no negation right before them."""
    for match in re.finditer(rf"(?<!\S){re.escape(words)}(?!\S)", text):
        if not _NEGATIONS & set(text[: match.start()].split()[-3:]):
            return True
    return False


def cover(question: Question, grade: Grade, point_id: str, *, upheld: bool = False) -> Grade:
    """Return the grade with one missing or partly covered point counted as covered.

    The mark rises by what the point's expected credit lacked, in proportion to its weight. A point that
    was contradicted stays so, unless a reviewer upheld an appeal on this very answer.
    """
    from grader.score import credit

    before = next((point for point in grade.points if point.point_id == point_id), None)
    weight = next((point.weight for point in question.key_points if point.id == point_id), 0)
    settled = (Verdict.COVERED,) if upheld else (Verdict.COVERED, Verdict.CONTRADICTED)
    if before is None or before.verdict in settled:
        return grade
    gain = 100 * weight * (1 - credit(before.probabilities)) / question.total_weight
    points = tuple(
        PointGrade(point_id, Verdict.COVERED, _CERTAIN, point.evidence) if point is before else point
        for point in grade.points
    )
    return replace(grade, points=points, score=min(100, round(grade.score + gain)))
