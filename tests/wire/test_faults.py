"""What Discord and its people do to a running bot: refusals, expiry, things that are gone."""

import asyncio
from pathlib import Path

import pytest

from tests.wire.gateway import MESSAGE_CONTENT
from tests.wire.peer import UNPRIVILEGED, Peer, running
from tests.wire.process import Bot, started, write_corpus
from tests.wire.scenes import RIGHT, answers, asked, graded, wire
from tests.wire.world import CHANNEL, GUILD, OWNER

pytestmark = pytest.mark.slow


def _threads(peer: Peer) -> list[int]:
    return [number for number, each in peer.world.channels.items() if each["type"] == 12]


@wire
async def test_without_its_thread_an_interview_waits_and_nobody_else_reads_along(
    peer: Peer, bot: Bot
) -> None:
    ann = peer.world.person(1, "ann")
    refused = peer.fail("POST", "/threads$", 403, code=50013)
    assert (await (await peer.slash(ann, "interview start")).message("manager")).ephemeral
    assert refused.met == 1
    await bot.kill()
    await bot.start()
    await asyncio.sleep(1)
    assert not peer.world.seen_in(CHANNEL)
    await (await peer.slash(ann, "interview resume")).message("<#")
    (thread,) = _threads(peer)
    await peer.shown(thread, "grow?")


@wire
async def test_killed_before_its_thread_is_made_an_interview_waits_too(peer: Peer, bot: Bot) -> None:
    ann = peer.world.person(1, "ann")
    peer.refuse_for("POST", "/threads$", 60)
    await peer.slash(ann, "interview start")
    async with asyncio.timeout(10):
        while not bot.rows("SELECT 1 FROM interviews"):
            await asyncio.sleep(0.05)
    await bot.kill()
    await bot.start()
    async with asyncio.timeout(10):
        while bot.rows("SELECT state FROM interviews") != [("paused",)]:
            await asyncio.sleep(0.05)
    assert not peer.world.seen_in(CHANNEL)


@wire
async def test_a_mark_that_comes_after_the_token_expired_is_kept_for_its_button(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    opened = await peer.press(begun.person, question, "Answer")
    await opened.opened()
    peer.rest.token_lives = 0.0
    sent = await peer.submit(opened, RIGHT)
    await sent.acknowledgement()
    while not answers(bot):
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    peer.rest.token_lives = 900.0
    waiting = await sent.message("graded")
    await graded(await peer.press(begun.person, waiting, "Show my mark"))
    assert answers(bot) == [RIGHT]


@wire
async def test_a_global_429_stops_all_requests_and_loses_nothing(peer: Peer, bot: Bot) -> None:
    ann = peer.world.person(1, "ann")
    met = peer.refuse_for("POST", "/threads$", 0.5, everywhere=True)
    await peer.slash(ann, "interview start")
    while not _threads(peer):
        await asyncio.sleep(0.05)
    await peer.shown(_threads(peer)[0], "grow?")
    assert met.met == 1
    assert bot.rows("SELECT count(*) FROM interviews") == [(1,)]


@wire
async def test_a_contest_whose_channel_is_closed_ends_and_its_host_is_told(peer: Peer, bot: Bot) -> None:
    host = peer.world.people[OWNER]
    await peer.slash(host, "contest start", rounds=1, seconds=30)
    joining = await peer.shown(CHANNEL, "host")
    await (await peer.press(host, joining, "Join")).acknowledgement()
    peer.fail("POST", f"/channels/{CHANNEL}/messages$", 403, code=50001, times=9)
    await peer.press(host, await peer.shown(CHANNEL, "host"), "Begin")
    direct = peer.world.direct(OWNER)
    assert str(CHANNEL) in (await peer.shown(int(direct["id"]), "")).text
    async with asyncio.timeout(10):
        while bot.rows("SELECT 1 FROM contests WHERE ended_at IS NULL"):
            await asyncio.sleep(0.1)


@wire
async def test_a_server_that_removes_the_bot_is_noted(peer: Peer, bot: Bot) -> None:
    await asked(peer)
    await peer.slash(peer.world.people[OWNER], "contest start", rounds=1, seconds=30)
    await peer.shown(CHANNEL, "host")
    await peer.gateway.dispatch("GUILD_DELETE", {"id": str(GUILD)})
    async with asyncio.timeout(10):
        while bot.rows("SELECT 1 FROM contests WHERE ended_at IS NULL"):
            await asyncio.sleep(0.1)


@wire
async def test_a_deleted_thread_pauses_the_interview_until_it_is_resumed_elsewhere(
    peer: Peer, bot: Bot
) -> None:
    ann = peer.world.person(1, "ann")
    await (await peer.slash(ann, "interview start")).message("<#")
    (thread,) = _threads(peer)
    question = await peer.shown(thread, "grow?")
    pressed = await peer.press(ann, question, "Answer")
    await pressed.opened()
    gone = peer.world.channels.pop(thread)
    await peer.gateway.dispatch("THREAD_DELETE", gone)
    peer.world.channels[thread] = gone  # the form was sent just before
    sent = await peer.submit(pressed, RIGHT)
    del peer.world.channels[thread]
    await sent.acknowledgement()
    async with asyncio.timeout(10):
        while bot.rows("SELECT state FROM interviews") != [("paused",)]:
            await asyncio.sleep(0.1)
    await (await peer.slash(ann, "interview resume")).message("<#")
    (thread,) = _threads(peer)
    assert "Answer" in (await peer.shown(thread, "")).buttons


def test_plain_messages_are_answers_where_the_server_turned_them_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        corpus = write_corpus(tmp_path, "plum")
        environment = {"INTERVIEW_DISCORD_MESSAGE_CONTENT": "true"}
        async with (
            running(intents_allowed=UNPRIVILEGED | MESSAGE_CONTENT) as peer,
            started(peer, tmp_path, corpus, **environment) as bot,
        ):
            owner = peer.world.people[OWNER]
            await (await peer.slash(owner, "setup plain-messages", on=True)).message()
            await (await peer.slash(owner, "interview start", questions=1)).message("<#")
            (thread,) = _threads(peer)
            await peer.shown(thread, "grow?")
            await peer.write(owner, thread, f"||{RIGHT}||")
            follow_up = await peer.shown(thread, "Follow-up")
            assert answers(bot) == [RIGHT]
            await peer.press(owner, follow_up, "Finish")
            card = await peer.shown(thread, "Scorecard")
            (attachment,) = card.json["attachments"]
            assert peer.world.files[attachment["id"]].data.startswith(b"\x89PNG\r\n")
            assert len(attachment["description"]) > 20
            assert await bot.stop() == 0

    asyncio.run(scenario())


def test_two_shards_serve_direct_messages_and_servers(tmp_path: Path) -> None:
    async def scenario() -> None:
        corpus = write_corpus(tmp_path, "plum")
        async with running() as peer:
            peer.rest.shards = 2
            async with started(peer, tmp_path, corpus) as bot:
                ann = peer.world.person(1, "ann")
                direct = int(peer.world.direct(ann.id)["id"])
                question = await (await peer.slash(ann, "practice", channel=direct)).message("grow?")
                await graded(await peer.answer(ann, question, RIGHT))
                await asked(peer, 2)
                async with asyncio.timeout(20):
                    while len(peer.gateway.sessions) < 2:
                        await asyncio.sleep(0.1)
                assert await bot.stop() == 0

    asyncio.run(scenario())
