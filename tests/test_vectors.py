from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from grader import vectors
from grader.vectors import encode


class Lengths:
    """Maps a text to two numbers made of its length; counts what it was asked."""

    def __init__(self, name: str = "lengths") -> None:
        self.name = name
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text."""
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32).reshape(-1, 2)


def test_a_text_is_encoded_once_whatever_comes_with_it(tmp_path: Path) -> None:
    first = Lengths()
    assert encode(first, ["a", "bb", "a"], tmp_path).tolist() == [[1, 1], [2, 1], [1, 1]]
    assert first.asked == ["a", "bb"]
    second = Lengths()
    assert encode(second, ["ccc", "bb"], tmp_path).tolist() == [[3, 1], [2, 1]]
    assert second.asked == ["ccc"]


def test_each_encoder_has_its_own(tmp_path: Path) -> None:
    for name in ("a/b", "a b", "../a"):
        encode(Lengths(name), ["text"], tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    again = Lengths("a/b")
    encode(again, ["text"], tmp_path)
    assert again.asked == []


def test_no_text_gives_no_row(tmp_path: Path) -> None:
    assert encode(Lengths(), [], tmp_path).shape == (0, 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip file"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    encode(Lengths(), ["a"], tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    again = Lengths()
    assert encode(again, ["a"], tmp_path).tolist() == [[1, 1]]
    assert again.asked == ["a"]
    assert list(tmp_path.iterdir()) == [file]


def test_a_cache_of_another_shape_is_made_anew(tmp_path: Path) -> None:
    encode(Lengths(), ["a"], tmp_path)
    (file,) = tmp_path.iterdir()
    np.savez(file, keys=np.zeros((1, 3), dtype=np.uint8), vectors=np.zeros((1, 2)))
    assert encode(Lengths(), ["a"], tmp_path).tolist() == [[1, 1]]


def test_a_folder_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert encode(Lengths(), ["a"], tmp_path / "file" / "vectors").tolist() == [[1, 1]]


def test_what_was_done_before_an_interruption_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "_BLOCK", 2)
    told: list[tuple[int, int]] = []

    def stop(done: int, count: int) -> None:
        told.append((done, count))
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode(Lengths(), list("abcdef"), tmp_path, stop)
    assert told == [(0, 6), (2, 6), (4, 6)]
    rest = Lengths()
    encode(rest, list("abcdef"), tmp_path)
    assert rest.asked == ["e", "f"]


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "MOST", 2)
    encode(Lengths(), ["a", "b", "c"], tmp_path)
    again = Lengths()
    encode(again, ["a", "b", "c"], tmp_path)
    assert again.asked == ["a"]
