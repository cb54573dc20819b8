import os
import sqlite3
import stat
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.models import Choice
from bot.store import Store, StoreError
from grader.models import Grade, Verdict
from questions.models import Level
from tests.practising import WordGrader, question

NOW = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)
APPLE = question("apple")
SAID = "Birds love the apple; it does not ripen"


def mark(text: str = SAID) -> Grade:
    return WordGrader().grade(APPLE, text)


def test_the_file_and_its_folder_are_made_on_first_use(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "interview.db"
    with Store(path) as store:
        store.save_attempt("terminal", APPLE, SAID, mark(), NOW)
    with Database(path) as db:
        assert db.journal_mode == "wal"
    with Store(path) as store:
        assert store.marks("terminal") == [("apple", "Fruit", mark().score)]


def test_everything_about_an_answer_is_kept(tmp_path: Path) -> None:
    with Store(tmp_path / "i.db") as store:
        session = store.start_session("terminal", "bundled", Choice(level=Level.ADVANCED), 7, NOW)
        attempt = store.save_attempt("terminal", APPLE, SAID, mark(), NOW, session=session)
        rows = store._db
        row = next(rows["attempts"].rows)
        assert (row["answer"], row["session"], row["model"]) == (SAID, session.id, "words-1")
        assert (row["at"], row["sure"]) == ("2026-01-01T09:30:00+00:00", attempt.grade.sure)
        assert [(each["point"], each["verdict"]) for each in rows["point_results"].rows] == [
            ("eaten", "covered"),
            ("grows", "missing"),
        ]
        assert {each["question"] for each in rows["reviews"].rows} == {"apple"}
        assert store.due("terminal")["apple"] > NOW


def test_sessions_come_back_as_they_were_left() -> None:
    with Store(None) as store:
        choice = Choice("fruit", Level.ADVANCED, 5, 3)
        started = store.start_session("terminal", "bundled", choice, 3, NOW)
        assert store.open_session("someone else") is None
        found = store.open_session("terminal")
        assert found is not None
        assert (found.id, found.choice, found.order) == (started.id, choice, 3)
        store.end_session(found, NOW)
        assert store.open_session("terminal") is None


def test_missed_points_are_those_of_the_latest_answer() -> None:
    with Store(None) as store:
        store.save_attempt("terminal", APPLE, "", mark(""), NOW)
        store.save_attempt("terminal", APPLE, SAID, mark(), NOW)
        assert [(point.id, verdict) for _, point, verdict in store.missed("terminal")] == [
            ("grows", Verdict.MISSING)
        ]


def test_points_that_the_question_lost_are_not_told() -> None:
    with Store(None) as store:
        store.save_attempt("terminal", APPLE, "", mark(""), NOW)
        shorter = APPLE.model_copy(update={"key_points": APPLE.key_points[:1]})
        store.save_attempt("other", shorter, "", WordGrader().grade(shorter, ""), NOW)
        assert [point.id for _, point, _ in store.missed("terminal")] == ["grows"]


def test_a_person_can_be_deleted_with_all_that_is_theirs(tmp_path: Path) -> None:
    with Store(tmp_path / "i.db") as store:
        session = store.start_session("terminal", "bundled", Choice(), 0, NOW)
        store.save_attempt("terminal", APPLE, SAID, mark(), NOW, session=session)
        store._db.table("people").delete("terminal")
        theirs = ("sessions", "attempts", "point_results", "reviews")
        assert [store._db[table].count for table in theirs] == [0, 0, 0, 0]


# ---------------------------------------------------------------------- what can go wrong


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    with Store(tmp_path / "i.db") as store:
        store.save_attempt("terminal", APPLE, SAID, mark(), NOW)
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages}")
        long = SAID + "x" * 20_000
        with pytest.raises(StoreError, match=r"i\.db: the disk is full"):
            store.save_attempt("terminal", APPLE, long, mark(long), NOW)
        assert len(store.marks("terminal")) == 1
        store._db.execute("PRAGMA max_page_count = 100000")
        store.save_attempt("terminal", APPLE, long, mark(long), NOW)
        assert len(store.marks("terminal")) == 2


