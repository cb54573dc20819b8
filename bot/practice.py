"""Practising: which question comes next, how an answer is taken, how far a person is. No front end."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import fmean

from bot.background import Grades
from bot.models import (
    AskedQuestion,
    Attempt,
    Choice,
    Progress,
    Session,
    Summary,
    TopicProgress,
    Weakness,
)
from bot.store import Store
from grader.models import Verdict
from questions.errors import InterviewError
from questions.models import Bank, KeyPoint, Level, Question

MAX_ANSWER = 20_000  # characters: ten pages, and still graded within seconds
WEAKEST = 5

Missed = tuple[AskedQuestion, KeyPoint, Verdict]


class PracticeError(InterviewError):
    """A session can't go on as asked. The text is for the person practising."""


def utc_now() -> datetime:
    """Return the time by the system's clock."""
    return datetime.now(UTC)


class Practice:
    """Ask questions of one bank, grade the answers and keep them.

    `corpus` names the bank in the store, so that a session goes on only with the questions it began with.
    """

    def __init__(
        self,
        bank: Bank,
        grader: Grades,
        store: Store,
        *,
        corpus: str = "bundled",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.bank = bank
        self._grader = grader
        self._store = store
        self._corpus = corpus
        self._clock = clock

    # ------------------------------------------------------------------ sessions

    def start(self, person: str, choice: Choice, *, fresh: bool = False, place: str = "") -> Session:
        """Begin a session, or go on with the person's unfinished one of the same choice and corpus.

        `fresh` always begins a new one; `place` is the channel it plays in. Raises PracticeError where no
        question fits the choice.
        """
        self.candidates(choice.topic, choice.level)
        session = self._store.open_session(person, place=place)
        if not fresh and session and (session.corpus, session.choice) == (self._corpus, choice):
            known = session.current is None or session.current in self.bank
            return session if known else replace(session, current=None, draft="")
        order = choice.seed if choice.seed is not None else random.SystemRandom().randrange(2**31)
        return self._store.start_session(person, self._corpus, choice, order, self._clock(), place=place)

    def advance(self, session: Session) -> Session:
        """Put the next question of the session, which becomes its `current`; None at the session's end."""
        choice = session.choice
        if choice.count is not None and len(session.asked) >= choice.count:
            return replace(session, current=None, draft="")
        question = self.next_question(
            session.person, topic=choice.topic, level=choice.level, seed=session.order, exclude=session.asked
        )
        if question is None:
            return replace(session, current=None, draft="")
        session = replace(session, asked=(*session.asked, question.id), current=question.id, draft="")
        self._store.save_session(session)
        return session

    def repeat(self, session: Session, question_id: str) -> Session:
        """Put a question of this session once more."""
        session = replace(session, current=question_id, draft="")
        self._store.save_session(session)
        return session

    def leave(self, session: Session, draft: str) -> None:
        """Keep an answer that was begun, to go on with at the next `start`, unless it is stored by now."""
        stored = self._store.open_session(session.person, place=session.place)
        if stored and (stored.id, stored.current) == (session.id, session.current):
            self._store.save_session(replace(session, draft=_storable(draft)))

    def finish(self, session: Session) -> Summary:
        """End a session and sum it up."""
        self._store.end_session(session, self._clock())
        return self.summary(session)

    def summary(self, session: Session) -> Summary:
        """Sum up a session's answers; the latest counts where a question was answered twice."""
        latest = dict(self._store.session_marks(session))
        marks = tuple(
            (self.bank[question], mark) for question, mark in latest.items() if question in self.bank
        )
        weakest = self._weakest(self._store.missed(session.person, session=session))
        reading = {weak.section.id: weak.section for weak in weakest if weak.section}
        return Summary(marks, weakest[:WEAKEST], tuple(reading.values()))

    # ------------------------------------------------------------------ questions and answers

    def candidates(self, topic: str | None = None, level: Level | None = None) -> list[Question]:
        """List the questions whose topic contains `topic` (or that bear it as a tag) at `level`.

        Raises PracticeError naming the topics or levels there are where none fits.
        """
        wanted = (topic or "").casefold()
        by_topic = [
            question
            for question in self.bank.values()
            if wanted in question.topic.casefold() or wanted in (tag.casefold() for tag in question.tags)
        ]
        if not by_topic:
            raise PracticeError(f"no question on the topic {topic!r}; topics: {', '.join(self.bank.topics)}")
        fitting = [question for question in by_topic if level in (None, question.level)]
        if not fitting:
            levels = ", ".join(level for level in Level if level in {question.level for question in by_topic})
            raise PracticeError(f"no {level} question{f' on {topic!r}' if topic else ''}; levels: {levels}")
        return fitting

    def next_question(
        self,
        person: str,
        *,
        topic: str | None = None,
        level: Level | None = None,
        seed: int = 0,
        exclude: Iterable[str] = (),
    ) -> Question | None:
        """Choose a question: due ones first (longest due leads), then new ones, then what is due soonest.

        `seed` orders the new ones; the same seed and history give the same question.
        Returns None where `exclude` leaves nothing. Raises PracticeError as `candidates` does.
        """
        left = set(exclude)
        fitting = [question for question in self.candidates(topic, level) if question.id not in left]
        if not fitting:
            return None
        due = self._store.due(person)
        now = self._clock()
        draw = random.Random(seed)
        # Drawn over the whole bank, so that a question answered meanwhile doesn't reorder the others.
        lot = {question_id: draw.random() for question_id in sorted(self.bank)}

        def rank(question: Question) -> tuple[int, float]:
            when = due.get(question.id)
            if when is None:
                return 1, lot[question.id]
            return (0 if when <= now else 2), when.timestamp()

        return min(fitting, key=rank)

    def answer(self, person: str, question_id: str, text: str, *, session: Session | None = None) -> Attempt:
        """Grade an answer and store it; with `session`, as the answer to its current question.

        Raises PracticeError for an unknown question or an answer over 20,000 characters, GraderError
        and StoreError; nothing is stored then.
        """
        question = self.bank.get(question_id)
        if question is None:
            raise PracticeError(f"there is no question {question_id!r} any more; go on with the next one")
        text = _storable(text)
        if len(text) > MAX_ANSWER:
            raise PracticeError(
                f"the answer has {len(text):,} characters and at most {MAX_ANSWER:,} are graded; shorten it"
            )
        grade = self._grader.grade(question, text)
        if session:
            session = replace(session, current=None, draft="")
        return self._store.save_attempt(person, question, text, grade, self._clock(), session=session)

    # ------------------------------------------------------------------ progress

    def progress(self, person: str, topic: str | None = None) -> Progress:
        """Sum up all of a person's answers, or those whose topic contains `topic`."""
        wanted = (topic or "").casefold()
        by_topic: dict[str, list[int]] = {}
        latest: dict[str, dict[str, int]] = {}
        for question, name, mark in self._store.marks(person):
            if wanted in name.casefold():
                by_topic.setdefault(name, []).append(mark)
                latest.setdefault(name, {})[question] = mark
        weak = self._weakest(self._store.missed(person))
        due = self._due_by_topic(person)
        topics = tuple(
            TopicProgress(
                topic=name,
                attempts=len(marks),
                mean=fmean(marks),
                trend=trend(marks),
                due=due.get(name, 0),
                weakest=tuple(item for item in weak if item.topic == name)[:WEAKEST],
                mastery=fmean(latest[name].values()),
            )
            for name, marks in sorted(by_topic.items(), key=lambda item: -len(item[1]))
        )
        marks = [mark for _, name, mark in self._store.marks(person) if name in by_topic]
        return Progress(len(marks), fmean(marks) if marks else None, trend(marks), topics)

    def _due_by_topic(self, person: str) -> Mapping[str, int]:
        now = self._clock()
        counts: dict[str, int] = {}
        for question_id, when in self._store.due(person).items():
            if when <= now and (question := self.bank.get(question_id)):
                counts[question.topic] = counts.get(question.topic, 0) + 1
        return counts

    def activity(self, person: str, days: int = 84) -> list[tuple[date, int]]:
        """List each of the last `days` days on which the person answered (UTC), and how often; and today."""
        now = self._clock()
        found = self._store.activity(person, now - timedelta(days=days))
        counts = {date.fromisoformat(day): count for day, count in found}
        return sorted(({now.date(): 0} | counts).items())

    def review(self, person: str, topic: str | None = None, limit: int = 10) -> list[Question]:
        """List what is due again, longest due first, then what the latest answers missed most of."""
        fitting = {question.id: question for question in self.candidates(topic)}
        now = self._clock()
        due = [each for each, when in self._store.due(person).items() if when <= now and each in fitting]
        weak = self._weakest(self._store.missed(person))
        missed = [item.question_id for item in weak if item.question_id in fitting]
        return [fitting[each] for each in dict.fromkeys([*due, *missed])][:limit]

    def session(self, number: int) -> Session | None:
        """Find a session, ended or not."""
        return self._store.session(number)

    def _weakest(self, missed: Iterable[Missed]) -> tuple[Weakness, ...]:
        return weakest(self.bank, missed)


def weakest(bank: Bank, missed: Iterable[Missed]) -> tuple[Weakness, ...]:
    """Order missed points: contradicted first, then by weight, then partly covered ones last."""
    found = [
        Weakness(asked.id, asked.topic, point, verdict, bank.sections.get(point.section or ""))
        for asked, point, verdict in missed
        if not (point.avoid and verdict is not Verdict.CONTRADICTED)
    ]
    order = (Verdict.CONTRADICTED, Verdict.MISSING, Verdict.PARTIAL)
    return tuple(sorted(found, key=lambda weak: (order.index(weak.verdict), -weak.point.weight)))


def trend(marks: list[int]) -> float | None:
    """Take the mean of the later half of the last ten marks less that of their earlier half.

    None for fewer than four marks; the middle one of an odd number counts with the later half.
    """
    last = marks[-10:]
    if len(last) < 4:
        return None
    half = len(last) // 2
    return fmean(last[half:]) - fmean(last[:half])


def _storable(text: str) -> str:
    """Replace what has no encoding: halves of surrogate pairs, as undecodable input becomes."""
    return text.encode("utf-8", "replace").decode()
