"""Tests of fitting the similarity verifier's calibration."""

import json
from pathlib import Path

import numpy as np
import pytest

from grader.models import Verdict
from grader.similarity import FEATURES
from grader.training.fit_similarity import calibrate, examples, fit, rising
from tests.fakes import WordVectorEncoder
from tests.questions_for_grading import ZOMBIES


def test_fit_finds_the_rule() -> None:
    generator = np.random.default_rng(0)
    features = generator.uniform(-1, 1, size=(600, 2))
    labels = np.where(features[:, 0] > 0.3, 0, np.where(features[:, 1] > 0, 2, 3))
    found = fit(features, labels, penalty=1e-6, steps=400).probabilities(features)
    assert (found.argmax(axis=1) == labels).mean() > 0.93
    assert np.allclose(found.sum(axis=1), 1)


def test_fit_without_information_gives_the_base_rates() -> None:
    labels = np.array([0] * 6 + [1] * 1 + [2] * 2 + [3] * 1)
    found = fit(np.zeros((10, 1)), labels, steps=400).probabilities(np.zeros((1, 1)))[0]
    assert found == pytest.approx([0.6, 0.1, 0.2, 0.1], abs=1e-3)


def test_rising_may_take_the_median() -> None:
    earned, marks = [0.0, 0.1, 0.2, 0.9, 1.0, 1.1], [0.0, 0.0, 60.0, 30.0, 90.0, 90.0]
    assert [m for _, m in rising(earned, marks, knots=2)[1:-1]] == [20.0, 70.0]
    assert [m for _, m in rising(earned, marks, knots=2, middle=np.median)[1:-1]] == [0.0, 90.0]


def test_rising_pools_what_falls() -> None:
    curve = rising([0.0, 0.2, 0.4, 0.6], [0, 50, 30, 90], knots=4)
    # 50 and 30 fall, so both steps become one at their means (0.3, 40).
    assert curve[1:-1] == ((0.0, 0.0), (0.3, 40.0), (0.6, 90.0))
    assert (curve[0][1], curve[-1][1]) == (0.0, 100.0)


def test_fitted_on_answers_it_marks_full_ones_high(tmp_path: Path) -> None:
    points = [{"id": p.id, "text": p.text, "weight": p.weight} for p in ZOMBIES.key_points]
    question = {"id": "q", "topic": "linux", "question": ZOMBIES.prompt, "reference": ZOMBIES.reference}
    said = ZOMBIES.key_points[2].text
    labels = {p.id: "covered" if p.text == said else "missing" for p in ZOMBIES.key_points}
    answers = [
        {"id": "a", "question_id": "q", "answer": said, "labels": labels, "score": 30},
        {"id": "b", "question_id": "q", "answer": "I don't really know that one.",
         "labels": dict.fromkeys(labels, "missing"), "score": 0},
    ]  # fmt: skip
    (tmp_path / "questions.jsonl").write_text(json.dumps(question | {"key_points": points}) + "\n")
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    found = examples([tmp_path], WordVectorEncoder())
    assert [example.mark for example in found] == [30, 0, 97, 97]
    calibration = calibrate(found)
    best = [calibration.best(match)[1] for match in found[2].matches]
    assert calibration.weights.shape == (len(FEATURES) + 1, len(Verdict))
    assert all(shares.argmax() == 0 for shares in best)
