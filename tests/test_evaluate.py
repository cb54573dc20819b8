"""Tests of measuring the grader against people's marks."""

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.errors import GraderError
from grader.evaluate import (
    difference,
    evaluate,
    evaluate_derived,
    evaluate_pairs,
    grade_to_json,
    read_answers,
    read_pairs,
    read_questions,
    write_rows,
)
from grader.grade import Grader
from grader.models import Verdict
from grader.score import IDENTITY
from grader.verifier import Judgement
from questions.models import Level, Question

QUESTION: dict[str, Any] = {
    "id": "q1", "topic": "linux", "difficulty": "hard", "question": "What is a zombie?",
    "reference": "A process that has exited, not reaped.",
    "key_points": [
        {"id": "q1.1", "text": "It has exited", "weight": 3},
        {"id": "q1.2", "text": "Nobody reaped it"},
    ],
}  # fmt: skip
ANSWERS: list[dict[str, Any]] = [
    {"id": "a1", "question_id": "q1", "answer": "it has exited, so nobody reaped it",
     "style": "full_paraphrase",
     "labels": {"q1.1": "covered", "q1.2": "covered"}, "score": 90},
    {"id": "a2", "question_id": "q1", "answer": "it has exited after all", "style": "medium",
     "labels": {"q1.1": "covered", "q1.2": "missing"}, "score": 70},
    {"id": "a3", "question_id": "q1", "answer": "it is no dead one", "style": "wrong_confident",
     "labels": {"q1.1": "contradicted", "q1.2": "covered"}, "score": 10},
]  # fmt: skip


class WordVerifier:
    """Covers a point whose last word the answer holds; else "no" contradicts it; else it is missing."""

    name = "words"
    curve = IDENTITY
    sure_up_to = 30.0

    def prepare(self, question: Question) -> None:
        """Nothing to prepare."""

    def verify(self, items: Sequence[tuple[Question, str]]) -> list[tuple[Judgement, ...]]:
        """Return certain judgements."""
        return [
            tuple(
                self._judge(point.text.split()[-1], re.findall(r"\w+", text)) for point in question.key_points
            )
            for question, text in items
        ]

    def _judge(self, word: str, words: list[str]) -> Judgement:
        found = (
            Verdict.COVERED if word in words else Verdict.CONTRADICTED if "no" in words else Verdict.MISSING
        )
        return Judgement({verdict: float(verdict is found) for verdict in Verdict})


GRADER = Grader(WordVerifier())


def write(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path / "questions.jsonl", [QUESTION]), write(tmp_path / "answers.jsonl", ANSWERS)


def test_questions(files: tuple[Path, Path]) -> None:
    question = read_questions(files[0])["q1"]
    assert question.level is Level.ADVANCED
    assert [point.weight for point in question.key_points] == [3, 1]


def test_figures_by_hand(files: tuple[Path, Path]) -> None:
    # "it" covers the second point everywhere but in no first point; scores: 100, 100, 0.
    found = evaluate(GRADER, *files)
    assert [grade.score for grade in found.grades] == [100, 100, 0]
    figures = found.figures()
    assert figures["score: MAE"] == pytest.approx((10 + 30 + 10) / 3)
    assert figures["ranking within a question (marks 10 apart)"] == pytest.approx(2.5 / 3)
    assert figures["full paraphrase beats wrong answer"] == 1
    assert figures["covered or not: precision"] == pytest.approx(4 / 5)
    assert figures["covered or not: recall"] == 1
    assert figures["contradicted or not: precision"] == 1
    assert figures["contradicted or not: recall"] == 1


def test_table_and_rows(files: tuple[Path, Path]) -> None:
    found = evaluate(GRADER, *files)
    table = found.table()
    assert all(name in table for name in ("Pearson", "MAE", "kappa", "wrong_confident", "unsure"))
    assert found.rows()[1] == {
        "id": "a2",
        "score": found.grades[1].score,
        "sure": True,
        "points": {
            point: {
                "verdict": "covered",
                "p": {"covered": 1.0, "partial": 0.0, "missing": 0.0, "contradicted": 0.0},
            }
            for point in ("q1.1", "q1.2")
        },
    }


