"""Long texts are shown whole, in as many messages as that takes."""

import discord
import pytest

from bot import wording
from bot.charts import Picture
from bot.components import Button, buttons
from bot.messages import post
from tests.cogs.scene import Scene, labels, message
from tests.cogs.test_practice import card_of

LONG = "\n".join(f"- Line {number} of a long text that has to be read to its end" for number in range(200))


def lines(shown: list[str]) -> list[str]:
    """The lines of several messages that are part of the long text."""
    return [line for each in shown for line in each.split("\n") if line.startswith("- Line")]


async def test_a_long_text_is_posted_whole(scene: Scene) -> None:
    channel = scene.bot.get_channel(scene.channel.id)
    assert isinstance(channel, discord.TextChannel)
    picture = Picture(b"\x89PNG\r\n\x1a\n", "picture.png", "What it shows")
    view = buttons(Button("help", "", label="Last"))
    last = await post(channel, "Title", LONG, nonce="n", view=view, picture=picture)
    shown = scene.channel.history()
    assert len(shown) > 1
    assert shown[-1].id == int(last)
    assert [each.embeds[0].title for each in shown] == ["Title", *[None] * (len(shown) - 1)]
    assert [len(each.attachments) for each in shown] == [1, *[0] * (len(shown) - 1)]
    assert [bool(labels(each)) for each in shown] == [*[False] * (len(shown) - 1), True]
    assert lines([str(each.embeds[0].description) for each in shown]) == LONG.split("\n")


async def test_a_long_reply_is_whole_and_private(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await card_of(scene)
    monkeypatch.setattr(wording, "progress", lambda _: LONG)
    found = await scene.ann.slash(scene.channel, "progress")
    shown = [message(found), *found.followups]
    assert len(shown) > 1
    assert all(each.ephemeral for each in shown)
    assert lines([str(each.embeds[0].description) for each in shown]) == LONG.split("\n")
