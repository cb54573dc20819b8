import json
from pathlib import Path

import pytest

from questions.doctor import check
from questions.errors import CorpusError
from questions.importing import PRIVATE_USE, Import, import_corpus
from questions.load import load_bank
from questions.models import Bank, Question
from questions.words import words
from tests.samples import ROWS, TRAPS

SOURCE = """\
---
title: Gardens
{front}---

# Gardens

## Soil

Soil holds water and air for the roots.

#### Q1: How does an apple ripen?

**Answer:**
An apple ripens slowly on the tree. Starch becomes sugar while it ripens.

---

#### Q2: Why is the lawn brown?

**Answer:**
{lawn}

**Hint:** Look up.
"""
LAWN = "The lawn is brown because the summer was dry. Grass sleeps in dry months."


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "gardens"
    folder.mkdir()
    (folder / "garden.md").write_text(SOURCE.format(front="", lawn=LAWN))
    (folder / "notes.md").write_text("# Notes\n\nNothing is asked here.\n")
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "corpora" / "mine"


def change(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)


def bank_of(made: Import) -> Bank:
    return load_bank(made.folder)


def question(bank: Bank, word: str) -> Question:
    return next(question for question in bank.values() if word in question.prompt)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_an_import_is_a_native_corpus_with_the_same_ids(source: Path, mine: Path) -> None:
    before = load_bank(source)
    made = import_corpus(source, mine)
    after = bank_of(made)
    assert (list(after), made.added, made.silent) == (list(before), list(before), ["notes.md"])
    assert [q.reference for q in after.values()] == [q.reference for q in before.values()]
    assert [q.key_points for q in after.values()] == [q.key_points for q in before.values()]
    assert not any(question.derived for question in after.values())
    assert after.sections["garden.md#soil"] == before.sections["garden.md#soil"].model_copy(
        update={"path": str(mine / "garden.md"), "line": after.sections["garden.md#soil"].line}
    )
    text = (mine / "garden.md").read_text()
    assert f"\nlicence: {PRIVATE_USE}\nsource: gardens garden.md\ndialect: native\n---\n" in text
    assert (made.files, made.unlicensed, made.licences) == (1, 1, set())
    assert names(mine.parent) == ["mine/.import.json", "mine/garden.md"]


def test_a_repository_is_named_without_the_credentials_of_its_remote(source: Path, mine: Path) -> None:
    (source / ".git").mkdir()
    (source / ".git" / "config").write_text(
        '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://me:secret@git.example/a/b.git\n'
    )
    made = import_corpus(source / "garden.md", mine)
    assert made.source == "https://git.example/a/b.git"
    assert "source: https://git.example/a/b.git garden.md\n" in (mine / "garden.md").read_text()
    assert "secret" not in (mine / ".import.json").read_text()


def test_importing_the_same_again_changes_no_byte(source: Path, mine: Path) -> None:
    first = import_corpus(source, mine)
    before = {name: (mine / name).read_bytes() for name in names(mine)}
    again = import_corpus(source, mine)
    assert {name: (mine / name).read_bytes() for name in names(mine)} == before
    assert sorted(again.unchanged) == sorted(first.added)
    assert [again.added, again.updated, again.kept, again.vanished, again.removed] == [[]] * 5


def test_what_the_source_changed_is_taken_and_what_the_user_changed_stays(source: Path, mine: Path) -> None:
    import_corpus(source, mine)
    change(
        mine / "garden.md",
        ("- (1) An apple ripens slowly on the tree", "- (3) An apple needs weeks on the tree to ripen"),
        ("# Gardens\n", "# Gardens\n\nMy own words.\n"),
        ("**Hint:** Look up.", "**Hint:** Look at the sky."),
    )
    change(
        source / "garden.md",
        ("An apple ripens slowly on the tree.", "An apple ripens slowly, on the tree or off it."),
        ("Look up.", "Think of rain."),
        ("Grass sleeps in dry months.", "Grass sleeps when months are dry."),
    )
    made = import_corpus(source, mine)
    bank = bank_of(made)
    apple, lawn = question(bank, "apple"), question(bank, "lawn")
    assert apple.reference.startswith("An apple ripens slowly, on the tree or off it.")
    assert apple.key_points[0].text == "An apple needs weeks on the tree to ripen"
    assert lawn.hint == "Look at the sky."
    assert lawn.reference.endswith("Grass sleeps when months are dry.")
    assert "Grass sleeps when months are dry" in [point.text for point in lawn.key_points]
    assert "My own words." in (mine / "garden.md").read_text()
    assert (made.kept, made.updated) == ([lawn.id, apple.id], [])
    # What the user decided against is not offered again.
    assert sorted(import_corpus(source, mine).unchanged) == sorted([apple.id, lawn.id])


