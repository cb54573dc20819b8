"""Fit the similarity verifier's calibration: `python -m grader.training.fit_similarity DATA...`.

Each DATA folder holds `questions.jsonl` and `answers.jsonl` with labels; never pass the questions
that figures are reported on.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader import gates
from grader.encoder import OnnxEncoder
from grader.evaluate import read_questions, read_rows
from grader.models import Verdict
from grader.similarity import CALIBRATION, FEATURES, Calibration, SimilarityVerifier

Rows = NDArray[np.float64]


def examples(folders: list[Path], threads: int) -> tuple[Rows, NDArray[np.int64]]:
    """Return features, shape (labels, features), and the verdicts' indices, of every labelled point."""
    untrained = Calibration(np.zeros(0), np.ones(0), np.zeros((1, len(Verdict))))
    verifier = SimilarityVerifier(OnnxEncoder(threads=threads), untrained)
    order = list(Verdict)
    features, labels = [], []
    for folder in folders:
        questions = read_questions(folder / "questions.jsonl")
        for _, row in read_rows(folder / "answers.jsonl"):
            question = questions[row["question_id"]]
            screened = gates.screen(question, row["answer"])
            if screened.gate is not None:
                continue
            features.append(verifier.features(question, screened.content.text)[0])
            labels += [order.index(Verdict(row["labels"][point.id])) for point in question.key_points]
    return np.concatenate(features), np.array(labels)


def fit(features: Rows, labels: NDArray[np.int64], *, penalty: float = 1e-3, steps: int = 60) -> Calibration:
    """Return the multinomial logistic regression of `labels` on `features`, by Newton's method.

    `penalty` is the L2 weight per example, the intercept excepted.
    """
    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    inputs = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    size, classes = inputs.shape[1], len(Verdict)
    targets = np.eye(classes)[labels]
    ridge = penalty * np.concatenate([np.ones(size - 1), [1e-6]])
    weights = np.zeros((size, classes))
    for _ in range(steps):
        logits = inputs @ weights
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        gradient = inputs.T @ (shares - targets) / len(inputs) + ridge[:, None] * weights
        # Boehning's (1992) fixed bound on the Hessian of a multinomial logistic regression: 1/2 of X'X.
        curvature = 0.5 * inputs.T @ inputs / len(inputs) + np.diag(ridge)
        weights -= np.linalg.solve(curvature, gradient)
    return Calibration(mean, scale, weights)


def main() -> None:
    """Read the command line, fit, and write the calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="folders with questions.jsonl and answers.jsonl")
    parser.add_argument("--target", type=Path, default=CALIBRATION)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    features, labels = examples(arguments.data, arguments.threads)
    calibration = fit(features, labels)
    content = {
        "features": list(FEATURES),
        "verdicts": [verdict.value for verdict in Verdict],
        "labels": len(labels),
        "mean": calibration.mean.round(6).tolist(),
        "scale": calibration.scale.round(6).tolist(),
        "weights": calibration.weights.round(6).tolist(),
    }
    arguments.target.parent.mkdir(parents=True, exist_ok=True)
    partial = arguments.target.with_suffix(".part")
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    partial.replace(arguments.target)


if __name__ == "__main__":
    main()
