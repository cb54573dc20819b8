"""What an operator sees of what people do: metrics, references, and logs without anybody's words."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
import pytest
from discord import app_commands
from pydantic import TypeAdapter

from bot import logs
from bot.practice import Practice
from bot.services import Services
from bot.store import StoreError
from grader.models import Grade
from questions.models import Question
from tests.cogs.scene import Scene, message
from tests.cogs.test_keepers import appealed
from tests.cogs.test_practice import FULL, attempts, card_of
from tests.watching import Stream, value

ANSWER = "Grandmother's secret orchard answer"
NAME = "Wilhelmina-Augusta"
TOKEN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789ab"
BODY = "the body of Discord's reply"


def talk() -> None:
    """Log as a running bot does, at the most talkative level, and with debug on where it should be off."""
    logs.set_up("json", "debug")
    for name in ("discord", "asyncio", "aiohttp"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    asyncio.get_running_loop().set_exception_handler(logs.log_unhandled)


def records(stream: Stream) -> list[dict[str, str]]:
    """Read what was logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines() if line.startswith("{")]


def interactions(scene: Scene, kind: str, command: str, result: str) -> float:
    """How often something was used and ended so."""
    labels_ = {"kind": kind, "command": command, "result": result}
    return value(scene.bot.metrics, "interview_interactions_total", **labels_)


# ------------------------------------------------------------------ metrics


async def test_interactions_are_counted_by_what_was_used_and_how_it_ended(scene: Scene) -> None:
    card = await card_of(scene)
    await scene.ann.click(card, label="Model answer")
    contest = message(await scene.ann.slash(scene.channel, "contest start"))
    scene.told(await scene.ben.click(contest, label="Begin now"))
    scene.told(await scene.ann.slash(scene.channel, "interview stop"))
    assert interactions(scene, "command", "practice", "ok") == 1
    assert interactions(scene, "component", "answer", "ok") == 1
    assert interactions(scene, "form", "answer", "ok") == 1
    assert interactions(scene, "component", "model", "ok") == 1
    assert interactions(scene, "component", "begin", "refused") == 1
    assert interactions(scene, "command", "interview stop", "refused") == 1


async def test_what_was_typed_is_in_no_label(scene: Scene) -> None:
    scene.told(await scene.ann.slash(scene.channel, "practice", topic=ANSWER))
    assert interactions(scene, "command", "practice", "refused") == 1
    assert ANSWER not in scene.bot.metrics.text().decode()


async def test_answers_are_counted_and_timed(scene: Scene) -> None:
    await card_of(scene)
    metrics = scene.bot.metrics
    assert value(metrics, "interview_answers_graded_total", outcome="80-100") == 1
    assert value(metrics, "interview_answers_unsure_total") == 0
    assert value(metrics, "interview_grade_seconds_count") == 1
    assert value(metrics, "interview_grade_batch_size_sum") == 1
    assert value(metrics, "interview_grade_queue") == 0
    assert value(metrics, "interview_database_seconds_count", phase="waiting") > 2


async def test_sessions_and_appeals_are_counted_where_they_are_stored(scene: Scene) -> None:
    await appealed(scene, staff=False)
    await scene.ben.slash(scene.channel, "contest start")

    def count(services: Services) -> tuple[dict[str, int], dict[str, int]]:
        return services.store.vitals.open_sessions(), services.store.vitals.appeals()

    sessions, appeals = await scene.read(count)
    assert sessions == {"practice": 1, "interview": 0, "contest": 1, "daily": 0}
    assert appeals == {"open": 1, "upheld": 0, "declined": 0}
    await scene.read(lambda services: services.appeals.decide(1, "discord:99", uphold=True))
    assert (await scene.read(count))[1] == {"open": 0, "upheld": 1, "declined": 0}


# ------------------------------------------------------------------ references


