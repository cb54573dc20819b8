"""Options that several commands take."""

from discord import app_commands

from bot.client import Interaction, InterviewBot, place
from questions.models import Level

LEVELS = [app_commands.Choice(name=level.value, value=level.value) for level in Level]


async def offer_topics(
    bot: InterviewBot, interaction: Interaction, typed: str
) -> list[app_commands.Choice[str]]:
    """Offer at most 25 topics of this server's questions that contain what was typed."""
    _, guild, _ = place(interaction)
    topics = await bot.db(lambda services: services.bank(guild).topics)
    fitting = [topic[:100] for topic in topics if typed.casefold() in topic.casefold()]
    return [app_commands.Choice(name=topic, value=topic) for topic in fitting[:25]]
