"""Practising: a question, an answer in a form, a graded card, and what can be done with it."""

import json
import logging
from collections.abc import Mapping

import discord
from discord import app_commands

from bot import markup, texts, wording
from bot.client import Interaction, InterviewBot, digest_of, place
from bot.components import Ack, Args, Button, Feature, Form, Told, action, buttons, every, form
from bot.messages import (
    Message,
    answer_form,
    ask,
    card_embed,
    card_pages,
    grading,
    missed,
    model_pages,
    paged,
    reply,
)
from bot.models import Attempt, Choice, Kind, Session, Submission
from bot.options import LEVELS, offer_topics
from bot.practice import Practice
from bot.services import Services
from questions.models import Level, Question

log = logging.getLogger(__name__)


class PracticeFeature(Feature):
    """`/practice` and everything on a question and on a graded card."""

    def __init__(self, bot: InterviewBot) -> None:
        super().__init__(bot)
        self._failures = 0  # of the grader, that answers were tried again after

    @app_commands.command(name="practice", description="Answer interview questions in your own words")
    @app_commands.describe(
        topic="Only topics that contain this",
        level="Only questions of this level",
        count="Stop after so many questions",
    )
    @app_commands.choices(level=LEVELS)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def practice(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, 100] | None = None,
        level: app_commands.Choice[str] | None = None,
        count: app_commands.Range[int, 1, 50] | None = None,
    ) -> None:
        """Begin a session, or go on with the one of the same choice."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person, guild, channel = place(interaction)
        choice = Choice(topic, Level(level.value) if level else None, count)

        session, question = await self.bot.db(
            lambda services: _start(services.practice(guild), person, choice, channel)
        )
        await self._show(interaction, session, question)

    @practice.autocomplete("topic")
    async def topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the topics that contain what was typed."""
        return await offer_topics(self.bot, interaction, typed)

    # ------------------------------------------------------------------ on a question

    @action("answer", ack=Ack.NONE)
    async def answer(self, interaction: Interaction, args: Args) -> None:
        """Open the form for an answer."""
        session, digest = args.number(0), args.word(1)
        await interaction.response.send_modal(
            answer_form("answer", interaction.user.id, session, digest, asked=interaction.message)
        )

    @form("answer")
    async def answered(self, interaction: Interaction, args: Args, values: Mapping[str, str]) -> None:
        """Store the answer, acknowledge, grade, and put the card where the question was."""
        number, digest = args.number(0), args.word(1)
        person, guild, _ = place(interaction)
        known = self.bot.recall(digest)
        request, reply = str(interaction.id), reply_of(interaction)
        text = values["answer"]

        received = await self.bot.stored_then_acknowledged(
            self.bot.db(
                lambda services: services.answers.receive(
                    request,
                    person,
                    known.id if known else _asked_in(services.practice(guild).session(number), digest),
                    text,
                    guild=guild,
                    session=number,
                    reply=reply,
                )
            ),
            lambda: interaction.response.edit_message(**grading(interaction.user.id, request)),
        )
        card = await self.card(await self.mark(received), interaction.user.id, number)
        await interaction.edit_original_response(**card)

    @action("mark")
    async def show_mark(self, interaction: Interaction, args: Args) -> None:
        """Show the mark of an answer whose card could not be delivered."""
        request = args.word(0)
        found = await self.bot.db(lambda services: services.answers.of(request))
        if found is None or found.person != place(interaction)[0]:
            raise Told(texts.NOT_STORED)
        session = found.place if isinstance(found, Submission) else None
        card = await self.card(await self.mark(found), interaction.user.id, session)
        await interaction.edit_original_response(**card)

    @action("hint", ack=Ack.REPLY)
    async def hint(self, interaction: Interaction, args: Args) -> None:
        """Give the hint, privately."""
        question = await self._question(interaction, args.number(0), args.word(1))
        await reply(interaction, texts.HINT, markup.safe(wording.hint(question)))

    @action("skip")
    async def skip(self, interaction: Interaction, args: Args) -> None:
        """Put the next question in this one's place."""
        session, question = await self._advance(interaction, args.number(0), past=args.word(1))
        await self._show(interaction, session, question)

    @action("report", ack=Ack.NONE)
    async def report(self, interaction: Interaction, args: Args) -> None:
        """Open the form for what is wrong with a question."""
        made = Form("report", interaction.user.id, *args, title=texts.REPORT_TITLE)
        made.field("text", texts.REPORT_LABEL, description=texts.REPORT_DESCRIPTION, limit=1_000)
        await interaction.response.send_modal(made)

    @form("report")
    async def reported(self, interaction: Interaction, args: Args, values: Mapping[str, str]) -> None:
        """Hand the report to the people who keep the questions."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        question = await self._question(interaction, args.number(0), args.word(1))
        person, guild, _ = place(interaction)
        request, text = str(interaction.id), values["text"]
        found = await self.bot.db(
            lambda services: services.appeals.report(request, person, guild, question.id, text)
        )
        self.bot.dispatch("question_report", found)
        await interaction.edit_original_response(content=texts.REPORTED)

    # ------------------------------------------------------------------ on a card

    @action("model", ack=Ack.REPLY)
    async def model(self, interaction: Interaction, args: Args) -> None:
        """Show the model answer, privately, page by page."""
        attempt = await self._attempt(interaction, args.number(0))
        await interaction.edit_original_response(
            **paged(model_pages(attempt.question), 0, "model", interaction.user.id, attempt.id)
        )

    @action("page")
    async def page(self, interaction: Interaction, args: Args) -> None:
        """Turn the page of a card or of a model answer."""
        kind, attempt_id, number = args.word(0), args.number(1), args.number(2)
        attempt = await self._attempt(interaction, attempt_id)
        found = model_pages(attempt.question) if kind == "model" else await self._card_pages(attempt)
        await interaction.edit_original_response(
            **paged(found, number, kind, interaction.user.id, attempt_id)
        )

    @action("rest", ack=Ack.REPLY)
    async def rest(self, interaction: Interaction, args: Args) -> None:
        """Show what didn't fit on the card."""
        attempt = await self._attempt(interaction, args.number(0))
        found = await self._card_pages(attempt)
        await interaction.edit_original_response(**paged(found, 1, "card", interaction.user.id, attempt.id))

    @action("next", ack=Ack.REPLY)
    async def next(self, interaction: Interaction, args: Args) -> None:
        """Ask the next question below the card."""
        session, question = await self._advance(interaction, args.number(0))
        await self._show(interaction, session, question)

    @action("again", ack=Ack.REPLY)
    async def again(self, interaction: Interaction, args: Args) -> None:
        """Ask the same question once more."""
        number, digest = args.number(0), args.word(1)
        question = await self._question(interaction, number, digest)
        person, guild, channel = place(interaction)

        def work(services: Services) -> Session:
            practice = services.practice(guild)
            session = practice.session(number)
            if session is None or session.person != person:
                session = practice.start(person, Choice(), place=channel)
            return practice.repeat(session, question.id)

        session = await self.bot.db(work)
        await self._show(interaction, session, question)

    @action("share")
    async def share(self, interaction: Interaction, args: Args) -> None:
        """Post the card to the channel, once."""
        attempt = await self._attempt(interaction, args.number(0))
        found = await self._card_pages(attempt)
        embed = card_embed(attempt.question, found[0], attempt.grade.score)
        embed.set_author(name=texts.shared_by(interaction.user.display_name))
        await interaction.followup.send(embed=embed, ephemeral=False)
        session = args.number(1) if args.word(1) else None
        card = await self.card(attempt, interaction.user.id, session, shared=True)
        await interaction.edit_original_response(**card)

    # ------------------------------------------------------------------ inside

    async def mark(self, received: Submission | Attempt) -> Attempt:
        """Grade and mark an answer that is stored."""
        if isinstance(received, Attempt):
            return received
        grade = await self.bot.grader.grade(received.question, received.text)
        return await self.bot.db(lambda services: services.answers.mark(received, grade))

    async def card(
        self, attempt: Attempt, owner: int, session: int | None, *, shared: bool = False
    ) -> Message:
        """Make the graded card with its buttons."""
        found = await self._card_pages(attempt)
        digest = self.bot.remember(attempt.question)
        number = session if session is not None else ""
        return {
            "content": None,
            "embed": card_embed(attempt.question, found[0], attempt.grade.score),
            "view": buttons(
                Button("rest", owner, attempt.id, label=texts.MORE) if len(found) > 1 else None,
                Button("model", owner, attempt.id, label=texts.MODEL),
                Button("next", owner, number, label=texts.NEXT, style=discord.ButtonStyle.primary)
                if session is not None
                else None,
                Button("again", owner, number or 0, digest, label=texts.AGAIN),
                Button("appeal", owner, attempt.id, label=texts.APPEAL) if missed(attempt) else None,
                None if shared else Button("share", owner, attempt.id, number, label=texts.SHARE),
            ),
        }

    async def _card_pages(self, attempt: Attempt) -> list[str]:
        guild = attempt.guild
        sections = await self.bot.db(lambda services: services.bank(guild).sections)
        return card_pages(attempt, sections)

    async def _attempt(self, interaction: Interaction, number: int) -> Attempt:
        attempt = await self.bot.db(lambda services: services.answers.attempt(number))
        if attempt.person != place(interaction)[0]:
            raise Told(texts.NOT_YOURS)
        return attempt

    async def _question(self, interaction: Interaction, number: int, digest: str) -> Question:
        if known := self.bot.recall(digest):
            return known
        _, guild, _ = place(interaction)

        def work(services: Services) -> Question:
            practice = services.practice(guild)
            return practice.bank[_asked_in(practice.session(number), digest)]

        return await self.bot.db(work)

    async def _advance(
        self, interaction: Interaction, number: int, *, past: str | None = None
    ) -> tuple[Session, Question | None]:
        """Go on with a session; its current question is put again unless it is the one to go `past`.

        So a button pressed twice doesn't skip a question.
        """
        person, guild, channel = place(interaction)

        def work(services: Services) -> tuple[Session, Question | None]:
            practice = services.practice(guild)
            session = practice.session(number)
            if session is None or session.person != person:
                return _start(practice, person, Choice(), channel)
            current = session.current
            if current is None or current not in practice.bank or digest_of(current) == past:
                session = practice.advance(session)
            return session, practice.bank[session.current] if session.current else None

        return await self.bot.db(work)

    async def _show(self, interaction: Interaction, session: Session, question: Question | None) -> None:
        if question is None:
            guild = place(interaction)[1]
            summary = await self.bot.db(lambda services: services.practice(guild).finish(session))
            await reply(interaction, texts.SUMMARY, markup.safe(wording.summary(summary, None)))
            return
        await interaction.edit_original_response(
            **ask(question, self.bot.remember(question), interaction.user.id, session)
        )

    async def cog_load(self) -> None:
        """Deliver the marks of answers that were stored before the last end."""
        await super().cog_load()
        self.bot.spawn(self._recover(), "marking answers of the last run")

    @every(minutes=1)
    async def retry(self) -> None:
        """Mark the answers that the grader failed on."""
        if self._failures != self.bot.grader.failures:
            self._failures = self.bot.grader.failures
            await self._recover()

    async def _recover(self) -> None:
        await self.bot.mark_waiting(Kind.PRACTICE, self._deliver)

    async def _deliver(self, received: Submission) -> None:
        attempt = await self.mark(received)
        owner = int(received.person.removeprefix("discord:"))
        card = await self.card(attempt, owner, received.place)
        await deliver(self.bot, received.reply, card)


