"""Appeals against verdicts and reports on questions: opened by anyone, decided by reviewers in two clicks."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot import markup, spoken, texts, wording
from bot.appeals import Appeal, QuestionReport
from bot.client import Interaction, InterviewBot, mention, place
from bot.components import Ack, Args, Button, Feature, Form, Select, Told, action, buttons, form
from bot.messages import COLOUR, Message, post, reply
from bot.services import Services
from grader.models import Verdict

Result = TypeVar("Result")


class AppealsFeature(Feature):
    """`/appeals`, *I covered this*, and what reviewers decide."""

    @app_commands.command(name="appeals", description="See the open appeals and reports of this server")
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.guild_only()
    async def appeals(self, interaction: Interaction) -> None:
        """List what waits for a decision, to reviewers."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = await self.bot.require_reviewer(interaction)
        found, reports = await self.bot.db(
            lambda services: (services.appeals.list(guild), services.appeals.reports(guild))
        )
        if not found and not reports:
            await interaction.edit_original_response(content=texts.NO_APPEALS)
            return
        owner = interaction.user.id
        appeals = [
            (str(each.id), f"{each.attempt.question.prompt}: {each.point.text}") for each in found[:25]
        ]
        told = [(str(each.id), f"{each.question.prompt}: {each.text}") for each in reports[:25]]
        await interaction.edit_original_response(
            content=texts.waiting(len(found), len(reports)),
            view=buttons(
                Select("see-appeal", owner, options=appeals, placeholder=texts.PICK_APPEAL)
                if appeals
                else None,
                Select("see-report", owner, options=told, placeholder=texts.PICK_REPORT) if told else None,
            ),
        )

    @action("see-appeal", ack=Ack.REPLY)
    async def see_appeal(self, interaction: Interaction, args: Args) -> None:
        """Show one appeal to a reviewer."""
        appeal = await self._appeal(interaction, args.number(-1))
        await reply(interaction, texts.APPEAL_TITLE, _said(appeal), view=_choice(appeal))

    @action("see-report", ack=Ack.REPLY)
    async def see_report(self, interaction: Interaction, args: Args) -> None:
        """Show one report to a reviewer."""
        guild = await self.bot.require_reviewer(interaction)
        number = args.number(-1)
        reports = await self.bot.db(lambda services: services.appeals.reports(guild))
        found = next((each for each in reports if each.id == number), None)
        if found is None:
            raise Told(texts.DECIDED)
        await interaction.edit_original_response(**_report(found))

    # ------------------------------------------------------------------ opening one

    @action("appeal", ack=Ack.NONE)
    async def open(self, interaction: Interaction, args: Args) -> None:
        """Open the form: which point, and which words say it."""
        number = args.number(0)
        attempt = await self.bot.db(lambda services: services.answers.attempt(number))
        if attempt.person != place(interaction)[0]:
            raise Told(texts.NOT_YOURS)
        texts_of = {point.id: point.text for point in attempt.question.key_points}
        options = [
            (each.point_id, f"{wording.SYMBOLS[each.verdict]} {wording.line(texts_of[each.point_id])}")
            for each in attempt.grade.points
            if each.verdict is not Verdict.COVERED and len(each.point_id) <= 100
        ]
        if not options:
            raise Told(texts.ALL_COVERED)
        made = Form("appeal", interaction.user.id, number, title=texts.APPEAL)
        made.choice("point", texts.APPEAL_POINT, options)
        made.field(
            "words",
            texts.APPEAL_WORDS,
            description=texts.APPEAL_WORDS_DESCRIPTION,
            required=False,
            limit=1_000,
        )
        await interaction.response.send_modal(made)

    @form("appeal")
    async def opened(self, interaction: Interaction, args: Args, values: Mapping[str, str]) -> None:
        """Keep the appeal and show it to the reviewers."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        request, person, number = str(interaction.id), place(interaction)[0], args.number(0)
        point, words = values["point"], values.get("words", "")
        appeal = await self.bot.db(
            lambda services: services.appeals.open(request, person, number, point, words)
        )
        nonce, view = f"appeal-{appeal.id}", _choice(appeal)
        shown = await self._show_staff(
            appeal.guild, lambda staff: post(staff, texts.APPEAL_TITLE, _said(appeal), nonce=nonce, view=view)
        )
        if shown is not None:
            await self.bot.db(lambda services: services.appeals.told(appeal.id, shown))
        await interaction.edit_original_response(content=texts.APPEALED)

    @commands.Cog.listener()
    async def on_question_report(self, report: QuestionReport) -> None:
        """Show a report to the reviewers."""
        await self._show_staff(report.guild, lambda staff: staff.send(**_report(report)))

    # ------------------------------------------------------------------ deciding

    @action("uphold")
    async def uphold(self, interaction: Interaction, args: Args) -> None:
        """Correct the mark and keep the wording."""
        await self._decide(interaction, args.number(0), True)

    @action("decline")
    async def decline(self, interaction: Interaction, args: Args) -> None:
        """Leave the mark as it is."""
        await self._decide(interaction, args.number(0), False)

    @action("resolve")
    async def resolve(self, interaction: Interaction, args: Args) -> None:
        """Put a report away."""
        await self.bot.require_reviewer(interaction)
        number, person = args.number(0), place(interaction)[0]
        await self.bot.db(lambda services: services.appeals.resolve(number, person))
        await interaction.edit_original_response(content=texts.resolved_by(mention(person)), view=None)

    async def _decide(self, interaction: Interaction, number: int, upheld: bool) -> None:
        appeal = await self._appeal(interaction, number)
        reviewer = place(interaction)[0]
        made = await self.bot.db(lambda services: services.appeals.decide(number, reviewer, upheld))
        words = texts.decided(mention(reviewer), upheld, made.before, made.after)
        await interaction.edit_original_response(content=words, view=None)
        await self.bot.tell(
            appeal.person, texts.your_appeal(upheld, made.before, made.after, appeal.point.text)
        )

    async def _appeal(self, interaction: Interaction, number: int) -> Appeal:
        guild = await self.bot.require_reviewer(interaction)
        appeal = await self.bot.db(lambda services: services.appeals.get(number))
        if appeal.guild != guild:
            raise Told(texts.REVIEWERS_ONLY)
        return appeal

    async def _show_staff(
        self, guild: str | None, show: Callable[[discord.PartialMessageable], Awaitable[Result]]
    ) -> Result | None:
        """Show something to a server's reviewers; None where they have no channel, or it is lost."""
        if guild is None:
            return None

        def find(services: Services) -> str | None:
            return services.guilds.read(guild).staff_channel

        target = await self.bot.db(find)
        if target is None:
            return None
        staff = self.bot.get_partial_messageable(int(target))
        try:
            return await show(staff)
        except (discord.NotFound, discord.Forbidden) as error:
            await self.bot.lost("channel for appeals and reports", guild, staff.id, error)
            return None


def _said(appeal: Appeal) -> str:
    return f"{spoken.appeal(appeal)}\n\n{texts.ASKED_BY} {mention(appeal.person)}"


def _choice(appeal: Appeal) -> discord.ui.View | None:
    if appeal.state != "open":
        return None
    return buttons(
        Button("uphold", "", appeal.id, label=texts.UPHOLD, style=discord.ButtonStyle.success),
        Button("decline", "", appeal.id, label=texts.DECLINE, style=discord.ButtonStyle.danger),
    )


def _report(report: QuestionReport) -> Message:
    asked = markup.shorten(wording.escape(report.question.prompt), 500)
    said = markup.shorten(wording.escape(report.text), 2_000)
    where = report.question.source
    foot = f"{where.path}:{where.line}" if where else report.question.id
    embed = discord.Embed(title=texts.REPORT_HEAD, description=f"{asked}\n\n“{said}”", colour=COLOUR)
    embed.set_footer(text=markup.shorten(foot, 500))
    return {"embed": embed, "view": buttons(Button("resolve", "", report.id, label=texts.RESOLVE))}


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(AppealsFeature(bot))
