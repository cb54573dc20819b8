"""Discord's REST v10 as far as the bot uses it: each route changes the world or refuses as Discord does."""

import json
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.wire.bodies import JSON, Specification
from tests.wire.gateway import MESSAGE_CONTENT, Gateway
from tests.wire.world import (
    ACKNOWLEDGED,
    APPLICATION,
    CHANNEL,
    EPHEMERAL,
    EXPIRED_TOKEN,
    GUILD,
    LOADING,
    OWNER,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    File,
    Interaction,
    Refused,
    World,
    invalid,
    snowflake,
)

BASE = "/api/v10"


@dataclass
class Fault:
    """What goes wrong with requests of a method and path: the answer sent instead.

    `hidden` lets the request have its effect first, as where an answer gets lost on its way back.
    """

    method: str
    path: re.Pattern[str]
    status: int
    body: str
    headers: dict[str, str]
    times: int
    hidden: bool = False
    met: int = 0


@dataclass
class Limit:
    """A rate limit as Discord announces it: `count` requests each `seconds` for a method and path."""

    method: str
    path: re.Pattern[str]
    count: int
    seconds: float
    exceeded: int = 0
    recent: deque[float] = field(default_factory=deque)


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    request: web.Request
    path: str
    body: Any
    files: dict[int, File]

    def part(self, name: str) -> str:
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        return int(self.request.match_info[name])


Answer = tuple[int, Any]
Route = Callable[[Call], Awaitable[Answer]]


