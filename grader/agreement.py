"""How far two series of marks or verdicts agree: the few statistics that a report needs."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

BANDS = 5


def pearson(given: ArrayLike, found: ArrayLike) -> float:
    """Return Pearson's correlation, -1 to 1; NaN where a series is constant or shorter than two."""
    one, other = np.asarray(given, dtype=float), np.asarray(found, dtype=float)
    if len(one) < 2 or one.std() == 0 or other.std() == 0:
        return float("nan")
    return float(((one - one.mean()) * (other - other.mean())).mean() / (one.std() * other.std()))


def mean_absolute_error(given: ArrayLike, found: ArrayLike) -> float:
    """Return the mean absolute difference, in the unit of the marks; NaN for none."""
    differences = np.abs(np.asarray(given, dtype=float) - np.asarray(found, dtype=float))
    return float(differences.mean()) if differences.size else float("nan")


def root_mean_square_error(given: ArrayLike, found: ArrayLike) -> float:
    """Return the root of the mean squared difference, in the unit of the marks; NaN for none."""
    differences = np.asarray(given, dtype=float) - np.asarray(found, dtype=float)
    return float(np.sqrt((differences**2).mean())) if differences.size else float("nan")


def quadratic_kappa(given: ArrayLike, found: ArrayLike) -> float:
    """Return quadratic-weighted kappa (Cohen 1968) of marks 0 to 100 in five bands of 20, -1 to 1."""
    one, other = (
        np.minimum(np.asarray(marks, dtype=float) // (100 / BANDS), BANDS - 1).astype(int)
        for marks in (given, found)
    )
    if not len(one):
        return float("nan")
    bands = np.arange(BANDS)
    penalty = (bands[:, None] - bands[None, :]) ** 2
    observed = penalty[one, other].mean()
    expected = penalty[one[:, None], other[None, :]].mean()
    return float(1 - observed / expected) if expected else float("nan")


def kappa(given: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Return Cohen's kappa of two series of labels, -1 to 1; NaN where chance alone agrees fully."""
    if not given:
        return float("nan")
    size = len(given)
    observed = sum(one == other for one, other in zip(given, found, strict=True)) / size
    expected = sum(
        (sum(one == label for one in given) / size) * (sum(other == label for other in found) / size)
        for label in set(given)
    )
    return (observed - expected) / (1 - expected) if expected < 1 else float("nan")


def precision_recall(given: Sequence[bool], found: Sequence[bool]) -> tuple[float, float]:
    """Return precision and recall of `found` against `given`; NaN where there is nothing to divide by."""
    hits = sum(one and other for one, other in zip(given, found, strict=True))
    return _ratio(hits, sum(found)), _ratio(hits, sum(given))


def macro_f1(given: Sequence[str], found: Sequence[str]) -> float:
    """Return the mean F1 over the labels in `given` (SemEval-2013 task 7's measure), 0 to 1."""
    scores = []
    for label in sorted(set(given)):
        hits = sum(one == other == label for one, other in zip(given, found, strict=True))
        scores.append(2 * hits / (given.count(label) + found.count(label)))
    return float(np.mean(scores)) if scores else float("nan")


def ranking(groups: Iterable[Sequence[tuple[float, float]]], *, gap: float = 10.0) -> float:
    """Return the share of pairs that `found` ranks like `given`, within each group of (given, found).

    Only pairs whose given marks are at least `gap` apart count; a tie in `found` is half a hit.
    """
    hits, total = 0.0, 0
    for group in groups:
        given, found = (np.array(series, dtype=float) for series in zip(*group, strict=True))
        apart = np.subtract.outer(given, given) >= gap
        order = np.subtract.outer(found, found)[apart]
        hits += float((order > 0).sum() + 0.5 * (order == 0).sum())
        total += order.size
    return _ratio(hits, total)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
