from collections.abc import Iterator

import pytest

from bot.contest import ContestChoice
from bot.errors import Refusal
from bot.guilds import DEFAULTS
from tests.together import ANN, CHANNEL, SERVER, Together


@pytest.fixture
def us() -> Iterator[Together]:
    together = Together()
    yield together
    together.services.close()


def test_settings_are_kept_by_server(us: Together) -> None:
    assert us.services.guilds.read(SERVER) == us.services.guilds.read(None) == DEFAULTS
    us.services.guilds.change(SERVER, time_zone="Europe/Berlin", reviewer_role="5")
    found = us.services.guilds.change(SERVER, daily_at="08:30")
    assert (found.time_zone, found.reviewer_role, found.daily_at) == ("Europe/Berlin", "5", "08:30")
    assert us.services.guilds.read(SERVER) == found
    assert us.services.guilds.read("discord:78") == DEFAULTS
    assert us.services.guilds.all() == [(SERVER, found)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "time zone can't be set to that; for example Europe/Berlin"),
        ({"daily_at": "24:00"}, "daily at .* for example 09:00"),
        ({"daily_topic": "x" * 101}, "daily topic .* for example docker"),
        ({"retention_days": 0}, "retention days .* for example 90"),
        ({"season_months": 5}, "season months .* for example 3"),
        ({"answers_per_hour": 0}, "answers per hour .* for example 60"),
        ({"message_content": "perhaps"}, "message content can't be set to that$"),
    ],
)
def test_wrong_settings_are_refused_with_an_example(
    us: Together, fields: dict[str, object], said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        us.services.guilds.change(SERVER, **fields)
    assert us.services.guilds.read(SERVER) == DEFAULTS


def test_settings_of_a_later_version_are_skipped(us: Together) -> None:
    us.services.guilds.joined(SERVER)
    us.services.store.guilds.save(SERVER, '{"time_zone": "Asia/Tokyo", "mood": "good"}')
    assert us.services.guilds.read(SERVER).time_zone == "Asia/Tokyo"


def test_a_server_that_removes_the_program_has_its_contests_ended(us: Together) -> None:
    us.services.guilds.joined(SERVER)
    contest = us.services.contests.start("s", SERVER, CHANNEL, ANN, ContestChoice())
    elsewhere = us.services.contests.start("t", "discord:78", "501", ANN, ContestChoice())
    us.services.guilds.removed(SERVER)
    assert us.services.contests.due() == []
    assert us.services.contests.get(contest.id).state == "done"
    assert us.services.contests.get(elsewhere.id).state == "joining"
    assert us.services.guilds.all() == []
    us.services.guilds.joined(SERVER)
    assert [guild for guild, _ in us.services.guilds.all()] == [SERVER]
