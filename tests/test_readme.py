"""The README says what is there: its commands run, and every command, option and setting is in it."""

import io
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot import cli
from bot.settings import Settings
from bot.store import Store
from tests.test_cli import CORPUS, question_file

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(?:console|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"^(?:interview|python3 -m bot)\b(.*)$")


def documented() -> list[list[str]]:
    """List the arguments of each `interview` command in the README's console blocks, pipes cut off."""
    found = []
    for block in FENCE.findall(README):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.removeprefix("$ ").partition("|")[0].partition("  #")[0].strip()
            if match := PROGRAM.match(command):
                found.append(shlex.split(match[1]))
    return found


def commands(group: object = None, name: str = "interview") -> Iterator[tuple[str, list[str]]]:
    """Yield each command's full name with its long options."""
    command = group or typer.main.get_command(cli.app)
    options = [
        option
        for parameter in getattr(command, "params", [])
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    ]
    yield name, options
    for child, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield from commands(each, f"{name} {child}")


@pytest.fixture
def where_the_readme_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the files that the README's examples name."""
    (tmp_path / "my-questions").mkdir()
    (tmp_path / "my-questions" / "gardens.md").write_text(CORPUS)
    (tmp_path / "my-questions.md").write_text(CORPUS)
    (tmp_path / "answer.txt").write_text("An apple ripens slowly.\n")
    asked = question_file(tmp_path)
    row = json.loads(asked.read_text())
    (tmp_path / "questions.jsonl").write_text(json.dumps(row) + "\n")
    labelled = {"question_id": "A1", "style": "medium", "labels": {"A1.1": "covered"}, "score": 100}
    texts = ("An apple ripens slowly on the tree.", "Slowly, hanging on its tree.")
    rows = [{"id": str(number), "answer": text, **labelled} for number, text in enumerate(texts)]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    pair = {"question": "How does an apple ripen?", "references": ["Slowly, on the tree."]}
    rows = [{**pair, "answer": text, "score": 1.0} for text in texts]
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    (tmp_path / "questions" / "corpus").mkdir(parents=True)
    for path in (ROOT / "questions" / "corpus").glob("*.md"):
        (tmp_path / "questions" / "corpus" / path.name).symlink_to(path)
    Store(tmp_path / "interview.db").close()
    (tmp_path / "backups").mkdir()
    shutil.copy(tmp_path / "interview.db", tmp_path / "backups" / "interview-20260101T000000Z.db")
    monkeypatch.setenv("INTERVIEW_DATABASE", str(tmp_path / "interview.db"))
    monkeypatch.chdir(tmp_path)


def test_the_readme_documents_commands() -> None:
    assert documented(), "no ```console block in README.md holds an interview command"


@pytest.mark.usefixtures("where_the_readme_plays")
@pytest.mark.parametrize("args", documented(), ids=shlex.join)
def test_a_documented_command_runs(
    args: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"An apple ripens slowly.\n")))
    with pytest.raises(SystemExit) as stopped:
        cli.main(args)
    assert stopped.value.code == 0, capsys.readouterr().err


@pytest.mark.parametrize(("name", "options"), list(commands()))
def test_every_command_and_option_is_documented(name: str, options: list[str]) -> None:
    assert re.search(rf"\b{name}\b", README), f"README.md doesn't mention '{name}'"
    missing = [option for option in options if not re.search(rf"{option}\b", README)]
    assert not missing, f"README.md doesn't mention {missing} of '{name}'"


@pytest.mark.parametrize("name", Settings.variables().values())
def test_every_setting_is_documented(name: str) -> None:
    assert name in README
