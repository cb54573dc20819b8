"""`/practice`: question, form, card, and every button on them."""

import re

import pytest
from simcord.actors import MemberActor
from simcord.results import ResponseMessage

from bot.models import Attempt
from tests.cogs.scene import Scene, labels, message, text

NAMES = ("apple", "banana", "cherry", "maple")
FULL = " ".join(f"The {name} ripens slowly and birds love {name}." for name in NAMES)


def asked_about(shown: ResponseMessage) -> str:
    """Which question a message asks."""
    found = re.search(r"know about (\w+)\?", text(shown))
    assert found, text(shown)
    return found[1]


async def answer(who: MemberActor, shown: ResponseMessage, words: str) -> ResponseMessage:
    """Press *Answer*, send the form, and return the card."""
    opened = await who.click(shown, label="Answer")
    assert opened.modal is not None
    sent = await who.submit_modal(opened, {"answer": words})
    assert sent.acknowledged
    return message(sent)


async def card_of(scene: Scene, words: str = FULL) -> ResponseMessage:
    """Ask, answer, and return the card."""
    asked = await scene.ann.slash(scene.channel, "practice")
    return await answer(scene.ann, message(asked), words)


async def attempts(scene: Scene) -> int:
    """Count the stored marks."""
    found = await scene.read(lambda services: services.store.marks(f"discord:{scene.ann.id}"))
    return len(found)


async def test_a_question_is_asked_privately(scene: Scene) -> None:
    asked = await scene.ann.slash(scene.channel, "practice", topic="Fruit", count=2)
    assert asked.ephemeral
    assert message(asked).embeds[0].title == "Question 1 of 2"
    assert labels(message(asked)) == ["Answer", "Hint", "Skip", "Report"]


async def test_topics_are_completed(scene: Scene) -> None:
    offered = await scene.ann.autocomplete(scene.channel, "practice", "topic", "tre")
    assert [choice["value"] for choice in offered] == ["Trees"]


async def test_an_unknown_topic_is_told_with_those_there_are(scene: Scene) -> None:
    asked = await scene.ann.slash(scene.channel, "practice", topic="Cars")
    assert "Fruit, Trees" in scene.told(asked)


async def test_the_form_shows_the_question(scene: Scene) -> None:
    asked = await scene.ann.slash(scene.channel, "practice")
    opened = await scene.ann.click(message(asked), label="Answer")
    assert opened.modal is not None
    assert asked_about(message(asked)) in str(opened.modal["components"])


async def test_an_answer_becomes_a_card_and_a_row(scene: Scene) -> None:
    card = await card_of(scene)
    assert "**100 / 100**" in text(card)
    assert "covered" in text(card)
    assert card.ephemeral
    assert labels(card) == ["Model answer", "Next", "Try again", "Share"]
    assert await attempts(scene) == 1


async def test_what_is_missing_can_be_appealed(scene: Scene) -> None:
    card = await card_of(scene, "I don't know.")
    assert "**0 / 100**" in text(card)
    assert "I covered this" in labels(card)


async def test_next_asks_another_question_below(scene: Scene) -> None:
    card = await card_of(scene)
    after = message(await scene.ann.click(card, label="Next"))
    assert after.id != card.id
    assert after.ephemeral
    assert after.embeds[0].title == "Question 2"


async def test_next_pressed_twice_asks_one_question(scene: Scene) -> None:
    card = await card_of(scene)
    first, second = [message(await scene.ann.click(card, label="Next")) for _ in range(2)]
    assert asked_about(first) == asked_about(second)


