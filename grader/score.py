"""Probabilities to a mark: pure functions, the one place that says what credit a point earns."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from grader.models import Verdict

CREDIT: Mapping[Verdict, float] = {
    Verdict.COVERED: 1.0,
    Verdict.PARTIAL: 0.5,
    Verdict.MISSING: 0.0,
    # A wrong statement costs more than a gap: about another third to half of the point's weight.
    Verdict.CONTRADICTED: -0.4,
}
SURE_MARGIN = 0.15

Probabilities = Mapping[Verdict, float]
Curve = tuple[tuple[float, float], ...]
"""Knots (expected credit, mark), both rising: marks between knots lie on straight lines."""
IDENTITY: Curve = ((0.0, 0.0), (1.0, 100.0))


def by_verdict(shares: Iterable[float]) -> Probabilities:
    """Name four probabilities, which are in the order of `Verdict`."""
    return dict(zip(Verdict, map(float, shares), strict=True))


def credit(probabilities: Probabilities) -> float:
    """Return a point's expected credit, -0.4 to 1."""
    return sum(CREDIT[verdict] * probability for verdict, probability in probabilities.items())


def verdict(probabilities: Probabilities) -> Verdict:
    """Return the likeliest verdict; the earlier in `Verdict` wins a tie."""
    return max(Verdict, key=lambda candidate: probabilities[candidate])


def sure(probabilities: Probabilities) -> bool:
    """Say whether the likeliest verdict leads the next one by `SURE_MARGIN` or more."""
    first, second = sorted(probabilities.values(), reverse=True)[:2]
    return first - second >= SURE_MARGIN


def expected(points: Sequence[tuple[int, Probabilities]]) -> float:
    """Return the weighted mean of the expected credits of (weight, probabilities), -0.4 to 1."""
    total = sum(weight for weight, _ in points)
    return sum(weight * credit(probabilities) for weight, probabilities in points) / total


def score(points: Sequence[tuple[int, Probabilities]], curve: Curve = IDENTITY) -> int:
    """Return the mark, 0 to 100: where `curve` puts the expected credit of (weight, probabilities)."""
    earned, marks = zip(*curve, strict=True)
    mark = float(np.interp(expected(points), earned, marks))
    return round(min(max(mark, 0.0), 100.0))


def uncertainty(points: Sequence[tuple[int, Probabilities]], mark: float) -> float:
    """Return how far off `mark` may well be: its spread over the verdicts plus its room, 0 to about 95.

    The spread is the standard deviation of the weighted mean of the points' credits, in per cent,
    points taken as independent. The room, `mark` x (100 - `mark`) / 100, is 25 in the middle and 0 at
    both ends: a mark there has nowhere to err to. On held-out questions both together find more of
    the large errors than either.
    """
    total = sum(weight for weight, _ in points)
    variance = 0.0
    for weight, probabilities in points:
        mean = credit(probabilities)
        spread = sum(p * (CREDIT[verdict] - mean) ** 2 for verdict, p in probabilities.items())
        variance += (weight / total) ** 2 * spread
    return float(100 * variance**0.5 + mark * (100 - mark) / 100)
