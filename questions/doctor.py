"""What a corpus claims, what it holds, and what is wrong with it: the author's tool.

Errors are what keeps a question from being practised; the rest is advice.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from questions import markdown
from questions.errors import CorpusError
from questions.load import NATIVE, Asked, corpus_files, read_bytes, same_question
from questions.models import KeyPoint, Problem, Question, Reading
from questions.words import content_words, stems
from questions.workers import read_all

# Discord: a message holds 2,000 characters, an embed's description 4,096, a text field of a form 4,000.
MESSAGE_LENGTH = 2_000
EMBED_LENGTH = 4_096
_PROSE_WORDS = 12  # an answer with fewer words outside its code is almost only code
_MOST_POINTS = 8
NONE = "none"
_FEWEST_GOOD = 3  # sound points, for a mark that says more than pass or fail
_MOST_WORDS = 45  # content words of one point
_SPOKEN = re.compile(r"[\"'`(@#$.-]*[^\W\d_][^\W\d_'’.-]*[\"'`).,:;!?]*")
_OVERLAP = 0.8  # share of the shorter point's words that another point holds too


class Gradability(StrEnum):
    """How well answers to a question can be graded by its key points."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """How gradable a question is. `faults` name points that overlap, say nothing, or match no paraphrase."""

    id: str
    line: int
    question: str
    points: int
    gradability: Gradability
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileReport:
    """What one file claims and holds. `found` counts questions with an answer that can be graded.

    `left_out` counts those that are marked up but can't be graded or are in another language.
    """

    path: str
    dialect: str
    found: int
    claimed: int | None
    licence: str | None
    problems: tuple[Problem, ...]
    left_out: int = 0
    questions: tuple[QuestionReport, ...] = ()
    reason: str | None = None

    @property
    def verdict(self) -> str:
        """Say in one line what the file is worth."""
        if not self.found:
            first = self.problems[0].problem if self.problems else "nothing is asked"
            return f"no questions: {self.reason or first}"
        counts = Counter(question.gradability for question in self.questions)
        said = f"{_count(self.found, 'question')} ({self.dialect})"
        grades = ", ".join(f"{counts[grade]} {grade}" for grade in Gradability if counts[grade])
        left = f"; {self.left_out} left out" if self.left_out else ""
        return f"{said}: {grades} to grade{left}"


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
        # A repository of other people is practised as far as it can be read.
        foreign = any(file.found and file.dialect != NATIVE for file in self.files)
        return self.found > 0 and not any(
            problem.fatal and (problem.question or not foreign)
            for file in self.files
            for problem in file.problems
        )

    @property
    def verdict(self) -> str:
        """Say in one line what the corpus is worth."""
        silent = sum(1 for file in self.files if not file.found)
        counts = Counter(q.gradability for file in self.files for q in file.questions)
        left_out = sum(file.left_out for file in self.files)
        files = len(self.files) - silent
        parts = [
            f"{_count(self.found, 'question')} in {_count(files, 'file')}",
            f"{counts[Gradability.POOR]} hard to grade" if counts[Gradability.POOR] else "",
            f"{left_out} left out" if left_out else "",
            f"{_count(silent, 'file')} without questions" if silent else "",
            "for private use (no licence)"
            if any(file.found and file.licence is None for file in self.files)
            else "",
        ]
        return "; ".join(part for part in parts if part)

    def to_json(self) -> dict[str, Any]:
        """Return the report as `interview bank check --json` prints it."""
        return {
            "found": self.found,
            "claimed": self.claimed,
            "verdict": self.verdict,
            "files": [
                {
                    "path": file.path,
                    "dialect": file.dialect,
                    "found": file.found,
                    "claimed": file.claimed,
                    "licence": file.licence,
                    "left_out": file.left_out,
                    "reason": file.reason,
                    "verdict": file.verdict,
                    "problems": [problem.model_dump(exclude={"fatal"}) for problem in file.problems],
                    "questions": [asdict(question) for question in file.questions],
                }
                for file in self.files
            ],
        }


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def check(path: Path) -> Report:
    """Examine a corpus file or every Markdown file under a folder; a bad file doesn't stop the others.

    Raises CorpusError only when there is nothing at the path.
    """
    unreadable: list[OSError] = []
    reports: dict[Path, FileReport] = {}
    contents: list[tuple[Path, bytes]] = []
    files = list(corpus_files(path, unreadable.append))
    for file in files:
        try:
            contents.append((file, read_bytes(file)))
        except CorpusError as error:
            reports[file] = _refused(file, error)
    asked = Asked()
    for (file, _), reading in zip(contents, read_all(contents, path), strict=True):
        reports[file] = _file_report(reading, asked)
    return Report((*(reports[file] for file in files), *(_unreadable(error) for error in unreadable)))


def _unreadable(error: OSError) -> FileReport:
    problem = Problem(problem=f"can't be read: {error.strerror}", advice="check its permissions", fatal=True)
    return FileReport(str(error.filename), NONE, 0, None, None, (problem,))


def _refused(file: Path, error: CorpusError) -> FileReport:
    reason, _, advice = str(error).removeprefix(f"{file}: ").partition("; ")
    problem = Problem(problem=reason, advice=advice, fatal=True)
    return FileReport(str(file), NONE, 0, None, None, (problem,))


def _file_report(reading: Reading, asked: Asked) -> FileReport:
    """Examine what a file yields; `asked` are the questions of the files before, its own are added."""
    problems = [*reading.problems, *_file_problems(reading)]
    questions: list[QuestionReport] = []
    repeated = 0
    for question in reading.questions:
        earlier = asked.add(question)
        if earlier is not None:
            problems.append(same_question(question, earlier))
            repeated += 1
            continue
        report = _question_report(question)
        questions.append(report)
        problems += _question_problems(question, report)
    problems.sort(key=lambda problem: problem.line)
    again = "all its questions are asked in other files too"
    return FileReport(
        reading.path,
        reading.dialect,
        len(questions),
        reading.claimed,
        reading.licence,
        tuple(problems),
        reading.left_out + repeated,
        tuple(questions),
        again if repeated and not questions else reading.reason,
    )


def _file_problems(reading: Reading) -> Iterator[Problem]:
    if any(problem.fatal for problem in reading.problems) and not reading.questions:
        return
    if not reading.questions:
        # What is wrong with each question says it already.
        if reading.reason and reading.reason not in [problem.problem for problem in reading.problems]:
            yield Problem(
                problem=reading.reason,
                advice="a question is a heading `#### Q1: …?` with `**Answer:**` below it",
            )
        return
    held = len(reading.questions) + reading.left_out
    if reading.dialect == NATIVE and reading.claimed not in (None, len(reading.questions)):
        yield Problem(
            problem=f"questionCount says {reading.claimed}, the file holds {len(reading.questions)}",
            advice="correct questionCount or leave it out",
        )
    elif reading.dialect != NATIVE and reading.claimed not in (None, held):
        yield Problem(
            problem=f"{reading.claimed} questions are promised, the file holds {held}",
            advice="nothing to do: what is there counts",
        )
    if reading.licence is None:
        yield Problem(
            problem="no licence",
            advice="add `licence:` to the front matter; until then it is for private use",
        )


def _question_report(question: Question) -> QuestionReport:
    faults = tuple(_point_faults(question))
    sound = len(question.key_points) - len({index for index, _, _ in faults})
    grade = Gradability.GOOD
    if 2 * sound <= len(question.key_points):
        grade = Gradability.POOR
    elif sound < _FEWEST_GOOD or faults:
        grade = Gradability.FAIR
    line = question.source.line if question.source else 1
    title = question.prompt.split("\n", 1)[0]
    return QuestionReport(
        question.id, line, title, len(question.key_points), grade, tuple(said for _, said, _ in faults)
    )


def _question_problems(question: Question, report: QuestionReport) -> Iterator[Problem]:
    def problem(problem: str, advice: str) -> Problem:
        return Problem(line=report.line, question=report.question, problem=problem, advice=advice)

    length = len(question.reference)
    if length > MESSAGE_LENGTH:
        limits = f"a Discord message ({MESSAGE_LENGTH:,})"
        if length > EMBED_LENGTH:
            limits += f" or embed ({EMBED_LENGTH:,})"
        yield problem(
            f"the answer has {length:,} characters: more than {limits} holds",
            "shorten it, or it is shown in pages",
        )
    if question.derived and _almost_only_code(question.reference):
        yield problem(
            "the answer is almost only code", "add a `**Key points:**` list with what the code shows"
        )
    if len(question.key_points) > _MOST_POINTS:
        count = len(question.key_points)
        yield problem(
            f"{count} key points", f"keep the {_MOST_POINTS} that matter most, or ask two questions"
        )
    if not question.derived:
        yield from (problem(said, advice) for _, said, advice in _point_faults(question))
    elif report.gradability is Gradability.POOR:
        yield problem(
            f"hard to grade: {report.faults[0]}", "add a `**Key points:**` list of whole statements"
        )


def _almost_only_code(reference: str) -> bool:
    """Say whether an answer has code, and hardly a word outside it, its labels and what leads to it."""
    count = 0
    code = False
    pending = list(markdown.parse(reference).blocks)
    while pending:
        block = pending.pop()
        pending.extend(block.children)
        code |= block.kind in ("fence", "code_block")
        if block.text and block.kind in ("paragraph", "td") and not block.text.rstrip("* ").endswith(":"):
            count += len(markdown.plain(block.text).split())
    return code and count < _PROSE_WORDS


def _point_faults(question: Question) -> Iterator[tuple[int, str, str]]:
    """Yield (point's place, what is wrong, advice): points that overlap, say nothing, or can't be matched."""
    asked = set(stems(question.prompt))
    own = [(point, set(stems(point.text))) for point in question.key_points]
    for index, (point, words) in enumerate(own):
        shown = _short(point)
        if not words - asked:
            yield (
                index,
                f'key point "{shown}" says nothing that the question does not',
                "say what is so about it",
            )
            continue
        if len(content_words(point.text)) < 2:
            yield index, f'key point "{shown}" says too little', "write a whole statement"
            continue
        if len(words) > _MOST_WORDS:
            said = f'key point "{shown}" says so much that no answer will say all of it'
            yield index, said, "make it several points, or keep what matters"
            continue
        if _is_literal(point):
            said = f'key point "{shown}" is no sentence that a person would say'
            yield index, said, "say in words what it does"
            continue
        for other, theirs in own[:index]:
            fewer = min(len(words), len(theirs))
            if fewer and point.avoid == other.avoid and len(words & theirs) >= _OVERLAP * fewer:
                said = f'key points "{_short(other)}" and "{shown}" repeat each other'
                yield index, said, "join them into one"
                break


def _is_literal(point: KeyPoint) -> bool:
    """Say whether a point is code or settings rather than a statement: most of its words are no words."""
    tokens = point.text.split()
    odd = sum(1 for token in tokens if not _SPOKEN.fullmatch(token))
    return len(tokens) >= 3 and odd > 0.6 * len(tokens)


def _short(point: KeyPoint) -> str:
    return point.text if len(point.text) <= 60 else f"{point.text[:59]}…"
