"""Buttons, selects and forms whose state rides in their `custom_id`, so that they work after a restart."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from enum import Enum, auto
from functools import wraps
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import discord
from discord import ui
from discord.ext import commands, tasks

from bot import texts
from bot.errors import Refusal

if TYPE_CHECKING:
    from bot.client import InterviewBot

    Interaction = discord.Interaction[InterviewBot]

_ID = r"(?P<name>[a-z-]+):(?P<owner>\d*)(?P<args>(?::[^:]*)*)"
_FORM = re.compile(rf"f:{_ID}")
MAX_DIGITS = 18  # of a number in an id; 19 may be more than 64 bits hold
MAX_ANSWER = 4_000  # characters of a form's field; Discord's own limit

Handler = Callable[..., Awaitable[None]]
Method = TypeVar("Method", bound=Handler)


class Told(Refusal):
    """A refusal in the words of `texts`, which are Markdown; those of other refusals are plain text."""


class Args(tuple[str, ...]):
    """The state in a `custom_id`. What isn't what this version puts there raises Told."""

    __slots__ = ()

    def word(self, place: int) -> str:
        """Return the text at a place."""
        try:
            return self[place]
        except IndexError as error:
            raise Told(texts.OUTDATED) from error

    def number(self, place: int) -> int:
        """Return the number at a place, 0 or more and no more than the database takes."""
        found = self.word(place)
        if not (found.isascii() and found.isdigit()) or len(found) > MAX_DIGITS:
            raise Told(texts.OUTDATED)
        return int(found)


class Ack(Enum):
    """How an interaction is acknowledged before its handler runs."""

    UPDATE = auto()  # the message with the component may be edited
    REPLY = auto()  # a private message will follow
    NONE = auto()  # the handler acknowledges, as the first thing it does


def custom_id(kind: str, name: str, owner: int | str, args: Sequence[object]) -> str:
    """Put state into an id of at most 100 characters; `owner` "" lets anyone use it."""
    made = ":".join([kind, name, str(owner), *(str(arg) for arg in args)])
    if len(made) > 100:
        raise ValueError(f"custom_id of {len(made)} characters, Discord takes 100")
    return made


