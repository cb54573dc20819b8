from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.interview import Step
from bot.models import InterviewChoice, Submission
from bot.scorecard import Judgement
from questions.models import Level
from tests.interviewing import play, say, start, turn
from tests.together import ANN, BOB, CHANNEL, GARDENS, SERVER, Together, full, light, weighty, wide_bank


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together(bank=wide_bank())
    yield together
    together.services.close()


def test_an_interview_from_start_to_scorecard(us: Together) -> None:
    interview = start(us)
    first = turn(us, interview)
    assert (first.number, first.of, first.follow_up, first.text) == (1, 3, False, first.question.prompt)
    assert first.deadline == us.clock() + timedelta(minutes=10)
    us.clock.pass_(minutes=2)
    step = say(us, interview, full(first.question.id))
    assert step.attempt is not None
    assert step.attempt.grade.score == 100
    assert step.next is not None
    assert step.next.number == 2
    assert step.next.deadline == us.clock() + timedelta(minutes=10)
    play(us, interview, full)
    step = say(us, interview, full(turn(us, interview).question.id))
    card = step.scorecard
    assert card is not None
    assert (step.interview.state, step.next, card.mean, card.judgement) == ("done", None, 100, Judgement.HIRE)
    assert [(score.score, score.seconds, score.allowed) for score in card.questions] == [
        (100, 120, 600),
        (100, 0, 600),
        (100, 0, 600),
    ]
    assert len(card.strengths) == 5
    assert card.learn == ()


def test_it_rises_and_falls_with_the_answers(us: Together) -> None:
    interview = start(us, questions=5, topics=("fruit", "trees"))
    ranks = []
    for text in (full, full, light, light, light):
        ranks.append(turn(us, interview).question.level.difficulty)
        play(us, interview, text)
    assert ranks == [2, 3, 3, 2, 1]


def test_it_begins_at_the_level_asked_for(us: Together) -> None:
    assert turn(us, start(us, level=Level.ADVANCED)).question.level is Level.ADVANCED
    us.services.interviews.stop(1, ANN)
    assert turn(us, start(us, level=Level.FUNDAMENTAL)).question.level is Level.FUNDAMENTAL


def test_topics_take_turns_and_no_question_comes_twice(us: Together) -> None:
    interview = start(us, questions=12)
    seen = []
    for _ in range(12):
        seen.append(turn(us, interview).question)
        play(us, interview, weighty)
    assert len({question.id for question in seen}) == 12
    assert {question.topic for question in seen[:4]} == {"Fruit", "Trees", "Fish"}


def test_it_ends_when_no_question_is_left(us: Together) -> None:
    interview = start(us, questions=20, topics=("trees",))
    step = play(us, interview, full, full, full)
    assert step.interview.state == "done"


# ---------------------------------------------------------------------- follow-ups


def test_a_follow_up_asks_for_what_was_missed_and_raises_the_mark(us: Together) -> None:
    interview = start(us)
    name = turn(us, interview).question.id
    step = say(us, interview, light(name))
    asked = step.next
    assert step.attempt is not None
    assert asked is not None
    assert (asked.number, asked.follow_up, asked.question.id) == (1, True, name)
    assert asked.deadline == us.clock() + timedelta(minutes=4)
    assert "ripens" not in asked.text
    later = say(us, interview, f"The {name} ripens slowly")
    assert later.attempt is not None
    # Half of what the follow-up gained counts.
    assert (later.raised_from, later.attempt.grade.score) == (25, 63)
    assert later.attempt.id == step.attempt.id
    assert later.next is not None
    assert later.next.number == 2
    score = us.services.interviews.scorecard(interview.id).questions[0]
    assert (score.first, score.score) == (25, 63)
    stored = us.services.answers.attempt(step.attempt.id)
    assert stored.text == f"{light(name)}\n\nThe {name} ripens slowly"
    assert [point.verdict for point in stored.grade.points] == ["covered", "covered"]