async def test_all_records_of_an_interaction_bear_its_reference(
    scene: Scene, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk()
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    grade_many, mark = WordsThatTell.grade_many, WordsThatTell.mark
    grader = scene.bot.grader._grader
    assert grader is not None
    monkeypatch.setattr(type(grader), "grade_many", grade_many(type(grader).grade_many))
    monkeypatch.setattr("bot.answers.Answers.mark", mark)
    sent = await scene.ann.submit_modal(opened, {"answer": FULL})
    reference = scene.told(sent).split("`")[1]
    of_it = [
        each["message"].splitlines()[0] for each in records(stream) if each.get("reference") == reference
    ]
    assert of_it == [
        "in the grader's thread",
        "in the database's thread",
        "form answer: unexpected ValueError",
        "form answer: error",
    ]


class WordsThatTell:
    """Stand where answers are graded and stored, and say so in the log."""

    log = logging.getLogger("bot.test")

    @classmethod
    def grade_many(cls, grade_many: Callable[..., list[Grade]]) -> Callable[..., list[Grade]]:
        def work(self: object, pairs: Sequence[tuple[Question, str]]) -> list[Grade]:
            cls.log.info("in the grader's thread")
            return grade_many(self, pairs)

        return work

    def mark(self, *_: object) -> None:
        WordsThatTell.log.info("in the database's thread")
        raise ValueError(ANSWER)


async def test_a_batch_bears_the_references_of_all_that_is_in_it(
    scene: Scene, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk()
    grader = scene.bot.grader._grader
    assert grader is not None
    tell = WordsThatTell.grade_many(type(grader).grade_many)
    monkeypatch.setattr(type(grader), "grade_many", tell)
    question = next(iter((await scene.read(lambda services: services.bank(None))).values()))

    async def grade(request: int) -> None:
        logs.reference.set(logs.reference_of(request))
        await scene.bot.grader.grade(question, FULL)

    await asyncio.gather(asyncio.create_task(grade(1)), asyncio.create_task(grade(2)))
    (record,) = [each for each in records(stream) if each["logger"] == "bot.test"]
    assert record["reference"].split() == [logs.reference_of(1), logs.reference_of(2)]


async def test_an_answer_bears_its_reference_after_a_crash_too(
    scene: Scene, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk()
    person = f"discord:{scene.ann.id}"
    await scene.read(lambda services: services.answers.receive("77", person, "apple", ANSWER))
    grader = scene.bot.grader._grader
    assert grader is not None
    monkeypatch.setattr(type(grader), "grade_many", WordsThatTell.grade_many(type(grader).grade_many))
    await scene.restart()
    assert await attempts(scene) == 1
    (record,) = [each for each in records(stream) if each["logger"] == "bot.test"]
    assert record["reference"] == logs.reference_of(77)


# ------------------------------------------------------------------ nobody's words

Fault = Callable[[Scene, pytest.MonkeyPatch], Awaitable[None]]


async def submit(scene: Scene) -> None:
    """Answer a question with the words that may not be logged."""
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    scene.told(await scene.ann.submit_modal(opened, {"answer": ANSWER}))


def raising(make: Callable[[str], Exception]) -> Callable[..., Any]:
    """Make something that raises an error with the last text it is given."""

    def fail(*args: Any, **kwargs: Any) -> None:
        given = [each for each in [*args, *kwargs.values()] if isinstance(each, str)]
        raise make(f"{NAME}: {given or ANSWER}")

    return fail


async def a_command(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Practice, "start", raising(ValueError))
    scene.told(await scene.ann.slash(scene.channel, "practice", topic=ANSWER))


async def a_form(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("bot.answers.Answers.receive", raising(KeyError))
    await submit(scene)


async def the_grader(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    grader = scene.bot.grader._grader
    assert grader is not None

    def fail(_: object, pairs: Sequence[tuple[Question, str]]) -> None:
        raise MemoryError(pairs[0][1])

    patch.setattr(type(grader), "grade_many", fail)
    await submit(scene)


async def the_database(scene: Scene, _: pytest.MonkeyPatch) -> None:
    card = await card_of(scene)
    damaged = ANSWER.encode() + b"\xff"
    await scene.read(
        lambda services: services.store.run("UPDATE attempts SET answer = CAST(? AS TEXT)", [damaged])
    )
    scene.told(await scene.ann.click(card, label="Model answer"))


async def a_constraint(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("bot.answers.Answers.receive", raising(sqlite3.IntegrityError))
    await submit(scene)


async def the_disk(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("i.db: the disk is full") from sqlite3.OperationalError(ANSWER)

    patch.setattr("bot.answers.Answers.receive", fail)
    await submit(scene)


async def a_wrong_value(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        TypeAdapter(int).validate_python(ANSWER)

    patch.setattr("bot.answers.Answers.mark", fail)
    await submit(scene)


async def discords_reply(scene: Scene, _: pytest.MonkeyPatch) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    scene.env.inject_error("PATCH", "/webhooks/*/messages/*", status=400, code=50035, message=BODY)
    scene.told(await scene.ann.submit_modal(opened, {"answer": ANSWER}))


async def discords_refusals(scene: Scene, _: pytest.MonkeyPatch) -> None:
    for status, code in ((403, 50013), (404, 10003), (503, 0), (404, 10062)):
        scene.env.inject_error("POST", "/interactions/*/callback", status=status, code=code, message=BODY)
        scene.told(await scene.ann.slash(scene.channel, "practice", topic=ANSWER))
    scene.bot.log_error(ValueError(BODY), "what the others make no record of")


async def the_background(scene: Scene, _: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        raise ValueError(ANSWER)

    scene.bot.spawn(fail(), "background")
    await scene.env.settle()


async def an_event(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise ValueError(NAME)

    patch.setattr(scene.bot, "on_guild_join", fail, raising=False)
    guild = scene.bot.get_guild(scene.guild.id)
    scene.bot.dispatch("guild_join", guild)
    await scene.env.settle()
    assert scene.env.errors


async def a_clock(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    async def fail(_: object) -> None:
        raise ValueError(ANSWER)

    with patch.context() as broken:
        broken.setattr(type(scene.bot.get_cog("ContestFeature")), "drive", fail)
        await scene.env.advance_time(3)


async def a_completion(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("bot.services.Services.bank", raising(ValueError))
    await scene.ann.autocomplete(scene.channel, "practice", "topic", ANSWER)


async def a_lost_task(_: Scene, __: pytest.MonkeyPatch) -> None:
    async def fail(words: str) -> None:
        raise app_commands.AppCommandError(words)

    task = asyncio.create_task(fail(ANSWER), name=NAME)
    await asyncio.wait({task})
    del task


async def the_library(_: Scene, __: pytest.MonkeyPatch) -> None:
    """What discord.py logs by itself (http.py, webhook/async_.py, gateway.py, tree.py, tasks)."""
    http, gateway = logging.getLogger("discord.http"), logging.getLogger("discord.gateway")
    http.debug("%s %s with %s has returned %s", "POST", "/x", json.dumps({"content": ANSWER}), 200)
    gateway.debug("For Shard ID %s: WebSocket Event: %s", 0, {"t": "INTERACTION_CREATE", "d": ANSWER})
    gateway.warning("Shard ID %s heartbeat blocked, token %s", 0, TOKEN)
    address = f"https://discord.com/api/v10/interactions/12/{NAME}/callback"
    http.warning("We are being rate limited. %s %s responded with 429.", "POST", address)
    error = discord.DiscordException(ANSWER)
    logging.getLogger("discord.ext.tasks").error("Unhandled exception in task %r", "watch", exc_info=error)


FAULTS: tuple[Fault, ...] = (
    a_command,
    a_form,
    the_grader,
    the_database,
    a_constraint,
    the_disk,
    a_wrong_value,
    discords_reply,
    discords_refusals,
    the_background,
    an_event,
    a_clock,
    a_completion,
    a_lost_task,
    the_library,
)


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_goes_wrong_nobodys_words_are_logged(
    scene: Scene, stream: Stream, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    talk()
    members = scene.guild.roles["Members"]
    scene.ann = scene.guild.add_member(scene.env.create_user(NAME), roles=[members])
    await fault(scene, monkeypatch)
    assert scene.env.errors is not None
    told = stream.getvalue()
    assert '"level": "error"' in told
    for secret in (ANSWER, NAME, TOKEN, BODY, "simcord_interaction", "Grandmother"):
        assert secret not in told


async def test_what_goes_well_is_logged_without_words_too(scene: Scene, stream: Stream) -> None:
    talk()
    await submit(scene)
    await scene.ann.slash(scene.channel, "privacy alias", name=NAME)
    assert await attempts(scene) == 1
    assert "form answer: ok" in stream.getvalue()
    for secret in (ANSWER, NAME, "simcord_interaction"):
        assert secret not in stream.getvalue()
