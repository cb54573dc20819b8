"""The contest: everyone answers the same question, sealed until time is up or all have answered.

A contest is joining, asking, answering, marking, showing (a round's card), between two rounds, final
(its table is to be shown), cancelled (nobody joined), or done. `due` moves it on and says what is to be
told; every state is stored before it is told and comes back from `due` until `told` says that it was.
A contest that was killed goes on with its next `due`; a round whose time passed meanwhile is closed, and
one whose question nobody could see is given its time anew.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.answers import Answers, Banks
from bot.errors import Refusal
from bot.models import Attempt, Kind, Sealed, Submission
from bot.room import RoomMap, alike, room_map
from bot.store import Store
from bot.store.connection import instant, text
from grader.models import Grade
from questions.models import Level, Question

JOINING = timedelta(seconds=60)
BETWEEN = timedelta(seconds=20)
GRACE = timedelta(seconds=2)  # an answer sent in time may arrive a little later
FAST_SHARE = 0.25  # of the points at most that time takes away
LEAST = 50  # a mark below this earns the same at any time


@dataclass(frozen=True, slots=True)
class ContestChoice:
    """What is played: `topic` is part of a topic's name or a tag, `seconds` the time for each answer."""

    topic: str | None = None
    rounds: int = 5
    seconds: int = 120
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest as stored. `host` is None once that person had their data deleted."""

    id: int
    guild: str | None
    channel: str
    host: str | None
    choice: ContestChoice
    state: str
    round: int
    joins_until: datetime
    people: tuple[str, ...]
    stopping: bool


@dataclass(frozen=True, slots=True)
class Round:
    """A round: its question, its time, and how many answers are sealed."""

    contest: int
    number: int
    question: Question
    opened_at: datetime
    deadline: datetime
    answered: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a ranking; `score` and `seconds` (until the answer) only in a round's."""

    place: int
    person: str
    points: int
    score: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RoundCard:
    """What is shown after a round: the ranking, the map of what was said, answers that are too alike."""

    round: Round
    places: tuple[Place, ...]
    room: RoomMap
    alike: tuple[tuple[str, str], ...]
    last: bool


@dataclass(frozen=True, slots=True)
class RoundResult:
    """A person's own result of a round; `alike` are people with a nearly identical answer."""

    attempt: Attempt
    points: int
    place: int
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContestStep:
    """What a contest needs now. `action` is one of

    "ask"        show the round's question, then `told`
    "mark"       grade the submissions, then `mark`
    "round"      show the card, then `told`
    "final"      show the table, then `told`
    "cancelled"  say that nobody joined, then `told`

    `nonce` is the same each time that the step comes, so that a front end can show it once.
    """

    contest: Contest
    action: str
    round: Round | None = None
    submissions: tuple[Submission, ...] = ()
    card: RoundCard | None = None
    table: tuple[Place, ...] = ()

    @property
    def nonce(self) -> str:
        """Name the step."""
        return f"c{self.contest.id}-{self.contest.round}-{self.action}"


