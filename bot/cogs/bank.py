"""The question files of a server: managers add them as attachments, after the doctor has looked at them."""

import asyncio
import io

import discord
from discord import app_commands

from bot import markup, texts, wording
from bot.client import Interaction, InterviewBot, mention, place
from bot.components import Args, Button, Feature, Told, action, buttons
from bot.corpora import MAX_BYTES
from bot.messages import Message, reply
from questions.doctor import Report


class BankFeature(Feature):
    """`/bank`."""

    group = app_commands.Group(
        name="bank",
        description="The questions that are asked on this server",
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
    )

    @group.command(name="list", description="List this server's own question files")
    async def list_(self, interaction: Interaction) -> None:
        """List the files with how much they hold."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = await self.bot.require_manager(interaction)
        found, bank = await self.bot.db(lambda services: (services.corpora.list(guild), services.bank(guild)))
        lines = [
            texts.corpus_line(each.name, each.questions, each.licence, discord.utils.format_dt(each.at, "D"))
            for each in found
        ]
        lines.append(texts.bank_size(len(bank), len(bank.topics)))
        await reply(interaction, texts.FILES, "\n".join(lines))

    @group.command(name="info", description="See the topics of this server's questions, or of one file")
    @app_commands.describe(name="One of this server's own files")
    async def info(self, interaction: Interaction, name: str | None = None) -> None:
        """Count questions by topic."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = await self.bot.require_manager(interaction)
        bank, corpora = await self.bot.db(
            lambda services: (services.bank(guild), services.corpora.list(guild))
        )
        if name is not None:
            corpus = next((each for each in corpora if each.name == name), None)
            if corpus is None:
                raise Told(texts.NO_CORPUS)
            by = mention(corpus.added_by) if corpus.added_by else "—"
            line = texts.corpus_line(
                corpus.name, corpus.questions, corpus.licence, discord.utils.format_dt(corpus.at, "D")
            )
            await interaction.edit_original_response(content=f"{line}\nAdded by {by}")
            return
        counts: dict[str, int] = {}
        for question in bank.values():
            counts[question.topic] = counts.get(question.topic, 0) + 1
        lines = [f"- {wording.escape(topic)}: {count}" for topic, count in counts.items()]
        await reply(interaction, texts.TOPICS, "\n".join(lines))

    @group.command(name="check", description="Check a question file without adding it")
    @app_commands.describe(file="A Markdown file with questions")
    async def check(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Answer with the doctor's report."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.bot.require_manager(interaction)
        report, _ = await self._examine(file)
        await interaction.edit_original_response(embed=_report(report))

    @group.command(name="add", description="Add a question file, after a look at what is in it")
    @app_commands.describe(file="A Markdown file with questions")
    async def add(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Answer with the doctor's report and ask before the file is taken.

        The answer carries the file, so that the button finds it there, also after a restart.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.bot.require_manager(interaction)
        report, content = await self._examine(file)
        message: Message = {"embed": _report(report)}
        if report.ok:
            owner = interaction.user.id
            message["attachments"] = [discord.File(io.BytesIO(content), file.filename)]
            message["view"] = buttons(
                Button("take", owner, label=texts.TAKE, style=discord.ButtonStyle.success),
                Button("leave", owner, label=texts.LEAVE),
            )
        await interaction.edit_original_response(**message)

    @action("take")
    async def take(self, interaction: Interaction, _: Args) -> None:
        """Take the file that hangs on the message."""
        guild = await self.bot.require_manager(interaction)
        person = place(interaction)[0]
        files = interaction.message.attachments if interaction.message else []
        if not files:
            raise Told(texts.OUTDATED)
        name, content = files[0].filename, await files[0].read()
        corpus = await self.bot.db(lambda services: services.corpora.add(guild, person, name, content))
        await interaction.edit_original_response(
            content=texts.taken(corpus.name, corpus.questions), embed=None, view=None, attachments=[]
        )

    @action("leave")
    async def leave(self, interaction: Interaction, _: Args) -> None:
        """Don't take the file."""
        await interaction.edit_original_response(content=texts.LEFT, embed=None, view=None, attachments=[])

    @group.command(name="remove", description="Remove one of this server's question files")
    @app_commands.describe(name="The file's name")
    async def remove(self, interaction: Interaction, name: str) -> None:
        """Remove a file; marks that were given stay."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = await self.bot.require_manager(interaction)
        await self.bot.db(lambda services: services.corpora.remove(guild, name))
        await interaction.edit_original_response(content=texts.removed(name))

    @info.autocomplete("name")
    @remove.autocomplete("name")
    async def names(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the names of this server's files."""
        guild = place(interaction)[1]
        if guild is None:
            return []
        found = await self.bot.db(lambda services: services.corpora.list(guild))
        names = [each.name for each in found if typed.casefold() in each.name.casefold()]
        return [app_commands.Choice(name=name, value=name) for name in names[:25]]

    async def _examine(self, file: discord.Attachment) -> tuple[Report, bytes]:
        if file.size > MAX_BYTES:
            raise Told(texts.too_large(file.filename, MAX_BYTES))
        content = await file.read()
        # Not in the database's thread, which everybody waits for: a large file takes seconds.
        check = await self.bot.db(lambda services: services.corpora.check)
        return await asyncio.to_thread(check, file.filename, content), content


def _report(report: Report) -> discord.Embed:
    lines = [f"`{line}`" if line else "" for line in wording.report(report).replace("`", "'").split("\n")]
    colour = discord.Colour.green() if report.ok else discord.Colour.red()
    found = markup.pages("\n".join(lines))
    embed = discord.Embed(title=texts.REPORT_OF_DOCTOR, description=found[0], colour=colour)
    if len(found) > 1:
        embed.set_footer(text=texts.MORE_PROBLEMS)
    return embed


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(BankFeature(bot))
