"""The grader: gates first, then the verifier's judgements, then the mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grader import gates, score
from grader.models import Grade, PointGrade, Span, Verdict
from grader.normalise import Normalised
from grader.verifier import Judgement, Verifier
from questions.models import KeyPoint, Question

Judge = Literal["trained", "small"]
"""What decides the verdicts: the trained cross-encoder, or nearness of meaning alone."""

_NOTHING: score.Probabilities = {
    Verdict.COVERED: 0.0,
    Verdict.PARTIAL: 0.0,
    Verdict.MISSING: 1.0,
    Verdict.CONTRADICTED: 0.0,
}


@dataclass(frozen=True, slots=True)
class Grader:
    """Marks answers. The same answer to the same question always gets the same `Grade`."""

    verifier: Verifier

    @property
    def model(self) -> str:
        """Identifies the weights and calibration that grade."""
        return self.verifier.name

    def prepare(self, question: Question) -> None:
        """Do the work on `question` that needs no answer, so that the first grade is quick too."""
        self.verifier.prepare(question)

    def grade(self, question: Question, answer: str) -> Grade:
        """Return the grade of one answer; evidence spans are offsets into `answer` as given."""
        return self.grade_many([(question, answer)])[0]

    def grade_many(self, pairs: Sequence[tuple[Question, str]]) -> list[Grade]:
        """Return the grade of each (question, answer), the same as `grade` gives one by one."""
        screened = [gates.screen(question, answer) for question, answer in pairs]
        passed = [
            (question, screen.content.text)
            for (question, _), screen in zip(pairs, screened, strict=True)
            if screen.gate is None
        ]
        judged = iter(self.verifier.verify(passed))
        return [
            self._grade(question, screen.content, next(judged))
            if screen.gate is None
            else self._refuse(question, screen.gate)
            for (question, _), screen in zip(pairs, screened, strict=True)
        ]

    def _grade(self, question: Question, content: Normalised, judged: Sequence[Judgement]) -> Grade:
        points = tuple(
            _point(point, judgement, content)
            for point, judgement in zip(question.key_points, judged, strict=True)
        )
        weighted = [
            (point.weight, judgement.probabilities)
            for point, judgement in zip(question.key_points, judged, strict=True)
        ]
        mark = score.score(weighted, self.verifier.curve)
        return Grade(
            question_id=question.id,
            score=mark,
            sure=score.uncertainty(weighted, mark) <= self.verifier.sure_up_to,
            points=points,
            model=self.model,
        )

    def _refuse(self, question: Question, gate: str) -> Grade:
        points = tuple(PointGrade(point.id, Verdict.MISSING, _NOTHING) for point in question.key_points)
        return Grade(question.id, score=0, sure=True, points=points, model=self.model, gate=gate)


def _point(point: KeyPoint, judgement: Judgement, content: Normalised) -> PointGrade:
    verdict = score.verdict(judgement.probabilities)
    evidence: tuple[Span, ...] = ()
    if verdict is not Verdict.MISSING:
        evidence = tuple(content.original(span) for span in judgement.evidence)
    return PointGrade(
        point_id=point.id,
        verdict=verdict,
        probabilities=judgement.probabilities,
        evidence=evidence,
        sure=score.sure(judgement.probabilities),
    )


def load_grader(encoder: str | None = None, *, judge: Judge = "trained", threads: int = 1) -> Grader:
    """Return the shipped grader; `judge` "small" leaves the cross-encoder out: faster, and far worse.

    `encoder` names a Sentence Transformers model to take instead of the shipped bi-encoder. `threads`
    share out statements and answers; marks don't depend on it. Raises `GraderError` where a model is
    missing or unusable.
    """
    from grader.encoder import load_encoder

    _reserve()
    vectors = load_encoder(encoder, threads=threads)
    if judge == "small":
        from grader.similarity import SimilarityVerifier

        return Grader(SimilarityVerifier(vectors))
    from grader.cross_encoder import load_verifier

    return Grader(load_verifier(vectors, threads=threads))


def _reserve() -> None:
    """Have numpy's OpenBLAS take its work space, or end the process, now rather than at an answer.

    It knows no other way where there is no memory left, and keeps the space.
    """
    import numpy as np

    ones = np.ones((256, 384), dtype=np.float32)
    ones @ ones.T
