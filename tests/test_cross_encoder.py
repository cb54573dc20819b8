"""The trained verifier: calibration, evidence, and how it reads the model's logits."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.cross_encoder import CrossEncoder, Scaling, TrainedVerifier, load_scaling, statement
from grader.errors import GraderError
from grader.models import Verdict
from grader.score import IDENTITY
from grader.training.calibrate import fit_scaling
from questions.models import KeyPoint, Level, Question
from tests.fakes import WordVectorEncoder

QUESTION = Question(
    id="q",
    topic="fruit",
    level=Level.FUNDAMENTAL,
    prompt="How does an apple ripen?",
    reference="An apple ripens slowly on the tree.",
    key_points=(
        KeyPoint(id="1", text="An apple ripens slowly"),
        KeyPoint(id="2", text="It hangs on the tree"),
        KeyPoint(id="3", text="picking it early", avoid=True),
    ),
)


class SharedWords(CrossEncoder):
    """A model whose logit for "covered" is the number of words that point and text share."""

    def __init__(self) -> None:
        self.name = "shared-words"

    def logits(self, question: Question, text: str) -> NDArray[np.float64]:
        said = set(text.lower().split())
        shared = [len(said & set(statement(p).lower().split())) for p in question.key_points]
        return np.array([[count, 0.0, 2.0, 0.0] for count in shared], dtype=np.float64)


def verifier(**scaling: float) -> TrainedVerifier:
    return TrainedVerifier(
        SharedWords(), WordVectorEncoder(), Scaling(scaling.get("temperature", 1.0), np.zeros(4), IDENTITY)
    )


def test_probabilities_follow_the_logits_and_evidence_the_words() -> None:
    text = "An apple ripens slowly here. Rain falls on Sunday."
    ((first, second, third),) = verifier().verify([(QUESTION, text)])
    assert max(first.probabilities, key=first.probabilities.__getitem__) is Verdict.COVERED
    assert max(second.probabilities, key=second.probabilities.__getitem__) is Verdict.MISSING
    assert sum(first.probabilities.values()) == pytest.approx(1)
    assert [text[span.start : span.end] for span in first.evidence] == ["An apple ripens slowly here."]
    assert sum(third.probabilities.values()) == pytest.approx(1)


def test_a_higher_temperature_is_less_certain_and_keeps_the_order() -> None:
    ((cold, *_),) = verifier(temperature=0.5).verify([(QUESTION, "An apple ripens slowly")])
    ((hot, *_),) = verifier(temperature=4.0).verify([(QUESTION, "An apple ripens slowly")])
    assert cold.probabilities[Verdict.COVERED] > hot.probabilities[Verdict.COVERED] > 0.25


def test_what_is_to_be_avoided_is_read_as_advice() -> None:
    assert statement(QUESTION.key_points[2]) == "Avoid this: picking it early"
    assert statement(QUESTION.key_points[0]) == "An apple ripens slowly"


def test_a_text_without_statements_has_no_evidence() -> None:
    ((first, *_),) = verifier().verify([(QUESTION, "")])
    assert first.evidence == ()


def test_scaling_finds_the_temperature_that_made_the_labels() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(4_000, 4)) * 4
    shares = Scaling(2.0, np.array([0.0, 0.0, 0.5, -0.5]), IDENTITY).probabilities(logits)
    labels = np.array([rng.choice(4, p=row) for row in shares])
    temperature, bias = fit_scaling(logits, labels)
    assert temperature == pytest.approx(2.0, rel=0.15)
    assert bias[2] - bias[3] == pytest.approx(1.0, abs=0.3)


def test_a_missing_or_broken_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match=r"No usable verifier in .*Reinstall"):
        CrossEncoder(tmp_path)
    (tmp_path / "calibration.json").write_text('{"temperature": 1}')
    with pytest.raises(GraderError, match="no usable calibration"):
        load_scaling(tmp_path / "calibration.json")