def test_derived_points_take_the_place_of_authored_ones(files: tuple[Path, Path]) -> None:
    # The reference's one sentence ends with "reaped": the first answer has it, the second hasn't.
    derived = evaluate_derived(GRADER, *files)
    assert [grade.score for grade in derived.grades] == [100, 0, 0]
    assert all(marked.question.derived for marked in derived.marked)
    assert not any("or not" in name for name in derived.figures())
    first, *_ = difference(evaluate(GRADER, *files), derived).split("\n")
    assert first.split() == ["answers", "3.000", "3.000", "+0.000"]


def test_grade_to_json_has_evidence(files: tuple[Path, Path]) -> None:
    question = read_questions(files[0])["q1"]
    found = grade_to_json(GRADER.grade(question, "it has exited"))
    assert (found["id"], found["gate"], found["model"]) == ("q1", None, "words")
    assert found["points"]["q1.1"]["evidence"] == []
    json.dumps(found)


def test_pairs(tmp_path: Path) -> None:
    pairs = write(
        tmp_path / "pairs.jsonl",
        [
            {
                "question": "State?",
                "references": ["It runs", "It has exited"],
                "answer": "it exited",
                "score": 1,
            },
            {
                "question": "State?",
                "references": ["It has exited"],
                "answer": "no idea",
                "label": "contradictory",
            },
            {
                "question": "State?",
                "references": ["It has exited"],
                "answer": "well then",
                "label": "irrelevant",
            },
        ],
    )
    found = evaluate_pairs(GRADER, pairs)
    assert [grade.score for grade in found.grades] == [100, 0, 0]
    assert found.figures()["score: MAE"] == 0
    assert found.figures()["3-way macro-F1"] == 1
    assert math.isnan(found.figures()["score: Pearson"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": None}, "field question must be a text"),
        ({"reference": None}, "field reference must be a text"),
        ({"reference": ""}, "field reference"),
        ({"id": True}, "field id must be a text"),
        ({"tags": 5}, "wrong type"),
        ({"key_points": []}, "field key_points"),
        ({"key_points": "1"}, "field key_points"),
        ({"key_points": ["1"]}, "key point 1: expected a JSON object"),
        ({"key_points": [{"id": "1", "text": "x", "weight": 9}]}, "key point 1: field weight"),
        ({"key_points": [{"id": "1", "text": "x"}, {"id": 1, "text": "y"}]}, "key point 2: a second .* id 1"),
        ({"difficulty": "huge"}, "'huge'"),
        ({"topic": 5}, "field topic"),
    ],
)
def test_bad_questions_name_line_and_field(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = write(tmp_path / "questions.jsonl", [QUESTION | change])
    with pytest.raises(GraderError, match=rf"questions\.jsonl, line 1.*{message}"):
        read_questions(path)


def test_files_of_others_are_read(tmp_path: Path) -> None:
    bare = {key: QUESTION[key] for key in ("id", "question", "reference")}
    points = [{"id": 1, "text": "it has exited", "weight": None, "note": "unknown here"}]
    rows = [
        bare | {"id": 7, "difficulty": None, "tags": None, "unknown": [1]},
        bare | {"id": "8", "difficulty": "Easy", "key_points": points},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n\r\n".join(json.dumps(row).encode() for row in rows))
    asked = read_questions(path)
    assert [(each.level, each.derived) for each in asked.values()] == [
        (Level.INTERMEDIATE, True),
        (Level.FUNDAMENTAL, False),
    ]
    assert [(point.id, point.weight) for point in asked["8"].key_points] == [("1", 1)]
    answers = [{"id": 1, "question_id": 7, "answer": "", "labels": {"of points": "we don't know"}}]
    (marked,) = read_answers(write(tmp_path / "answers.jsonl", answers), asked)
    assert (marked.id, marked.question, marked.labels) == ("1", asked["7"], None)


@pytest.mark.parametrize(
    ("label", "reading"),
    [
        *(("Correct", "correct"), ("entailment", "correct"), ("match", "correct"), (1, "correct")),
        *((True, "correct"), ("contradiction", "contradictory"), ("contradictory", "contradictory")),
        *(("Partially correct", "incorrect"), ("no_match", "incorrect"), ("neutral", "incorrect")),
    ],
)
def test_labels_of_public_sets_are_understood(tmp_path: Path, label: object, reading: str) -> None:
    row = {"question": "", "references": ["It has exited"], "answer": "it", "score": None, "label": label}
    ((marked,),) = read_pairs(write(tmp_path / "pairs.jsonl", [row]))
    assert (marked.label, marked.score) == (reading, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question_id": None}, "field question_id must be a text"),
        ({"style": ["medium"]}, "field style"),
        ({"question_id": "q9"}, "field question_id"),
        ({"answer": 3}, "field answer"),
        ({"score": 101}, "field score"),
        ({"score": True}, "field score"),
        ({"labels": {"q1.1": "covered"}}, "field labels"),
        ({"labels": {"q1.1": "covered", "q1.2": "so-so"}}, "'so-so' is none of covered"),
    ],
)
def test_bad_answers_name_line_and_field(
    tmp_path: Path, files: tuple[Path, Path], change: dict[str, Any], message: str
) -> None:
    path = write(tmp_path / "bad.jsonl", [ANSWERS[0], ANSWERS[1] | change])
    with pytest.raises(GraderError, match=rf"bad\.jsonl, line 2: .*{message}"):
        read_answers(path, read_questions(files[0]))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question": "?", "answer": "a", "score": 1}, "references"),
        ({"question": "?", "references": [" "], "answer": "a", "score": 1}, "references"),
        ({"question": "?", "references": [None, "r"], "answer": "a", "score": 1}, "references"),
        ({"question": "?", "references": ["r"], "answer": "a"}, "score"),
        ({"question": "?", "references": ["r"], "answer": "a", "score": 80}, "from 0 to 1"),
    ],
)
def test_bad_pairs_name_line_and_field(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(GraderError, match=rf"line 1: .*{message}"):
        read_pairs(write(tmp_path / "pairs.jsonl", [row]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{not json}\n", "line 1: not JSON"),
        (b"[1]\n", "line 1: expected"),
        (b"\xff\xfe\n", "not UTF-8"),
        (b"\n" + b"[" * 100_000, "line 2: not JSON"),
        (b"9" * 10_000, "line 1: not JSON"),
    ],
)
def test_unreadable_files(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(content)
    with pytest.raises(GraderError, match=message):
        read_questions(path)
    with pytest.raises(GraderError, match="No such file"):
        read_questions(tmp_path / "missing.jsonl")


def test_two_questions_with_one_id(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="line 2: a second question"):
        read_questions(write(tmp_path / "questions.jsonl", [QUESTION, QUESTION]))


def test_no_answers(tmp_path: Path, files: tuple[Path, Path]) -> None:
    with pytest.raises(GraderError, match="no answers"):
        evaluate(GRADER, files[0], write(tmp_path / "none.jsonl", []))


def test_rows_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write_rows(path, [{"id": "a"}, {"id": "b"}])
    assert path.read_text(encoding="utf-8") == '{"id": "a"}\n{"id": "b"}\n'
    with pytest.raises(GraderError, match="can't be written"):
        write_rows(tmp_path / "no" / "out.jsonl", [{"id": "a"}])
    assert [each.name for each in tmp_path.iterdir()] == ["out.jsonl"]
