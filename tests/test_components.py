"""State in a `custom_id`: what is put in comes out, and what isn't ours is left alone. And clocks."""

import asyncio
import datetime
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord.ext import tasks
from hypothesis import given
from hypothesis import strategies as st

from bot.components import (
    Args,
    Button,
    Feature,
    Form,
    Select,
    Told,
    custom_id,
    every,
    read_form,
    select_options,
)

args = st.lists(st.text(alphabet="abcdef0123456789-", max_size=12), max_size=4)


@given(st.integers(0, 2**63 - 1), args)
def test_a_forms_state_comes_back(owner: int, given_args: list[str]) -> None:
    made = Form("answer", owner, *given_args, title="Answer").field("text", "Say it")
    sent = {
        "custom_id": made.custom_id,
        "components": [{"type": 18, "component": {"type": 4, "custom_id": "text", "value": "words"}}],
    }
    assert read_form(sent) == ("answer", str(owner), tuple(given_args), {"text": "words"})


@given(st.integers(0, 2**63 - 1), args)
def test_a_buttons_state_comes_back(owner: int, given_args: list[str]) -> None:
    made = Button("answer", owner, *given_args, label="Answer")
    match = Button.__discord_ui_compiled_template__.fullmatch(made.custom_id)
    assert match
    assert (match["name"], match["owner"]) == ("answer", str(owner))
    assert match["args"].split(":")[1:] == given_args
    assert not Select.__discord_ui_compiled_template__.fullmatch(made.custom_id)


def test_a_select_and_a_bare_text_field_are_read() -> None:
    sent = {
        "custom_id": "f:appeal:1:2",
        "components": [
            {"type": 18, "component": {"type": 3, "custom_id": "point", "values": ["p1"]}},
            {"type": 1, "components": [{"type": 4, "custom_id": "words", "value": ""}]},
            {"type": 10, "id": 3},
        ],
    }
    assert read_form(sent) == ("appeal", "1", ("2",), {"point": "p1", "words": ""})


@pytest.mark.parametrize("foreign", ["", "abc", "b:answer:1", "f:Answer:1", "f:answer:x"])
def test_foreign_forms_are_left_alone(foreign: str) -> None:
    assert read_form({"custom_id": foreign, "components": []}) is None


@given(st.lists(st.text(max_size=30) | st.integers().map(str), max_size=3), st.integers(-4, 4))
def test_any_argument_is_a_number_that_the_database_takes_or_told(given_args: list[str], place: int) -> None:
    with suppress(Told):
        number = Args(given_args).number(place)
        assert 0 <= number < 2**63
        assert number == int(given_args[place])


def test_an_argument_that_is_missing_or_no_number_is_told() -> None:
    for given_args in ([], ["x"], ["-1"], ["9" * 19], ["\u0661"]):
        with pytest.raises(Told, match="earlier version"):
            Args(given_args).number(0)


_ids = st.text(max_size=20) | st.sampled_from(["f:answer:1", "f:answer:1:2:3", "f:answer::", "f:a:1:\u0661:"])
_fields = st.recursive(
    st.fixed_dictionaries({}, optional={"custom_id": _ids, "value": st.none() | st.text(max_size=9)})
    | st.fixed_dictionaries({"custom_id": _ids, "values": st.lists(st.text(max_size=9), max_size=2)}),
    lambda inner: (
        st.fixed_dictionaries({"components": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"component": inner | st.none()})
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional={"custom_id": _ids, "components": st.lists(_fields, max_size=3)}))
def test_any_form_is_read_or_left_alone(sent: dict[str, Any]) -> None:
    read = read_form(sent)
    if read is None:
        return
    name, owner, args, values = read
    assert custom_id("f", name, owner, args) == sent["custom_id"]
    assert all(isinstance(value, str) for value in values.values())
    assert values["no such field"] == ""


def test_an_id_takes_at_most_100_characters() -> None:
    with pytest.raises(ValueError, match="takes 100"):
        custom_id("b", "answer", 2**63, ["x" * 80])


def test_texts_are_cut_to_discords_limits() -> None:
    made = Form("x", 1, title="t" * 60).field("a", "l" * 60, description="d" * 200)
    assert len(made.title) == 45
    options = select_options([(str(number), "o" * 200) for number in range(40)])
    assert len(options) == 25
    assert all(len(option.label) == 100 for option in options)


class Counting(Feature):
    """Counts what the clock does."""

    def __init__(self) -> None:
        self.count = 0
        self.failing = set()

    @every(seconds=0.01)
    async def often(self) -> None:
        self.count += 1


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put the system's clock, as discord.py reads it, forward or back by hours."""
    ahead = datetime.timedelta()

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> "Shifted":
            real = datetime.datetime.now(tz) + ahead
            return cls.combine(real.date(), real.timetz())

    def by(hours: float) -> None:
        nonlocal ahead
        ahead = datetime.timedelta(hours=hours)

    shifted = SimpleNamespace(**{**vars(datetime), "datetime": Shifted})
    monkeypatch.setattr(discord.utils, "datetime", shifted)
    monkeypatch.setattr(tasks, "datetime", shifted)
    return by


@pytest.mark.parametrize("hours", [-48, -1, 1, 48])
async def test_a_clock_that_jumps_neither_stops_nor_floods_what_is_done_again_and_again(
    set_clock: Any, hours: float
) -> None:
    feature = Counting()
    await feature.cog_load()
    await asyncio.sleep(0.05)
    set_clock(hours)
    before = feature.count
    async with asyncio.timeout(60):
        while feature.count < before + 5:
            await asyncio.sleep(0.01)
    # Without a pause, thousands would come in the time of ten turns of the loop.
    before = feature.count
    for _ in range(1_000):
        await asyncio.sleep(0)
    assert feature.count < before + 1_000 / 4
    await feature.cog_unload()
