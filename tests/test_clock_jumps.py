"""A system clock that is put forward or back by hours or days: nothing hangs, fails or is lost by it."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot.contest import BETWEEN, JOINING, Contest, ContestChoice, ContestStep
from bot.errors import Refusal
from bot.leaderboard import Period
from bot.models import Choice
from tests.interviewing import play, say, start, turn
from tests.test_daily import NINE, answer, asked, make
from tests.together import ANN, BOB, CHANNEL, SERVER, Together, full, light, weighty, wide_bank

JUMPS = [timedelta(hours=-1), timedelta(days=-3), timedelta(hours=1), timedelta(days=3)]


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together(bank=wide_bank())
    yield together
    together.services.close()


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_practice_reviews_and_progress_go_on(us: Together, jump: timedelta) -> None:
    practice = us.services.practice(SERVER)
    session = practice.advance(practice.start(ANN, Choice(), place=CHANNEL))
    assert session.current is not None
    us.practise(ANN, session.current, light(session.current))
    us.clock.now += jump
    assert practice.start(ANN, Choice(), place=CHANNEL).id == session.id
    again = us.practise(ANN, session.current, full(session.current))
    us.practise(ANN, "willow", full("willow"))
    # What was answered last is due later than now, by whatever clock.
    assert all(when > us.clock() for when in us.services.store.due(ANN).values())
    assert again.at == us.clock()
    assert practice.progress(ANN).attempts == 3
    assert sum(count for _, count in practice.activity(ANN)) == 3
    assert us.clock().date() in dict(practice.activity(ANN))
    following = practice.advance(session)
    assert following.current not in (None, session.current)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_nobody_is_kept_from_answering(us: Together, jump: timedelta) -> None:
    us.services.guilds.change(SERVER, answers_per_hour=3)
    for name in ("apple", "banana", "cherry"):
        us.practise(ANN, name, full(name))
    with pytest.raises(Refusal, match="go on in 60 min"):
        us.practise(ANN, "mango", full("mango"))
    us.clock.now += jump
    for name in ("mango", "papaya", "quince"):
        us.practise(ANN, name, full(name))
    with pytest.raises(Refusal, match="go on in 60 min"):
        us.practise(ANN, "maple", full("maple"))


def test_after_the_clock_was_put_back_answers_count_again(us: Together) -> None:
    us.practise(ANN, "apple", light("apple"))
    us.clock.pass_(days=-2)
    us.practise(ANN, "apple", full("apple"))
    board = us.services.board.table(SERVER, ANN, period=Period.DAY)
    assert [row.points for row in board.rows] == [100]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_contest_is_played_to_its_end(us: Together, jump: timedelta) -> None:
    contests = us.services.contests
    made = contests.start(us.request(), SERVER, CHANNEL, ANN, ContestChoice(rounds=2, seconds=60))
    contests.join(made.id, ANN)
    contests.join(made.id, BOB)
    jumped = [False, False, False]

    def jump_once(number: int) -> None:
        """Jump while people join, while they answer, and between two rounds."""
        if not jumped[number]:
            jumped[number] = True
            us.clock.now += jump

    actions = []
    for _ in range(100):
        jump_once(0)
        us.clock.pass_(seconds=max(JOINING, BETWEEN).total_seconds() / 4)
        for step in contests.due():
            actions.append(step.action)
            if step.action == "ask":
                contests.told(step, "m")
                name = contests.round(made.id, step.contest.round).question.id
                contests.answer(us.request(), made.id, step.contest.round, ANN, full(name))
                jump_once(1)
            else:
                finish(us, made, step)
                if step.action == "round":
                    jump_once(2)
        if actions and actions[-1] == "final":
            break
    assert all(jumped)
    assert actions == ["ask", "mark", "round", "ask", "mark", "round", "final"]
    assert contests.table(made.id)[0].person == ANN
    assert contests.here(CHANNEL) is None


def finish(us: Together, made: Contest, step: ContestStep) -> None:
    if step.action == "mark":
        us.services.contests.mark(made.id, step.contest.round, us.grades(step.submissions))
    else:
        us.services.contests.told(step, "m")


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_an_interview_is_gone_on_with(us: Together, jump: timedelta) -> None:
    interview = start(us)
    say(us, interview, weighty(turn(us, interview).question.id))
    us.clock.now += jump
    interviews = us.services.interviews
    interviews.due()
    if interviews.get(interview.id).state == "paused":
        # So long ago, the program was not running.
        interviews.resume(interview.id, ANN)
    now = turn(us, interview)
    assert now.deadline is not None
    assert timedelta(0) < now.deadline - us.clock() <= timedelta(minutes=10)
    while interviews.current(interview.id):
        say(us, interview, full(turn(us, interview).question.id))
    card = interviews.scorecard(interview.id)
    assert interviews.get(interview.id).state == "done"
    assert all(each.seconds >= 0 for each in card.questions)


def test_a_turn_that_nobody_answers_still_ends_after_the_clock_was_put_back(us: Together) -> None:
    start(us)
    us.clock.pass_(days=-2)
    us.services.interviews.due()
    us.clock.pass_(minutes=10, seconds=11)
    (step,) = us.services.interviews.due()
    assert step.expired


def test_an_interview_without_time_limits_is_not_touched(us: Together) -> None:
    interview = start(us, minutes=None)
    us.clock.pass_(days=-2)
    assert us.services.interviews.due() == []
    assert play(us, interview, full, full, full).scorecard is not None


def test_the_daily_question_goes_on_after_the_clock_was_put_back() -> None:
    us = make()
    us.clock.now = NINE + timedelta(days=20)
    (step,) = us.services.dailies.due()
    us.services.dailies.told(step, "m")
    ahead = us.services.dailies.get(step.daily.id)
    answer(us, ahead, ANN, full(ahead.question.id))
    # Now it is right: a question comes today, and the one of the wrong day doesn't wait for weeks.
    today = asked(us)
    assert today.day == date(2026, 3, 5)
    us.clock.now = today.closes_at
    steps = us.services.dailies.due()
    assert sorted((step.action, step.daily.id) for step in steps) == [
        ("ask", today.id + 1),
        ("close", ahead.id),
        ("close", today.id),
    ]
    for step in steps:
        us.services.dailies.close(step.daily.id, us.grades(step.submissions))
    assert us.services.dailies.own(ahead.id, ANN) is not None
    us.services.close()


def test_the_daily_question_goes_on_after_the_clock_was_put_forward() -> None:
    us = make()
    first = asked(us)
    answer(us, first, ANN, full(first.question.id))
    us.clock.pass_(days=3)
    steps = {step.action: step for step in us.services.dailies.due()}
    assert steps.keys() == {"ask", "close"}
    us.services.dailies.close(first.id, us.grades(steps["close"].submissions))
    assert us.services.dailies.own(first.id, ANN) is not None
    us.clock.pass_(days=-3)
    us.services.dailies.due()
    us.clock.pass_(days=1)
    assert "ask" in {step.action for step in us.services.dailies.due()}
    us.services.close()
