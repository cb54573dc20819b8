"""Graded answers and public pairs as training examples of one form.

Our own sets (`questions.jsonl`, `answers.jsonl`) and public ones (JSON lines, see the data
folder's own README) become `Example`s: a question, its key points, an answer, a label for each point,
and a mark where there is one.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

LABELS = ("covered", "partial", "missing", "contradicted")
UNCOVERED = len(LABELS)
"""Label of a point known only to be partial or missing."""

_THREE_WAY = {"correct": 0, "incorrect": UNCOVERED, "contradictory": 3}
_NLI = {"entailment": "covered", "neutral": "missing", "contradiction": "contradicted"}


@dataclass(frozen=True, slots=True)
class Example:
    """One answer: `labels[i]` indexes `LABELS` for `points[i]`, or is `UNCOVERED`; `mark` is 0 to 1."""

    source: str
    question_id: str
    question: str
    points: tuple[str, ...]
    answer: str
    labels: tuple[int, ...]
    mark: float | None = None
    style: str = ""
    weights: tuple[int, ...] = ()
    answer_id: str = ""


def read_jsonl(path: Path) -> list[dict[str, object]]:
    """Read a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def graded(folder: Path) -> list[Example]:
    """Read our graded answers in `folder` (or its subfolders)."""
    examples: list[Example] = []
    for file in sorted(folder.rglob("answers.jsonl")):
        questions = {row["id"]: row for row in read_jsonl(file.with_name("questions.jsonl"))}
        for row in read_jsonl(file):
            question = questions[row["question_id"]]
            points = question["key_points"]
            examples.append(
                Example(
                    source=file.parent.name,
                    question_id=str(question["id"]),
                    question=str(question["question"]),
                    points=tuple(p["text"] for p in points),  # type: ignore[attr-defined]
                    answer=str(row["answer"]),
                    labels=tuple(LABELS.index(row["labels"][p["id"]]) for p in points),  # type: ignore[attr-defined,index]
                    mark=float(row["score"]) / 100,  # type: ignore[arg-type]
                    style=str(row["style"]),
                    weights=tuple(p["weight"] for p in points),  # type: ignore[attr-defined]
                    answer_id=str(row["id"]),
                )
            )
    return examples


def references(folder: Path) -> list[Example]:
    """Each question's own reference as an answer that covers every point."""
    examples = []
    for file in sorted(folder.rglob("questions.jsonl")):
        for question in read_jsonl(file):
            points = question["key_points"]
            examples.append(
                Example(
                    source="reference",
                    question_id=str(question["id"]),
                    question=str(question["question"]),
                    points=tuple(p["text"] for p in points),  # type: ignore[attr-defined]
                    answer=str(question["reference"]),
                    labels=(0,) * len(points),  # type: ignore[arg-type]
                    mark=0.97,
                    style="verbatim_ref",
                    weights=tuple(p["weight"] for p in points),  # type: ignore[attr-defined]
                )
            )
    return examples


def held_out(folder: Path) -> set[str]:
    """Return the questions kept out of training, for calibration: the lines of each `held_out.txt`."""
    return {
        line
        for file in folder.rglob("held_out.txt")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line
    }


def short_answers(path: Path, source: str, *, seed: int = 0) -> list[Example]:
    """Read SciEntsBank or Beetle rows: one reference is the key point, with the row's label.

    A right answer covers the first (best) reference; a wrong one covers none, so any may be drawn for
    it, but one only: how many points there are must not tell the label. "Incorrect" leaves open whether
    it is partial or missing.
    """
    rng = random.Random(seed)
    examples = []
    for row in read_jsonl(path):
        label = _THREE_WAY[str(row["label"])]
        refs = list(dict.fromkeys(row["references"]))  # type: ignore[call-overload]
        chosen = refs[:1] if label == 0 else [rng.choice(refs)]
        examples.append(
            Example(
                source=source,
                question_id=f"{source}:{row['question_id']}",
                question=str(row["question"]),
                points=tuple(chosen),
                answer=str(row["answer"]),
                labels=(label,) * len(chosen),
            )
        )
    return examples


