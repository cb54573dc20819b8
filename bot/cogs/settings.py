"""What a person sets for themselves, privately."""

from discord import app_commands

from bot import spoken, texts
from bot.client import Interaction, InterviewBot, person_key
from bot.components import Feature

FACTORS = {"1": 1.0, "1.5": 1.5, "2": 2.0, "none": None}


class SettingsFeature(Feature):
    """`/settings`."""

    group = app_commands.Group(
        name="settings",
        description="Your own settings; nobody else sees them",
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
    )

    @group.command(name="show", description="See your settings")
    async def show(self, interaction: Interaction) -> None:
        """Show what the person set."""
        await self._change(interaction)

    @group.command(name="time", description="Have more time in interviews, or no limit")
    @app_commands.describe(factor="How much more time you have")
    @app_commands.choices(
        factor=[app_commands.Choice(name=texts.FACTORS[name], value=name) for name in FACTORS]
    )
    async def time(self, interaction: Interaction, factor: app_commands.Choice[str]) -> None:
        """Set the personal time factor."""
        await self._change(interaction, time_factor=FACTORS[factor.value])

    @group.command(name="leaderboards", description="Be on leaderboards, or not")
    @app_commands.describe(shown="Whether others see you there")
    async def leaderboards(self, interaction: Interaction, shown: bool) -> None:
        """Show or hide the person on leaderboards."""
        await self._change(interaction, hidden=not shown)

    async def _change(self, interaction: Interaction, **fields: object) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = person_key(interaction.user)
        found, keep_days = await self.bot.db(
            lambda services: (
                services.people.change(person, **fields) if fields else services.people.read(person),
                services.privacy.keep_days,
            )
        )
        await interaction.edit_original_response(content=spoken.personal(found, keep_days))


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(SettingsFeature(bot))
