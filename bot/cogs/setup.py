"""What a server's managers set: channels, roles, time zone, the daily question, limits."""

from collections.abc import Mapping
from zoneinfo import available_timezones

import discord
from discord import app_commands

from bot import texts
from bot.client import Interaction, InterviewBot
from bot.components import Feature
from bot.guilds import DEFAULTS

ZONES = sorted(available_timezones())


class SetupFeature(Feature):
    """`/setup`; each command shows all settings afterwards."""

    group = app_commands.Group(
        name="setup",
        description="Set me up on this server",
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
    )

    @group.command(name="show", description="See how I am set up here")
    async def show(self, interaction: Interaction) -> None:
        """Show all settings."""
        await self._change(interaction)

    @group.command(name="channels", description="Say which channel is for what")
    @app_commands.describe(
        staff="Where appeals and reports are shown to reviewers",
        contest="Where a season's end is announced",
        daily="Where the daily question is asked",
    )
    async def channels(
        self,
        interaction: Interaction,
        staff: discord.TextChannel | None = None,
        contest: discord.TextChannel | None = None,
        daily: discord.TextChannel | None = None,
    ) -> None:
        """Set the channels."""
        given = {"staff_channel": staff, "contest_channel": contest, "daily_channel": daily}
        await self._change(interaction, **_given(given))

    @group.command(name="roles", description="Say which role may do what")
    @app_commands.describe(
        managers="May set me up and keep the questions",
        reviewers="May decide appeals",
        champion="Is given to a season's champion",
    )
    async def roles(
        self,
        interaction: Interaction,
        managers: discord.Role | None = None,
        reviewers: discord.Role | None = None,
        champion: discord.Role | None = None,
    ) -> None:
        """Set the roles."""
        given = {"manager_role": managers, "reviewer_role": reviewers, "champion_role": champion}
        await self._change(interaction, **_given(given))

    @group.command(name="daily", description="Ask a question every day")
    @app_commands.describe(time="Local time as 09:00", topic="Only questions on this topic")
    async def daily(
        self,
        interaction: Interaction,
        time: str | None = None,
        topic: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        """Set when the daily question comes and what about."""
        await self._change(interaction, **_given({"daily_at": time, "daily_topic": topic}))

    @group.command(name="time-zone", description="Set the time zone that days, weeks and months go by")
    @app_commands.describe(zone="For example Europe/Berlin")
    async def time_zone(self, interaction: Interaction, zone: str) -> None:
        """Set the time zone."""
        await self._change(interaction, time_zone=zone)

    @time_zone.autocomplete("zone")
    async def zones(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the time zones that contain what was typed."""
        wanted = typed.casefold().replace(" ", "_")
        found = [zone for zone in ZONES if wanted in zone.casefold()]
        return [app_commands.Choice(name=zone, value=zone) for zone in found[:25]]

    @group.command(name="limits", description="Set how much a person may answer and how long texts are kept")
    @app_commands.describe(
        answers="Answers that a person may give within an hour",
        retention="Days for which the texts of answers are kept",
        season="Months that a season takes",
    )
    @app_commands.choices(
        season=[app_commands.Choice(name=str(each), value=each) for each in (1, 2, 3, 4, 6, 12)]
    )
    async def limits(
        self,
        interaction: Interaction,
        answers: app_commands.Range[int, 1, 1000] | None = None,
        retention: app_commands.Range[int, 1, 3650] | None = None,
        season: app_commands.Choice[int] | None = None,
    ) -> None:
        """Set limits; what is not given stays."""
        given = {
            "answers_per_hour": answers,
            "retention_days": retention,
            "season_months": season.value if season else None,
        }
        await self._change(interaction, **_given(given))

    @group.command(name="clear", description="Set something back to what it was at first")
    @app_commands.describe(setting="What is set back")
    @app_commands.choices(
        setting=[app_commands.Choice(name=texts.CLEARABLE[name], value=name) for name in texts.CLEARABLE]
    )
    async def clear(self, interaction: Interaction, setting: app_commands.Choice[str]) -> None:
        """Take a channel, a role or a limit away."""
        await self._change(interaction, **{setting.value: DEFAULTS.model_dump()[setting.value]})

    @group.command(name="plain-messages", description="Take messages in an interview's thread as answers")
    @app_commands.describe(on="Whether they count")
    async def plain_messages(self, interaction: Interaction, on: bool) -> None:
        """Turn answering by plain message on or off."""
        await self._change(interaction, message_content=on)

    async def _change(self, interaction: Interaction, **fields: object) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = await self.bot.require_manager(interaction)
        found, keep_days = await self.bot.db(
            lambda services: (
                services.guilds.change(guild, **fields) if fields else services.guilds.read(guild),
                services.privacy.keep_days,
            )
        )
        notes = [texts.NO_CONTENT_INTENT] if found.message_content and not self.bot.message_content else []
        embed = discord.Embed(
            title=texts.SETUP, description="\n".join([*texts.settings(found, keep_days), *notes])
        )
        await interaction.edit_original_response(embed=embed)


def _given(options: Mapping[str, object]) -> dict[str, object]:
    """Keep the options that were given; of channels and roles, their ids."""
    return {
        name: str(value.id) if isinstance(value, discord.abc.Snowflake) else value
        for name, value in options.items()
        if value is not None
    }


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(SetupFeature(bot))
