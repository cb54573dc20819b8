"""How far a person is: a picture and the same as text."""

import asyncio

from discord import app_commands

from bot import charts, texts, wording
from bot.client import Interaction, InterviewBot, place
from bot.components import Feature
from bot.messages import reply
from bot.options import offer_topics


class ProgressFeature(Feature):
    """`/progress`."""

    @app_commands.command(name="progress", description="See how far you are, topic by topic")
    @app_commands.describe(topic="Only topics that contain this")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def progress(
        self, interaction: Interaction, topic: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Show the picture with the text, privately."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person, guild, _ = place(interaction)
        found, activity = await self.bot.db(
            lambda services: (
                services.practice(guild).progress(person, topic),
                services.practice(guild).activity(person),
            )
        )
        if found.mean is None:
            await interaction.edit_original_response(content=texts.NO_ANSWERS)
            return
        picture = await asyncio.to_thread(charts.progress, found, activity)
        await reply(interaction, texts.PROGRESS, wording.progress(found), picture=picture)

    @progress.autocomplete("topic")
    async def topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the topics that contain what was typed."""
        return await offer_topics(self.bot, interaction, typed)


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(ProgressFeature(bot))
