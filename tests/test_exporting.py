import json
import zipfile
from pathlib import Path

import pytest

from questions.errors import CorpusError
from questions.exporting import Format, export, licence_of
from questions.importing import PRIVATE_USE
from questions.load import bundled_path, load_bank
from questions.models import Bank, Question


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank(bundled_path())


def one_topic(bank: Bank, topic: str = "docker") -> Bank:
    return Bank({key: question for key, question in bank.items() if question.topic == topic}, bank.sections)


def plain(question: Question) -> Question:
    return question.model_copy(update={"source": None})


def test_markdown_of_all_topics_loads_as_the_same_bank(bank: Bank, tmp_path: Path) -> None:
    files = export(bank, Format.MARKDOWN, tmp_path / "out")
    assert sorted(file.stem for file in files) == sorted(bank.topics)
    again = load_bank(tmp_path / "out")
    assert {key: plain(question) for key, question in again.items()} == {
        key: plain(question) for key, question in bank.items()
    }
    assert {key: section.text for key, section in again.sections.items()} == {
        key: section.text for key, section in bank.sections.items()
    }


def test_markdown_of_one_topic_is_one_file(bank: Bank, tmp_path: Path) -> None:
    assert export(one_topic(bank), Format.MARKDOWN, tmp_path / "d.md") == [tmp_path / "d.md"]
    assert list(load_bank(tmp_path / "d.md")) == list(one_topic(bank))
    with pytest.raises(CorpusError, match="holds one topic, and these are 25"):
        export(bank, Format.MARKDOWN, tmp_path / "all.md")


def test_json_holds_all_but_where_files_lay(bank: Bank, tmp_path: Path) -> None:
    export(bank, Format.JSON, tmp_path / "bank.json")
    text = (tmp_path / "bank.json").read_text(encoding="utf-8")
    assert str(bundled_path()) not in text
    found = json.loads(text)
    assert [plain(Question.model_validate({**row, "source": None})) for row in found["questions"]] == [
        plain(question) for question in bank.values()
    ]
    assert {row["id"] for row in found["sections"]} == set(bank.sections)


@pytest.mark.parametrize("kind", Format)
def test_nothing_is_overwritten_unasked(bank: Bank, tmp_path: Path, kind: Format) -> None:
    small = one_topic(bank, "go")
    to = tmp_path / "out.md"
    to.write_text("mine")
    with pytest.raises(CorpusError, match="is there already"):
        export(small, kind, to)
    assert to.read_text() == "mine"
    export(small, kind, to, replace=True)
    assert to.read_bytes() != b"mine"
    assert list(tmp_path.iterdir()) == [to]


def test_a_folder_is_no_place_for_a_file(bank: Bank, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="give a file"):
        export(bank, Format.JSON, tmp_path, replace=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusError, match="can't be written"):
        export(bank, Format.JSON, tmp_path / "file" / "bank.json")


def test_an_anki_package_is_a_zip(bank: Bank, tmp_path: Path) -> None:
    export(one_topic(bank, "go"), Format.ANKI, tmp_path / "go.apkg")
    assert "collection.anki2" in zipfile.ZipFile(tmp_path / "go.apkg").namelist()


def test_a_missing_licence_is_never_lost(bank: Bank) -> None:
    question = next(iter(bank.values()))
    assert question.source
    free = question.model_copy(update={"source": question.source.model_copy(update={"licence": None})})
    assert licence_of([question]) == "Apache-2.0"
    assert licence_of([question, free]) == f"Apache-2.0 AND {PRIVATE_USE}"