class Rest:
    """Serve the routes over one world. `violations` are the bodies Discord would have refused."""

    def __init__(
        self, world: World, gateway: Gateway, token: str, url: Callable[[], str], spec: Specification | None
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._token = token
        self._url = url
        self._spec = spec
        self.acknowledge_within = 3.0
        self.token_lives = 900.0
        self.shards = 1
        self.faults: list[Fault] = []
        self.limits: list[Limit] = []
        self.violations: list[str] = []
        self.requests: list[tuple[str, str, int]] = []

    def add_to(self, app: web.Application) -> None:
        """Register all routes."""
        at_token = "/webhooks/{application:\\d+}/{token}"
        at_commands = f"/applications/{APPLICATION}"
        at_member = f"/guilds/{GUILD}/members/{{user:\\d+}}"
        routes: list[tuple[str, str, Route]] = [
            ("GET", "/gateway", self._get_gateway),
            ("GET", "/gateway/bot", self._get_gateway),
            ("GET", "/users/@me", self._get_me),
            ("POST", "/users/@me/channels", self._open_direct),
            ("GET", "/users/{user:\\d+}", self._get_user),
            ("GET", "/oauth2/applications/@me", self._get_application),
            ("GET", "/applications/@me", self._get_application),
            ("GET", f"{at_commands}/commands", self._get_commands),
            ("PUT", f"{at_commands}/commands", self._put_commands),
            ("GET", f"{at_commands}/emojis", self._get_emojis),
            ("POST", "/interactions/{interaction:\\d+}/{token}/callback", self._callback),
            ("POST", at_token, self._follow_up),
            ("GET", f"{at_token}/messages/{{message}}", self._get_reply),
            ("PATCH", f"{at_token}/messages/{{message}}", self._edit_reply),
            ("DELETE", f"{at_token}/messages/{{message}}", self._delete_reply),
            ("GET", "/channels/{channel:\\d+}", self._get_channel),
            ("PATCH", "/channels/{channel:\\d+}", self._edit_channel),
            ("DELETE", "/channels/{channel:\\d+}", self._delete_channel),
            ("POST", "/channels/{channel:\\d+}/typing", self._nothing),
            ("GET", "/channels/{channel:\\d+}/messages", self._get_messages),
            ("POST", "/channels/{channel:\\d+}/messages", self._post_message),
            ("GET", "/channels/{channel:\\d+}/messages/{message:\\d+}", self._get_message),
            ("PATCH", "/channels/{channel:\\d+}/messages/{message:\\d+}", self._edit_message),
            ("DELETE", "/channels/{channel:\\d+}/messages/{message:\\d+}", self._delete_message),
            ("PUT", "/channels/{channel:\\d+}/messages/pins/{message:\\d+}", self._nothing),
            ("POST", "/channels/{channel:\\d+}/messages/{message:\\d+}/threads", self._open_thread),
            ("POST", "/channels/{channel:\\d+}/threads", self._open_thread),
            ("PUT", "/channels/{channel:\\d+}/thread-members/{user}", self._join_thread),
            ("DELETE", "/channels/{channel:\\d+}/thread-members/{user}", self._leave_thread),
            ("GET", f"/guilds/{GUILD}", self._get_guild),
            ("GET", f"/guilds/{GUILD}/channels", self._get_channels),
            ("GET", at_member, self._get_member),
            ("PUT", f"{at_member}/roles/{{role:\\d+}}", self._give_role),
            ("DELETE", f"{at_member}/roles/{{role:\\d+}}", self._nothing),
        ]
        for method, path, route in routes:
            app.router.add_route(method, BASE + path, self._served(route))
        app.router.add_route("*", f"{BASE}/{{rest:.*}}", self._served(self._unknown))

    # ------------------------------------------------------------------ every request

    def _served(self, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            call = await self._read(request)
            for fault in self.faults:
                if fault.times and fault.method == request.method and fault.path.search(call.path):
                    fault.times -= 1
                    fault.met += 1
                    if fault.hidden:
                        await self._answer(route, call)
                    self.requests.append((request.method, call.path, fault.status))
                    kind = "application/json" if fault.body.startswith("{") else "text/html"
                    return web.Response(
                        status=fault.status, text=None, body=fault.body.encode(), content_type=kind,
                        headers=fault.headers,
                    )  # fmt: skip
            headers, refused = self._limited(call)
            status, body = refused or await self._answer(route, call)
            self.requests.append((request.method, call.path, status))
            if body is None:
                return web.Response(status=status, headers=headers)
            # Exactly this type, without a charset: discord.py compares the header as text.
            return web.Response(
                status=status,
                body=json.dumps(body).encode(),
                content_type="application/json",
                headers=headers,
            )

        return serve

    async def _read(self, request: web.Request) -> Call:
        path = request.path.removeprefix(BASE)
        files: dict[int, File] = {}
        body: Any = None
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                assert isinstance(part, BodyPartReader)
                data = bytes(await part.read(decode=True))
                if part.name == "payload_json":
                    body = json.loads(data)
                elif part.name and (found := re.fullmatch(r"files\[(\d+)\]", part.name)):
                    kind = "image/png" if data.startswith(b"\x89PNG") else "application/octet-stream"
                    files[int(found[1])] = File(part.filename or "", kind, data)
        elif request.can_read_body:
            body = await request.json()
        return Call(request, path, body, files)

    async def _answer(self, route: Route, call: Call) -> Answer:
        try:
            self._authorise(call)
            if self._spec and (fault := self._spec.request_fault(call.request.method, call.path, call.body)):
                raise invalid(fault)
            status, body = await route(call)
        except Refused as refused:
            if refused.body["code"] in (50006, 50035):
                self.violations.append(
                    f"{call.request.method} {call.path}: {refused}: {str(call.body)[:500]}"
                )
            return refused.status, refused.body
        if self._spec and (fault := self._spec.response_fault(call.request.method, call.path, status, body)):
            self.violations.append(f"the peer itself: {fault}")
        return status, body

    def _authorise(self, call: Call) -> None:
        by_token = call.path.startswith(("/webhooks/", "/interactions/"))
        if not by_token and call.request.headers.get("Authorization") != f"Bot {self._token}":
            raise Refused(401, 0, "401: Unauthorized")

    def _limited(self, call: Call) -> tuple[dict[str, str], Answer | None]:
        for limit in self.limits:
            if limit.method != call.request.method or not limit.path.search(call.path):
                continue
            now = time.monotonic()
            while limit.recent and limit.recent[0] <= now - limit.seconds:
                limit.recent.popleft()
            over = len(limit.recent) >= limit.count
            if not over:
                limit.recent.append(now)
            after = max(limit.recent[0] + limit.seconds - now, 0.001)
            headers = {
                "X-RateLimit-Limit": str(limit.count),
                "X-RateLimit-Remaining": str(limit.count - len(limit.recent)),
                "X-RateLimit-Reset": f"{time.time() + after:.3f}",
                "X-RateLimit-Reset-After": f"{after:.3f}",
                "X-RateLimit-Bucket": "announced",
                "Via": "1.1 peer",
            }
            if over:
                limit.exceeded += 1
                body = {"message": "You are being rate limited.", "retry_after": after, "global": False}
                return headers | {"Retry-After": f"{after:.3f}"}, (429, body)
            return headers, None
        return {}, None

    # ------------------------------------------------------------------ the application

    async def _get_gateway(self, call: Call) -> Answer:
        if not call.path.endswith("/bot"):
            return 200, {"url": self._url()}
        left = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
        return 200, {"url": self._url(), "shards": self.shards, "session_start_limit": left}

    async def _get_me(self, _: Call) -> Answer:
        more = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
        return 200, self._world.bot | more

    async def _get_user(self, call: Call) -> Answer:
        if call.number("user") not in self._world.people:
            raise Refused(404, 10013, "Unknown User")
        return 200, self._world.people[call.number("user")].user

    async def _open_direct(self, call: Call) -> Answer:
        return 200, self._world.direct(int(call.body["recipient_id"]))

    async def _get_application(self, _: Call) -> Answer:
        owner = self._world.people[OWNER].user
        # Discord's flag for an application in fewer than a hundred servers that was granted the intent.
        flags = 1 << 19 if self._gateway.intents_allowed & MESSAGE_CONTENT else 0
        return 200, {
            "id": str(APPLICATION),
            "name": "interview-bot",
            "icon": None,
            "description": "",
            "summary": "",
            "type": None,
            "bot": self._world.bot,
            "verify_key": "0" * 64,
            "flags": flags,
            "flags_new": str(flags),
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": owner,
            "team": None,
            "rpc_origins": [],
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "internal_guild_restriction": 0,
            "eligible_oauth2_scopes": [],
        }

    async def _get_commands(self, _: Call) -> Answer:
        return 200, self._world.commands

    async def _put_commands(self, call: Call) -> Answer:
        known = {command["name"]: command["id"] for command in self._world.commands}
        self._world.commands = [
            {
                "id": known.get(each["name"]) or snowflake(),
                "application_id": str(APPLICATION),
                "version": snowflake(),
                "default_member_permissions": None,
                "dm_permission": True,
                "nsfw": False,
                "type": 1,
                "description": "",
            }
            | {key: value for key, value in each.items() if value is not None}
            # Sent as a number or text, given back as text.
            | {"default_member_permissions": _text(each.get("default_member_permissions"))}
            for each in call.body
        ]
        return 200, self._world.commands

    async def _get_emojis(self, _: Call) -> Answer:
        return 200, {"items": []}

    # ------------------------------------------------------------------ interactions

    async def _callback(self, call: Call) -> Answer:
        interaction = self._world.interactions.get(call.part("interaction"))
        if interaction is None or interaction.token != call.part("token"):
            raise UNKNOWN_INTERACTION
        try:
            if interaction.acknowledged is not None:
                raise ACKNOWLEDGED
            if time.monotonic() - interaction.sent > self.acknowledge_within:
                raise UNKNOWN_INTERACTION
            self._respond(interaction, call)
        except Refused as refused:
            interaction.refusals.append(refused.body["code"])
            interaction.changed()
            raise
        interaction.acknowledged = time.monotonic()
        interaction.answered_with = call.body["type"]
        interaction.changed()
        if interaction.answered_with in (4, 5) and interaction.original:
            await self._announce("MESSAGE_CREATE", interaction.original)
        if interaction.answered_with == 7 and interaction.original:
            await self._announce("MESSAGE_UPDATE", interaction.original)
        if call.request.query.get("with_response") not in ("1", "true"):
            return 204, None
        about: JSON = {"id": interaction.id, "type": interaction.kind}
        if interaction.original is None:
            return 200, {"interaction": about}
        flags = interaction.original["flags"]
        about |= {
            "response_message_id": interaction.original["id"],
            "response_message_loading": bool(flags & LOADING),
            "response_message_ephemeral": bool(flags & EPHEMERAL),
            "channel_id": interaction.original["channel_id"],
        }
        if interaction.answered_with not in (4, 7):
            return 200, {"interaction": about}
        resource = {"type": interaction.answered_with, "message": interaction.original}
        return 200, {"interaction": about, "resource": resource}

    def _respond(self, interaction: Interaction, call: Call) -> None:
        kind, data = call.body["type"], call.body.get("data") or {}
        allowed = {2: (4, 5, 9), 3: (4, 5, 6, 7, 9), 4: (8,), 5: (4, 5)}[interaction.kind]
        if interaction.kind == 5 and interaction.source:
            allowed += (6, 7)
        if kind not in allowed:
            raise invalid(f"type {kind} doesn't answer an interaction of type {interaction.kind}")
        if kind in (4, 5):
            body = data | {"flags": (data.get("flags") or 0) | LOADING} if kind == 5 else data
            interaction.original = self._world.write(interaction.channel, body, call.files, interaction)
            interaction.messages.append(interaction.original)
        elif kind in (6, 7):
            interaction.original = interaction.source
            if kind == 7:
                assert interaction.source is not None
                self._world.edit(interaction.source, data, call.files)
                interaction.edits += 1
        elif kind == 8:
            if len(data["choices"]) > 25:
                raise invalid("at most 25 choices fit")
            interaction.choices = data["choices"]
        elif kind == 9:
            interaction.modal = data

    def _by_token(self, call: Call) -> Interaction:
        for interaction in self._world.interactions.values():
            if interaction.token == call.part("token"):
                break
        else:
            raise UNKNOWN_WEBHOOK
        if interaction.acknowledged is None:
            raise UNKNOWN_WEBHOOK
        if time.monotonic() - interaction.sent > self.token_lives:
            raise EXPIRED_TOKEN
        return interaction

    async def _follow_up(self, call: Call) -> Answer:
        interaction = self._by_token(call)
        original = interaction.original
        if original and original["flags"] & LOADING:
            # As Discord does: the first follow-up takes the place of "is thinking".
            message = self._world.edit(original, call.body, call.files)
        else:
            message = self._world.write(interaction.channel, call.body, call.files, interaction)
            interaction.messages.append(message)
        interaction.changed()
        await self._announce("MESSAGE_CREATE", message)
        return (200, message) if call.request.query.get("wait") in ("1", "true") else (204, None)

    def _reply(self, call: Call) -> tuple[Interaction, JSON]:
        interaction = self._by_token(call)
        name = call.part("message")
        message = interaction.original if name == "@original" else self._world.messages.get(name)
        if message is None or message["id"] not in self._world.messages:
            raise UNKNOWN_MESSAGE
        return interaction, message

    async def _get_reply(self, call: Call) -> Answer:
        return 200, self._reply(call)[1]

    async def _edit_reply(self, call: Call) -> Answer:
        interaction, message = self._reply(call)
        self._world.edit(message, call.body, call.files)
        interaction.edits += 1
        interaction.changed()
        await self._announce("MESSAGE_UPDATE", message)
        return 200, message

    async def _delete_reply(self, call: Call) -> Answer:
        interaction, message = self._reply(call)
        del self._world.messages[message["id"]]
        interaction.messages = [each for each in interaction.messages if each is not message]
        interaction.changed()
        return 204, None

    # ------------------------------------------------------------------ channels and messages

    async def _get_channel(self, call: Call) -> Answer:
        return 200, self._world.channel(call.number("channel"))

    async def _edit_channel(self, call: Call) -> Answer:
        channel = self._world.channel(call.number("channel"))
        metadata = channel.get("thread_metadata") or {}
        metadata.update({key: value for key, value in call.body.items() if key in metadata})
        channel.update({key: value for key, value in call.body.items() if key in channel})
        await self._gateway.dispatch("THREAD_UPDATE" if metadata else "CHANNEL_UPDATE", channel)
        return 200, channel

    async def _delete_channel(self, call: Call) -> Answer:
        channel = self._world.channel(call.number("channel"))
        del self._world.channels[call.number("channel")]
        kind = "THREAD_DELETE" if "thread_metadata" in channel else "CHANNEL_DELETE"
        await self._gateway.dispatch(kind, channel)
        return 200, channel

    async def _get_messages(self, call: Call) -> Answer:
        self._world.channel(call.number("channel"))
        found = [seen.json for seen in self._world.seen_in(call.number("channel"))]
        return 200, found[::-1][: int(call.request.query.get("limit", 50))]

    async def _post_message(self, call: Call) -> Answer:
        body = call.body
        if body.get("enforce_nonce") and (same := self._same_nonce(call.number("channel"), body["nonce"])):
            return 200, same
        message = self._world.write(call.number("channel"), body, call.files)
        if "nonce" in body:
            message["nonce"] = body["nonce"]
        await self._announce("MESSAGE_CREATE", message)
        return 200, message

    def _same_nonce(self, channel: int, nonce: str) -> JSON | None:
        here = (seen.json for seen in self._world.seen_in(channel))
        return next((each for each in here if each.get("nonce") == nonce), None)

    def _message(self, call: Call) -> JSON:
        self._world.channel(call.number("channel"))
        message = self._world.messages.get(call.part("message"))
        if message is None or message["channel_id"] != call.part("channel") or message["flags"] & EPHEMERAL:
            raise UNKNOWN_MESSAGE
        return message

    async def _get_message(self, call: Call) -> Answer:
        return 200, self._message(call)

    async def _edit_message(self, call: Call) -> Answer:
        message = self._world.edit(self._message(call), call.body, call.files)
        await self._announce("MESSAGE_UPDATE", message)
        return 200, message

    async def _delete_message(self, call: Call) -> Answer:
        del self._world.messages[self._message(call)["id"]]
        return 204, None

    async def _open_thread(self, call: Call) -> Answer:
        message = call.part("message") if "message" in call.request.match_info else None
        thread = self._world.thread(call.number("channel"), call.body, message)
        await self._gateway.dispatch("THREAD_CREATE", thread | {"newly_created": True})
        return 201, thread

    async def _join_thread(self, call: Call) -> Answer:
        self._world.channel(call.number("channel"))
        who = APPLICATION if call.part("user") == "@me" else call.number("user")
        self._world.members_of[call.number("channel")].add(who)
        return 204, None

    async def _leave_thread(self, call: Call) -> Answer:
        self._world.members_of[call.number("channel")].discard(call.number("user"))
        return 204, None

    async def _announce(self, name: str, message: JSON) -> None:
        if not message["flags"] & EPHEMERAL:
            await self._gateway.dispatch(name, message | {"guild_id": str(GUILD)})

    # ------------------------------------------------------------------ the server

    async def _get_guild(self, _: Call) -> Answer:
        return 200, self._world.guild()

    async def _get_channels(self, _: Call) -> Answer:
        return 200, [self._world.channels[CHANNEL]]

    async def _get_member(self, call: Call) -> Answer:
        return 200, self._world.member(call.number("user"))

    async def _give_role(self, call: Call) -> Answer:
        self._world.roles_given.append((call.number("user"), call.part("role")))
        return 204, None

    async def _nothing(self, _: Call) -> Answer:
        return 204, None

    async def _unknown(self, call: Call) -> Answer:
        self.violations.append(f"the peer has no route {call.request.method} {call.path}")
        raise Refused(404, 0, "404: Not Found")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
