"""What grading an answer yields."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What an answer says about one key point."""

    COVERED = "covered"
    PARTIAL = "partial"
    MISSING = "missing"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of the answer."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PointGrade:
    """The verdict on one key point.

    `probabilities` has one calibrated probability per verdict and sums to 1; `evidence` are the
    spans of the answer that decided it (none for `missing`); `sure` is False near a boundary.
    """

    point_id: str
    verdict: Verdict
    probabilities: Mapping[Verdict, float]
    evidence: tuple[Span, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Grade:
    """One answer's mark: `score` from 0 to 100 and one `PointGrade` per key point, in their order.

    `gate` names the reason when the text says nothing gradable ("empty", "gibberish",
    "question repeated", "keyword list", "instructions to the grader"), else None.
    `model` identifies the weights and calibration that graded it.
    """

    question_id: str
    score: int
    sure: bool
    points: tuple[PointGrade, ...]
    model: str
    gate: str | None = None
