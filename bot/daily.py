"""The question of the day: asked at a local time, answers sealed until the next one comes.

A daily question is asking (to be shown), open, marking, result (to be shown), or done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import fmean
from typing import Any

from bot.answers import Answers, Banks
from bot.errors import Refusal
from bot.guilds import GuildSettings, all_settings, settings_of
from bot.models import Attempt, Kind, Sealed, Submission
from bot.room import RoomMap, room_map
from bot.store import Store
from bot.store.connection import instant
from grader.models import Grade
from questions.models import Question

BEST = 3
LEAST_TO_SHOW = 50  # a shared answer below this mark teaches nobody


@dataclass(frozen=True, slots=True)
class Daily:
    """A server's question of a local `day`; `message` is where it was shown."""

    id: int
    guild: str
    channel: str
    question: Question
    day: date
    state: str
    opened_at: datetime
    closes_at: datetime
    message: str | None


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """An answer that its author let be shown."""

    person: str
    text: str
    score: int


@dataclass(frozen=True, slots=True)
class DailyResult:
    """How a day went; `mean` is None without an answer."""

    daily: Daily
    answers: int
    mean: float | None
    best: tuple[SharedAnswer, ...]
    room: RoomMap


@dataclass(frozen=True, slots=True)
class DailyStep:
    """What a daily question needs now. `action` is one of

    "ask"     show the question, then `told`
    "close"   grade the submissions, then `close`
    "result"  show the result, then `told`
    """

    daily: Daily
    action: str
    submissions: tuple[Submission, ...] = ()
    result: DailyResult | None = None

    @property
    def nonce(self) -> str:
        """Name the step."""
        return f"d{self.daily.id}-{self.action}"


