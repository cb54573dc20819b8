"""Discord's gateway v10 as a server: HELLO, IDENTIFY, RESUME with replay, heartbeats, zlib-stream."""

import asyncio
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire.bodies import JSON
from tests.wire.world import APPLICATION, GUILD, World, snowflake

HEARTBEAT = 41_250  # milliseconds, what Discord asks for
MESSAGE_CONTENT = 1 << 15


@dataclass
class Session:
    """One shard's session: its events outlive the socket, so that RESUME can replay them."""

    id: str
    shard: tuple[int, int]
    intents: int
    events: list[JSON] = field(default_factory=list)
    socket: "Socket | None" = None


@dataclass
class Socket:
    """One connection. Frames are compressed where the client asked for it."""

    request: web.Request
    response: web.WebSocketResponse
    compressor: Any = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send(self, frame: JSON) -> None:
        text = json.dumps(frame)
        async with self.lock:
            if self.response.closed:
                return
            try:
                if self.compressor is None:
                    await self.response.send_str(text)
                else:
                    data = self.compressor.compress(text.encode()) + self.compressor.flush(zlib.Z_SYNC_FLUSH)
                    await self.response.send_bytes(data)
            except ConnectionError:
                pass  # the event stays in its session and is sent again after RESUME


class Gateway:
    """All shards' sessions. `log` holds the op codes received, for tests."""

    def __init__(self, world: World, token: str, url: Callable[[], str], intents_allowed: int) -> None:
        self._world = world
        self._token = token
        self._url = url
        self.intents_allowed = intents_allowed
        self.sessions: dict[int, Session] = {}
        self.log: list[int] = []
        self.closed: list[int | None] = []
        self._changed = asyncio.Condition()

    async def connected(self, timeout: float = 30.0) -> Session:
        """Wait for the first shard to have identified or resumed."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: 0 in self.sessions and self.sessions[0].socket)
        return self.sessions[0]

    async def known(self, timeout: float = 30.0) -> None:
        """Wait for the first shard to have a session; while its socket is away, events wait in it."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: 0 in self.sessions)

    async def dispatch(self, name: str, data: JSON, guild: int | None = GUILD) -> bool:
        """Send an event to the shard of the server, shard 0 without one; False where no session is."""
        if not self.sessions:
            return False
        count = next(iter(self.sessions.values())).shard[1]
        session = self.sessions.get((guild >> 22) % count if guild else 0)
        if session is None:
            return False
        await self._emit(session, name, data)
        return True

    async def drop(self, code: int | None = None) -> None:
        """Cut the first shard's connection: without a goodbye, or closing with `code`."""
        socket, self.sessions[0].socket = self.sessions[0].socket, None
        assert socket is not None
        if code is None:
            assert socket.request.transport is not None
            socket.request.transport.abort()
        else:
            await socket.response.close(code=code)

    def forget(self) -> None:
        """Invalidate all sessions, as Discord does after an outage."""
        self.sessions.clear()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        response = web.WebSocketResponse(max_msg_size=0)
        await response.prepare(request)
        zipped = request.query.get("compress") == "zlib-stream"
        socket = Socket(request, response, zlib.compressobj() if zipped else None)
        session: Session | None = None
        await socket.send({"op": 10, "d": {"heartbeat_interval": HEARTBEAT}, "s": None, "t": None})
        try:
            async for message in response:
                if message.type is not WSMsgType.TEXT:
                    break
                frame = json.loads(message.data)
                self.log.append(frame["op"])
                if frame["op"] == 1:
                    await socket.send({"op": 11, "d": None, "s": None, "t": None})
                elif frame["op"] == 2:
                    session = await self._identify(socket, frame["d"])
                elif frame["op"] == 6:
                    session = await self._resume(socket, frame["d"])
                elif frame["op"] == 8 and session:
                    await self._members(session, frame["d"])
        finally:
            self.closed.append(response.close_code)
            if session and session.socket is socket:
                session.socket = None
        return response

    async def _identify(self, socket: Socket, data: JSON) -> Session | None:
        if data["token"] != self._token:
            await socket.response.close(code=4004, message=b"Authentication failed.")
            return None
        if data["intents"] & ~self.intents_allowed:
            await socket.response.close(code=4014, message=b"Disallowed intent(s).")
            return None
        shard = data.get("shard", [0, 1])
        session = Session(snowflake(), (shard[0], shard[1]), data["intents"], socket=socket)
        self.sessions[shard[0]] = session
        await self._emit(
            session,
            "READY",
            {
                "v": 10,
                "user": self._world.bot,
                "guilds": [{"id": str(GUILD), "unavailable": True}] if self._holds_guild(session) else [],
                "session_id": session.id,
                "resume_gateway_url": self._url(),
                "shard": shard,
                "application": {"id": str(APPLICATION), "flags": 0},
            },
        )
        if self._holds_guild(session):
            await self._emit(session, "GUILD_CREATE", self._world.guild())
        await self._tell()
        return session

    async def _resume(self, socket: Socket, data: JSON) -> Session | None:
        found = [each for each in self.sessions.values() if each.id == data["session_id"]]
        if not found or data["token"] != self._token:
            await socket.send({"op": 9, "d": False, "s": None, "t": None})
            return None
        session = found[0]
        missed = [each for each in session.events if each["s"] > data["seq"]]
        for event in missed:
            await socket.send(event)
        session.socket = socket
        await self._emit(session, "RESUMED", {})
        await self._tell()
        return session

    async def _members(self, session: Session, data: JSON) -> None:
        wanted = data.get("user_ids") or [str(number) for number in self._world.people]
        known = [each for each in map(int, wanted) if each in self._world.people]
        chunk = {
            "guild_id": data["guild_id"],
            "members": [self._world.member(each) for each in known],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [each for each in wanted if int(each) not in known],
        }
        await self._emit(session, "GUILD_MEMBERS_CHUNK", chunk | {"nonce": data.get("nonce")})

    async def _emit(self, session: Session, name: str, data: JSON) -> None:
        # What Discord sends is what stands at that time, not what a later edit makes of it.
        event = json.loads(json.dumps({"op": 0, "s": len(session.events) + 1, "t": name, "d": data}))
        session.events.append(event)
        if session.socket:
            await session.socket.send(event)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _holds_guild(self, session: Session) -> bool:
        return (GUILD >> 22) % session.shard[1] == session.shard[0]
