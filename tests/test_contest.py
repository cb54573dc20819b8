from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contest import Contest, ContestChoice, ContestStep, points, ranking
from bot.errors import Refusal
from bot.models import Sealed
from tests.together import ANN, BOB, CHANNEL, CY, GARDENS, SERVER, Together, full, light, weighty, wide_bank

ANNS = "Every gardener knows that the {} ripens slowly, and that birds love a good {} in late autumn"


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together(bank=wide_bank())
    yield together
    together.services.close()


def start(us: Together, *people: str, rounds: int = 2, seconds: int = 60) -> Contest:
    contest = us.services.contests.start("start", SERVER, CHANNEL, ANN, ContestChoice(None, rounds, seconds))
    for person in people:
        us.services.contests.join(contest.id, person)
    return contest


def due(us: Together) -> ContestStep:
    (step,) = us.services.contests.due()
    return step


def asked(us: Together) -> ContestStep:
    """Go on to the next question and show it."""
    step = due(us)
    assert step.action == "ask"
    us.services.contests.told(step, "m")
    return step


def answer(us: Together, contest: Contest, person: str, text: str, *, round_: int | None = None) -> Sealed:
    now = round_ or us.services.contests.get(contest.id).round
    return us.services.contests.answer(us.request(), contest.id, now, person, text)


def marked(us: Together) -> ContestStep:
    """Close the round, mark it, and return the step that shows its card."""
    step = due(us)
    assert step.action == "mark"
    assert step.round is not None
    us.services.contests.mark(step.contest.id, step.round.number, us.grades(step.submissions))
    return due(us)


def name_of(step: ContestStep) -> str:
    assert step.round is not None
    return step.round.question.id


def test_a_contest_from_joining_to_its_table(us: Together) -> None:
    contest = start(us, ANN, BOB)
    assert us.services.contests.due() == []
    us.services.contests.begin(contest.id)
    first = asked(us)
    us.clock.pass_(seconds=30)
    assert answer(us, contest, ANN, full(name_of(first))) == Sealed(False, True, 1)
    assert us.services.contests.due() == []
    assert answer(us, contest, BOB, light(name_of(first))).all_in
    shown = marked(us)
    assert shown.card is not None
    assert [(p.place, p.person, p.score, p.points) for p in shown.card.places] == [
        (1, ANN, 100, 88),  # round(100 * (1 - 0.25 * 30 / 60))
        (2, BOB, 25, 25),
    ]
    assert not shown.card.last
    us.services.contests.told(shown, "card")
    assert us.services.contests.due() == []
    us.clock.pass_(seconds=20)
    second = asked(us)
    assert name_of(second) != name_of(first)
    answer(us, contest, BOB, full(name_of(second)))
    us.clock.pass_(seconds=63)
    shown = marked(us)
    assert shown.card is not None
    assert shown.card.last
    us.services.contests.told(shown)
    final = due(us)
    assert final.action == "final"
    assert [(p.place, p.person, p.points) for p in final.table] == [(1, BOB, 125), (2, ANN, 88)]
    us.services.contests.told(final, "table")
    assert us.services.contests.due() == []
    assert us.services.contests.here(CHANNEL) is None


def test_answers_can_be_changed_once_and_the_later_time_counts(us: Together) -> None:
    contest = start(us, ANN, BOB, rounds=1)
    us.services.contests.begin(contest.id)
    name = name_of(asked(us))
    answer(us, contest, ANN, light(name))
    us.clock.pass_(seconds=60)
    assert answer(us, contest, ANN, full(name)) == Sealed(True, False, 1)
    with pytest.raises(Refusal, match="changed your answer once"):
        answer(us, contest, ANN, weighty(name))
    us.clock.pass_(seconds=3)
    shown = marked(us)
    assert shown.card is not None
    assert [(p.person, p.score, p.points) for p in shown.card.places] == [(ANN, 100, 75)]


def test_the_same_request_seals_once(us: Together) -> None:
    contest = start(us, ANN, BOB)
    us.services.contests.begin(contest.id)
    asked(us)
    first = us.services.contests.answer("x", contest.id, 1, ANN, "one")
    assert us.services.contests.answer("x", contest.id, 1, ANN, "one") == first
    assert start(us).id == contest.id


