"""Backups that the running bot makes by itself."""

import math
from datetime import timedelta

import discord

from bot.backup import Backups
from tests.cogs.scene import Scene
from tests.watching import value

METRIC = "interview_backup_timestamp_seconds"


async def test_a_due_backup_is_made_and_its_time_told(scene: Scene) -> None:
    path = scene.bots.path
    backups = Backups(path, path.parent / "backups", every=timedelta(days=1), clock=discord.utils.utcnow)
    assert math.isnan(value(scene.bot.metrics, METRIC))
    scene.bot.backups = backups
    await scene.env.advance_time(15 * 60)
    made = backups.last()
    assert made is not None
    assert value(scene.bot.metrics, METRIC) == made.at.timestamp()


async def test_a_backup_that_fails_leaves_the_time_of_the_last_one(scene: Scene) -> None:
    path = scene.bots.path
    (path.parent / "backups").write_text("no folder")
    scene.bot.backups = Backups(path, path.parent / "backups", every=timedelta(days=1))
    await scene.env.advance_time(15 * 60)
    assert value(scene.bot.metrics, METRIC) == 0
