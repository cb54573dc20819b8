"""What managers and reviewers do: appeals, reports, question files, setup; and that nobody else can."""

import json

import discord
import pytest
from simcord.results import ResponseMessage

from grader.measured import FILE
from tests.cogs.scene import Scene, labels, message, text
from tests.cogs.test_practice import answer, card_of
from tests.practising import WordGrader

CORPUS = b"""---
title: Stones
category: Stones
---

# Stones

## Interview Questions and Answers

### Fundamental Questions

#### Q1: What is granite?

**Answer:**

Granite is a hard igneous rock that formed slowly from molten magma below the ground.

- **Minerals**: It holds quartz, feldspar and mica in visible grains.
- **Use**: People build kerbs, worktops and monuments from it.
"""


async def appealed(scene: Scene, *, staff: bool = True) -> ResponseMessage:
    """Let ann appeal against a missing point."""
    if staff:
        room = scene.guild.create_text_channel("staff")
        await scene.boss.slash(scene.channel, "setup channels", staff=room)
    card = await card_of(scene, "It becomes ripe in its own good time.")
    opened = await scene.ann.click(card, label="I covered this")
    assert opened.modal is not None
    point = opened.modal["components"][0]["component"]["options"][0]["value"]
    sent = await scene.ann.submit_modal(
        opened, {"point": [point], "words": "becomes ripe in its own good time"}
    )
    assert "reviewers" in scene.told(sent)
    return card


async def in_staff_channel(scene: Scene) -> tuple[discord.TextChannel, discord.Message]:
    """Where reviewers see appeals, and the last one."""
    guild = scene.bot.get_guild(scene.guild.id)
    assert guild is not None
    staff = next(each for each in guild.text_channels if each.name == "staff")
    return staff, await anext(staff.history(limit=1))


async def test_an_upheld_appeal_corrects_the_mark(scene: Scene) -> None:
    card = await appealed(scene)
    staff, shown = await in_staff_channel(scene)
    assert labels(shown) == ["Covered: correct the mark", "Leave the mark"]
    assert "becomes ripe" in text(shown)
    await scene.boss.click(shown, label="Covered: correct the mark")
    after = await staff.fetch_message(shown.id)
    assert "upheld" in after.content
    assert not labels(after)
    told = scene.ann.user.dm_channel.last_message
    assert told is not None
    assert "upheld" in told.content
    # The same wording is lifted from now on.
    again = message(await scene.ann.click(card, label="Try again"))
    better = await answer(scene.ann, again, "It becomes ripe in its own good time.")
    assert "**0 / 100**" in text(card)
    assert "**0 / 100**" not in text(better)


async def test_appeals_lists_what_is_open(scene: Scene) -> None:
    assert "No appeal" in scene.told(await scene.boss.slash(scene.channel, "appeals"))
    await appealed(scene, staff=False)
    listed = message(await scene.boss.slash(scene.channel, "appeals"))
    assert "Open appeals: 1" in text(listed)
    menu = listed.components[0]["components"][0]
    shown = message(
        await scene.boss.select(listed, [menu["options"][0]["value"]], custom_id=menu["custom_id"])
    )
    await scene.boss.click(shown, label="Leave the mark")
    assert "declined" in text(shown)
    assert "No appeal" in scene.told(await scene.boss.slash(scene.channel, "appeals"))


async def test_nobody_else_decides(scene: Scene) -> None:
    await appealed(scene)
    staff, shown = await in_staff_channel(scene)
    refused = await scene.ben.click(shown, label="Covered: correct the mark")
    assert "reviewers" in scene.told(refused)
    assert labels(await staff.fetch_message(shown.id))


async def test_a_reviewers_role_is_enough(scene: Scene) -> None:
    role = scene.guild.create_role("Reviewers")
    await scene.boss.slash(scene.channel, "setup roles", reviewers=role)
    await appealed(scene)
    carl = scene.guild.add_member(scene.env.create_user("carl"), roles=[scene.guild.roles["Members"], role])
    staff, shown = await in_staff_channel(scene)
    await carl.click(shown, label="Leave the mark")
    assert "declined" in (await staff.fetch_message(shown.id)).content


async def test_a_question_file_is_checked_then_added_then_removed(scene: Scene) -> None:
    checked = message(await scene.boss.slash(scene.channel, "bank check", file=("stones.md", CORPUS)))
    assert "1 question " in text(checked)
    assert not labels(checked)
    offered = message(await scene.boss.slash(scene.channel, "bank add", file=("stones.md", CORPUS)))
    assert offered.ephemeral
    await scene.restart()
    await scene.boss.click(offered, label="Add it")
    assert "is added: 1 question." in text(offered).replace("\\", "")
    assert "stones" in scene.told(await scene.boss.slash(scene.channel, "bank list"))
    assert "stones: 1" in scene.told(await scene.boss.slash(scene.channel, "bank info"))
    asked = message(await scene.ann.slash(scene.channel, "practice", topic="Stones"))
    assert "granite" in text(asked)
    assert "removed" in scene.told(await scene.boss.slash(scene.channel, "bank remove", name="stones.md"))
    assert "Fruit, Trees" in scene.told(await scene.ann.slash(scene.channel, "practice", topic="Stones"))


