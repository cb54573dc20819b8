from collections.abc import Callable, Iterator

import pytest

from bot.scorecard import Judgement
from tests.interviewing import play, say, start, turn
from tests.together import ANN, Together, full, light, weighty, wide_bank


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together(bank=wide_bank())
    yield together
    together.services.close()


@pytest.mark.parametrize(
    ("said", "judgement"),
    [
        ((full, full, full), Judgement.HIRE),
        ((full, full, full, full, full, light), Judgement.LEAN_YES),
        ((full, weighty, light, full), Judgement.LEAN_YES),
        ((full, light, light, full), Judgement.LEAN_NO),
        ((light, light, light), Judgement.NO_HIRE),
        ((full, full), Judgement.NOT_ENOUGH),
    ],
)
def test_the_judgement_follows_the_rule(
    us: Together, said: tuple[Callable[[str], str], ...], judgement: Judgement
) -> None:
    interview = start(us, questions=len(said))
    card = play(us, interview, *said).scorecard
    assert card is not None
    assert card.judgement is judgement


def test_wrong_statements_on_weighty_points_cost_a_step(us: Together) -> None:
    interview = start(us, questions=6, topics=("fruit",))
    for _ in range(4):
        play(us, interview, full)
    for _ in range(2):
        name = turn(us, interview).question.id
        step = say(us, interview, f"The {name} does not ripens slowly. Birds love {name}")
        if step.next:
            step = us.services.interviews.skip(step.next.id, ANN)
    card = step.scorecard
    assert card is not None
    assert card.mean >= 60
    assert card.judgement is Judgement.LEAN_NO
    assert [weak.verdict for weak in card.learn] == ["contradicted", "contradicted"]
