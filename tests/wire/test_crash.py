"""kill -9 at random moments of contests, interviews and practising: nothing acknowledged is lost or stuck."""

import asyncio
import random
import re
from contextlib import suppress
from pathlib import Path

import pytest

from tests.wire.peer import Peer, running
from tests.wire.process import Bot, started, write_corpus
from tests.wire.world import CHANNEL, OWNER, Interaction, Person, Seen

KILLS = 50
NAMES = ("plum", "pear", "fig", "apple", "cherry", "quince")
PLAYERS = ("ann", "bob", "cid")
PRACTISER = len(PLAYERS)
ASKED = re.compile(r"Round \d of \d")


class Player:
    """Someone who joins each contest and answers each round, and tries again where nothing comes back."""

    def __init__(self, peer: Peer, person: Person, generator: random.Random) -> None:
        self._peer = peer
        self._person = person
        self._generator = generator
        self._done: set[str] = set()
        self.sent: list[tuple[Interaction, str]] = []

    async def play(self) -> None:
        """Join and answer, without end."""
        while True:
            await asyncio.sleep(self._generator.uniform(0.1, 0.5))
            # No answer within a second: the bot was killed, and a person would try again.
            with suppress(AssertionError):
                await self._turn()

    async def _turn(self) -> None:
        seen = next(filter(_playable, reversed(self._peer.world.seen_in(CHANNEL))), None)
        if seen is None or seen.id in self._done:
            return
        if "Join" in seen.buttons:
            # The button also leaves, so that only a message that doesn't name this person is pressed.
            if self._person.name not in seen.json["embeds"][0]["description"].split("\n\n")[-1]:
                await (await self._peer.press(self._person, seen, "Join")).acknowledgement(1.0)
            return
        await self._answer(seen)

    async def _answer(self, seen: Seen) -> None:
        pressed = await self._peer.press(self._person, seen, "Answer")
        await pressed.acknowledgement(1.0)
        if pressed.modal is None:
            return
        text = f"The tree grows slowly, {self._person.name} says {self._generator.random()}."
        sent = await self._peer.submit(pressed, text)
        self.sent.append((sent, text))
        await sent.acknowledgement(1.0)
        if sent.answered_with != 4:  # not refused, as where one person is too fast
            self._done.add(seen.id)


class Practiser(Player):
    """Someone who practises on their own meanwhile."""

    async def _turn(self) -> None:
        asked = await self._peer.slash(self._person, "practice")
        await asked.acknowledgement(1.0)
        question = await asked.message("grow?", 1.0)
        pressed = await self._peer.press(self._person, question, "Answer")
        await pressed.opened(1.0)
        text = f"It ripens slowly on a tall tree, says {self._generator.random()}."
        sent = await self._peer.submit(pressed, text)
        self.sent.append((sent, text))
        await sent.acknowledgement(1.0)
        # The mark may come meanwhile or after a kill.
        await asyncio.sleep(self._generator.uniform(0.5, 2.0))


class Candidate(Player):
    """Someone who sits one mock interview after the other, as long as `going`."""

    def __init__(
        self, peer: Peer, person: Person, generator: random.Random, bot: Bot, going: asyncio.Event
    ) -> None:
        super().__init__(peer, person, generator)
        self._bot = bot
        self._going = going

    async def _turn(self) -> None:
        found = self._bot.rows("SELECT state, channel FROM interviews WHERE ended_at IS NULL")
        if not found:
            if self._going.is_set():
                await (await self._peer.slash(self._person, "interview start", questions=2)).message("", 2.0)
            return
        ((state, channel),) = found
        if state == "paused":
            await (await self._peer.slash(self._person, "interview resume")).message("", 2.0)
        elif int(channel) != CHANNEL:
            seen = next(filter(_playable, reversed(self._peer.world.seen_in(int(channel)))), None)
            if seen is not None and seen.id not in self._done:
                await self._answer(seen)


def _playable(seen: Seen) -> bool:
    return bool({"Join", "Answer"} & seen.buttons.keys())