def test_new_questions_come_vanished_ones_stay_and_removed_ones_do_not_return(
    source: Path, mine: Path
) -> None:
    import_corpus(source, mine)
    text = (mine / "garden.md").read_text()
    start, end = text.index("#### Q1"), text.index("#### Q2")
    own = "#### Q9: What do I ask myself?\n\n**Answer:**\nI ask myself what the roots need in winter.\n"
    (mine / "garden.md").write_text(text[:start] + text[end:] + "\n" + own)
    new = (
        "## Advanced Questions\n\n#### Q3: How do roots grow?\n\n**Answer:**\nRoots grow towards water.\n\n"
        "#### Q4: Where does moss grow?\n\n**Answer:**\nMoss grows where it is wet.\n"
    )
    (source / "garden.md").write_text(SOURCE.format(front="", lawn=LAWN).partition("#### Q2")[0] + new)
    (source / "sea.md").write_text("#### Q1: Why is the sea salty?\n\n**Answer:**\nRivers bring salt.\n")
    made = import_corpus(source, mine)
    bank = bank_of(made)
    asked = [question.prompt for question in bank.values()]
    assert asked == [
        "Why is the lawn brown?",
        "What do I ask myself?",
        "How do roots grow?",
        "Where does moss grow?",
        "Why is the sea salty?",
    ]
    assert [bank[key].prompt for key in made.added] == asked[2:]
    assert [bank[key].prompt for key in made.vanished] == ["Why is the lawn brown?"]
    assert [key for key in made.removed if "apple" in key] == made.removed != []
    assert question(bank, "roots grow").level == "advanced"
    assert not import_corpus(source, mine).added


def test_a_licence_found_later_takes_the_place_of_none(source: Path, mine: Path) -> None:
    import_corpus(source, mine)
    (source / "garden.md").write_text(SOURCE.format(front="licence: 'CC-BY 4.0: text'\n", lawn=LAWN))
    assert import_corpus(source, mine).licences == {"CC-BY 4.0: text"}
    assert question(load_bank(mine), "apple").source.licence == "CC-BY 4.0: text"  # type: ignore[union-attr]


def test_the_number_of_questions_follows(source: Path, mine: Path) -> None:
    import_corpus(source, mine)
    with (source / "garden.md").open("a") as file:
        file.write("\n#### Q3: How do roots grow?\n\n**Answer:**\nRoots grow towards water.\n")
    import_corpus(source, mine)
    assert "\nquestionCount: 3\n" in (mine / "garden.md").read_text()


def test_a_question_asked_twice_or_not_answered_is_left_out_and_counted(source: Path, mine: Path) -> None:
    text = (
        "---\ntopic: garden\n---\n\n#### Q1: How does an apple ripen?\n\n**Answer:**\nSlowly, on the tree.\n"
    )
    (source / "other.md").write_text(text)
    with (source / "garden.md").open("a") as file:
        file.write("\n#### Q3: How do roots grow?\n\n**Answer:**\n\n")
    made = import_corpus(source, mine)
    assert len(made.added) == 2
    assert made.left_out == 2
    assert made.silent == ["notes.md", "other.md"]


def test_another_corpus_of_that_name_is_not_touched_without_replace(
    source: Path, mine: Path, tmp_path: Path
) -> None:
    mine.mkdir(parents=True)
    (mine / "own.md").write_text("mine")
    with pytest.raises(CorpusError, match="was not written by an import"):
        import_corpus(source, mine)
    assert names(mine) == ["own.md"]
    import_corpus(source, mine, replace=True)
    assert names(mine) == [".import.json", "garden.md"]
    other = tmp_path / "fields"
    source.rename(other)
    with pytest.raises(CorpusError, match="was imported from gardens, not from fields"):
        import_corpus(other, mine)
    import_corpus(other, mine, replace=True)
    assert json.loads((mine / ".import.json").read_text())["source"] == "fields"


