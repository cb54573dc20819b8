"""The commands on questions, as people and programs use them, with the real encoder."""

import json
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import cli
from questions.frontmatter import schema

Run = Callable[..., tuple[int, str, str]]
GARDEN = """\
## 1. How does an apple ripen?

An apple ripens slowly on the tree. Starch becomes sugar over many weeks.

## 2. Why is the lawn brown in summer?

The lawn is brown because its grass sleeps in dry months. It wakes when rain comes.

## 3. What do roots need?

Roots need water and air. Wet soil without air lets them rot.
"""


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("INTERVIEW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INTERVIEW_DATABASE", str(tmp_path / "interview.db"))
    monkeypatch.setenv("INTERVIEW_CORPORA", str(tmp_path / "corpora"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "interview-garden").mkdir()
    (tmp_path / "interview-garden" / "README.md").write_text(f"# Garden interview questions\n\n{GARDEN}")


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process; returns exit status, output and errors."""

    def call(*args: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return int(stopped.value.code or 0), out, err

    return call


def test_a_repository_becomes_a_corpus_to_practise_and_edit(run: Run, tmp_path: Path) -> None:
    ids = [row["id"] for row in json.loads(run("bank", "list", "--corpus", "interview-garden", "--json")[1])]
    code, out, err = run("bank", "import", "interview-garden", "--to", "garden")
    assert (code, err) == (0, "")
    assert "3 added" in out
    assert "1 file without a licence: for private use only" in out
    assert "interview --corpus garden" in out
    listed = json.loads(run("bank", "list", "--corpus", "garden", "--json")[1])
    assert [row["id"] for row in listed] == ids
    assert run("bank", "check", "garden")[0] == 0
    assert (
        "How does an apple ripen?" in run("practise", "--corpus", "garden", "--count", "1", "--seed", "3")[1]
    )
    file = tmp_path / "corpora" / "garden" / "README.md"
    file.write_text(file.read_text().replace("(1) Starch", "(3) Starch"))
    assert "3 unchanged" in run("bank", "import", "interview-garden", "--to", "garden")[1]
    assert "(3) Starch" in file.read_text()


def test_practice_goes_on_after_an_import(run: Run, tmp_path: Path) -> None:
    run("bank", "import", "interview-garden", "--to", "garden")
    run("practise", "--corpus", "garden", "--count", "1")
    with (tmp_path / "interview-garden" / "README.md").open("a") as file:
        file.write(
            "\n## 4. Why prune a rose?\n\nPruning makes a rose grow new shoots, which bear its flowers.\n"
        )
    assert "1 added" in run("bank", "import", "interview-garden", "--to", "garden")[1]
    database = sqlite3.connect(tmp_path / "interview.db")
    try:
        (corpora,) = database.execute("SELECT group_concat(DISTINCT corpus) FROM sessions").fetchone()
    finally:
        database.close()
    assert corpora == str(tmp_path / "corpora" / "garden")


def test_a_name_that_is_taken_or_no_name_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corpora" / "mine").mkdir(parents=True)
    code, out, err = run("bank", "import", "interview-garden", "--to", "mine")
    assert (code, out) == (1, "")
    assert "was not written by an import" in err
    assert run("bank", "import", "interview-garden", "--to", "mine", "--replace")[0] == 0
    code, _, err = run("bank", "import", "interview-garden", "--to", "../out")
    assert code == 1
    assert "can't be a corpus's name" in err


def test_an_address_is_not_fetched(run: Run) -> None:
    code, _, err = run("bank", "import", "https://git.example/a/b", "--to", "mine")
    assert code == 1
    assert "nothing is downloaded; clone the repository with git and give its folder" in err


def test_an_unknown_corpus_names_the_known_ones(run: Run) -> None:
    run("bank", "import", "interview-garden", "--to", "garden")
    for command in (["list", "--corpus"], ["check"], ["duplicates"]):
        code, out, err = run("bank", *command, "gardne")
        assert (code, out) == (1, "")
        assert err.startswith("error: gardne: no such file or folder, and no imported corpus of that name")
        assert err.endswith("; imported are garden\n")


def test_the_setting_names_an_imported_corpus_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("bank", "import", "interview-garden", "--to", "garden")
    monkeypatch.setenv("INTERVIEW_CORPUS", "garden")
    assert len(json.loads(run("bank", "list", "--json")[1])) == 3


def test_export_writes_what_loads_again(run: Run, tmp_path: Path) -> None:
    code, out, err = run("bank", "export", "--topic", "docker", "--format", "markdown", "--to", "docker.md")
    assert (code, err) == (0, "")
    assert out == "25 questions written to docker.md\n"
    assert run("bank", "check", "docker.md")[0] == 0
    assert (
        "is there already"
        in run("bank", "export", "--topic", "docker", "--format", "json", "--to", "docker.md")[2]
    )
    code, out, _ = run("bank", "export", "--format", "markdown", "--to", "all")
    assert code == 0
    assert re.fullmatch(r"\d+ questions written to all, 25 files\n", out)
    assert run("bank", "export", "--topic", "go", "--format", "anki", "--to", "go.apkg")[0] == 0
    assert (tmp_path / "go.apkg").read_bytes().startswith(b"PK")


def test_export_of_nothing_or_as_nothing_known_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, err = run("bank", "export", "--topic", "cooking", "--format", "json", "--to", "x.json")
    assert code == 1
    assert "no questions on 'cooking'; topics are algorithms, " in err
    code, _, err = run("bank", "export", "--format", "pdf", "--to", "x.pdf")
    assert code == 1
    assert "must be one of markdown, json, anki" in err
    assert not list(tmp_path.glob("x.*"))


def test_search_finds_by_meaning_and_by_word(run: Run) -> None:
    garden = ["--corpus", "interview-garden"]
    found = json.loads(run("bank", "search", "dry", "grass", *garden, "--json")[1])
    assert set(found[0]) == {"id", "topic", "level", "prompt", "points"}
    assert found[0]["prompt"] == "Why is the lawn brown in summer?"
    assert json.loads(run("bank", "search", "fruit becoming sweet", *garden, "--json")[1])[0][
        "prompt"
    ].startswith("How")
    code, out, err = run("bank", "search", "starhc", *garden, "--limit", "1")
    assert (code, err) == (0, "")
    assert "How does an apple ripen?" in out
    assert "What do roots need?" not in run("bank", "search", "roots", *garden, "--topic", "sea")[1]


def test_a_search_without_words_or_without_hits_says_so(run: Run) -> None:
    for words in ([""], ["  ", "?!"]):
        code, _, err = run("bank", "search", *words, "--corpus", "interview-garden")
        assert code == 1
        assert err.startswith("error: there is nothing to search for")
    code, out, _ = run("bank", "search", "zxqj vwkp", "--corpus", "interview-garden")
    assert (code, out) == (
        0,
        "No question fits; try other words, or 'interview bank list' to see them all.\n",
    )
    assert json.loads(run("bank", "search", "zxqj vwkp", "--corpus", "interview-garden", "--json")[1]) == []


def test_what_is_searched_for_cannot_steer_the_screen(run: Run) -> None:
    code, out, err = run("bank", "search", "\x1b[31m[red]{0}%s*", "--corpus", "interview-garden")
    assert code == 0
    assert "\x1b" not in out + err


def test_what_a_corpus_holds_cannot_steer_the_screen(run: Run, tmp_path: Path) -> None:
    hostile = '---\nlicence: "\\e[31mMIT\\nforged: line"\n---\n'
    for number, name in enumerate(("a", "b")):
        asked = f"#### Q1: Why does \x1b[31mred{' ' * number} [bold]x[/bold] {{0}} grow?\n"
        (tmp_path / f"{name}.md").write_text(f"{hostile}{asked}\n**Answer:**\nIt grows by rain.\n")
    printed = [
        run("bank", "search", "grow", "--corpus", "a.md"),
        run("bank", "duplicates", "a.md", "b.md"),
        run("bank", "import", "a.md", "--to", "hostile"),
        run("bank", "list", "--corpus", "hostile"),
        run("bank", "check", "hostile"),
    ]
    assert all((code, err) == (0, "") for code, _, err in printed)
    assert not any("\x1b" in out or "\nforged" in out for _, out, _ in printed)
    assert "[bold]x[/bold] {0}" in printed[0][1]


def test_duplicates_are_found_across_corpora(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text(
        "#### Q1: How does an apple get ripe?\n\n**Answer:**\nSlowly, on its tree.\n"
    )
    code, out, err = run("bank", "duplicates", "interview-garden", "other.md")
    assert (code, err) == (0, "")
    assert "interview-garden/README.md:3: How does an apple ripen?" in out
    assert "other.md:1: How does an apple get ripe?" in out
    assert out.endswith("1 pair of questions may ask the same\n")
    (pair,) = json.loads(run("bank", "duplicates", "interview-garden", "other.md", "--json")[1])
    assert 0.6 <= pair["likeness"] <= 1
    assert [question["prompt"] for question in pair["questions"]] == [
        "How does an apple ripen?",
        "How does an apple get ripe?",
    ]
    assert run("bank", "duplicates", "interview-garden")[1] == "0 pairs of questions may ask the same\n"


def test_many_new_questions_say_how_far_they_are(run: Run, tmp_path: Path) -> None:
    text = "".join(
        f"#### Q{n}: What is {n}?\n\n**Answer:**\nNumber {n} follows {n - 1}.\n\n" for n in range(1, 502)
    )
    (tmp_path / "many.md").write_text(text)
    code, _, err = run("bank", "search", "number", "--corpus", "many.md")
    assert code == 0
    assert err == "502 texts are read for the first time; later searches are quick.\n0 %\n99 %\n"
    assert run("bank", "search", "number", "--corpus", "many.md")[2] == ""


def test_what_deriving_key_points_costs_is_one_command(run: Run, tmp_path: Path) -> None:
    question = {
        "id": "A1",
        "question": "How does an apple ripen?",
        "reference": "An apple ripens slowly on the tree. Starch becomes sugar over many weeks.",
        "key_points": [{"id": "A1.1", "text": "An apple ripens on the tree"}],
    }
    texts = {"Slowly on the tree, an apple ripens.": 90, "It is painted red by bees at night.": 0}
    rows = [
        {"id": str(mark), "question_id": "A1", "answer": text, "labels": {"A1.1": "covered"}, "score": mark}
        for text, mark in texts.items()
    ]
    (tmp_path / "q.jsonl").write_text(json.dumps(question) + "\n")
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, out, err = run("evaluate", "--questions", "q.jsonl", "--answers", "a.jsonl", "--derive-points")
    assert (code, err) == (0, "")
    assert out.split("\n")[0].split() == ["key", "points", "authored", "derived", "change"]
    pearson = next(line for line in out.split("\n") if "Pearson" in line)
    assert len(pearson.removeprefix("score: Pearson").split()) == 3


def test_the_schema_is_printed(run: Run) -> None:
    assert json.loads(run("bank", "schema")[1]) == schema()
