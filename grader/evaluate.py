"""How far grades agree with people's: a table for people, rows for programs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.errors import GraderError
from questions.models import KeyPoint, Level, Question

_LEVELS = {"easy": Level.FUNDAMENTAL, "medium": Level.INTERMEDIATE, "hard": Level.ADVANCED}


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
    """Return the question that the JSON object `row` states; `where` starts the error message."""
    try:
        return Question(
            id=row["id"],
            topic=row.get("topic") or "general",
            level=_LEVELS[row.get("difficulty", "medium")],
            prompt=row["question"],
            reference=row["reference"],
            key_points=tuple(KeyPoint.model_validate(point) for point in row["key_points"]),
            tags=tuple(row.get("tags", ())),
            hint=row.get("hint"),
            follow_up=row.get("follow_up"),
        )
    except KeyError as error:
        raise GraderError(f"{where}: field {error} is missing or has an unknown value.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "key_points"
        raise GraderError(f"{where}: field {field}: {first['msg']}.") from error
    except TypeError as error:
        raise GraderError(f"{where}: a field has the wrong type: {error}.") from error


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, JSON object) for each line of `path` that is not blank.

    Raises `GraderError` naming the file and line that can't be read.
    """
    line = 0
    try:
        with path.open(encoding="utf-8") as lines:
            for line, text in enumerate(lines, start=1):
                if not text.strip():
                    continue
                row = json.loads(text)
                if not isinstance(row, dict):
                    raise GraderError(f"{path}, line {line}: expected a JSON object.")
                yield line, row
    except OSError as error:
        raise GraderError(f"{path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise GraderError(f"{path}, after line {line}: not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise GraderError(f"{path}, line {line}: not JSON: {error.msg}.") from error
