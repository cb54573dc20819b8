"""Many people answering at once, over the wire: the bot in its own process, the peer in this one."""

import asyncio
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.wire.peer import Peer, running
from tests.wire.process import Bot, started
from tests.wire.world import Interaction, Person, Seen

PEOPLE = 500
SECONDS = 30.0
PATIENCE = 300.0  # seconds that a graded reply is waited for, before it counts as lost


def load(answers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Let each person press *Answer* and send one of `answers` at a random time within the span."""
    acknowledged, replied, lost, missing = asyncio.run(_measure(answers))
    yield "interactions", f"{len(acknowledged)}"
    yield "acknowledgement p50 / p99", f"{_at(acknowledged, 50)} / {_at(acknowledged, 99)}"
    yield "graded reply p50 / p99", f"{_at(replied, 50)} / {_at(replied, 99)}"
    yield "answers without a graded reply", f"{lost}"
    yield "answers missing in the database", f"{missing}"


async def _measure(answers: Sequence[str]) -> tuple[list[float], list[float], int, int]:
    generator = random.Random(1)
    # Without checks of the bodies, which would take the time of the bot on a small machine.
    async with running(validate=False) as peer:
        with tempfile.TemporaryDirectory() as folder:
            async with started(peer, Path(folder)) as bot:
                people = [peer.world.person(number, f"person {number}") for number in range(1, PEOPLE + 1)]
                questions = [await _ask(peer, person) for person in people]
                outcomes = await asyncio.gather(
                    *(
                        _answer(
                            peer,
                            person,
                            question,
                            generator.uniform(0, SECONDS),
                            answers[number % len(answers)],
                        )
                        for number, (person, question) in enumerate(zip(people, questions, strict=True))
                    )
                )
                stored = {request for (request,) in bot.rows("SELECT request FROM submissions")}
                await _stop(bot)
    sent = [interaction for _, interaction, _ in outcomes]
    taken = [each.acknowledged - each.sent for pair in outcomes for each in pair[:2] if each.acknowledged]
    replied = [seconds for _, _, seconds in outcomes if seconds is not None]
    return taken, replied, len(outcomes) - len(replied), sum(each.id not in stored for each in sent)


async def _ask(peer: Peer, person: Person) -> Seen:
    interaction = await peer.slash(person, "practice", topic="docker")
    await interaction.until(lambda: interaction.original and Seen(interaction.original).buttons, "a question")
    return await interaction.message()


async def _answer(
    peer: Peer, person: Person, question: Seen, after: float, text: str
) -> tuple[Interaction, Interaction, float | None]:
    await asyncio.sleep(after)
    pressed = await peer.press(person, question, "Answer")
    sent = await peer.submit(pressed, text)
    try:
        await sent.message(" / 100", PATIENCE)
    except AssertionError:
        return pressed, sent, None
    return pressed, sent, asyncio.get_running_loop().time() - sent.sent


async def _stop(bot: Bot) -> None:
    assert await bot.stop() == 0


def _at(values: Sequence[float], percent: int) -> str:
    return f"{statistics.quantiles(values, n=100)[percent - 1] * 1000:.0f} ms"
