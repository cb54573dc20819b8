"""Logs: their two forms, and that nothing gets into them which people wrote."""

import asyncio
import io
import json
import logging
import sqlite3
import warnings
from contextlib import closing

import pytest

from bot import logs
from tests.watching import Stream

SECRET = "my very own answer"
TOKEN = "MTE5OTk5OTk5OTk5OTk5OTk5OQ.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789ab"


def records(stream: Stream) -> list[dict[str, str]]:
    """Read JSON lines."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_is_one_object_a_line(stream: Stream) -> None:
    logs.set_up("json", "info")
    logging.getLogger("bot.x").warning("two\nlines and %s", "“quotes”")
    (record,) = records(stream)
    assert record.pop("time").endswith("+00:00")
    assert record == {"level": "warning", "logger": "bot.x", "message": "two\nlines and “quotes”"}


def test_text_is_for_reading(stream: Stream) -> None:
    logs.set_up("text", "info")
    logging.getLogger("bot.x").warning("told %s", "so")
    assert stream.getvalue().endswith(" WARNING bot.x: told so\n")


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_form_follows_the_stream_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    assert [logs.is_json(each) for each in ("auto", "text", "json")] == [False, False, True]
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert [logs.is_json(each) for each in ("auto", "text", "json")] == [True, False, True]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_record_bears_the_reference_of_its_interaction(stream: Stream, form: logs.Format) -> None:
    logs.set_up(form, "info")
    reference = logs.reference_of(1234)
    token = logs.reference.set(reference)
    logging.getLogger("bot.x").info("inside")
    logs.reference.reset(token)
    logging.getLogger("bot.x").info("outside")
    inside, outside = stream.getvalue().splitlines()
    assert reference in inside
    assert reference not in outside


def test_a_reference_is_short_and_the_same_after_a_restart() -> None:
    assert logs.reference_of(1234) == logs.reference_of("1234") != logs.reference_of(1235)
    assert len(logs.reference_of(2**63)) == 8


def test_debug_is_for_our_own_records_alone(stream: Stream) -> None:
    logs.set_up("text", "debug")
    # Even where somebody asks discord.py itself for it: it shows all that comes and goes.
    chatty = logging.getLogger("discord.http.test")
    chatty.setLevel(logging.DEBUG)
    chatty.debug("POST with %s", SECRET)
    logging.getLogger("bot.x").debug("ours")
    logging.getLogger("discord.x").info("connected")
    assert SECRET not in stream.getvalue()
    assert "ours" in stream.getvalue()
    assert "connected" in stream.getvalue()


def test_a_level_holds_for_ours(stream: Stream) -> None:
    logs.set_up("text", "error")
    logging.getLogger("bot.x").warning("warned")
    logging.getLogger("other").warning("warned")
    logging.getLogger("bot.x").error("failed")
    assert "warned" not in stream.getvalue()
    assert "failed" in stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_of_an_error_kind_and_place_are_shown_and_not_its_text(stream: Stream, form: logs.Format) -> None:
    logs.set_up(form, "info")
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise RuntimeError(f"can't grade {SECRET}") from error
    except RuntimeError:
        logging.getLogger("other").exception("it failed")
    told = stream.getvalue()
    assert SECRET not in told
    assert "RuntimeError" in told
    assert "because of ValueError" in told
    assert "test_logs.py" in told


def test_codes_of_errors_are_shown() -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.Error) as caught:
        connection.execute("SELECT 1 FROM nothing")
    assert logs.describe(caught.value).startswith("OperationalError (sqlite_errorcode 1)")
    assert logs.describe(OSError(28, SECRET)) == "OSError (errno 28)"
    assert logs.describe(SystemExit(SECRET)) == "SystemExit"


def test_an_error_in_a_circle_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert logs.describe(first).count("because of") < 9


@pytest.mark.parametrize(
    "text",
    [
        f"IDENTIFY with {TOKEN}",
        f"Authorization: Bot {TOKEN}",
        f"'{TOKEN}'",
    ],
)
def test_what_looks_like_a_bots_token_is_blanked(stream: Stream, text: str) -> None:
    logs.set_up("text", "info")
    logging.getLogger("discord.x").warning("%s", text)
    assert TOKEN[-20:] not in stream.getvalue()
    assert "GabcDE" not in stream.getvalue()


@pytest.mark.parametrize(
    "place", ["interactions/123/TOKEN/callback", "webhooks/123/TOKEN/messages/5", "webhooks/123/TOKEN"]
)
def test_tokens_in_addresses_are_blanked(stream: Stream, place: str) -> None:
    logs.set_up("text", "info")
    address = f"https://discord.example/api/v10/{place.replace('TOKEN', 'aW50ZXJhY3Rpb24')}"
    logging.getLogger("discord.http").warning(
        "We are being rate limited. %s %s responded with 429.", "POST", address
    )
    assert "aW50" not in stream.getvalue()
    assert "/123/…" in stream.getvalue()


def test_warnings_are_records(stream: Stream) -> None:
    logs.set_up("json", "info")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)
    (record,) = records(stream)
    assert record["logger"] == "py.warnings"


async def test_what_the_loop_finds_unhandled_is_logged_without_texts(stream: Stream) -> None:
    logs.set_up("json", "info")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.log_unhandled)

    async def fail(text: str) -> None:
        raise ValueError(text)

    def call(text: str) -> None:
        raise KeyError(text)

    task = asyncio.create_task(fail(SECRET))
    loop.call_soon(call, SECRET)
    await asyncio.wait({task})
    del task
    loop.set_exception_handler(None)
    callback, retrieved = [record["message"].splitlines()[0] for record in records(stream)]
    assert callback.startswith("Exception in callback test_")
    assert callback.endswith(": KeyError")
    assert retrieved == "Task exception was never retrieved: ValueError"
    assert SECRET not in stream.getvalue()