def test_a_failing_write_rolls_all_of_it_back() -> None:
    with Store(None) as store:
        worse = Grade("apple", 200, sure=True, points=(), model="m")
        with pytest.raises(StoreError, match="CHECK constraint failed"):
            store.save_attempt("terminal", APPLE, SAID, worse, NOW)
        assert [store._db[table].count for table in ("people", "questions", "attempts")] == [0, 0, 0]


def test_a_locked_database_says_so(tmp_path: Path) -> None:
    with Store(tmp_path / "i.db", timeout=0.05) as store:
        other = sqlite3.connect(tmp_path / "i.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"i\.db: is locked by another program"):
            store.save_attempt("terminal", APPLE, SAID, mark(), NOW)
        other.execute("COMMIT")
        other.close()
        store.save_attempt("terminal", APPLE, SAID, mark(), NOW)


@contextmanager
def as_nobody() -> Iterator[Path]:
    """Give up root's right to write everywhere, in a folder that the user 'nobody' may use."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            Path(folder).chmod(stat.S_IRWXU)
            if root:
                os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX ones")
def test_a_read_only_database_or_folder_says_so() -> None:
    with as_nobody() as folder:
        Store(folder / "i.db").close()
        (folder / "i.db").chmod(stat.S_IRUSR)
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        with pytest.raises(StoreError, match=r"i\.db: can't be written; check its permissions"):
            Store(folder / "i.db")
        with pytest.raises(StoreError, match=r"new\.db: can't be written"):
            Store(folder / "new.db")
        with pytest.raises(StoreError, match=r"Permission denied; set INTERVIEW_DATABASE"):
            Store(folder / "new" / "i.db")


def test_a_folder_in_place_of_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be written"):
        Store(tmp_path)


@pytest.mark.parametrize("content", [b"not a database at all " * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_says_so_and_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "i.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged or no database"):
        Store(path)
    assert path.read_bytes() == content


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "i.db").touch()
    with Store(tmp_path / "i.db") as store:
        assert store.marks("terminal") == []


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "i.db"
    with Database(path) as db:
        db["bookmarks"].insert({"url": "https://example.org"})
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is the database of another program"):
        Store(path)
    assert path.read_bytes() == before


def test_use_from_another_thread_is_refused() -> None:
    caught: list[BaseException] = []

    def use() -> None:
        try:
            store.marks("terminal")
        except sqlite3.ProgrammingError as error:
            caught.append(error)

    with Store(None) as store:
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    assert "thread" in str(caught[0])


def open_and_save(path: Path) -> int:
    with Store(path, timeout=30) as store:
        return store.save_attempt("terminal", APPLE, SAID, mark(), NOW).id


def test_many_programs_can_start_on_a_new_file_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        numbers = list(pool.map(open_and_save, [tmp_path / "i.db"] * 8))
    assert sorted(numbers) == list(range(1, 9))


def test_a_killed_program_leaves_whole_answers(tmp_path: Path) -> None:
    process = get_context("spawn").Process(target=_save_until_killed, args=(tmp_path / "i.db",))
    process.start()
    rows = 0
    while rows < 20 and process.is_alive():
        with suppress(sqlite3.Error), closing(sqlite3.connect(tmp_path / "i.db")) as other:
            rows = other.execute("SELECT count(*) FROM attempts").fetchone()[0]
    process.kill()
    process.join()
    with Store(tmp_path / "i.db") as store:
        whole = "SELECT attempt FROM point_results GROUP BY attempt HAVING count(*) = 2"
        assert len(store._db.execute(whole).fetchall()) == len(store.marks("terminal")) >= 20


def _save_until_killed(path: Path) -> None:
    with Store(path) as store:
        while True:
            store.save_attempt("terminal", APPLE, SAID, mark(), NOW)
