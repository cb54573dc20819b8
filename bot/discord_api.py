"""Where Discord's API is. discord.py has no setting for it: its inside is touched here alone."""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def point_at(api: str | None = None, gateway: str | None = None) -> None:
    """Use another REST base (`https://…/api/v10`) and gateway (`wss://…`): a proxy or a compatible server.

    None keeps Discord's own. Pictures of people and servers come from the REST base's host then, too.
    """
    if api is not None:
        base = yarl.URL(api.rstrip("/"))
        Route.BASE = str(base)
        discord.Asset.BASE = str(base.origin())
    if gateway is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
