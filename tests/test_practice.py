from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.models import Choice
from bot.practice import MAX_ANSWER, Practice, PracticeError, trend
from bot.store import Store
from grader.models import Verdict
from questions.models import Bank, Level
from tests.practising import WordGrader, small_bank

ME = "terminal"
FULL = "apple ripens slowly and birds love it"


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(None) as opened:
        yield opened


@pytest.fixture
def clock() -> list[datetime]:
    """The time practising goes by; put another into the list to change it."""
    return [datetime(2026, 1, 1, 9, tzinfo=UTC)]


@pytest.fixture
def practice(store: Store, clock: list[datetime]) -> Practice:
    return Practice(small_bank(), WordGrader(), store, clock=lambda: clock[-1])


def ask_all(practice: Practice, choice: Choice) -> list[str]:
    session = practice.start(ME, choice, fresh=True)
    while (session := practice.advance(session)).current:
        pass
    return list(session.asked)


def test_a_session_asks_each_fitting_question_once(practice: Practice) -> None:
    assert sorted(ask_all(practice, Choice())) == ["apple", "banana", "cherry", "maple"]
    assert sorted(ask_all(practice, Choice(topic="fruit"))) == ["apple", "banana", "cherry"]
    assert ask_all(practice, Choice(topic="GARDEN", level=Level.ADVANCED, count=5)) in (
        ["cherry", "maple"],
        ["maple", "cherry"],
    )
    assert len(ask_all(practice, Choice(count=2))) == 2


def test_the_seed_fixes_the_order(practice: Practice) -> None:
    orders = {tuple(ask_all(practice, Choice(seed=seed))) for seed in range(10)}
    assert len(orders) > 1
    assert ask_all(practice, Choice(seed=3)) == ask_all(practice, Choice(seed=3))


def test_an_unknown_topic_or_level_names_those_there_are(practice: Practice) -> None:
    with pytest.raises(PracticeError, match="topics: Fruit, Trees"):
        practice.start(ME, Choice(topic="{0.__class__}"))
    with pytest.raises(PracticeError, match=r"no scenario question on 'trees'; levels: advanced"):
        practice.start(ME, Choice(topic="trees", level=Level.SCENARIO))


def test_an_answer_is_graded_and_kept(practice: Practice, store: Store) -> None:
    session = practice.advance(practice.start(ME, Choice(topic="fruit")))
    attempt = practice.answer(ME, "apple", FULL, session=session)
    assert attempt.grade.score == 100
    assert store.session_marks(session) == [("apple", 100)]
    kept = store.open_session(ME)
    assert kept is not None
    assert kept.current is None


def test_what_cannot_be_graded_is_refused_and_not_kept(practice: Practice, store: Store) -> None:
    with pytest.raises(PracticeError, match=r"100,000 characters and at most 20,000"):
        practice.answer(ME, "apple", "a" * 100_000)
    with pytest.raises(PracticeError, match="no question 'durian'"):
        practice.answer(ME, "durian", "smells")
    assert store.marks(ME) == []
    assert practice.answer(ME, "apple", "a" * MAX_ANSWER).grade.score == 0


def test_undecodable_input_is_kept_readable(practice: Practice) -> None:
    assert (
        practice.answer(ME, "apple", "apple \udcff\x00\x1b[31m ripens").text == "apple ?\x00\x1b[31m ripens"
    )


def test_an_undecodable_draft_is_kept_readable(practice: Practice) -> None:
    practice.leave(practice.advance(practice.start(ME, Choice())), "half \udcff")
    assert practice.start(ME, Choice()).draft == "half ?"


def test_an_unfinished_session_goes_on(practice: Practice) -> None:
    choice = Choice(count=3, seed=1)
    session = practice.advance(practice.start(ME, choice))
    practice.leave(session, "half an ans")
    again = practice.start(ME, choice)
    assert (again.resumed, again.current, again.draft) == (True, session.current, "half an ans")
    assert practice.start(ME, Choice(count=3, seed=2)).id != session.id
    assert not practice.start(ME, choice).resumed, "an older session was ended by the newer one"


