"""Appeals: a person says they covered a point, a reviewer decides, the same words count from then on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.answers import Answers, cover, wording
from bot.contest import points
from bot.errors import Refusal
from bot.leaderboard import Leaderboard
from bot.models import Attempt
from bot.store import Store
from grader.models import Verdict
from questions.models import KeyPoint, Question

LEAST_WORDS = 4  # fewer words would lift answers that only name the subject
MOST_OPEN = 5  # appeals a person may have open on one server
MAX_REPORT = 1000


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal: `words` are those of the answer that are said to make the point.

    `verdict` is the point's verdict as it stands. `state` is open, upheld or declined.
    """

    id: int
    person: str
    guild: str | None
    attempt: Attempt
    point: KeyPoint
    verdict: Verdict
    words: str
    state: str
    at: datetime
    message: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision did: the mark `before` and `after`."""

    appeal: Appeal
    attempt: Attempt
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """What a person finds wrong with a question."""

    id: int
    person: str
    guild: str | None
    question: Question
    text: str
    at: datetime


class Appeals:
    """Take appeals and reports, and let reviewers decide. Who is a reviewer, the front end knows."""

    def __init__(
        self, store: Store, answers: Answers, board: Leaderboard, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._rows = store.appeals
        self._answers = answers
        self._board = board
        self._clock = clock

    def open(self, request: str, person: str, attempt_id: int, point_id: str, words: str = "") -> Appeal:
        """Open an appeal on a point of one's own answer; asking again returns the same one.

        `words` must stand in the answer; "" means all of it. Raises Refusal otherwise, for a point that is
        covered already, and with five appeals open.
        """
        attempt = self._answers.attempt(attempt_id)
        if attempt.person != person:
            raise Refusal("this is someone else's answer; appeal for your own")
        with self._store.writing():
            known = self._rows.of(attempt_id, point_id)
            if known:
                return self._appeal(known)
            result = next((each for each in attempt.grade.points if each.point_id == point_id), None)
            if result is None or result.verdict is Verdict.COVERED:
                raise Refusal("this point counts as covered; choose another one")
            said = wording(attempt.text)
            claimed = wording(words) or said
            if claimed not in said:
                raise Refusal("these words don't stand in your answer; copy them from it as they are")
            if len(claimed.split()) < LEAST_WORDS:
                raise Refusal(f"give at least {LEAST_WORDS} words of your answer that make the point")
            mine = [row for row in self._rows.open(attempt.guild, 1000) if row["person"] == person]
            if len(mine) >= MOST_OPEN:
                raise Refusal(f"you have {MOST_OPEN} appeals open; wait until they are decided")
            number = self._rows.add(
                request, person, attempt.guild, attempt_id, point_id, words.strip(), self._clock()
            )
            return self.get(number)

    def get(self, appeal_id: int) -> Appeal:
        """Return an appeal; raises Refusal where it is gone."""
        row = self._rows.get(appeal_id)
        if row is None:
            raise Refusal("this appeal was deleted; /appeals lists those that are open")
        return self._appeal(row)

    def told(self, appeal_id: int, message: str) -> None:
        """Note where reviewers were told of an appeal."""
        self._rows.told(appeal_id, message)

    def decide(self, appeal_id: int, reviewer: str, uphold: bool) -> Decision:
        """Decide an appeal: upheld, the mark and all rankings are corrected and the words are accepted.

        The points of a contest's round are corrected too. Raises Refusal where it is decided differently
        already, and for a reviewer's own appeal; the same decision again changes nothing.
        """
        with self._store.writing():
            found = self.get(appeal_id)
            state = "upheld" if uphold else "declined"
            if found.state == state:
                before = found.attempt.raised_from if uphold else None
                score = found.attempt.grade.score
                return Decision(found, found.attempt, score if before is None else before, score)
            if found.state != "open":
                raise Refusal(f"this appeal was {found.state} already; /appeals lists those that are open")
            if found.person == reviewer:
                raise Refusal("this is your own appeal; leave it to another reviewer")
            now = self._clock()
            self._store.add_person(reviewer, now)
            self._rows.decide(appeal_id, state, reviewer, now)
            if uphold:
                self._correct(found)
            decided = self.get(appeal_id)
            return Decision(decided, decided.attempt, found.attempt.grade.score, decided.attempt.grade.score)

    def report(
        self, request: str, person: str, guild: str | None, question_id: str, words: str
    ) -> QuestionReport:
        """Take a report on a question; the same request returns the same report."""
        question = self._answers.question(guild, question_id)
        words = " ".join(words.split())[:MAX_REPORT]
        if not words:
            raise Refusal("say what is wrong with the question")
        with self._store.writing():
            row = self._rows.report_of(request)
            if row is None:
                now = self._clock()
                self._store.add_person(person, now)
                self._store.add_question(question)
                number = self._rows.add_report(request, person, guild, question_id, words, now)
                row = self._rows.report(number)
        assert row is not None
        return self._report(row)

    def reports(self, guild: str | None, *, limit: int = 25) -> list[QuestionReport]:
        """List a server's reports that nobody saw to, oldest first."""
        found = []
        for row in self._rows.reports(guild, limit):
            try:
                found.append(self._report(row))
            except Refusal:
                continue
        return found

    def resolve(self, report_id: int, reviewer: str) -> None:
        """Note that a report was seen to."""
        with self._store.writing():
            now = self._clock()
            self._store.add_person(reviewer, now)
            self._rows.resolve(report_id, reviewer, now)

    def _correct(self, found: Appeal) -> None:
        attempt = found.attempt
        grade = cover(attempt.question, attempt.grade, found.point.id, upheld=True)
        first = attempt.raised_from if attempt.raised_from is not None else attempt.grade.score
        self._store.replace_grade(attempt.id, attempt.text, replace(grade, gate=None), first)
        for entry in self._store.contests.rescore(attempt.id, grade.score):
            self._rescore(entry, grade.score)
        self._store.interviews.rescore(attempt.id, grade.score)
        self._board.refresh(found.person)
        words = wording(found.words or attempt.text)
        if found.guild and len(words.split()) >= LEAST_WORDS:
            self._rows.accept(found.id, found.guild, attempt.question.id, found.point.id, words)

    def _rescore(self, entry: Mapping[str, Any], score: int) -> None:
        round_row = self._store.contests.round(entry["contest"], entry["round"])
        assert round_row is not None
        opened, deadline, at = (
            datetime.fromisoformat(text)
            for text in (round_row["opened_at"], round_row["deadline"], entry["at"])
        )
        earned = points(score, (at - opened).total_seconds(), (deadline - opened).total_seconds())
        self._store.contests.score(entry["contest"], entry["round"], entry["person"], score, earned)

    def _appeal(self, row: Mapping[str, Any]) -> Appeal:
        attempt = self._answers.attempt(row["attempt"])
        point = next((each for each in attempt.question.key_points if each.id == row["point"]), None)
        result = next((each for each in attempt.grade.points if each.point_id == row["point"]), None)
        if point is None or result is None:
            raise Refusal("this question no longer has that point")
        return Appeal(
            row["id"],
            row["person"],
            row["guild"],
            attempt,
            point,
            result.verdict,
            row["words"],
            row["state"],
            datetime.fromisoformat(row["at"]),
            row["message"],
        )

    def _report(self, row: Mapping[str, Any]) -> QuestionReport:
        return QuestionReport(
            row["id"],
            row["person"],
            row["guild"],
            self._answers.question(row["guild"], row["question"]),
            row["text"],
            datetime.fromisoformat(row["at"]),
        )

    def list(self, guild: str | None, *, limit: int = 25) -> list[Appeal]:
        """List a server's open appeals, oldest first; those on questions that are gone are left out."""
        found = []
        for row in self._rows.open(guild, limit):
            try:
                found.append(self._appeal(row))
            except Refusal:
                continue
        return found
