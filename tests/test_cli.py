"""The command line as people and programs use it, with the bundled questions and the real grader."""

import io
import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from bot import cli, practice
from bot.store import Store
from questions.load import bundled_path, load_bank
from tests.test_store import as_nobody

ROOT = Path(__file__).parents[1]
Run = Callable[..., tuple[int, str, str]]
CORPUS = """---
title: Gardens
---

# Gardens

## Interview Questions and Answers

### Fundamental Questions

#### Q1: How does an apple ripen?

**Answer:**
An apple ripens slowly on the tree, because starch becomes sugar over many weeks.

**Key points:**
- (3) An apple ripens slowly on the tree
- (1) Starch becomes sugar while an apple ripens
"""


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("INTERVIEW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INTERVIEW_DATABASE", str(tmp_path / "interview.db"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process, `typed` piped in; returns exit status, output and errors."""

    def call(*args: str | Path, typed: str | bytes = b"") -> tuple[int, str, str]:
        data = typed.encode() if isinstance(typed, str) else typed
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return int(stopped.value.code or 0), out, err

    return call


# ---------------------------------------------------------------------- practising


def test_a_piped_session_asks_grades_and_sums_up(run: Run) -> None:
    code, out, err = run(
        *("practise", "--count", "2", "--seed", "1"),
        typed="Containers share the kernel of the host.\n.\n/hint\n/skip\n",
    )
    assert (code, err) == (0, "")
    for expected in ("Question 1 of 2", " / 100", "Model answer", "Question 2 of 2", "Summary"):
        assert expected in out
    assert "1 answer, mean" in run("progress")[1]
    assert run("progress", "--topic", "knit*ting")[1].startswith("No answers on knit*ting yet.")
    found = json.loads(run("progress", "--json")[1])
    assert (found["attempts"], found["topics"][0]["attempts"]) == (1, 1)


def test_without_a_command_or_with_options_only_it_practises(run: Run) -> None:
    assert "╭─ Question 1 ─" in run()[1]
    whole = run("practise", "--seed", "1")
    assert whole[0] == 0
    assert run("--seed", "1") == run("--debug", "--seed", "1") == run("practice", "--seed", "1") == whole


def test_no_color_and_pipes_get_plain_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "\x1b[31mred\x1b[0m [red]x[/red] containers\n.\n"
    assert "\x1b" not in run("--count", "1", typed=hostile)[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[36m" in run("--count", "1", typed=hostile)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*3\dm", run("--count", "1", typed=hostile)[1])


def test_bytes_that_are_no_text_are_no_reason_to_fail(run: Run) -> None:
    code, out, err = run("--count", "1", typed=b"containers \xff\xfe\x00 share\n.\n")
    assert (code, err) == (0, "")
    assert "Summary" in out


def test_an_answer_too_long_for_grading_ends_a_script_with_one_line(run: Run) -> None:
    code, _, err = run("--count", "1", typed="a" * 100_000 + "\n.\n")
    assert code == 1
    assert err == "error: the answer has 100,000 characters and at most 20,000 are graded; shorten it\n"


def test_a_screen_that_knows_ascii_only_is_no_reason_to_fail() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--count", "1"],
        input="words\n.\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Summary" in done.stdout


@contextmanager
def terminal(
    *args: str,
) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[str], str], Callable[[str], None]]]:
    """Run the command line on a terminal of its own; yields the process, `wait_for` and `enter`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm"},
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""

    def wait_for(text: str) -> str:
        nonlocal seen
        end = time.monotonic() + 60
        while text.encode() not in seen:
            assert select.select([ours], [], [], max(0, end - time.monotonic()))[0], (
                f"no {text!r} in {seen!r}"
            )
            try:
                seen += os.read(ours, 65536)
            except OSError:  # Linux says so when the other side is closed
                assert text.encode() in seen, f"ended without {text!r}: {seen!r}"
        before, _, seen = seen.partition(text.encode())
        return before.decode(errors="replace")

    def enter(text: str) -> None:
        os.write(ours, text.encode())

    try:
        yield process, wait_for, enter
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_a_half_typed_answer_survives_every_way_of_stopping(number: int) -> None:
    with terminal("--seed", "1") as (process, wait_for, enter):
        wait_for("› ")
        enter("first line\n")
        wait_for("first line")
        wait_for("› ")
        enter("half a li")
        wait_for("half a li")
        # A signal is only heard while Python waits for the next key.
        time.sleep(0.2)
        process.send_signal(number)
        wait_for("Your unfinished answer is kept.")
        assert process.wait() == 0
    with terminal("--seed", "1") as (_, wait_for, _):
        wait_for("Your answer so far:")
        assert re.search(r"first line\s+half a li\s", wait_for("› "))


def test_a_paste_with_blank_lines_code_and_commands_is_one_answer(tmp_path: Path) -> None:
    pasted = "Containers\n\n```sh\ndocker run x\n.\n/quit\n```"
    with terminal("--seed", "1", "--count", "1") as (process, wait_for, enter):
        wait_for("› ")
        enter(f"\x1b[200~{pasted}\x1b[201~")
        enter("\n")
        wait_for("› ")
        enter(".\n")
        wait_for("Summary")
        assert process.wait() == 0
    with Store(tmp_path / "interview.db") as store:
        assert store._db.execute("SELECT answer FROM attempts").fetchone()[0] == pasted


# ---------------------------------------------------------------------- the bank


def test_bank_list_prints_what_programs_read(run: Run) -> None:
    code, out, _ = run("bank", "list", "--json")
    assert code == 0
    rows = json.loads(out)
    assert len(rows) == len(load_bank(bundled_path()))
    assert all(set(row) == {"id", "topic", "level", "prompt", "points"} for row in rows)
    out = run("bank", "list", "--topic", rows[0]["topic"])[1]
    assert rows[0]["id"] in out


def test_bank_show_tells_all_of_a_question_and_of_a_section(run: Run) -> None:
    first = next(iter(load_bank(bundled_path()).values()))
    code, out, _ = run("bank", "show", first.id)
    assert code == 0
    assert "Key points" in out
    assert "Model answer" in out
    assert json.loads(run("bank", "show", first.id, "--json")[1])["id"] == first.id
    section = next(iter(load_bank(bundled_path()).sections.values()))
    assert section.title in run("bank", "show", section.id)[1]
    code, _, err = run("bank", "show", first.id[:-1] + "!")
    assert code == 1
    assert f"did you mean {first.id}" in err


def test_bank_check_tells_people_programs_and_ci(run: Run, tmp_path: Path) -> None:
    good = tmp_path / "good.md"
    good.write_text(CORPUS)
    code, out, _ = run("bank", "check", good)
    assert code == 0
    assert out.splitlines()[0].startswith(f"{good}: 1 question (native")
    report = json.loads(run("bank", "check", good, "--json")[1])
    assert (report["found"], report["claimed"]) == (1, None)
    assert set(report["files"][0]) >= {"path", "dialect", "found", "claimed", "licence", "problems"}
    bad = tmp_path / "bad.md"
    bad.write_bytes(b"\xff\xfe")
    code, out, err = run("bank", "check", bad)
    assert (code, err) == (1, "")
    assert "error: " in out


def test_another_corpus_is_practised_with(run: Run, tmp_path: Path) -> None:
    (tmp_path / "garden.md").write_text(CORPUS)
    code, out, _ = run("--corpus", tmp_path / "garden.md", typed="An apple ripens slowly on the tree\n")
    assert code == 0
    assert "How does an apple ripen?" in out


# ---------------------------------------------------------------------- grading


def question_file(folder: Path, **changes: object) -> Path:
    row = {
        "id": "A1",
        "topic": "Gardens",
        "difficulty": "easy",
        "question": "How does an apple ripen?",
        "reference": "Slowly, on the tree.",
        "key_points": [{"id": "A1.1", "text": "An apple ripens slowly on the tree", "weight": 3}],
    }
    path = folder / "question.json"
    path.write_text(json.dumps({**row, **changes}, indent=1))
    return path


def test_grade_prints_one_object_with_evidence(run: Run, tmp_path: Path) -> None:
    answer = tmp_path / "answer.txt"
    answer.write_text("An apple ripens slowly on the tree.\n")
    code, out, _ = run("grade", "--question-file", question_file(tmp_path), "--answer-file", answer, "--json")
    assert code == 0
    found = json.loads(out)
    assert {"id", "score", "sure", "points"} <= set(found)
    point = found["points"]["A1.1"]
    assert set(point["p"]) == {"covered", "partial", "missing", "contradicted"}
    start, end = point["evidence"][0]
    assert "ripens slowly" in answer.read_text()[start:end]


def test_evidence_counts_from_the_first_character_of_the_file(run: Run, tmp_path: Path) -> None:
    said = "\r\n\n \ufeffIt hangs there.\r\nAn apple ripens slowly on the tree."
    (tmp_path / "answer.txt").write_bytes(said.encode())
    asked = question_file(tmp_path)
    asked.write_bytes(b"\xef\xbb\xbf" + asked.read_bytes())
    out = run("grade", "--question-file", asked, "--answer-file", "answer.txt", "--json")[1]
    ((start, end),) = json.loads(out)["points"]["A1.1"]["evidence"]
    assert said[start:end] == "An apple ripens slowly on the tree."


def test_a_group_without_a_command_shows_its_help(run: Run) -> None:
    code, out, err = run("bank")
    assert (code, err) == (2, "")
    assert "check" in out


def test_grade_reads_standard_input_and_the_bank(run: Run, tmp_path: Path) -> None:
    first = next(iter(load_bank(bundled_path())))
    code, out, _ = run("grade", "--question", first, "--answer-file", "-", typed="They share the kernel.\n")
    assert code == 0
    assert "/ 100" in out
    asked = question_file(tmp_path)
    out = run("grade", "--question-file", asked, "--answer-file", "-", "--json", typed="x y")[1]
    assert json.loads(out)["id"] == "A1"


def test_evaluate_prints_a_table_and_writes_rows(run: Run, tmp_path: Path) -> None:
    row = json.loads(question_file(tmp_path).read_text())
    (tmp_path / "questions.jsonl").write_text(json.dumps(row) + "\n")
    answers = [
        {"id": f"A1-{number}", "question_id": "A1", "answer": text, "style": "medium", "score": score}
        | {"labels": {"A1.1": label}}
        for number, (text, score, label) in enumerate(
            [
                ("An apple ripens slowly on the tree.", 100, "covered"),
                ("Pears are green and juicy.", 0, "missing"),
                ("It takes weeks.", 30, "partial"),
            ]
        )
    ]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(each) + "\n" for each in answers))
    code, out, _ = run(
        *("evaluate", "--questions", "questions.jsonl", "--answers", "answers.jsonl", "--json", "out.jsonl")
    )
    assert code == 0
    assert "pearson" in out.lower()
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [each["id"] for each in rows] == ["A1-0", "A1-1", "A1-2"]
    assert rows[0].keys() >= {"id", "score", "sure", "points"}


