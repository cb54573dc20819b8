"""Leaderboards: who did best in a period, who improved most, and seasons that close by themselves.

A question counts once a period, with its best mark; a repeat within 20 hours doesn't count at all, so
that nobody gains by copying the model answer. Points are the sum of a person's best marks, of as many as
`BEST_OF` says, so that volume alone doesn't win. Hidden people are in no table but still see their own row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.guilds import DEFAULTS, GuildSettings, all_settings, settings_of
from bot.store import Store

REPEAT = timedelta(hours=20)
LEAST_FOR_GAIN = 5  # questions in each of two months; below, chance decides
SEASON_ROWS = 25
EVERYWHERE = ""


class Period(StrEnum):
    """What a leaderboard covers, in the server's time zone."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    ALL = "all"


class Scope(StrEnum):
    """Whose answers a leaderboard covers: everywhere only those of people who chose an alias."""

    SERVER = "server"
    EVERYWHERE = "everywhere"


BEST_OF = {Period.DAY: 3, Period.WEEK: 10, Period.MONTH: 20, Period.SEASON: 40, Period.ALL: 100}


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time from `start` up to, not including, `end` (UTC); `key` names it in the store."""

    key: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A place on a leaderboard; `name` is the person's alias."""

    place: int
    person: str
    name: str | None
    points: int
    answers: int


@dataclass(frozen=True, slots=True)
class Board:
    """The best of a period and the asking person's `own` row, None without an answer.

    `people` are all who are ranked; `hidden` says that the person is not, and only they see their row.
    """

    period: Period
    topic: str | None
    scope: Scope
    best_of: int
    rows: tuple[Row, ...]
    own: Row | None
    people: int
    ends_at: datetime | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Gain:
    """How much higher a person's mean mark is this month than last month."""

    place: int
    person: str
    name: str | None
    mean: float
    before: float

    @property
    def gain(self) -> float:
        """Marks gained, negative where lost."""
        return self.mean - self.before


@dataclass(frozen=True, slots=True)
class Improvement:
    """Who gained most over last month, and the asking person's own row."""

    rows: tuple[Gain, ...]
    own: Gain | None


@dataclass(frozen=True, slots=True)
class Season:
    """A closed season's table; `champions` share the first place. `key` begins with "season "."""

    guild: str
    key: str
    rows: tuple[Row, ...]
    champions: tuple[str, ...]