def test_a_draft_does_not_return_once_its_answer_is_stored(practice: Practice) -> None:
    session = practice.advance(practice.start(ME, Choice()))
    practice.answer(ME, str(session.current), FULL, session=session)
    practice.leave(session, "sent already")
    assert practice.start(ME, Choice()).draft == ""


def test_a_session_survives_the_loss_of_its_question(store: Store) -> None:
    session = Practice(small_bank(), WordGrader(), store).start(ME, Choice(seed=0))
    session = Practice(small_bank(), WordGrader(), store).advance(session)
    left = Bank({name: each for name, each in small_bank().items() if name != session.current})
    shrunk = Practice(left, WordGrader(), store)
    again = shrunk.start(ME, Choice(seed=0))
    assert again.resumed
    assert again.current is None
    assert shrunk.advance(again).current in left


def test_due_questions_come_first_then_new_ones(practice: Practice, clock: list[datetime]) -> None:
    practice.answer(ME, "banana", "no idea at all")
    practice.answer(ME, "apple", FULL)
    assert ask_all(practice, Choice(topic="fruit")) == ["cherry", "banana", "apple"]
    clock.append(clock[-1] + timedelta(days=3))
    assert ask_all(practice, Choice(topic="fruit")) == ["banana", "cherry", "apple"]
    assert practice.progress(ME).topics[0].due == 1


def test_the_summary_counts_the_latest_answer_to_each_question(practice: Practice) -> None:
    session = practice.start(ME, Choice(topic="fruit"))
    practice.answer(ME, "apple", "it does not ripen: not slowly", session=session)
    practice.answer(ME, "banana", "birds love banana", session=session)
    summary = practice.summary(session)
    assert summary.mean == (0 + 25) / 2
    assert [(weak.question_id, weak.point.id, weak.verdict) for weak in summary.weakest] == [
        ("apple", "grows", Verdict.CONTRADICTED),
        ("banana", "grows", Verdict.MISSING),
        ("apple", "eaten", Verdict.MISSING),
    ]
    assert [section.title for section in summary.reading] == ["How plants grow"]
    practice.answer(ME, "apple", FULL, session=practice.repeat(session, "apple"))
    assert practice.finish(session).mean == (100 + 25) / 2
    assert practice.start(ME, Choice(topic="fruit")).resumed is False


def test_progress_is_told_by_topic(practice: Practice) -> None:
    assert practice.progress(ME).mean is None
    for answer in ("", "", "birds love apple", FULL):
        practice.answer(ME, "apple", answer)
    practice.answer(ME, "maple", "birds love maple")
    practice.answer("somebody else", "maple", "")
    found = practice.progress(ME)
    assert (found.attempts, found.mean) == (5, (0 + 0 + 25 + 100 + 25) / 5)
    fruit, trees = found.topics
    assert (fruit.topic, fruit.attempts, fruit.mean, fruit.trend) == ("Fruit", 4, 31.25, 62.5)
    assert (fruit.weakest, fruit.mastery) == ((), 100)
    assert [weak.point.text for weak in trees.weakest] == ["The maple ripens slowly"]
    assert practice.progress(ME, "tree").attempts == 1


def test_trend_needs_four_marks_and_looks_at_the_last_ten() -> None:
    assert trend([10, 20, 30]) is None
    assert trend([0, 0, 50, 70]) == 60
    assert trend([100] * 7 + [0] * 5 + [10] * 5) == 10


def test_a_session_of_another_corpus_is_not_gone_on_with(store: Store) -> None:
    mine = Practice(small_bank(), WordGrader(), store, corpus="mine")
    session = mine.advance(mine.start(ME, Choice()))
    other = Practice(small_bank(), WordGrader(), store, corpus="other").start(ME, Choice())
    assert other.id != session.id
    assert replace(other, id=session.id).corpus == "other"
