"""`/interview`: thread, turns, follow-ups, time, pause, restarts, scorecard."""

from datetime import timedelta

import discord
import pytest
from simcord.builders import ChannelHandle

from tests.cogs.scene import Scene, labels, message, text

FULL = "The apple banana cherry maple ripens slowly and birds love apple banana cherry maple."


async def begun(scene: Scene, **options: object) -> ChannelHandle:
    """Start an interview and return its thread."""
    started = await scene.ann.slash(scene.channel, "interview start", **options)
    assert started.ephemeral
    assert "has begun" in scene.told(started)
    return scene.channel.threads[-1]


def last(thread: ChannelHandle) -> discord.Message:
    """The last message of a thread."""
    found = thread.last_message
    assert found is not None
    return found


async def answer(scene: Scene, thread: ChannelHandle, words: str) -> None:
    """Answer the turn that the thread shows last."""
    opened = await scene.ann.click(last(thread), label="Answer")
    sent = await scene.ann.submit_modal(opened, {"answer": words})
    assert sent.acknowledged


async def test_an_interview_has_a_private_thread(scene: Scene) -> None:
    thread = await begun(scene, questions=2)
    assert thread._channel.type == discord.ChannelType.private_thread.value
    first = last(thread)
    assert first.embeds[0].title == "Question 1 of 2"
    assert labels(first) == ["Answer", "Pass", "Pause", "Finish"]
    assert "<t:" in first.content


async def test_full_answers_lead_to_the_scorecard(scene: Scene) -> None:
    thread = await begun(scene, questions=3)
    for _ in range(3):
        await answer(scene, thread, FULL)
    end = last(thread)
    assert end.embeds[0].title == "Scorecard"
    assert "Hire" in text(end)
    assert end.attachments[0].filename.endswith(".png")
    assert end.attachments[0].description


async def test_no_mark_is_shown_before_the_end(scene: Scene) -> None:
    thread = await begun(scene, questions=2)
    await answer(scene, thread, "It grows.")
    shown = " ".join(text(each) for each in thread.history())
    assert "/ 100" not in shown


async def test_a_weak_answer_is_followed_up_once(scene: Scene) -> None:
    thread = await begun(scene, questions=2)
    await answer(scene, thread, "It grows.")
    assert last(thread).embeds[0].title == "Follow-up"
    opened = await scene.ann.click(last(thread), label="Answer")
    assert opened.modal is not None
    assert opened.modal["components"][0]["content"] == last(thread).embeds[0].description
    await answer(scene, thread, FULL)
    assert last(thread).embeds[0].title == "Question 2 of 2"


async def test_a_card_can_be_opened_from_the_scorecard(scene: Scene) -> None:
    thread = await begun(scene, questions=1)
    await answer(scene, thread, FULL)
    end = last(thread)
    row = end.components[0]
    assert isinstance(row, discord.ActionRow)
    menu = row.children[0]
    assert isinstance(menu, discord.SelectMenu)
    card = await scene.ann.select(end, [menu.options[0].value], custom_id=menu.custom_id)
    assert card.ephemeral
    assert "**100 / 100**" in text(message(card))


async def test_a_question_can_be_passed(scene: Scene) -> None:
    thread = await begun(scene, questions=2)
    await scene.ann.click(last(thread), label="Pass")
    assert "Question 2 of 2" in text(last(thread))


async def test_pause_stops_the_clock(scene: Scene) -> None:
    thread = await begun(scene, questions=2, minutes=5)
    await scene.ann.click(last(thread), label="Pause")
    paused = last(thread)
    assert labels(paused) == ["Go on", "Finish"]
    await scene.env.advance_time(900)
    await scene.ann.click(paused, label="Go on")
    assert "Question 1 of 2" in text(last(thread))
    await answer(scene, thread, FULL)
    assert "Question 2 of 2" in text(last(thread))


async def test_a_turn_whose_time_is_over_is_closed(scene: Scene) -> None:
    thread = await begun(scene, questions=2, minutes=5)
    first = last(thread)
    await scene.env.advance_time(170)
    assert "Question 2 of 2" in text(last(thread))
    closed = next(each for each in thread.history() if each.id == first.id)
    assert "Time is over" in closed.content
    assert not labels(closed)


async def test_a_restart_goes_on_with_the_same_turn(scene: Scene) -> None:
    thread = await begun(scene, questions=2)
    before = len(thread.history())
    await scene.restart()
    assert len(thread.history()) == before
    await answer(scene, thread, FULL)
    await scene.restart()
    await answer(scene, thread, FULL)
    assert last(thread).embeds[0].title == "Scorecard"