async def test_a_file_may_be_left(scene: Scene) -> None:
    offered = message(await scene.boss.slash(scene.channel, "bank add", file=("stones.md", CORPUS)))
    await scene.boss.click(offered, label="Don't add it")
    assert "Nothing was added" in text(offered)


async def test_a_bad_file_is_not_offered(scene: Scene) -> None:
    offered = message(await scene.boss.slash(scene.channel, "bank add", file=("bad.md", b"# Nothing")))
    assert not labels(offered)


@pytest.mark.parametrize("name", ["bank list", "setup show", "appeals", "daily"])
async def test_managers_commands_are_hidden(scene: Scene, name: str) -> None:
    assert name not in scene.ann.available_commands(scene.channel)


async def test_a_command_shown_to_all_is_still_refused(scene: Scene) -> None:
    role = scene.guild.create_role("Curious", permissions=discord.Permissions(manage_messages=True))
    carl = scene.guild.add_member(scene.env.create_user("carl"), roles=[scene.guild.roles["Members"], role])
    assert "appeals" in carl.available_commands(scene.channel)
    assert "reviewers" in scene.told(await carl.slash(scene.channel, "appeals"))


async def test_setup_shows_what_it_set(scene: Scene) -> None:
    for name, options, words in (
        ("time-zone", {"zone": "Europe/Berlin"}, "Europe/Berlin"),
        ("limits", {"answers": 10, "retention": 30, "season": 6}, "10"),
        ("plain-messages", {"on": True}, "INTERVIEW_DISCORD_MESSAGE_CONTENT"),
        ("daily", {"time": "09:00"}, "09:00"),
    ):
        shown = await scene.boss.slash(scene.channel, f"setup {name}", **options)
        assert words in scene.told(shown).replace("\\", "")
    assert "Europe/Berlin" in scene.told(await scene.boss.slash(scene.channel, "setup show"))


async def test_setup_changes_only_what_is_given_and_clears_what_is_named(scene: Scene) -> None:
    await scene.boss.slash(scene.channel, "setup channels", staff=scene.channel)
    await scene.boss.slash(scene.channel, "setup channels", daily=scene.channel)
    await scene.boss.slash(scene.channel, "setup daily", time="09:00")
    both = scene.told(await scene.boss.slash(scene.channel, "setup show"))
    assert both.count(scene.channel.mention) == 2
    cleared = scene.told(await scene.boss.slash(scene.channel, "setup clear", setting="staff_channel"))
    assert cleared.count(scene.channel.mention) == 1
    cleared = scene.told(await scene.boss.slash(scene.channel, "setup clear", setting="daily_at"))
    assert "**Daily question** —" in cleared


async def test_a_wrong_setting_is_told_with_an_example(scene: Scene) -> None:
    assert "for example" in scene.told(await scene.boss.slash(scene.channel, "setup daily", time="9 o'clock"))
    assert "for example" in scene.told(await scene.boss.slash(scene.channel, "setup time-zone", zone="Mars"))


async def test_time_zones_are_completed(scene: Scene) -> None:
    offered = await scene.boss.autocomplete(scene.channel, "setup time-zone", "zone", "berl")
    assert [choice["value"] for choice in offered] == ["Europe/Berlin"]


async def test_help_lists_what_one_may_use(scene: Scene) -> None:
    for_all = scene.told(await scene.ann.slash(scene.channel, "help"))
    assert "/practice" in for_all
    assert "/setup" not in for_all
    assert "/setup" in scene.told(await scene.boss.slash(scene.channel, "help"))


async def test_about_names_version_and_grader(scene: Scene) -> None:
    shown = scene.told(await scene.ann.slash(scene.channel, "about")).replace("\\", "")
    assert "words-1" in shown
    assert "4 questions on 2 topics" in shown
    assert "was not measured" in shown


async def test_about_tells_what_was_measured_of_the_grader(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, found = next(iter(json.loads(FILE.read_text(encoding="utf-8")).items()))
    monkeypatch.setattr(WordGrader, "model", name)
    shown = scene.told(await scene.ann.slash(scene.channel, "about"))
    assert f"correlation of {found['pearson']:.2f}" in shown
