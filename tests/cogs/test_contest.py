"""`/contest`: joining, sealed answers, the clock, ranking, restarts, who may do what."""

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from tests.cogs.scene import Scene, labels, message, text

FULL = "The apple banana cherry maple ripens slowly and birds love apple banana cherry maple."


def last(scene: Scene) -> discord.Message:
    """The last message of the channel that everybody sees."""
    shown = [each for each in scene.channel.history() if not each.flags.ephemeral]
    return shown[-1]


async def joined(scene: Scene, *people: MemberActor, **options: object) -> None:
    """Start a contest, let people join, and begin."""
    started = await scene.ben.slash(scene.channel, "contest start", **options)
    for person in people:
        await person.click(message(started), label="Join")
    await scene.ben.click(message(started), label="Begin now")
    await scene.env.settle()


async def answer(scene: Scene, who: MemberActor, words: str) -> InteractionResult:
    """Answer the question that the channel shows last."""
    question = next(each for each in reversed(scene.channel.history()) if "Answer" in labels(each))
    opened = await who.click(question, label="Answer")
    return await who.submit_modal(opened, {"answer": words})


async def test_people_join_and_leave_by_button(scene: Scene) -> None:
    started = await scene.ben.slash(scene.channel, "contest start", rounds=2, topic="Fruit")
    shown = message(started)
    assert not shown.ephemeral
    assert "Nobody has joined" in text(shown)
    await scene.ann.click(shown, label="Join")
    assert "1 takes part: ann" in text(shown)
    await scene.ben.click(shown, label="Join")
    assert "2 take part" in text(shown)
    await scene.ann.click(shown, label="Join")
    assert "1 takes part: ben" in text(shown)


async def test_a_round_ends_when_all_have_answered(scene: Scene) -> None:
    await joined(scene, scene.ann, scene.ben, rounds=1)
    assert last(scene).embeds[0].title == "Round 1 of 1"
    assert "sealed until <t:" in last(scene).content
    sealed = await answer(scene, scene.ann, FULL)
    assert "sealed" in scene.told(sealed)
    assert all(each.ephemeral for each in sealed.followups)
    assert last(scene).embeds[0].title == "Round 1 of 1"
    await answer(scene, scene.ben, "It grows.")
    await scene.env.settle()
    shown = [each.embeds[0].title for each in scene.channel.history() if each.embeds]
    assert shown[-2:] == ["Round 1", "Final ranking"]
    final = text(last(scene))
    assert final.index("ann") < final.index("ben")


async def test_a_round_ends_when_time_is_up(scene: Scene) -> None:
    await joined(scene, scene.ann, scene.ben, rounds=1, seconds=60)
    await answer(scene, scene.ann, FULL)
    await scene.env.advance_time(70)
    assert last(scene).embeds[0].title == "Final ranking"


async def test_it_begins_by_itself(scene: Scene) -> None:
    started = await scene.ben.slash(scene.channel, "contest start", rounds=1)
    await scene.ann.click(message(started), label="Join")
    await scene.env.advance_time(62)
    assert last(scene).embeds[0].title == "Round 1 of 1"


async def test_without_people_there_is_no_contest(scene: Scene) -> None:
    await scene.ben.slash(scene.channel, "contest start")
    await scene.env.advance_time(62)
    assert "Nobody joined" in last(scene).content


async def test_an_answer_can_be_changed_once(scene: Scene) -> None:
    await joined(scene, scene.ann, scene.ben, rounds=1)
    assert "change it once" in scene.told(await answer(scene, scene.ann, "It grows."))
    assert "took the place" in scene.told(await answer(scene, scene.ann, FULL))
    assert "stays as it is" in scene.told(await answer(scene, scene.ann, "It grows."))


async def test_late_answers_are_refused(scene: Scene) -> None:
    await joined(scene, scene.ann, scene.ben, rounds=2, seconds=30)
    question = last(scene)
    opened = await scene.ann.click(question, label="Answer")
    await scene.env.advance_time(40)
    late = await scene.ann.submit_modal(opened, {"answer": FULL})
    assert "round is over" in scene.told(late)


