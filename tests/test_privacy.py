import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import spoken, texts
from bot.contest import ContestChoice
from bot.guilds import DEFAULTS
from bot.leaderboard import Period
from bot.models import Choice, InterviewChoice, Personal, Submission
from bot.privacy import NAMES, Privacy
from tests.together import ANN, CHANNEL, SERVER, Together, full, light

DEE, EVE = "discord:8101", "discord:8202"
SECRET = "Dee's very own sentence that nobody may read"


def leave_traces(us: Together, person: str) -> None:
    """Do everything that a person can do."""
    services = us.services
    services.guilds.change(SERVER, daily_channel="600")
    services.people.change(person, alias=f"Heron {person[-1]}")
    services.practice(SERVER).start(person, Choice(), place=CHANNEL)
    attempt = us.practise(person, "apple", f"{SECRET}: {person} and {light('apple')}")
    appeal = services.appeals.open(us.request(), person, attempt.id, "grows")
    services.appeals.decide(appeal.id, "discord:99", uphold=True)
    services.appeals.report(us.request(), person, SERVER, "apple", SECRET)
    services.interviews.start(us.request(), person, SERVER, CHANNEL, InterviewChoice())
    contest = services.contests.start(us.request(), SERVER, f"c{person[-1]}", person, ContestChoice())
    services.contests.join(contest.id, person)
    services.contests.begin(contest.id)
    services.contests.due()
    services.contests.answer(us.request(), contest.id, 1, person, SECRET)
    daily = next(iter(services.store.dailies.running()), None)
    number = daily["id"] if daily else services.dailies.ask_now(SERVER).id
    services.dailies.answer(us.request(), number, person, SECRET)


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Together]:
    together = Together(tmp_path / "i.db")
    yield together
    together.services.close()


def test_everything_of_a_person_is_shown_exported_and_deleted(us: Together, tmp_path: Path) -> None:
    leave_traces(us, EVE)
    us.clock.pass_(hours=2)
    leave_traces(us, DEE)
    us.clock.pass_(days=30)
    us.services.board.close_seasons()
    shown = us.services.privacy.show(DEE)
    # Every kind of thing there is, and each with a name for people.
    assert set(shown.counts) == set(NAMES.values())
    exported = json.loads(json.dumps(us.services.privacy.export(DEE)))
    assert {name: len(rows) for name, rows in exported["data"].items()} == shown.counts
    assert SECRET in json.dumps(exported)
    assert EVE not in json.dumps(exported)
    bobs = us.services.privacy.export(EVE)

    assert us.services.privacy.forget(DEE) == shown
    assert us.services.privacy.show(DEE).total == 0
    assert us.services.privacy.export(DEE)["data"] == {}
    assert us.services.privacy.export(EVE) == bobs
    us.services.privacy.forget(EVE)
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SECRET.encode() not in files
    assert DEE.encode() not in files


def test_every_table_that_names_a_person_is_covered(us: Together) -> None:
    rows = us.services.store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    for table in (row["name"] for row in rows):
        columns = {column["name"] for column in us.services.store.rows(f"PRAGMA table_info({table})")}
        if "person" in columns and table != "corpora":
            assert table in NAMES, table
        for key in us.services.store.rows(f"PRAGMA foreign_key_list({table})"):
            if key["table"] in ("people", "attempts"):
                assert key["on_delete"] in ("CASCADE", "SET NULL"), table


def test_forgetting_someone_unknown_deletes_nothing(us: Together) -> None:
    assert us.services.privacy.forget("discord:404").total == 0


def test_someone_forgotten_can_begin_anew(us: Together) -> None:
    us.practise(ANN, "apple", full("apple"))
    us.services.privacy.forget(ANN)
    us.practise(ANN, "apple", full("apple"))
    assert us.services.privacy.show(ANN).counts["graded answers"] == 1


@pytest.mark.parametrize("whose", ["server", "person"])
def test_texts_go_when_their_time_is_over(us: Together, whose: str) -> None:
    attempt = us.practise(ANN, "apple", f"{SECRET} {full('apple')}")
    if whose == "server":
        us.services.guilds.change(SERVER, retention_days=30)
    else:
        us.services.people.change(ANN, retention_days=30)
    us.clock.now += timedelta(days=29)
    recent = us.practise(ANN, "banana", full("banana"))
    assert us.services.privacy.expire().texts == 0
    us.clock.now += timedelta(days=2)
    assert us.services.privacy.expire().texts == 1
    assert us.services.privacy.expire().texts == 0
    found = us.services.answers.attempt(attempt.id)
    assert (found.text, found.grade.score) == ("", 100)
    assert us.services.answers.attempt(recent.id).text == full("banana")


def keeping(us: Together, days: int) -> Privacy:
    """What people's data is like where whoever runs the program keeps texts so long."""
    return Privacy(us.services.store, us.clock, days)


