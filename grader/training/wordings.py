"""Key points in other words: no author words them as the next one does.

A folder's `wordings.jsonl` has one key point a line: `point` (its id), `texts` (other wordings of the same
statement, the first one terse) and, where the point states several facts, `parts` (each on its own).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.training.data import LABELS, Example, read_jsonl

OTHER = 0.4
"""Chance of a key point to be put in other words."""
APART = 0.25
"""Chance of a key point of several facts, said or left out as a whole, to be asked fact by fact."""
_WHOLE = (LABELS.index("covered"), LABELS.index("missing"))


@dataclass(frozen=True, slots=True)
class Wording:
    """Other wordings of a key point, and the facts that it is made of (none for a single one)."""

    texts: tuple[str, ...]
    parts: tuple[str, ...] = ()


Wordings = Mapping[tuple[str, str], Wording]
"""By question id and the text of the key point."""


def read(folder: Path) -> dict[tuple[str, str], Wording]:
    """Return the wordings in `folder` or its subfolders.

    Raises:
        ValueError: a line names a key point that is not there.
    """
    found: dict[tuple[str, str], Wording] = {}
    for file in sorted(folder.rglob("wordings.jsonl")):
        points = {
            str(point["id"]): (str(row["id"]), str(point["text"]))
            for row in read_jsonl(file.with_name("questions.jsonl"))
            for point in row["key_points"]  # type: ignore[attr-defined]
        }
        for number, row in enumerate(read_jsonl(file), 1):
            if row["point"] not in points:
                raise ValueError(f"{file}, line {number}: no key point {row['point']} beside it")
            found[points[str(row["point"])]] = Wording(
                tuple(row["texts"]),  # type: ignore[arg-type]
                tuple(row.get("parts", ())),  # type: ignore[arg-type]
            )
    return found


def reworded(example: Example, wordings: Wordings, rng: random.Random) -> Example:
    """Put some of the example's key points into other words, or ask for their facts one by one.

    A point covered or missing is so in every part; of one that is partial or contradicted nobody knows
    which part it is, so it stays whole.
    """
    points: list[str] = []
    labels: list[int] = []
    for point, label in zip(example.points, example.labels, strict=True):
        wording = wordings.get((example.question_id, point))
        texts: tuple[str, ...] = (point,)
        if wording and wording.parts and label in _WHOLE and rng.random() < APART:
            texts = wording.parts
        elif wording and rng.random() < OTHER:
            texts = (rng.choice(wording.texts),)
        points += texts
        labels += [label] * len(texts)
    weights = example.weights if len(points) == len(example.points) else ()
    return replace(example, points=tuple(points), labels=tuple(labels), weights=weights)
