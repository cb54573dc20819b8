"""`/review`: what is due and what was missed lately; `/daily`: one question a day for a whole channel."""

from collections.abc import Mapping

import discord
from discord import app_commands

from bot import spoken, texts, wording
from bot.client import Interaction, InterviewBot, digest_of, person_key, place
from bot.components import Ack, Args, Button, Feature, Select, Told, action, buttons, every, form
from bot.daily import DailyStep
from bot.messages import answer_form, ask, own_card, post, question_embed, reply
from bot.models import Choice, Session
from bot.options import offer_topics
from bot.services import Services
from questions.models import Question


class ReviewFeature(Feature):
    """`/review` and `/daily`."""

    # ------------------------------------------------------------------ reviewing

    @app_commands.command(name="review", description="Go over what is due and what you missed lately")
    @app_commands.describe(topic="Only topics that contain this")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def review(
        self, interaction: Interaction, topic: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """List what is due, with a select to answer it, and the points missed lately."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person, guild, _ = place(interaction)
        due, progress = await self.bot.db(
            lambda services: (
                services.practice(guild).review(person, topic),
                services.practice(guild).progress(person, topic),
            )
        )
        missed = [weak for each in progress.topics for weak in each.weakest]
        if not due and not missed:
            await interaction.edit_original_response(content=texts.NOTHING_DUE)
            return
        lines = [f"- {wording.escape(question.prompt)}" for question in due]
        if missed:
            lines += ["", f"**{texts.MISSED}**", ""]
            lines += [
                f"- {wording.SYMBOLS[weak.verdict]} {wording.escape(weak.point.text)}" for weak in missed[:10]
            ]
        options = [(self.bot.remember(question), question.prompt) for question in due[:25]]
        view = (
            buttons(Select("review", interaction.user.id, options=options, placeholder=texts.PICK_QUESTION))
            if options
            else None
        )
        await reply(interaction, texts.REVIEW, "\n".join(lines), view=view)

    @review.autocomplete("topic")
    async def topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the topics that contain what was typed."""
        return await offer_topics(self.bot, interaction, typed)

    @action("review", ack=Ack.REPLY)
    async def picked(self, interaction: Interaction, args: Args) -> None:
        """Ask the question that was picked."""
        person, guild, channel = place(interaction)
        digest = args.word(-1)

        def work(services: Services) -> tuple[Session, Question]:
            practice = services.practice(guild)
            asked = next((each for each in practice.bank.values() if digest_of(each.id) == digest), None)
            if asked is None:
                raise Told(texts.QUESTION_GONE)
            return practice.repeat(practice.start(person, Choice(), place=channel), asked.id), asked

        session, asked = await self.bot.db(work)
        await interaction.edit_original_response(**ask(asked, digest, interaction.user.id, session))

    # ------------------------------------------------------------------ the daily question

    @app_commands.command(name="daily", description="Ask today's question now, in the channel set by /setup")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def daily(self, interaction: Interaction) -> None:
        """Ask the daily question before its time."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = await self.bot.require_manager(interaction)
        daily = await self.bot.db(lambda services: services.dailies.ask_now(guild))
        await self.drive()
        await interaction.edit_original_response(content=texts.daily_asked(f"<#{daily.channel}>"))

    @action("daily", ack=Ack.NONE)
    async def answer(self, interaction: Interaction, args: Args) -> None:
        """Open the form for a sealed answer."""
        await interaction.response.send_modal(
            answer_form("daily", interaction.user.id, args.word(0), asked=interaction.message)
        )

    @form("daily")
    async def answered(self, interaction: Interaction, args: Args, values: Mapping[str, str]) -> None:
        """Store the sealed answer, acknowledge, and ask whether it may be shared."""
        number, person, text = args.number(0), person_key(interaction.user), values["answer"]
        request = str(interaction.id)
        sealed = await self.bot.stored_then_acknowledged(
            self.bot.db(lambda services: services.dailies.answer(request, number, person, text)),
            lambda: interaction.response.defer(ephemeral=True, thinking=True),
        )
        await interaction.followup.send(
            texts.daily_sealed(sealed), view=_sharing(number, interaction.user.id, False), ephemeral=True
        )

    @action("daily-share")
    async def share(self, interaction: Interaction, args: Args) -> None:
        """Let the answer be among the best ones shown, or not."""
        number, on, person = args.number(0), args.word(1) == "1", person_key(interaction.user)
        await self.bot.db(lambda services: services.dailies.share(number, person, on))
        await interaction.edit_original_response(
            content=texts.SHARED if on else texts.NOT_SHARED,
            view=_sharing(number, interaction.user.id, on),
        )

    @action("daily-own", ack=Ack.REPLY)
    async def own(self, interaction: Interaction, args: Args) -> None:
        """Show the person's own card, privately."""
        number, person = args.number(0), person_key(interaction.user)
        attempt = await self.bot.db(lambda services: services.dailies.own(number, person))
        if attempt is None:
            raise Told(texts.NOT_IN_DAILY)
        sections = await self.bot.db(lambda services: services.bank(attempt.guild).sections)
        await interaction.edit_original_response(**own_card(attempt, sections, interaction.user.id))

    @every(seconds=30)
    async def watch(self) -> None:
        """Do what is due."""
        await self.drive()

    async def drive(self) -> None:
        """Close, mark, show and ask what is due, one step after the other."""
        while not self.bot.stopping and (steps := await self.bot.db(lambda services: services.dailies.due())):
            for step in steps:
                await self._do(step)

    async def _do(self, step: DailyStep) -> None:
        if step.action == "close":
            marks = await self.bot.grade(step.submissions)
            await self.bot.db(lambda services: services.dailies.close(step.daily.id, marks))
            return
        channel = self.bot.get_partial_messageable(int(step.daily.channel))
        text: str | None = None
        try:
            text = await self._post(channel, step)
        except (discord.NotFound, discord.Forbidden) as error:
            await self.bot.lost("channel for the daily question", step.daily.guild, channel.id, error)
        await self.bot.db(lambda services: services.dailies.told(step, text))

    async def _post(self, channel: discord.abc.Messageable, step: DailyStep) -> str:
        """Post a question or its result, once however often it is tried; return the message's id."""
        daily = step.daily
        if step.result is not None:
            said = spoken.daily_result(step.result, self.bot.namer(daily.guild))
            view = buttons(Button("daily-own", "", daily.id, label=texts.MY_RESULT))
            return await post(channel, texts.DAILY_RESULT, said, nonce=step.nonce, view=view)
        sent = await channel.send(
            texts.daily_until(discord.utils.format_dt(daily.closes_at, "R")),
            embed=question_embed(daily.question, texts.DAILY),
            view=buttons(
                Button("daily", "", daily.id, label=texts.ANSWER, style=discord.ButtonStyle.primary)
            ),
            nonce=step.nonce,
        )
        return str(sent.id)


def _sharing(number: int, owner: int, shared: bool) -> discord.ui.View:
    label = texts.DONT_SHARE if shared else texts.DO_SHARE
    return buttons(Button("daily-share", owner, number, 0 if shared else 1, label=label))


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(ReviewFeature(bot))
