import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from questions import workers
from questions.reading import read
from questions.workers import read_all

TEXT = "#### Q1: What is thing {n}?\n\n**Answer:**\nThing {n} is a useful part of number {n}.\n"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, bytes]]:
    monkeypatch.setattr(workers, "_WORTHWHILE", 100)
    monkeypatch.setattr(workers, "_processors", lambda: 3)
    return [(Path(f"c/{n}.md"), TEXT.format(n=n).encode()) for n in range(8)]


def test_processes_give_the_same_readings_in_the_same_order(files: list[tuple[Path, bytes]]) -> None:
    assert read_all(files, Path("c")) == [read(content, file, Path("c")) for file, content in files]


def test_work_of_a_process_that_fails_is_done_here(
    files: list[tuple[Path, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read_all(files, Path("c"))
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert read_all(files, Path("c")) == expected
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert read_all(files, Path("c")) == expected


def test_a_package_of_the_same_name_in_the_current_folder_is_never_run(
    files: list[tuple[Path, bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trap = tmp_path / "questions"
    trap.mkdir()
    (trap / "__init__.py").write_text("import pathlib; pathlib.Path('trapped').touch()")
    monkeypatch.chdir(tmp_path)
    started: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    assert len(read_all(files, Path("c"))) == 8
    assert [process.returncode for process in started] == [0, 0]
    assert not (tmp_path / "trapped").exists()


def test_no_files_give_no_readings() -> None:
    assert read_all([], Path("c")) == []
