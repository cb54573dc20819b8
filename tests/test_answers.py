from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answers import cover, says, wording
from bot.errors import Refusal
from bot.models import Attempt, Choice, Submission
from grader.models import Verdict
from questions.models import Bank
from tests.practising import WordGrader, question, small_bank
from tests.together import ANN, BOB, SERVER, START, Together, full, light

APPLE = question("apple")


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together()
    yield together
    together.services.close()


def test_an_answer_is_stored_before_its_mark(tmp_path: Path) -> None:
    us = Together(tmp_path / "i.db")
    us.services.answers.receive("r", ANN, "apple", full("apple"), guild=SERVER, reply="there")
    us.restart()
    (waiting,) = us.services.answers.waiting()
    assert (waiting.text, waiting.reply, waiting.person) == (full("apple"), "there", ANN)
    attempt = us.services.answers.mark(waiting, us.grade(waiting))
    us.restart()
    assert us.services.answers.waiting() == []
    assert us.services.answers.attempt(attempt.id) == attempt
    us.services.close()


def test_the_same_request_is_stored_and_marked_once(us: Together) -> None:
    first = us.services.answers.receive("r", ANN, "apple", full("apple"))
    assert us.services.answers.receive("r", ANN, "apple", full("apple")) == first
    assert isinstance(first, Submission)
    attempt = us.services.answers.mark(first, us.grade(first))
    assert us.services.answers.mark(first, us.grade(first)).id == attempt.id
    assert us.services.answers.receive("r", ANN, "apple", full("apple")) == attempt
    assert us.services.answers.of("unknown") is None
    assert len(us.services.store.marks(ANN)) == 1


def test_marking_moves_the_session_on(us: Together) -> None:
    practice = us.services.practice(SERVER)
    session = practice.advance(practice.start(ANN, Choice(), place="500"))
    assert session.current is not None
    found = us.services.answers.receive("r", ANN, session.current, "x", guild=SERVER, session=session.id)
    assert isinstance(found, Submission)
    us.services.answers.mark(found, us.grade(found))
    after = practice.session(session.id)
    assert after is not None
    assert after.current is None
    assert practice.start(ANN, Choice(), place="501").id != session.id
    assert practice.start(ANN, Choice(), place="500").id == session.id


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [("pear", "x", "no longer in the bank"), ("apple", "x" * 20_001, "20,001 characters")],
)
def test_what_cannot_be_graded_is_refused(us: Together, name: str, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        us.services.answers.receive("r", ANN, name, text)
    assert us.services.answers.of("r") is None


def test_too_many_answers_within_an_hour_are_refused_with_the_wait(us: Together) -> None:
    us.services.guilds.change(SERVER, answers_per_hour=2)
    for minutes in (0, 20):
        us.clock.pass_(minutes=minutes)
        us.practise(ANN, "apple", "x")
    with pytest.raises(Refusal, match="2 answers within the hour; go on in 40 min"):
        us.practise(ANN, "apple", "x")
    us.practise(BOB, "apple", "x")
    us.clock.pass_(minutes=41)
    us.practise(ANN, "apple", "x")


def test_half_a_character_is_stored_as_a_question_mark(us: Together) -> None:
    assert us.practise(ANN, "apple", "a\ud800b").text == "a?b"


def test_an_attempt_outlives_changes_of_its_question() -> None:
    us = Together()
    attempt = us.practise(ANN, "apple", light("apple"), guild=None)
    shorter = APPLE.model_copy(update={"key_points": APPLE.key_points[1:]})
    us.services.corpora._bundled = Bank({"apple": shorter})
    assert [point.point_id for point in us.services.answers.attempt(attempt.id).grade.points] == ["eaten"]
    us.services.corpora._bundled = Bank({"banana": question("banana")})
    with pytest.raises(Refusal, match="no longer in the bank"):
        us.services.answers.attempt(attempt.id)
    with pytest.raises(Refusal, match="no longer stored"):
        us.services.answers.attempt(99)
    us.services.close()


def test_review_lists_what_is_due_then_what_was_missed(us: Together) -> None:
    practice = us.services.practice(SERVER)
    assert practice.review(ANN) == []
    us.practise(ANN, "apple", full("apple"))
    us.practise(ANN, "banana", light("banana"))
    assert [each.id for each in practice.review(ANN)] == ["banana"]
    us.clock.pass_(days=100)
    assert [each.id for each in practice.review(ANN)] == ["banana", "apple"]
    assert [each.id for each in practice.review(ANN, limit=1)] == ["banana"]
    assert practice.activity(ANN, days=101) == [(START.date(), 2), (us.clock().date(), 0)]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Well, they share the host's kernel.", "share the host's kernel", True),
        ("They SHARE   the host’s\nkernel!", "share the host's kernel", True),
        ("They do not share the host's kernel", "share the host's kernel", False),
        ("They never really share the host's kernel", "share the host's kernel", False),
        ("No: they don't. In short they share the host's kernel", "share the host's kernel", True),
        ("They share the host's kernels", "share the host's kernel", False),
    ],
)
def test_the_same_wording(text: str, words: str, expected: bool) -> None:
    assert says(wording(text), wording(words)) is expected


def test_covering_a_point_raises_the_mark_by_what_it_lacked() -> None:
    grade = WordGrader().grade(APPLE, light("apple"))
    assert cover(APPLE, grade, "grows").score == 100
    assert cover(APPLE, grade, "eaten") == grade
    assert cover(APPLE, grade, "unknown") == grade
    wrong = WordGrader().grade(APPLE, "not apple ripens slowly")
    assert wrong.points[0].verdict is Verdict.CONTRADICTED
    assert cover(APPLE, wrong, "grows") == wrong
    assert cover(APPLE, wrong, "grows", upheld=True).points[0].verdict is Verdict.COVERED


def test_direct_messages_have_the_bundled_questions(us: Together) -> None:
    assert us.services.bank(None) == us.bank
    assert list(us.services.bank(SERVER)) == list(small_bank())
    found = us.services.answers.receive("r", ANN, "apple", "x")
    assert not isinstance(found, Attempt)
    assert found.guild is None