class Button(ui.DynamicItem[ui.Button[ui.View]], template=rf"b:{_ID}"):
    """A button that calls the handler `name` of a feature with `args`."""

    def __init__(
        self,
        name: str,
        owner: int | str,
        *args: object,
        label: str,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        self.name, self.owner, self.args = name, str(owner), [str(arg) for arg in args]
        made = custom_id("b", name, owner, args)
        super().__init__(ui.Button(custom_id=made, label=label[:80], style=style, disabled=disabled))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed again."""
        given = cast("ui.Button[Any]", item)
        return cls(*_parts(match), label=given.label or "", style=given.style)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand over to the feature."""
        await interaction.client.pressed(interaction, self.name, self.owner, self.args)


class Select(ui.DynamicItem[ui.Select[ui.View]], template=rf"s:{_ID}"):
    """A select with at most 25 (value, label) options that calls a handler as a button does.

    The chosen values come after the button's `args`.
    """

    def __init__(
        self, name: str, owner: int | str, *args: object, options: Sequence[tuple[str, str]], placeholder: str
    ) -> None:
        self.name, self.owner, self.args = name, str(owner), [str(arg) for arg in args]
        super().__init__(
            ui.Select(
                custom_id=custom_id("s", name, owner, args),
                placeholder=placeholder[:150],
                options=select_options(options),
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the select that was used again."""
        given = cast("ui.Select[Any]", item)
        options = [(option.value, option.label) for option in given.options]
        return cls(*_parts(match), options=options, placeholder=given.placeholder or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand over to the feature."""
        values = cast("dict[str, Any]", interaction.data or {}).get("values", [])
        await interaction.client.pressed(interaction, self.name, self.owner, [*self.args, *values])


class Form(ui.Modal):
    """A modal that calls the form handler `name` with `args` and its fields' values.

    discord.py keeps no trace of it: what is sent in is found by its id, also by another process.
    """

    def __init__(self, name: str, owner: int | str, *args: object, title: str) -> None:
        super().__init__(title=title[:45], custom_id=custom_id("f", name, owner, args))
        self.stop()

    def text(self, content: str) -> Self:
        """Show text between the fields."""
        return self.add_item(ui.TextDisplay(content))

    def field(
        self,
        name: str,
        label: str,
        *,
        description: str | None = None,
        long: bool = True,
        required: bool = True,
        limit: int = MAX_ANSWER,
        default: str | None = None,
    ) -> Self:
        """Add a text field."""
        style = discord.TextStyle.paragraph if long else discord.TextStyle.short
        box: ui.TextInput[Any] = ui.TextInput(
            style=style, custom_id=name, required=required, max_length=limit, default=default
        )
        return self.add_item(ui.Label(text=label[:45], description=_cut(description), component=box))

    def choice(
        self,
        name: str,
        label: str,
        options: Sequence[tuple[str, str]],
        *,
        description: str | None = None,
        chosen: str | None = None,
    ) -> Self:
        """Add a choice of one of at most 25 (value, label) options."""
        box: ui.Select[Any] = ui.Select(
            custom_id=name, options=select_options(options, chosen), required=True
        )
        return self.add_item(ui.Label(text=label[:45], description=_cut(description), component=box))


def select_options(
    options: Sequence[tuple[str, str]], chosen: str | None = None
) -> list[discord.SelectOption]:
    """Make a select's options, labels within Discord's 100 characters."""
    return [
        discord.SelectOption(
            value=value, label=label if len(label) <= 100 else f"{label[:99]}…", default=value == chosen
        )
        for value, label in options[:25]
    ]


def read_form(data: Mapping[str, Any]) -> tuple[str, str, Args, Mapping[str, str]] | None:
    """Read a form that was sent in: name, owner, args, values by field; None where it isn't ours.

    A field that wasn't sent in is empty.
    """
    match = _FORM.fullmatch(data.get("custom_id", ""))
    if match is None:
        return None
    name, owner, *args = _parts(match)
    return name, owner, Args(args), defaultdict(str, _values(data.get("components", ())))


def buttons(*items: ui.Item[Any] | None) -> ui.View:
    """Make a view of up to five rows of five; None is left out."""
    view = ui.View(timeout=None)
    for item in items:
        if item is not None:
            view.add_item(item)
    return view


def action(name: str, *, ack: Ack = Ack.UPDATE) -> Callable[[Method], Method]:
    """Mark a feature's method as what a button or select `name` calls, with the interaction and its args."""

    def mark(method: Method) -> Method:
        method.__action__ = (name, ack)  # type: ignore[attr-defined]
        return method

    return mark


def form(name: str) -> Callable[[Method], Method]:
    """Mark a feature's method as what a form `name` calls, with the interaction, args and values.

    The method acknowledges by itself.
    """

    def mark(method: Method) -> Method:
        method.__form__ = name  # type: ignore[attr-defined]
        return method

    return mark


def every(
    *, seconds: float = 0, minutes: float = 0, hours: float = 0
) -> Callable[[Callable[[Any], Awaitable[None]]], tasks.Loop[Any]]:
    """Mark a feature's method as what is done again and again while the bot runs, from its start on.

    An error is logged when it first comes, and the next time is as good a time to try as any.
    """
    pause = timedelta(hours=hours, minutes=minutes, seconds=seconds)

    def mark(method: Callable[[Any], Awaitable[None]]) -> tasks.Loop[Any]:
        @wraps(method)
        async def work(self: Feature) -> None:
            try:
                await method(self)
            except Exception as error:
                if method.__name__ not in self.failing:
                    self.bot.log_error(error, f"{type(self).__name__}.{method.__name__}")
                self.failing.add(method.__name__)
            else:
                self.failing.discard(method.__name__)
            # From now on, not from when it should have begun: else a system clock that is put back by an hour
            # stops all of this for an hour, and of one put forward every missed time is made up for at once.
            getattr(self, method.__name__)._next_iteration = discord.utils.utcnow() + pause

        return tasks.loop(seconds=seconds, minutes=minutes, hours=hours)(work)

    return mark


class Feature(commands.Cog):
    """A cog whose marked methods answer buttons, selects and forms, or are called by the clock."""

    def __init__(self, bot: "InterviewBot") -> None:
        self.bot = bot
        self.failing: set[str] = set()

    async def cog_load(self) -> None:
        """Make the marked methods known to the bot and start the clocks."""
        for name in dir(type(self)):
            method = getattr(type(self), name)
            if marked := getattr(method, "__action__", None):
                self.bot.actions[marked[0]] = (getattr(self, name), marked[1])
            if marked := getattr(method, "__form__", None):
                self.bot.forms[marked] = getattr(self, name)
        for clock in self.clocks():
            clock.start()

    async def cog_unload(self) -> None:
        """Stop the clocks; what is due is due at the next start."""
        for clock in self.clocks():
            clock.cancel()

    def clocks(self) -> list[tasks.Loop[Any]]:
        """List what is done again and again."""
        found = (
            getattr(self, name)
            for name in dir(type(self))
            if isinstance(getattr(type(self), name), tasks.Loop)
        )
        return list(found)


def _parts(match: re.Match[str]) -> list[str]:
    return [match["name"], match["owner"], *match["args"].split(":")[1:]]


def _values(components: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for component in components:
        inner = component.get("component")
        found += _values([inner] if inner else component.get("components", ()))
        if "custom_id" in component:
            values = component.get("values")
            found.append((component["custom_id"], component.get("value") or (values[0] if values else "")))
    return found


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= 100 else f"{text[:99]}…"
