"""What holds for all features: owners, haste, the 3 s and 15 min rules, errors, limits, the end."""

import asyncio
import logging
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.client import BURST, FEATURES
from bot.components import Button, buttons
from bot.logs import TextFormatter
from grader.models import Grade
from questions.models import Bank, KeyPoint, Question
from tests.cogs.scene import Scene, labels, message, text
from tests.cogs.test_practice import FULL, answer, attempts, card_of


async def test_too_much_haste_is_slowed_down(scene: Scene) -> None:
    told = [scene.told(await scene.ann.slash(scene.channel, "help")) for _ in range(BURST + 1)]
    assert "try again in" in told[-1]
    assert not any("try again in" in each for each in told[:-1])
    # Somebody else isn't concerned.
    assert "/practice" in scene.told(await scene.ben.slash(scene.channel, "help"))


async def test_haste_loses_no_answer(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    for _ in range(BURST):
        await scene.ann.slash(scene.channel, "help")
    await scene.ann.submit_modal(opened, {"answer": FULL})
    assert "**100 / 100**" in text(asked)
    assert scene.env.errors is not None


async def test_what_was_answered_late_is_stored_nevertheless(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    scene.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062, message="Unknown")
    await scene.ann.submit_modal(opened, {"answer": FULL})
    assert await attempts(scene) == 1


async def test_an_acknowledgement_that_got_through_unseen_is_no_error(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    scene.env.inject_error("POST", "/interactions/*/callback", status=400, code=40060, message="Done")
    await scene.ann.submit_modal(opened, {"answer": FULL})
    assert await attempts(scene) == 1


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (401, 50027), (404, 10008)])
async def test_a_mark_that_could_not_be_shown_is_shown_on_demand(
    scene: Scene, status: int, code: int
) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    scene.env.inject_error("PATCH", "/webhooks/*/messages/*", status=status, code=code, message="x")
    await scene.ann.submit_modal(opened, {"answer": FULL})
    assert labels(asked) == ["Show my mark"]
    await scene.restart()
    await scene.ann.click(asked, label="Show my mark")
    assert "**100 / 100**" in text(asked)
    assert await attempts(scene) == 1


async def test_slow_grading_is_acknowledged_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    let_go(scene, monkeypatch, after=60)
    sent = await scene.ann.submit_modal(opened, {"answer": FULL})
    assert sent.acknowledged
    assert "being graded" in text(asked)
    await scene.env.advance_time(61)
    assert "**100 / 100**" in text(asked)