def test_late_answers_are_refused(us: Together) -> None:
    contest = start(us, ANN, BOB, rounds=2)
    us.services.contests.begin(contest.id)
    asked(us)
    answer(us, contest, ANN, "x")
    us.clock.pass_(seconds=61.5)
    answer(us, contest, BOB, "sent in time, arrived a little later")
    us.clock.pass_(seconds=1)
    with pytest.raises(Refusal, match="round is over"):
        answer(us, contest, CY, "y")
    marked(us)
    with pytest.raises(Refusal, match="round is over"):
        answer(us, contest, CY, "y", round_=1)


def test_whoever_answers_takes_part(us: Together) -> None:
    contest = start(us, ANN)
    us.services.contests.begin(contest.id)
    asked(us)
    assert answer(us, contest, CY, "x") == Sealed(False, True, 1)
    assert us.services.contests.get(contest.id).people == (ANN, CY)
    assert us.services.contests.leave(contest.id, ANN).people == (CY,)
    assert due(us).action == "mark"


def test_a_contest_that_nobody_joins_is_cancelled(us: Together) -> None:
    start(us)
    us.clock.pass_(seconds=60)
    step = due(us)
    assert step.action == "cancelled"
    us.services.contests.told(step)
    assert us.services.contests.due() == []


def test_one_contest_a_channel(us: Together) -> None:
    start(us)
    with pytest.raises(Refusal, match="a contest is on in this channel; join it"):
        us.services.contests.start("other", SERVER, CHANNEL, BOB, ContestChoice())
    us.services.contests.start("other", SERVER, "501", BOB, ContestChoice())


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (ContestChoice(rounds=0), "1 to 20 rounds"),
        (ContestChoice(seconds=1), "15 to 1800 seconds"),
        (ContestChoice(topic="astrology"), "topics are Fruit, Trees, Fish"),
    ],
)
def test_what_cannot_be_played_is_refused(us: Together, choice: ContestChoice, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        us.services.contests.start("r", SERVER, CHANNEL, ANN, choice)


def test_stopping_ranks_what_was_played(us: Together) -> None:
    contest = start(us, ANN, BOB, rounds=5)
    us.services.contests.begin(contest.id)
    answer(us, contest, ANN, full(name_of(asked(us))))
    us.services.contests.stop(contest.id)
    shown = marked(us)
    us.services.contests.told(shown)
    final = due(us)
    assert final.action == "final"
    assert [(p.place, p.person, p.points) for p in final.table] == [(1, ANN, 100), (2, BOB, 0)]
    us.services.contests.told(final)
    with pytest.raises(Refusal, match="over; start one"):
        us.services.contests.stop(contest.id)


def test_stopping_before_it_began_cancels_it(us: Together) -> None:
    contest = start(us, ANN)
    us.services.contests.stop(contest.id)
    assert due(us).action == "cancelled"


def test_a_round_that_nobody_answers_has_an_empty_card(us: Together) -> None:
    contest = start(us, ANN, rounds=1)
    us.services.contests.begin(contest.id)
    asked(us)
    us.clock.pass_(seconds=63)
    step = due(us)
    assert step.card is not None
    assert step.card.places == ()
    assert step.card.room.people == 0


def test_it_ends_when_no_question_is_left(us: Together) -> None:
    contest = us.services.contests.start("s", SERVER, CHANNEL, ANN, ContestChoice("Trees", 9, 60))
    us.services.contests.join(contest.id, ANN)
    us.services.contests.begin(contest.id)
    for number in range(3):
        answer(us, contest, ANN, full(name_of(asked(us))))
        shown = marked(us)
        assert shown.card is not None
        assert shown.card.last == (number == 2)
        us.services.contests.told(shown)
        us.clock.pass_(seconds=20)
    assert due(us).action == "final"


def test_a_contest_whose_channel_is_gone_is_marked_and_ends(us: Together) -> None:
    contest = start(us, ANN, BOB, rounds=3)
    us.services.contests.begin(contest.id)
    answer(us, contest, ANN, full(name_of(asked(us))))
    us.services.contests.abandon(contest.id)
    shown = marked(us)
    assert shown.action == "round"
    us.services.contests.abandon(contest.id)
    assert us.services.contests.due() == []
    own = us.services.contests.own(contest.id, 1, ANN)
    assert own is not None
    assert own.attempt.grade.score == 100


def test_near_identical_answers_are_flagged_to_both(us: Together) -> None:
    contest = start(us, ANN, BOB, CY, rounds=1)
    us.services.contests.begin(contest.id)
    name = name_of(asked(us))
    answer(us, contest, ANN, ANNS.format(name, name))
    answer(us, contest, BOB, ANNS.format(name, name).upper().replace("GOOD", "nice"))
    answer(us, contest, CY, full(name))
    shown = marked(us)
    assert shown.card is not None
    assert shown.card.alike == ((ANN, BOB),)
    results = [us.services.contests.own(contest.id, 1, person) for person in (ANN, BOB, CY)]
    assert [result and result.alike for result in results] == [(BOB,), (ANN,), ()]
    assert us.services.contests.own(contest.id, 1, "discord:9") is None


def test_the_answers_count_like_any_others(us: Together) -> None:
    contest = start(us, ANN, rounds=1)
    us.services.contests.begin(contest.id)
    answer(us, contest, ANN, full(name_of(asked(us))))
    marked(us)
    own = us.services.board.table(SERVER, ANN).own
    assert own is not None
    assert own.points == 100


def test_someone_who_is_forgotten_leaves_the_contest(us: Together) -> None:
    contest = start(us, ANN, BOB, rounds=1)
    us.services.contests.begin(contest.id)
    name = name_of(asked(us))
    answer(us, contest, ANN, full(name))
    answer(us, contest, BOB, full(name))
    us.services.privacy.forget(ANN)
    shown = marked(us)
    assert shown.card is not None
    assert [place.person for place in shown.card.places] == [BOB]
    assert us.services.contests.get(contest.id).host is None


def test_removed_questions_end_the_contest_with_what_was_played(us: Together) -> None:
    us.services.corpora.add(SERVER, ANN, "gardens.md", GARDENS)
    contest = us.services.contests.start("s", SERVER, CHANNEL, ANN, ContestChoice("Gardens", 3, 60))
    us.services.contests.join(contest.id, ANN)
    us.services.contests.begin(contest.id)
    asked(us)
    answer(us, contest, ANN, "x")
    us.services.corpora.remove(SERVER, "gardens.md")
    step = due(us)
    assert (step.action, step.table) == ("final", ranking([(ANN, 0, None, None)]))
    us.services.contests.told(step)
    assert us.services.contests.due() == []


# ---------------------------------------------------------------------- killed at any moment


def test_it_goes_on_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    us = Together(tmp_path / "i.db", wide_bank())
    contest = start(us, ANN, BOB, rounds=2)
    us.restart()
    us.clock.pass_(seconds=60)
    seen = []
    for _ in range(20):
        steps = us.services.contests.due()
        us.restart()
        # What was not told comes again, just the same.
        assert us.services.contests.due() == steps
        if not steps:
            us.clock.pass_(seconds=20)
            continue
        (step,) = steps
        seen.append((step.nonce, step.action))
        if step.action == "mark":
            assert len(step.submissions) == 2
            assert step.round is not None
            us.services.contests.mark(contest.id, step.round.number, us.grades(step.submissions))
        else:
            us.services.contests.told(step, "m")
            us.services.contests.told(step, "m")
        if step.action == "ask":
            for person in (ANN, BOB):
                us.restart()
                answer(us, contest, person, full(name_of(step)))
        if step.action == "final":
            break
        us.restart()
    assert [action for _, action in seen] == ["ask", "mark", "round", "ask", "mark", "round", "final"]
    assert len({nonce for nonce, _ in seen}) == 7
    assert us.services.contests.due() == []
    us.services.close()


def test_a_round_whose_time_passed_meanwhile_is_closed(tmp_path: Path) -> None:
    us = Together(tmp_path / "i.db", wide_bank())
    contest = start(us, ANN, BOB, rounds=1)
    us.services.contests.begin(contest.id)
    answer(us, contest, ANN, full(name_of(asked(us))))
    us.restart()
    us.clock.pass_(hours=5)
    shown = marked(us)
    assert shown.card is not None
    assert [place.person for place in shown.card.places] == [ANN]
    us.services.close()


def test_a_question_that_nobody_could_see_gets_its_time_anew(us: Together) -> None:
    contest = start(us, ANN, rounds=1)
    us.services.contests.begin(contest.id)
    first = due(us)
    us.clock.pass_(hours=5)
    again = due(us)
    assert (again.action, again.nonce, name_of(again)) == ("ask", first.nonce, name_of(first))
    assert again.round is not None
    assert again.round.opened_at == us.clock()
    us.services.contests.told(again, "m")
    assert answer(us, contest, ANN, "x").all_in


EVENTS = st.sampled_from(
    ["answer", "change", "late", "wait", "told", "mark", "stop", "leave", "forget", "abandon", "remove"]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(EVENTS, st.sampled_from([ANN, BOB, CY])), max_size=40))
