import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from questions import load
from questions.errors import CorpusError
from questions.load import bundled_path, load_bank
from questions.models import Level

QUESTION = "#### Q{n}: What is thing {n}?\n\n**Answer:**\nThing {n} is a useful part of number {n}.\n\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: folder)
    return folder / "corpora"


def _corpus(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        file = folder / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_the_bundled_bank_loads() -> None:
    bank = load_bank(bundled_path())
    assert len(bank) >= 25
    assert "docker" in bank.topics
    known = set(bank.sections)
    for question in bank.values():
        assert not question.derived
        assert {point.section for point in question.key_points} - {None} <= known


def test_a_folder_gives_one_bank_in_file_order(tmp_path: Path) -> None:
    folder = _corpus(
        tmp_path / "c", b=QUESTION.format(n=2), a=QUESTION.format(n=1), guide="# Guide\n\nWords.\n"
    )
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.md").write_bytes(b"\xff")
    (folder / "notes.txt").write_bytes(b"\xff")
    bank = load_bank(folder)
    assert [question.topic for question in bank.values()] == ["a", "b"]
    assert list(bank.sections) == ["guide.md#guide"]
    assert bank.topics == ("a", "b")


def _error(path: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        load_bank(path)
    text = str(caught.value)
    assert "\n" not in text
    assert "Traceback" not in text
    return text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ":1: the file is empty"),
        (b"\xff\xfea", ":1: the text is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", ":3: a NUL byte"),
        (b"---\ntitle: a: b\n---\n", ":2: front matter"),
        (b"#### Q1: Why?\n\n**Answer:**\n", ":1: no answer (Why?)"),
        (b"# A guide\n\nWords.\n", ": no questions found"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    folder = _corpus(tmp_path / "c", bad=content)
    assert _error(folder / "bad.md").startswith(f"{folder / 'bad.md'}{said}")
    if "no questions" not in said:
        _corpus(folder, good=QUESTION.format(n=1))
        assert _error(folder).startswith(f"{folder / 'bad.md'}{said}")


def test_a_missing_path_an_empty_folder_and_a_device(tmp_path: Path) -> None:
    assert "no such file or folder" in _error(tmp_path / "missing.md")
    assert "no questions found" in _error(tmp_path)
    assert "not a regular file" in _error(Path(os.devnull))


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "big.md"
    with file.open("wb") as handle:
        handle.truncate(50_000_000)
    assert _error(file) == f"{file}: 50 MB; a corpus file may have 10 MB, split it by topic"


def test_a_corpus_that_is_gone_for_a_while_keeps_what_was_derived(tmp_path: Path, cache: Path) -> None:
    folder = _corpus(tmp_path / "c", a=QUESTION.format(n=1))
    load_bank(folder)
    (kept,) = cache.rglob("*.json")
    before = kept.read_bytes()
    (folder / "a.md").rename(tmp_path / "a.md")
    assert "no questions found" in _error(folder)  # as where a disk is not mounted
    folder.rmdir()
    assert "no such file or folder" in _error(folder)
    assert kept.read_bytes() == before
    folder.mkdir()
    (tmp_path / "a.md").rename(folder / "a.md")
    assert len(load_bank(folder)) == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind")
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    folder = _corpus(tmp_path / "c", a=QUESTION.format(n=1))
    (folder / "a.md").chmod(0)
    assert "can't be read" in _error(folder)


def test_the_same_question_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    text = QUESTION.format(n=1)
    file = (
        _corpus(tmp_path / "c", a=text + text.replace("Q1", "Q2").replace("thing 1?", "*thing* 1")) / "a.md"
    )
    assert _error(file).startswith(f"{file}:6: the same question as {file}:1 (What is thing 1)")


def test_links_out_of_the_folder_and_in_circles_are_left_alone(tmp_path: Path) -> None:
    folder = _corpus(tmp_path / "c", a=QUESTION.format(n=1))
    outside = _corpus(tmp_path / "out", b=QUESTION.format(n=2))
    (folder / "loop").symlink_to(folder)
    (folder / "b.md").symlink_to(outside / "b.md")
    (folder / "broken.md").symlink_to(folder / "nowhere.md")
    assert [question.topic for question in load_bank(folder).values()] == ["a"]


def test_what_was_derived_is_used_again_and_follows_edits(tmp_path: Path, cache: Path) -> None:
    folder = _corpus(tmp_path / "c", a=QUESTION.format(n=1), b=QUESTION.format(n=2))
    first = load_bank(folder)
    (store,) = cache.iterdir()
    written = store.stat().st_mtime_ns
    assert dict(load_bank(folder)) == dict(first)
    assert store.stat().st_mtime_ns == written
    _corpus(folder, b=QUESTION.format(n=3))
    assert [q.prompt for q in load_bank(folder).values()] == ["What is thing 1?", "What is thing 3?"]
    assert len(json.loads(store.read_bytes())) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": {"path": 3}}', b"\xff"])
def test_a_corrupt_cache_is_ignored_and_rewritten(tmp_path: Path, cache: Path, content: bytes) -> None:
    folder = _corpus(tmp_path / "c", a=QUESTION.format(n=1))
    first = load_bank(folder)
    (store,) = cache.iterdir()
    good = store.read_bytes()
    store.write_bytes(content)
    assert dict(load_bank(folder)) == dict(first)
    assert store.read_bytes() == good
    assert list(cache.iterdir()) == [store]


def test_a_cache_that_cannot_be_written_does_not_matter(tmp_path: Path, cache: Path) -> None:
    folder = _corpus(tmp_path / "c", a=QUESTION.format(n=1))
    cache.parent.write_text("a file where the folder should be")
    assert len(load_bank(folder)) == 1


def test_another_version_of_the_code_makes_a_cache_anew_and_removes_old_ones(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _corpus(tmp_path / "c", a=QUESTION.format(n=1))
    load_bank(folder)
    load_bank(_corpus(tmp_path / "other", a=QUESTION.format(n=1)))
    (cache / "forgotten.json").write_bytes(b"{}")
    os.utime(cache / "forgotten.json", (0, 0))
    before = set(cache.iterdir())
    monkeypatch.setattr(load, "_code_version", lambda: "next")
    load_bank(folder)
    (made,) = set(cache.iterdir()) - before
    assert made.name.endswith("-next.json")
    assert len(list(cache.iterdir())) == 2


def test_a_cached_bank_loads_without_the_parsers(tmp_path: Path) -> None:
    program = (
        "import sys; from questions.load import bundled_path, load_bank; load_bank(bundled_path());"
        "print(*sorted(sys.modules.keys() & {'markdown_it', 'yaml', 'rapidfuzz', 'numpy'}))"
    )
    places = dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"), str(tmp_path))
    command = [sys.executable, "-c", program]
    runs = [
        subprocess.run(command, env={**os.environ, **places}, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [run.stdout.strip() for run in runs] == ["markdown_it yaml", ""]


SHARED_SHAPE = """\
---
title: "Docker and Containerization"
category: "devops"
questionCount: 25
tags: ["docker", "devops"]
---

# Docker

Text.
##
 Interview Questions and Answers

### Scenario-Based Questions

#### Q1: How do you optimize an image?

**Answer:**
Key strategies:

```dockerfile
# Use minimal base images
FROM node:18-alpine

# Remove unnecessary files
RUN rm -rf /tmp/*
```
"""


def test_a_file_with_the_traps_of_the_shared_corpus(tmp_path: Path) -> None:
    file = _corpus(tmp_path, d=SHARED_SHAPE) / "d.md"
    (question,) = load_bank(file).values()
    assert question.level is Level.SCENARIO
    assert question.topic == "docker"
    assert [point.text for point in question.key_points] == [
        "Use minimal base images",
        "Remove unnecessary files",
    ]


SHARED = Path(__file__).parents[2] / "shared" / "corpus" / "docker-and-containerization.md"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared corpus is not beside this checkout")
def test_the_shared_corpus_loads_unchanged() -> None:
    bank = load_bank(SHARED)
    assert len(bank) == 15
    assert bank.topics == ("docker",)
    levels = [question.level for question in bank.values()]
    assert levels == [
        level for level, count in zip(Level, (3, 3, 4, 2, 2, 1), strict=True) for _ in range(count)
    ]
    assert all(3 <= len(question.key_points) <= 8 for question in bank.values())
    avoided = [point.text for question in bank.values() for point in question.key_points if point.avoid]
    assert avoided == [
        "Hardcoding secrets in Dockerfile",
        "Passing secrets as environment variables",
        "Including secrets in image layers",
    ]
