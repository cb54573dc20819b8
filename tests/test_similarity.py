"""Tests of the similarity verifier on word vectors."""

import json
from pathlib import Path

import numpy as np
import pytest

from grader.errors import GraderError
from grader.models import Verdict
from grader.similarity import CALIBRATION, FEATURES, SimilarityVerifier, load_calibration
from questions.models import KeyPoint, Question
from tests.fakes import WordVectorEncoder
from tests.questions_for_grading import ZOMBIES

ORPHAN = ZOMBIES.key_points[2]


@pytest.fixture(scope="module")
def verifier() -> SimilarityVerifier:
    return SimilarityVerifier(WordVectorEncoder())


def features(verifier: SimilarityVerifier, point: KeyPoint, text: str) -> dict[str, float]:
    question = ZOMBIES.model_copy(update={"key_points": (point,)})
    (match,) = verifier.matches(question, text)
    row = match.features[match.features[:, 0].argmax()]
    return dict(zip(FEATURES, row.tolist(), strict=True))


def test_probabilities_sum_to_one(verifier: SimilarityVerifier) -> None:
    for text in ("An orphan is still running.", "Nothing of it", ""):
        (judgements,) = verifier.verify([(ZOMBIES, text)])
        assert len(judgements) == len(ZOMBIES.key_points)
        assert all(sum(j.probabilities.values()) == pytest.approx(1) for j in judgements)
        assert all(list(j.probabilities) == list(Verdict) for j in judgements)


def test_said_points_are_covered_and_unsaid_ones_missing(verifier: SimilarityVerifier) -> None:
    (judgements,) = verifier.verify([(ZOMBIES, ORPHAN.text)])
    said, unsaid = judgements[2].probabilities, judgements[1].probabilities
    assert said[Verdict.COVERED] > 0.8
    assert unsaid[Verdict.MISSING] > 0.8


def test_evidence_is_the_passage(verifier: SimilarityVerifier) -> None:
    text = f"Let me think. {ORPHAN.text}. That is all."
    (judgements,) = verifier.verify([(ZOMBIES, text)])
    assert any(ORPHAN.text in text[span.start : span.end] for span in judgements[2].evidence)


def test_polarity(verifier: SimilarityVerifier) -> None:
    assert features(verifier, ORPHAN, ORPHAN.text)["polarity_differs"] == 0
    denied = "An orphan is not still running after its parent died"
    assert features(verifier, ORPHAN, denied)["polarity_differs"] == 1


def test_recommending_what_is_to_be_avoided_differs_in_polarity(verifier: SimilarityVerifier) -> None:
    avoid = KeyPoint(id="a", text="run the container as root", avoid=True)
    assert features(verifier, avoid, "run the container as root")["polarity_differs"] == 1
    assert features(verifier, avoid, "never run the container as root")["polarity_differs"] == 0


def test_numbers_and_opposites(verifier: SimilarityVerifier) -> None:
    port = KeyPoint(id="p", text="PostgreSQL listens on port 5432 before the start")
    right = features(verifier, port, "PostgreSQL listens on port 5432 before the start")
    wrong = features(verifier, port, "PostgreSQL listens on port 3306 after the start")
    assert (right["numbers_found"], right["numbers_differ"], right["opposed"]) == (1, 0, 0)
    assert (wrong["numbers_found"], wrong["numbers_differ"], wrong["opposed"]) == (0, 1, 1)


def test_shipped_calibration_is_usable() -> None:
    calibration = load_calibration()
    assert calibration.weights.shape == (len(FEATURES) + 1, len(Verdict))
    credits_, marks = np.array(calibration.curve).T
    assert (np.diff(credits_) > 0).all()
    assert (np.diff(marks) >= 0).all()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"features": 1}'])
def test_broken_calibrations_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GraderError, match="calibration"):
        load_calibration(path)


def test_a_calibration_for_other_features_is_refused(tmp_path: Path) -> None:
    content = json.loads(CALIBRATION.read_text(encoding="utf-8")) | {"features": ["other"]}
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(GraderError, match="other features"):
        load_calibration(path)


def test_name_changes_with_the_calibration() -> None:
    assert load_calibration().version in SimilarityVerifier(WordVectorEncoder()).name


def test_a_single_point_has_no_rival(verifier: SimilarityVerifier) -> None:
    question = Question.model_validate(ZOMBIES.model_dump() | {"key_points": [ORPHAN]})
    (judgements,) = verifier.verify([(question, ORPHAN.text)])
    assert judgements[0].probabilities[Verdict.COVERED] > 0.8
