"""Leaderboards by period, topic and scope, the improvement board, and seasons that close by themselves."""

import logging

import discord
from discord import app_commands

from bot import spoken, texts
from bot.client import Interaction, InterviewBot, place
from bot.components import Feature, every
from bot.leaderboard import Period, Scope, Season
from bot.messages import post, reply
from bot.options import offer_topics

log = logging.getLogger(__name__)

PERIODS = [app_commands.Choice(name=period.value, value=period.value) for period in Period]
SCOPES = [app_commands.Choice(name=scope.value, value=scope.value) for scope in Scope]
BOARDS = [
    app_commands.Choice(name="points", value="points"),
    app_commands.Choice(name="improvement", value="improvement"),
]


class LeaderboardFeature(Feature):
    """`/leaderboard`, and the end of each season."""

    @app_commands.command(name="leaderboard", description="See who is ahead, and where you stand")
    @app_commands.describe(
        period="Which time counts",
        topic="Only answers on this topic",
        scope="This server, or everybody who chose an alias",
        board="Points, or the gain over one's own last month",
    )
    @app_commands.choices(period=PERIODS, scope=SCOPES, board=BOARDS)
    @app_commands.guild_only()
    async def leaderboard(
        self,
        interaction: Interaction,
        period: app_commands.Choice[str] | None = None,
        topic: app_commands.Range[str, 1, 100] | None = None,
        scope: app_commands.Choice[str] | None = None,
        board: app_commands.Choice[str] | None = None,
    ) -> None:
        """Show a board; only the one who asks sees it, because it holds their own row."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person, guild, _ = place(interaction)
        if board is not None and board.value == "improvement":
            gains = await self.bot.db(lambda services: services.board.improvement(guild, person))
            text, title = spoken.improvement(gains, self.bot.namer(guild)), texts.IMPROVEMENT
        else:
            wanted = Period(period.value) if period else Period.MONTH
            reach = Scope(scope.value) if scope else Scope.SERVER
            table = await self.bot.db(
                lambda services: services.board.table(guild, person, period=wanted, topic=topic, scope=reach)
            )
            text, title = spoken.board(table, self.bot.namer(guild)), texts.LEADERBOARD
        await reply(interaction, title, text)

    @leaderboard.autocomplete("topic")
    async def topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the topics that contain what was typed."""
        return await offer_topics(self.bot, interaction, typed)

    # ------------------------------------------------------------------ seasons

    @every(minutes=5)
    async def close_seasons(self) -> None:
        """Announce the seasons that are over, each once."""
        for season in await self.bot.db(lambda services: services.board.close_seasons()):
            self.bot.spawn(self._announce(season), "announcing a season's end")

    async def _announce(self, season: Season) -> None:
        found = await self.bot.db(lambda services: services.guilds.read(season.guild))
        target = found.contest_channel or found.practice_channel
        if target is not None:
            text = spoken.season(season, self.bot.namer(season.guild))
            channel = self.bot.get_partial_messageable(int(target))
            try:
                nonce = f"{season.guild[-8:]}-{season.key[-10:]}"
                await post(channel, texts.SEASON_OVER, text, nonce=nonce, colour=discord.Colour.gold())
            except (discord.NotFound, discord.Forbidden) as error:
                await self.bot.lost("channel for a season's end", season.guild, channel.id, error)
        await self._crown(season, found.champion_role)
        await self.bot.db(lambda services: services.board.season_told(season))

    async def _crown(self, season: Season, role: str | None) -> None:
        guild = self.bot.get_guild(int(season.guild.removeprefix("discord:")))
        if role is None or guild is None:
            return
        for champion in season.champions:
            try:
                member = await guild.fetch_member(int(champion.removeprefix("discord:")))
                await member.add_roles(discord.Object(int(role)), reason=texts.SEASON_OVER)
            except (discord.NotFound, discord.Forbidden) as error:
                self.bot.log_once("champion's role", guild.id, error)


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(LeaderboardFeature(bot))