def test_whatever_happens_it_ends_and_loses_no_answer(events: list[tuple[str, str]]) -> None:
    us = Together(bank=wide_bank())
    contests = us.services.contests
    contest = start(us, ANN, BOB, rounds=3)
    contests.begin(contest.id)
    sealed: dict[tuple[int, str], str] = {}
    for event, person in events:
        found = contests.get(contest.id)
        steps = contests.due()
        if event in ("answer", "change"):
            text = us.request()
            with suppress(Refusal):
                contests.answer(us.request(), contest.id, found.round, person, text)
                sealed[found.round, person] = text
        elif event in ("late", "wait"):
            us.clock.pass_(seconds=70 if event == "late" else 21)
        elif event == "told" and steps and steps[0].action != "mark":
            contests.told(steps[0], "m")
        elif event == "mark" and steps and steps[0].round:
            contests.mark(contest.id, steps[0].round.number, us.grades(steps[0].submissions))
        elif event == "stop":
            with suppress(Refusal):
                contests.stop(contest.id)
        elif event == "abandon":
            contests.abandon(contest.id)
        elif event == "remove":
            us.services.guilds.removed(SERVER)
        elif event == "leave":
            contests.leave(contest.id, person)
        elif event == "forget":
            us.services.privacy.forget(person)
            sealed = {key: text for key, text in sealed.items() if key[1] != person}
    # From anywhere it comes to its end, and every sealed answer was marked.
    for _ in range(40):
        for step in contests.due():
            if step.action == "mark" and step.round:
                contests.mark(contest.id, step.round.number, us.grades(step.submissions))
            else:
                contests.told(step, "m")
        us.clock.pass_(seconds=70)
    assert contests.get(contest.id).state == "done"
    rows = us.services.store.contests.entries(contest.id)
    assert {(row["round"], row["person"]) for row in rows} == set(sealed)
    for row in rows:
        attempt = us.services.answers.attempt(row["attempt"])
        assert attempt.text == sealed[row["round"], row["person"]]
        assert row["points"] <= row["score"] == attempt.grade.score
    us.services.close()


