"""Another REST base and gateway in discord.py's inside."""

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord_api import point_at


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put discord.py's own addresses back."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(discord.Asset, "BASE", discord.Asset.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


def test_discords_own_addresses_stay_by_default() -> None:
    before = (Route.BASE, discord.Asset.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    point_at()
    assert before == (Route.BASE, discord.Asset.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


def test_requests_pictures_and_the_gateway_go_elsewhere() -> None:
    point_at("http://proxy:3000/api/v10/", "ws://proxy:3001")
    assert Route("GET", "/users/{user_id}", user_id=1).url == "http://proxy:3000/api/v10/users/1"
    assert discord.Asset.BASE == "http://proxy:3000"
    assert yarl.URL("ws://proxy:3001") == DiscordWebSocket.DEFAULT_GATEWAY