def test_a_corpus_broken_by_hand_is_named_and_left_alone(source: Path, mine: Path) -> None:
    import_corpus(source, mine)
    change(mine / "garden.md", ("- (1) An apple", "- (7) An apple"))
    before = (mine / "garden.md").read_bytes()
    with pytest.raises(CorpusError, match=r"garden\.md:\d+: key points: weight 7"):
        import_corpus(source, mine)
    assert (mine / "garden.md").read_bytes() == before


def test_nothing_is_left_behind_where_nothing_can_be_imported(tmp_path: Path, mine: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CorpusError, match="no questions found"):
        import_corpus(empty, mine)
    assert not mine.parent.exists()


def test_a_folder_that_cannot_be_made_is_named(source: Path, tmp_path: Path) -> None:
    (tmp_path / "corpora").write_text("a file where the folder should be")
    with pytest.raises(CorpusError, match="can't be written"):
        import_corpus(source, tmp_path / "corpora" / "mine")


FOREIGN = {
    **{name: text for name, (_, text, _) in ROWS.items()},
    **{name: text for name, (text, count) in TRAPS.items() if count},
}


@pytest.mark.parametrize("name", FOREIGN)
def test_every_dialect_and_trap_becomes_native_without_loss(tmp_path: Path, mine: Path, name: str) -> None:
    source = tmp_path / "garden"
    source.mkdir()
    (source / "interview.md").write_text(FOREIGN[name], encoding="utf-8")
    before = load_bank(source)
    made = import_corpus(source, mine)
    after = bank_of(made)
    assert set(after) == set(before)
    for key, question in before.items():
        written = after[key]
        assert [(p.id, p.text, p.weight, p.avoid) for p in written.key_points] == [
            (p.id, p.text, p.weight, p.avoid) for p in question.key_points
        ]
        assert (written.prompt, written.level, written.hint) == (
            question.prompt,
            question.level,
            question.hint,
        )
        assert set(written.tags) == set(question.tags)
        # Only the level of an answer's headings changes.
        assert words(written.reference.replace("#", "")) == words(question.reference.replace("#", ""))
        assert written.source
        assert written.source.dialect == "native"
    assert check(mine).ok
    assert sorted(import_corpus(source, mine).unchanged) == sorted(before)


def test_an_update_keeps_what_stands_between_and_below_the_questions(source: Path, mine: Path) -> None:
    fenced = "An apple ripens slowly on the tree.\n\n```md\n#### Q2: in code\n---\n```\n\n- a\n\n  b"
    change(source / "garden.md", ("An apple ripens slowly on the tree.", fenced))
    import_corpus(source, mine)
    file = mine / "garden.md"
    before = file.read_text()
    first, second = before.split("#### Q2: Why")
    own = "---\n\n<!-- mine -->\n\n### My group of Advanced Questions\n\nMy words on lawns.\n\n#### Q7: Why"
    after = f"{first}{own}{second}\n## My notes\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n# Mine\n"
    file.write_text(after)
    change(source / "garden.md", ("Starch becomes", "Its starch becomes"), ("dry months", "the dry months"))
    made = import_corpus(source, mine)
    assert len(made.updated) == 2
    expected = after.replace("Starch becomes sugar while", "Its starch becomes sugar while").replace(
        "in dry months", "in the dry months"
    )
    lines = [line for line in file.read_text().split("\n") if line and not line.startswith("- (")]
    assert lines == [line for line in expected.split("\n") if line and not line.startswith("- (")]
    assert [question.level for question in bank_of(made).values()] == ["intermediate", "advanced"]


def test_a_comment_inside_a_question_is_not_lost(source: Path, mine: Path) -> None:
    import_corpus(source, mine)
    file = mine / "garden.md"
    change(file, ("- (1) Starch becomes", "<!-- why? -->\n- Starch becomes"))
    before = file.read_text()
    change(source / "garden.md", ("Starch becomes", "Its starch becomes"), ("Look up", "Look down"))
    made = import_corpus(source, mine)
    assert [len(made.kept), len(made.updated)] == [1, 1]
    assert file.read_text() == before.replace("Look up", "Look down")
