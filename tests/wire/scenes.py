"""What the tests of the running bot share: a scenario with a peer and a bot, and a person's first steps."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.wire.peer import Peer, running
from tests.wire.process import Bot, started, write_corpus
from tests.wire.world import Interaction, Seen

RIGHT = "The plum ripens slowly on a tall tree, and birds carry its seeds away."
MARK = re.compile(r"\b\d{1,3} / 100")

Scenario = Callable[[Peer, Bot], Awaitable[None]]


def wire(scenario: Scenario) -> Callable[[Path], None]:
    """Make a test of a scenario with a peer and a running bot, which in the end ends as it should."""

    def test(tmp_path: Path) -> None:
        async def run() -> None:
            corpus = write_corpus(tmp_path, "plum", "pear", "fig")
            async with running() as peer, started(peer, tmp_path, corpus) as bot:
                await scenario(peer, bot)
                assert await bot.stop() == 0
            assert "Traceback" not in bot.log

        asyncio.run(run())

    test.__doc__ = scenario.__doc__
    return test


async def asked(peer: Peer, number: int = 1) -> tuple[Interaction, Seen]:
    """Let a person ask for a question."""
    person = peer.world.person(number, f"person {number}")
    interaction = await peer.slash(person, "practice")
    return interaction, await interaction.message("grow?")


async def graded(interaction: Interaction) -> Seen:
    """Wait for the card of an answer."""
    seen = await interaction.message(" / 100")
    assert MARK.search(seen.text)
    return seen


def answers(bot: Bot) -> list[str]:
    """Read the answers with a mark, in the order given."""
    return [text for (text,) in bot.rows("SELECT answer FROM attempts ORDER BY id")]
