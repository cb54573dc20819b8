"""A small server on a simulated Discord, and what tests read of messages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import discord
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.results import InteractionResult, ResponseMessage

from bot.client import InterviewBot
from bot.metrics import Metrics
from bot.services import Services, open_services
from bot.store import Store
from bot.threads import DatabaseThread, GraderThread
from tests.practising import WordGrader, small_bank

Result = TypeVar("Result")


@dataclass
class Bots:
    """Makes bots over one database file, as restarts do, and closes their threads at the end."""

    path: Path
    made: list[InterviewBot] = field(default_factory=list)

    def make(self, *, message_content: bool = False) -> InterviewBot:
        """Make a bot; the clock is the simulation's."""

        def open_() -> Services:
            return open_services(Store(self.path), small_bank(), clock=lambda: discord.utils.utcnow())

        metrics = Metrics()
        bot = InterviewBot(
            DatabaseThread(open_, Services.close, metrics),
            GraderThread(WordGrader, metrics),
            lambda: discord.utils.utcnow(),
            metrics,
            message_content=message_content,
            shard_count=1,
        )
        self.made.append(bot)
        return bot

    async def close(self) -> None:
        """Close all threads."""
        for bot in self.made:
            await bot.grader.close()
            await bot.db.close()


@dataclass
class Scene:
    """A server with a channel and three people: two members and one who manages it."""

    env: simcord.Env
    bots: Bots
    guild: GuildHandle
    channel: ChannelHandle
    ann: MemberActor
    ben: MemberActor
    boss: MemberActor

    @property
    def bot(self) -> InterviewBot:
        """The bot that runs now."""
        return self.bots.made[-1]

    async def read(self, work: Callable[[Services], Result]) -> Result:
        """Look into the database."""
        return await self.bot.db(work)

    async def restart(self) -> None:
        """End the bot as a crash does, and start another one on the same database."""
        old = self.bot
        await self.env.restart_bot(self.bots.make(message_content=old.message_content))
        await self.env.settle()
        await old.grader.close()
        await old.db.close()

    async def away(self, seconds: float) -> None:
        """Let the bot be away for so long; a clock that looks every second would take days over days."""
        for cog in self.bot.cogs.values():
            await cog.cog_unload()
        await self.env.settle()
        await self.env.advance_time(seconds)
        await self.restart()

    def told(self, result: InteractionResult) -> str:
        """All that the answers to an interaction say, refusals included."""
        # The simulation counts a refused command as an error of the bot until somebody looks.
        assert self.env.errors is not None
        shown = [result.response, *result.followups]
        return " ".join(text(each) for each in shown if each is not None)


Shown = ResponseMessage | discord.Message


def message(result: InteractionResult) -> ResponseMessage:
    """The message that answers an interaction."""
    assert result.response is not None, result
    return result.response


def text(shown: Shown) -> str:
    """All that a message says."""
    embeds = (f"{embed.title} {embed.description} {embed.footer.text}" for embed in shown.embeds)
    return " ".join([shown.content or "", *embeds])


def labels(shown: Shown) -> list[str]:
    """The labels of a message's buttons."""
    if isinstance(shown, discord.Message):
        rows: list[Any] = [row.to_dict() for row in shown.components]
    else:
        rows = shown.components
    return [button["label"] for row in rows for button in row["components"] if "label" in button]
