"""A corpus file or folder -> a `Bank`. What is derived is cached by content, so that it is derived once."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from questions.errors import CorpusError
from questions.licences import find as find_licence
from questions.models import Bank, Problem, Question, Reading, Section
from questions.words import content_words, words

MAX_BYTES = 10_000_000  # 10 MB of Markdown are some 10,000 questions
SUFFIXES = (".md", ".markdown")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv"})
NATIVE = "native"
_KEPT_SECONDS = 30 * 24 * 3600
_READINGS = TypeAdapter(dict[str, Reading])


def bundled_path() -> Path:
    """Return the folder of the questions that ship with the package."""
    return Path(__file__).parent / "corpus"


def load_bank(path: Path) -> Bank:
    """Load all questions of a corpus file or of the Markdown files under a folder.

    Raises CorpusError, naming file, line and field, when a file can't be read, a question can't be graded,
    two questions have one id, or nothing is asked at all.
    """
    readings = _cached(path, read_files(path))
    foreign = any(reading.questions and reading.dialect != NATIVE for reading in readings)
    asked = Asked()
    sections: dict[str, Section] = {}
    for reading in readings:
        for problem in reading.problems:
            # One unreadable file of somebody's repository doesn't spoil the others.
            if problem.fatal and not (foreign and not problem.question and not reading.questions):
                raise CorpusError(_line_of(reading.path, problem))
        for question in reading.questions:
            earlier = asked.add(question)
            if earlier is not None and reading.dialect == NATIVE:
                raise CorpusError(_line_of(reading.path, same_question(question, earlier)))
        sections.update((section.id, section) for section in reading.sections)
    if not asked.questions:
        raise CorpusError(f"{path}: no questions found; `interview bank check` says what each file holds")
    return Bank(asked.questions, sections)


class Asked:
    """The questions of a corpus so far, each once.

    A foreign question is the same as an earlier one of another topic when both the words and most of the
    answer are: repositories hold a question in a file of its own and in a list.
    """

    def __init__(self) -> None:
        self.questions: dict[str, Question] = {}
        self._by_words: dict[str, list[Question]] = {}

    def add(self, question: Question) -> Question | None:
        """Add a question, or return the earlier one that it repeats."""
        earlier = self.questions.get(question.id)
        if earlier is not None:
            return earlier
        if question.source and question.source.dialect != NATIVE:
            alike = self._by_words.setdefault(" ".join(words(question.prompt)), [])
            for other in alike:
                if _same_answer(question.reference, other.reference):
                    return other
            alike.append(question)
        self.questions[question.id] = question
        return None


def _same_answer(first: str, second: str) -> bool:
    if first == second:
        return True
    one, two = frozenset(content_words(first)), frozenset(content_words(second))
    return 2 * len(one & two) >= len(one | two)


def same_question(question: Question, earlier: Question) -> Problem:
    """Return the problem of a question that was asked before."""
    source, first = question.source, earlier.source
    where = f"{first.path}:{first.line}" if first else earlier.id
    return Problem(
        line=source.line if source else 1,
        question=question.prompt.split("\n", 1)[0],
        problem=f"the same question as {where}",
        advice="remove one of them or word it differently",
        fatal=source is None or source.dialect == NATIVE,
    )


def corpus_files(path: Path, unreadable: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """Yield the corpus files of a path: itself, or the Markdown files under a folder, sorted.

    Hidden folders, links to folders and links that lead nowhere or out of the folder are left out. A folder
    below that can't be read is given to `unreadable`. Raises CorpusError where that is None, and when there
    is nothing at the path.
    """
    if not path.is_dir():
        if not path.exists():
            raise CorpusError(
                f"{path}: no such file or folder; give the path of a Markdown file or of a folder of them"
            )
        yield path
        return
    root = path.resolve()
    for folder, folders, names in os.walk(path, onerror=unreadable or _unreadable_folder):
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
    licence = find_licence(path) or ""
    keyed = [
        (f"{file} {hashlib.blake2b(content + licence.encode(), digest_size=16).hexdigest()}", file, content)
        for file, content in files
    ]
    new = [(key, file, content) for key, file, content in keyed if key not in known]
    if new:
        from questions.workers import read_all

        made = read_all([(file, content) for _, file, content in new], path)
        known.update((key, reading) for (key, _, _), reading in zip(new, made, strict=True))
    readings = {key: known[key] for key, _, _ in keyed}
    # No file at all is a disk that is not there more likely than a corpus that is done with.
    if readings and (new or len(readings) != len(known)):
        _save_cache(store, readings)
    return list(readings.values())


def _cache_file(path: Path) -> Path:
    from platformdirs import user_cache_path

    corpus = hashlib.blake2b(f"{path.absolute()}\0{path}".encode(), digest_size=16).hexdigest()
    folder = user_cache_path("interview-practice-bot", appauthor=False) / "corpora"
    return folder / f"{corpus}-{_code_version()}.json"


@cache
def _code_version() -> str:
    """Return a hash of this package's code: readings of an older version are not reused."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(Path(__file__).parent.rglob("*.py")):
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
        _remove_old(store)
    except OSError:
        temporary.unlink(missing_ok=True)


def _remove_old(store: Path) -> None:
    """Remove this corpus's caches of other versions of the code, and all that were made over a month ago."""
    corpus = store.name.partition("-")[0]
    limit = time.time() - _KEPT_SECONDS
    for file in store.parent.iterdir():
        if file != store and (file.name.startswith(f"{corpus}-") or file.stat().st_mtime < limit):
            file.unlink(missing_ok=True)
