"""Any corpus -> a native one that its user owns and edits, and that takes what is new at the source later.

An import is a three-way merge: what was imported last time, which a record in the folder knows by hashes,
what the folder holds now, and what the source holds now. What only the source changed is taken; what the
user changed stays.
"""

import configparser
import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from questions import frontmatter, markdown
from questions.errors import CorpusError
from questions.files import unwritable, write_whole
from questions.load import Asked, read_files
from questions.models import Question, Reading
from questions.reading import decode, read
from questions.words import words
from questions.workers import read_all
from questions.writing import GROUPS, write, write_question

PRIVATE_USE = "none found; for private use only"
_RECORD = ".import.json"
_MERGED = ("prompt", "reference", "key_points", "hint", "follow_up", "tags")

Hashes = Mapping[str, Mapping[str, str]]


@dataclass(slots=True)
class Import:
    """What an import did. Lists hold question ids; `silent` are files of the source that gave no question.

    `left_out` counts questions of the source that can't be graded or are asked twice.
    """

    folder: Path
    source: str
    files: int = 0
    licences: set[str] = field(default_factory=set)
    unlicensed: int = 0
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left_out: int = 0
    silent: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the source: its reading, whence it comes, its native text, and what that reads back as."""

    reading: Reading
    source: str
    text: str
    questions: tuple[Question, ...]


def import_corpus(path: Path, folder: Path, *, replace: bool = False) -> Import:
    """Write the questions of a file or folder, in any dialect, as native files into `folder`.

    Where `folder` holds an earlier import of the same source, what is new is merged in: ids stay, and so
    do fields that were edited by hand, questions deleted by hand, and questions that the source no longer
    has. With `replace`, it is written anew. Each file is written whole or not at all, a new corpus too.
    Raises CorpusError where nothing is asked, or `folder` holds something else.
    """
    made = Import(folder, _origin(path))
    files = _native_files(path, made)
    if not files:
        raise CorpusError(f"{path}: no questions found; `interview bank check` says what each file holds")
    if folder.exists() and not replace:
        _merge(files, made)
    else:
        made.added = [question.id for file in files.values() for question in file.questions]
        _write_all(files, made)
    return made


def _native_files(path: Path, made: Import) -> dict[str, _File]:
    """Return the source's files in native form by their path in the corpus; each question once."""
    asked = Asked()
    files: dict[str, _File] = {}
    for reading in read_all(list(read_files(path)), path):
        file = Path(reading.path)
        name = file.name if file == path else file.relative_to(path).as_posix()
        fresh = [question for question in reading.questions if asked.add(question) is None]
        made.left_out += reading.left_out + len(reading.questions) - len(fresh)
        if not fresh:
            made.silent.append(name)
            continue
        made.files += 1
        made.unlicensed += reading.licence is None
        made.licences |= {reading.licence} if reading.licence else set()
        source = made.source if file == path and made.source == name else f"{made.source} {name}"
        text = _native(reading, fresh, source)
        files[name] = _File(reading, source, text, _read(text.encode(), Path(name)))
    return files


def _native(reading: Reading, questions: Sequence[Question], source: str) -> str:
    origin = questions[0].source
    return write(
        questions,
        reading.sections,
        title=origin.title if origin and origin.title else questions[0].topic,
        licence=reading.licence or PRIVATE_USE,
        source=source,
        dialect=reading.dialect,
    )


def _read(content: bytes, name: Path) -> tuple[Question, ...]:
    return read(content, name, name).questions


def _origin(path: Path) -> str:
    """Return where a corpus comes from: its repository's remote, without credentials, else its name."""
    for folder in (path, *path.resolve().parents):
        config = configparser.ConfigParser(strict=False, interpolation=None)
        try:
            config.read(folder / ".git" / "config", encoding="utf-8")
            url = config.get('remote "origin"', "url")
            parts = urlsplit(url)
        except (configparser.Error, ValueError, OSError):
            continue
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return path.resolve().name


# The record of what was imported: a hash of each field of each question, as it read back from our own text.


def _hashes(questions: Iterable[Question]) -> dict[str, dict[str, str]]:
    return {
        question.id: {
            name: hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
            for name, value in question.model_dump(mode="json", include=set(_MERGED)).items()
        }
        for question in questions
    }


def _record(source: str, hashes: Hashes) -> bytes:
    return json.dumps({"source": source, "questions": hashes}, indent=1).encode() + b"\n"


def _recorded(made: Import) -> Hashes:
    try:
        record = json.loads((made.folder / _RECORD).read_text(encoding="utf-8"))
        source, hashes = record["source"], record["questions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{made.folder}: was not written by an import; choose another name, or --replace to write it anew"
        ) from error
    if source != made.source:
        raise CorpusError(
            f"{made.folder}: was imported from {source}, not from {made.source};"
            " choose another name, or --replace to write it anew"
        )
    known: Hashes = hashes
    return known


def _write_all(files: Mapping[str, _File], made: Import) -> None:
    """Write a corpus beside its place and move it there in one step."""
    folder = made.folder
    hashes = _hashes(question for file in files.values() for question in file.questions)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            new, old = Path(temporary, "new"), Path(temporary, "old")
            for name, file in files.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(file.text.encode())
            (new / _RECORD).write_bytes(_record(made.source, hashes))
            if folder.exists():
                folder.rename(old)
            try:
                new.rename(folder)
            except OSError:
                if old.exists():
                    old.rename(folder)
                raise
    except OSError as error:
        raise unwritable(folder, error) from error


