"""Calibrate the verifier on held-out questions: `python -m grader.training.calibrate DATA... --held-out N`.

Fits temperature and class biases (vector scaling, Guo et al. 2017, "On calibration of modern neural
networks") and the curve from expected credit to marks. It takes the very questions that
`train_verifier` kept out (same `--held-out`), never those that figures are reported on.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader import gates
from grader.cross_encoder import WEIGHTS, CrossEncoder, Scaling
from grader.models import Verdict
from grader.score import IDENTITY, expected
from grader.training import data
from grader.training.data import Example
from grader.training.fit_similarity import rising
from questions.models import KeyPoint, Level, Question


def question_of(example: Example) -> Question:
    """Return the example's question as the grader takes it."""
    points = tuple(
        KeyPoint(id=str(index), text=text, weight=weight)
        for index, (text, weight) in enumerate(zip(example.points, example.weights, strict=True), start=1)
    )
    return Question(
        id=example.question_id,
        topic=example.source,
        level=Level.INTERMEDIATE,
        prompt=example.question,
        reference="-",
        key_points=points,
    )


def fit_scaling(
    logits: NDArray[np.float64], labels: NDArray[np.int64], *, steps: int = 500, rate: float = 0.1
) -> tuple[float, NDArray[np.float64]]:
    """Return temperature and biases that minimise the log loss of `labels`, by plain gradient descent.

    A light pull of the biases towards 0 keeps the rare verdicts from being bent by few examples.
    """
    sharpness, bias = 1.0, np.zeros(len(Verdict))
    targets = np.eye(len(Verdict))[labels]
    for _ in range(steps):
        shares = Scaling(1 / sharpness, bias, IDENTITY).probabilities(logits)
        slope = (shares - targets) / len(labels)
        sharpness -= rate * float((slope * logits).sum())
        bias -= rate * (slope.sum(axis=0) * len(Verdict) + 0.01 * bias)
    return 1 / sharpness, bias - bias.mean()


def calibrate(model: CrossEncoder, examples: Sequence[Example]) -> dict[str, object]:
    """Return the calibration fitted on `examples` as the JSON that is stored."""
    asked = [(question_of(example), example) for example in examples]
    screened = [(q, gates.screen(q, example.answer), example) for q, example in asked]
    passed = [(q, screen.content.text, example) for q, screen, example in screened if screen.gate is None]
    rows = [model.logits(question, text) for question, text, _ in passed]
    labels = np.array([label for _, _, example in passed for label in example.labels])
    temperature, bias = fit_scaling(np.concatenate(rows), labels)
    scaling = Scaling(temperature, bias, IDENTITY)
    earned = [
        expected(
            [
                (weight, dict(zip(Verdict, map(float, share), strict=True)))
                for weight, share in zip(example.weights, scaling.probabilities(logits), strict=True)
            ]
        )
        for logits, (_, _, example) in zip(rows, passed, strict=True)
    ]
    marks = [100 * (example.mark or 0.0) for _, _, example in passed]
    return {
        "answers": len(passed),
        "labels": len(labels),
        "questions": len({example.question_id for _, _, example in passed}),
        "temperature": round(temperature, 6),
        "bias": bias.round(6).tolist(),
        "curve": rising(earned, marks),
    }


def main() -> None:
    """Read the command line, fit, and write the calibration beside the weights."""
    from grader.training.train_verifier import split

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="the folders given to train_verifier as --graded")
    parser.add_argument("--held-out", type=int, default=2)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    _, held = split([e for folder in args.data for e in data.graded(folder)], held_out=args.held_out, seed=1)
    content = calibrate(CrossEncoder(args.weights), held)
    target = args.weights / "calibration.json"
    partial = target.with_suffix(".part")
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    partial.replace(target)


if __name__ == "__main__":
    main()
