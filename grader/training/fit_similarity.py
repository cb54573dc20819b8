"""Fit the similarity verifier's calibration: `python -m grader.training.fit_similarity DATA...`.

Each DATA folder holds `questions.jsonl` and `answers.jsonl` with labels; never pass the questions
that figures are reported on.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader import gates
from grader.encoder import Encoder, OnnxEncoder
from grader.evaluate import read_answers, read_questions
from grader.models import Verdict
from grader.score import Curve, Probabilities, by_verdict, expected
from grader.similarity import CALIBRATION, FEATURES, Calibration, Match, SimilarityVerifier

Rows = NDArray[np.float64]
FULL_MARK = 97.0
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Example:
    """One answer: the passages that speak to each key point, its label, its weight; the mark, 0 to 100."""

    matches: list[Match]
    labels: tuple[Verdict, ...]
    weights: tuple[int, ...]
    mark: float


def examples(folders: Sequence[Path], encoder: Encoder) -> list[Example]:
    """Return the answers of `folders` that pass the gates, and full answers to each question.

    Full answers are a question's reference, and its key points one after the other.
    """
    verifier = SimilarityVerifier(encoder, untrained(FEATURES))
    found = []
    for folder in folders:
        questions = read_questions(folder / "questions.jsonl")
        answers = [
            (marked.question, marked.answer, marked.labels or {}, marked.score or 0.0)
            for marked in read_answers(folder / "answers.jsonl", questions)
        ]
        full = [
            (question, text, {point.id: Verdict.COVERED for point in question.key_points}, FULL_MARK)
            for question in questions.values()
            for text in (question.reference, "\n\n".join(point.text for point in question.key_points))
        ]
        for question, answer, labels, mark in (*answers, *full):
            screened = gates.screen(question, answer)
            if screened.gate is None:
                matches = verifier.matches(question, screened.content.text)
                points = question.key_points
                found.append(
                    Example(
                        matches,
                        tuple(labels[point.id] for point in points),
                        tuple(point.weight for point in points),
                        mark,
                    )
                )
    return found


def calibrate(found: Sequence[Example], *, rounds: int = ROUNDS) -> Calibration:
    """Return the calibration fitted on `found`: probabilities first, then the curve to marks.

    A label says nothing of which passage earned it. The first round takes the passage of highest
    cosine, each later one the passage that the round before it credits most, as grading will.
    """
    order = list(Verdict)
    labels = np.array([order.index(label) for example in found for label in example.labels])
    matches = [match for example in found for match in example.matches]
    chosen = [int(match.features[:, 0].argmax()) for match in matches]
    for _ in range(rounds):
        rows = [match.features[row] for match, row in zip(matches, chosen, strict=True)]
        verdicts = fit(np.array(rows), labels)
        chosen = [verdicts.best(match)[0] for match in matches]
    earned = [expected(_weighted(verdicts, example)) for example in found]
    return replace(verdicts, curve=rising(earned, [example.mark for example in found]))


def _weighted(verdicts: Calibration, example: Example) -> list[tuple[int, Probabilities]]:
    return [
        (weight, by_verdict(verdicts.best(match)[1]))
        for weight, match in zip(example.weights, example.matches, strict=True)
    ]


def rising(
    earned: Sequence[float],
    marks: Sequence[float],
    *,
    knots: int = 16,
    middle: Callable[[Sequence[float]], np.floating] = np.mean,
) -> Curve:
    """Return the rising middles of `marks` over `earned` credit (isotonic regression), in `knots` steps.

    Equal shares of the answers make a step; steps that fall are pooled with their neighbours until none
    does. The curve starts at mark 0 for no credit below the first step and ends at 100 for full credit.
    """
    order = np.argsort(earned, kind="stable")
    pools: list[list[tuple[float, float]]] = []
    for chunk in np.array_split(order, min(knots, len(order))):
        pools.append([(earned[index], marks[index]) for index in chunk])
        while len(pools) > 1 and _middle(pools[-2], middle)[1] >= _middle(pools[-1], middle)[1]:
            last = pools.pop()
            pools[-1] += last
    steps = tuple(_middle(pool, middle) for pool in pools)
    return ((min(steps[0][0], 0.0) - 0.1, 0.0), *steps, (max(steps[-1][0], 1.0) + 1e-6, 100.0))


def _middle(
    pool: Sequence[tuple[float, float]], middle: Callable[[Sequence[float]], np.floating]
) -> tuple[float, float]:
    earned, marks = zip(*pool, strict=True)
    return round(float(np.mean(earned)), 6), round(float(middle(marks)), 6)


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


def write(
    target: Path, calibration: Calibration, features: Sequence[str], fitted_on: Mapping[str, int]
) -> None:
    """Store a calibration over `features`, with how much it was fitted on, for `load_calibration`."""
    content = {
        "features": list(features),
        "verdicts": [verdict.value for verdict in Verdict],
        **fitted_on,
        "mean": calibration.mean.round(6).tolist(),
        "scale": calibration.scale.round(6).tolist(),
        "weights": calibration.weights.round(6).tolist(),
        "curve": calibration.curve,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    partial.replace(target)


def untrained(features: Sequence[str]) -> Calibration:
    """Return a calibration over `features` that tells nothing, until one is fitted."""
    return Calibration(np.zeros(len(features)), np.ones(len(features)), np.zeros((1, len(Verdict))))


def main() -> None:
    """Read the command line, fit, and write the calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="folders with questions.jsonl and answers.jsonl")
    parser.add_argument("--target", type=Path, default=CALIBRATION)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    found = examples(arguments.data, OnnxEncoder(threads=arguments.threads))
    calibration = calibrate(found)
    labels = sum(len(example.labels) for example in found)
    write(arguments.target, calibration, FEATURES, {"answers": len(found), "labels": labels})


if __name__ == "__main__":
    main()