class Leaderboard:
    """Keep standings true with every mark, and show them."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def counts(self, person: str, question: str) -> bool:
        """Say whether an answer given now counts: not within 20 hours of the last to the same question."""
        last = self._store.last_answer(person, question)
        # One in the future was given before the system's clock was put back.
        return last is None or not timedelta(0) <= self._clock() - last < REPEAT

    def record(self, person: str, guild: str | None, at: datetime) -> None:
        """Bring a person's standings up to date after an answer given at a time was marked."""
        for scope in (guild, EVERYWHERE):
            if scope is not None:
                self._fill(scope, at, person)

    def refresh(self, person: str) -> None:
        """Make a person's standings anew, as after an alias, an opt-out or an upheld appeal."""
        now = self._clock()
        for scope in (*self._store.people.guilds(person), EVERYWHERE):
            self._fill(scope, now, person)
            self._fill_last_month(scope, now, person)

    def rebuild(self, guild: str) -> None:
        """Make a server's standings anew, as after a change of its time zone."""
        now = self._clock()
        self._fill(guild, now)
        self._fill_last_month(guild, now)

    def table(
        self,
        guild: str | None,
        person: str,
        *,
        period: Period = Period.MONTH,
        topic: str | None = None,
        scope: Scope = Scope.SERVER,
        limit: int = 10,
    ) -> Board:
        """Show the best `limit` of the running period and the person's own row. Ties share a place."""
        where = guild if guild and scope is Scope.SERVER else EVERYWHERE
        window = self._window(period, where, self._clock())
        rows = self._ranked(self._store.standings.top(where, window.key, topic or "", limit))
        own = next((row for row in rows if row.person == person), None)
        if own is None:
            own = self._own(where, person, period, window, topic or "")
        shown = self._store.people.read(person)
        return Board(
            period=period,
            topic=topic,
            scope=scope if where else Scope.EVERYWHERE,
            best_of=BEST_OF[period],
            rows=rows,
            own=own,
            people=self._store.standings.people(where, window.key, topic or ""),
            ends_at=None if period is Period.ALL else window.end,
            hidden=shown.hidden or (where == EVERYWHERE and shown.alias is None),
        )

    def improvement(self, guild: str | None, person: str, limit: int = 10) -> Improvement:
        """Show who gained most over last month, of those with five questions or more in each month."""
        where = guild or EVERYWHERE
        this = self._window(Period.MONTH, where, self._clock())
        last = self._window(Period.MONTH, where, this.start - timedelta(hours=1))
        rows: list[Gain] = []
        for row in self._store.standings.gains(where, this.key, last.key, LEAST_FOR_GAIN):
            same = rows and abs(rows[-1].gain - (row["mean"] - row["before"])) < 1e-9
            place = rows[-1].place if same else len(rows) + 1
            rows.append(Gain(place, row["person"], row["alias"], row["mean"], row["before"]))
        own = next((row for row in rows if row.person == person), None)
        return Improvement(tuple(rows[:limit]), own)

    def close_seasons(self) -> list[Season]:
        """Close the seasons that ended and return all that were closed and not yet told."""
        now = self._clock()
        for guild, settings in all_settings(self._store):
            self._close(guild, settings, now)
        self._forget_old(EVERYWHERE, DEFAULTS, now)
        return [
            self._season(row["guild"], row["period"])
            for row in self._store.standings.seasons(None, untold=True)
        ]

    def season_told(self, season: Season) -> None:
        """Note that a season's table was shown."""
        self._store.standings.season_told(season.guild, season.key)

    def seasons(self, guild: str) -> list[Season]:
        """List a server's closed seasons, the latest first."""
        found = self._store.standings.seasons(guild, untold=False)
        return [self._season(guild, row["period"]) for row in found]

    def _close(self, guild: str, settings: GuildSettings, now: datetime) -> None:
        running = window(Period.SEASON, now, settings).key
        with self._store.writing():
            for key in self._store.standings.periods_between(guild, "season ", running):
                rows = self._ranked(self._store.standings.top(guild, key, "", SEASON_ROWS))
                known = {row["period"] for row in self._store.standings.seasons(guild, untold=False)}
                if rows and key not in known:
                    places = [(row.place, row.person, row.points, row.answers) for row in rows]
                    self._store.standings.close_season(guild, key, places, now)
                self._store.standings.drop_between(guild, key, f"{key} ")
            self._forget_old(guild, settings, now)

    def _forget_old(self, scope: str, settings: GuildSettings, now: datetime) -> None:
        """Delete the standings that no leaderboard shows any more."""
        month = window(Period.MONTH, now, settings)
        last_month = window(Period.MONTH, month.start - timedelta(hours=1), settings)
        for first, last in (
            ("day ", window(Period.DAY, now, settings).key),
            ("week ", window(Period.WEEK, now, settings).key),
            ("month ", last_month.key),
            *([("season ", window(Period.SEASON, now, settings).key)] if scope == EVERYWHERE else []),
        ):
            self._store.standings.drop_between(scope, first, last)

    def _season(self, guild: str, key: str) -> Season:
        found = self._store.standings.season_rows(guild, key)
        rows = tuple(
            Row(row["place"], row["person"], row["alias"], row["points"], row["answers"]) for row in found
        )
        return Season(guild, key, rows, tuple(row.person for row in rows if row.place == 1))

    def _fill(self, scope: str, at: datetime, person: str | None = None) -> None:
        for period in Period:
            found = self._window(period, scope, at)
            self._store.standings.fill(scope, found.key, found.start, found.end, BEST_OF[period], person)

    def _fill_last_month(self, scope: str, now: datetime, person: str | None = None) -> None:
        this = self._window(Period.MONTH, scope, now)
        last = self._window(Period.MONTH, scope, this.start - timedelta(hours=1))
        self._store.standings.fill(scope, last.key, last.start, last.end, BEST_OF[Period.MONTH], person)

    def _window(self, period: Period, scope: str, at: datetime) -> Window:
        return window(period, at, settings_of(self._store, scope or None))

    def _ranked(self, found: Sequence[dict[str, object]]) -> tuple[Row, ...]:
        rows: list[Row] = []
        for number, row in enumerate(found, 1):
            same = rows and rows[-1].points == row["points"]
            place = rows[-1].place if same else number
            rows.append(Row(place, **{("name" if key == "alias" else key): row[key] for key in row}))  # type: ignore[arg-type]
        return tuple(rows)

    def _own(self, scope: str, person: str, period: Period, found: Window, topic: str) -> Row | None:
        """Work out a row that the table doesn't show: too far down, or hidden."""
        sums = self._store.standings.of(person, scope, found.start, found.end, BEST_OF[period], topic)
        if sums is None:
            return None
        points, answers = sums
        place = 1 + self._store.standings.better(scope, found.key, topic, points)
        return Row(place, person, self._store.people.read(person).alias, points, answers)


def window(period: Period, at: datetime, settings: GuildSettings) -> Window:
    """Return the period that a time lies in: weeks begin on Monday, seasons with January, all local."""
    zone = settings.zone
    day = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if period is Period.ALL:
        return Window("all", datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
    if period is Period.DAY:
        start, end = day, day + timedelta(days=1)
    elif period is Period.WEEK:
        start = day - timedelta(days=day.weekday())
        end = start + timedelta(days=7)
    else:
        months = 1 if period is Period.MONTH else settings.season_months
        first = (day.month - 1) // months * months
        start = day.replace(month=first + 1, day=1)
        year, month = divmod(day.year * 12 + first + months, 12)
        end = start.replace(year=year, month=month + 1)
    name = f"{start:%Y-%m}" if period in (Period.MONTH, Period.SEASON) else f"{start:%Y-%m-%d}"
    return Window(f"{period} {name}", start.astimezone(UTC), end.astimezone(UTC))
