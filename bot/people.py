"""What people set for themselves: time factor, alias, whether leaderboards show them, how long texts stay."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.errors import Refusal
from bot.leaderboard import Leaderboard
from bot.models import Personal
from bot.store import Store

TIME_FACTORS = (1.0, 1.5, 2.0, None)
_ALIAS = re.compile(r"[\w][\w .'-]{1,30}[\w.]")


class People:
    """Read and change personal settings. They are private: nothing shows one person's to another."""

    def __init__(self, store: Store, board: Leaderboard, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._board = board
        self._clock = clock

    def read(self, person: str) -> Personal:
        """Read a person's settings."""
        return self._store.people.read(person)

    def change(self, person: str, **fields: Any) -> Personal:
        """Change the named fields of `Personal`; raises Refusal for what can't be set."""
        found = replace(self.read(person), **fields)
        if found.time_factor not in TIME_FACTORS:
            raise Refusal("the time factor can be 1, 1.5, 2 or none")
        if found.retention_days is not None and not 1 <= found.retention_days <= 3650:
            raise Refusal("texts can be kept for 1 to 3650 days; for example 30")
        if found.alias is not None:
            found = replace(found, alias=self._free_alias(person, found.alias))
        with self._store.writing():
            self._store.add_person(person, self._clock())
            self._store.people.save(person, found)
            if {"alias", "hidden"} & fields.keys():
                self._board.refresh(person)
        return found

    def _free_alias(self, person: str, alias: str) -> str:
        alias = " ".join(alias.split())
        if not _ALIAS.fullmatch(alias):
            raise Refusal("an alias has 3 to 32 letters, digits, blanks or . ' - _; for example Quiet Heron")
        bearer = self._store.people.bears(alias)
        if bearer not in (None, person):
            raise Refusal(f"someone goes by {alias} already; choose another alias")
        return alias