class Dailies:
    """Ask a question a day on every server that set a time and a channel for it."""

    def __init__(self, store: Store, banks: Banks, answers: Answers, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._rows = store.dailies
        self._banks = banks
        self._answers = answers
        self._clock = clock

    def due(self) -> list[DailyStep]:
        """Open today's questions, close those whose time is over, and return what each needs now.

        Call every minute or so. A day that was missed altogether is not made up for.
        """
        now = self._clock()
        for guild, settings in all_settings(self._store):
            if settings.daily_at and settings.daily_channel:
                with self._store.writing():
                    self._open_if_time(guild, settings, now)
        steps = []
        for row in self._rows.running():
            if row["state"] == "open" and datetime.fromisoformat(row["opened_at"]) > now:
                # The system's clock was put back: it ends with the next one, not so much later.
                settings = settings_of(self._store, row["guild"])
                closes_at = _at(_local(now, settings).date() + timedelta(days=1), settings)
                self._rows.set(row["id"], opened_at=instant(now), closes_at=instant(closes_at))
            elif row["state"] == "open" and now >= datetime.fromisoformat(row["closes_at"]):
                self._rows.set(row["id"], state="marking")
            try:
                step = self._step(self.get(row["id"]))
            except Refusal:
                # The question was removed meanwhile.
                self._rows.set(row["id"], state="done")
                continue
            if step:
                steps.append(step)
        return steps

    def ask_now(self, guild: str) -> Daily:
        """Open today's question at once; raises Refusal where there is one or no channel is set."""
        settings = settings_of(self._store, guild)
        if not settings.daily_channel:
            raise Refusal("no channel is set for the daily question; choose one with /setup")
        now = self._clock()
        with self._store.writing():
            if self._rows.on(guild, _local(now, settings).date().isoformat()):
                raise Refusal("today's question was asked already; the next one comes tomorrow")
            return self._open(guild, settings, now)

    def answer(self, request: str, daily_id: int, person: str, text: str) -> Sealed:
        """Seal an answer; it can be changed once. Raises Refusal when the day is over."""
        with self._store.writing():
            found = self.get(daily_id)
            entry = self._rows.entry(daily_id, person)
            if entry and self._store.answers.by_request(request):
                return Sealed(bool(entry["changed"]), not entry["changed"])
            if found.state not in ("asking", "open") or self._clock() >= found.closes_at:
                raise Refusal("this question is closed; its answers are shown below it")
            if entry and entry["changed"]:
                raise Refusal("you have changed your answer once; it stays as it is")
            submission = self._answers.take(
                request, person, found.guild, Kind.DAILY, daily_id, found.question.id, text
            )
            if entry:
                self._store.answers.replaced(entry["submission"])
            self._rows.enter(daily_id, person, submission.id)
            return Sealed(entry is not None, entry is None)

    def share(self, daily_id: int, person: str, on: bool = True) -> None:
        """Let a person's answer be shown with the result, or not; raises Refusal where there is none."""
        if not self._rows.share(daily_id, person, on):
            raise Refusal("you have not answered this question; answer it first")

    def close(self, daily_id: int, grades: Mapping[int, Grade]) -> None:
        """Keep the marks of a closed day, by submission id; closing twice changes nothing."""
        with self._store.writing():
            if self.get(daily_id).state != "marking":
                return
            for entry in self._rows.entries(daily_id):
                submission = self._answers.submission(entry["submission"])
                if submission and submission.id in grades:
                    self._answers.keep(submission, grades[submission.id])
            self._rows.set(daily_id, state="result")

    def told(self, step: DailyStep, message: str | None = None) -> None:
        """Note that a step was shown, and where; telling twice changes nothing."""
        with self._store.writing():
            state = self.get(step.daily.id).state
            if (step.action, state) == ("ask", "asking"):
                self._rows.set(step.daily.id, state="open", message=message)
            elif (step.action, state) == ("result", "result"):
                self._rows.set(step.daily.id, state="done", result=message)

    def abandon(self, daily_id: int) -> None:
        """End a daily question whose channel is gone; answers that are sealed are marked first, by `due`."""
        self._rows.abandon(daily=daily_id)

    def get(self, daily_id: int) -> Daily:
        """Return a daily question; raises Refusal where it is gone."""
        row = self._rows.get(daily_id)
        if row is None:
            raise Refusal("this daily question is no longer stored")
        return self._daily(row)

    def own(self, daily_id: int, person: str) -> Attempt | None:
        """Return a person's marked answer; None before the marks are out or without an answer."""
        entry = self._rows.entry(daily_id, person)
        return self._answers.attempt(entry["attempt"]) if entry and entry["attempt"] is not None else None

    def result(self, daily_id: int) -> DailyResult:
        """Sum up a marked day."""
        found = self.get(daily_id)
        attempts, shared = [], []
        for entry in self._rows.entries(daily_id):
            if entry["attempt"] is None:
                continue
            attempt = self._answers.attempt(entry["attempt"])
            attempts.append(attempt)
            if entry["shared"] and attempt.grade.score >= LEAST_TO_SHOW and attempt.text:
                shared.append(SharedAnswer(attempt.person, attempt.text, attempt.grade.score))
        return DailyResult(
            daily=found,
            answers=len(attempts),
            mean=fmean(attempt.grade.score for attempt in attempts) if attempts else None,
            best=tuple(sorted(shared, key=lambda answer: -answer.score)[:BEST]),
            room=room_map(found.question, [attempt.grade for attempt in attempts]),
        )

    # ------------------------------------------------------------------ inside

    def _open_if_time(self, guild: str, settings: GuildSettings, now: datetime) -> None:
        local = _local(now, settings)
        time = _at(local.date(), settings)
        # Not hours late, as after a day without the program or when the time was only now set.
        if time <= now < time + timedelta(hours=1) and not self._rows.on(guild, local.date().isoformat()):
            self._open(guild, settings, now)

    def _open(self, guild: str, settings: GuildSettings, now: datetime) -> Daily:
        assert settings.daily_channel
        day = _local(now, settings).date()
        question = self._choose(guild, settings, day)
        self._store.add_question(question)
        closes_at = _at(day + timedelta(days=1), settings)
        number = self._rows.add(guild, settings.daily_channel, question.id, day.isoformat(), now, closes_at)
        return self.get(number)

    def _choose(self, guild: str, settings: GuildSettings, day: date) -> Question:
        """Take a question that was not asked for longest, by the day's lot."""
        import random

        bank = self._banks(guild)
        wanted = (settings.daily_topic or "").casefold()
        fitting = [question for question in bank.values() if wanted in question.topic.casefold()]
        pool = fitting or list(bank.values())
        recent = set(self._rows.asked(guild, len(pool) - 1))
        left = sorted(question.id for question in pool if question.id not in recent)
        return bank[random.Random(f"{guild} {day}").choice(left)]

    def _step(self, found: Daily) -> DailyStep | None:
        if found.state == "asking":
            return DailyStep(found, "ask")
        if found.state == "marking":
            sealed = [self._answers.submission(entry["submission"]) for entry in self._rows.entries(found.id)]
            return DailyStep(found, "close", tuple(each for each in sealed if each))
        if found.state == "result":
            return DailyStep(found, "result", result=self.result(found.id))
        return None

    def _daily(self, row: Mapping[str, Any]) -> Daily:
        return Daily(
            row["id"],
            row["guild"],
            row["channel"],
            self._answers.question(row["guild"], row["question"]),
            date.fromisoformat(row["day"]),
            row["state"],
            datetime.fromisoformat(row["opened_at"]),
            datetime.fromisoformat(row["closes_at"]),
            row["message"],
        )


def _local(now: datetime, settings: GuildSettings) -> datetime:
    return now.astimezone(settings.zone)


def _at(day: date, settings: GuildSettings) -> datetime:
    """Return the moment (UTC) of the daily question on a local date; 09:00 where no time is set."""
    hour, minute = map(int, (settings.daily_at or "09:00").split(":"))
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=settings.zone)
    return local.astimezone(UTC)