async def test_everybody_sees_only_their_own_card(scene: Scene) -> None:
    await joined(scene, scene.ann, scene.ben, rounds=1)
    await answer(scene, scene.ann, FULL)
    await answer(scene, scene.ben, "It grows.")
    await scene.env.settle()
    card = next(each for each in reversed(scene.channel.history()) if "My result" in labels(each))
    own = await scene.ann.click(card, label="My result")
    assert own.ephemeral
    assert "**100 / 100**" in text(message(own))
    assert "**0 / 100**" in text(message(await scene.ben.click(card, label="My result")))
    assert "no answer" in scene.told(await scene.boss.click(card, label="My result"))


async def test_nearly_identical_answers_are_told_to_both_and_the_host_alone(scene: Scene) -> None:
    await joined(scene, scene.ann, scene.ben, rounds=1)
    await answer(scene, scene.ann, FULL)
    await answer(scene, scene.ben, FULL.upper())
    await scene.env.settle()
    anns = scene.ann.user.dm_channel.last_message
    assert anns is not None
    assert "nearly identical to that of ben" in anns.content
    bens = [each.content for each in scene.ben.user.dm_channel.history()]
    assert any("nearly identical to that of ann" in each for each in bens)
    assert any("- ann and ben" in each for each in bens)
    assert not any("identical" in text(each) for each in scene.channel.history())


@pytest.mark.parametrize("when", ["joining", "asked", "answered"])
async def test_a_restart_goes_on(scene: Scene, when: str) -> None:
    started = await scene.ben.slash(scene.channel, "contest start", rounds=1, seconds=60)
    if when == "joining":
        await scene.restart()
    for person in (scene.ann, scene.ben):
        await person.click(message(started), label="Join")
    await scene.ben.click(message(started), label="Begin now")
    await scene.env.settle()
    if when == "asked":
        await scene.restart()
    await answer(scene, scene.ann, FULL)
    if when == "answered":
        await scene.restart()
    await answer(scene, scene.ben, FULL)
    await scene.env.advance_time(3)
    assert last(scene).embeds[0].title == "Final ranking"
    titles = [each.embeds[0].title for each in scene.channel.history() if each.embeds]
    assert titles.count("Round 1 of 1") == 1
    assert titles.count("Round 1") == 1


async def test_one_contest_a_channel(scene: Scene) -> None:
    await scene.ben.slash(scene.channel, "contest start")
    second = await scene.ann.slash(scene.channel, "contest start")
    assert "another channel" in scene.told(second)


async def test_only_host_or_managers_begin_and_stop(scene: Scene) -> None:
    started = await scene.ben.slash(scene.channel, "contest start")
    await scene.ann.click(message(started), label="Join")
    assert "host" in scene.told(await scene.ann.click(message(started), label="Begin now"))
    assert "host" in scene.told(await scene.ann.slash(scene.channel, "contest stop"))
    assert "over" in scene.told(await scene.boss.slash(scene.channel, "contest stop"))


async def test_stop_ranks_what_was_played(scene: Scene) -> None:
    await joined(scene, scene.ann, scene.ben, rounds=3)
    await answer(scene, scene.ann, FULL)
    await scene.ben.slash(scene.channel, "contest stop")
    await scene.env.settle()
    assert last(scene).embeds[0].title == "Final ranking"
    assert "ann" in text(last(scene))


async def test_a_deleted_channel_ends_the_contest_and_the_host_is_told(scene: Scene) -> None:
    await joined(scene, scene.ann, scene.ben, rounds=2, seconds=30)
    scene.env.backend.delete_channel(scene.channel.id)
    await scene.env.advance_time(60)
    told = scene.ben.user.dm_channel.last_message
    assert told is not None
    assert "the channel is gone" in told.content


async def test_missing_permissions_are_named(scene: Scene) -> None:
    guild = scene.bot.get_guild(scene.guild.id)
    assert guild is not None
    closed = discord.PermissionOverwrite(send_messages=False)
    channel = scene.guild.create_text_channel("strict", overwrites={guild.me: closed})
    assert "Send Messages" in scene.told(await scene.boss.slash(channel, "contest start"))
