"""What concerns a person: progress, settings, privacy, leaderboards."""

import json

import pytest
from simcord.builders import RoleHandle

from tests.cogs.scene import Scene, message, text
from tests.cogs.test_practice import FULL, attempts, card_of

QUARTER = (
    91 * 24 * 3600.0
)  # seconds from the simulation's first day, with which a season begins, into the next


async def test_progress_without_answers(scene: Scene) -> None:
    assert "No answers yet" in scene.told(await scene.ann.slash(scene.channel, "progress"))


async def test_progress_is_a_picture_and_the_same_as_text(scene: Scene) -> None:
    await card_of(scene)
    shown = await scene.ann.slash(scene.channel, "progress")
    assert shown.ephemeral
    assert "mean 100" in text(message(shown))
    picture = message(shown).attachments[0]
    assert picture.filename.endswith(".png")
    assert picture.description


@pytest.mark.parametrize(("factor", "words"), [("1.5", "1.5"), ("2", "2"), ("none", "no")])
async def test_the_time_factor_is_kept(scene: Scene, factor: str, words: str) -> None:
    changed = await scene.ann.slash(scene.channel, "settings time", factor=factor)
    assert changed.ephemeral
    assert words in scene.told(changed).lower()
    assert scene.told(await scene.ann.slash(scene.channel, "settings show")) == scene.told(changed)


async def test_the_leaderboard_shows_ones_own_row(scene: Scene) -> None:
    await card_of(scene)
    shown = await scene.ann.slash(scene.channel, "leaderboard")
    assert shown.ephemeral
    assert "ann" in text(message(shown))
    assert "100" in text(message(shown))


@pytest.mark.parametrize(
    "options",
    [
        {"period": "day"},
        {"period": "all", "topic": "Fruit"},
        {"scope": "everywhere"},
        {"board": "improvement"},
    ],
)
async def test_every_leaderboard_can_be_asked_for(scene: Scene, options: dict[str, str]) -> None:
    await card_of(scene)
    assert text(message(await scene.ben.slash(scene.channel, "leaderboard", **options)))


async def test_who_hides_is_seen_by_nobody_else(scene: Scene) -> None:
    await card_of(scene)
    await scene.ann.slash(scene.channel, "settings leaderboards", shown=False)
    seen = text(message(await scene.ben.slash(scene.channel, "leaderboard")))
    assert str(scene.ann.id) not in seen
    assert "ann" not in seen
    assert "100" in text(message(await scene.ann.slash(scene.channel, "leaderboard")))


async def season_over(scene: Scene) -> tuple[str, RoleHandle]:
    """Let ann win the season on a server that announces it, and return what is announced."""
    role = scene.guild.create_role("Champion")
    await scene.boss.slash(scene.channel, "setup channels", contest=scene.channel)
    await scene.boss.slash(scene.channel, "setup roles", champion=role)
    await card_of(scene)
    await scene.away(QUARTER)
    told = [each for each in scene.channel.history() if not each.flags.ephemeral]
    assert len(told) == 1
    return text(told[0]), role


async def test_a_season_closes_by_itself_and_crowns_its_champion(scene: Scene) -> None:
    said, role = await season_over(scene)
    assert "The season is over" in said
    assert "100 points" in said
    guild = scene.bot.get_guild(scene.guild.id)
    assert guild is not None
    assert role.id in [each.id for each in (await guild.fetch_member(scene.ann.id)).roles]
    await scene.restart()
    assert len([each for each in scene.channel.history() if not each.flags.ephemeral]) == 1


async def test_a_champion_who_left_is_still_announced(scene: Scene) -> None:
    card = await card_of(scene)
    assert "100" in text(card)
    scene.guild.remove_member(scene.ann)
    role = scene.guild.create_role("Champion")
    await scene.boss.slash(scene.channel, "setup channels", contest=scene.channel)
    await scene.boss.slash(scene.channel, "setup roles", champion=role)
    await scene.away(QUARTER)
    told = [each for each in scene.channel.history() if not each.flags.ephemeral]
    assert "100 points" in text(told[-1])


async def test_an_alias_stands_for_the_name(scene: Scene) -> None:
    await card_of(scene)
    assert "Quiet Heron" in scene.told(
        await scene.ann.slash(scene.channel, "privacy alias", name="Quiet Heron")
    )
    seen = text(message(await scene.ben.slash(scene.channel, "leaderboard")))
    assert "Quiet Heron" in seen
    assert str(scene.ann.id) not in seen
    assert "ann" not in seen


async def test_privacy_show_counts_what_is_kept(scene: Scene) -> None:
    await card_of(scene)
    shown = await scene.ann.slash(scene.channel, "privacy show")
    assert shown.ephemeral
    assert "1" in scene.told(shown)


async def test_export_is_a_json_file(scene: Scene) -> None:
    await card_of(scene)
    shown = await scene.ann.slash(scene.channel, "privacy export")
    assert shown.ephemeral
    file = message(shown).attachments[0]
    assert file.filename == "interview-practice.json"
    found = json.loads(await file.read())
    assert FULL in json.dumps(found)


async def test_forget_asks_then_deletes_everything(scene: Scene) -> None:
    await card_of(scene)
    asked = await scene.ann.slash(scene.channel, "privacy forget")
    await scene.ann.click(message(asked), label="Keep it")
    assert await attempts(scene) == 1
    asked = await scene.ann.slash(scene.channel, "privacy forget")
    await scene.ann.click(message(asked), label="Delete everything")
    assert "This was deleted" in text(message(asked))
    assert await attempts(scene) == 0
    assert FULL.encode() not in scene.bots.path.read_bytes()


async def test_retention_is_kept(scene: Scene) -> None:
    assert "30" in scene.told(await scene.ann.slash(scene.channel, "privacy retention", days=30))
