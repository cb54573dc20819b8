"""Pictures of the bot's messages for the README: `python -m tests.pictures FOLDER [CHROMIUM]`.

Needs `simcord[preview,screenshot]` and Chromium; without a path, the one that Playwright installed.
"""

import asyncio
import functools
import sys
from pathlib import Path

import discord
import simcord
from playwright.async_api import BrowserType
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot import client
from bot.client import InterviewBot
from bot.metrics import Metrics
from bot.services import Services, open_services
from bot.store import Store
from bot.threads import DatabaseThread, GraderThread
from grader.grade import load_grader
from questions.load import bundled_path, load_bank
from questions.models import Question
from tests.cogs.scene import Shown, labels, message, text

PATIENCE = 120.0
ANSWER = (
    "A container shares the host kernel and isolates processes with namespaces and cgroups, so it starts"
    " in under a second and its image is only some megabytes large. A virtual machine runs on a hypervisor."
    " A container isolates more strongly than a virtual machine because it has its own kernel."
)


class Photographer:
    """Takes pictures of messages as one person sees them."""

    def __init__(self, env: simcord.Env, folder: Path, viewer: MemberActor) -> None:
        self._env = env
        self._folder = folder
        self._viewer = viewer

    async def take(self, name: str, channel: ChannelHandle, shown: object) -> None:
        """Take a picture of a message, or of the form that an interaction opened."""
        async with self._env.preview(channel, viewers=[self._viewer], width=820, height=1400) as preview:
            await preview.show(shown)
            await preview.screenshot(self._folder / f"{name}.png", viewer=self._viewer)


async def pictures(folder: Path) -> None:
    """Practise, compete and sit an interview, and take a picture of each kind of message."""
    bank = load_bank(bundled_path() / "docker.md")
    metrics = Metrics()
    bot = InterviewBot(
        DatabaseThread(
            lambda: open_services(Store(None), bank, clock=lambda: discord.utils.utcnow()),
            Services.close,
            metrics,
        ),
        GraderThread(load_grader, metrics),
        lambda: discord.utils.utcnow(),
        metrics,
        shard_count=1,
    )
    async with simcord.run(bot, settle_timeout=PATIENCE) as env:
        guild = env.create_guild("Engineers")
        channel = guild.create_text_channel("practice")
        ann, ben, cy = (
            guild.add_member(env.create_user(name, global_name=name)) for name in ("Ann", "Ben", "Cy")
        )
        photographer = Photographer(env, folder, ann)

        asked = message(await ann.slash(channel, "practice", level="fundamental"))
        while "virtual machine" not in text(asked):
            await ann.click(asked, label="Skip")
        await photographer.take("question", channel, asked)
        opened = await ann.click(asked, label="Answer")
        await photographer.take("form", channel, opened)
        await ann.submit_modal(opened, {"answer": ANSWER})
        await photographer.take("card", channel, asked)
        await photographer.take("model-answer", channel, await ann.click(asked, label="Model answer"))

        started = message(await ben.slash(channel, "contest start", rounds=1, level="intermediate"))
        for person in (ann, ben, cy):
            await person.click(started, label="Join")
        await photographer.take("contest", channel, started)
        await ben.click(started, label="Begin now")
        await env.settle(timeout=PATIENCE)
        shown = next(each for each in reversed(channel.history()) if "Answer" in labels(each))
        question = _asked(shown, list(bank.values()))
        for person, share in ((ann, 1.0), (ben, 0.5), (cy, 0.2)):
            await env.advance_time(11)
            words = question.reference[: int(share * len(question.reference))]
            await person.submit_modal(await person.click(shown, label="Answer"), {"answer": words[:4000]})
        await env.settle(timeout=PATIENCE)
        card = next(each for each in reversed(channel.history()) if "My result" in labels(each))
        await photographer.take("round", channel, card)

        await ann.slash(channel, "interview start", questions=3)
        thread = channel.threads[-1]
        while (turn := thread.last_message) and "Answer" in labels(turn):
            await env.advance_time(90)
            words = "I would look at the documentation first."
            if turn.embeds[0].title != "Follow-up":
                words = _asked(turn, list(bank.values())).reference[:1200]
            await ann.submit_modal(await ann.click(turn, label="Answer"), {"answer": words})
        await photographer.take("scorecard", thread, turn)
        await photographer.take("progress", channel, await ann.slash(channel, "progress"))
        await photographer.take("leaderboard", channel, await ann.slash(channel, "leaderboard"))


def _asked(shown: Shown, questions: list[Question]) -> Question:
    return next(each for each in questions if each.prompt in text(shown))


def main(folder: str, chromium: str | None = None) -> None:
    """Take the pictures."""
    client.BURST = 1_000
    if chromium:
        launch = functools.partialmethod(BrowserType.launch, executable_path=chromium, args=["--no-sandbox"])
        BrowserType.launch = launch
    Path(folder).mkdir(parents=True, exist_ok=True)
    asyncio.run(pictures(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