def test_whoever_runs_the_program_can_end_the_keeping_of_texts_everywhere(us: Together) -> None:
    leave_traces(us, EVE)
    us.services.practice(None).leave(us.services.practice(None).start(DEE, Choice(), place="dm"), SECRET)
    direct = us.practise(DEE, "apple", f"{SECRET} {full('apple')}", guild=None)
    us.services.answers.receive(us.request(), DEE, "banana", SECRET, guild=None)
    before = us.services.practice(SERVER).progress(EVE), us.services.board.table(SERVER, EVE)
    us.clock.pass_(days=30)
    assert not keeping(us, 31).expire()
    us.clock.pass_(days=2)
    found = keeping(us, 31).expire()
    assert (found.texts > 3, found.sessions, found.interviews) == (True, 2, 1)
    assert not keeping(us, 31).expire()
    # Marks and statistics stay.
    assert us.services.answers.attempt(direct.id).grade.score == 100
    assert us.services.practice(SERVER).progress(EVE).attempts == before[0].attempts
    assert us.services.board.table(SERVER, EVE, period=Period.ALL).rows
    columns = us.services.store.rows(
        "SELECT answer AS text FROM attempts UNION ALL SELECT answer FROM submissions"
        " UNION ALL SELECT draft FROM sessions"
    )
    assert not any(row["text"] for row in columns)


def test_deleted_texts_are_in_no_file(us: Together, tmp_path: Path) -> None:
    us.practise(DEE, "apple", f"{SECRET} {full('apple')}")
    us.clock.pass_(days=2)
    assert SECRET.encode() in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert keeping(us, 1).expire().texts == 1
    keeping(us, 1).settle()
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_what_is_gone_on_with_is_kept(us: Together) -> None:
    practice = us.services.practice(SERVER)
    session = practice.advance(practice.start(ANN, Choice(), place=CHANNEL))
    interview = us.services.interviews.start(
        us.request(), ANN, SERVER, CHANNEL, InterviewChoice(minutes=None)
    )
    us.clock.pass_(days=10)
    assert session.current is not None
    found = us.services.answers.receive(
        us.request(), ANN, session.current, full(session.current), guild=SERVER, session=session.id
    )
    assert isinstance(found, Submission)
    us.services.answers.mark(found, us.grade(found))
    turn = us.services.interviews.current(interview.id)
    assert turn is not None
    us.services.interviews.skip(turn.id, ANN)
    us.clock.pass_(days=4)
    assert not keeping(us, 5).expire()
    us.clock.pass_(days=2)
    ended = keeping(us, 5).expire()
    assert (ended.texts, ended.sessions, ended.interviews) == (1, 1, 1)
    assert us.services.interviews.get(interview.id).state == "done"
    assert us.services.practice(SERVER).session(session.id) is None


def test_the_shortest_time_counts_and_is_what_people_are_told(us: Together) -> None:
    us.practise(ANN, "apple", full("apple"))
    found = us.services.people.change(ANN, retention_days=90)
    server = us.services.guilds.change(SERVER, retention_days=20)
    assert "Answer texts are kept: 90 days" in spoken.personal(found)
    assert "Answer texts are kept: 30 days" in spoken.personal(found, 30)
    assert "Answer texts are kept: as the server sets, at most 30 days" in spoken.personal(Personal(), 30)
    assert "**Texts are kept** 20 days" in texts.settings(server, 30)
    assert "**Texts are kept** 10 days" in texts.settings(server, 10)
    assert "**Texts are kept** 30 days" in texts.settings(DEFAULTS, 30)
    assert "**Texts are kept** until deleted" in texts.settings(DEFAULTS)
    us.clock.pass_(days=19)
    assert not keeping(us, 30).expire()
    us.clock.pass_(days=2)
    assert keeping(us, 30).expire().texts == 1


def test_that_somebody_was_forgotten_is_itself_forgotten_one_day(us: Together) -> None:
    us.practise(ANN, "apple", full("apple"))
    us.services.privacy.forget(ANN)
    us.clock.pass_(days=399)
    us.services.privacy.expire()
    assert len(us.services.store.rows("SELECT * FROM forgotten")) == 1
    us.clock.pass_(days=2)
    us.services.privacy.expire()
    assert us.services.store.rows("SELECT * FROM forgotten") == []


def test_many_texts_go_a_part_at_a_time(us: Together) -> None:
    us.practise(ANN, "apple", full("apple"))
    us.services.store.run(
        "INSERT INTO attempts (person, question, question_hash, answer, score, sure, model, at)"
        " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
        " SELECT person, question, question_hash, answer, score, sure, model, at FROM n, attempts"
    )
    us.clock.pass_(days=2)
    assert [keeping(us, 1).expire().texts for _ in range(4)] == [1_000, 1_000, 501, 0]
    plan = us.services.store.tuples(
        "EXPLAIN QUERY PLAN SELECT id FROM attempts WHERE at < '2026' AND answer IS NOT NULL"
    )
    assert "attempts_with_text" in plan[0][-1]