@pytest.mark.parametrize("text", ["nothing to the point", ""])
def test_a_follow_up_never_lowers_the_mark(us: Together, text: str) -> None:
    interview = start(us)
    say(us, interview, weighty(turn(us, interview).question.id))
    later = say(us, interview, text)
    assert later.attempt is not None
    assert later.attempt.grade.score == 88


def test_what_the_author_wrote_comes_first() -> None:
    us = Together()
    interview = start(us)
    name = turn(us, interview).question.id
    step = say(us, interview, light(name))
    assert step.next is not None
    assert step.next.text == f"And the {name} in autumn?"
    us.services.close()


@pytest.mark.parametrize("text", ["", "full"])
def test_no_follow_up_where_nothing_was_said_or_missed(us: Together, text: str) -> None:
    interview = start(us)
    step = say(us, interview, text and full(turn(us, interview).question.id))
    assert step.next is not None
    assert (step.next.number, step.next.follow_up) == (2, False)


# ---------------------------------------------------------------------- time


def test_a_turn_whose_time_is_over_is_closed(us: Together) -> None:
    interview = start(us)
    us.clock.pass_(minutes=10, seconds=10)
    assert us.services.interviews.due() == []
    us.clock.pass_(seconds=1)
    (step,) = us.services.interviews.due()
    assert (step.expired, step.paused, step.next and step.next.number) == (True, False, 2)
    assert us.services.interviews.due() == []
    card = us.services.interviews.scorecard(interview.id)
    assert (card.questions[0].score, card.questions[0].attempt) == (None, None)


def test_an_answer_may_come_a_little_late_but_not_later(us: Together) -> None:
    interview = start(us)
    us.clock.pass_(minutes=10, seconds=9)
    say(us, interview, "x")
    us.clock.pass_(minutes=10, seconds=11)
    with pytest.raises(Refusal, match="time for this question is over"):
        say(us, interview, "y")


def test_two_unanswered_questions_pause_it(us: Together) -> None:
    interview = start(us, questions=5)
    for _ in range(2):
        us.clock.pass_(minutes=6, seconds=11)
        (step,) = us.services.interviews.due()
    assert (step.expired, step.paused, step.interview.state) == (True, True, "paused")
    us.clock.pass_(days=1)
    assert us.services.interviews.due() == []
    us.services.interviews.resume(interview.id, ANN)
    assert turn(us, interview).number == 3


def test_the_personal_time_factor_stretches_deadlines(us: Together) -> None:
    us.services.people.change(ANN, time_factor=1.5)
    assert turn(us, start(us)).deadline == us.clock() + timedelta(minutes=15)
    us.services.interviews.stop(1, ANN)
    us.services.people.change(ANN, time_factor=None)
    untimed = start(us)
    assert (turn(us, untimed).deadline, untimed.ends_at) == (None, None)


def test_no_minutes_no_limits(us: Together) -> None:
    interview = start(us, minutes=None)
    us.clock.pass_(days=30)
    assert us.services.interviews.due() == []
    step = play(us, interview, full)
    assert step.next is not None


def test_nothing_new_is_asked_after_the_whole_time(us: Together) -> None:
    interview = start(us, minutes=30)
    us.clock.pass_(minutes=10, seconds=5)
    play(us, interview, full)
    us.clock.pass_(minutes=10, seconds=5)
    play(us, interview, full)
    found = turn(us, interview)
    assert found.deadline == interview.ends_at
    us.clock.pass_(minutes=9, seconds=55)
    step = say(us, interview, light(found.question.id))
    assert step.interview.state == "done"


# ---------------------------------------------------------------------- pausing, stopping, refusing


