"""The commands on the database as an operator types them."""

import json
import signal
from pathlib import Path

import pytest

from bot import db_cli
from bot.store import Store
from tests.test_cli import Run, at_home, run
from tests.test_migrations import OLDEST
from tests.together import ANN, Together, full

__all__ = ["at_home", "run"]  # fixtures


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    us = Together(tmp_path / "interview.db")
    us.practise(ANN, "apple", full("apple"))
    us.services.close()
    return tmp_path / "interview.db"


def test_a_backup_is_made_checked_and_restored(run: Run, filled: Path, tmp_path: Path) -> None:
    code, out, err = run("backup")
    (made,) = (tmp_path / "backups").iterdir()
    assert (code, err) == (0, "")
    assert out == f"{made} ({made.stat().st_size / 1e6:.1f} MB), checked\n"
    with Store(filled) as store:
        store.people.forget(ANN, Together().clock())
        code, _, err = run("restore", made, "--yes")
        assert (code, err) == (1, f"error: {filled}: is in use, perhaps by a running bot; stop that first\n")
    code, out, err = run("restore", made)
    assert (code, err) == (1, "error: nobody can be asked here; add --yes to replace the database\n")
    code, out, err = run("restore", made, "--yes")
    assert (code, err) == (0, "")
    assert f"{made}: 1 answer by 1 person, the last at 2026-03-04T10:00:00+00:00\n" in out
    assert f"{filled} is restored.\nDeleted again: 1 person who asked for it" in out
    assert "What it replaced: " in out
    assert run("db", "check")[1].startswith(f"{filled}: 0 answers by 0 people\n")


def test_so_many_are_kept_where_it_is_told(run: Run, filled: Path, tmp_path: Path) -> None:
    for number in range(1, 4):
        (tmp_path / f"interview-2020010{number}T000000Z.db").touch()
    assert run("backup", "--to", tmp_path, "--keep", "2")[0] == 0
    kept = sorted(path.name for path in tmp_path.glob("interview-*.db"))
    assert kept[0] == "interview-20200103T000000Z.db"
    assert len(kept) == 2
    assert filled.exists()


def test_a_check_says_how_things_are(run: Run, filled: Path) -> None:
    code, out, err = run("db", "check")
    assert (code, err) == (0, "")
    for words in ("1 answer by 1 person", "integrity     ok", "pending: none", "last backup   none"):
        assert words in out
    run("backup")
    assert ", 0.0 h ago" in run("db", "check")[1]
    code, out, _ = run("db", "check", "--json")
    found = json.loads(out)
    assert (code, found["ok"], found["answers"], found["pending"]) == (0, True, 1, [])
    assert found["size"] == filled.stat().st_size
    assert found["last_backup_age_seconds"] < 3600


def test_damage_is_told_with_the_way_back(run: Run, filled: Path, tmp_path: Path) -> None:
    run("backup")
    (made,) = (tmp_path / "backups").iterdir()
    content = bytearray(filled.read_bytes())
    content[4096 * 3 : 4096 * 40] = b"\xa5" * (4096 * 37)
    filled.write_bytes(content)
    code, out, _ = run("db", "check")
    assert code == 1
    assert "problem       " in out
    assert out.endswith(f"go back to the last good backup: interview restore {made}\n")
    filled.write_bytes(b"nothing " * 1000)
    code, out, _ = run("db", "check", "--json")
    assert (code, json.loads(out)["problems"]) == (1, ["file is not a database"])
    for command in (["progress"], ["backup"], ["db", "vacuum"], ["db", "migrate"], ["db", "prune"]):
        code, out, err = run(*command)
        assert (code, out) == (1, "")
        assert err.count("\n") == 1
        assert f"interview restore {made}" in err
    assert run("restore", made, "--yes")[0] == 0
    assert run("progress")[0] == 0


def test_migrations_are_listed_and_applied(run: Run, tmp_path: Path) -> None:
    from sqlite_utils import Database

    with Database(tmp_path / "interview.db") as db:
        db.executescript(OLDEST)
    before = (tmp_path / "interview.db").read_bytes()
    code, out, _ = run("db", "migrate", "--list")
    assert code == 0
    assert "m001_practice           applied 2026-01-01\nm002_servers            pending\n" in out
    assert (tmp_path / "interview.db").read_bytes() == before
    assert run("db", "migrate")[1].startswith("applied m002_servers, ")
    assert len([*(tmp_path / "backups").iterdir()]) == 1
    assert run("db", "migrate")[1] == "nothing to do: all are applied\n"
    assert "pending" not in run("db", "migrate", "--list")[1]


def test_packing_says_what_it_gave_back(run: Run, filled: Path) -> None:
    with Store(filled) as store:
        store.run("CREATE TABLE padding AS SELECT zeroblob(2000000) AS x")
        store.run("DROP TABLE padding")
    code, out, _ = run("db", "vacuum")
    assert code == 0
    assert out.startswith(f"{filled}: 2.3 MB before, 0.")


def test_old_texts_are_deleted(run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("db", "prune")[1] == "0 answer texts and 0 sessions deleted, 0 interviews ended\n"
    monkeypatch.setenv("INTERVIEW_KEEP_ANSWERS_DAYS", "36500")
    assert run("db", "prune")[1].startswith("0 answer texts")
    assert run("db", "prune", "--days", "1")[1].startswith("1 answer text and ")
    with Store(filled) as store:
        assert store.row("SELECT answer, score FROM attempts") == {"answer": None, "score": 100}


def test_signals_stop_only_what_is_going_on() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with db_cli._stoppable() as stopped:
        assert not stopped()
        signal.raise_signal(signal.SIGTERM)
        assert stopped()
    assert signal.getsignal(signal.SIGTERM) is before
