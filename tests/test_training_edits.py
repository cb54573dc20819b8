"""Small edits of graded answers as training examples."""

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.training import edits
from grader.training.data import Example
from grader.training.edits import Edit

SHIPPED = Path(edits.__file__).parents[1] / "data" / "train"
ANSWER = "A is fast. B is slow. C waits."
EXAMPLE = Example(
    "T", "T1", "?", ("A fast", "B slow", "C waits"), ANSWER, (0, 0, 0), 0.9, "medium", (1, 1, 1), "T1-1"
)


def folder(path: Path, *rows: Mapping[str, object]) -> Path:
    points = [{"id": f"T1.{i}", "text": text, "weight": 1} for i, text in enumerate(EXAMPLE.points)]
    question = {"id": "T1", "question": "?", "reference": ANSWER, "key_points": points}
    (path / "questions.jsonl").write_text(json.dumps(question), encoding="utf-8")
    answer = {"id": "T1-1", "question_id": "T1", "answer": ANSWER}
    (path / "answers.jsonl").write_text(json.dumps(answer), encoding="utf-8")
    (path / "edits.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def row(**changed: object) -> dict[str, object]:
    return {
        "base": "T1-1",
        "kind": "flip",
        "old": "fast",
        "new": "slow",
        "labels": {"T1.0": "contradicted"},
    } | changed


def test_edits_are_read_by_the_answer_that_they_change(tmp_path: Path) -> None:
    read = edits.read(folder(tmp_path, row(), row(old="C waits", new="C runs", labels={"T1.2": "missing"})))
    assert read == {"T1-1": [Edit("fast", "slow", {0: 3}), Edit("C waits", "C runs", {2: 2})]}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"base": "T1-9"}, r"edits\.jsonl, edit 1: no answer T1-9"),
        ({"old": "is"}, "edit 1: the answer must have the words of `old` exactly once"),
        ({"old": "gone"}, "exactly once"),
        ({"labels": {"T1.7": "missing"}}, r"no key point T1\.7"),
    ],
)
def test_an_edit_that_does_not_fit_is_named(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        edits.read(folder(tmp_path, row(**changed)))


def test_applying_changes_words_and_labels_and_drops_the_mark() -> None:
    made = edits.apply(EXAMPLE, [Edit("slow", "quick", {1: 3}), Edit("A is", "A, so to say, is", {})])
    assert made.answer == "A, so to say, is fast. B is quick. C waits."
    assert made.labels == (0, 3, 0)
    assert (made.mark, made.answer_id) == (None, "")


def test_an_edit_of_words_or_points_already_edited_is_left_out() -> None:
    first = Edit("B is slow", "B is quick", {1: 3})
    same_words = Edit("slow", "not fast", {})
    same_point = Edit("C waits", "B stops", {1: 2})
    assert edits.apply(EXAMPLE, [first, same_words, same_point]) == edits.apply(EXAMPLE, [first])


def test_copies_are_of_answers_that_have_edits() -> None:
    found = [Edit(old, "x", {}) for old in ("fast", "slow", "waits", "A", "B")]
    other = Example("T", "T2", "?", ("A",), "A", (0,), answer_id="T2-1")
    copies = edits.edited([EXAMPLE, other], {"T1-1": found}, random.Random(0))
    assert len(copies) == edits.VARIANTS
    assert len({e.answer for e in copies}) == edits.VARIANTS
    assert ANSWER not in {e.answer for e in copies}


def test_the_shipped_edits_fit_the_shipped_answers() -> None:
    shipped = edits.read(SHIPPED)
    assert sum(len(some) for some in shipped.values()) > 3000
    labels = [label for some in shipped.values() for edit in some for label in edit.labels.values()]
    assert 0.3 < labels.count(3) / len(labels) < 0.9
