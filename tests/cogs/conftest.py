"""A bot on a simulated Discord, with a small bank, a grader that counts words, and a database on disk."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import simcord
from simcord.backend import DEFAULT_EVERYONE_PERMISSIONS

from bot import invite
from bot.client import InterviewBot
from bot.store import Store
from tests.cogs.scene import Bots, Scene


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the bot time on a busy machine; how long something takes is never what is tested."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.simcord(settle_timeout=60.0))


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and nothing in it; making one anew takes longer than most tests."""
    path = tmp_path_factory.mktemp("database") / "new.db"
    Store(path).close()
    return path


@pytest.fixture
async def bots(tmp_path: Path, new_database: Path) -> AsyncIterator[Bots]:
    """A maker of bots over one database."""
    made = Bots(tmp_path / "bot.db")
    shutil.copy(new_database, made.path)
    yield made
    await made.close()


@pytest.fixture
def simcord_bot(bots: Bots) -> InterviewBot:
    """The bot that `simcord_env` runs."""
    return bots.make()


@pytest.fixture
async def scene(simcord_env: simcord.Env, bots: Bots) -> Scene:
    """A server where the bot may do what its invitation asks for, and nothing else."""
    guild = simcord_env.create_guild("Orchard")
    members = guild.create_role("Members", permissions=discord.Permissions(DEFAULT_EVERYONE_PERMISSIONS))
    bots_own = guild.roles[simcord_env.backend.bot_user.name]
    simcord_env.backend.edit_role(guild.id, guild.default_role.id, {"permissions": 0})
    least = invite.permissions(champion=True)
    simcord_env.backend.edit_role(guild.id, bots_own.id, {"permissions": least.value})
    channel = guild.create_text_channel("general")
    may = discord.Permissions(manage_guild=True, manage_threads=True, manage_messages=True)
    managers = guild.create_role("Managers", permissions=may)
    ann, ben = (guild.add_member(simcord_env.create_user(name), roles=[members]) for name in ("ann", "ben"))
    boss = guild.add_member(simcord_env.create_user("boss"), roles=[members, managers])
    return Scene(simcord_env, bots, guild, channel, ann, ben, boss)