# Merging: by lines, so that all that a user wrote around and between questions stays.


@dataclass(slots=True)
class _Mine:
    """A file of the corpus as it is now."""

    name: Path
    lines: list[str]
    questions: tuple[Question, ...]

    def text(self) -> str:
        return "\n".join(self.lines)

    def span(self, question: Question) -> tuple[int, int]:
        """Return the lines of a question: from its heading to the last block before the next heading."""
        starts = {q.source.line - 1 for q in self.questions if q.source}
        start = question.source.line - 1 if question.source else 0
        document = markdown.parse("\n".join(self.lines[start:]))
        end = document.blocks[0].end
        for block in document.blocks[1:]:
            ends = block.kind == "heading" and block.level <= document.blocks[0].level
            if ends or start + block.start in starts:
                break
            if block.kind not in ("hr", "html_block"):
                end = block.end
        return start, start + end


def _merge(files: Mapping[str, _File], made: Import) -> None:
    base = _recorded(made)
    current = _current(made.folder)
    theirs = {question.id: question for file in files.values() for question in file.questions}
    mine = {question.id: question for file in current.values() for question in file.questions}
    made.vanished = [known for known in base if known in mine and known not in theirs]
    made.removed = [known for known in base if known not in mine and known in theirs]
    new = {key for key in theirs if key not in mine and key not in base}
    made.added = [key for key in theirs if key in new]
    ours, now = _hashes(mine.values()), _hashes(theirs.values())
    changed: dict[str, str] = {}
    for name, file in current.items():
        before = file.text()
        for question in reversed(file.questions):
            if question.id in theirs:
                _update(file, question, theirs[question.id], ours, now, base, made)
        if name in files:
            _add(file, [q for q in files[name].questions if q.id in new])
            _relicense(file, files[name].reading.licence)
        if file.text() != before:
            changed[name] = file.text()
    for name, source in files.items():
        fresh = [question for question in source.questions if question.id in new]
        if name not in current and fresh:
            changed[name] = _native(source.reading, fresh, source.source)
    for name, text in changed.items():
        write_whole(made.folder / name, text.encode())
    write_whole(made.folder / _RECORD, _record(made.source, {**base, **now}))


def _current(folder: Path) -> dict[str, _Mine]:
    current = {}
    for file, content in read_files(folder):
        name = file.relative_to(folder)
        reading = read(content, name, Path())
        fatal = next((problem for problem in reading.problems if problem.fatal), None)
        if fatal:
            raise CorpusError(f"{file}:{fatal.line}: {fatal.problem}; {fatal.advice}, then import again")
        current[name.as_posix()] = _Mine(name, decode(content).split("\n"), reading.questions)
    return current


def _update(
    file: _Mine, mine: Question, theirs: Question, ours: Hashes, now: Hashes, base: Hashes, made: Import
) -> None:
    """Take the fields that only the source changed into a question of the corpus."""
    key = mine.id
    before = base.get(key, {})
    moved = [name for name in _MERGED if now[key][name] not in (ours[key][name], before.get(name))]
    taken = [name for name in moved if ours[key][name] == before.get(name)]
    if not moved:
        made.unchanged.append(key)
        return
    start, end = file.span(mine)
    number = re.search(r"\d+", file.lines[start])
    tags = _file_tags(file)

    def written(question: Question) -> list[str]:
        return write_question(question, int(number.group()) if number else 1, tags).split("\n")

    # What a user wrote into a question that is no part of it, such as a comment, would get lost.
    if not _said(file.lines[start:end]) <= _said(written(mine)):
        taken = []
    (made.updated if len(taken) == len(moved) else made.kept).append(key)
    if taken:
        merged = mine.model_copy(update={name: getattr(theirs, name) for name in taken})
        file.lines[start:end] = written(merged)


def _said(lines: Iterable[str]) -> set[tuple[str, ...]]:
    """Return the words of lines, those of a list without its marks and weights."""
    return {tuple(words(re.sub(r"^\s*[-*+]\s+(?:\([1-3]\))?", "", line))) for line in lines} | {()}


def _file_tags(file: _Mine) -> tuple[str, ...]:
    return frontmatter.read(frontmatter.split(file.text())[0]).tags


def _add(file: _Mine, new: Sequence[Question]) -> None:
    """Add questions, each to its level's group, or to a new group at the end."""
    if not new:
        return
    count = len(file.questions)
    _front_line(file, "questionCount", str(count), str(count + len(new)))
    for number, question in enumerate(new, count + 1):
        file.questions = _read(file.text().encode(), file.name)
        text = write_question(question, number, _file_tags(file))
        peers = [other for other in file.questions if other.level is question.level]
        if peers:
            _, end = file.span(peers[-1])
            file.lines[end:end] = ["", *text.split("\n")]
        else:
            while file.lines and not file.lines[-1].strip():
                file.lines.pop()
            file.lines += ["", f"### {GROUPS[question.level]}", "", *text.split("\n"), ""]


def _relicense(file: _Mine, licence: str | None) -> None:
    if licence:
        _front_line(file, "licence", PRIVATE_USE, json.dumps(licence, ensure_ascii=False))


def _front_line(file: _Mine, name: str, old: str, new: str) -> None:
    """Change a front matter line that still says what the import wrote."""
    end = file.lines.index("---", 1) if file.lines[0] == "---" and "---" in file.lines[1:] else 0
    for number in range(1, end):
        if file.lines[number] == f"{name}: {old}":
            file.lines[number] = f"{name}: {new}"
