from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.guilds import GuildSettings
from bot.leaderboard import BEST_OF, Period, Scope, window
from tests.together import ANN, BOB, CY, SERVER, START, Together, full, light, weighty, wide_bank

NAMES = list(wide_bank())


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together(bank=wide_bank())
    yield together
    together.services.close()


def points(us: Together, period: Period = Period.MONTH, **options: object) -> list[tuple[int, str, int]]:
    board = us.services.board.table(SERVER, ANN, period=period, **options)  # type: ignore[arg-type]
    return [(row.place, row.person, row.points) for row in board.rows]


def test_the_best_come_first_and_ties_share_a_place(us: Together) -> None:
    for person, text in ((BOB, full), (CY, full), (ANN, light)):
        us.practise(person, "apple", text("apple"))
    assert points(us) == [(1, BOB, 100), (1, CY, 100), (3, ANN, 25)]


def test_volume_alone_does_not_win(us: Together) -> None:
    for name in NAMES[:12]:
        us.practise(BOB, name, light(name))
    for name in NAMES[:3]:
        us.practise(CY, name, full(name))
    assert BEST_OF[Period.DAY] == 3
    assert points(us, Period.DAY) == [(1, CY, 300), (2, BOB, 75)]
    board = us.services.board.table(SERVER, ANN)
    assert [(row.person, row.points, row.answers) for row in board.rows] == [(BOB, 300, 12), (CY, 300, 3)]


def test_a_question_counts_once_with_its_best_mark(us: Together) -> None:
    us.practise(ANN, "apple", light("apple"))
    us.clock.pass_(hours=21)
    us.practise(ANN, "apple", full("apple"))
    us.clock.pass_(hours=21)
    us.practise(ANN, "apple", light("apple"))
    assert points(us, Period.WEEK) == [(1, ANN, 100)]


def test_copying_the_model_answer_gains_nothing(us: Together) -> None:
    us.practise(ANN, "apple", light("apple"))
    us.clock.pass_(hours=19)
    us.practise(ANN, "apple", full("apple"))
    assert points(us, Period.ALL) == [(1, ANN, 25)]


def test_periods_end(us: Together) -> None:
    us.practise(ANN, "apple", full("apple"))
    expected = {Period.DAY: 1, Period.WEEK: 5, Period.MONTH: 28, Period.SEASON: 28}
    for period, days in expected.items():
        us.clock.now = START.replace(hour=23)
        assert points(us, period) == [(1, ANN, 100)], period
        us.clock.pass_(days=days)
        assert points(us, period) == [], period
        assert us.services.board.table(SERVER, ANN, period=period).own is None
    assert points(us, Period.ALL) == [(1, ANN, 100)]


def test_topics_and_servers_are_apart(us: Together) -> None:
    us.practise(ANN, "apple", full("apple"))
    us.practise(BOB, "maple", full("maple"))
    us.practise(CY, "apple", full("apple"), guild="discord:78")
    assert points(us, topic="Trees") == [(1, BOB, 100)]
    assert points(us) == [(1, ANN, 100), (1, BOB, 100)]


def test_ones_own_row_is_always_shown(us: Together) -> None:
    for person in (BOB, CY):
        us.practise(person, "apple", full("apple"))
    us.practise(ANN, "apple", light("apple"))
    board = us.services.board.table(SERVER, ANN, limit=2)
    assert [row.person for row in board.rows] == [BOB, CY]
    assert board.own is not None
    assert (board.own.place, board.own.points, board.people) == (3, 25, 3)


def test_hidden_people_are_in_no_table_but_see_their_row(us: Together) -> None:
    us.practise(ANN, "apple", weighty("apple"))
    us.practise(BOB, "apple", light("apple"))
    us.services.people.change(ANN, hidden=True)
    us.practise(ANN, "banana", weighty("banana"))
    board = us.services.board.table(SERVER, ANN)
    assert [row.person for row in board.rows] == [BOB]
    assert board.own is not None
    assert (board.hidden, board.own.place, board.own.points) == (True, 1, 176)
    us.services.people.change(ANN, hidden=False)
    assert points(us) == [(1, ANN, 176), (2, BOB, 25)]


