"""Servers' own questions beside the bundled ones."""

import re
import tempfile
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
_NAME = re.compile(r"[\w][\w .-]{0,58}\.(md|markdown)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A server's question file. `added_by` is None once that person had their data deleted."""

    name: str
    questions: int
    licence: str | None
    added_by: str | None
    at: datetime


class Corpora:
    """Keep servers' question files and give each server its bank.

    In its bank a server's own questions bear its id before theirs, so that no server's questions
    are taken for another's or for bundled ones.
    """

    def __init__(self, store: Store, bundled: Bank, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._bundled = bundled
        self._clock = clock
        self._banks: dict[str, Bank] = {}

    def bank(self, guild: str | None) -> Bank:
        """Return the bundled questions and the server's own."""
        if guild is None:
            return self._bundled
        if guild not in self._banks:
            readings = [_read(row["name"], row["content"]) for row in self._store.guilds.corpora(guild)]
            self._banks[guild] = _joined(guild, self._bundled, readings)
        return self._banks[guild]

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
        """Take a question file, in the place of one of the same name; raises Refusal for one with errors."""
        if not self.check(name, content).ok:
            raise Refusal(f"{name} has errors that keep it from being practised; mend what the report names")
        kept = {corpus["name"] for corpus in self._store.guilds.corpora(guild)} - {name}
        if len(kept) >= MAX_CORPORA:
            raise Refusal(f"a server keeps at most {MAX_CORPORA} question files; remove one first")
        now = self._clock()
        with self._store.writing():
            self._store.add_person(person, now)
            self._store.guilds.add(guild, now)
            self._store.guilds.save_corpus(guild, name, content, person, now)
        self._banks.pop(guild, None)
        return next(corpus for corpus in self.list(guild) if corpus.name == name)

    def remove(self, guild: str, name: str) -> None:
        """Remove a question file; the answers to its questions stay."""
        if not self._store.guilds.delete_corpus(guild, name):
            raise Refusal(f"this server has no question file {name}; /bank list shows them")
        self._banks.pop(guild, None)

    def list(self, guild: str) -> list[Corpus]:
        """List a server's own corpora."""
        found = []
        for row in self._store.guilds.corpora(guild):
            reading = _read(row["name"], row["content"])
            at = datetime.fromisoformat(row["at"])
            found.append(Corpus(row["name"], len(reading.questions), reading.licence, row["person"], at))
        return found


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
