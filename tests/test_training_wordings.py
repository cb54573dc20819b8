"""Key points in other words as training examples."""

import json
import random
from pathlib import Path

import pytest

from grader.training import wordings
from grader.training.data import Example
from grader.training.wordings import Wording

SHIPPED = Path(wordings.__file__).parents[1] / "data" / "train"
POINTS = ("Ports 80 and 443", "TCP only", "Below 1024 is root's", "Nobody knows")


def folder(path: Path, **line: object) -> Path:
    points = [{"id": f"T1.{i}", "text": text, "weight": 1} for i, text in enumerate(POINTS)]
    (path / "questions.jsonl").write_text(json.dumps({"id": "T1", "key_points": points}), encoding="utf-8")
    (path / "wordings.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    return path


def test_wordings_are_read_by_question_and_point(tmp_path: Path) -> None:
    read = wordings.read(folder(tmp_path, point="T1.0", texts=["80, 443"], parts=["Port 80", "Port 443"]))
    assert read == {("T1", POINTS[0]): Wording(("80, 443",), ("Port 80", "Port 443"))}


def test_a_wording_of_an_unknown_point_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"wordings\.jsonl, line 1: no key point T1\.9"):
        wordings.read(folder(tmp_path, point="T1.9", texts=["x"]))


def test_other_words_keep_labels_and_facts_come_apart_only_where_all_have_the_label() -> None:
    known = {("T1", p): Wording((f"other {p}",), (f"first {p}", f"second {p}")) for p in POINTS[:3]}
    example = Example("T", "T1", "?", POINTS, "Yes.", (0, 1, 3, 2), 0.5, weights=(1, 2, 3, 1))
    label = dict(zip(POINTS, example.labels, strict=True))
    rng = random.Random(0)
    seen: set[str] = set()
    for _ in range(80):
        made = wordings.reworded(example, known, rng)
        assert len(made.points) == len(made.labels)
        assert made.weights == (example.weights if len(made.points) == len(POINTS) else ())
        for point, got in zip(made.points, made.labels, strict=True):
            how, _, rest = point.partition(" ")
            assert got == label[rest if how in ("other", "first", "second") else point]
        seen |= set(made.points)
    assert {"other " + p for p in POINTS[:3]} | {"first " + POINTS[0], "second " + POINTS[0]} < seen
    assert not seen & {"first " + POINTS[1], "second " + POINTS[2], "other " + POINTS[3]}


def test_the_shipped_wordings_fit_the_shipped_questions() -> None:
    shipped = wordings.read(SHIPPED)
    assert len(shipped) > 2500
    assert all(text.strip() for some in shipped.values() for text in (*some.texts, *some.parts))
    assert all(len(some.parts) != 1 for some in shipped.values())