def test_everywhere_lists_only_who_chose_an_alias(us: Together) -> None:
    us.practise(ANN, "apple", full("apple"))
    us.practise(BOB, "apple", weighty("apple"), guild=None)
    us.services.people.change(BOB, alias="Quiet Heron")
    board = us.services.board.table(SERVER, ANN, scope=Scope.EVERYWHERE)
    assert [(row.person, row.name, row.points) for row in board.rows] == [(BOB, "Quiet Heron", 88)]
    assert board.hidden
    assert board.own is not None
    assert board.own.points == 100
    us.services.people.change(ANN, alias="Loud Owl")
    board = us.services.board.table(None, ANN)
    assert [(row.place, row.name) for row in board.rows] == [(1, "Loud Owl"), (2, "Quiet Heron")]
    assert board.scope is Scope.EVERYWHERE


def test_forgotten_people_vanish(us: Together) -> None:
    us.practise(ANN, "apple", full("apple"))
    us.services.privacy.forget(ANN)
    assert points(us) == []


def test_the_improvement_board_measures_against_oneself(us: Together) -> None:
    us.clock.now = datetime(2026, 2, 10, tzinfo=UTC)
    for person, text in ((ANN, light), (BOB, weighty), (CY, full)):
        for name in NAMES[:5]:
            us.practise(person, name, text(name))
    us.clock.now = datetime(2026, 3, 10, tzinfo=UTC)
    for person, text, count in ((ANN, weighty, 5), (BOB, full, 5), (CY, full, 4)):
        for name in NAMES[5 : 5 + count]:
            us.practise(person, name, text(name))
    found = us.services.board.improvement(SERVER, BOB, limit=1)
    assert [(row.place, row.person, row.gain) for row in found.rows] == [(1, ANN, 63)]
    assert found.own is not None
    assert (found.own.place, found.own.gain) == (2, 12)
    assert us.services.board.improvement(SERVER, CY).own is None


def test_the_servers_time_zone_says_when_a_day_ends(us: Together) -> None:
    us.services.guilds.change(SERVER, time_zone="Asia/Tokyo")
    us.practise(ANN, "apple", full("apple"))  # 19:00 in Tokyo
    us.clock.pass_(hours=6)
    assert points(us, Period.DAY) == []
    us.services.guilds.change(SERVER, time_zone="America/New_York")
    assert points(us, Period.DAY) == [(1, ANN, 100)]


# ---------------------------------------------------------------------- seasons


def test_seasons_close_by_themselves_and_keep_their_table(us: Together) -> None:
    us.services.guilds.joined(SERVER)
    us.practise(ANN, "apple", weighty("apple"))
    us.practise(BOB, "apple", full("apple"))
    us.practise(CY, "apple", full("apple"))
    assert us.services.board.close_seasons() == []
    us.clock.now = datetime(2026, 4, 1, tzinfo=UTC)
    (season,) = us.services.board.close_seasons()
    assert (season.key, season.champions) == ("season 2026-01", (BOB, CY))
    assert [(row.place, row.person, row.points) for row in season.rows] == [
        (1, BOB, 100),
        (1, CY, 100),
        (3, ANN, 88),
    ]
    # Until it was told it comes again; after that no more, but it is kept.
    assert us.services.board.close_seasons() == [season]
    us.services.board.season_told(season)
    assert us.services.board.close_seasons() == []
    assert us.services.board.seasons(SERVER) == [season]
    us.services.privacy.forget(BOB)
    assert us.services.board.seasons(SERVER)[0].champions == (CY,)
    us.services.people.change(CY, hidden=True)
    assert [row.person for row in us.services.board.seasons(SERVER)[0].rows] == [ANN]


def test_a_season_without_answers_has_no_table(us: Together) -> None:
    us.services.guilds.joined(SERVER)
    us.clock.pass_(days=400)
    assert us.services.board.close_seasons() == []