async def test_a_mark_that_took_over_a_quarter_of_an_hour_waits_for_its_button(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    let_go(scene, monkeypatch, after=16 * 60)
    await scene.ann.submit_modal(opened, {"answer": FULL})
    await scene.env.advance_time(17 * 60)
    assert labels(asked) == ["Show my mark"]
    await scene.ann.click(asked, label="Show my mark")
    assert "**100 / 100**" in text(asked)
    assert await attempts(scene) == 1


def let_go(scene: Scene, monkeypatch: pytest.MonkeyPatch, *, after: float) -> None:
    """Let grades come only after so many seconds."""
    grade = scene.bot.grader.grade

    async def late(asked: Question, words: str) -> Grade:
        await asyncio.sleep(after)
        return await grade(asked, words)

    monkeypatch.setattr(scene.bot.grader, "grade", late)


async def test_buttons_work_after_the_token_of_their_message_expired(scene: Scene) -> None:
    card = await card_of(scene)
    await scene.env.advance_time(16 * 60)
    assert "slowly" in text(message(await scene.ann.click(card, label="Model answer")))


async def test_the_same_interaction_counts_once(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    await scene.ann.submit_modal(opened, {"answer": FULL})
    payload = next(
        data
        for kind, name, data in reversed(scene.env.backend.transcript)
        if (kind, name) == ("GATEWAY", "INTERACTION_CREATE")
    )
    scene.env.backend.emit("INTERACTION_CREATE", payload)
    await scene.env.settle()
    assert await attempts(scene) == 1


async def test_an_error_of_ours_has_a_reference_and_no_words_of_people_in_the_log(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")

    async def fail(*_: object) -> None:
        raise ValueError(f"can't grade {FULL}")

    monkeypatch.setattr(scene.bot.grader, "grade", fail)
    caplog.handler.setFormatter(TextFormatter())
    with caplog.at_level(logging.INFO):
        sent = await scene.ann.submit_modal(opened, {"answer": FULL})
    told = scene.told(sent)
    assert "Something went wrong" in told
    reference = told.split("`")[1]
    assert reference in caplog.text
    assert "ValueError" in caplog.text
    assert FULL not in caplog.text


async def test_a_clock_goes_on_after_an_error_and_logs_it_once(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise ValueError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(type(scene.bot.get_cog("ContestFeature")), "drive", fail)
        await scene.env.advance_time(5)
    assert caplog.text.count("ContestFeature.watch: unexpected ValueError") == 1
    started = await scene.ben.slash(scene.channel, "contest start", rounds=1)
    await scene.ann.click(message(started), label="Join")
    await scene.env.advance_time(62)
    assert any("Answer" in labels(each) for each in scene.channel.history())


async def test_an_old_button_is_told_so(scene: Scene) -> None:
    bot = scene.bot
    channel = bot.get_channel(scene.channel.id)
    assert isinstance(channel, discord.TextChannel)
    old = await channel.send("x", view=buttons(Button("gone-feature", "", 1, label="Old")))
    assert "earlier version" in scene.told(await scene.ann.click(old, label="Old"))


HOSTILE = [(), ("",), ("x", "y", "z"), ("9" * 30, "9" * 30, "-1"), ("1", "1", "1"), ("٣", "model", "٣")]


@pytest.mark.parametrize("args", HOSTILE)
async def test_ids_that_no_version_made_do_no_harm(
    scene: Scene, args: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    scene.bot._burst = commands.CooldownMapping.from_cooldown(1_000, 1.0, lambda _: 1)
    channel = scene.bot.get_channel(scene.channel.id)
    assert isinstance(channel, discord.TextChannel)
    for name in [*scene.bot.actions, "no-such"]:
        made = await channel.send("x", view=buttons(Button(name, "", *args, label="Press")))
        pressed = await scene.ann.click(made, label="Press")
        assert pressed.acknowledged, name
        scene.told(pressed)
    sent = next(
        data
        for kind, name, data in reversed(scene.env.backend.transcript)
        if (kind, name) == ("GATEWAY", "INTERACTION_CREATE")
    )
    for number, name in enumerate([*scene.bot.forms, "no-such"], 1):
        form = {
            **sent,
            "id": str(int(sent["id"]) + number),
            "type": discord.InteractionType.modal_submit.value,
            "data": {"components": [], "custom_id": ":".join(["f", name, "", *args])},
        }
        scene.env.backend.emit("INTERACTION_CREATE", form)
        await scene.env.settle()
    assert "unexpected" not in caplog.text


async def test_a_removed_bot_ends_its_contests(scene: Scene) -> None:
    started = await scene.ben.slash(scene.channel, "contest start")
    await scene.ann.click(message(started), label="Join")
    scene.env.backend.emit("GUILD_DELETE", {"id": str(scene.guild.id)})
    await scene.env.settle()
    found = await scene.read(lambda services: services.contests.here(str(scene.channel.id)))
    assert found is None


async def test_closing_finishes_what_is_in_flight_and_takes_nothing_new(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0.05)
        done.append(1)

    scene.bot.spawn(work(), "work")
    with monkeypatch.context() as threads:
        threads.setattr(scene.bot.grader, "close", _nothing)
        threads.setattr(scene.bot.db, "close", _nothing)
        closing = asyncio.create_task(scene.bot.close())
        await asyncio.sleep(0)
        with pytest.raises(Exception, match="restarting"):
            scene.bot.admit(_Somebody())  # type: ignore[arg-type]
        await closing
    assert done == [1]


async def _nothing() -> None:
    """Leave the threads to the fixture."""


class _Somebody:
    id = 1
    type = discord.InteractionType.component


async def test_commands_are_within_discords_limits(scene: Scene) -> None:
    commands = scene.bot.tree.get_commands()
    assert {command.name for command in commands} == {
        "about",
        "appeals",
        "bank",
        "contest",
        "daily",
        "help",
        "interview",
        "leaderboard",
        "practice",
        "privacy",
        "progress",
        "review",
        "settings",
        "setup",
    }
    for command in scene.bot.tree.walk_commands():
        assert 1 <= len(command.description) <= 100
        assert command.description[0].isupper()
        if isinstance(command, app_commands.Command):
            assert all(1 < len(option.description) <= 100 for option in command.parameters)


class Backwards(app_commands.Translator):
    """Translates into a language with every text the other way round."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        named = context.location.name.endswith("name")
        if locale is not discord.Locale.german:
            return None
        return string.message[::-1].strip("-") if named else string.message[::-1]


async def test_a_translator_can_put_every_command_into_another_language(scene: Scene) -> None:
    translator = Backwards()

    def check(data: dict[str, Any]) -> None:
        assert data["description_localizations"]["de"] == data["description"][::-1]
        assert "de" in data["name_localizations"]
        for option in data.get("options", ()):
            check(option)
        for choice in data.get("choices", ()):
            assert "de" in choice["name_localizations"]

    for command in scene.bot.tree.get_commands():
        check(await command.get_translated_payload(scene.bot.tree, translator))


def test_every_feature_has_a_file() -> None:
    from pathlib import Path

    from bot import cogs

    files = {path.stem for path in Path(cogs.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == set(FEATURES)


def long_bank() -> Bank:
    """One question with texts as long as they come."""
    words = "The kernel schedules processes and shares memory between them. "
    points = tuple(
        KeyPoint(id=f"p{number}", text=f"Point {number}: {words * 6}", weight=1) for number in range(25)
    )
    asked = Question(
        id="long/" + "x" * 300,
        topic="Kernels " * 40,
        level="advanced",  # type: ignore[arg-type]
        prompt=f"What is this? {words * 100}",
        reference="\n\n".join(f"```sh\n{'echo long ' * 30}\n```\n{words * 20}" for _ in range(10)),
        key_points=points,
    )
    return Bank({asked.id: asked})


@pytest.fixture
def of_long_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot ask a question with very long texts."""
    monkeypatch.setattr("tests.cogs.scene.small_bank", long_bank)


@pytest.mark.usefixtures("of_long_texts")
async def test_long_texts_are_paged_within_the_limits(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    assert opened.modal is not None
    card = message(await scene.ann.submit_modal(opened, {"answer": "The kernel. " * 330}))
    assert labels(card)[0] == "Rest of the card"
    rest = message(await scene.ann.click(card, label="Rest of the card"))
    assert "Page 2 of" in text(rest)
    model = message(await scene.ann.click(card, label="Model answer"))
    seen = text(model)
    while True:
        for embed in model.embeds:
            assert len(embed.description or "") <= 4096
            assert (embed.description or "").count("```") % 2 == 0
        page, of = (int(word) for word in text(model).rsplit("Page ", 1)[1].split()[::2][:2])
        if page == of:
            break
        await scene.ann.click(model, label="On ▶")
        seen += text(model)
    assert seen.count("echo long") >= 290


async def test_another_answer_can_follow_at_once(scene: Scene) -> None:
    card = await card_of(scene)
    after = message(await scene.ann.click(card, label="Next"))
    assert "100" in text(await answer(scene.ann, after, FULL))
