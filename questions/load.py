"""A corpus file or folder -> a `Bank`. What is derived is cached by content, so that it is derived once."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from questions.errors import CorpusError
from questions.models import Bank, Problem, Question, Reading, Section

MAX_BYTES = 10_000_000  # 10 MB of Markdown are some 10,000 questions
SUFFIXES = (".md", ".markdown")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv"})
_READINGS = TypeAdapter(dict[str, Reading])


def bundled_path() -> Path:
    """Return the folder of the questions that ship with the package."""
    return Path(__file__).parent / "corpus"


def load_bank(path: Path) -> Bank:
    """Load all questions of a corpus file or of the Markdown files under a folder.

    Raises CorpusError, naming file, line and field, when a file can't be read, a question can't be graded,
    two questions have one id, or nothing is asked at all.
    """
    questions: dict[str, Question] = {}
    sections: dict[str, Section] = {}
    for reading in _cached(path, read_files(path)):
        for problem in reading.problems:
            if problem.fatal:
                raise CorpusError(_line_of(reading.path, problem))
        for question in reading.questions:
            earlier = questions.get(question.id)
            if earlier is not None:
                raise CorpusError(_line_of(reading.path, same_question(question, earlier)))
            questions[question.id] = question
        sections.update((section.id, section) for section in reading.sections)
    if not questions:
        raise CorpusError(f"{path}: no questions found; `interview bank check` says what each file holds")
    return Bank(questions, sections)


def same_question(question: Question, earlier: Question) -> Problem:
    """Return the problem of a question that was asked before."""
    source, first = question.source, earlier.source
    where = f"{first.path}:{first.line}" if first else earlier.id
    return Problem(
        line=source.line if source else 1,
        question=question.prompt.split("\n", 1)[0],
        problem=f"the same question as {where}",
        advice="remove one of them or word it differently",
        fatal=True,
    )


def corpus_files(path: Path) -> Iterator[Path]:
    """Yield the corpus files of a path: itself, or the Markdown files under a folder, sorted.

    Hidden folders, links to folders and links that lead nowhere or out of the folder are left out.
    Raises CorpusError when there is nothing at the path.
    """
    if not path.is_dir():
        if not path.exists():
            raise CorpusError(
                f"{path}: no such file or folder; give the path of a Markdown file or of a folder of them"
            )
        yield path
        return
    root = path.resolve()
    for folder, folders, names in os.walk(path, onerror=_unreadable_folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            file = Path(folder, name)
            if file.suffix.casefold() not in SUFFIXES or name.startswith("."):
                continue
            if file.is_symlink() and not (file.is_file() and file.resolve().is_relative_to(root)):
                continue
            yield file


def _unreadable_folder(error: OSError) -> None:
    raise CorpusError(f"{error.filename}: can't be read: {error.strerror}; check its permissions") from error


def read_files(path: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield each corpus file of a path with its content. Raises CorpusError for one that can't be read."""
    for file in corpus_files(path):
        yield file, read_bytes(file)


def read_bytes(file: Path) -> bytes:
    """Return a file's content. Raises CorpusError when it can't be read or is larger than 10 MB."""
    try:
        if not file.is_file():
            raise CorpusError(f"{file}: not a regular file; give a Markdown file")
        size = file.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES // 1_000_000
            raise CorpusError(
                f"{file}: {size / 1e6:.0f} MB; a corpus file may have {limit} MB, split it by topic"
            )
        return file.read_bytes()
    except OSError as error:
        raise CorpusError(f"{file}: can't be read: {error.strerror}; check its permissions") from error


def _line_of(path: str, problem: Problem) -> str:
    question = f" ({problem.question})" if problem.question else ""
    return f"{path}:{problem.line}: {problem.problem}{question}; {problem.advice}"


# The cache: one JSON file a corpus, holding each file's reading under a hash of what it was made from.


def _cached(path: Path, files: Iterable[tuple[Path, bytes]]) -> list[Reading]:
    """Return each file's reading, from the cache where the file and this code are still the same."""
    store = _cache_file(path)
    known = _load_cache(store)
    keyed = [
        (f"{file} {hashlib.blake2b(content, digest_size=16).hexdigest()}", file, content)
        for file, content in files
    ]
    new = [(key, file, content) for key, file, content in keyed if key not in known]
    if new:
        from questions.workers import read_all

        made = read_all([(file, content) for _, file, content in new], path)
        known.update((key, reading) for (key, _, _), reading in zip(new, made, strict=True))
    readings = {key: known[key] for key, _, _ in keyed}
    if new or len(readings) != len(known):
        _save_cache(store, readings)
    return list(readings.values())


def _cache_file(path: Path) -> Path:
    from platformdirs import user_cache_path

    name = hashlib.blake2b(
        f"{path.absolute()}\0{path}\0{_code_version()}".encode(), digest_size=16
    ).hexdigest()
    return user_cache_path("interview-practice-bot", appauthor=False) / "corpora" / f"{name}.json"


@cache
def _code_version() -> str:
    """Return a hash of this package's code: readings of an older version are not reused."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _load_cache(store: Path) -> dict[str, Reading]:
    try:
        return _READINGS.validate_json(store.read_bytes())
    except (OSError, ValidationError):
        return {}


def _save_cache(store: Path, readings: dict[str, Reading]) -> None:
    """Write the cache in one step. A folder that can't be written only means that it is derived again."""
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=store.parent)
    except OSError:
        return
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_READINGS.dump_json(readings, exclude_defaults=True))
        temporary.replace(store)
    except OSError:
        temporary.unlink(missing_ok=True)
