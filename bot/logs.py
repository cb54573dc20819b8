"""Logs: text on a terminal, a JSON object a line elsewhere; and nothing in them that people wrote.

Three rules keep answers, names and tokens out. Our own records are worded without them. Of an error only its
kind and place are shown, because its text may hold what was being handled. Libraries may not speak below
INFO, where discord.py shows every message it gets and sends; what looks like a token is blanked.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import asyncio

Format = Literal["auto", "text", "json"]
Level = Literal["debug", "info", "warning", "error"]

reference: ContextVar[str] = ContextVar("reference", default="")
"""What the records of one interaction bear, in all its tasks and threads; "" outside of any."""

log = logging.getLogger(__name__)

OURS = ("bot", "questions", "grader")
PLACES = 5  # frames shown of an error

_SECRETS = (
    # The token of an interaction or webhook, with which anybody can answer in the bot's name.
    (re.compile(r"(/(?:interactions|webhooks)/\d+/)[^/?\s\"']+"), r"\1…"),
    # A bot's token: its id in Base64, a time, a signature.
    (re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{27,}"), "…"),
)


def reference_of(request: int | str) -> str:
    """Return the short reference of an interaction, the same after a restart."""
    return blake2b(str(request).encode(), digest_size=4).hexdigest()


def is_json(format_: Format) -> bool:
    """Say whether logs are JSON: where asked for, and by default where standard error is no terminal."""
    return format_ == "json" or (format_ == "auto" and not sys.stderr.isatty())


def set_up(format_: Format, level: Level) -> None:
    """Send the records of the whole process to standard error, ours from `level` on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if is_json(format_) else TextFormatter())
    handler.addFilter(_may_be_logged)
    least = level.upper()
    logging.basicConfig(handlers=[handler], level=max(logging.INFO, logging.getLevelName(least)), force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(least)
    logging.captureWarnings(True)


def describe(error: BaseException) -> str:
    """Tell the kind and place of an error and of what caused it, but not their texts."""
    found: list[str] = []
    each: BaseException | None = error
    while each is not None and len(found) < PLACES:
        places = traceback.format_tb(each.__traceback__, limit=-PLACES)
        found.append("\n".join([_kind(each), *(place.rstrip() for place in places)]))
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return "\nbecause of ".join(found)


def log_unhandled(_: "asyncio.AbstractEventLoop", context: Mapping[str, Any]) -> None:
    """Log what the event loop found unhandled; its own way would show texts of errors."""
    error = context.get("exception")
    # Up to the arguments of a callback, which may be anything.
    what = re.split(r"[(<]", context["message"])[0].strip()
    log.error("%s%s", what, f": {describe(error)}" if error else "")


class TextFormatter(logging.Formatter):
    """One record: time, level, where from, reference, words."""

    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, its error below it."""
        about = f" [{reference.get()}]" if reference.get() else ""
        head = f"{self.formatTime(record)} {record.levelname} {record.name}{about}: "
        return head + "\n".join(filter(None, [_message(record), _error(record)]))


class JsonFormatter(logging.Formatter):
    """One record: a JSON object of time, level, logger, message, and if any reference and error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        found = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            "reference": reference.get(),
            "error": _error(record),
        }
        return json.dumps({name: value for name, value in found.items() if value}, ensure_ascii=False)


def _may_be_logged(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO or record.name.partition(".")[0] in OURS


def _message(record: logging.LogRecord) -> str:
    text = record.getMessage()
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _error(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    return describe(error) if error else ""


def _kind(error: BaseException) -> str:
    """Name the class, with what is a number by nature: HTTP's and Discord's codes, the system's."""
    numbers = {name: getattr(error, name, None) for name in ("status", "code", "errno", "sqlite_errorcode")}
    told = [f"{name} {value}" for name, value in numbers.items() if isinstance(value, int)]
    return type(error).__qualname__ + (f" ({', '.join(told)})" if told else "")
