"""What an epoch of the verifier's training reads."""

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.training import mixture
from grader.training.data import UNCOVERED, Example


def lines(path: Path, *rows: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def public(tmp_path: Path) -> Path:
    labels = ("entailment", "neutral", "contradiction")
    for name in mixture.INFERENCE:
        lines(
            tmp_path / "nli" / f"{name}.jsonl",
            *(
                {"premise": f"{name} text {i}.", "hypothesis": f"{name} claim {i} {label}", "label": label}
                for i in range(3)
                for label in labels
            ),
        )
    for name in ("breaking_nli/test", "negation_nli/snli", "negation_nli/mnli", "negation_nli/rte"):
        lines(
            tmp_path / f"{name}.jsonl",
            {"question_id": 1, "references": ["Claim."], "answer": f"{name}.", "label": "contradiction"},
        )
    return tmp_path


def test_inference_answers_hold_the_text_that_each_point_is_about(public: Path) -> None:
    examples = mixture.inference_answers(public, random.Random(0))
    assert len(examples) >= 4
    wanted = {"entailment": 0, "neutral": UNCOVERED, "contradiction": 3}
    for example in examples:
        assert len(example.points) == len(example.labels) >= 3
        for point, label in zip(example.points, example.labels, strict=True):
            if " claim " in point:
                name, number = point.split(" claim ")
                assert f"{name} text {number.split()[0]}." in example.answer
                assert label == wanted[number.split()[1]]


def test_an_epoch_has_all_graded_answers_and_a_replay() -> None:
    def some(source: str, count: int) -> list[Example]:
        return [
            Example(source, f"{source}{i}", "?", ("It is so", "It runs"), "Yes.", (0, 2), 0.5, "", (1, 1))
            for i in range(count)
        ]

    mixed = mixture.epoch(some("a", 16), {}, {}, some("public", 20), some("saf", 6), random.Random(0), seed=1)
    count = {s: sum(e.source == s for e in mixed) for s in ("a", "public", "saf", "composed")}
    assert count == {"a": 16, "public": 2, "saf": 2, "composed": 2}


def test_held_out_questions_are_not_trained_on(tmp_path: Path) -> None:
    point = {"id": "1", "text": "It is so", "weight": 1}
    lines(
        tmp_path / "A/questions.jsonl",
        *({"id": key, "question": "?", "reference": "It is.", "key_points": [point]} for key in ("A1", "A2")),
    )
    row = {"answer": "Yes.", "style": "weak", "labels": {"1": "covered"}, "score": 90}
    lines(tmp_path / "A/answers.jsonl", *({"id": f"{q}-1", "question_id": q, **row} for q in ("A1", "A2")))
    (tmp_path / "held_out.txt").write_text("A2\n", encoding="utf-8")
    train, held = mixture.graded([tmp_path])
    assert {e.question_id for e in train} == {"A1"}
    assert [e.question_id for e in held] == ["A2"]
    assert {e.style for e in train} == {"weak", "verbatim_ref"}


def test_the_parts_of_an_epoch_make_up_the_whole() -> None:
    examples = [Example("a", f"a{i}", "?", ("It is so",), "Yes.", (0,), answer_id=str(i)) for i in range(40)]
    parts = [mixture.part(examples, number, 4, seed=3) for number in range(4)]
    assert sorted(e.question_id for part in parts for e in part) == sorted(e.question_id for e in examples)
    assert mixture.part(examples[:20], 1, 4, seed=3) == [e for e in parts[1] if e in examples[:20]]