def saf(path: Path) -> list[Example]:
    """Read SAF rows: the reference as one key point, the score as mark and coarse label."""
    examples = []
    for row in read_jsonl(path):
        score = float(row["score"])  # type: ignore[arg-type]
        label = 0 if score >= 0.95 else 2 if score <= 0.05 else 1
        examples.append(
            Example(
                source="saf",
                question_id=f"saf:{row['question_id']}",
                question=str(row["question"]),
                points=(str(row["references"][0])[:600],),  # type: ignore[index]
                answer=str(row["answer"]),
                labels=(label,),
                mark=score,
            )
        )
    return examples


def inference(path: Path, source: str, *, most_points: int = 8) -> list[Example]:
    """Read inference pairs; hypotheses of one premise become the key points of one answer."""
    groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in read_jsonl(path):
        label = _NLI.get(str(row["label"]))
        if label is not None:
            groups[str(row["premise"])].append((str(row["hypothesis"]), LABELS.index(label)))
    examples: list[Example] = []
    for premise, pairs in groups.items():
        for start in range(0, len(pairs), most_points):
            part = pairs[start : start + most_points]
            examples.append(
                Example(
                    source=source,
                    question_id=f"{source}:{len(examples)}",
                    question="What is stated?",
                    points=tuple(text for text, _ in part),
                    answer=premise,
                    labels=tuple(label for _, label in part),
                )
            )
    return examples


def pairs(path: Path, source: str) -> list[Example]:
    """Read Breaking-NLI or negation-NLI rows: one statement against one, three-way labels only."""
    return [
        Example(
            source=source,
            question_id=f"{source}:{row['question_id']}",
            question="What is stated?",
            points=(str(row["references"][0]),),  # type: ignore[index]
            answer=str(row["answer"]),
            labels=(LABELS.index(_NLI[str(row["label"])]),),
        )
        for row in read_jsonl(path)
        if row["label"] in _NLI
    ]


def with_foreign_points(examples: Sequence[Example], *, share: float, seed: int) -> Iterator[Example]:
    """Give a share of the examples one key point of another question, which their answer misses.

    Only questions of other sources (topics) lend points, so that the answer can't state it by chance.
    """
    rng = random.Random(seed)
    pool = [example for example in examples if example.mark is not None and example.weights]
    for example in examples:
        if pool and example.weights and rng.random() < share:
            other = rng.choice(pool)
            if other.source != example.source:
                yield replace(
                    example,
                    points=(*example.points, rng.choice(other.points)),
                    labels=(*example.labels, LABELS.index("missing")),
                    weights=(),
                )
                continue
        yield example


def foreign_answers(examples: Sequence[Example], rng: random.Random, count: int) -> list[Example]:
    """Return `count` questions with an answer to a question of another source: nothing of theirs is said.

    Without them a well-written text about anything passes for an answer.
    """
    pool = [example for example in examples if example.weights]
    found = []
    for asked, answered in zip(rng.choices(pool, k=count), rng.choices(pool, k=count), strict=True):
        if asked.source != answered.source:
            labels = (LABELS.index("missing"),) * len(asked.points)
            found.append(replace(asked, answer=answered.answer, labels=labels, mark=0.0, answer_id=""))
    return found


def shuffled(example: Example, rng: random.Random, *, drop: float = 0.0) -> Example:
    """Put the key points into random order, dropping each with probability `drop` (two stay)."""
    order = list(range(len(example.points)))
    rng.shuffle(order)
    kept = [i for i in order if rng.random() >= drop]
    if len(kept) < 2:
        kept = order[:2]
    return replace(
        example,
        points=tuple(example.points[i] for i in kept),
        labels=tuple(example.labels[i] for i in kept),
        mark=example.mark if len(kept) == len(order) else None,
        weights=(),
    )
