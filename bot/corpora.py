"""Servers' own questions beside the bundled ones."""

import re
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.store import Store
from questions.models import Bank, Question, Reading, Section

if TYPE_CHECKING:
    from questions.doctor import Report

MAX_BYTES = 1_000_000
MAX_CORPORA = 20
MAX_BYTES_IN_ALL = 2_000_000  # of a server's files; whoever waits for the database waits while they are read
MAX_QUESTIONS = 5_000  # of a server
MAX_IN_MEMORY = 20_000  # questions of all servers, about 100 MB; what was used least lately is read again
_NAME = re.compile(r"[\w][\w .-]{0,58}\.(md|markdown)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A server's question file. `added_by` is None once that person had their data deleted."""

    name: str
    questions: int
    licence: str | None
    added_by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _Server:
    """A server's bank, and how many questions and which licence each of its files has."""

    bank: Bank
    files: Mapping[str, tuple[int, str | None]]

    @property
    def questions(self) -> int:
        return sum(count for count, _ in self.files.values())


class Corpora:
    """Keep servers' question files and give each server its bank.

    In its bank a server's own questions bear its id before theirs, so that no server's questions
    are taken for another's or for bundled ones.
    """

    def __init__(self, store: Store, bundled: Bank, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._bundled = bundled
        self._clock = clock
        self._servers: OrderedDict[str, _Server] = OrderedDict()

    def bank(self, guild: str | None) -> Bank:
        """Return the bundled questions and the server's own."""
        return self._bundled if guild is None else self._server(guild).bank

    def check(self, name: str, content: bytes) -> "Report":
        """Examine a question file; raises Refusal for one that is too large or has no fitting name."""
        from questions import doctor

        _check_file(name, content)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, name)
            file.write_bytes(content)
            report = doctor.check(file)
        return replace(report, files=tuple(replace(each, path=name) for each in report.files))

    def add(self, guild: str, person: str, name: str, content: bytes) -> Corpus:
        """Take a question file, in the place of one of the same name.

        Raises Refusal for one with errors, and where a server would have more than it may.
        """
        report = self.check(name, content)
        if not report.ok:
            raise Refusal(f"{name} has errors that keep it from being practised; mend what the report names")
        kept = {
            row["name"]: len(row["content"])
            for row in self._store.guilds.corpora(guild)
            if row["name"] != name
        }
        if len(kept) >= MAX_CORPORA:
            raise Refusal(f"a server keeps at most {MAX_CORPORA} question files; remove one first")
        if sum(kept.values()) + len(content) > MAX_BYTES_IN_ALL:
            raise Refusal(
                f"a server's question files have at most {MAX_BYTES_IN_ALL // 1_000_000} MB in all;"
                " remove one first"
            )
        files = self._server(guild).files
        if sum(files[each][0] for each in kept) + report.found > MAX_QUESTIONS:
            raise Refusal(
                f"a server keeps at most {MAX_QUESTIONS:,} questions of its own; {name} has {report.found:,},"
                " remove some first"
            )
        now = self._clock()
        with self._store.writing():
            self._store.add_person(person, now)
            self._store.guilds.add(guild, now)
            self._store.guilds.save_corpus(guild, name, content, person, now)
        self._servers.pop(guild, None)
        return next(corpus for corpus in self.list(guild) if corpus.name == name)

    def remove(self, guild: str, name: str) -> None:
        """Remove a question file; the answers to its questions stay."""
        if not self._store.guilds.delete_corpus(guild, name):
            raise Refusal(f"this server has no question file {name}; /bank list shows them")
        self._servers.pop(guild, None)

    def list(self, guild: str) -> list[Corpus]:
        """List a server's own corpora."""
        files = self._server(guild).files
        return [
            Corpus(row["name"], *files[row["name"]], row["person"], datetime.fromisoformat(row["at"]))
            for row in self._store.guilds.corpora(guild)
        ]

    def _server(self, guild: str) -> _Server:
        found = self._servers.get(guild)
        if found is None:
            found = self._load(guild)
            self._servers[guild] = found
        self._servers.move_to_end(guild)
        held = sum(server.questions for server in self._servers.values())
        while held > MAX_IN_MEMORY and len(self._servers) > 1:
            _, oldest = self._servers.popitem(last=False)
            held -= oldest.questions
        return found

    def _load(self, guild: str) -> _Server:
        rows = self._store.guilds.corpora(guild)
        if not rows:
            return _Server(self._bundled, {})
        readings = {row["name"]: _read(row["name"], row["content"]) for row in rows}
        return _Server(
            _joined(guild, self._bundled, list(readings.values())),
            {name: (len(reading.questions), reading.licence) for name, reading in readings.items()},
        )


def _check_file(name: str, content: bytes) -> None:
    if not _NAME.fullmatch(name):
        raise Refusal("the file's name must be short and end in .md; for example our-questions.md")
    if len(content) > MAX_BYTES:
        raise Refusal(f"{name} has over {MAX_BYTES // 1_000_000} MB; split it by topic")


def _read(name: str, content: bytes) -> Reading:
    from questions.reading import read

    return read(content, Path(name), Path(name))


def _joined(guild: str, bundled: Bank, readings: list[Reading]) -> Bank:
    questions: dict[str, Question] = dict(bundled)
    sections: dict[str, Section] = dict(bundled.sections)
    before = guild.rpartition(":")[2]
    for reading in readings:
        for section in reading.sections:
            own = section.model_copy(update={"id": f"{before}/{section.id}"})
            sections[own.id] = own
        for question in reading.questions:
            made = _own(question, before, sections)
            questions[made.id] = made
    return Bank(questions, sections)


def _own(question: Question, before: str, sections: Mapping[str, Section]) -> Question:
    points = tuple(
        point.model_copy(
            update={"section": linked if (linked := f"{before}/{point.section}") in sections else None}
        )
        for point in question.key_points
    )
    return question.model_copy(update={"id": f"{before}/{question.id}", "key_points": points})