async def test_stop_shows_the_scorecard_of_what_was_answered(scene: Scene) -> None:
    thread = await begun(scene, questions=3)
    await answer(scene, thread, FULL)
    stopped = await scene.ann.slash(thread, "interview stop")
    assert "over" in scene.told(stopped)
    assert last(thread).embeds[0].title == "Scorecard"


async def test_status_and_resume(scene: Scene) -> None:
    assert "no mock interview" in scene.told(await scene.ann.slash(scene.channel, "interview status"))
    thread = await begun(scene, questions=2)
    assert f"<#{thread.id}>: open" in scene.told(await scene.ann.slash(scene.channel, "interview status"))
    await scene.ann.click(last(thread), label="Pause")
    assert "paused" in scene.told(await scene.ann.slash(scene.channel, "interview status"))
    assert "goes on" in scene.told(await scene.ann.slash(scene.channel, "interview resume"))
    assert "Question 1 of 2" in text(last(thread))


async def test_nobody_else_can_answer(scene: Scene) -> None:
    thread = await begun(scene, questions=2)
    refused = await scene.boss.click(last(thread), label="Answer")
    assert refused.modal is None
    assert "somebody else" in scene.told(refused)


async def test_missing_permissions_are_named(scene: Scene) -> None:
    guild = scene.bot.get_guild(scene.guild.id)
    assert guild is not None
    closed = discord.PermissionOverwrite(create_private_threads=False)
    channel = scene.guild.create_text_channel("strict", overwrites={guild.me: closed})
    started = await scene.ann.slash(channel, "interview start")
    assert "Create Private Threads" in scene.told(started)


async def test_a_deleted_thread_pauses_the_interview(scene: Scene) -> None:
    thread = await begun(scene, questions=2, minutes=5)
    scene.env.backend.delete_channel(thread.id)
    await scene.env.advance_time(200)
    assert "paused" in scene.told(await scene.ann.slash(scene.channel, "interview status"))
    resumed = await scene.ann.slash(scene.channel, "interview resume")
    assert "has begun" in scene.told(resumed)
    assert len(scene.channel.threads) == 1
    assert "Question" in text(last(scene.channel.threads[-1]))


@pytest.mark.parametrize("factor", ["2", "none"])
async def test_the_personal_time_factor_counts(scene: Scene, factor: str) -> None:
    await scene.ann.slash(scene.channel, "settings time", factor=factor)
    thread = await begun(scene, questions=1, minutes=5)
    await scene.env.advance_time(timedelta(minutes=6).total_seconds())
    assert "Question 1 of 1" in text(last(thread))


async def with_plain_messages(scene: Scene) -> ChannelHandle:
    """Turn plain messages on, and begin an interview with a bot that may read them."""
    old = scene.bot
    await scene.env.restart_bot(scene.bots.make(message_content=True))
    await old.grader.close()
    await old.db.close()
    await scene.boss.slash(scene.channel, "setup plain-messages", on=True)
    return await begun(scene, questions=2)


async def test_a_plain_message_is_an_answer_where_that_is_turned_on(scene: Scene) -> None:
    thread = await with_plain_messages(scene)
    await scene.ann.send(thread, f"||{FULL}||")
    assert "Question 2 of 2" in text(last(thread))
    await scene.ann.send(thread, f"```\n{FULL}\n```")
    assert last(thread).embeds[0].title == "Scorecard"


async def test_other_peoples_messages_are_no_answers(scene: Scene) -> None:
    thread = await with_plain_messages(scene)
    before = len(thread.history())
    await scene.boss.send(thread, FULL)
    assert len(thread.history()) == before + 1


async def test_without_the_setting_messages_are_no_answers(scene: Scene) -> None:
    thread = await begun(scene, questions=2)
    before = len(thread.history())
    await scene.ann.send(thread, FULL)
    assert len(thread.history()) == before + 1


async def test_it_runs_in_direct_messages(scene: Scene) -> None:
    user = scene.env.create_user("dora")
    started = await user.slash("interview start", questions=1)
    assert "has begun" in scene.told(started)
    shown = user.dm_channel.last_message
    assert shown is not None
    opened = await user.click(shown, label="Answer")
    await user.submit_modal(opened, {"answer": FULL})
    end = user.dm_channel.last_message
    assert end is not None
    assert end.embeds[0].title == "Scorecard"
