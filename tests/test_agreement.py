"""Tests of the statistics against values worked out by hand."""

import math

import pytest

from grader import agreement


def test_pearson() -> None:
    assert agreement.pearson([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    # Deviations (-1,0,1) and (-2/3,1/3,1/3): covariance 1/3, variances 2/3 and 2/9.
    assert agreement.pearson([1, 2, 3], [1, 2, 2]) == pytest.approx(math.sqrt(3) / 2)
    assert math.isnan(agreement.pearson([1, 1], [1, 2]))


def test_errors() -> None:
    assert agreement.mean_absolute_error([0, 10], [10, 30]) == 15
    assert agreement.root_mean_square_error([0, 10], [6, 18]) == pytest.approx(math.sqrt(50))
    assert math.isnan(agreement.mean_absolute_error([], []))


def test_quadratic_kappa() -> None:
    assert agreement.quadratic_kappa([0, 50, 100], [5, 45, 99]) == pytest.approx(1)
    # Bands (0,4) against (0,3): observed (0+1)/2; expected (0+9+16+1)/4.
    assert agreement.quadratic_kappa([0, 100], [0, 79]) == pytest.approx(1 - 0.5 / 6.5)


def test_kappa() -> None:
    # Agreement 3/4; by chance 1/2 * 1/4 + 1/2 * 3/4 = 1/2.
    assert agreement.kappa([True, True, False, False], [True, False, False, False]) == pytest.approx(0.5)
    assert math.isnan(agreement.kappa(["a"], ["a"]))


def test_precision_recall() -> None:
    assert agreement.precision_recall([True, True, False], [True, False, True]) == (0.5, 0.5)
    assert math.isnan(agreement.precision_recall([True], [False])[0])


def test_macro_f1() -> None:
    # "a": one hit of 2 given and 1 found, 2/3; "b": one hit of 1 and 2, 2/3.
    assert agreement.macro_f1(["a", "a", "b"], ["a", "b", "b"]) == pytest.approx(2 / 3)


def test_ranking() -> None:
    # Pairs 10 apart: (90,50) right, (90,0) tied, (50,0) wrong.
    assert agreement.ranking([[(90, 80), (50, 70), (0, 80)]]) == pytest.approx(1.5 / 3)
    assert agreement.ranking([[(50, 1), (45, 2)], [(90, 9), (10, 2)]]) == 1
    assert math.isnan(agreement.ranking([[(50, 1)]]))
