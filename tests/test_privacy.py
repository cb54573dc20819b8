import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.contest import ContestChoice
from bot.models import Choice, InterviewChoice
from bot.privacy import NAMES
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
