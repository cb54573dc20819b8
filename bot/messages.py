"""The messages that show questions, cards and model answers, within Discord's limits."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot import markup, texts, wording
from bot.charts import Picture
from bot.components import Button, Form, buttons
from bot.models import Attempt, Session
from grader.models import Verdict
from questions.models import Question, Section

COLOUR = discord.Colour.blurple()
GOOD, FAIR, POOR = discord.Colour.green(), discord.Colour.gold(), discord.Colour.red()

Message = dict[str, Any]  # what sending or editing a message takes


def ask(question: Question, digest: str, owner: int, session: Session) -> Message:
    """Make the message that asks a question of a practice session; `digest` is its short name."""
    args = (session.id, digest)
    of = f" of {session.choice.count}" if session.choice.count else ""
    return {
        "content": None,
        "embed": question_embed(question, f"Question {len(session.asked)}{of}"),
        "view": buttons(
            Button("answer", owner, *args, label=texts.ANSWER, style=discord.ButtonStyle.primary),
            Button("hint", owner, *args, label=texts.HINT),
            Button("skip", owner, *args, label=texts.SKIP),
            Button("report", owner, *args, label=texts.REPORT),
        ),
    }


def answer_form(name: str, owner: int, *args: object, asked: discord.Message | None) -> Form:
    """Make the form for an answer, above its field the question as the message `asked` shows it."""
    made = Form(name, owner, *args, title=texts.ANSWER_TITLE)
    question = asked.embeds[0].description if asked and asked.embeds else None
    if question:
        shown, *more = markup.pages(question, 1_500)
        made.text(f"{shown}\n…" if more else shown)
    return made.field("answer", texts.ANSWER_LABEL, description=texts.ANSWER_DESCRIPTION)


def question_embed(question: Question, title: str, text: str | None = None) -> discord.Embed:
    """Make the embed that asks a question; `text` is asked instead of its prompt."""
    body, *more = markup.pages(markup.safe(text or wording.prompt(question)))
    if more:
        body += "\n…"
    embed = discord.Embed(title=title, description=body, colour=COLOUR)
    return embed.set_footer(text=markup.shorten(wording.facts(question), 300))


def card_embed(question: Question, page: str, score: int) -> discord.Embed:
    """Make the embed of a graded card's page, its question over it."""
    colour = GOOD if score >= 70 else FAIR if score >= 40 else POOR
    title = markup.shorten(wording.escape(question.prompt), 256)
    embed = discord.Embed(title=title, description=page, colour=colour)
    return embed.set_footer(text=markup.shorten(wording.facts(question), 300))


def own_card(attempt: Attempt, sections: Mapping[str, Section], owner: int) -> Message:
    """Make the private message with a person's card of an interview, a contest or a daily question."""
    message = paged(card_pages(attempt, sections), 0, "card", owner, attempt.id)
    view = message["view"] or buttons()
    view.add_item(Button("model", owner, attempt.id, label=texts.MODEL))
    if missed(attempt):
        view.add_item(Button("appeal", owner, attempt.id, label=texts.APPEAL))
    return {**message, "view": view}


def missed(attempt: Attempt) -> bool:
    """Say whether any point is not covered."""
    return any(point.verdict is not Verdict.COVERED for point in attempt.grade.points)


def card_pages(attempt: Attempt, sections: Mapping[str, Section]) -> list[str]:
    """Make the graded card's pages."""
    return markup.pages(markup.safe(wording.card(attempt.question, attempt.text, attempt.grade, sections)))


def model_pages(question: Question) -> list[str]:
    """Make the model answer's pages, the interviewer's next question at the end."""
    text = wording.model_answer(question)
    if after := wording.follow_up(question):
        text += f"\n\n*An interviewer might go on:* {after}"
    return markup.pages(markup.safe(text))


def paged(found: Sequence[str], number: int, kind: str, owner: int, key: int) -> Message:
    """Make a private message with one page and the buttons to the pages beside it."""
    number = max(0, min(number, len(found) - 1))
    embed = discord.Embed(title=texts.TITLES[kind], description=found[number], colour=COLOUR)
    if len(found) == 1:
        return {"embed": embed, "view": None}
    embed.set_footer(text=f"Page {number + 1} of {len(found)}")
    view = buttons(
        Button("page", owner, kind, key, number - 1, label=texts.BACK, disabled=number == 0),
        Button("page", owner, kind, key, number + 1, label=texts.ON, disabled=number == len(found) - 1),
    )
    return {"embed": embed, "view": view}


async def reply(
    interaction: discord.Interaction[Any],
    title: str,
    text: str,
    *,
    colour: discord.Colour = COLOUR,
    view: discord.ui.View | None = None,
    picture: Picture | None = None,
) -> None:
    """Answer a deferred interaction with all of `text`, in as many private messages as that takes.

    The picture is in the first one, the buttons are on the last.
    """
    for number, page in enumerate(found := markup.pages(text)):
        message = _page(title, page, number, colour, picture)
        if number == len(found) - 1 and view is not None:
            message["view"] = view
        if number:
            await interaction.followup.send(**message, ephemeral=True)
        else:
            files = [message.pop("file")] if picture else []
            # Buttons of what stood there before must not stay on what takes its place.
            message.setdefault("view", None)
            await interaction.edit_original_response(content=None, attachments=files, **message)


async def post(
    channel: discord.abc.Messageable,
    title: str,
    text: str,
    *,
    nonce: str,
    colour: discord.Colour = COLOUR,
    view: discord.ui.View | None = None,
    picture: Picture | None = None,
) -> str:
    """Post all of `text` to a channel as `reply` does, and return the id of the last message.

    With the same `nonce` again soon after, Discord posts nothing twice.
    """
    sent: discord.Message | None = None
    for number, page in enumerate(found := markup.pages(text)):
        message = _page(title, page, number, colour, picture)
        if number == len(found) - 1 and view is not None:
            message["view"] = view
        sent = await channel.send(**message, nonce=f"{nonce}-{number}" if number else nonce)
    assert sent is not None
    return str(sent.id)


def _page(title: str, page: str, number: int, colour: discord.Colour, picture: Picture | None) -> Message:
    embed = discord.Embed(title=None if number else title, description=page, colour=colour)
    if picture is None or number:
        return {"embed": embed}
    embed.set_image(url=f"attachment://{picture.name}")
    return {
        "embed": embed,
        "file": discord.File(io.BytesIO(picture.data), picture.name, description=picture.alt),
    }


def grading(owner: int, request: str) -> Message:
    """Make the message that stands while an answer is graded."""
    return {
        "content": texts.GRADING,
        "embed": None,
        "view": buttons(Button("mark", owner, request, label=texts.SHOW_MARK)),
    }