def test_pausing_stops_the_clock(us: Together) -> None:
    interview = start(us)
    us.clock.pass_(minutes=4)
    paused = us.services.interviews.pause(interview.id, ANN)
    assert (paused.state, us.services.interviews.current(interview.id)) == ("paused", None)
    us.clock.pass_(days=1)
    assert us.services.interviews.due() == []
    with pytest.raises(Refusal, match="/interview resume"):
        us.services.interviews.answer("r", 1, ANN, "x")
    resumed = us.services.interviews.resume(interview.id, ANN)
    assert resumed.ends_at == us.clock() + timedelta(minutes=26)
    found = turn(us, interview)
    assert found.deadline == us.clock() + timedelta(minutes=6)
    assert found.asked_at == us.clock() - timedelta(minutes=4)
    assert us.services.interviews.resume(interview.id, ANN) == resumed


def test_pausing_while_a_mark_is_awaited_asks_on_after_it(us: Together) -> None:
    interview = start(us)
    name = turn(us, interview).question.id
    found = us.services.interviews.answer("r", turn(us, interview).id, ANN, full(name))
    assert isinstance(found, Submission)
    us.services.interviews.pause(interview.id, ANN)
    us.services.interviews.mark(found, us.grade(found))
    us.services.interviews.resume(interview.id, ANN)
    assert turn(us, interview).number == 2


def test_stopping_sums_up_what_was_answered(us: Together) -> None:
    interview = start(us)
    play(us, interview, full)
    step = us.services.interviews.stop(interview.id, ANN)
    card = step.scorecard
    assert card is not None
    assert card.judgement is Judgement.NOT_ENOUGH
    assert [score.score for score in card.questions] == [100, None]
    again = us.services.interviews.stop(interview.id, ANN).scorecard
    assert again is not None
    assert again == card
    with pytest.raises(Refusal, match="/interview start"):
        us.services.interviews.answer("r", 2, ANN, "x")


def test_a_mark_that_comes_after_the_stop_still_counts(us: Together) -> None:
    interview = start(us)
    name = turn(us, interview).question.id
    found = us.services.interviews.answer("r", turn(us, interview).id, ANN, full(name))
    assert isinstance(found, Submission)
    us.services.interviews.stop(interview.id, ANN)
    step = us.services.interviews.mark(found, us.grade(found))
    assert step.scorecard is not None
    assert step.scorecard.questions[0].score == 100


