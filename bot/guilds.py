"""What a server sets: channels, roles, time zone, the daily question, limits. Stored as JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.errors import Refusal
from bot.store import Store

_EXAMPLES = {
    "time_zone": "Europe/Berlin",
    "daily_at": "09:00",
    "daily_topic": "docker",
    "answers_per_hour": "60",
    "retention_days": "90",
    "season_months": "3",
}
Snowflake = str | None
"""The id of a channel or role as text, as the front end knows it."""


class GuildSettings(BaseModel):
    """One server's settings. Channels and roles are ids; None is not set.

    `daily_at` is the local time at which the daily question comes, None for none. `season_months` is
    how long a season is; it begins with January. `retention_days` is how long answer texts are kept.
    `message_content` says that plain messages in a session's thread are answers.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    time_zone: str = "UTC"
    practice_channel: Snowflake = None
    contest_channel: Snowflake = None
    daily_channel: Snowflake = None
    staff_channel: Snowflake = None
    manager_role: Snowflake = None
    reviewer_role: Snowflake = None
    champion_role: Snowflake = None
    daily_at: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    daily_topic: str | None = Field(default=None, max_length=100)
    message_content: bool = False
    retention_days: int | None = Field(default=None, ge=1, le=3650)
    answers_per_hour: int = Field(default=60, ge=1, le=1000)
    season_months: Literal[1, 2, 3, 4, 6, 12] = 3

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("not a time zone")
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that days, weeks and months go by."""
        return ZoneInfo(self.time_zone)


DEFAULTS = GuildSettings()


def settings_of(store: Store, guild: str | None) -> GuildSettings:
    """Read a server's settings; the defaults in direct messages and for a server not known."""
    found = store.guilds.settings(guild) if guild else None
    return GuildSettings.model_validate_json(found) if found else DEFAULTS


def all_settings(store: Store) -> list[tuple[str, GuildSettings]]:
    """List the servers that have the program, with their settings."""
    return [(guild, GuildSettings.model_validate_json(found)) for guild, found in store.guilds.all()]


class Rebuilds(Protocol):
    """What depends on a server's time zone and seasons."""

    def rebuild(self, guild: str) -> None:
        """Make the server's standings anew."""


class Guilds:
    """Read and change servers' settings."""

    def __init__(self, store: Store, board: Rebuilds, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._board = board
        self._clock = clock

    def read(self, guild: str | None) -> GuildSettings:
        """Read a server's settings; the defaults in direct messages and for a server not known."""
        return settings_of(self._store, guild)

    def change(self, guild: str, **fields: Any) -> GuildSettings:
        """Change the named fields; raises Refusal naming the first wrong one with an example."""
        before = self.read(guild)
        try:
            found = GuildSettings.model_validate({**before.model_dump(), **fields})
        except ValidationError as error:
            name = str(error.errors(include_url=False)[0]["loc"][0])
            example = f"; for example {_EXAMPLES[name]}" if name in _EXAMPLES else ""
            raise Refusal(f"{name.replace('_', ' ')} can't be set to that{example}") from error
        with self._store.writing():
            self._store.guilds.add(guild, self._clock())
            self._store.guilds.save(guild, found.model_dump_json(exclude_defaults=True))
            if (before.time_zone, before.season_months) != (found.time_zone, found.season_months):
                self._board.rebuild(guild)
        return found

    def all(self) -> list[tuple[str, GuildSettings]]:
        """List the servers that have the program, with their settings."""
        return all_settings(self._store)

    def joined(self, guild: str) -> None:
        """Note that a server has the program (again)."""
        self._store.guilds.add(guild, self._clock())

    def removed(self, guild: str) -> None:
        """Note that a server removed the program: its contests and daily questions end once marked."""
        now = self._clock()
        with self._store.writing():
            self._store.guilds.removed(guild, now)
            self._store.contests.abandon(now, guild=guild)
            self._store.dailies.abandon(guild=guild)
