from pathlib import Path

import pytest

from bot.library import find, names, place
from questions.errors import CorpusError


def test_a_name_has_one_place(tmp_path: Path) -> None:
    assert place("my-corpus_2.0", tmp_path) == tmp_path / "my-corpus_2.0"


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "a\\b", "a b", "-x", "x" * 65, "ü", "a\n"])
def test_what_could_leave_the_folder_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorpusError, match="can't be a corpus's name"):
        place(name, tmp_path)


def test_a_path_goes_before_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "corpora" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert find(Path("mine"), tmp_path / "corpora") == tmp_path / "corpora" / "mine"
    (tmp_path / "mine").mkdir()
    assert find(Path("mine"), tmp_path / "corpora") == Path("mine")


def test_what_is_neither_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no such file or folder.*'interview bank import' makes one"):
        find(Path("missing"), tmp_path / "corpora")
    for name in ("b", "a", ".part"):
        (tmp_path / "corpora" / name).mkdir(parents=True)
    assert names(tmp_path / "corpora") == ["a", "b"]
    with pytest.raises(CorpusError, match="imported are a, b"):
        find(Path("missing"), tmp_path / "corpora")
    with pytest.raises(CorpusError):
        find(Path("../corpora/a"), tmp_path / "corpora")
