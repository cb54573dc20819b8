"""The peer refuses what Discord refuses, and gives what Discord's own file promises."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.wire.bodies import embed_size, message_faults, specification
from tests.wire.peer import TOKEN, Peer, running
from tests.wire.world import CHANNEL, GUILD, Interaction

BOT = {"Authorization": f"Bot {TOKEN}"}


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ({}, "empty message"),
        ({"content": "x" * 2001}, "content has 2001"),
        ({"embeds": [{"description": "x" * 4000}, {"title": "x" * 2001}]}, "embeds have 6001"),
        ({"components": [{"type": 10, "content": "x" * 4001}], "flags": 1 << 15}, "text displays have 4001"),
        ({"content": "x", "components": [{"type": 10, "content": "y"}], "flags": 1 << 15}, "beside"),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "a"}] * 2}]},
            "custom id cannot be duplicated",
        ),
    ],
)
def test_a_message_beyond_a_limit_is_refused(message: dict[str, Any], fault: str) -> None:
    assert any(fault in found for found in message_faults(message))


def test_messages_at_the_limits_pass() -> None:
    embed = {"title": "x" * 256, "fields": [{"name": "x" * 144, "value": "x" * 600}], "author": {"name": "x"}}
    assert embed_size(embed) == 1001
    at_limit = {"content": "x" * 2000, "embeds": [{"description": "x" * 4000}, {"description": "x" * 2000}]}
    assert not list(message_faults(at_limit))


def test_discords_file_refuses_what_it_describes_and_lets_the_rest_pass() -> None:
    spec = specification()
    if spec is None:
        pytest.skip("Discord's OpenAPI file is not here")
    callback = "/interactions/1/abc/callback"
    modal: dict[str, Any] = {"type": 9, "data": {"custom_id": "m", "title": "x" * 46, "components": []}}
    assert spec.request_fault("POST", callback, modal)
    message = {"content": "hello", "attachments": [{"id": 0, "filename": "a.png"}]}
    assert spec.request_fault("POST", callback, {"type": 4, "data": message}) is None
    assert spec.request_fault("PATCH", "/webhooks/1/abc/messages/@original", message) is None
    assert spec.request_fault("POST", "/channels/1/messages", {"content": "x" * 4001})
    assert "no operation" in (spec.request_fault("POST", "/no/such/thing", {}) or "")


@asynccontextmanager
async def _connected(peer: Peer) -> AsyncIterator[aiohttp.ClientSession]:
    """Stand in for the bot: identify on the gateway and hold a session for requests."""
    async with aiohttp.ClientSession() as session, session.ws_connect(peer.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 1, "shard": [0, 1]}})
        assert (await socket.receive_json())["t"] == "READY"
        yield session


async def _call(session: aiohttp.ClientSession, method: str, url: str, body: object = None) -> Any:
    async with session.request(method, url, json=body, headers=BOT) as response:
        text = await response.read()
        assert response.headers.get("Content-Type") == ("application/json" if text else None)
        return response.status, json.loads(text or "null")


def test_interactions_are_answered_once_in_time_and_by_their_token() -> None:
    async def scenario() -> None:
        async with running() as peer, _connected(peer) as session:
            await _call(session, "PUT", f"{peer.api_url}/applications/900/commands", [_command("ask")])
            ann = peer.world.person(1, "ann")

            def callback(interaction: Interaction, token: str | None = None) -> str:
                return f"{peer.api_url}/interactions/{interaction.id}/{token or interaction.token}/callback"

            asked = await peer.slash(ann, "ask")
            thinking = {"type": 5, "data": {"flags": 64}}
            assert (await _call(session, "POST", callback(asked, "wrong"), thinking))[1]["code"] == 10062
            reply = f"{peer.api_url}/webhooks/900/{asked.token}/messages/@original"
            assert (await _call(session, "PATCH", reply, {"content": "early"}))[1]["code"] == 10015
            assert (await _call(session, "POST", callback(asked), thinking))[0] == 204
            assert (await _call(session, "POST", callback(asked), thinking))[1]["code"] == 40060
            assert (await _call(session, "PATCH", reply, {"content": "done"}))[0] == 200
            shown = await asked.message("done")
            assert shown.ephemeral
            assert not shown.loading
            peer.rest.token_lives = 0
            assert (await _call(session, "PATCH", reply, {"content": "late"}))[1]["code"] == 50027

            slow = await peer.slash(ann, "ask", late=3.1)
            assert (await _call(session, "POST", callback(slow), thinking))[1]["code"] == 10062
            assert slow.refusals == [10062]

    asyncio.run(scenario())


def test_a_session_is_resumed_with_what_it_missed() -> None:
    async def scenario() -> None:
        async with running() as peer, aiohttp.ClientSession() as session:
            async with session.ws_connect(peer.gateway_url) as socket:
                await socket.receive_json()
                await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 1}})
                ready = await socket.receive_json()
            await peer.gateway.dispatch("THREAD_CREATE", {"id": "5"}, GUILD)
            async with session.ws_connect(peer.gateway_url) as socket:
                await socket.receive_json()
                again = {"token": TOKEN, "session_id": ready["d"]["session_id"], "seq": ready["s"]}
                await socket.send_json({"op": 6, "d": again})
                names = [(await socket.receive_json())["t"] for _ in range(3)]
                assert names == ["GUILD_CREATE", "THREAD_CREATE", "RESUMED"]
            async with session.ws_connect(peer.gateway_url) as socket:
                await socket.receive_json()
                await socket.send_json({"op": 6, "d": again | {"session_id": "unknown"}})
                assert await socket.receive_json() == {"op": 9, "d": False, "s": None, "t": None}

    asyncio.run(scenario())


def test_limits_are_announced_and_kept() -> None:
    async def scenario() -> None:
        async with running() as peer, aiohttp.ClientSession() as session:
            limit = peer.limit("POST", "/messages$", 2, 30)
            url = f"{peer.api_url}/channels/{CHANNEL}/messages"
            left = []
            for _ in range(3):
                async with session.post(url, json={"content": "x"}, headers=BOT) as response:
                    left.append((response.status, response.headers["X-RateLimit-Remaining"]))
            assert left == [(200, "1"), (200, "0"), (429, "0")]
            assert limit.exceeded == 1
            assert len(peer.world.seen_in(CHANNEL)) == 2

    asyncio.run(scenario())


def test_what_discord_would_refuse_fails_the_test() -> None:
    async def scenario() -> None:
        async with running() as peer, aiohttp.ClientSession() as session:
            url = f"{peer.api_url}/channels/{CHANNEL}/messages"
            assert (await _call(session, "POST", url, {"content": "x" * 2001}))[0] == 400

    with pytest.raises(AssertionError, match="POST /channels"):
        asyncio.run(scenario())


def _command(name: str) -> dict[str, Any]:
    return {"name": name, "description": "Ask", "type": 1}
