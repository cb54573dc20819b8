"""`/help` and `/about`."""

from importlib.metadata import version

import discord
from discord import app_commands

from bot import texts
from bot.client import Interaction, InterviewBot, place
from bot.components import Feature
from bot.messages import COLOUR, reply
from grader.measured import measured


class HelpFeature(Feature):
    """What the bot can do, and what it is."""

    @app_commands.command(name="help", description="What I can do and how to begin")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def help(self, interaction: Interaction) -> None:
        """List the commands with what each one says of itself."""
        lines = [texts.HELP_INTRO, ""]
        hidden = 0
        for command in self.bot.tree.get_commands():
            if isinstance(command, app_commands.ContextMenu):
                continue
            needed = command.default_permissions
            if needed is not None and not interaction.permissions >= needed:
                hidden += 1
                continue
            if interaction.guild_id is None and command.guild_only:
                continue
            lines.append(f"- **/{command.name}** {command.description}")
        embed = discord.Embed(title=texts.HELP, description="\n".join(lines), colour=COLOUR)
        await interaction.response.send_message(embed=embed, ephemeral=True)

    @app_commands.command(name="about", description="My version, my questions, and how well I grade")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def about(self, interaction: Interaction) -> None:
        """Say what grades here and how far it agrees with people."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = place(interaction)[1]
        bank = await self.bot.db(lambda services: services.bank(guild))
        model = self.bot.grader.model
        said = texts.about(
            version("interview-practice-bot"), len(bank), len(bank.topics), model, measured(model)
        )
        await reply(interaction, texts.ABOUT, said)


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(HelpFeature(bot))