# ---------------------------------------------------------------------- wrong use and bad input

PRACTISE_WITH = ("--corpus", "bad.md")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "bad.md"),
        (b"\xff\xfe\x00\x01", "UTF-8"),
        (b"\x00\x01\x02" * 1000, "bad.md"),
        (b"---\ntitle: [\n---\n" + CORPUS.encode()[26:], "bad.md"),
        (b"# Nothing here\n", "no questions"),
        (CORPUS.encode() + b"\n#### Q2: What is a pear?\n", "bad.md:20: no answer (What is a pear?); write"),
        (CORPUS.encode() + CORPUS[CORPUS.index("#### Q1") :].encode(), "same question"),
        (b"x" * 50_000_000, "bad.md"),
    ],
    ids=["empty", "not-utf8", "binary", "yaml", "no-question", "no-answer", "twice", "50-MB"],
)
def test_a_bad_corpus_is_one_clear_line(run: Run, tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "bad.md").write_bytes(content)
    code, out, err = run(*PRACTISE_WITH)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert words in err
    assert not (tmp_path / "interview.db").exists()


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--frob",), 2, "No such option: --frob"),
        (("frob",), 2, "No such command 'frob'"),
        (("--level", "hard"), 2, "'fundamental'"),
        (("--count", "0"), 2, "--count"),
        (("--count", "many"), 2, "--count"),
        (("--seed", "-1"), 2, "--seed"),
        (("--seed", "9" * 30), 2, "--seed"),
        (("bank", "show"), 2, "ID"),
        (("bank", "show", "nothing"), 1, "'interview bank list' shows the ids"),
        (("--topic", "knitting"), 1, "topics: "),
        (("--corpus", "/no/such"), 1, "/no/such"),
        (("bank", "check", "/no/such"), 1, "/no/such"),
        (("progress", "--corpus", "/no/such"), 1, "/no/such"),
        (("grade", "--answer-file", "a.txt"), 1, "--question-file FILE or --question ID"),
        (("grade", "--question-file", "q.json", "--answer-file", "a.txt"), 1, "q.json"),
        (("evaluate",), 1, "--questions FILE and --answers FILE, or --pairs FILE"),
        (("evaluate", "--pairs", "p", "--questions", "q", "--answers", "a"), 1, "or --pairs FILE"),
        (("evaluate", "--pairs", "p", "--json", "."), 1, "give a file in a folder that exists"),
        (("evaluate", "--pairs", "p", "--json", "no/out.jsonl"), 1, "give a file in a folder that exists"),
        (("evaluate", "--pairs", "p", "--derive-points"), 1, "leave --derive-points out"),
        (("evaluate", "--questions", "/no/such", "--answers", "/no/such"), 1, "/no/such"),
    ],
)
def test_wrong_use_is_one_clear_line(run: Run, args: tuple[str, ...], code: int, words: str) -> None:
    status, out, err = run(*args)
    assert (status, out) == (code, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert words in err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "line 1: not JSON"),
        (b"[]", "no JSON object"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 10_000, "not JSON"),
        (b'{"id": "x"}', "field reference"),
        (b"\xff", "not UTF-8"),
        (b" " * 1_000_001, "is over 1 MB"),
    ],
)
def test_a_bad_question_file_is_one_clear_line(run: Run, tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "q.json").write_bytes(content)
    (tmp_path / "a.txt").write_text("words")
    code, out, err = run("grade", "--question-file", "q.json", "--answer-file", "a.txt", "--json")
    assert (code, out) == (1, "")
    assert "q.json" in err
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe", "not UTF-8"), (b"a" * 100_000, "100,000 characters"), (b"a" * 1_000_001, "over 1 MB")],
)
def test_a_bad_answer_file_is_one_clear_line(run: Run, tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    code, _, err = run("grade", "--question-file", question_file(tmp_path), "--answer-file", "a.txt")
    assert code == 1
    assert err.startswith("error: a.txt: ")
    assert words in err


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX ones")
@pytest.mark.parametrize(
    "args",
    [
        ("--corpus",),
        ("bank", "check"),
        ("grade", "--answer-file", "x", "--question-file"),
        ("evaluate", "--pairs"),
    ],
)
def test_what_may_not_be_read_is_one_clear_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    with as_nobody() as folder:
        monkeypatch.chdir(folder)
        (folder / "mine.md").write_text(CORPUS)
        (folder / "mine.md").chmod(0)
        code, out, err = run(*args, folder / "mine.md")
    assert code == 1
    assert re.search(r"mine\.md:.*(?:can't be read|Permission denied|permission).*; .+", err + out)
    assert err.count("\n") <= 1


@contextmanager
def newer(path: Path) -> Iterator[None]:
    Store(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('interview-practice-bot', 'm999_future', '2099-01-01')"
        )
    yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    Store(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    path.write_bytes(b"not a database " * 100)
    yield


@contextmanager
def a_folder(path: Path) -> Iterator[None]:
    path.mkdir()
    yield


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (newer, "was written by a newer version of this program"),
        (damaged, "is damaged or no database"),
        (a_folder, "can't be written"),
        pytest.param(locked, "is locked by another program", marks=pytest.mark.slow),
    ],
)
def test_trouble_with_the_database_is_one_clear_line(
    run: Run, tmp_path: Path, trouble: Callable[[Path], AbstractContextManager[None]], words: str
) -> None:
    with trouble(tmp_path / "interview.db"):
        code, out, err = run("--count", "1", typed="An answer.\n")
    assert (code, out) == (1, "")
    assert err.startswith(f"error: {tmp_path / 'interview.db'}: {words}")
    assert "; " in err
    assert err.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX ones")
