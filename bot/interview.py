"""The mock interview: a state machine over stored state.

An interview is open, paused or done. Its turns are questions and their follow-ups; one turn at most waits
for an answer. Everything a turn or a mark changes is stored in one transaction before it is told, so that
a killed program goes on where it was.

Pacing: a mark of 75 or more makes the next question harder, one below 40 easier (difficulty 1 to 3).
A follow-up's answer is graded together with the first one, and half of what that gains is added:
an interviewer counts what had to be drawn out, but not in full. It never lowers a mark.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.answers import Answers, Banks
from bot.errors import Refusal
from bot.follow_up import follow_up
from bot.models import Attempt, Interview, InterviewChoice, Kind, Submission, Turn
from bot.scorecard import Scorecard, sum_up
from bot.store import Store
from bot.store.connection import instant, text
from grader.models import Grade, PointGrade
from questions.models import Level, Question

HARDER, EASIER = 75, 40
GRACE = timedelta(seconds=10)  # a form that was sent in time may arrive a little later
ABANDONED = timedelta(seconds=90)  # past a deadline: the program was not running, so the turn wasn't missed
FOLLOW_UP_SHARE = 0.4  # of a question's time, added for its follow-up


@dataclass(frozen=True, slots=True)
class Step:
    """What an event led to: perhaps a marked answer, then the next turn, or the scorecard at the end.

    `expired` says that the turn's time ran out, `paused` that nobody answers and the interview waits;
    `closed` is where the turn that ran out was shown.
    """

    interview: Interview
    attempt: Attempt | None = None
    raised_from: int | None = None
    next: Turn | None = None
    scorecard: Scorecard | None = None
    expired: bool = False
    paused: bool = False
    closed: str | None = None


class Interviews:
    """Run mock interviews."""

    def __init__(self, store: Store, banks: Banks, answers: Answers, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._rows = store.interviews
        self._banks = banks
        self._answers = answers
        self._clock = clock

    # ------------------------------------------------------------------ beginning and ending

    def start(
        self, request: str, person: str, guild: str | None, channel: str, choice: InterviewChoice
    ) -> Interview:
        """Begin an interview and open its first turn; raises Refusal where one runs in this channel."""
        if not 1 <= choice.questions <= 20:
            raise Refusal("an interview has 1 to 20 questions; for example 5")
        if choice.minutes is not None and not 1 <= choice.minutes <= 240:
            raise Refusal("an interview lasts 1 to 240 minutes; for example 30")
        with self._store.writing():
            known = self._rows.by_request(request)
            if known:
                return self._interview(known)
            if self.of(person, channel):
                raise Refusal(
                    "your interview here is not over; go on with it, or end it with /interview stop"
                )
            self._candidates(guild, choice)
            now = self._clock()
            self._store.add_person(person, now)
            factor = self._store.people.read(person).time_factor
            whole = choice.minutes and factor and timedelta(minutes=choice.minutes * factor)
            number = self._rows.add(
                {
                    "request": request,
                    "person": person,
                    "guild": guild,
                    "channel": channel,
                    "choice": json.dumps([choice.topics, choice.level, choice.minutes, choice.questions]),
                    "shuffle": random.SystemRandom().randrange(2**31),
                    "factor": factor,
                    "state": "open",
                    "started_at": text(now),
                    "ends_at": instant(now + whole) if whole else None,
                }
            )
            self._ask_next(number)
            return self.get(number)

    def move(self, interview_id: int, channel: str) -> Interview:
        """Set the channel that the interview plays in, once its thread is made."""
        self._rows.set(interview_id, channel=channel)
        return self.get(interview_id)

    def pause(self, interview_id: int, person: str) -> Interview:
        """Stop the clock; pausing twice changes nothing."""
        with self._store.writing():
            found = self._own(interview_id, person)
            if found.state == "open":
                self._pause(found, self._clock())
            return self.get(interview_id)

    def resume(self, interview_id: int, person: str) -> Interview:
        """Go on with what is left of the time; the open turn is to be shown again."""
        with self._store.writing():
            found = self._own(interview_id, person)
            if found.state == "paused":
                self._resume(found, self._clock())
            return self.get(interview_id)

    def stop(self, interview_id: int, person: str) -> Step:
        """End an interview and sum it up; stopping twice gives the same scorecard."""
        with self._store.writing():
            if self.get(interview_id).state != "done":
                self._own(interview_id, person)
                self._rows.end(interview_id, self._clock())
            return self._after(interview_id)

    # ------------------------------------------------------------------ asking and answering

    def current(self, interview_id: int) -> Turn | None:
        """Return the turn that waits for an answer; None while paused or marking, and at the end."""
        found = self.get(interview_id)
        row = self._rows.open_turn(interview_id) if found.state == "open" else None
        return self._turn(row, found) if row else None

    def answer(
        self, request: str, turn_id: int, person: str, text: str, reply: str | None = None
    ) -> Submission | Step:
        """Store the answer to a turn; once this returns, it may be acknowledged, then graded and marked.

        Returns the Step where the request was marked before. Raises Refusal for a turn that is over.
        """
        with self._store.writing():
            known = self._answers.of(request)
            if isinstance(known, Submission):
                return known
            row = self._turn_row(turn_id)
            found = self._own(row["interview"], person)
            if known:
                return replace(self._after(found.id), attempt=known)
            self._check_open(row, found)
            first = self._first_attempt(row)
            submission = self._answers.take(
                request,
                person,
                found.guild,
                Kind.INTERVIEW,
                turn_id,
                row["question"],
                text,
                reply,
                before=first.text if first else "",
            )
            self._rows.set_turn(turn_id, answered_at=instant(submission.at))
            return submission

    def mark(self, submission: Submission, grade: Grade) -> Step:
        """Keep the mark of an answer and go on: to a follow-up, the next question, or the scorecard."""
        assert submission.place is not None
        with self._store.writing():
            row = self._turn_row(submission.place)
            if row["attempt"] is not None:
                return replace(self._after(row["interview"]), attempt=self._answers.attempt(row["attempt"]))
            first = self._first_attempt(row)
            if first:
                better = _raised(first, grade)
                attempt = self._answers.raise_mark(submission, first, better)
            else:
                attempt = self._answers.keep(submission, grade)
            self._rows.set_turn(row["id"], attempt=attempt.id, score=attempt.grade.score)
            if self.get(row["interview"]).state == "open" and not self._rows.open_turn(row["interview"]):
                self._go_on(row, attempt)
            step = self._after(row["interview"])
            return replace(step, attempt=attempt, raised_from=first.grade.score if first else None)

    def skip(self, turn_id: int, person: str) -> Step:
        """Leave a turn without an answer, which counts 0 for a question and nothing for a follow-up."""
        with self._store.writing():
            row = self._turn_row(turn_id)
            found = self._own(row["interview"], person)
            if row["answered_at"] is None:
                self._check_open(row, found)
                self._rows.set_turn(turn_id, answered_at=instant(self._clock()))
                self._ask_next(found.id)
            return self._after(found.id)

    # ------------------------------------------------------------------ time

    def due(self) -> list[Step]:
        """Close the turns whose time is over and go on; call every second or so.

        A deadline long past means that the program was not running: the interview is paused then,
        as it is when two questions in a row go without an answer.
        """
        now = self._clock()
        steps = []
        for row in self._rows.asked_after(now):
            # The system's clock was put back: what was asked in the future is asked now.
            allowed = datetime.fromisoformat(row["deadline"]) - datetime.fromisoformat(row["asked_at"])
            self._rows.set_turn(row["id"], asked_at=instant(now), deadline=instant(now + allowed))
        for row in self._rows.expired(now - GRACE):
            try:
                with self._store.writing():
                    steps.append(self._expire(row, now))
            except Refusal:
                # Its question was removed meanwhile: what was answered is summed up.
                with self._store.writing():
                    self._rows.end(row["interview"], now)
                steps.append(self._after(row["interview"]))
        return steps

    def untold(self) -> list[Interview]:
        """List the interviews whose open turn or scorecard was not shown yet, as after a crash."""
        return [self._interview(row) for row in self._rows.untold()]

    def told(self, interview_id: int, turn_id: int | None, message: str | None) -> None:
        """Note where (None: nowhere any more) a turn was shown, or with turn None the scorecard."""
        message = message or ""
        if turn_id is None:
            self._rows.set(interview_id, message=message)
        else:
            self._rows.set_turn(turn_id, message=message)

    # ------------------------------------------------------------------ looking

    def get(self, interview_id: int) -> Interview:
        """Return an interview; raises Refusal where it was deleted."""
        row = self._rows.get(interview_id)
        if row is None:
            raise Refusal("this interview was deleted; begin another with /interview start")
        return self._interview(row)

    def of(self, person: str, channel: str) -> Interview | None:
        """Find the person's interview in a channel that is not over."""
        return next((found for found in self.mine(person) if found.channel == channel), None)

    def mine(self, person: str) -> list[Interview]:
        """List the person's interviews that are not over."""
        return [self._interview(row) for row in self._rows.running(person)]

    def turn(self, turn_id: int) -> Turn:
        """Return a turn, open or not; raises Refusal where it was deleted."""
        row = self._turn_row(turn_id)
        return self._turn(row, self.get(row["interview"]))

    def scorecard(self, interview_id: int) -> Scorecard:
        """Sum an interview up as it stands."""
        found = self.get(interview_id)
        turns = self._rows.turns(interview_id)
        bank = self._banks(found.guild)
        attempts = {
            row["number"]: self._answers.attempt(row["attempt"])
            for row in turns
            if row["attempt"] is not None and row["question"] in bank
        }
        return sum_up(found, bank, turns, attempts)

    # ------------------------------------------------------------------ inside

    def _candidates(self, guild: str | None, choice: InterviewChoice) -> list[Question]:
        bank = self._banks(guild)
        wanted = [topic.casefold() for topic in choice.topics]
        found = [
            question
            for question in bank.values()
            if not wanted
            or any(topic in question.topic.casefold() for topic in wanted)
            or {tag.casefold() for tag in question.tags} & set(wanted)
        ]
        if not found:
            raise Refusal(f"no question on these topics; there are {', '.join(bank.topics)}")
        return found

    def _ask_next(self, interview_id: int) -> None:
        """Open the next question, or end the interview."""
        found = self.get(interview_id)
        row = self._rows.get(interview_id)
        assert row is not None
        now = self._clock()
        turns = [turn for turn in self._rows.turns(interview_id) if not turn["follow_up"]]
        over = found.ends_at is not None and now >= found.ends_at
        question = None if over or len(turns) >= found.choice.questions else self._choose(found, row, turns)
        if question is None:
            self._rows.end(interview_id, now)
            return
        self._store.add_question(question)
        limit = self._limit(row, found, now)
        self._rows.add_turn(
            interview_id, len(turns) + 1, question, question.prompt, now, now + limit if limit else None
        )

    def _limit(self, row: Mapping[str, Any], found: Interview, now: datetime) -> timedelta | None:
        if found.choice.minutes is None or row["factor"] is None:
            return None
        share = timedelta(minutes=found.choice.minutes * row["factor"]) / found.choice.questions
        return min(share, found.ends_at - now) if found.ends_at else share

    def _choose(
        self, found: Interview, row: Mapping[str, Any], turns: list[dict[str, Any]]
    ) -> Question | None:
        """Take the question nearest to the difficulty wanted: a topic less asked, long unanswered, by lot."""
        bank = self._banks(found.guild)
        asked = {turn["question"] for turn in turns}
        left = [
            question for question in self._candidates(found.guild, found.choice) if question.id not in asked
        ]
        if not left:
            return None
        wanted = found.choice.level.difficulty if found.choice.level else 2
        for turn in turns:
            score = turn["score"] or 0
            wanted = min(3, max(1, wanted + (score >= HARDER) - (score < EASIER)))
        often = [bank[turn["question"]].topic for turn in turns if turn["question"] in bank]
        before = self._rows.asked_before(found.person)
        draw = random.Random(row["shuffle"])
        lot = {question_id: draw.random() for question_id in sorted(bank)}

        def rank(question: Question) -> tuple[int, int, str, float]:
            distance = abs(question.level.difficulty - wanted)
            return distance, often.count(question.topic), before.get(question.id, ""), lot[question.id]

        return min(left, key=rank)

    def _go_on(self, row: Mapping[str, Any], attempt: Attempt) -> None:
        found = self.get(row["interview"])
        now = self._clock()
        asked = None if row["follow_up"] else follow_up(attempt.question, attempt.text, attempt.grade)
        if asked is None or (found.ends_at is not None and now >= found.ends_at):
            self._ask_next(found.id)
            return
        whole = self._rows.get(found.id)
        assert whole is not None
        limit = self._limit(whole, found, now)
        deadline = now + limit * FOLLOW_UP_SHARE if limit else None
        self._rows.add_turn(found.id, row["number"], attempt.question, asked, now, deadline)

    def _expire(self, row: Mapping[str, Any], now: datetime) -> Step:
        found = self.get(row["interview"])
        deadline = datetime.fromisoformat(row["deadline"])
        before = [turn for turn in self._rows.turns(found.id) if turn["id"] < row["id"]]
        if now - deadline > ABANDONED:
            self._pause(found, now)
            return Step(self.get(found.id), paused=True)
        self._rows.set_turn(row["id"], answered_at=instant(now), expired=1)
        self._ask_next(found.id)
        following = self.get(found.id)
        if before and before[-1]["expired"] and following.state == "open":
            self._pause(following, now)
            return Step(self.get(found.id), expired=True, paused=True, closed=row["message"])
        return replace(self._after(found.id), expired=True, closed=row["message"])

    def _pause(self, found: Interview, now: datetime) -> None:
        left = (found.ends_at - now).total_seconds() if found.ends_at else None
        turn = self._rows.open_turn(found.id)
        if turn and turn["deadline"]:
            allowed = datetime.fromisoformat(turn["deadline"]) - datetime.fromisoformat(turn["asked_at"])
            rest = datetime.fromisoformat(turn["deadline"]) - now
            # What was asked and could not be answered is asked again with all its time.
            rest = rest if rest > timedelta(0) else allowed
            self._rows.set_turn(turn["id"], seconds_left=rest.total_seconds())
            left = max(left or 0.0, rest.total_seconds())
        self._rows.set(found.id, state="paused", seconds_left=left)

    def _resume(self, found: Interview, now: datetime) -> None:
        row = self._rows.get(found.id)
        assert row is not None
        ends = now + timedelta(seconds=row["seconds_left"]) if row["seconds_left"] is not None else None
        self._rows.set(found.id, state="open", ends_at=ends and instant(ends), seconds_left=None)
        turn = self._rows.open_turn(found.id)
        if turn and turn["seconds_left"] is not None:
            deadline = now + timedelta(seconds=turn["seconds_left"])
            allowed = datetime.fromisoformat(turn["deadline"]) - datetime.fromisoformat(turn["asked_at"])
            # The time used is kept by moving the beginning.
            self._rows.set_turn(
                turn["id"],
                deadline=instant(deadline),
                asked_at=instant(deadline - allowed),
                seconds_left=None,
                message=None,
            )
        elif turn:
            self._rows.set_turn(turn["id"], message=None)
        elif not self._marks_awaited(found.id):
            self._ask_next(found.id)

    def _marks_awaited(self, interview_id: int) -> bool:
        turns = {turn["id"] for turn in self._rows.turns(interview_id)}
        return any(
            row["kind"] == Kind.INTERVIEW and row["place"] in turns for row in self._store.answers.waiting()
        )

    def _after(self, interview_id: int) -> Step:
        found = self.get(interview_id)
        card = self.scorecard(interview_id) if found.state == "done" else None
        return Step(found, next=self.current(interview_id), scorecard=card)

    def _own(self, interview_id: int, person: str) -> Interview:
        found = self.get(interview_id)
        if found.person != person:
            raise Refusal("this is someone else's interview; begin your own with /interview start")
        return found

    def _check_open(self, row: Mapping[str, Any], found: Interview) -> None:
        if found.state == "paused":
            raise Refusal("this interview is paused; go on with /interview resume")
        if found.state == "done":
            raise Refusal("this interview is over; begin another with /interview start")
        if row["answered_at"] is not None:
            raise Refusal("this question was answered or its time is over; go on with the next one")
        if row["deadline"] and self._clock() > datetime.fromisoformat(row["deadline"]) + GRACE:
            raise Refusal("the time for this question is over; go on with the next one")

    def _turn_row(self, turn_id: int) -> dict[str, Any]:
        row = self._rows.turn(turn_id)
        if row is None:
            raise Refusal("this interview was deleted; begin another with /interview start")
        return row

    def _first_attempt(self, row: Mapping[str, Any]) -> Attempt | None:
        """Return what a follow-up builds on."""
        if not row["follow_up"]:
            return None
        turns = self._rows.turns(row["interview"])
        first = next(turn for turn in turns if turn["number"] == row["number"] and not turn["follow_up"])
        return self._answers.attempt(first["attempt"]) if first["attempt"] is not None else None

    def _interview(self, row: Mapping[str, Any]) -> Interview:
        topics, level, minutes, questions = json.loads(row["choice"])
        answered = sum(
            turn["attempt"] is not None and not turn["follow_up"] for turn in self._rows.turns(row["id"])
        )
        return Interview(
            row["id"],
            row["person"],
            row["guild"],
            row["channel"],
            InterviewChoice(tuple(topics), Level(level) if level else None, minutes, questions),
            row["state"],
            datetime.fromisoformat(row["started_at"]),
            _time(row["ends_at"]),
            _time(row["ended_at"]),
            answered,
        )

    def _turn(self, row: Mapping[str, Any], found: Interview) -> Turn:
        return Turn(
            row["id"],
            found.id,
            row["number"],
            found.choice.questions,
            self._answers.question(found.guild, row["question"]),
            row["said"],
            bool(row["follow_up"]),
            datetime.fromisoformat(row["asked_at"]),
            _time(row["deadline"]),
            row["message"],
        )


def _time(found: str | None) -> datetime | None:
    return datetime.fromisoformat(found).astimezone(UTC) if found else None


def _raised(first: Attempt, grade: Grade) -> Grade:
    """Return the first grade with the better of both verdicts on each point, and half of the gain."""
    from grader.score import credit

    later = {point.point_id: point for point in grade.points}

    def better(point: PointGrade) -> PointGrade:
        other = later.get(point.point_id, point)
        return other if credit(other.probabilities) > credit(point.probabilities) else point

    gain = max(0, grade.score - first.grade.score)
    return replace(
        first.grade,
        score=first.grade.score + round(gain / 2),
        points=tuple(better(point) for point in first.grade.points),
        sure=grade.sure if gain else first.grade.sure,
    )
