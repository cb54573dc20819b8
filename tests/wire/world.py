"""What the peer knows: people, channels, messages and interactions, as Discord's JSON describes them."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.wire.bodies import JSON, message_faults, walk

EPOCH = 1_420_070_400_000  # Discord's, in milliseconds
EPHEMERAL, LOADING = 1 << 6, 1 << 7
EVERYTHING = str((1 << 53) - 1)  # all permissions there are
MEMBER = str(
    0x40_0000_0000 | 0x8000_0000 | 0x10_0000 | 0xC_0000 | 0x1_0000 | 0x4C00
)  # reads, writes, threads

APPLICATION, GUILD, CHANNEL, OWNER = 900, 700, 800, 100

_counter = itertools.count()


def snowflake() -> str:
    """Make an id that holds the time, as Discord's do."""
    return str((int(time.time() * 1000) - EPOCH << 22) | next(_counter) % (1 << 22))


def now() -> str:
    return datetime.now(UTC).isoformat()


class Refused(Exception):  # noqa: N818  (what Discord answers is no fault of ours)
    """An answer other than success, with Discord's own code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: JSON = {"message": message, "code": code}


UNKNOWN_CHANNEL = Refused(404, 10003, "Unknown Channel")
UNKNOWN_MESSAGE = Refused(404, 10008, "Unknown Message")
UNKNOWN_WEBHOOK = Refused(404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = Refused(404, 10062, "Unknown interaction")
EXPIRED_TOKEN = Refused(401, 50027, "Invalid Webhook Token")
ACKNOWLEDGED = Refused(400, 40060, "Interaction has already been acknowledged.")


def invalid(reason: str) -> Refused:
    return Refused(400, 50035, f"Invalid Form Body: {reason}")


@dataclass(frozen=True)
class Person:
    """Someone who uses the bot. `permissions` are those in the server."""

    id: int
    name: str
    permissions: str = MEMBER

    @property
    def user(self) -> JSON:
        return user(self.id, self.name)


@dataclass(frozen=True)
class File:
    """An attachment as it arrived."""

    name: str
    content_type: str
    data: bytes


@dataclass
class Seen:
    """A message as a person sees it."""

    json: JSON

    @property
    def id(self) -> str:
        return str(self.json["id"])

    @property
    def channel(self) -> int:
        return int(self.json["channel_id"])

    @property
    def text(self) -> str:
        """Everything written in it: content, embeds and text displays."""
        parts = [self.json["content"]]
        for embed in self.json["embeds"]:
            parts += [embed.get("title"), embed.get("description")]
            parts += [text for each in embed.get("fields") or [] for text in (each["name"], each["value"])]
            parts.append((embed.get("footer") or {}).get("text"))
        parts += [each.get("content") for each in walk(self.json["components"]) if each["type"] == 10]
        return "\n".join(part for part in parts if part)

    @property
    def ephemeral(self) -> bool:
        return bool(self.json["flags"] & EPHEMERAL)

    @property
    def loading(self) -> bool:
        return bool(self.json["flags"] & LOADING)

    @property
    def buttons(self) -> dict[str, JSON]:
        """Its buttons that can be pressed, by label."""
        return {
            each.get("label") or "": each
            for each in walk(self.json["components"])
            if each["type"] == 2 and not each.get("disabled") and "custom_id" in each
        }

    def button(self, label: str) -> JSON:
        """Find a button whose label begins with `label`."""
        for name, found in self.buttons.items():
            if name.startswith(label):
                return found
        raise AssertionError(f"no button {label!r} among {list(self.buttons)} of {self.text[:200]!r}")


@dataclass
class Interaction:
    """One thing a person did, and all that the bot answered to it. Times are those of `time.monotonic`."""

    id: str
    token: str
    kind: int  # 2 command, 3 component, 4 autocomplete, 5 modal
    person: Person
    channel: int
    event: JSON
    source: JSON | None = None
    opener: "Interaction | None" = None
    sent: float = 0.0
    acknowledged: float | None = None
    answered_with: int | None = None
    modal: JSON | None = None
    choices: Sequence[JSON] = ()
    original: JSON | None = None
    messages: list[JSON] = field(default_factory=list)
    edits: int = 0
    refusals: list[int] = field(default_factory=list)
    _waiting: list[asyncio.Event] = field(default_factory=list)

    @property
    def metadata(self) -> JSON:
        """What a message says of the interaction it came from."""
        about: JSON = {"id": self.id, "type": self.kind, "user": self.person.user}
        about["authorizing_integration_owners"] = {"0": str(GUILD)}
        if self.kind == 2:
            about["name"] = self.event["data"]["name"]
        if self.kind == 3 and self.source:
            about["interacted_message_id"] = self.source["id"]
        if self.opener:
            about["triggering_interaction_metadata"] = self.opener.metadata
        return about

    def changed(self) -> None:
        """Wake whoever waits for this interaction."""
        for event in self._waiting:
            event.set()

    async def until(self, done: Callable[[], object], what: str, timeout: float = 20.0) -> None:
        """Wait until `done` holds; AssertionError says what never came and what was there."""
        event = asyncio.Event()
        self._waiting.append(event)
        try:
            async with asyncio.timeout(timeout):
                while not done():
                    await event.wait()
                    event.clear()
        except TimeoutError:
            seen = [Seen(message).text[:300] for message in self.messages]
            raise AssertionError(
                f"{what} never came within {timeout:g} s; answered with type {self.answered_with},"
                f" refused {self.refusals}, messages {seen}"
            ) from None
        finally:
            self._waiting.remove(event)

    async def message(self, holding: str = "", timeout: float = 20.0) -> Seen:
        """Wait for a message of this interaction, no longer loading, that holds the text."""

        def found() -> Iterator[JSON]:
            shown = [*self.messages, *([self.original] if self.original else [])]
            return (each for each in reversed(shown) if not Seen(each).loading and holding in Seen(each).text)

        await self.until(lambda: any(True for _ in found()), f"a message with {holding!r}", timeout)
        return Seen(next(found()))

    async def acknowledgement(self, timeout: float = 20.0) -> float:
        """Wait for the bot's first answer and return the seconds it took."""
        await self.until(lambda: self.acknowledged is not None, "an acknowledgement", timeout)
        assert self.acknowledged is not None
        return self.acknowledged - self.sent

    async def edited(self, timeout: float = 20.0) -> None:
        """Wait until the bot has changed a message in answer to this."""
        await self.until(lambda: self.edits, "an edit", timeout)

    async def opened(self, timeout: float = 20.0) -> JSON:
        """Wait for the modal that this interaction opens."""
        await self.until(lambda: self.modal is not None, "a modal", timeout)
        assert self.modal is not None
        return self.modal