def test_old_standings_go(us: Together) -> None:
    us.services.guilds.joined(SERVER)
    us.services.people.change(ANN, alias="Loud Owl")
    us.practise(ANN, "apple", full("apple"))
    us.clock.pass_(days=90)
    us.services.board.close_seasons()
    kept = {row["period"] for row in us.services.store.rows("SELECT period FROM standings")}
    assert kept == {"all"}


@pytest.mark.parametrize(
    ("period", "at", "months", "key", "start", "end"),
    [
        (Period.DAY, "2026-03-29T12:00+00:00", 3, "day 2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        (Period.WEEK, "2026-01-01T12:00+00:00", 3, "week 2025-12-29", "2025-12-28T23:00", "2026-01-04T23:00"),
        (Period.MONTH, "2026-12-31T23:30+00:00", 3, "month 2027-01", "2026-12-31T23:00", "2027-01-31T23:00"),
        (
            Period.SEASON,
            "2026-11-24T12:00+00:00",
            3,
            "season 2026-10",
            "2026-09-30T22:00",
            "2026-12-31T23:00",
        ),
        (
            Period.SEASON,
            "2026-11-24T12:00+00:00",
            12,
            "season 2026-01",
            "2025-12-31T23:00",
            "2026-12-31T23:00",
        ),
    ],
)
def test_windows(period: Period, at: str, months: int, key: str, start: str, end: str) -> None:
    settings = GuildSettings.model_validate({"time_zone": "Europe/Berlin", "season_months": months})
    found = window(period, datetime.fromisoformat(at), settings)
    assert (found.key, f"{found.start:%Y-%m-%dT%H:%M}", f"{found.end:%Y-%m-%dT%H:%M}") == (key, start, end)


@given(
    st.sampled_from(Period),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["UTC", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]),
    st.sampled_from([1, 2, 3, 4, 6, 12]),
)
def test_windows_hold_their_time_and_follow_each_other(
    period: Period, at: datetime, zone: str, months: int
) -> None:
    settings = GuildSettings.model_validate({"time_zone": zone, "season_months": months})
    moment = at.replace(tzinfo=UTC)
    found = window(period, moment, settings)
    assert found.start <= moment < found.end
    if period is not Period.ALL:
        following = window(period, found.end, settings)
        assert following.start == found.end
        assert following.key > found.key


ANSWERS = st.lists(
    st.tuples(
        st.sampled_from([ANN, BOB, CY]),
        st.sampled_from(NAMES[:4]),
        st.sampled_from([full, weighty, light]),
        st.floats(0, 60),
        st.sampled_from([SERVER, "discord:78", None]),
    ),
    max_size=15,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANSWERS)
def test_the_tables_agree_with_a_plain_count(
    answers: list[tuple[str, str, object, float, str | None]],
) -> None:
    us = Together(bank=wide_bank())
    given_: list[tuple[str, str, int, datetime, str | None]] = []
    last: dict[tuple[str, str], datetime] = {}
    for person, name, text, hours, guild in answers:
        us.clock.pass_(hours=hours)
        us.clock.now = us.clock.now.replace(microsecond=0)
        attempt = us.practise(person, name, text(name), guild)  # type: ignore[operator]
        before = last.get((person, name))
        if before is None or (us.clock() - before).total_seconds() >= 20 * 3600:
            given_.append((person, name, attempt.grade.score, us.clock(), guild))
        last[person, name] = us.clock()
    for period in Period:
        found = window(period, us.clock(), GuildSettings())
        best: dict[str, dict[str, int]] = {}
        for person, name, score, at, guild in given_:
            if guild == SERVER and found.start <= at < found.end:
                marks = best.setdefault(person, {})
                marks[name] = max(score, marks.get(name, 0))
        sums = {person: sum(sorted(marks.values())[-BEST_OF[period] :]) for person, marks in best.items()}
        board = us.services.board.table(SERVER, ANN, period=period)
        assert {row.person: row.points for row in board.rows} == sums
        assert (board.own.points if board.own else None) == sums.get(ANN)
        us.services.board.rebuild(SERVER)
        assert us.services.board.table(SERVER, ANN, period=period) == board
    us.services.close()