def test_a_database_that_may_not_be_written_is_one_clear_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_nobody() as folder:
        monkeypatch.chdir(folder)
        (folder / "mine.md").write_text(CORPUS)
        folder.chmod(0o500)
        monkeypatch.setenv("INTERVIEW_DATABASE", str(folder / "interview.db"))
        code, out, err = run("--corpus", folder / "mine.md", typed="An answer.\n")
    assert (code, out) == (1, "")
    assert "interview.db: can't be written; check its permissions" in err


def test_a_wrong_setting_is_one_clear_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEW_THREADS", "none")
    code, _, err = run("progress")
    assert code == 1
    assert err.startswith("error: INTERVIEW_THREADS: ")


def test_what_a_user_names_cannot_steer_the_screen(run: Run) -> None:
    code, _, err = run("bank", "show", "\x1b[31mred\x1b[0m\nerror: forged")
    assert code == 1
    assert "\x1b" not in err
    assert err.count("\n") == 1


def test_a_bug_is_told_without_a_traceback_or_what_was_written(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret words of an answer")

    monkeypatch.setattr(practice.Practice, "progress", fail)
    code, out, err = run("progress")
    assert (code, out) == (1, "")
    assert "unexpected RuntimeError in fail (test_cli.py:" in caplog.text
    assert "secret words" not in caplog.text + err
    run("--debug", "progress")
    assert "raise RuntimeError" in caplog.text


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m bot bank list --json | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stderr == ""


def test_it_names_itself_as_it_was_called() -> None:
    command = [sys.executable, "-m", "bot", "frob"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert "('python3 -m bot --help' lists commands and options)" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("args", [["--version"], ["bank", "list", "--json"]])
def test_output_to_a_full_disk_is_one_clear_line(args: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "bot", *args]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr == (
        "error: the disk is full, not all could be written; free some space and try again\n"
    )


def test_version_and_help(run: Run) -> None:
    assert run("--version")[1].startswith("interview-practice-bot ")
    code, out, _ = run("--help")
    assert code == 0
    for command in ("practise", "progress", "grade", "evaluate", "bank"):
        assert command in out


def test_the_discord_bot_without_its_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "bot.running", raising=False)
    monkeypatch.setitem(sys.modules, "discord", None)
    with pytest.raises(SystemExit) as stopped:
        cli.main(["run"])
    assert stopped.value.code == 1
    assert "pip install -e '.[discord]'" in capsys.readouterr().err
