"""`/review` and the daily question."""

import discord
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.cogs.scene import Scene, labels, message, text
from tests.cogs.test_practice import answer, card_of

FULL = "The apple banana cherry maple ripens slowly and birds love apple banana cherry maple."
HOUR = 3600.0
DAY = 24 * HOUR
TO_MORNING = 33.1 * HOUR  # from the simulation's first midnight to nine o'clock on the next day


async def test_nothing_is_due_at_first(scene: Scene) -> None:
    assert "Nothing is due" in scene.told(await scene.ann.slash(scene.channel, "review"))


async def test_what_was_missed_comes_back(scene: Scene) -> None:
    await card_of(scene, "I don't know.")
    await scene.away(3 * DAY)
    review = message(await scene.ann.slash(scene.channel, "review"))
    assert review.ephemeral
    assert "ripens slowly" in text(review)
    menu = review.components[0]["components"][0]
    await scene.restart()
    chosen = menu["options"][0]["value"]
    asked = message(await scene.ann.select(review, [chosen], custom_id=menu["custom_id"]))
    assert "**100 / 100**" in text(await answer(scene.ann, asked, FULL))


async def daily_channel(scene: Scene) -> ChannelHandle:
    """Set up a channel for the daily question and ask it."""
    channel = scene.guild.create_text_channel("daily")
    await scene.boss.slash(scene.channel, "setup channels", daily=channel)
    asked = await scene.boss.slash(scene.channel, "daily")
    assert "is asked" in scene.told(asked)
    return channel


def last(channel: ChannelHandle) -> discord.Message:
    """The last message that everybody sees."""
    return next(each for each in reversed(channel.history()) if not each.flags.ephemeral)


async def sent(scene: Scene, channel: ChannelHandle, words: str) -> InteractionResult:
    """Answer the daily question as ann."""
    opened = await scene.ann.click(last(channel), label="Answer")
    return await scene.ann.submit_modal(opened, {"answer": words})


async def test_the_daily_question_is_sealed_until_the_next_day(scene: Scene) -> None:
    channel = await daily_channel(scene)
    assert last(channel).embeds[0].title == "Question of the day"
    sealed = await sent(scene, channel, FULL)
    assert "sealed" in scene.told(sealed)
    offer = next(each for each in [sealed.response, *sealed.followups] if each and labels(each))
    await scene.ann.click(offer, label="My answer may be shown")
    await scene.away(TO_MORNING)
    result = next(each for each in channel.history() if each.embeds[0].title == "Yesterday's question")
    assert "ripens slowly" in text(result).replace("\\", "")
    own = await scene.ann.click(result, label="My result")
    assert own.ephemeral
    assert "**100 / 100**" in text(message(own))
    assert "did not answer" in scene.told(await scene.ben.click(result, label="My result"))


async def test_the_daily_question_outlives_a_restart(scene: Scene) -> None:
    channel = await daily_channel(scene)
    await scene.restart()
    assert len(channel.history()) == 1
    await sent(scene, channel, FULL)
    await scene.restart()
    await scene.away(TO_MORNING)
    titles = [each.embeds[0].title for each in channel.history() if each.embeds]
    assert titles.count("Yesterday's question") == 1


async def test_it_comes_every_day_at_its_time(scene: Scene) -> None:
    channel = scene.guild.create_text_channel("daily")
    await scene.boss.slash(scene.channel, "setup channels", daily=channel)
    await scene.boss.slash(scene.channel, "setup daily", time="09:00")
    await scene.away(9.2 * HOUR)
    await scene.away(DAY)
    titles = [each.embeds[0].title for each in channel.history() if each.embeds]
    assert titles.count("Question of the day") == 2


async def test_the_owner_is_told_of_a_lost_channel_once(scene: Scene) -> None:
    owner = scene.env.create_user("owner")
    guild = scene.env.create_guild("Grove", owner=owner)
    channel, office = guild.create_text_channel("daily"), guild.create_text_channel("office")
    boss = guild.add_member(owner)
    await boss.slash(office, "setup channels", daily=channel)
    gone = scene.bot.get_channel(channel.id)
    assert isinstance(gone, discord.TextChannel)
    await gone.delete()
    await boss.slash(office, "daily")
    assert [each.content for each in owner.dm_channel.history()] != []
    assert "can't post" in owner.dm_channel.history()[0].content
    await scene.env.advance_time(90)
    assert len(owner.dm_channel.history()) == 1


async def test_only_managers_ask_it(scene: Scene) -> None:
    assert "daily" not in scene.ann.available_commands(scene.channel)
    assert "daily" in scene.boss.available_commands(scene.channel)


async def test_a_daily_question_needs_a_channel(scene: Scene) -> None:
    assert "/setup" in scene.told(await scene.boss.slash(scene.channel, "daily")).replace("\\", "")
