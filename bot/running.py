"""`interview run`: check everything first, then serve until told to stop."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.metadata import version
from typing import TypeVar

import aiohttp
import discord

from bot.backup import backups_of, open_store
from bot.client import FEATURES, InterviewBot
from bot.discord_api import point_at
from bot.health import HealthServer
from bot.library import find
from bot.logs import log_unhandled
from bot.metrics import Metrics
from bot.practice import utc_now
from bot.services import Services, open_services
from bot.settings import Settings, SettingsError
from bot.threads import DatabaseThread, GraderThread
from grader.grade import load_grader
from questions.errors import InterviewError
from questions.load import bundled_path, load_bank
from questions.models import Bank

log = logging.getLogger(__name__)

Found = TypeVar("Found")

OFFLINE = ("privacy", "backup")  # features whose clocks work on the database alone

INTENT = (
    "INTERVIEW_DISCORD_MESSAGE_CONTENT: is on, but Discord doesn't grant this bot the message content intent;"
    " switch it on at https://discord.com/developers/applications on the page 'Bot', or unset the variable"
)


class StartError(InterviewError):
    """The bot can't start. The text says what is wrong and how to mend it."""


def run(
    settings: Settings, say: Callable[[str], None], *, check_only: bool = False, offline: bool = False
) -> None:
    """Do what `serve` does in an event loop of its own."""
    asyncio.run(serve(settings, say, check_only=check_only, offline=offline))


async def serve(
    settings: Settings, say: Callable[[str], None], *, check_only: bool = False, offline: bool = False
) -> None:
    """Check everything, then serve until SIGINT or SIGTERM; `say` is told each check's outcome.

    With `check_only` nothing is served; with `offline` everything is up but Discord, and no token is needed.
    Raises InterviewError where something is wrong.
    """
    stopped = asyncio.Event()
    _stop_on_signals(stopped)
    asyncio.get_running_loop().set_exception_handler(log_unhandled)
    point_at(settings.discord_api, settings.discord_gateway)
    # The bot doesn't speak, so that what discord.py lacks for that is no news.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    bank = Bank({})
    metrics = Metrics()
    bot = InterviewBot(
        DatabaseThread(lambda: _open(settings, bank), lambda services: services.close(), metrics),
        GraderThread(
            lambda: load_grader(settings.encoder, judge=settings.grader, threads=settings.threads), metrics
        ),
        utc_now,
        metrics,
        message_content=settings.discord_message_content,
        shard_count=settings.discord_shards,
        backups=backups_of(settings),
        features=() if check_only else FEATURES,
    )
    health = HealthServer(bot, offline=offline)
    problems: list[InterviewError] = []

    async def checked(name: str, check: Callable[[], Awaitable[Found]]) -> Found | None:
        return await _checked(name, check, problems, say)

    async def read_token() -> str:
        return settings.token()

    async def read_bank() -> Bank:
        named = settings.corpus and find(settings.corpus, settings.corpora)
        return load_bank(named or bundled_path())

    try:
        async with bot:
            if settings.health_port:
                host, port = settings.health_host, settings.health_port
                await checked(f"health on {host}, port {port}", lambda: health.start(host, port))
            token = None if offline else await checked("token", read_token)
            bank = await checked("corpus", read_bank) or bank
            await checked("database", bot.db.open)
            await checked("grader", bot.grader.open)
            if problems:
                noun = "check" if len(problems) == 1 else "checks"
                raise StartError(f"{len(problems)} {noun} failed; mend what is named above and start again")
            metrics.build.info({"version": version("interview-practice-bot"), "grader": bot.grader.model})
            if token is not None:
                await _log_in(bot, token)
                say(f"ok      Discord: logged in as {bot.user}")
                if settings.discord_message_content and not await _may_read(bot):
                    raise SettingsError(INTENT)
            if not check_only:
                await (_wait(bot, stopped) if offline else _serve(bot, stopped))
    finally:
        await health.stop()


async def _log_in(bot: InterviewBot, token: str) -> None:
    try:
        await bot.login(token)
    except discord.LoginFailure as error:
        raise SettingsError(
            "DISCORD_TOKEN: Discord doesn't know this token; copy it again from the page 'Bot' at"
            " https://discord.com/developers/applications ('Reset Token' makes a new one)"
        ) from error
    except discord.HTTPException as error:
        raise StartError(f"Discord answers with status {error.status}; try again in a few minutes") from error
    except (aiohttp.ClientError, OSError) as error:
        raise StartError(
            f"can't reach Discord ({type(error).__name__}); check the network and INTERVIEW_DISCORD_API"
        ) from error


async def _may_read(bot: InterviewBot) -> bool:
    flags = (await bot.application_info()).flags
    return flags.gateway_message_content or flags.gateway_message_content_limited


async def _wait(bot: InterviewBot, stopped: asyncio.Event) -> None:
    """Do what needs no Discord until told to stop."""
    for feature in OFFLINE:
        await bot.load_extension(f"bot.cogs.{feature}")
    log.info("up without Discord")
    await stopped.wait()
    log.info("told to stop")


async def _serve(bot: InterviewBot, stopped: asyncio.Event) -> None:
    connection = asyncio.create_task(bot.connect(), name="gateway")
    stopping = asyncio.create_task(stopped.wait(), name="stop")
    done, _ = await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if connection not in done:
        log.info("told to stop")
        await bot.close()
    try:
        await connection
    except discord.PrivilegedIntentsRequired as error:
        raise SettingsError(INTENT) from error
    except discord.LoginFailure as error:
        raise SettingsError("DISCORD_TOKEN: Discord's gateway refuses it; copy the token again") from error
    except discord.ConnectionClosed as error:
        raise StartError(f"Discord closed the connection (code {error.code}); start again") from error


async def _checked(
    name: str,
    check: Callable[[], Awaitable[Found]],
    problems: list[InterviewError],
    say: Callable[[str], None],
) -> Found | None:
    try:
        found = await check()
    except InterviewError as error:
        problems.append(error)
        say(f"failed  {name}: {error}")
        return None
    say(f"ok      {name}")
    return found


def _stop_on_signals(stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C ends the loop by itself.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)


def _open(settings: Settings, bank: Bank) -> Services:
    return open_services(
        open_store(settings), bank, clock=utc_now, keep_answers_days=settings.keep_answers_days
    )
