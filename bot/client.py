"""The bot on Discord: its threads, its commands, one place that turns errors into replies, its end."""

import asyncio
import hashlib
import io
import logging
import sys
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot import logs, texts
from bot.backup import Backups
from bot.components import Ack, Args, Button, Handler, Select, Told, read_form
from bot.errors import Refusal
from bot.markup import shorten
from bot.metrics import Metrics
from bot.models import Kind, Submission
from bot.practice import PracticeError
from bot.services import Services
from bot.store import StoreError
from bot.threads import DatabaseThread, GraderThread, UngradedError
from bot.wording import escape
from grader.models import Grade
from questions.errors import CorpusError, InterviewError
from questions.models import Question

log = logging.getLogger(__name__)

FEATURES = (
    "practice",
    "review",
    "interview",
    "contest",
    "leaderboard",
    "progress",
    "settings",
    "privacy",
    "backup",
    "appeals",
    "bank",
    "setup",
    "help",
)
BURST, SECONDS = 12, 10.0  # interactions that one person may start in so many seconds
REMEMBERED = 10_000  # interactions and questions kept in mind
PATIENCE = 7.0  # seconds for what is in flight when the bot is told to stop
STORE_FIRST = 2.0  # seconds an answer's storing may hold back its acknowledgement; Discord allows 3

# Unknown interaction, unknown webhook, invalid webhook token: Discord's 3 s or 15 min were over.
TOO_LATE = (10062, 10015, 50027)

# Errors whose words are for the person who caused them; all others of the tree are for whoever runs the bot.
FOR_PERSON = (Refusal, PracticeError, CorpusError)

Result = TypeVar("Result")
Interaction = discord.Interaction["InterviewBot"]

_begun: ContextVar[float] = ContextVar("begun")
"""When the interaction came that is being worked on (`time.monotonic`)."""