# ---------------------------------------------------------------------- points


@pytest.mark.parametrize(
    ("score", "seconds", "expected"),
    [
        (100, 0, 100),
        (100, 60, 75),
        (100, 90, 75),
        (80, 30, 70),
        (50, 60, 38),
        (49, 60, 49),
        (0, 0, 0),
        (50, -1, 50),
    ],
)
def test_points(score: int, seconds: float, expected: int) -> None:
    assert points(score, seconds, 60) == expected


@given(score=st.integers(0, 100), seconds=st.floats(0, 2000), later=st.floats(0, 2000))
def test_time_takes_a_quarter_at_most_and_never_rewards_a_wrong_answer(
    score: int, seconds: float, later: float
) -> None:
    earned = points(score, seconds, 60)
    assert 0 <= earned <= score
    assert earned >= round(0.75 * score) or score < 50
    assert points(score, seconds + later, 60) <= earned
    assert points(0, seconds, 60) == 0
    # Half right and slow never falls behind being wrong and fast by more than that quarter.
    assert earned == score if score < 50 else earned >= round(0.75 * score)


@given(st.lists(st.integers(0, 5), max_size=8))
def test_ties_share_a_place(sums: list[int]) -> None:
    places = ranking([(str(number), total, None, None) for number, total in enumerate(sums)])
    assert sorted(place.points for place in places) == sorted(sums)
    for place in places:
        assert place.place == 1 + sum(other > place.points for other in sums)
