from collections.abc import Iterator

import pytest

from bot.contest import ContestChoice
from bot.errors import Refusal
from bot.models import Attempt
from tests.together import ANN, BOB, CHANNEL, CY, SERVER, Together, full, light

SAID = "In my garden the apples need their time. Birds love apple"
WORDS = "the apples need their time"


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together()
    yield together
    together.services.close()


@pytest.fixture
def attempt(us: Together) -> Attempt:
    return us.practise(ANN, "apple", SAID)


def test_an_upheld_appeal_corrects_the_mark_and_the_leaderboard(us: Together, attempt: Attempt) -> None:
    appeal = us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS)
    assert (appeal.point.id, appeal.verdict, appeal.state) == ("grows", "missing", "open")
    assert us.services.appeals.list(SERVER) == [appeal]
    decision = us.services.appeals.decide(appeal.id, BOB, uphold=True)
    assert (decision.before, decision.after) == (25, 100)
    stored = us.services.answers.attempt(attempt.id)
    assert (stored.grade.score, stored.raised_from) == (100, 25)
    own = us.services.board.table(SERVER, ANN).own
    assert own is not None
    assert own.points == 100
    assert us.services.appeals.list(SERVER) == []


def test_the_same_words_count_from_then_on_but_only_on_that_server(us: Together, attempt: Attempt) -> None:
    appeal = us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS)
    us.services.appeals.decide(appeal.id, BOB, uphold=True)
    later = "Everyone knows: The apples NEED their time! And birds love apple"
    assert us.practise(CY, "apple", later).grade.score == 100
    assert us.practise(CY, "apple", later, guild="discord:78").grade.score == 25
    assert us.practise(CY, "apple", later, guild=None).grade.score == 25
    assert us.practise(BOB, "apple", "It is not that the apples need their time").grade.score == 0
    assert us.practise(BOB, "banana", WORDS).grade.score == 0


def test_accepted_words_go_with_the_person_who_wrote_them(us: Together, attempt: Attempt) -> None:
    appeal = us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS)
    us.services.appeals.decide(appeal.id, BOB, uphold=True)
    us.services.privacy.forget(BOB)
    assert us.practise(CY, "apple", SAID).grade.score == 100
    us.services.privacy.forget(ANN)
    us.clock.pass_(days=2)
    assert us.practise(CY, "apple", SAID).grade.score == 25


def test_a_declined_appeal_changes_nothing(us: Together, attempt: Attempt) -> None:
    appeal = us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS)
    decision = us.services.appeals.decide(appeal.id, BOB, uphold=False)
    assert (decision.before, decision.after, decision.appeal.state) == (25, 25, "declined")
    assert us.practise(CY, "apple", SAID).grade.score == 25


def test_the_first_decision_stands(us: Together, attempt: Attempt) -> None:
    appeal = us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS)
    first = us.services.appeals.decide(appeal.id, BOB, uphold=True)
    again = us.services.appeals.decide(appeal.id, CY, uphold=True)
    assert (again.before, again.after) == (first.before, first.after)
    with pytest.raises(Refusal, match="was upheld already"):
        us.services.appeals.decide(appeal.id, CY, uphold=False)


def test_nobody_decides_their_own(us: Together, attempt: Attempt) -> None:
    appeal = us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS)
    with pytest.raises(Refusal, match="your own appeal"):
        us.services.appeals.decide(appeal.id, ANN, uphold=True)


@pytest.mark.parametrize(
    ("person", "point", "words", "said"),
    [
        (BOB, "grows", "", "someone else's answer"),
        (ANN, "eaten", "", "counts as covered"),
        (ANN, "unknown", "", "counts as covered"),
        (ANN, "grows", "words that I never wrote", "don't stand in your answer"),
        (ANN, "grows", "the apples", "at least 4 words"),
    ],
)
def test_what_cannot_be_appealed(
    us: Together, attempt: Attempt, person: str, point: str, words: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        us.services.appeals.open("r", person, attempt.id, point, words)


def test_appealing_twice_is_one_appeal(us: Together, attempt: Attempt) -> None:
    first = us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS)
    assert us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS) == first
    us.services.appeals.told(first.id, "m")
    assert us.services.appeals.open("s", ANN, attempt.id, "grows", "").message == "m"


def test_five_appeals_may_be_open(us: Together) -> None:
    for number in range(5):
        attempt = us.practise(ANN, "apple", f"{SAID} {number}")
        us.services.appeals.open(f"r{number}", ANN, attempt.id, "grows")
    attempt = us.practise(ANN, "apple", SAID)
    with pytest.raises(Refusal, match="5 appeals open"):
        us.services.appeals.open("r9", ANN, attempt.id, "grows")


def test_an_upheld_appeal_corrects_a_contest(us: Together) -> None:
    contests = us.services.contests
    contest = contests.start("s", SERVER, CHANNEL, BOB, ContestChoice("fruit", 1, 60))
    contests.join(contest.id, ANN)
    contests.begin(contest.id)
    (step,) = contests.due()
    contests.told(step)
    assert step.round is not None
    us.clock.pass_(seconds=60)
    name = step.round.question.id
    contests.answer("a", contest.id, 1, ANN, f"It takes its time to get ready, and {light(name)}")
    (step,) = contests.due()
    contests.mark(contest.id, 1, us.grades(step.submissions))
    assert [place.points for place in contests.table(contest.id)] == [25]
    own = contests.own(contest.id, 1, ANN)
    assert own is not None
    appeal = us.services.appeals.open("r", ANN, own.attempt.id, "grows")
    us.services.appeals.decide(appeal.id, CY, uphold=True)
    assert [place.points for place in contests.table(contest.id)] == [75]


def test_an_appeal_on_an_expired_text_still_shows(us: Together, attempt: Attempt) -> None:
    appeal = us.services.appeals.open("r", ANN, attempt.id, "grows", WORDS)
    us.services.guilds.change(SERVER, retention_days=1)
    us.clock.pass_(days=2)
    us.services.privacy.expire()
    found = us.services.appeals.get(appeal.id)
    assert (found.attempt.text, found.words) == ("", WORDS)
    us.services.appeals.decide(appeal.id, BOB, uphold=True)
    us.services.privacy.expire()
    assert us.services.appeals.get(appeal.id).words == ""


def test_reports_on_questions(us: Together) -> None:
    first = us.services.appeals.report("r", ANN, SERVER, "apple", " The  mark is\nwrong ")
    assert first.text == "The mark is wrong"
    assert us.services.appeals.report("r", ANN, SERVER, "apple", "The mark is wrong") == first
    assert us.services.appeals.reports(SERVER) == [first]
    assert us.services.appeals.reports(None) == []
    us.services.appeals.resolve(first.id, BOB)
    assert us.services.appeals.reports(SERVER) == []
    with pytest.raises(Refusal, match="say what is wrong"):
        us.services.appeals.report("s", ANN, SERVER, "apple", "  ")
    with pytest.raises(Refusal, match="no longer in the bank"):
        us.services.appeals.report("s", ANN, SERVER, "pear", "x")


def test_what_is_covered_stays_covered(us: Together) -> None:
    attempt = us.practise(ANN, "apple", full("apple"))
    with pytest.raises(Refusal, match="counts as covered"):
        us.services.appeals.open("r", ANN, attempt.id, "grows")
    with pytest.raises(Refusal, match="/appeals"):
        us.services.appeals.get(9)
