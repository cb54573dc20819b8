"""Graded answers and public pairs in one form."""

import json
import random
from pathlib import Path

from grader.training import data
from grader.training.data import LABELS, UNCOVERED, Example

SHIPPED = Path(data.__file__).parents[1] / "data"


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_our_graded_answers_are_all_labelled() -> None:
    examples = data.graded(SHIPPED)
    assert len(examples) > 3_900
    assert len({example.answer_id for example in examples}) == len(examples)
    for example in examples:
        assert len(example.labels) == len(example.points) == len(example.weights)
        assert example.mark is not None
        assert 0 <= example.mark <= 1


def test_an_answer_to_another_question_says_nothing_of_this_one() -> None:
    own, other = (
        Example(
            source, f"{source}1", f"{source}?", (f"{source} point",), f"{source} answer", (0,), 0.9, "", (1,)
        )
        for source in ("a", "b")
    )
    found = data.foreign_answers([own, other], random.Random(0), 20)
    assert {(e.question, e.answer, e.labels, e.mark) for e in found} == {
        ("a?", "b answer", (2,), 0.0),
        ("b?", "a answer", (2,), 0.0),
    }


def test_each_reference_covers_its_points() -> None:
    examples = data.references(SHIPPED)
    assert {label for example in examples for label in example.labels} == {LABELS.index("covered")}


def test_short_answers_leave_open_whether_a_wrong_one_is_partial(tmp_path: Path) -> None:
    row = {"question_id": "q", "question": "Why?", "references": ["a b", "c d", "a b"], "answer": "x"}
    path = write(
        tmp_path / "s.jsonl", [{**row, "label": name} for name in ("correct", "incorrect", "contradictory")]
    )
    right, wrong, opposite = data.short_answers(path, "s")
    assert (right.points, right.labels) == (("a b",), (0,))
    assert set(wrong.points) <= {"a b", "c d"}
    # As many points as the right one has: their number must not tell the label.
    assert (wrong.labels, opposite.labels) == ((UNCOVERED,), (3,))


def test_hypotheses_of_one_premise_become_points_of_one_answer(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"premise": "It rains.", "hypothesis": "It is wet.", "label": "entailment"},
        {"premise": "It rains.", "hypothesis": "It is dry.", "label": "contradiction"},
        {"premise": "It snows.", "hypothesis": "It is Monday.", "label": "neutral"},
    ]
    first, second = data.inference(write(tmp_path / "n.jsonl", rows), "n")
    assert (first.answer, first.labels) == ("It rains.", (0, 3))
    assert (second.points, second.labels) == (("It is Monday.",), (2,))


def test_saf_scores_become_marks_and_coarse_labels(tmp_path: Path) -> None:
    row = {"question_id": "1", "question": "Why?", "references": ["So."], "answer": "x"}
    path = write(tmp_path / "saf.jsonl", [{**row, "score": score} for score in (1.0, 0.5, 0.0)])
    assert [(e.mark, e.labels) for e in data.saf(path)] == [(1.0, (0,)), (0.5, (1,)), (0.0, (2,))]


def test_foreign_points_come_from_other_sources_and_are_missing() -> None:
    one = Example("K", "K1", "?", ("a", "b"), "x", (0, 0), 0.9, "medium", (1, 1), "K1-1")
    other = Example("S", "S1", "?", ("c", "d"), "y", (0, 0), 0.9, "medium", (1, 1), "S1-1")
    for made in data.with_foreign_points([one, other], share=1.0, seed=3):
        if len(made.points) > 2:
            assert made.points[-1] in ({"c", "d"} if made.source == "K" else {"a", "b"})
            assert LABELS[made.labels[-1]] == "missing"


def test_shuffling_keeps_points_and_labels_together() -> None:
    example = Example("K", "K1", "?", ("a", "b", "c", "d"), "x", (0, 1, 2, 3), 0.5, "medium", (1,) * 4, "1")
    pairs = set(zip(example.points, example.labels, strict=True))
    for seed in range(20):
        mixed = data.shuffled(example, random.Random(seed))
        assert set(zip(mixed.points, mixed.labels, strict=True)) == pairs
        assert mixed.mark == 0.5
        fewer = data.shuffled(example, random.Random(seed), drop=0.9)
        assert len(fewer.points) >= 2
        assert set(zip(fewer.points, fewer.labels, strict=True)) <= pairs
        assert fewer.mark is None or len(fewer.points) == 4
