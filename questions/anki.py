"""Questions -> an Anki package: one deck a topic, one card a question."""

import hashlib
import html
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from questions.models import Question

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ROOT = "Interview practice"
_MODEL = 1_731_204_417  # never to change: Anki knows the note type by it
_FRONT = '<div class="facts">{{Facts}}</div>\n{{Question}}\n{{#Hint}}{{hint:Hint}}{{/Hint}}'
_BACK = (
    "{{FrontSide}}\n<hr id=answer>\n{{Key points}}\n<hr>\n{{Model answer}}\n"
    "{{#Follow-up}}<hr>\n{{Follow-up}}{{/Follow-up}}"
)
_STYLE = (
    ".card { font-family: sans-serif; font-size: 18px; text-align: left; max-width: 48em; margin: 0 auto; }\n"
    ".facts { color: #888; font-size: 14px; }\n"
    "pre { padding: 0.6em; overflow-x: auto; background: #8882; }\n"
    "code { font-family: monospace; font-size: 90%; }\n"
    "table { border-collapse: collapse; }\ntd, th { border: 1px solid #888; padding: 0.2em 0.5em; }\n"
)


def deck(questions: Sequence[Question]) -> bytes:
    """Return an .apkg file. Ids come from topics and question ids: importing it again updates the cards."""
    import genanki

    fields = ("Question", "Facts", "Hint", "Key points", "Model answer", "Follow-up", "Id")
    model = genanki.Model(
        _MODEL,
        "Interview question",
        fields=[{"name": name} for name in fields],
        templates=[{"name": "Question", "qfmt": _FRONT, "afmt": _BACK}],
        css=_STYLE,
    )
    decks: dict[str, Any] = {}
    for question in questions:
        if question.topic not in decks:
            name = f"{_ROOT}::{question.topic}"
            decks[question.topic] = genanki.Deck(_deck_id(name), name)
        note = genanki.Note(
            model=model,
            fields=_fields(question),
            guid=genanki.guid_for("interview-practice-bot", question.id),
            tags=[re.sub(r"\s+", "-", tag) for tag in dict.fromkeys([question.level, *question.tags])],
        )
        decks[question.topic].add_note(note)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "deck.apkg")
        genanki.Package(list(decks.values())).write_to_file(str(file))
        return file.read_bytes()


def _deck_id(name: str) -> int:
    return 2**30 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % 2**30


def _fields(question: Question) -> list[str]:
    points = "".join(
        f"<li>{'Avoid: ' if point.avoid else ''}{html.escape(point.text)} ({point.weight})</li>"
        for point in question.key_points
    )
    licence = question.source.licence if question.source else None
    facts = [question.topic, question.level, *([licence] if licence else [])]
    fields = [
        _html(question.prompt),
        html.escape(" · ".join(facts)),
        _html(question.hint or ""),
        f"<ul>{points}</ul>",
        _html(question.reference),
        _html(question.follow_up or ""),
        html.escape(question.id),
    ]
    # Anki plays and typesets what stands in such brackets, wherever it stands.
    return [re.sub(r"\[(?=sound:|anki:|latex\]|\$)", "&#91;", field) for field in fields]


def _html(text: str) -> str:
    return str(_renderer().render(text)).strip()


@cache
def _renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # HTML in a corpus is shown, never rendered, and no picture is fetched.
    renderer = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    renderer.add_render_rule("image", _picture)
    return renderer


def _picture(_: object, tokens: Any, index: int, *__: object) -> str:
    return html.escape(tokens[index].content)