async def _host(peer: Peer, bot: Bot, going: asyncio.Event) -> None:
    """Start a contest whenever none runs, and begin it once all have joined."""
    owner = peer.world.people[OWNER]
    while True:
        await asyncio.sleep(0.3)
        with suppress(AssertionError):
            running_now = bot.rows(
                "SELECT state, (SELECT count(*) FROM contest_people WHERE contest = id)"
                " FROM contests WHERE ended_at IS NULL"
            )
            if not running_now and going.is_set():
                # Between two rounds is a long pause, in which a kill finds nothing to break.
                rounds = 2 if len(bot.rows("SELECT 1 FROM contests")) % 5 == 4 else 1
                begun = await peer.slash(owner, "contest start", rounds=rounds, seconds=30)
                await begun.acknowledgement(1.0)
            elif running_now == [("joining", len(PLAYERS))]:
                seen = next(each for each in reversed(peer.world.seen_in(CHANNEL)) if "Join" in each.buttons)
                await (await peer.press(owner, seen, "Begin")).acknowledgement(1.0)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_fifty_kills_lose_nothing_acknowledged_and_leave_nothing_stuck(tmp_path: Path) -> None:
    async def scenario() -> None:
        generator = random.Random(20261124)
        corpus = write_corpus(tmp_path, *NAMES)
        async with running() as peer, started(peer, tmp_path, corpus) as bot:
            going = asyncio.Event()
            going.set()
            owner = peer.world.people[OWNER]
            await (await peer.slash(owner, "setup limits", answers=1000)).message("1000")
            people = [peer.world.person(number, name) for number, name in enumerate(PLAYERS, 1)]
            players = [Player(peer, person, random.Random(person.id)) for person in people]
            players.append(Practiser(peer, peer.world.person(9, "dot"), random.Random(9)))
            players.append(Candidate(peer, peer.world.person(8, "eva"), random.Random(8), bot, going))
            tasks = [asyncio.create_task(player.play()) for player in players]
            tasks.append(asyncio.create_task(_host(peer, bot, going)))
            try:
                for _ in range(KILLS):
                    await asyncio.sleep(generator.uniform(0.0, 3.0))
                    for task in tasks:
                        if task.done():
                            await task  # raises what ended it
                    await bot.kill()
                    assert bot.rows("PRAGMA integrity_check") == [("ok",)]
                    _check_stored(bot, players)
                    await bot.start()
                going.clear()
                await _finish(peer, bot)
                tasks[PRACTISER].cancel()
                for sent, _ in players[PRACTISER].sent:
                    if sent.answered_with == 7:
                        await sent.message(" / 100")
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            _check_stored(bot, players)
            assert not bot.rows("SELECT 1 FROM submissions WHERE attempt IS NULL AND answer IS NOT NULL")
            ((rounds,),) = bot.rows("SELECT count(*) FROM rounds")
            titles = [str(each.json["embeds"]) for each in peer.world.seen_in(CHANNEL)]
            assert sum(bool(ASKED.search(title)) for title in titles) == rounds > 0
            shown = [
                sum("Scorecard" in seen.text for seen in peer.world.seen_in(number))
                for number, channel in peer.world.channels.items()
                if channel["type"] == 12 and peer.world.seen_in(number)
            ]
            assert shown == [1] * len(shown) != []
            assert await bot.stop() == 0
        answered = sum(len(player.sent) for player in players)
        print(f"{KILLS} kills, {rounds} rounds, {len(shown)} interviews, {answered} answers")

    asyncio.run(scenario())


async def _finish(peer: Peer, bot: Bot) -> None:
    """Wait until no contest and no interview runs; AssertionError shows what is stuck."""
    running_now = (
        "SELECT 'contest', state, channel FROM contests WHERE ended_at IS NULL"
        " UNION ALL SELECT 'interview', state, channel FROM interviews WHERE message IS NULL"
    )
    try:
        async with asyncio.timeout(120):
            while bot.rows(running_now):
                await asyncio.sleep(0.5)
    except TimeoutError:
        stuck = bot.rows(running_now)
        shown = [(seen.text, [*seen.buttons]) for seen in peer.world.seen_in(int(stuck[0][2]))[-3:]]
        said = [
            (each.kind, each.answered_with, each.refusals, [Seen(message).text for message in each.messages])
            for each in list(peer.world.interactions.values())[-5:]
        ]
        raise AssertionError(f"stuck: {stuck}, shown {shown}, said {said}") from None


def _check_stored(bot: Bot, players: list[Player]) -> None:
    """Compare what was acknowledged (a refusal comes as a message at once) with what is stored."""
    stored = dict(
        bot.rows(
            "SELECT submissions.request, coalesce(submissions.answer, attempts.answer)"
            " FROM submissions LEFT JOIN attempts ON attempts.id = submissions.attempt"
        )
    )
    for player in players:
        for sent, text in player.sent:
            if sent.answered_with in (5, 7):
                # An answer to a follow-up question is kept together with the first one.
                assert text in stored[sent.id]