class Contests:
    """Run contests."""

    def __init__(self, store: Store, banks: Banks, answers: Answers, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._rows = store.contests
        self._banks = banks
        self._answers = answers
        self._clock = clock

    # ------------------------------------------------------------------ what people do

    def start(
        self, request: str, guild: str | None, channel: str, host: str, choice: ContestChoice
    ) -> Contest:
        """Open a contest for joining; it begins by itself after a minute, or with `begin`."""
        if not 1 <= choice.rounds <= 20:
            raise Refusal("a contest has 1 to 20 rounds; for example 5")
        if not 15 <= choice.seconds <= 1800:
            raise Refusal("a round lasts 15 to 1800 seconds; for example 120")
        with self._store.writing():
            known = self._rows.by_request(request)
            if known:
                return self._contest(known)
            if self._rows.here(channel):
                raise Refusal("a contest is on in this channel; join it, or start one in another channel")
            self._candidates(guild, choice)
            now = self._clock()
            self._store.add_person(host, now)
            number = self._rows.add(
                {
                    "request": request,
                    "guild": guild,
                    "channel": channel,
                    "host": host,
                    "choice": json.dumps([choice.topic, choice.rounds, choice.seconds, choice.level]),
                    "shuffle": random.SystemRandom().randrange(2**31),
                    "state": "joining",
                    "next_at": instant(now + JOINING),
                    "created_at": text(now),
                }
            )
            return self.get(number)

    def join(self, contest_id: int, person: str) -> Contest:
        """Let a person take part, from now on; joining twice changes nothing."""
        with self._store.writing():
            self._running(contest_id)
            self._join(contest_id, person)
            return self.get(contest_id)

    def leave(self, contest_id: int, person: str) -> Contest:
        """Let a person take no further part; the answers they gave stay."""
        with self._store.writing():
            self._rows.leave(contest_id, person)
            return self.get(contest_id)

    def begin(self, contest_id: int) -> Contest:
        """End the joining now; once it has begun this changes nothing. Raises Refusal while nobody joined."""
        with self._store.writing():
            found = self._running(contest_id)
            if found.state == "joining":
                if not found.people:
                    raise Refusal("nobody has joined yet; press Join first")
                self._rows.set(contest_id, next_at=instant(self._clock()))
            return self.get(contest_id)

    def answer(self, request: str, contest_id: int, round_number: int, person: str, text: str) -> Sealed:
        """Seal an answer; once this returns, it may be acknowledged. It can be changed once.

        Raises Refusal for a round that is over, and for a second change.
        """
        with self._store.writing():
            row = self._rows.get(contest_id)
            found = self._running(contest_id) if row and not row["ended_at"] else self.get(contest_id)
            entry = self._rows.entry(contest_id, round_number, person)
            known = self._store.answers.by_request(request)
            if known and entry:
                return self._sealed(found, round_number, entry)
            round_row = self._rows.round(contest_id, round_number)
            now = self._clock()
            if (
                round_row is None
                or found.round != round_number
                or found.state not in ("asking", "answering")
                or now > datetime.fromisoformat(round_row["deadline"]) + GRACE
            ):
                raise Refusal("this round is over; the next question comes soon")
            if entry and entry["changed"]:
                raise Refusal("you have changed your answer once; it stays as it is")
            self._join(contest_id, person)
            submission = self._answers.take(
                request, person, found.guild, Kind.CONTEST, contest_id, round_row["question"], text
            )
            if entry:
                self._store.answers.replaced(entry["submission"])
            self._rows.enter(contest_id, round_number, person, submission.id, now)
            entry = self._rows.entry(contest_id, round_number, person)
            assert entry is not None
            return self._sealed(self.get(contest_id), round_number, entry)

    def stop(self, contest_id: int) -> Contest:
        """End a contest: the open round is closed with the answers given, and what was played is ranked."""
        with self._store.writing():
            self._running(contest_id)
            self._rows.set(contest_id, stopping=1)
            return self.get(contest_id)

    def abandon(self, contest_id: int) -> None:
        """End a contest whose channel is gone; answers that are sealed are marked first, by `due`."""
        with self._store.writing():
            self._rows.abandon(self._clock(), contest=contest_id)

    # ------------------------------------------------------------------ what drives it

    def due(self) -> list[ContestStep]:
        """Move every contest on by its clock and return what each needs, at most one step a contest.

        Call every second, and after anything that people did.
        """
        steps = []
        now = self._clock()
        self._rewind(now)
        for number in self._rows.due(now, now - GRACE):
            try:
                with self._store.writing():
                    step = self._step(number)
            except Refusal:
                # Its questions were removed meanwhile: what was played is ranked.
                self._rows.set(number, state="final")
                step = self._told_next(self.get(number))
            if step:
                steps.append(step)
        return steps

    def mark(self, contest_id: int, round_number: int, grades: Mapping[int, Grade]) -> None:
        """Keep a closed round's marks, by submission id, and rank it; marking twice changes nothing."""
        with self._store.writing():
            found = self.get(contest_id)
            if found.state != "marking" or found.round != round_number:
                return
            round_row = self._rows.round(contest_id, round_number)
            assert round_row is not None
            for entry in self._rows.entries(contest_id, round_number):
                submission = self._answers.submission(entry["submission"])
                if submission is None or submission.id not in grades:
                    continue
                attempt = self._answers.keep(submission, grades[submission.id])
                self._rows.score(
                    contest_id,
                    round_number,
                    entry["person"],
                    attempt.grade.score,
                    points(attempt.grade.score, _seconds(round_row, entry), found.choice.seconds),
                )
            self._rows.set(contest_id, state="showing")

    def told(self, step: ContestStep, message: str | None = None) -> None:
        """Note that a step was shown, and where (None: nowhere any more); telling twice changes nothing."""
        number = step.contest.id
        with self._store.writing():
            found = self.get(number)
            now = self._clock()
            if found.round != step.contest.round:
                return
            if step.action == "ask" and found.state == "asking":
                self._rows.set_round(number, found.round, message=message)
                self._rows.set(number, state="answering")
            elif step.action == "round" and found.state == "showing":
                self._rows.set_round(number, found.round, card=message)
                last = found.stopping or found.round >= self._rounds(found)
                self._rows.set(number, state="final" if last else "between", next_at=instant(now + BETWEEN))
            elif step.action == found.state and found.state in ("final", "cancelled"):
                self._rows.set(number, state="done", ended_at=text(now), message=message)

    # ------------------------------------------------------------------ looking

    def get(self, contest_id: int) -> Contest:
        """Return a contest; raises Refusal where it is gone."""
        row = self._rows.get(contest_id)
        if row is None:
            raise Refusal("this contest is no longer stored; start one with /contest start")
        return self._contest(row)

    def here(self, channel: str) -> Contest | None:
        """Find the contest that is on in a channel."""
        row = self._rows.here(channel)
        return self._contest(row) if row else None

    def round(self, contest_id: int, round_number: int) -> Round:
        """Return a round; raises Refusal where there is none."""
        row = self._rows.round(contest_id, round_number)
        if row is None:
            raise Refusal("there is no such round; the next question comes soon")
        return self._round(row, self.get(contest_id))

    def card(self, contest_id: int, round_number: int) -> RoundCard:
        """Return a marked round's card."""
        found = self.get(contest_id)
        row = self._rows.round(contest_id, round_number)
        if row is None:
            raise Refusal("there is no such round")
        attempts = {}
        played = []
        for entry in self._rows.entries(contest_id, round_number):
            if entry["attempt"] is None or entry["points"] is None:
                continue
            attempts[entry["person"]] = self._answers.attempt(entry["attempt"])
            played.append((entry["person"], entry["points"], entry["score"], _seconds(row, entry)))
        shown = self._round(row, found)
        return RoundCard(
            round=shown,
            places=ranking(played),
            room=room_map(shown.question, [attempt.grade for attempt in attempts.values()]),
            alike=alike({person: attempt.text for person, attempt in attempts.items()}),
            last=found.stopping or round_number >= self._rounds(found),
        )

    def table(self, contest_id: int) -> tuple[Place, ...]:
        """Rank everyone who answered or took part over all rounds that were marked."""
        sums: dict[str, int] = dict.fromkeys(self._rows.people(contest_id), 0)
        for entry in self._rows.entries(contest_id):
            sums[entry["person"]] = sums.get(entry["person"], 0) + (entry["points"] or 0)
        return ranking([(person, total, None, None) for person, total in sums.items()])

    def own(self, contest_id: int, round_number: int, person: str) -> RoundResult | None:
        """Return a person's own result of a marked round, None without an answer."""
        card = self.card(contest_id, round_number)
        place = next((each for each in card.places if each.person == person), None)
        entry = self._rows.entry(contest_id, round_number, person)
        if place is None or entry is None:
            return None
        others = {each for pair in card.alike if person in pair for each in pair if each != person}
        attempt = self._answers.attempt(entry["attempt"])
        return RoundResult(attempt, place.points, place.place, tuple(sorted(others)))

    # ------------------------------------------------------------------ inside

    def _rewind(self, now: datetime) -> None:
        """Let begin now what began in the future: the system's clock was put back meanwhile."""
        self._rows.wait_at_most(now + max(JOINING, BETWEEN))
        for row in self._rows.opened_after(now):
            deadline = now + timedelta(seconds=self.get(row["contest"]).choice.seconds)
            self._rows.set_round(
                row["contest"], row["number"], opened_at=instant(now), deadline=instant(deadline)
            )

    def _step(self, number: int) -> ContestStep | None:
        found = self.get(number)
        row = self._rows.get(number)
        assert row is not None
        now = self._clock()
        reached = now >= datetime.fromisoformat(row["next_at"])
        if found.state == "joining" and (reached or found.stopping):
            if not found.people or found.stopping:
                self._rows.set(number, state="cancelled")
            else:
                self._open(found, now)
        elif found.state == "between" and (reached or found.stopping):
            if found.stopping or not self._open(found, now):
                self._rows.set(number, state="final")
        elif found.state in ("asking", "answering"):
            self._close_if_over(found, now)
        return self._told_next(self.get(number))

    def _told_next(self, found: Contest) -> ContestStep | None:
        if found.state == "asking":
            return ContestStep(found, "ask", self.round(found.id, found.round))
        if found.state == "marking":
            sealed = [
                self._answers.submission(entry["submission"])
                for entry in self._rows.entries(found.id, found.round)
            ]
            submissions = tuple(submission for submission in sealed if submission)
            return ContestStep(found, "mark", self.round(found.id, found.round), submissions)
        if found.state == "showing":
            return ContestStep(
                found, "round", self.round(found.id, found.round), card=self.card(found.id, found.round)
            )
        if found.state in ("final", "cancelled"):
            return ContestStep(found, found.state, table=self.table(found.id))
        return None

    def _open(self, found: Contest, now: datetime) -> bool:
        """Open the next round; False where no question is left."""
        asked = {row["question"] for row in self._rows.rounds(found.id)}
        row = self._rows.get(found.id)
        assert row is not None
        order = sorted(self._candidates(found.guild, found.choice), key=lambda question: question.id)
        random.Random(row["shuffle"]).shuffle(order)
        question = next((each for each in order if each.id not in asked), None)
        if question is None:
            return False
        self._store.add_question(question)
        deadline = now + timedelta(seconds=found.choice.seconds)
        self._rows.open_round(found.id, found.round + 1, question.id, now, deadline)
        self._rows.set(found.id, state="asking", round=found.round + 1)
        return True

    def _close_if_over(self, found: Contest, now: datetime) -> None:
        row = self._rows.round(found.id, found.round)
        assert row is not None
        entries = self._rows.entries(found.id, found.round)
        answered = {entry["person"] for entry in entries}
        over = now > datetime.fromisoformat(row["deadline"]) + GRACE
        if found.state == "asking" and over and not entries and not found.stopping:
            # Its question was never shown: give it its time anew.
            deadline = now + timedelta(seconds=found.choice.seconds)
            self._rows.open_round(found.id, found.round, row["question"], now, deadline)
            return
        all_in = bool(found.people) and answered >= set(found.people)
        if over or all_in or found.stopping:
            self._rows.set(found.id, state="marking" if entries else "showing")

    def _candidates(self, guild: str | None, choice: ContestChoice) -> list[Question]:
        bank = self._banks(guild)
        wanted = (choice.topic or "").casefold()
        found = [
            question
            for question in bank.values()
            if (wanted in question.topic.casefold() or wanted in (tag.casefold() for tag in question.tags))
            and choice.level in (None, question.level)
        ]
        if not found:
            raise Refusal(f"no question of that topic and level; topics are {', '.join(bank.topics)}")
        return found

    def _rounds(self, found: Contest) -> int:
        """Count the rounds that can be played."""
        return min(found.choice.rounds, len(self._candidates(found.guild, found.choice)))

    def _running(self, contest_id: int) -> Contest:
        found = self.get(contest_id)
        if found.state in ("done", "cancelled", "final"):
            raise Refusal("this contest is over; start one with /contest start")
        return found

    def _join(self, contest_id: int, person: str) -> None:
        now = self._clock()
        self._store.add_person(person, now)
        self._rows.join(contest_id, person, now)

    def _sealed(self, found: Contest, round_number: int, entry: Mapping[str, Any]) -> Sealed:
        answered = {each["person"] for each in self._rows.entries(found.id, round_number)}
        changed = bool(entry["changed"])
        return Sealed(changed, not changed, len(set(found.people) - answered))

    def _round(self, row: Mapping[str, Any], found: Contest) -> Round:
        return Round(
            found.id,
            row["number"],
            self._answers.question(found.guild, row["question"]),
            datetime.fromisoformat(row["opened_at"]),
            datetime.fromisoformat(row["deadline"]),
            len(self._rows.entries(found.id, row["number"])),
        )

    def _contest(self, row: Mapping[str, Any]) -> Contest:
        topic, rounds, seconds, level = json.loads(row["choice"])
        return Contest(
            row["id"],
            row["guild"],
            row["channel"],
            row["host"],
            ContestChoice(topic, rounds, seconds, Level(level) if level else None),
            row["state"],
            row["round"],
            datetime.fromisoformat(row["next_at"]),
            tuple(self._rows.people(row["id"])),
            bool(row["stopping"]),
        )


def points(score: int, seconds: float, limit: float) -> int:
    """Return the points for a mark: time takes away a quarter at most, and nothing from a mark under 50.

    `seconds` until the answer count from 0 to `limit`.
    """
    if score < LEAST:
        return score
    used = min(max(seconds, 0.0), limit) / limit
    return round(score * (1 - FAST_SHARE * used))


def ranking(played: Sequence[tuple[str, int, int | None, float | None]]) -> tuple[Place, ...]:
    """Rank (person, points, score, seconds) by points; ties share a place, in the order of their ids."""
    places: list[Place] = []
    for number, (person, earned, score, seconds) in enumerate(
        sorted(played, key=lambda item: (-item[1], item[0])), 1
    ):
        tied = places and places[-1].points == earned
        places.append(Place(places[-1].place if tied else number, person, earned, score, seconds))
    return tuple(places)


def _seconds(round_row: Mapping[str, Any], entry: Mapping[str, Any]) -> float:
    opened = datetime.fromisoformat(round_row["opened_at"])
    return (datetime.fromisoformat(entry["at"]) - opened).total_seconds()
