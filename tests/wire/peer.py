"""The peer as one object: it serves, breaks things on demand, and does what people do in Discord."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.wire.bodies import JSON, specification, walk
from tests.wire.gateway import MESSAGE_CONTENT, Gateway
from tests.wire.rest import BASE, Fault, Limit, Rest
from tests.wire.world import (
    APPLICATION,
    CHANNEL,
    EVERYTHING,
    GUILD,
    Interaction,
    Person,
    Seen,
    World,
    option,
    snowflake,
)

TOKEN = "MTIz.wire.token"
UNPRIVILEGED = ((1 << 26) - 1) & ~(1 << 1 | 1 << 8 | MESSAGE_CONTENT)


class Peer:
    """A Discord on the loopback interface. Made by `running`."""

    def __init__(self, *, validate: bool, intents_allowed: int) -> None:
        self.port = 0
        self.world = World()
        self.gateway = Gateway(self.world, TOKEN, lambda: self.gateway_url, intents_allowed)
        spec = specification() if validate else None
        self.rest = Rest(self.world, self.gateway, TOKEN, lambda: self.gateway_url, spec)

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BASE}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    # ------------------------------------------------------------------ what goes wrong

    def fail(
        self, method: str, path: str, status: int, *, times: int = 1, hidden: bool = False, code: int = 0
    ) -> Fault:
        """Answer the next matching requests with an error; `hidden` ones take effect all the same."""
        body = json.dumps({"message": "made to fail", "code": code}) if status < 500 else "<html>upstream"
        fault = Fault(method, re.compile(path), status, body, {}, times, hidden)
        self.rest.faults.append(fault)
        return fault

    def refuse_for(self, method: str, path: str, seconds: float, *, everywhere: bool = False) -> Fault:
        """Answer the next matching request with a 429 that no header had announced."""
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
        headers = {"Retry-After": str(seconds), "Via": "1.1 peer", "X-RateLimit-Scope": "shared"}
        if everywhere:
            headers["X-RateLimit-Global"] = "true"
        fault = Fault(method, re.compile(path), 429, json.dumps(body), headers, 1)
        self.rest.faults.append(fault)
        return fault

    def limit(self, method: str, path: str, count: int, seconds: float) -> Limit:
        """Announce and keep a rate limit, as Discord's headers do."""
        limit = Limit(method, re.compile(path), count, seconds)
        self.rest.limits.append(limit)
        return limit

    # ------------------------------------------------------------------ what people do

    async def slash(
        self, person: Person, command: str, *, channel: int = CHANNEL, late: float = 0.0, **options: Any
    ) -> Interaction:
        """Give a slash command, with its group if it has one ("contest start"). `late` is as in `_send`."""
        top, *path = command.split()
        definition = next((each for each in self.world.commands if each["name"] == top), None)
        assert definition, f"no command {top!r} among {[each['name'] for each in self.world.commands]}"
        data: JSON = {"id": definition["id"], "name": top, "type": 1, "guild_id": str(GUILD)}
        level = data
        for name in path:
            definition = next(each for each in definition["options"] if each["name"] == name)
            inner: JSON = {"name": name, "type": definition["type"]}
            level["options"], level = [inner], inner
        known = {each["name"]: each for each in definition.get("options", [])}
        missing = {name for name, each in known.items() if each.get("required")} - options.keys()
        assert not missing, f"{command} needs {missing}"
        level["options"] = [option(known[name], value) for name, value in options.items()]
        return await self._send(2, person, channel, data, late=late)

    async def complete(self, person: Person, command: str, name: str, typed: str) -> list[JSON]:
        """Type into an option and see what is offered."""
        definition = next(each for each in self.world.commands if each["name"] == command)
        chosen = next(each for each in definition["options"] if each["name"] == name)
        assert chosen.get("autocomplete"), f"{name} of {command} offers nothing"
        options = [option(chosen, typed) | {"focused": True}]
        data = {"id": definition["id"], "name": command, "type": 1, "options": options}
        interaction = await self._send(4, person, CHANNEL, data)
        await interaction.until(lambda: interaction.answered_with, "an autocompletion")
        return list(interaction.choices)

    async def press(self, person: Person, message: Seen, label: str, *, late: float = 0.0) -> Interaction:
        """Press the button whose label begins with `label`."""
        button = message.button(label)
        data = {"component_type": 2, "custom_id": button["custom_id"], "id": button["id"]}
        return await self._send(3, person, message.channel, data, message.json, late=late)

    async def choose(self, person: Person, message: Seen, *values: str) -> Interaction:
        """Choose in the message's first select."""
        select = next(each for each in walk(message.json["components"]) if each["type"] in (3, 5, 6, 7, 8))
        data = {"component_type": select["type"], "custom_id": select["custom_id"], "values": list(values)}
        return await self._send(3, person, message.channel, data | {"id": select["id"]}, message.json)

    async def submit(self, opened: Interaction, text: str, *, late: float = 0.0) -> Interaction:
        """Fill the first text field of the modal that an interaction opened, leave the others, send it."""
        modal = await opened.opened()
        filled, components = False, []
        for number, top in enumerate(modal["components"], 1):
            inner = [each for each in walk([top]) if "custom_id" in each]
            values: list[JSON] = []
            for place, each in enumerate(inner):
                value: JSON = {
                    "type": each["type"],
                    "custom_id": each["custom_id"],
                    "id": 100 + number + place,
                }
                if each["type"] == 4:
                    value["value"] = each.get("value") or "" if filled else text
                    assert len(value["value"]) <= each.get("max_length", 4000)
                    filled = True
                else:
                    value["values"] = [each["options"][0]["value"]] if each.get("required", True) else []
                values.append(value)
            holder = {"component": values[0]} if top["type"] == 18 and values else {"components": values}
            components.append({"type": top["type"], "id": number, **holder})
        data = {"custom_id": modal["custom_id"], "components": components}
        return await self._send(5, opened.person, opened.channel, data, opened.source, opened, late=late)

    async def answer(self, person: Person, message: Seen, text: str) -> Interaction:
        """Press *Answer*, write into the modal and send it."""
        return await self.submit(await self.press(person, message, "Answer"), text)

    async def write(self, person: Person, channel: int, text: str) -> None:
        """Write a plain message; its text reaches the bot only with the intent, as in Discord."""
        session = self.gateway.sessions[0]
        message: JSON = {
            "id": snowflake(), "channel_id": str(channel), "guild_id": str(GUILD), "author": person.user,
            "content": text if session.intents & MESSAGE_CONTENT else "", "timestamp": "2026-01-01T00:00:00Z",
            "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [],
            "mention_roles": [], "attachments": [], "embeds": [], "components": [], "pinned": False,
            "type": 0, "flags": 0,
        }  # fmt: skip
        await self.gateway.dispatch("MESSAGE_CREATE", message)

    async def shown(self, channel: int, holding: str, *, after: str = "0", timeout: float = 20.0) -> Seen:
        """Wait for a message that everybody in the channel sees, newer than `after`, with the text."""
        end = time.monotonic() + timeout
        while True:
            for seen in reversed(self.world.seen_in(channel)):
                if holding in seen.text and int(seen.id) > int(after):
                    return seen
            texts = [seen.text[:200] for seen in self.world.seen_in(channel)]
            assert time.monotonic() < end, f"no message with {holding!r} within {timeout:g} s among {texts}"
            await asyncio.sleep(0.02)

    async def _send(
        self,
        kind: int,
        person: Person,
        channel: int,
        data: JSON,
        source: JSON | None = None,
        opener: Interaction | None = None,
        late: float = 0.0,
    ) -> Interaction:
        """Send an interaction to the bot, `late` seconds after Discord began to count."""
        where = self.world.channel(channel)
        interaction = Interaction(
            snowflake(), secrets.token_urlsafe(40), kind, person, channel, {}, source, opener
        )
        event: JSON = {
            "id": interaction.id,
            "application_id": str(APPLICATION),
            "type": kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel),
            "channel": where | {"permissions": person.permissions},
            "locale": "en-US",
            "app_permissions": EVERYTHING,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(GUILD)},
            "attachment_size_limit": 10 << 20,
        }
        if where["type"] == 1:
            event |= {"user": person.user, "context": 1}
        else:
            member = self.world.member(person.id) | {"permissions": person.permissions}
            event |= {"member": member, "guild_id": str(GUILD), "guild_locale": "en-US", "context": 0}
            event["guild"] = {"id": str(GUILD), "locale": "en-US", "features": []}
        if source is not None:
            event["message"] = source
        interaction.event = event
        await self.gateway.known()
        interaction.sent = time.monotonic() - late
        self.world.interactions[interaction.id] = interaction
        await self.gateway.dispatch("INTERACTION_CREATE", event)
        return interaction


@asynccontextmanager
async def running(*, validate: bool = True, intents_allowed: int = UNPRIVILEGED) -> AsyncIterator[Peer]:
    """Run a peer; afterwards AssertionError lists every request that Discord would have refused."""
    peer = Peer(validate=validate, intents_allowed=intents_allowed)
    app = web.Application(client_max_size=30 << 20)
    app.router.add_get("/gateway", peer.gateway.handle)
    app.router.add_get("/gateway/", peer.gateway.handle)
    peer.rest.add_to(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    peer.port = runner.addresses[0][1]
    try:
        yield peer
    finally:
        await runner.cleanup()
    assert not peer.rest.violations, "\n".join(peer.rest.violations)
