"""How far grades agree with people's: a table for people, rows for programs."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from grader import agreement
from grader.errors import GraderError
from grader.grade import Grader
from grader.models import Grade, Verdict
from questions.frontmatter import level_named
from questions.keypoints import derive
from questions.models import KeyPoint, Level, Question

LARGE_ERROR = 20
# What the public sets call an answer that says what its reference says, or the opposite of it.
_CORRECT = frozenset("correct entailment match true yes 1".split())
_CONTRADICTORY = frozenset("contradictory contradiction".split())


def read_questions(path: Path) -> dict[str, Question]:
    """Read a `questions.jsonl`: one question per line, as described in the README.

    Raises `GraderError` naming file, line and field.
    """
    questions: dict[str, Question] = {}
    for line, row in read_rows(path):
        question = parse_question(row, f"{path}, line {line}")
        if question.id in questions:
            raise GraderError(f"{path}, line {line}: a second question with id {question.id}.")
        questions[question.id] = question
    return questions


def parse_question(row: dict[str, Any], where: str) -> Question:
    """Return the question that the JSON object `row` states; `where` starts the error message.

    Key points are derived where it has none. Fields that a question or key point doesn't know are not read.
    """
    reference, points = _text(row, "reference", where), row.get("key_points")
    if points is not None and not (isinstance(points, list) and points):
        raise GraderError(f"{where}: field key_points must be a list with at least one point.")
    try:
        return Question(
            id=_identity(row, "id", where),
            topic=row.get("topic") or "general",
            level=_level(row.get("difficulty"), where),
            prompt=_text(row, "question", where),
            reference=reference,
            key_points=_derive(reference) if points is None else _points(points, where),
            derived=points is None,
            tags=tuple(row.get("tags") or ()),
            hint=row.get("hint"),
            follow_up=row.get("follow_up"),
        )
    except ValidationError as error:
        raise _refusal(error, where) from error
    except TypeError as error:
        raise GraderError(f"{where}: a field has the wrong type: {error}.") from error


def _points(rows: list[Any], where: str) -> tuple[KeyPoint, ...]:
    points: dict[str, KeyPoint] = {}
    for number, row in enumerate(rows, start=1):
        here = f"{where}, key point {number}"
        if not isinstance(row, dict):
            raise GraderError(f"{here}: expected a JSON object with id and text.")
        known = {key: row[key] for key in KeyPoint.model_fields if row.get(key) is not None}
        try:
            point = KeyPoint.model_validate({**known, "id": _identity(row, "id", here)})
        except ValidationError as error:
            raise _refusal(error, here) from error
        if point.id in points:
            raise GraderError(f"{here}: a second key point with id {point.id}.")
        points[point.id] = point
    return tuple(points.values())


def _level(difficulty: object, where: str) -> Level:
    level = Level.INTERMEDIATE if difficulty is None else level_named(str(difficulty))
    if level is None:
        raise GraderError(f"{where}: field difficulty: {difficulty!r} is none of easy, medium and hard.")
    return level


def _refusal(error: ValidationError, where: str) -> GraderError:
    first = error.errors()[0]
    return GraderError(f"{where}: field {'.'.join(map(str, first['loc']))}: {first['msg']}.")


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, JSON object) for each line of `path` that is not blank.

    Raises `GraderError` naming the file and line that can't be read.
    """
    line = 0
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for line, text in enumerate(lines, start=1):
                if not text.strip():
                    continue
                row = _parse(text, f"{path}, line {line}")
                if not isinstance(row, dict):
                    raise GraderError(f"{path}, line {line}: expected a JSON object.")
                yield line, row
    except OSError as error:
        raise GraderError(f"{path}: {error.strerror}; give a file with one JSON object a line.") from error
    except UnicodeDecodeError as error:
        raise GraderError(f"{path}, after line {line}: not UTF-8 text; save it as UTF-8.") from error


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise GraderError(f"{where}: not JSON: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or brackets in thousands of brackets.
        raise GraderError(f"{where}: not JSON that a grade could need.") from error


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer that people have marked: `score` 0 to 100 or None, `labels` by key point id, or neither."""

    id: str
    question: Question
    answer: str
    score: float | None = None
    labels: Mapping[str, Verdict] | None = None
    style: str | None = None
    label: str | None = None


def read_answers(path: Path, questions: Mapping[str, Question]) -> list[Marked]:
    """Read an `answers.jsonl`. Raises `GraderError` naming file, line and field."""
    marked = []
    for line, row in read_rows(path):
        where = f"{path}, line {line}"
        asked = _identity(row, "question_id", where)
        question = questions.get(asked)
        if question is None:
            raise GraderError(f"{where}: field question_id: there is no question {asked!r}.")
        marked.append(
            Marked(
                id=_identity(row, "id", where),
                question=question,
                answer=_text(row, "answer", where),
                score=_number(row, "score", where, top=100),
                labels=None if question.derived else _labels(row, question, where),
                style=None if row.get("style") is None else _text(row, "style", where),
            )
        )
    return marked


def read_pairs(path: Path) -> list[list[Marked]]:
    """Read rows `{question, references, answer, score | label}`: one `Marked` per reference for each row.

    Key points are derived from each reference. `score` is a share, 0 to 1. Raises `GraderError`.
    """
    rows = []
    for line, row in read_rows(path):
        where = f"{path}, line {line}"
        references = row.get("references")
        if not isinstance(references, list) or not references:
            raise GraderError(f"{where}: field references must be a list with at least one text.")
        share = _number(row, "score", where, top=1)
        label = row.get("label_3way", row.get("label"))
        if share is None and label is None:
            raise GraderError(f"{where}: give a score (0 to 1) or a label.")
        rows.append(
            [
                Marked(
                    id=str(row.get("id", row.get("answer_id", line))),
                    question=_reference_question(_text(row, "question", where), reference, where),
                    answer=_text(row, "answer", where),
                    score=None if share is None else 100 * share,
                    label=None if label is None else _three_way(str(label)),
                )
                for reference in references
            ]
        )
    return rows


def _reference_question(prompt: str, reference: object, where: str) -> Question:
    if not isinstance(reference, str) or not reference.strip():
        raise GraderError(f"{where}: field references holds what is no text, or an empty one.")
    return Question(
        id=prompt[:80] or where,
        topic="general",
        level=Level.INTERMEDIATE,
        prompt=prompt or reference,
        reference=reference,
        key_points=_derive(reference),
        derived=True,
    )


def _derive(reference: str) -> tuple[KeyPoint, ...]:
    return derive(reference) or (KeyPoint(id="1", text=reference),)


def _three_way(label: str) -> str:
    word = label.casefold()
    return "correct" if word in _CORRECT else "contradictory" if word in _CONTRADICTORY else "incorrect"


def _identity(row: dict[str, Any], field: str, where: str) -> str:
    value = row.get(field)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(row, field, where)


def _text(row: dict[str, Any], field: str, where: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise GraderError(f"{where}: field {field} must be a text.")
    return value


def _number(row: dict[str, Any], field: str, where: str, *, top: float) -> float | None:
    value = row.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= top:
        raise GraderError(f"{where}: field {field} must be a number from 0 to {top:g}.")
    return float(value)


def _labels(row: dict[str, Any], question: Question, where: str) -> dict[str, Verdict] | None:
    labels = row.get("labels")
    if labels is None:
        return None
    ids = {point.id for point in question.key_points}
    if not isinstance(labels, dict) or set(labels) != ids:
        raise GraderError(f"{where}: field labels must have one label for each of {', '.join(sorted(ids))}.")
    try:
        return {point: Verdict(label) for point, label in labels.items()}
    except ValueError as error:
        wrong = next(label for label in labels.values() if label not in tuple(Verdict))
        raise GraderError(f"{where}: field labels: {wrong!r} is none of {', '.join(Verdict)}.") from error


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Answers that people marked, and the grades that the grader gave them, in the same order."""

    marked: tuple[Marked, ...]
    grades: tuple[Grade, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return one JSON object an answer: id, score, sure, and verdict and probabilities by key point."""
        return [
            {"id": marked.id, **grade_to_json(grade, evidence=False)}
            for marked, grade in zip(self.marked, self.grades, strict=True)
        ]

    def figures(self) -> dict[str, float]:
        """Return the measures of agreement by name; only those that the data allow."""
        return {**self._score_figures(), **self._label_figures(), **self._class_figures()}

    def styles(self) -> dict[str, dict[str, float]]:
        """Return for each style the number of answers, mean mark, mean score and MAE."""
        groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for marked, grade in self._scored():
            groups[marked.style or "(none)"].append((marked.score or 0.0, grade.score))
        return {
            style: {
                "answers": len(group),
                "mark": float(np.mean([mark for mark, _ in group])),
                "score": float(np.mean([score for _, score in group])),
                "mae": agreement.mean_absolute_error(*zip(*group, strict=True)),
            }
            for style, group in sorted(groups.items())
        }

    def table(self) -> str:
        """Return the figures as text, one a line, then a row for each style."""
        lines = [f"{name:<46}{value:>9.3f}" for name, value in self.figures().items()]
        styles = self.styles()
        if any(marked.style for marked in self.marked):
            lines += ["", f"{'style':<28}{'answers':>8}{'mark':>8}{'score':>8}{'MAE':>8}"]
            lines += [
                f"{style:<28}{row['answers']:>8.0f}{row['mark']:>8.1f}{row['score']:>8.1f}{row['mae']:>8.1f}"
                for style, row in styles.items()
            ]
        return "\n".join(lines)

    def _scored(self) -> list[tuple[Marked, Grade]]:
        pairs = zip(self.marked, self.grades, strict=True)
        return [(marked, grade) for marked, grade in pairs if marked.score is not None]

    def _score_figures(self) -> dict[str, float]:
        scored = self._scored()
        if not scored:
            return {"answers": float(len(self.marked))}
        given = [float(marked.score or 0.0) for marked, _ in scored]
        found = [float(grade.score) for _, grade in scored]
        groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for (marked, _), mark, score in zip(scored, given, found, strict=True):
            groups[marked.question.id].append((mark, score))
        large = [abs(mark - score) > LARGE_ERROR for mark, score in zip(given, found, strict=True)]
        unsure = [not grade.sure for _, grade in scored]
        return {
            "answers": float(len(self.marked)),
            "score: Pearson": agreement.pearson(given, found),
            "score: MAE": agreement.mean_absolute_error(given, found),
            "score: RMSE": agreement.root_mean_square_error(given, found),
            "score: quadratic-weighted kappa, five bands": agreement.quadratic_kappa(given, found),
            "ranking within a question (marks 10 apart)": agreement.ranking(groups.values()),
            **self._beating(scored),
            "unsure: share of answers": float(np.mean(unsure)),
            f"unsure: share of errors over {LARGE_ERROR} in it": agreement.precision_recall(large, unsure)[1],
        }

    @staticmethod
    def _beating(scored: Sequence[tuple[Marked, Grade]]) -> dict[str, float]:
        groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for marked, grade in scored:
            if marked.style in {"full_paraphrase", "wrong_confident"}:
                groups[marked.question.id].append((float(marked.style == "full_paraphrase"), grade.score))
        share = agreement.ranking(groups.values(), gap=1.0)
        return {} if np.isnan(share) else {"full paraphrase beats wrong answer": share}

    def _label_figures(self) -> dict[str, float]:
        pairs = [
            (marked.labels[point.point_id], point.verdict)
            for marked, grade in zip(self.marked, self.grades, strict=True)
            if marked.labels is not None
            for point in grade.points
        ]
        if not pairs:
            return {}
        figures = {"labels": float(len(pairs))}
        for name in (Verdict.COVERED, Verdict.CONTRADICTED):
            given, found = ([label is name for label in labels] for labels in zip(*pairs, strict=True))
            precision, recall = agreement.precision_recall(given, found)
            figures[f"{name} or not: Cohen's kappa"] = agreement.kappa(given, found)
            figures[f"{name} or not: precision"] = precision
            figures[f"{name} or not: recall"] = recall
        return figures

    def _class_figures(self) -> dict[str, float]:
        classes = [
            (marked.label, _class_of(marked.question, grade))
            for marked, grade in zip(self.marked, self.grades, strict=True)
            if marked.label is not None
        ]
        if not classes:
            return {}
        given, found = ([str(label) for label in labels] for labels in zip(*classes, strict=True))
        two_given, two_found = (
            ["correct" if label == "correct" else "incorrect" for label in labels]
            for labels in (given, found)
        )
        figures = {"2-way macro-F1": agreement.macro_f1(two_given, two_found)}
        if "contradictory" in given:
            figures["3-way macro-F1"] = agreement.macro_f1(given, found)
        return figures


def _class_of(question: Question, grade: Grade) -> str:
    if grade.score >= 50:
        return "correct"
    weights = [point.weight for point in question.key_points]
    wrong = sum(
        weight * point.probabilities[Verdict.CONTRADICTED]
        for weight, point in zip(weights, grade.points, strict=True)
    )
    return "contradictory" if wrong >= 0.5 * sum(weights) else "incorrect"


def evaluate(grader: Grader, questions: Path, answers: Path) -> Evaluation:
    """Grade the answers of `answers` to the questions of `questions` (JSON lines). Raises `GraderError`."""
    marked = read_answers(answers, read_questions(questions))
    if not marked:
        raise GraderError(f"{answers}: no answers in it.")
    return Evaluation(tuple(marked), tuple(grader.grade_many([(m.question, m.answer) for m in marked])))


def evaluate_derived(grader: Grader, questions: Path, answers: Path) -> Evaluation:
    """Grade as `evaluate` does, but by key points derived from each reference: what foreign corpora get.

    Only the marks can be compared then, not the labels, which are about the authors' points.
    """
    asked = read_questions(questions)
    derived = {key: _derived(question) for key, question in asked.items()}
    marked = [
        replace(each, question=derived[each.question.id], labels=None)
        for each in read_answers(answers, asked)
    ]
    if not marked:
        raise GraderError(f"{answers}: no answers in it.")
    return Evaluation(tuple(marked), tuple(grader.grade_many([(m.question, m.answer) for m in marked])))


def _derived(question: Question) -> Question:
    return question.model_copy(update={"key_points": _derive(question.reference), "derived": True})


def difference(before: Evaluation, after: Evaluation) -> str:
    """Return the figures that both have, one a line: before, after, and what changed."""
    first, second = before.figures(), after.figures()
    return "\n".join(
        f"{name:<46}{first[name]:>9.3f}{figure:>9.3f}{figure - first[name]:>+9.3f}"
        for name, figure in second.items()
        if name in first
    )


def evaluate_pairs(grader: Grader, pairs: Path) -> Evaluation:
    """Grade the rows of `pairs`; where a row has several references, its best grade counts."""
    rows = read_pairs(pairs)
    if not rows:
        raise GraderError(f"{pairs}: no answers in it.")
    grades = iter(grader.grade_many([(m.question, m.answer) for row in rows for m in row]))
    best = [max(((m, next(grades)) for m in row), key=_score_of) for row in rows]
    return Evaluation(tuple(marked for marked, _ in best), tuple(grade for _, grade in best))


def _score_of(pair: tuple[Marked, Grade]) -> int:
    return pair[1].score


def grade_to_json(grade: Grade, *, evidence: bool = True) -> dict[str, Any]:
    """Return `grade` as the JSON object that commands print; spans are `[start, end]` pairs."""
    return {
        "score": grade.score,
        "sure": grade.sure,
        "points": {
            point.point_id: {
                "verdict": point.verdict.value,
                "p": {verdict.value: round(p, 4) for verdict, p in point.probabilities.items()},
                **({"evidence": [[span.start, span.end] for span in point.evidence]} if evidence else {}),
            }
            for point in grade.points
        },
        **({"id": grade.question_id, "gate": grade.gate, "model": grade.model} if evidence else {}),
    }


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write `rows` to `path` as JSON lines, all or nothing. Raises `GraderError`."""
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise GraderError(f"{path}: can't be written: {error.strerror}.") from error