def reply_of(interaction: Interaction) -> str:
    """Note how the message of this interaction can be edited for 15 minutes, by another process too."""
    message = interaction.message
    return json.dumps(
        {"app": interaction.application_id, "token": interaction.token, "message": message and message.id}
    )


async def deliver(bot: InterviewBot, reply: str | None, message: Message) -> bool:
    """Edit the message that `reply` notes; False where its 15 minutes are over or it is gone."""
    noted = json.loads(reply or "{}")
    if not noted.get("message"):
        return False
    hook = discord.Webhook.partial(noted["app"], noted["token"], client=bot)
    try:
        await hook.edit_message(noted["message"], **message)
    except discord.HTTPException as error:
        log.info("a mark could not be delivered (code %s); its button still shows it", error.code)
        return False
    return True


def _start(practice: Practice, person: str, choice: Choice, channel: str) -> tuple[Session, Question | None]:
    session = practice.start(person, choice, place=channel)
    if session.current is None:
        session = practice.advance(session)
    return session, practice.bank[session.current] if session.current else None


def _asked_in(session: Session | None, digest: str) -> str:
    for question_id in session.asked if session else ():
        if digest_of(question_id) == digest:
            return question_id
    raise Told(texts.OUTDATED)


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(PracticeFeature(bot))
