"""`interview run` as its owner starts it, against the loopback peer."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import OUTCOMES
from tests.watching import free_port
from tests.wire.peer import TOKEN, Peer, running
from tests.wire.process import Bot, started, write_corpus
from tests.wire.scenes import MARK, RIGHT, answers, asked, graded, wire
from tests.wire.world import CHANNEL


@wire
async def test_an_answer_is_graded_privately_and_stored(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    assert question.ephemeral
    form = await (opened := await peer.press(begun.person, question, "Answer")).opened()
    assert form["title"]
    sent = await peer.submit(opened, RIGHT)
    card = await graded(sent)
    assert card.ephemeral
    assert answers(bot) == [RIGHT]
    assert not peer.world.seen_in(CHANNEL)
    assert RIGHT not in bot.log
    shared = await peer.press(begun.person, card, "Share")
    await shared.until(lambda: peer.world.seen_in(CHANNEL), "the shared card")
    assert MARK.search(peer.world.seen_in(CHANNEL)[0].text)


@wire
async def test_topics_are_offered(peer: Peer, bot: Bot) -> None:
    person = peer.world.person(1, "ann")
    assert [choice["value"] for choice in await peer.complete(person, "practice", "topic", "fr")] == ["fruit"]
    assert bot.rows("SELECT count(*) FROM sessions") == [(0,)]


@pytest.mark.slow
@wire
async def test_nobody_presses_another_persons_button(peer: Peer, bot: Bot) -> None:
    _, question = await asked(peer)
    pressed = await peer.press(peer.world.person(2, "bob"), question, "Answer")
    seen = await pressed.message()
    assert seen.ephemeral
    assert pressed.modal is None
    assert not answers(bot)


@pytest.mark.slow
@wire
async def test_after_the_last_question_comes_a_summary(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    for _ in range(3):
        skipped = await peer.press(begun.person, question, "Skip")
        await skipped.edited()
        question = await skipped.message()
    assert "Summary" in question.text
    assert not question.buttons
    more = await (await peer.slash(begun.person, "practice")).message()
    assert more.buttons
    assert bot.rows("SELECT count(*) FROM sessions WHERE ended_at IS NULL") == [(1,)]


@wire
async def test_a_late_acknowledgement_is_refused_and_the_answer_kept(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    opened = await peer.press(begun.person, question, "Answer")
    sent = await peer.submit(opened, RIGHT, late=3.5)
    await sent.until(lambda: 10062 in sent.refusals, "the refusal")
    while not answers(bot):
        await asyncio.sleep(0.05)
    late = await peer.slash(begun.person, "practice", late=3.5)
    await late.until(lambda: 10062 in late.refusals, "the refusal")
    assert (await asked(peer, 2))[1].buttons


@wire
async def test_a_dropped_socket_is_resumed_and_nothing_is_said_twice(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    session = peer.gateway.sessions[0]
    await peer.gateway.drop()
    await graded(await peer.answer(begun.person, question, RIGHT))
    assert 6 in peer.gateway.log
    assert peer.gateway.sessions == {0: session}
    await peer.gateway.drop(4000)
    assert (await asked(peer, 2))[1].buttons
    assert peer.gateway.sessions == {0: session}
    assert answers(bot) == [RIGHT]


@pytest.mark.slow
@wire
async def test_a_session_that_discord_forgot_is_begun_anew(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    before = peer.gateway.sessions[0].id
    await peer.gateway.drop()
    peer.gateway.forget()
    await graded(await peer.answer(begun.person, question, RIGHT))
    assert peer.gateway.sessions[0].id != before
    assert answers(bot) == [RIGHT]


@wire
async def test_unannounced_429s_are_waited_for(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    faults = [
        peer.refuse_for("POST", "/callback$", 0.2),
        peer.refuse_for("PATCH", "/messages/@original$", 0.3),
    ]
    await graded(await peer.answer(begun.person, question, RIGHT))
    assert [fault.met for fault in faults] == [1, 1]
    assert answers(bot) == [RIGHT]


@pytest.mark.slow
@wire
async def test_5xx_are_tried_again_and_an_answer_lost_on_its_way_does_no_harm(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    opened = await peer.press(begun.person, question, "Answer")
    await opened.opened()
    hidden = peer.fail("POST", "/callback$", 500, hidden=True)
    failed = peer.fail("PATCH", "/messages/@original$", 502)
    sent = await peer.submit(opened, RIGHT)
    await graded(sent)
    assert (hidden.met, failed.met) == (1, 1)
    assert sent.refusals == [40060]
    assert answers(bot) == [RIGHT]


@pytest.mark.slow
@wire
async def test_a_picture_comes_as_a_file_with_alternative_text(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    await graded(await peer.answer(begun.person, question, RIGHT))
    shown = await (await peer.slash(begun.person, "progress")).message()
    (attachment,) = shown.json["attachments"]
    assert len(attachment["description"]) > 20
    assert peer.world.files[attachment["id"]].data.startswith(b"\x89PNG\r\n")
    assert "fruit" in shown.text
    assert answers(bot) == [RIGHT]


@pytest.mark.slow
@wire
async def test_an_interview_keeps_to_announced_limits(peer: Peer, bot: Bot) -> None:
    limit = peer.limit("POST", r"/channels/\d+/messages$", 1, 0.5)
    person = peer.world.person(1, "ann")
    begun = await peer.slash(person, "interview start", questions=2)
    await begun.message()
    threads = [number for number, each in peer.world.channels.items() if each["type"] == 12]
    assert len(threads) == 1
    first = await peer.shown(threads[0], "grow?")
    await (await peer.press(person, first, "Pass")).acknowledgement()
    second = await peer.shown(threads[0], "grow?", after=first.id)
    await (await peer.press(person, second, "Pass")).acknowledgement()
    await peer.shown(threads[0], "", after=second.id)
    assert limit.exceeded == 0
    assert limit.recent
    assert bot.rows("SELECT count(*) FROM turns WHERE answered_at IS NOT NULL") == [(2,)]


@wire
async def test_sigterm_finishes_what_is_in_flight_and_a_restart_goes_on(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    sent = await peer.answer(begun.person, question, RIGHT)
    await sent.acknowledgement()
    assert await bot.stop() == 0
    card = await graded(sent)
    edits = sent.edits
    assert answers(bot) == [RIGHT]
    await bot.start()
    onward = await (await peer.press(begun.person, card, "Next")).message("grow?")
    await graded(await peer.answer(begun.person, onward, "It grows."))
    assert sent.edits == edits
    assert answers(bot) == [RIGHT, "It grows."]


@pytest.mark.slow
@wire
async def test_an_answer_acknowledged_before_a_crash_is_graded_after_it(peer: Peer, bot: Bot) -> None:
    begun, question = await asked(peer)
    sent = await peer.answer(begun.person, question, RIGHT)
    await sent.acknowledgement()
    await bot.kill()
    await bot.start()
    card = await graded(sent)
    assert answers(bot) == [RIGHT]
    assert (await (await peer.press(begun.person, card, "Model answer")).message("tall tree")).ephemeral


@pytest.mark.parametrize(
    ("named", "environment"),
    [
        ("DISCORD_TOKEN", {"DISCORD_TOKEN": "MTIz.wrong.token"}),
        ("INTERVIEW_DISCORD_MESSAGE_CONTENT", {"INTERVIEW_DISCORD_MESSAGE_CONTENT": "true"}),
        ("INTERVIEW_DISCORD_API", {"INTERVIEW_DISCORD_API": "http://127.0.0.1:9/api/v10"}),
    ],
)
def test_what_keeps_the_bot_from_discord_is_said_in_one_line(
    tmp_path: Path, named: str, environment: dict[str, str]
) -> None:
    async def scenario() -> None:
        corpus = write_corpus(tmp_path, "plum")
        async with running() as peer:
            bot = Bot(peer, tmp_path, corpus, **environment)
            try:
                await bot.spawn()
                assert await bot.ended() == 1
            finally:
                await bot.clean()
            (error,) = [record for record in bot.records() if record["level"] == "critical"]
            assert named in error["message"]
            assert "\n" not in error["message"]
            assert "Traceback" not in bot.log
            assert "MTIz" not in bot.log

    asyncio.run(scenario())


async def measured(port: int) -> dict[str, float]:
    """Read the bot's metrics, those with labels as in `name{label="value"}`."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
    return {
        sample.name
        + "".join(f"{{{name}={value}}}" for name, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


async def ready(port: int) -> int:
    """The status of `/ready`."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/ready") as answer:
        return answer.status


@pytest.mark.slow
def test_an_operator_sees_that_the_bot_is_well_and_nothing_of_what_people_write(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        watched = {"INTERVIEW_HEALTH_PORT": str(port), "INTERVIEW_LOG_LEVEL": "debug"}
        corpus = write_corpus(tmp_path, "plum", "pear", "fig")
        async with running() as peer, started(peer, tmp_path, corpus, **watched) as bot:
            begun, question = await asked(peer)
            slowed = peer.refuse_for("POST", "/callback$", 0.1)
            failing = peer.fail("PATCH", "/messages/@original$", 400, code=50035)
            sent = await peer.answer(begun.person, question, RIGHT)
            reference = (await sent.message("went wrong")).text.split("`")[1]
            assert (slowed.met, failing.met) == (1, 1)
            await peer.gateway.drop()
            onward = (await asked(peer, 2))[0]
            found = await measured(port)
            assert found["interview_acknowledgement_seconds_count"] == 4
            assert found["interview_acknowledgement_seconds_bucket{le=3.0}"] == 4
            assert found["interview_interactions_total{command=practice}{kind=command}{result=ok}"] == 2
            assert found["interview_interactions_total{command=answer}{kind=form}{result=error}"] == 1
            assert sum(found[f"interview_answers_graded_total{{outcome={each}}}"] for each in OUTCOMES) == 1
            assert found["interview_gateway_reconnects_total{how=resumed}"] == 1
            assert 0 <= found["interview_gateway_latency_seconds{shard=0}"] < 60
            assert found["interview_sessions_open{kind=practice}"] == 2
            assert await ready(port) == 200
            assert await bot.stop() == 0
        records = bot.records()
        about = [
            record["message"].splitlines()[0] for record in records if record.get("reference") == reference
        ]
        assert "form answer: unexpected HTTPException (status 400, code 50035)" in about
        words = [RIGHT, RIGHT[10:30], TOKEN, sent.token, onward.token, begun.person.name, "made to fail"]
        for word in words:
            assert word not in bot.log

    asyncio.run(scenario())
