"""A bank -> files for elsewhere: native Markdown, JSON, an Anki deck."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from questions.errors import CorpusError
from questions.files import write_whole
from questions.importing import PRIVATE_USE
from questions.load import SUFFIXES
from questions.models import Bank, Question
from questions.writing import write


class Format(StrEnum):
    """What a bank can be exported as."""

    MARKDOWN = "markdown"
    JSON = "json"
    ANKI = "anki"


def export(bank: Bank, kind: Format, to: Path, *, replace: bool = False) -> list[Path]:
    """Write a bank to `to` and return the files written, each whole or not at all.

    Markdown with several topics goes into a folder, a file each. Raises CorpusError where a file is
    there already and `replace` is not set, or can't be written.
    """
    if kind is Format.MARKDOWN:
        files = _markdown(bank, to)
    elif kind is Format.JSON:
        files = {to: _json(bank)}
    else:
        from questions.anki import deck

        files = {to: deck(list(bank.values()))}
    taken = next((file for file in files if file.exists() and (file.is_dir() or not replace)), None)
    if taken:
        advice = "give a file" if taken.is_dir() else "choose another name, or --replace it"
        raise CorpusError(f"{taken}: is there already; {advice}")
    for file, content in files.items():
        write_whole(file, content)
    return list(files)


def licence_of(questions: Sequence[Question]) -> str:
    """Return the terms under which all of some questions may be used."""
    found = {question.source.licence if question.source else None for question in questions}
    return " AND ".join(sorted(licence or PRIVATE_USE for licence in found))


def _markdown(bank: Bank, to: Path) -> dict[Path, bytes]:
    single = to.suffix.casefold() in SUFFIXES
    if single and len(bank.topics) > 1:
        raise CorpusError(
            f"{to}: a Markdown file holds one topic, and these are {len(bank.topics)};"
            " choose one with --topic, or give a folder"
        )
    files = {}
    for topic in bank.topics:
        asked = [question for question in bank.values() if question.topic == topic]
        source = asked[0].source
        paths = {question.source.path for question in asked if question.source}
        text = write(
            asked,
            [section for section in bank.sections.values() if section.path in paths],
            title=source.title if source and source.title else topic,
            licence=licence_of(asked),
        )
        files[to if single else to / f"{topic}.md"] = text.encode()
    return files


def _json(bank: Bank) -> bytes:
    # Where a file lay on this machine is nobody's business.
    place = {"path", "line"}
    questions = [q.model_dump(mode="json", exclude={"source": place}) for q in bank.values()]
    sections = [s.model_dump(mode="json", exclude=place) for s in bank.sections.values()]
    shown = {"questions": questions, "sections": sections}
    return json.dumps(shown, ensure_ascii=False, indent=2).encode() + b"\n"