class InterviewBot(commands.AutoShardedBot):
    """Practising, interviews and contests on Discord.

    Resources are handed in and opened in `setup_hook` unless they are open already; `close` closes them.
    Without `features` it only logs in: it does nothing of what is due and leaves the commands as they are.
    """

    def __init__(
        self,
        database: DatabaseThread[Services],
        grader: GraderThread,
        clock: Callable[[], datetime],
        metrics: Metrics,
        *,
        message_content: bool = False,
        shard_count: int | None = None,
        backups: Backups | None = None,
        features: Sequence[str] = FEATURES,
    ) -> None:
        intents = discord.Intents(
            guilds=True, guild_messages=message_content, message_content=message_content
        )
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            tree_cls=_Tree,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            shard_count=shard_count,
            http_trace=_timed_acknowledgements(metrics),
        )
        self.db = database
        self.grader = grader
        self.clock = clock
        self.metrics = metrics
        self.message_content = message_content
        self.backups = backups
        self._features = features
        self.actions: dict[str, tuple[Handler, Ack]] = {}
        self.forms: dict[str, Handler] = {}
        self._asked: OrderedDict[str, Question] = OrderedDict()
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._names: OrderedDict[tuple[str | None, str], str] = OrderedDict()
        self._told: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._flying: set[asyncio.Task[Any]] = set()
        self._shards_met: set[int] = set()
        self._shards_online: set[int] = set()
        self._stopping = False
        self._burst = commands.CooldownMapping.from_cooldown(BURST, SECONDS, _person_key)

    # ------------------------------------------------------------------ beginning and end

    async def setup_hook(self) -> None:
        """Open what is not open yet, load the features and make the commands known to Discord."""
        await self.db.open()
        await self.grader.open()
        if not self._features:
            return
        self.add_dynamic_items(Button, Select)
        for name in self._features:
            await self.load_extension(f"bot.cogs.{name}")
        try:
            await self.tree.sync()
        except discord.HTTPException as error:
            # Those of the last start are still there, so that this is no reason to stay away.
            log.warning("Discord took no commands this time (status %s)", error.status)

    async def close(self) -> None:
        """Finish what is in flight, take nothing new, then leave Discord and close the database."""
        if self._stopping:
            return
        self._stopping = True
        end = time.monotonic() + PATIENCE
        while flying := self._flying - {asyncio.current_task()}:
            left = end - time.monotonic()
            if left <= 0:
                log.warning("%s tasks are not finished; what they stored is gone on with", len(flying))
                break
            await asyncio.wait(flying, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        for cog in list(self.cogs):
            await self.remove_cog(cog)
        await super().close()
        await self.grader.close()
        await self.db.close()

    @property
    def stopping(self) -> bool:
        """Whether the bot was told to stop."""
        return self._stopping

    @property
    def online(self) -> bool:
        """Whether every shard is on the gateway."""
        return bool(self._shards_online) and len(self._shards_online) == self.shard_count

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Do work in the background; the end waits for it, and what it raises is logged."""
        task = asyncio.create_task(self._logged(work, name), name=name)
        self._fly(task)
        return task

    async def _logged(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except Exception as error:
            self.log_error(error, name)

    def _fly(self, task: asyncio.Task[Any]) -> None:
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    # ------------------------------------------------------------------ events

    async def on_message(self, message: discord.Message, /) -> None:
        """Take no command from a message."""

    async def on_interaction(self, interaction: Interaction) -> None:
        """Take forms; discord.py itself hands over commands, buttons and selects."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        read = read_form(interaction.data or {})
        if read is None:
            return
        name, owner, args, values = read
        handler = self.forms.get(name)

        async def work() -> None:
            if handler is None:
                raise Told(texts.OUTDATED)
            _check_owner(interaction, owner)
            await handler(interaction, args, values)

        await self._guarded(interaction, work)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note that the server has the bot, again perhaps."""
        await self.db(lambda services: services.guilds.joined(guild_key(guild.id)))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget what only made sense on that server."""
        await self.db(lambda services: services.guilds.removed(guild_key(guild.id)))
        log.info("removed from server %s", guild.id)

    async def on_shard_connect(self, shard: int) -> None:
        """Note a new session of a shard."""
        self._shards_online.add(shard)
        if shard in self._shards_met:
            self.metrics.reconnects.labels("new").inc()
        self._shards_met.add(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        """Note that a shard goes on with its session."""
        self._shards_online.add(shard)
        self.metrics.reconnects.labels("resumed").inc()

    async def on_shard_disconnect(self, shard: int) -> None:
        """Note that a shard lost the gateway; discord.py tries again."""
        self._shards_online.discard(shard)

    async def on_app_command_completion(self, interaction: Interaction, _: object) -> None:
        """Count a command that did what was asked."""
        self._count(interaction, "ok")

    async def on_error(self, event: str, /, *_: Any, **__: Any) -> None:
        """Log what an event's handler raised."""
        error = sys.exc_info()[1]
        if error is not None:
            self.log_error(error, event)

    # ------------------------------------------------------------------ interactions

    async def pressed(self, interaction: Interaction, name: str, owner: str, args: list[str]) -> None:
        """Call the handler of a button or select, for the one it belongs to."""

        async def work() -> None:
            found = self.actions.get(name)
            if found is None:
                raise Told(texts.OUTDATED)
            _check_owner(interaction, owner)
            handler, ack = found
            if ack is Ack.UPDATE:
                await interaction.response.defer()
            elif ack is Ack.REPLY:
                await interaction.response.defer(ephemeral=True, thinking=True)
            await handler(interaction, Args(args))

        await self._guarded(interaction, work)

    async def _guarded(self, interaction: Interaction, work: Callable[[], Awaitable[None]]) -> None:
        try:
            if not self.admit(interaction):
                return
            await work()
        except Exception as error:
            await self.report(interaction, error)
        else:
            self._count(interaction, "ok")

    def admit(self, interaction: Interaction) -> bool:
        """Let an interaction in, once; raises Told where it comes too fast or the bot is leaving.

        A form that was filled in is always taken: whoever typed for ten minutes must not lose that.
        """
        logs.reference.set(logs.reference_of(interaction.id))
        if interaction.id in self._seen:
            return False
        _begun.set(time.monotonic())
        _remember(self._seen, interaction.id, None)
        filled_in = interaction.type is discord.InteractionType.modal_submit
        if self._stopping and not filled_in:
            raise Told(texts.RESTARTING)
        task = asyncio.current_task()
        if task is not None:
            self._fly(task)
        person, guild, _ = place(interaction)
        _remember(self._names, (guild, person), interaction.user.display_name)
        wait = self._burst.update_rate_limit(interaction, time.monotonic())
        if wait and not filled_in:
            raise Told(texts.too_fast(wait))
        return True

    async def report(self, interaction: Interaction, error: BaseException) -> None:
        """Turn an error into a private reply; what is nobody's fault but ours is logged."""
        result, words = self._outcome(interaction, error)
        self._count(interaction, result)
        if words is None:
            return
        try:
            if interaction.response.is_done():
                await interaction.followup.send(words, ephemeral=True)
            else:
                await interaction.response.send_message(words, ephemeral=True)
            if result == "storage" and (written := _written(interaction)):
                file = discord.File(io.BytesIO(written.encode()), texts.GIVEN_BACK)
                await interaction.followup.send(file=file, ephemeral=True)
        except discord.HTTPException as failed:
            log.info("the person could not be told: code %s", failed.code)

    def _outcome(self, interaction: Interaction, error: BaseException) -> tuple[str, str | None]:
        """Say how an interaction that raised ended, and what its person is told, if that can still be."""
        if isinstance(error, app_commands.CommandInvokeError):
            error = error.original
        if isinstance(error, Told):
            return "refused", str(error)
        if isinstance(error, FOR_PERSON):
            return "refused", texts.plain(str(error))
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            return "outdated", texts.OUTDATED
        if isinstance(error, app_commands.MissingPermissions):
            return "refused", texts.needs(error.missing_permissions)
        if isinstance(error, app_commands.BotMissingPermissions):
            return "refused", texts.i_need(error.missing_permissions)
        if isinstance(error, app_commands.AppCommandError):
            return "refused", texts.plain(str(error))
        if isinstance(error, discord.HTTPException) and error.code in TOO_LATE:
            log.info("an interaction came too late: code %s", error.code)
            return "late", None
        if isinstance(error, discord.Forbidden):
            self.log_once("forbidden", interaction.channel_id or 0, error)
            return "forbidden", texts.FORBIDDEN
        if isinstance(error, discord.NotFound):
            return "gone", texts.GONE
        if isinstance(error, discord.DiscordServerError):
            self.log_once("Discord's trouble", error.status, error)
            return "trouble", texts.TROUBLE
        if isinstance(error, UngradedError):
            return "ungraded", texts.ungraded(logs.reference_of(interaction.id))
        self.log_error(error, " ".join(self._used(interaction)))
        if isinstance(error, StoreError):
            return "storage", texts.no_storage(logs.reference_of(interaction.id))
        return "error", texts.unexpected(logs.reference_of(interaction.id))

    def _count(self, interaction: Interaction, result: str) -> None:
        kind, name = self._used(interaction)
        self.metrics.interactions.labels(kind, name, result).inc()
        log.debug("%s %s: %s", kind, name, result)

    def _used(self, interaction: Interaction) -> tuple[str, str]:
        """Tell kind and name of what was used; only names that the bot gave, so that they are few."""
        if interaction.type is discord.InteractionType.application_command:
            command = interaction.command
            return "command", command.qualified_name if command else "unknown"
        filled_in = interaction.type is discord.InteractionType.modal_submit
        data: Mapping[str, Any] = interaction.data or {}
        named = data.get("custom_id", "").split(":")[1:2]
        known = self.forms if filled_in else self.actions
        return "form" if filled_in else "component", named[0] if named and named[0] in known else "unknown"

    # ------------------------------------------------------------------ what features need

    async def stored_then_acknowledged(
        self, stored: Awaitable[Result], acknowledge: Callable[[], Awaitable[object]]
    ) -> Result:
        """Wait for the storing, but never so long that Discord's 3 s are missed; then acknowledge.

        What is stored stays stored where the acknowledgement comes too late.
        """
        storing = asyncio.ensure_future(stored)
        await asyncio.wait([storing], timeout=STORE_FIRST)
        if storing.done():
            storing.result()
        try:
            await acknowledge()
        except discord.HTTPException as error:
            # 10062: too late. 40060: an earlier try got through though its answer got lost.
            if error.code not in (10062, 40060):
                raise
            log.info("an acknowledgement was refused: code %s", error.code)
        return await storing

    async def mark_waiting(self, kind: Kind, mark: Callable[[Submission], Awaitable[None]]) -> None:
        """Mark the stored answers of a kind that have no mark, each however the others fare."""
        for found in await self.db(lambda services: services.answers.waiting()):
            if found.kind is kind:
                logs.reference.set(logs.reference_of(found.request))
                with suppress(UngradedError):
                    await mark(found)

    async def grade(self, submissions: Sequence[Submission]) -> dict[int, Grade]:
        """Grade stored answers, by their ids."""
        grades = await self.grader.grade_all([(each.question, each.text) for each in submissions])
        return {each.id: grade for each, grade in zip(submissions, grades, strict=True)}

    async def tell(self, person: str, text: str) -> None:
        """Send somebody a direct message, where they allow that."""
        try:
            user = await self.fetch_user(int(person.removeprefix("discord:")))
            await user.send(text)
        except discord.HTTPException as error:
            log.info("a direct message was not taken: code %s", error.code)

    async def require_manager(self, interaction: Interaction) -> str:
        """Return the server where the person manages; raises Refusal for anybody else."""
        guild = require_guild(interaction)
        found = await self.db(lambda services: services.guilds.read(guild))
        if not interaction.permissions.manage_guild and not _has_role(interaction, found.manager_role):
            raise Told(texts.MANAGERS_ONLY)
        return guild

    async def require_reviewer(self, interaction: Interaction) -> str:
        """Return the server where the person reviews appeals; raises Refusal for anybody else."""
        guild = require_guild(interaction)
        found = await self.db(lambda services: services.guilds.read(guild))
        reviews = any(_has_role(interaction, role) for role in (found.reviewer_role, found.manager_role))
        if not interaction.permissions.manage_guild and not reviews:
            raise Told(texts.REVIEWERS_ONLY)
        return guild

    def namer(self, guild: str | None) -> Callable[[str], str]:
        """Return what turns a person into what is shown for them on a server.

        A mention in an embed is only a number to whoever's client hasn't met that person, so that a
        name is better; it is known of everybody who did anything since the start.
        """

        def name(person: str) -> str:
            known = self._names.get((guild, person))
            return escape(shorten(known, 40)) if known else mention(person)

        return name

    def remember(self, question: Question) -> str:
        """Keep a question in mind and return the short name by which `recall` finds it."""
        digest = digest_of(question.id)
        _remember(self._asked, digest, question)
        return digest

    def recall(self, digest: str) -> Question | None:
        """Find a question shown since the start."""
        return self._asked.get(digest)

    def log_error(self, error: BaseException, doing: str) -> None:
        """Log where an error arose; not its text, which may hold what a person wrote."""
        if isinstance(error, UngradedError):  # logged where it arose
            return
        self.metrics.errors.inc()
        if isinstance(error, InterviewError) and not isinstance(error, FOR_PERSON):
            log.error("%s: %s", doing, error)
        else:
            log.error("%s: unexpected %s", doing, logs.describe(error))

    def log_once(self, what: str, where: int, error: discord.HTTPException) -> bool:
        """Log a lasting condition of a channel or server the first time it shows; say whether it was."""
        if (what, where) in self._told:
            return False
        _remember(self._told, (what, where), None)
        log.warning("%s in %s: status %s, code %s", what, where, error.status, error.code)
        return True

    async def lost(self, what: str, guild: str, channel: int, error: discord.HTTPException) -> None:
        """Log that a channel is gone or closed to the bot, and tell the server's owner; once."""
        known = self.get_guild(int(guild.removeprefix("discord:")))
        if self.log_once(what, channel, error) and known is not None and known.owner_id is not None:
            await self.tell(f"discord:{known.owner_id}", texts.channel_lost(what, channel))


class _Tree(app_commands.CommandTree[InterviewBot]):
    async def interaction_check(self, interaction: Interaction, /) -> bool:
        if interaction.type is discord.InteractionType.autocomplete:
            logs.reference.set(logs.reference_of(interaction.id))
            return True
        try:
            return self.client.admit(interaction)
        except Refusal as refusal:
            await self.client.report(interaction, refusal)
            return False

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            self.client.log_error(error, "completing an option")
        else:
            await self.client.report(interaction, error)


def person_key(user: discord.abc.Snowflake) -> str:
    """Name a person as the core does."""
    return f"discord:{user.id}"


def guild_key(guild: int) -> str:
    """Name a server as the core does."""
    return f"discord:{guild}"


def place(interaction: Interaction) -> tuple[str, str | None, str]:
    """Tell person, server (None in direct messages) and channel of an interaction."""
    guild = guild_key(interaction.guild_id) if interaction.guild_id else None
    return person_key(interaction.user), guild, str(interaction.channel_id)


def require_guild(interaction: Interaction) -> str:
    """Return the server of an interaction; raises Refusal in direct messages."""
    if interaction.guild_id is None:
        raise Told(texts.NOT_HERE)
    return guild_key(interaction.guild_id)


def mention(person: str) -> str:
    """Turn a person into what Discord shows as their name."""
    return f"<@{person.removeprefix('discord:')}>"


def digest_of(question_id: str) -> str:
    """Name a question in a `custom_id`: 12 hexadecimal digits."""
    return hashlib.blake2b(question_id.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _timed_acknowledgements(metrics: Metrics) -> aiohttp.TraceConfig:
    """Watch the client's requests for those that acknowledge the interaction being worked on."""

    async def ended(_: object, __: object, request: aiohttp.TraceRequestEndParams) -> None:
        begun = _begun.get(None)
        if begun and request.response.status < 400 and request.url.path.endswith("/callback"):
            metrics.acknowledgement_seconds.observe(time.monotonic() - begun)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    return trace


def _written(interaction: Interaction) -> str:
    """Return what a person wrote into a form."""
    data: Mapping[str, Any] = interaction.data or {}
    read = read_form(data) if interaction.type is discord.InteractionType.modal_submit else None
    return "\n\n".join(filter(None, read[3].values())) if read else ""


def _check_owner(interaction: Interaction, owner: str) -> None:
    if owner and owner != str(interaction.user.id):
        raise Told(texts.NOT_YOURS)


def _has_role(interaction: Interaction, role: str | None) -> bool:
    roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
    return role is not None and any(str(each.id) == role for each in roles)


def _person_key(interaction: Any) -> int:
    return int(interaction.user.id)


def _remember(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
