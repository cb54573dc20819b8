"""What is kept of a person: see it, take it along, have it deleted."""

import gzip
import io
import json
import logging

import discord
from discord import app_commands

from bot import spoken, texts
from bot.client import Interaction, InterviewBot, person_key
from bot.components import Args, Button, Feature, action, buttons, every
from bot.privacy import Expired

log = logging.getLogger(__name__)

PACKED = 5_000_000  # bytes from which on the export is packed; Discord takes files of 10 MB


class PrivacyFeature(Feature):
    """`/privacy`, and the end of texts that were kept long enough."""

    group = app_commands.Group(
        name="privacy",
        description="What is kept of you: see it, take it along, have it deleted",
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
    )

    @group.command(name="show", description="See what is kept of you")
    async def show(self, interaction: Interaction) -> None:
        """Count what is kept."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = person_key(interaction.user)
        found = await self.bot.db(lambda services: services.privacy.show(person))
        await interaction.edit_original_response(content=spoken.holdings(found))

    @group.command(name="export", description="Get everything that is kept of you as a JSON file")
    async def export(self, interaction: Interaction) -> None:
        """Send the file, privately."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = person_key(interaction.user)
        found = await self.bot.db(lambda services: services.privacy.export(person))
        data = json.dumps(found, indent=2, ensure_ascii=False).encode()
        if len(data) > PACKED:
            file = discord.File(io.BytesIO(gzip.compress(data)), "interview-practice.json.gz")
        else:
            file = discord.File(io.BytesIO(data), "interview-practice.json")
        await interaction.edit_original_response(content=texts.EXPORTED, attachments=[file])

    @group.command(name="forget", description="Have all that is kept of you deleted, for good")
    async def forget(self, interaction: Interaction) -> None:
        """Ask once more before anything is deleted."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = person_key(interaction.user)
        found = await self.bot.db(lambda services: services.privacy.show(person))
        view = buttons(
            Button("forget", interaction.user.id, label=texts.FORGET, style=discord.ButtonStyle.danger),
            Button("keep", interaction.user.id, label=texts.KEEP),
        )
        await interaction.edit_original_response(
            content=f"{spoken.holdings(found)}\n{texts.FORGET_ASKED}", view=view
        )

    @action("forget")
    async def forgotten(self, interaction: Interaction, _: Args) -> None:
        """Delete everything and say what it was."""
        person = person_key(interaction.user)
        found = await self.bot.db(lambda services: services.privacy.forget(person))
        await interaction.edit_original_response(
            content=f"{texts.FORGOTTEN}\n{spoken.holdings(found)}", view=None
        )

    @action("keep")
    async def kept(self, interaction: Interaction, _: Args) -> None:
        """Delete nothing."""
        await interaction.edit_original_response(content=texts.KEPT, view=None)

    @group.command(name="alias", description="Go by another name on leaderboards; without one, by your own")
    @app_commands.describe(name="The name that others see")
    async def alias(
        self, interaction: Interaction, name: app_commands.Range[str, 2, 32] | None = None
    ) -> None:
        """Set or drop the alias."""
        await self._change(interaction, alias=name)

    @group.command(name="retention", description="Say how long the texts of your answers are kept")
    @app_commands.describe(days="Days; without a number, as long as the server says")
    async def retention(
        self, interaction: Interaction, days: app_commands.Range[int, 1, 3650] | None = None
    ) -> None:
        """Set how long texts are kept."""
        await self._change(interaction, retention_days=days)

    async def _change(self, interaction: Interaction, **fields: object) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = person_key(interaction.user)
        found, keep_days = await self.bot.db(
            lambda services: (services.people.change(person, **fields), services.privacy.keep_days)
        )
        await interaction.edit_original_response(content=spoken.personal(found, keep_days))

    @every(hours=1)
    async def expire(self) -> None:
        """Delete the texts that were kept long enough."""
        found = Expired()
        while more := await self.bot.db(lambda services: services.privacy.expire()):
            found += more
        if found:
            await self.bot.db(lambda services: services.privacy.settle())
            log.info(
                "kept long enough: %s texts and %s sessions deleted, %s interviews ended",
                found.texts,
                found.sessions,
                found.interviews,
            )


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(PrivacyFeature(bot))
