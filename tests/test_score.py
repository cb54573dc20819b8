"""Tests of turning probabilities into a mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import score
from grader.models import Verdict


def certain(verdict: Verdict) -> dict[Verdict, float]:
    return {other: float(other is verdict) for other in Verdict}


shares = st.lists(st.floats(0.001, 1), min_size=4, max_size=4).map(
    lambda values: {verdict: value / sum(values) for verdict, value in zip(Verdict, values, strict=True)}
)


def test_credit() -> None:
    assert [score.credit(certain(verdict)) for verdict in Verdict] == [1.0, 0.5, 0.0, -0.4]


def test_weights() -> None:
    points = [(3, certain(Verdict.COVERED)), (1, certain(Verdict.MISSING))]
    assert score.score(points) == 75


def test_contradictions_cost_and_stop_at_zero() -> None:
    right, wrong = certain(Verdict.COVERED), certain(Verdict.CONTRADICTED)
    assert score.score([(1, right), (1, wrong)]) == 30
    assert score.score([(1, wrong), (1, wrong)]) == 0


def test_verdict_and_sureness() -> None:
    close = {Verdict.COVERED: 0.45, Verdict.PARTIAL: 0.4, Verdict.MISSING: 0.1, Verdict.CONTRADICTED: 0.05}
    assert score.verdict(close) is Verdict.COVERED
    assert not score.sure(close)
    assert score.sure(certain(Verdict.MISSING))


def test_uncertainty_is_of_the_verdicts_and_of_the_middle_of_the_scale() -> None:
    half = {Verdict.COVERED: 0.5, Verdict.PARTIAL: 0.0, Verdict.MISSING: 0.5, Verdict.CONTRADICTED: 0.0}
    assert score.uncertainty([(2, certain(Verdict.COVERED))], 100) == 0
    assert score.uncertainty([(2, certain(Verdict.COVERED))], 50) == 25
    assert score.uncertainty([(2, half)], 0) == pytest.approx(50)
    assert score.uncertainty([(1, half)] * 4, 50) == pytest.approx(50 / 2 + 25)  # independent points


@given(st.lists(st.tuples(st.integers(1, 3), shares), min_size=1, max_size=8))
def test_score_is_a_mark(points: list[tuple[int, dict[Verdict, float]]]) -> None:
    assert 0 <= score.score(points) <= 100


@given(st.lists(st.tuples(st.integers(1, 3), shares), min_size=1, max_size=8), st.data())
def test_more_cover_never_lowers(points: list[tuple[int, dict[Verdict, float]]], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(points) - 1))
    weight, _ = points[index]
    better = [*points[:index], (weight, certain(Verdict.COVERED)), *points[index + 1 :]]
    assert score.score(better) >= score.score(points)


def test_empty_weights_are_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        score.score([])
