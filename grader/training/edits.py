"""Small edits of graded answers: near copies that differ in truth, and unlike ones that do not.

A folder's `edits.jsonl` has one edit a line: `base` (an answer's id), `old` (words that occur once in
that answer), `new` (what stands in their place), `kind` and `labels` (the labels that it changes, by key
point id). A `flip` makes a point contradicted, a `gap` leaves one unsaid, a `fix` mends a wrong one, `same`
changes no label, though it looks as if it might, and `whole` puts a right answer in the place of all. Only
the clause that an edit touches tells the others' answers apart.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.training.data import LABELS, Example, read_jsonl

VARIANTS = 3
"""Edited copies of one answer in an epoch."""
ANOTHER = 0.2
"""Chance of each further edit of the answer to be made in the same copy."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`new` in place of `old`, after which the key points at `labels`' keys have its values."""

    old: str
    new: str
    labels: dict[int, int]


def read(folder: Path) -> dict[str, list[Edit]]:
    """Return the edits in `folder` or its subfolders by the id of the answer that they change.

    Raises:
        ValueError: an edit names an answer or key point that is not there, or words that do not occur
            exactly once.
    """
    edits: dict[str, list[Edit]] = defaultdict(list)
    for file in sorted(folder.rglob("edits.jsonl")):
        points = {
            str(row["id"]): [str(p["id"]) for p in row["key_points"]]  # type: ignore[attr-defined]
            for row in read_jsonl(file.with_name("questions.jsonl"))
        }
        answers = {str(row["id"]): row for row in read_jsonl(file.with_name("answers.jsonl"))}
        for number, row in enumerate(read_jsonl(file), 1):
            where = f"{file}, edit {number}"
            answer = answers.get(str(row["base"]))
            if answer is None:
                raise ValueError(f"{where}: no answer {row['base']} beside it")
            if str(answer["answer"]).count(str(row["old"])) != 1:
                raise ValueError(f"{where}: the answer must have the words of `old` exactly once")
            ids = points[str(answer["question_id"])]
            labels: dict[str, str] = row["labels"]  # type: ignore[assignment]
            if unknown := set(labels) - set(ids):
                raise ValueError(f"{where}: the question has no key point {', '.join(sorted(unknown))}")
            edits[str(row["base"])].append(
                Edit(
                    old=str(row["old"]),
                    new=str(row["new"]),
                    labels={ids.index(point): LABELS.index(label) for point, label in labels.items()},
                )
            )
    return dict(edits)


def apply(example: Example, edits: Sequence[Edit]) -> Example:
    """Return the answer with each edit made that meets neither words nor points of those before it.

    Its mark is unknown, and so is its id: it is another answer.
    """
    spans: list[tuple[int, int, str]] = []
    labels = list(example.labels)
    touched: set[int] = set()
    for edit in edits:
        start = example.answer.index(edit.old)
        end = start + len(edit.old)
        if touched & edit.labels.keys() or any(start < e and s < end for s, e, _ in spans):
            continue
        spans.append((start, end, edit.new))
        for point, label in edit.labels.items():
            labels[point] = label
        touched |= edit.labels.keys()
    text = example.answer
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return replace(
        example,
        answer=text,
        labels=tuple(labels),
        mark=None,
        style="edited",
        answer_id="",
    )


def edited(
    examples: Sequence[Example], edits: Mapping[str, Sequence[Edit]], rng: random.Random
) -> list[Example]:
    """Return `VARIANTS` edited copies of each example that has edits: most with one edit, some with more."""
    copies = []
    for example in examples:
        found = edits.get(example.answer_id, [])
        for first in rng.sample(found, min(VARIANTS, len(found))):
            others = [edit for edit in found if edit is not first and rng.random() < ANOTHER]
            copies.append(apply(example, [first, *others]))
    return copies
