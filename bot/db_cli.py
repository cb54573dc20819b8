"""The commands on the database as a whole: back it up, restore it, look after it."""

import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.bank_cli import InputError, Json

if TYPE_CHECKING:
    from bot.backup import Backups
    from bot.store.upkeep import State, Stopped

TURN = 0.05  # seconds left to a running bot in between: SQLite's lock knows no queue

db_app = typer.Typer(
    no_args_is_help=True, help="Look after the database: check, pack and migrate it, delete old answer texts."
)


def backup(
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", readable=False, help="Another folder, or a file (its name has an ending) to write over."
        ),
    ] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Keep so many of the newest ones in the folder.")
    ] = None,
) -> None:
    """Copy the database, also while a bot uses it; check the copy and drop the oldest ones."""
    from bot.backup import backups_of, megabytes
    from bot.settings import read_settings

    backups = backups_of(read_settings())
    if keep is not None:
        backups.keep = keep
    with _stoppable() as stopped:
        made = backups.make(to, stopped=stopped)
    print(f"{made.path} ({megabytes(made.size)}), checked")


def restore(
    file: Annotated[Path, typer.Argument(readable=False, help="A backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before replacing the database.")] = False,
) -> None:
    """Put a backup in the place of the database, which is kept aside; no bot may be running."""
    from bot.backup import backups_of
    from bot.restore import check
    from bot.restore import restore as put_back
    from bot.settings import read_settings

    backups = backups_of(read_settings())
    found = check(file, backups)
    print(f"{file}: {_contents(found)}")
    if not yes:
        if not sys.stdin.isatty():
            raise InputError("nobody can be asked here; add --yes to replace the database")
        typer.confirm(f"Replace {backups.database}?", abort=True)
    with _stoppable() as stopped:
        done = put_back(file, backups, stopped=stopped)
    print(f"{backups.database} is restored.")
    if done.migrations:
        print(f"Brought up to date: {', '.join(done.migrations)}")
    if done.forgotten:
        print(
            f"Deleted again: {_counted(done.forgotten, 'person')} who asked for it after the backup was made"
        )
    if done.replaced:
        print(f"What it replaced: {done.replaced.path}")


@db_app.command("check")
def check(as_json: Json = False) -> None:
    """Say how the database and its last backup are; the exit status is 1 where something is wrong."""
    from bot.backup import backups_of, megabytes
    from bot.settings import read_settings
    from bot.store.upkeep import DatabaseFile

    backups = backups_of(read_settings())
    with _stoppable() as stopped:
        found = DatabaseFile(backups.database, backups.advice).examine(stopped)
    last = backups.last()
    age = datetime.now(UTC) - last.at if last else None
    ok = not found.problems and not found.schema.newer
    if as_json:
        shown = {
            "ok": ok,
            **{name: value for name, value in asdict(found).items() if name != "schema"},
            "applied": [name for name, _ in found.schema.applied],
            "pending": found.schema.pending,
            "newer": found.schema.newer,
            "last_backup": last and {"path": last.path, "at": last.at.isoformat(), "size": last.size},
            "last_backup_age_seconds": None if age is None else round(age.total_seconds()),
        }
        print(json.dumps(shown, indent=2, default=str))
    else:
        print(f"{found.path}: {'damaged' if found.problems else _contents(found)}")
        print("\n".join(f"problem       {problem}" for problem in found.problems) or "integrity     ok")
        print(f"schema        {_schema(found, backups)}")
        print(
            f"size          {megabytes(found.size)}, {megabytes(found.free)} of it free"
            f" ('interview db vacuum'); write-ahead log {megabytes(found.log)}"
        )
        print(f"last backup   {f'{last.path}, {_ago(age)}' if last and age is not None else 'none'}")
        if found.problems:
            print(f"what to do    {backups.advice()}")
    if not ok:
        raise typer.Exit(1)


@db_app.command("vacuum")
def vacuum() -> None:
    """Give free pages back to the disk; no bot may be running."""
    from bot.backup import backups_of, megabytes
    from bot.settings import read_settings
    from bot.store.upkeep import DatabaseFile

    backups = backups_of(read_settings())
    file = DatabaseFile(backups.database, backups.advice)
    before = file.examine().size
    file.vacuum()
    print(f"{file.path}: {megabytes(before)} before, {megabytes(file.path.stat().st_size)} now")


@db_app.command("migrate")
def migrate(
    only_list: Annotated[
        bool, typer.Option("--list", help="Only list the migrations, applied and pending.")
    ] = False,
) -> None:
    """Bring the database's schema up to date, after a backup; starting the program does the same."""
    from bot.backup import backups_of, open_store
    from bot.settings import read_settings
    from bot.store.upkeep import DatabaseFile

    settings = read_settings()
    backups = backups_of(settings)
    schema = DatabaseFile(backups.database, backups.advice).schema()
    if only_list:
        for name, at in schema.applied:
            print(f"{name:<24}{'newer than this program' if name in schema.newer else f'applied {at[:19]}'}")
        for name in schema.pending:
            print(f"{name:<24}pending")
        return
    open_store(settings).close()
    print(f"applied {', '.join(schema.pending)}" if schema.pending else "nothing to do: all are applied")


@db_app.command("prune")
def prune(
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, help="Delete what is older, instead of INTERVIEW_KEEP_ANSWERS_DAYS."),
    ] = None,
) -> None:
    """Delete the answer texts and sessions whose time is over, as a bot does every hour; marks stay."""
    from bot.backup import open_store
    from bot.practice import utc_now
    from bot.privacy import Expired, Privacy
    from bot.settings import read_settings

    settings = read_settings()
    found = Expired()
    with open_store(settings) as store:
        privacy = Privacy(store, utc_now, days or settings.keep_answers_days)
        while more := privacy.expire():
            found += more
            time.sleep(TURN)
        privacy.settle()
    print(
        f"{_counted(found.texts, 'answer text')} and {_counted(found.sessions, 'session')} deleted,"
        f" {_counted(found.interviews, 'interview')} ended"
    )


@contextmanager
def _stoppable() -> Iterator["Stopped"]:
    """Let SIGTERM and Ctrl-C end what is in the block at the next good moment, with everything tidied up."""
    told = threading.Event()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), lambda *_: told.set()) for name in names}
    try:
        yield told.is_set
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _contents(found: "State") -> str:
    last = f", the last at {found.last_answer}" if found.last_answer else ""
    return f"{_counted(found.answers, 'answer')} by {_counted(found.people, 'person')}{last}"


def _schema(found: "State", backups: "Backups") -> str:
    if found.schema.newer:
        return f"{found.schema.newer[-1]}: {found.schema.refusal(backups.fitting())}"
    applied = found.schema.applied[-1][0] if found.schema.applied else "none"
    return f"{applied}, pending: {', '.join(found.schema.pending) or 'none'}"


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.1f} h ago" if hours < 48 else f"{hours / 24:.0f} days ago"


def _counted(number: int, noun: str) -> str:
    plural = "people" if noun == "person" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