def test_one_interview_a_channel_and_only_ones_own(us: Together) -> None:
    interview = start(us)
    with pytest.raises(Refusal, match="end it with /interview stop"):
        start(us)
    with pytest.raises(Refusal, match="someone else's"):
        us.services.interviews.answer("r", turn(us, interview).id, BOB, "x")
    with pytest.raises(Refusal, match="someone else's"):
        us.services.interviews.stop(interview.id, BOB)
    us.services.interviews.move(interview.id, "thread")
    assert us.services.interviews.of(ANN, CHANNEL) is None
    assert [found.channel for found in us.services.interviews.mine(ANN)] == ["thread"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"questions": 0}, "1 to 20"),
        ({"minutes": 0}, "1 to 240"),
        ({"topics": ("stars",)}, "there are Fruit"),
    ],
)
def test_what_cannot_be_asked_is_refused(us: Together, choice: dict[str, object], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        start(us, **choice)
    assert us.services.interviews.mine(ANN) == []


def test_skipping_a_question_counts_nothing_and_skipping_twice_changes_nothing(us: Together) -> None:
    interview = start(us)
    first = turn(us, interview)
    step = us.services.interviews.skip(first.id, ANN)
    assert step.next is not None
    assert step.next.number == 2
    assert us.services.interviews.skip(first.id, ANN) == step


# ---------------------------------------------------------------------- the same request, and kills


def test_the_same_request_counts_once(us: Together) -> None:
    choice = InterviewChoice()
    first = us.services.interviews.start("r", ANN, SERVER, CHANNEL, choice)
    assert us.services.interviews.start("r", ANN, SERVER, CHANNEL, choice) == first
    number = turn(us, first).id
    found = us.services.interviews.answer("a", number, ANN, "x")
    assert us.services.interviews.answer("a", number, ANN, "x") == found
    assert isinstance(found, Submission)
    step = us.services.interviews.mark(found, us.grade(found))
    again = us.services.interviews.answer("a", number, ANN, "x")
    assert isinstance(again, Step)
    assert (again.attempt, again.next) == (step.attempt, step.next)
    assert us.services.interviews.mark(found, us.grade(found)).attempt == step.attempt
    with pytest.raises(Refusal, match="was answered"):
        us.services.interviews.answer("b", number, ANN, "y")


def test_it_goes_on_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    us = Together(tmp_path / "i.db", wide_bank())
    interview = start(us)
    for number in range(1, 4):
        us.restart()
        assert [found.id for found in us.services.interviews.untold()] == [interview.id]
        found = turn(us, interview)
        assert found.number == number
        us.services.interviews.told(interview.id, found.id, "m")
        assert us.services.interviews.untold() == []
        us.services.interviews.answer(us.request(), found.id, ANN, full(found.question.id), reply="here")
        us.restart()
        # Stored, so it is graded after the restart, and shown where it was to be shown.
        assert us.services.interviews.current(interview.id) is None
        (waiting,) = us.services.answers.waiting()
        assert waiting.reply == "here"
        us.services.interviews.mark(waiting, us.grade(waiting))
    us.restart()
    assert [found.state for found in us.services.interviews.untold()] == ["done"]
    us.services.interviews.told(interview.id, None, "m")
    assert us.services.interviews.untold() == []
    assert us.services.interviews.scorecard(interview.id).mean == 100
    us.services.close()


def test_time_without_the_program_costs_nothing(tmp_path: Path) -> None:
    us = Together(tmp_path / "i.db", wide_bank())
    interview = start(us)
    us.restart()
    us.clock.pass_(days=1)
    (step,) = us.services.interviews.due()
    assert (step.paused, step.expired, step.interview.state) == (True, False, "paused")
    us.services.interviews.resume(interview.id, ANN)
    assert turn(us, interview).deadline == us.clock() + timedelta(minutes=10)
    us.services.close()


def test_a_question_that_was_removed_ends_the_interview(us: Together) -> None:
    us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)
    interview = start(us, topics=("gardens",))
    us.services.corpora.remove(SERVER, "gardens.md")
    us.clock.pass_(minutes=10, seconds=11)
    (step,) = us.services.interviews.due()
    assert step.scorecard is not None
    assert step.scorecard.questions == ()
    assert us.services.interviews.get(interview.id).state == "done"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["full", "light", "skip", "late", "pause", "gone", "crash"]), max_size=25))
def test_whatever_happens_it_stays_whole(events: list[str]) -> None:
    us = Together(bank=wide_bank())
    interview = start(us, questions=4)
    for event in events:
        found = us.services.interviews.current(interview.id)
        if us.services.interviews.get(interview.id).state == "paused":
            us.services.interviews.resume(interview.id, ANN)
        elif found is None:
            break
        elif event in ("full", "light"):
            say(us, interview, (full if event == "full" else light)(found.question.id))
        elif event == "skip":
            us.services.interviews.skip(found.id, ANN)
        elif event == "late":
            us.clock.pass_(minutes=8)
            us.services.interviews.due()
        elif event == "gone":
            us.clock.pass_(hours=9)
            us.services.interviews.due()
        elif event == "pause":
            us.services.interviews.pause(interview.id, ANN)
        now = us.services.interviews.get(interview.id)
        card = us.services.interviews.scorecard(interview.id)
        assert 0 <= card.mean <= 100
        assert len(card.questions) <= 4
        for score in card.questions:
            assert score.score is None or (score.first or 0) <= score.score <= 100
            assert score.seconds >= 0
        # Never stuck: something is asked, or it is paused or over.
        assert (us.services.interviews.current(interview.id) is not None) == (now.state == "open")
    us.services.close()