async def test_the_hint_is_private(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    hint = await scene.ann.click(asked, label="Hint")
    assert hint.ephemeral
    assert "in spring" in text(message(hint))


async def test_skip_puts_the_next_question_in_its_place(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    before = asked_about(asked)
    await scene.ann.click(asked, label="Skip")
    assert asked_about(asked) != before
    assert asked.embeds[0].title == "Question 2"


async def test_the_last_question_is_followed_by_a_summary(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice", count=1))
    card = await answer(scene.ann, asked, FULL)
    end = message(await scene.ann.click(card, label="Next"))
    assert "100 / 100" in text(end)
    assert "Summary" in text(end)


async def test_try_again_asks_the_same_question(scene: Scene) -> None:
    card = await card_of(scene, "I don't know.")
    again = message(await scene.ann.click(card, label="Try again"))
    assert asked_about(again) == asked_about(card)
    better = await answer(scene.ann, again, FULL)
    assert "**100 / 100**" in text(better)
    assert await attempts(scene) == 2


async def test_the_model_answer_is_private(scene: Scene) -> None:
    card = await card_of(scene)
    shown = await scene.ann.click(card, label="Model answer")
    assert shown.ephemeral
    assert "grows *slowly*" in text(message(shown))
    assert "in autumn?" in text(message(shown))


async def test_share_posts_the_card_once(scene: Scene) -> None:
    card = await card_of(scene)
    shared = await scene.ann.click(card, label="Share")
    public = [each for each in shared.followups if not each.ephemeral]
    assert len(public) == 1
    assert "**100 / 100**" in text(public[0])
    assert "ann" in str(public[0].embeds[0].author.name)
    assert "Share" not in labels(card)


async def test_a_report_reaches_the_keepers(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Report")
    told = await scene.ann.submit_modal(opened, {"text": "The apple is a pear."})
    assert told.ephemeral
    found = await scene.read(lambda services: services.appeals.reports(f"discord:{scene.guild.id}"))
    assert [report.text for report in found] == ["The apple is a pear."]


@pytest.mark.parametrize(
    "hostile", ["@everyone `x` <@1> **b**", "||spoiler|| ~~s~~ [x](http://evil.example)"]
)
async def test_an_answers_words_are_data(scene: Scene, hostile: str) -> None:
    card = await card_of(scene, f"ripens slowly {hostile} apple banana cherry maple")
    for danger in ("@everyone", "<@1>", "||", "](http"):
        assert danger not in text(card).replace("\\", "\\ ")


async def test_a_restart_keeps_every_button(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    await scene.restart()
    card = await answer(scene.ann, asked, FULL)
    assert "**100 / 100**" in text(card)
    await scene.restart()
    assert "slowly" in text(message(await scene.ann.click(card, label="Model answer")))
    after = message(await scene.ann.click(card, label="Next"))
    await scene.restart()
    assert "spring" in text(message(await scene.ann.click(after, label="Hint")))


async def test_the_form_shows_the_question_after_a_restart_too(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    await scene.restart()
    opened = await scene.ann.click(asked, label="Answer")
    assert opened.modal is not None
    assert asked_about(asked) in str(opened.modal["components"])


async def test_a_form_open_during_a_restart_is_taken(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    opened = await scene.ann.click(asked, label="Answer")
    await scene.restart()
    sent = await scene.ann.submit_modal(opened, {"answer": FULL})
    assert "**100 / 100**" in text(message(sent))


async def test_an_answer_stored_before_a_crash_is_marked_after_it(scene: Scene) -> None:
    asked = message(await scene.ann.slash(scene.channel, "practice"))
    name = asked_about(asked)
    person = f"discord:{scene.ann.id}"
    await scene.read(
        lambda services: services.answers.receive("77", person, name, FULL, guild=f"discord:{scene.guild.id}")
    )
    await scene.restart()
    found = await scene.read(lambda services: services.answers.of("77"))
    assert isinstance(found, Attempt)
    assert found.grade.score == 100


async def test_a_mark_owed_since_a_crash_is_delivered(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("killed")

    asked = message(await scene.ann.slash(scene.channel, "practice"))
    monkeypatch.setattr(scene.bot.grader, "grade", fail)
    opened = await scene.ann.click(asked, label="Answer")
    await scene.ann.submit_modal(opened, {"answer": FULL})
    assert labels(asked) == ["Show my mark"]
    await scene.restart()
    assert "**100 / 100**" in text(asked)
    assert "Next" in labels(asked)


async def test_a_mark_owed_for_too_long_waits_for_its_button(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("killed")

    asked = message(await scene.ann.slash(scene.channel, "practice"))
    monkeypatch.setattr(scene.bot.grader, "grade", fail)
    opened = await scene.ann.click(asked, label="Answer")
    await scene.ann.submit_modal(opened, {"answer": FULL})
    await scene.away(16 * 60)
    assert labels(asked) == ["Show my mark"]
    await scene.ann.click(asked, label="Show my mark")
    assert "**100 / 100**" in text(asked)


async def test_another_persons_button_is_refused(scene: Scene) -> None:
    card = await card_of(scene)
    shared = await scene.ann.click(card, label="Share")
    public = next(each for each in shared.followups if not each.ephemeral)
    assert not public.components


async def test_it_works_in_direct_messages(scene: Scene) -> None:
    user = scene.env.create_user("dora")
    asked = message(await user.slash("practice"))
    opened = await user.click(asked, label="Answer")
    card = message(await user.submit_modal(opened, {"answer": FULL}))
    assert "**100 / 100**" in text(card)
