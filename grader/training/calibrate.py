"""Calibrate the verifier on held-out questions: `python -m grader.training.calibrate DATA...`.

Fits the blend of what the cross-encoder says with the similarity features, and the curve from expected
credit to marks.
It takes the very questions that `train_verifier` kept out (each folder's `held_out.txt`), never those
that figures are reported on. Each question's reference joins them as a full answer, and those of two
other questions as answers that say nothing of it.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from grader import gates
from grader.cross_encoder import FEATURES, WEIGHTS, CrossEncoder, TrainedVerifier
from grader.encoder import load_encoder
from grader.evaluate import Marked, read_answers, read_questions
from grader.models import Verdict
from grader.score import by_verdict, expected
from grader.similarity import Calibration, SimilarityVerifier
from grader.training import data
from grader.training.fit_similarity import FULL_MARK, fit, rising, untrained, write
from questions.models import Question

FOREIGN = (7, 13)
"""How many questions further in the list (of another topic) the foreign references stand."""

PENALTY = 1e-2
"""L2 weight: of 1e-3, 1e-2 and 1e-1 the one that cross-validation over the questions liked best."""


def held_out(folders: Sequence[Path]) -> list[Marked]:
    """Return all answers to the questions that training kept out, right and foreign references among them."""
    kept = {question for folder in folders for question in data.held_out(folder)}
    found: list[Marked] = []
    asked: list[Question] = []
    for file in sorted(path for folder in folders for path in folder.rglob("questions.jsonl")):
        questions = read_questions(file)
        asked += [question for question in questions.values() if question.id in kept]
        everything = read_answers(file.with_name("answers.jsonl"), questions)
        found += [marked for marked in everything if marked.question.id in kept]
    for index, question in enumerate(asked):
        found.append(_marked(question, question.reference, Verdict.COVERED, FULL_MARK))
        for step in FOREIGN:
            other = asked[(index + step) % len(asked)]
            if other is not question:
                found.append(_marked(question, other.reference, Verdict.MISSING, 0.0))
    return found


def _marked(question: Question, answer: str, verdict: Verdict, score: float) -> Marked:
    labels = {point.id: verdict for point in question.key_points}
    return Marked(question.id, question, answer, score, labels)


def calibrate(model: CrossEncoder, marked: Sequence[Marked]) -> tuple[Calibration, dict[str, int]]:
    """Return the calibration fitted on those of `marked` that pass the gates, and how many these are."""
    verifier = TrainedVerifier(model, SimilarityVerifier(load_encoder()), untrained(FEATURES))
    rows, kept = [], []
    for one in marked:
        screened = gates.screen(one.question, one.answer)
        if screened.gate is None:
            rows.append(verifier.features(one.question, screened.content.text)[0])
            kept.append(one)
    order = list(Verdict)
    labels = np.array(
        [order.index((one.labels or {})[p.id]) for one in kept for p in one.question.key_points]
    )
    blend = fit(np.concatenate(rows), labels, penalty=PENALTY, steps=200)
    earned = [
        expected(
            [
                (point.weight, by_verdict(shares))
                for point, shares in zip(one.question.key_points, blend.probabilities(row), strict=True)
            ]
        )
        for row, one in zip(rows, kept, strict=True)
    ]
    # The median, not the mean: where most answers of like credit are right and some are not, it is the
    # mark of most of them, and nearer to people's marks on average.
    curve = rising(earned, [one.score or 0.0 for one in kept], knots=12, middle=np.median)
    counts = {
        "answers": len(kept),
        "labels": len(labels),
        "questions": len({one.question.id for one in kept}),
    }
    return replace(blend, curve=curve), counts


def write_for(folders: Sequence[Path], weights: Path = WEIGHTS) -> None:
    """Fit on what `folders` hold out, and write the calibration beside the `weights`."""
    blend, counts = calibrate(CrossEncoder(weights), held_out(folders))
    write(weights / "calibration.json", blend, FEATURES, counts)


def main() -> None:
    """Read the command line and calibrate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="the folders given to train_verifier as --graded")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    write_for(args.data, args.weights)


if __name__ == "__main__":
    main()
