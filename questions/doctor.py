"""What a corpus claims, what it holds, and what is wrong with it: the author's tool.

Errors are what keeps a question from being practised; the rest is advice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from questions import markdown
from questions.errors import CorpusError
from questions.load import corpus_files, read_bytes, same_question
from questions.models import KeyPoint, Problem, Question, Reading
from questions.reading import read
from questions.words import content_words, stems

# Discord: a message holds 2,000 characters, an embed's description 4,096, a text field of a form 4,000.
MESSAGE_LENGTH = 2_000
EMBED_LENGTH = 4_096
_PROSE_WORDS = 12  # an answer with fewer words outside its code is almost only code
_MOST_POINTS = 8
_OVERLAP = 0.8  # share of the shorter point's words that another point holds too


@dataclass(frozen=True, slots=True)
class FileReport:
    """What one file claims and holds. `found` counts questions with an answer that can be graded."""

    path: str
    dialect: str
    found: int
    claimed: int | None
    licence: str | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a corpus claims and holds; `ok` says that nothing keeps a question from being practised."""

    files: tuple[FileReport, ...]

    @property
    def found(self) -> int:
        return sum(file.found for file in self.files)

    @property
    def claimed(self) -> int | None:
        """Questions that the files say they have, or None when none says so."""
        claims = [file.claimed for file in self.files if file.claimed is not None]
        return sum(claims) if claims else None

    @property
    def ok(self) -> bool:
        return self.found > 0 and not any(problem.fatal for file in self.files for problem in file.problems)

    def to_json(self) -> dict[str, Any]:
        """Return the report as `interview bank check --json` prints it."""
        return {
            "found": self.found,
            "claimed": self.claimed,
            "files": [
                {
                    "path": file.path,
                    "dialect": file.dialect,
                    "found": file.found,
                    "claimed": file.claimed,
                    "licence": file.licence,
                    "problems": [problem.model_dump(exclude={"fatal"}) for problem in file.problems],
                }
                for file in self.files
            ],
        }


def check(path: Path) -> Report:
    """Examine a corpus file or every Markdown file under a folder; a bad file doesn't stop the others.

    Raises CorpusError only when there is nothing at the path.
    """
    asked: dict[str, Question] = {}
    return Report(tuple(_check_file(file, path, asked) for file in corpus_files(path)))


def _check_file(file: Path, root: Path, asked: dict[str, Question]) -> FileReport:
    """Examine one file; `asked` are the questions of the files before, to which its own are added."""
    try:
        reading = read(read_bytes(file), file, root)
    except CorpusError as error:
        reason = str(error).removeprefix(f"{file}: ")
        problem = Problem(problem=reason.partition("; ")[0], advice=reason.partition("; ")[2], fatal=True)
        return FileReport(str(file), "none", 0, None, None, (problem,))
    problems = [*reading.problems, *_file_problems(reading)]
    found = 0
    for question in reading.questions:
        earlier = asked.setdefault(question.id, question)
        if earlier is not question:
            problems.append(same_question(question, earlier))
            continue
        found += 1
        problems += _question_problems(question)
    problems.sort(key=lambda problem: problem.line)
    return FileReport(reading.path, reading.dialect, found, reading.claimed, reading.licence, tuple(problems))


def _file_problems(reading: Reading) -> Iterator[Problem]:
    if any(problem.fatal for problem in reading.problems) and not reading.questions:
        return
    if not reading.questions:
        kind = "a guide without questions" if reading.sections else "no questions"
        yield Problem(
            problem=kind, advice="a question is a heading `#### Q1: …?` with `**Answer:**` below it"
        )
        return
    if reading.claimed is not None and reading.claimed != len(reading.questions):
        yield Problem(
            problem=f"questionCount says {reading.claimed}, the file holds {len(reading.questions)}",
            advice="correct questionCount or leave it out",
        )
    if reading.licence is None:
        yield Problem(
            problem="no licence",
            advice="add `licence:` to the front matter; until then it is for private use",
        )


def _question_problems(question: Question) -> Iterator[Problem]:
    line = question.source.line if question.source else 1
    title = question.prompt.split("\n", 1)[0]

    def problem(problem: str, advice: str) -> Problem:
        return Problem(line=line, question=title, problem=problem, advice=advice)

    length = len(question.reference)
    if length > MESSAGE_LENGTH:
        limits = f"a Discord message ({MESSAGE_LENGTH:,})"
        if length > EMBED_LENGTH:
            limits += f" or embed ({EMBED_LENGTH:,})"
        yield problem(
            f"the answer has {length:,} characters: more than {limits} holds",
            "shorten it, or it is shown in pages",
        )
    if question.derived and _prose_words(question.reference) < _PROSE_WORDS:
        yield problem(
            "the answer is almost only code", "add a `**Key points:**` list with what the code shows"
        )
    if len(question.key_points) > _MOST_POINTS:
        count = len(question.key_points)
        yield problem(
            f"{count} key points", f"keep the {_MOST_POINTS} that matter most, or ask two questions"
        )
    if not question.derived:
        yield from _point_problems(question, problem)


def _prose_words(reference: str) -> int:
    """Count an answer's words outside its code, its bold labels and its lines that only lead to code."""
    count = 0
    pending = list(markdown.parse(reference).blocks)
    while pending:
        block = pending.pop()
        pending.extend(block.children)
        if block.text and block.kind in ("paragraph", "td") and not block.text.rstrip("* ").endswith(":"):
            count += len(markdown.plain(block.text).split())
    return count


def _point_problems(question: Question, problem: Callable[[str, str], Problem]) -> Iterator[Problem]:
    asked = set(stems(question.prompt))
    own = [(point, set(stems(point.text))) for point in question.key_points]
    for index, (point, words) in enumerate(own):
        shown = _short(point)
        if not words - asked:
            yield problem(
                f'key point "{shown}" says nothing that the question does not', "say what is so about it"
            )
            continue
        if len(content_words(point.text)) < 2:
            yield problem(f'key point "{shown}" says too little', "write a whole statement")
            continue
        for other, theirs in own[:index]:
            fewer = min(len(words), len(theirs))
            if fewer and point.avoid == other.avoid and len(words & theirs) >= _OVERLAP * fewer:
                said = f'key points "{_short(other)}" and "{shown}" repeat each other'
                yield problem(said, "join them into one")
                break


def _short(point: KeyPoint) -> str:
    return point.text if len(point.text) <= 60 else f"{point.text[:59]}…"
