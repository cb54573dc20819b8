"""What judges an answer: the one small interface that the trained verifier and the first one share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.models import Span, Verdict
from grader.score import Curve
from questions.models import Question


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer says about one key point.

    `probabilities` has one calibrated probability per `Verdict` and sums to 1; `evidence` are the
    spans of the judged text that speak to the point, best first.
    """

    probabilities: Mapping[Verdict, float]
    evidence: tuple[Span, ...] = ()


class Verifier(Protocol):
    """Judges answers. An answer's judgements depend on nothing but its question and its text."""

    @property
    def name(self) -> str:
        """Identifies weights and calibration, for stored grades."""
        ...

    @property
    def curve(self) -> Curve:
        """What maps the expected credit of this verifier's probabilities to marks."""
        ...

    @property
    def sure_up_to(self) -> float:
        """The largest `score.uncertainty` of a mark that is called sure."""
        ...

    def prepare(self, question: Question) -> None:
        """Do the work that needs no answer, so that grading is quick; optional to call."""
        ...

    def verify(self, items: Sequence[tuple[Question, str]]) -> list[tuple[Judgement, ...]]:
        """Return for each (question, text) one judgement per key point, in the key points' order.

        Texts have come through `grader.gates.screen`: normalised, with nothing addressed to the grader.
        """
        ...
