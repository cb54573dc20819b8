from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from bot import spoken
from bot.contest import Place, Round, RoundCard
from bot.daily import Daily, DailyResult, SharedAnswer
from bot.leaderboard import Period, Scope
from bot.models import InterviewChoice, Personal
from bot.privacy import Holdings
from bot.room import room_map
from bot.scorecard import RULE, Judgement
from tests.practising import WordGrader, question
from tests.together import ANN, BOB, CHANNEL, CY, SERVER, Together, full, light, weighty, wide_bank

APPLE = question("apple")
NAMES = {ANN: "Ann", BOB: "Bob", CY: "Cy"}


def name(person: str) -> str:
    return NAMES[person]


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together(bank=wide_bank())
    yield together
    together.services.close()


def test_a_scorecard(us: Together) -> None:
    interviews = us.services.interviews
    interview = interviews.start("r", ANN, SERVER, CHANNEL, InterviewChoice(("trees",), None, 30, 3))
    for text in (full, light):
        turn = interviews.current(interview.id)
        assert turn is not None
        us.clock.pass_(minutes=1, seconds=5)
        found = interviews.answer(us.request(), turn.id, ANN, text(turn.question.id))
        interviews.mark(found, us.grade(found))  # type: ignore[arg-type]
    follow = interviews.current(interview.id)
    assert follow is not None
    found = interviews.answer(us.request(), follow.id, ANN, weighty(follow.question.id))
    interviews.mark(found, us.grade(found))  # type: ignore[arg-type]
    card = interviews.stop(interview.id, ANN).scorecard
    assert card is not None
    text_ = spoken.scorecard(card)
    assert text_.startswith("**Too few answers for a judgement** · mean ")
    assert "1. **100 / 100** · 1:05 min of 10:00 min · What do you know about" in text_
    assert "2. **63 / 100**, raised from 25 · 1:05 min of 14:00 min" in text_
    assert "3. not answered · 0 s of 10:00 min" in text_
    assert "**Strengths**" in text_
    assert text_.endswith(f"-# {RULE}")
    for judgement in Judgement:
        assert spoken.JUDGEMENTS[judgement]


def test_a_round_card() -> None:
    grades = [WordGrader().grade(APPLE, text) for text in (full("apple"), "it not ripens slowly")]
    round_ = Round(1, 2, APPLE, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), 2)
    places = (Place(1, ANN, 88, 100, 30.2), Place(2, BOB, 0, 0, 12.0))
    card = RoundCard(round_, places, room_map(APPLE, grades), ((ANN, BOB),), last=False)
    assert spoken.round_card(card, name).split("\n") == [
        "🥇 Ann: **88** points (100 / 100, 30 s)",
        "🥈 Bob: **0** points (0 / 100, 12 s)",
        "",
        "**The room**",
        "",
        "- 1 of 2 said: The apple ripens slowly",
        "- 1 of 2 said: Birds love apple",
        "- Two opposite views (1 to 1) on: The apple ripens slowly",
    ]
    told = spoken.alike(card, name)
    assert set(told) == {ANN, BOB}
    assert told[ANN].startswith("Your answer in round 2 is nearly identical to that of Bob.")
    assert spoken.alike_for_host(card, name) == (
        "Nearly identical answers in round 2; the points stand:\n\n- Ann and Bob"
    )
    nobody = RoundCard(round_, (), room_map(APPLE, []), (), last=False)
    assert spoken.round_card(nobody, name) == "Nobody answered this round."
    assert (spoken.alike(nobody, name), spoken.alike_for_host(nobody, name)) == ({}, None)
    assert spoken.final((Place(1, ANN, 9), Place(1, BOB, 9), Place(4, CY, 2)), name).split("\n") == [
        "🥇 Ann: **9** points",
        "🥇 Bob: **9** points",
        "4\\. Cy: **2** points",
    ]
    assert spoken.final((), name) == "Nobody took part."


def test_leaderboards(us: Together) -> None:
    assert "Nobody is ranked yet" in spoken.board(us.services.board.table(SERVER, ANN), name)
    us.practise(ANN, "apple", light("apple"))
    us.practise(BOB, "apple", full("apple"))
    us.services.people.change(BOB, alias="B_o_b")
    board = us.services.board.table(SERVER, ANN, period=Period.WEEK, limit=1)
    assert spoken.board(board, name).split("\n") == [
        "**The best this week**, on this server: the sum of the 10 best answers, each question once",
        "",
        "🥇 B\\_o\\_b: 100 points, 1 question",
        "…",
        "🥈 **Ann**: 25 points, 1 question",
    ]
    everywhere = us.services.board.table(SERVER, ANN, scope=Scope.EVERYWHERE)
    assert "**You**: 25 points" in spoken.board(everywhere, name)
    assert "set an alias" in spoken.board(everywhere, name)
    us.services.people.change(ANN, hidden=True)
    assert "chose not to be listed" in spoken.board(us.services.board.table(SERVER, ANN), name)
    gains = spoken.improvement(us.services.board.improvement(SERVER, ANN), name)
    assert gains.endswith("Nobody has answered enough questions in both months yet.")


def test_seasons(us: Together) -> None:
    us.services.guilds.joined(SERVER)
    us.practise(ANN, "apple", full("apple"))
    us.clock.pass_(days=90)
    (season,) = us.services.board.close_seasons()
    assert spoken.season(season, name).split("\n") == [
        "**The season that began in 2026-01 is over**",
        "",
        "🥇 Ann: 100 points, 1 question",
    ]


def test_a_daily_result() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    daily = Daily(1, SERVER, "6", APPLE, date(2026, 1, 1), "result", at, at, None)
    grades = [WordGrader().grade(APPLE, light("apple"))]
    best = (SharedAnswer(ANN, "two\nlines", 25),)
    shown = spoken.daily_result(DailyResult(daily, 1, 25.0, best, room_map(APPLE, grades)), name)
    assert shown.startswith("**1 answer**, 25 / 100 on average\n\n**The room**")
    assert "- Nobody mentioned: The apple ripens slowly" in shown
    assert shown.endswith("**Ann** · 25 / 100\n\n> two\n> lines")
    empty = DailyResult(daily, 0, None, (), room_map(APPLE, []))
    assert spoken.daily_result(empty, name) == "Nobody answered this question."


def test_appeals_and_reports(us: Together) -> None:
    attempt = us.practise(ANN, "apple", "The **tree** takes its time\n@everyone")
    appeal = us.services.appeals.open("r", ANN, attempt.id, "grows", "takes its time everyone")
    shown = spoken.appeal(appeal)
    assert "**Verdict**: missing · mark 0 / 100" in shown
    assert shown.endswith("> The \\*\\*tree\\*\\* takes its time\n> \\@everyone")
    report = us.services.appeals.report("r", ANN, SERVER, "apple", "**wrong** @here")
    assert spoken.report(report).endswith("> \\*\\*wrong\\*\\* \\@here")


def test_ones_own_data_and_settings() -> None:
    assert spoken.holdings(Holdings({})) == "Nothing."
    assert spoken.holdings(Holdings({"appeals": 2})) == "- 2 appeals"
    assert spoken.personal(Personal(None, "Quiet Heron", True, 30)).split("\n") == [
        "- Time factor in interviews: none",
        "- Alias: Quiet Heron",
        "- Leaderboards: you are not listed",
        "- Answer texts are kept: 30 days",
    ]
    assert "1\n- Alias: none" in spoken.personal(Personal())
