import sqlite3
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from questions.anki import deck
from questions.models import KeyPoint, Level, Question, Source

QUESTION = Question(
    id="garden-1",
    topic="garden",
    level=Level.ADVANCED,
    prompt="Why does `a<b>` grow?",
    reference=(
        "<script>alert(1)</script> [sound:x.mp3] ![a <pic>](https://a.example/p.png)\n\n"
        "```sh\nif [ 1 -lt 2 ]; then\n  echo '<ok>'\nfi\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    ),
    key_points=(
        KeyPoint(id="1", text="It grows & <climbs>", weight=3),
        KeyPoint(id="2", text="Salt", avoid=True),
    ),
    tags=("fruit trees", "b"),
    hint="Think *up*.",
    source=Source(path="/home/me/garden.md", licence="MIT"),
)


def notes(package: bytes, folder: Path) -> tuple[list[tuple[str, str, list[str]]], str]:
    """Return the (guid, tags, fields) of a package's notes, and its decks as JSON."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        archive.extract("collection.anki2", folder)
    database = sqlite3.connect(folder / "collection.anki2")
    try:
        rows = database.execute("SELECT guid, tags, flds FROM notes ORDER BY id").fetchall()
        (decks,) = database.execute("SELECT decks FROM col").fetchone()
    finally:
        database.close()
    return [(guid, tags, fields.split("\x1f")) for guid, tags, fields in rows], decks


@pytest.fixture
def note(tmp_path: Path) -> tuple[str, str, list[str]]:
    ((found,), _) = notes(deck([QUESTION]), tmp_path)
    return found


def test_a_card_has_all_of_a_question(note: tuple[str, str, list[str]]) -> None:
    _, tags, (question, facts, hint, points, answer, follow_up, identity) = note
    assert question == "<p>Why does <code>a&lt;b&gt;</code> grow?</p>"
    assert facts == "garden · advanced · MIT"
    assert hint == "<p>Think <em>up</em>.</p>"
    assert points == "<ul><li>It grows &amp; &lt;climbs&gt; (3)</li><li>Avoid: Salt (1)</li></ul>"
    assert "<td>1</td>" in answer
    assert (follow_up, identity) == ("", "garden-1")
    assert tags.split() == ["advanced", "fruit-trees", "b"]


def test_what_a_corpus_holds_is_shown_and_not_run(note: tuple[str, str, list[str]]) -> None:
    answer = note[2][4]
    assert "&lt;script&gt;" in answer
    assert not any(mark in answer for mark in ("<script", "[sound:", "<img", "a.example"))
    assert "a &lt;pic&gt;" in answer


def test_code_keeps_its_lines_and_blanks(note: tuple[str, str, list[str]]) -> None:
    assert "if [ 1 -lt 2 ]; then\n  echo '&lt;ok&gt;'\nfi\n</code></pre>" in note[2][4]


def test_ids_stay_when_an_answer_changes(tmp_path: Path) -> None:
    other = QUESTION.model_copy(update={"id": "garden-2"})
    first, decks = notes(deck([QUESTION, other]), tmp_path)
    second, same_decks = notes(deck([other, QUESTION.model_copy(update={"reference": "Else"})]), tmp_path)
    assert {guid for guid, *_ in first} == {guid for guid, *_ in second}
    assert len({guid for guid, *_ in first}) == 2
    (deck_id,) = [part for part in decks.split('"') if part.isdigit() and part != "1"]
    assert f'"{deck_id}"' in same_decks
    assert "Interview practice::garden" in decks