class World:
    """A server with one text channel, its people, and everything the bot wrote."""

    def __init__(self) -> None:
        self.bot = user(APPLICATION, "interview-bot") | {"bot": True}
        self.people: dict[int, Person] = {}
        self.channels: dict[int, JSON] = {CHANNEL: _channel(CHANNEL, 0, "practice")}
        self.members_of: dict[int, set[int]] = {}
        self.messages: dict[str, JSON] = {}
        self.files: dict[str, File] = {}
        self.commands: list[JSON] = []
        self.interactions: dict[str, Interaction] = {}
        self.roles_given: list[tuple[int, str]] = []
        self.person(OWNER, "owner", EVERYTHING)

    def person(self, number: int, name: str, permissions: str = MEMBER) -> Person:
        """Add a member of the server."""
        self.people[number] = Person(number, name, permissions)
        return self.people[number]

    def channel(self, number: int | str) -> JSON:
        """Find a channel, thread or direct message; raises Refused."""
        try:
            return self.channels[int(number)]
        except (KeyError, ValueError):
            raise UNKNOWN_CHANNEL from None

    def direct(self, number: int) -> JSON:
        """Open the direct messages with a person."""
        for channel in self.channels.values():
            if channel["type"] == 1 and channel["recipients"][0]["id"] == str(number):
                return channel
        channel = {"id": snowflake(), "type": 1, "last_message_id": None, "flags": 0}
        channel["recipients"] = [self.people[number].user]
        self.channels[int(channel["id"])] = channel
        return channel

    def thread(self, parent: int, body: JSON, message: str | None = None) -> JSON:
        """Open a thread; raises Refused."""
        if self.channel(parent)["type"] != 0:
            raise Refused(400, 50024, "Cannot execute action on this channel type")
        if not 1 <= len(body.get("name") or "") <= 100:
            raise invalid("name must be between 1 and 100 in length")
        number = message or snowflake()
        kind = 11 if message else body.get("type", 12)
        thread = _channel(int(number), kind, body["name"], parent=parent) | {
            "owner_id": str(APPLICATION),
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "thread_metadata": {
                "archived": False,
                "archive_timestamp": now(),
                "auto_archive_duration": body.get("auto_archive_duration") or 1440,
                "locked": False,
                "create_timestamp": now(),
            },
        }
        if kind == 12:
            thread["thread_metadata"]["invitable"] = body.get("invitable", True)
        self.channels[int(number)] = thread
        self.members_of[int(number)] = {APPLICATION}
        return thread

    def write(
        self, channel: int, body: JSON, files: Mapping[int, File], interaction: Interaction | None = None
    ) -> JSON:
        """Let the bot write a message; raises Refused."""
        where = self.channel(channel)
        if (where.get("thread_metadata") or {}).get("archived") and interaction is None:
            raise Refused(400, 50083, "Thread is archived")
        message: JSON = {
            "id": snowflake(),
            "channel_id": str(channel),
            "author": self.bot,
            "timestamp": now(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "components": [],
            "pinned": False,
            "content": "",
            "flags": 0,
            "type": 0,
        }
        if interaction:
            message |= {"application_id": str(APPLICATION), "webhook_id": str(APPLICATION)}
            message["interaction_metadata"] = interaction.metadata
            message["type"] = 20 if interaction.kind == 2 else 0
        self._change(message, body, files)
        self.messages[message["id"]] = message
        return message

    def edit(self, message: JSON, body: JSON, files: Mapping[int, File]) -> JSON:
        """Change a message in place; raises Refused and changes nothing."""
        changed = json.loads(json.dumps(message)) | {"edited_timestamp": now()}
        changed["flags"] &= ~LOADING
        self._change(changed, body, files)
        message.update(changed)
        return message

    def _change(self, message: JSON, body: JSON, files: Mapping[int, File]) -> None:
        flags = body.get("flags") or 0
        message["flags"] |= flags
        if flags & LOADING:
            return
        for key in ("content", "embeds", "components"):
            if key in body:
                message[key] = body[key] or ([] if key != "content" else "")
        for number, component in enumerate(walk(message["components"]), 1):
            component["id"] = number
        for embed in message["embeds"]:
            embed["type"] = "rich"
        described = {str(each["id"]): each for each in body.get("attachments") or []}
        kept = [
            each for each in message["attachments"] if "attachments" not in body or each["id"] in described
        ]
        for number, file in files.items():
            kept.append(self._attach(file, described.get(str(number), {})))
        message["attachments"] = kept
        if faults := list(message_faults(message)):
            raise Refused(400, 50006 if "empty" in faults[0] else 50035, "; ".join(faults))

    def _attach(self, file: File, described: JSON) -> JSON:
        number = snowflake()
        self.files[number] = file
        found = {
            "id": number,
            "filename": file.name,
            "size": len(file.data),
            "url": f"https://cdn.invalid/attachments/{number}/{file.name}",
            "proxy_url": f"https://media.invalid/attachments/{number}/{file.name}",
            "content_type": file.content_type,
        }
        return found | ({"description": described["description"]} if described.get("description") else {})

    def seen_in(self, channel: int) -> list[Seen]:
        """List what everybody sees in a channel, oldest first."""
        here = (each for each in self.messages.values() if each["channel_id"] == str(channel))
        return [seen for seen in map(Seen, here) if not seen.ephemeral]

    def member(self, number: int) -> JSON:
        """Describe a member of the server; raises Refused."""
        if number == APPLICATION:
            return _member(self.bot)
        if number not in self.people:
            raise Refused(404, 10007, "Unknown Member")
        return _member(self.people[number].user)

    def guild(self) -> JSON:
        """Describe the server as GUILD_CREATE does."""
        threads = [each for each in self.channels.values() if "thread_metadata" in each]
        return {
            "id": str(GUILD),
            "name": "Practice",
            "owner_id": str(OWNER),
            "icon": None,
            "region": "",
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "system_channel_flags": 0,
            "preferred_locale": "en-US",
            "features": [],
            "emojis": [],
            "stickers": [],
            "roles": [
                {
                    "id": str(GUILD),
                    "name": "@everyone",
                    "color": 0,
                    "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
                    "hoist": False,
                    "position": 0,
                    "permissions": EVERYTHING,
                    "managed": False,
                    "mentionable": False,
                    "flags": 0,
                }
            ],
            "joined_at": now(),
            "large": False,
            "unavailable": False,
            "member_count": len(self.people) + 1,
            "members": [self.member(APPLICATION)],
            "channels": [each for each in self.channels.values() if each["type"] == 0],
            "threads": [each for each in threads if not each["thread_metadata"]["archived"]],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


def user(number: int, name: str) -> JSON:
    """Describe a user."""
    return {
        "id": str(number),
        "username": name,
        "discriminator": "0",
        "global_name": name,
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def _member(who: JSON) -> JSON:
    return {
        "user": who,
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }


def _channel(number: int, kind: int, name: str, parent: int | None = None) -> JSON:
    channel: JSON = {
        "id": str(number),
        "guild_id": str(GUILD),
        "type": kind,
        "name": name,
        "flags": 0,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "parent_id": str(parent) if parent else None,
    }
    if parent is None:
        channel |= {"position": 0, "permission_overwrites": [], "nsfw": False, "topic": None}
    return channel


def option(definition: JSON, value: Any) -> JSON:
    """Give an option as a person's client sends it, by what the bot said it takes."""
    kinds: dict[int, type | tuple[type, ...]] = {3: str, 4: int, 5: bool, 10: (int, float)}
    wanted = kinds.get(definition["type"], str)
    assert isinstance(value, wanted), f"{definition['name']} takes no {value!r}"
    if definition.get("choices"):
        assert value in [choice["value"] for choice in definition["choices"]], f"{value!r} is no choice"
    return {"name": definition["name"], "type": definition["type"], "value": value}
