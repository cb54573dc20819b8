from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.daily import Daily, DailyStep
from bot.errors import Refusal
from bot.models import Sealed
from tests.together import ANN, BOB, CY, GARDENS, SERVER, Together, full, light, weighty

NINE = datetime(2026, 3, 5, 8, tzinfo=UTC)  # nine o'clock in Berlin


def make(path: Path | None = None) -> Together:
    together = Together(path)
    together.services.guilds.change(
        SERVER, time_zone="Europe/Berlin", daily_at="09:00", daily_channel="600", daily_topic="fruit"
    )
    return together


@pytest.fixture
def us() -> Iterator[Together]:
    together = make()
    yield together
    together.services.close()


def due(us: Together) -> DailyStep:
    (step,) = us.services.dailies.due()
    return step


def asked(us: Together) -> Daily:
    us.clock.now = NINE
    step = due(us)
    assert step.action == "ask"
    us.services.dailies.told(step, "m")
    return us.services.dailies.get(step.daily.id)


def closed(us: Together, daily: Daily) -> DailyStep:
    """Go on to the next day, mark, and return the step that shows the result."""
    us.clock.now = daily.closes_at
    steps = {step.action: step for step in us.services.dailies.due()}
    us.services.dailies.told(steps["ask"], "m")
    us.services.dailies.close(daily.id, us.grades(steps["close"].submissions))
    return due(us)


def answer(us: Together, daily: Daily, person: str, text: str) -> Sealed:
    return us.services.dailies.answer(us.request(), daily.id, person, text)


def test_a_question_comes_once_a_day_at_the_servers_time(us: Together) -> None:
    us.clock.now = NINE.replace(hour=7, minute=59)
    assert us.services.dailies.due() == []
    daily = asked(us)
    assert (daily.day, daily.channel, daily.question.topic) == (date(2026, 3, 5), "600", "Fruit")
    assert daily.closes_at == NINE.replace(day=6)
    assert us.services.dailies.due() == []
    us.clock.now = NINE.replace(day=6)
    assert {step.action for step in us.services.dailies.due()} == {"ask", "close"}


def test_a_day_that_was_missed_is_not_made_up_for(us: Together) -> None:
    us.clock.now = NINE.replace(hour=9, minute=1)
    assert us.services.dailies.due() == []


def test_a_server_without_time_or_channel_has_none(us: Together) -> None:
    us.services.guilds.change(SERVER, daily_at=None)
    us.clock.now = NINE
    assert us.services.dailies.due() == []
    assert us.services.dailies.ask_now(SERVER).closes_at > us.clock()
    with pytest.raises(Refusal, match="asked already"):
        us.services.dailies.ask_now(SERVER)
    us.services.guilds.change(SERVER, daily_channel=None)
    with pytest.raises(Refusal, match="/setup"):
        us.services.dailies.ask_now(SERVER)


def test_answers_are_sealed_until_the_next_day(us: Together) -> None:
    daily = asked(us)
    name = daily.question.id
    assert answer(us, daily, ANN, light(name)) == Sealed(False, True)
    assert answer(us, daily, ANN, full(name)) == Sealed(True, False)
    with pytest.raises(Refusal, match="changed your answer once"):
        answer(us, daily, ANN, "x")
    answer(us, daily, BOB, weighty(name))
    answer(us, daily, CY, light(name))
    assert us.services.dailies.own(daily.id, ANN) is None
    for person in (ANN, CY):
        us.services.dailies.share(daily.id, person)
    shown = closed(us, daily)
    result = shown.result
    assert result is not None
    assert (result.answers, result.mean) == (3, (100 + 88 + 25) / 3)
    # Bob kept his to himself, Cy's would teach nobody.
    assert [(best.person, best.text, best.score) for best in result.best] == [(ANN, full(name), 100)]
    assert result.room.people == 3
    own = us.services.dailies.own(daily.id, BOB)
    assert own is not None
    assert own.grade.score == 88
    us.services.dailies.told(shown, "r")
    assert us.services.dailies.due() == []
    with pytest.raises(Refusal, match="closed"):
        answer(us, daily, "discord:9", "x")


def test_only_an_answer_can_be_shared(us: Together) -> None:
    daily = asked(us)
    with pytest.raises(Refusal, match="answer it first"):
        us.services.dailies.share(daily.id, ANN)


def test_the_same_request_is_sealed_once(us: Together) -> None:
    daily = asked(us)
    first = us.services.dailies.answer("r", daily.id, ANN, "x")
    assert us.services.dailies.answer("r", daily.id, ANN, "x") == first


def test_no_question_comes_again_before_all_were_asked(us: Together) -> None:
    seen = []
    for day in range(5, 11):
        us.clock.now = NINE.replace(day=day)
        for step in us.services.dailies.due():
            if step.action == "ask":
                seen.append(step.daily.question.id)
                us.services.dailies.told(step, "m")
            else:
                us.services.dailies.close(step.daily.id, {})
    assert len(seen) == 6
    assert set(seen[:3]) == set(seen[3:]) == {"apple", "banana", "cherry"}


def test_nothing_is_lost_when_it_is_killed(tmp_path: Path) -> None:
    us = make(tmp_path / "i.db")
    us.clock.now = NINE
    step = due(us)
    us.restart()
    assert due(us) == step
    us.services.dailies.told(step, "m")
    answer(us, step.daily, ANN, full(step.daily.question.id))
    us.restart()
    us.clock.now = NINE.replace(day=9, hour=15)  # days later
    closing = due(us)
    assert closing.action == "close"
    us.restart()
    assert due(us) == closing
    us.services.dailies.close(step.daily.id, us.grades(closing.submissions))
    us.restart()
    shown = due(us)
    assert shown.result is not None
    assert shown.result.answers == 1
    us.services.close()


def test_a_question_that_was_removed_ends_its_day(us: Together) -> None:
    us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)
    us.services.guilds.change(SERVER, daily_topic="Gardens")
    daily = asked(us)
    us.services.corpora.remove(SERVER, "gardens.md")
    assert us.services.dailies.due() == []
    with pytest.raises(Refusal, match="no longer in the bank"):
        us.services.dailies.get(daily.id)


def test_a_server_that_left_is_asked_no_more(us: Together) -> None:
    asked(us)
    us.services.guilds.removed(SERVER)
    us.clock.pass_(days=1)
    assert us.services.dailies.due() == []


def test_a_question_whose_channel_is_gone_is_marked_and_ends(us: Together) -> None:
    daily = asked(us)
    answer(us, daily, ANN, full(daily.question.id))
    us.services.dailies.abandon(daily.id)
    us.services.dailies.close(daily.id, us.grades(due(us).submissions))
    assert due(us).action == "result"
    us.services.dailies.abandon(daily.id)
    assert us.services.dailies.due() == []
    own = us.services.dailies.own(daily.id, ANN)
    assert own is not None
    assert own.grade.score == 100
