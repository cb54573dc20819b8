"""The command line: options in, parts wired, errors out as one line."""

import contextlib
import errno
import json
import logging
import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from bot.bank_cli import (
    Corpus,
    InputError,
    Json,
    Topic,
    bank_app,
    corpus_of,
    load_bank_of,
    print_markdown,
    question_of,
)
from bot.db_cli import backup, db_app, restore
from questions.errors import InterviewError
from questions.models import Level, Question

if TYPE_CHECKING:
    from bot.background import BackgroundGrader
    from bot.practice import Practice
    from bot.settings import Settings

log = logging.getLogger(__name__)

PERSON = "terminal"
MAX_SEED = 2**63 - 1  # the database's largest number
MAX_FILE = 1_000_000  # bytes of an answer or question file; the longest graded answer is far below


class _PractiseByDefault(TyperGroup):
    """`interview --topic docker` is `interview practise --topic docker`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        leading = list(takewhile(own.__contains__, args))
        rest = args[len(leading) :]
        if not rest or rest[0].startswith("-"):
            rest = ["practise", *rest]
        return super().parse_args(ctx, [*leading, *rest])


app = typer.Typer(
    cls=_PractiseByDefault,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Practise technical interviews: answer in your own words and be graded point by point, offline.",
)
app.add_typer(bank_app, name="bank")
app.add_typer(db_app, name="db")
app.command("backup")(backup)
app.command("restore")(restore)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"interview-practice-bot {version('interview-practice-bot')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an unexpected error comes from.")
    ] = False,
) -> None:
    """Practise technical interviews: answer in your own words and be graded point by point, offline."""


@app.command("practise")
def practise(
    topic: Topic = None,
    level: Annotated[Level | None, typer.Option("--level", help="Only questions of this level.")] = None,
    count: Annotated[int | None, typer.Option("--count", min=1, help="Stop after so many questions.")] = None,
    corpus: Corpus = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, max=MAX_SEED, help="Fix the order in which new questions come."),
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Begin anew instead of going on.")] = False,
) -> None:
    """Practise in this terminal (the default command)."""
    from bot.models import Choice
    from bot.settings import read_settings
    from bot.terminal import Terminal, make_console

    interactive = sys.stdin.isatty()
    with open_practice(read_settings(), corpus) as (practice, grader), _stopping_gently():
        terminal = Terminal(
            practice,
            make_console(),
            _line_reader(interactive),
            interactive=interactive,
            show=f"{_program()} bank show" + (f" --corpus {shlex.quote(str(corpus))}" if corpus else ""),
        )
        terminal.run(PERSON, Choice(topic, level, count, seed), fresh=new, shown=grader.prepare)


app.command("practice", hidden=True)(practise)


@app.command("run")
def run(
    check: Annotated[bool, typer.Option("--check", help="Only check that everything is in place.")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Run everything but the connection to Discord; needs no token.")
    ] = False,
) -> None:
    """Run the Discord bot, after checking health port, token, corpus, database, grader and intents."""
    try:
        from bot.running import run as serve
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from error
    from bot import logs
    from bot.settings import read_settings
    from bot.wording import line

    settings = read_settings()
    logs.set_up(settings.log_format, settings.log_level)
    if check or not logs.is_json(settings.log_format):
        serve(settings, lambda text: print(line(text), flush=True), check_only=check, offline=offline)
        return
    try:
        serve(settings, _log_check, offline=offline)
    except InterviewError as error:
        # So that every line is a record.
        log.critical("%s", line(str(error)))
        raise typer.Exit(1) from error


@app.command("invite")
def invite(
    application_id: Annotated[
        int | None,
        typer.Option("--application-id", help="Of the bot; without it, the token is asked."),
    ] = None,
    champion_role: Annotated[
        bool, typer.Option("--champion-role", help="Also ask for Manage Roles, for the champion's role.")
    ] = False,
) -> None:
    """Print the address that invites the bot to a server, with the least permissions that it needs."""
    from bot.invite import application_of, invitation
    from bot.settings import read_settings

    if application_id is None:
        application_id = application_of(read_settings().token())
    try:
        print(invitation(application_id, champion=champion_role))
    except ModuleNotFoundError as error:
        raise _extra_missing(error) from error


@app.command("progress")
def progress(
    topic: Annotated[str | None, typer.Option("--topic", help="Only topics that contain this.")] = None,
    corpus: Corpus = None,
    as_json: Json = False,
) -> None:
    """Show answers, mean, trend and weakest points by topic."""
    from bot import wording
    from bot.settings import read_settings

    with open_practice(read_settings(), corpus) as (practice, _):
        found = practice.progress(PERSON, topic)
    if as_json:
        print(json.dumps(asdict(found), default=lambda model: model.model_dump(mode="json"), indent=2))
    else:
        print_markdown(wording.progress(found, topic))


@app.command("grade")
def grade(
    answer_file: Annotated[
        str, typer.Option("--answer-file", help="Text file with the answer; - reads it from stdin.")
    ],
    question_file: Annotated[
        Path | None,
        typer.Option(
            "--question-file", readable=False, help="JSON file with one question and its key points."
        ),
    ] = None,
    question: Annotated[str | None, typer.Option("--question", help="Id of a question in the bank.")] = None,
    corpus: Corpus = None,
    as_json: Json = False,
) -> None:
    """Grade one answer to one question."""
    from bot.settings import read_settings
    from grader.evaluate import grade_to_json
    from grader.grade import load_grader

    if (question is None) == (question_file is None):
        raise InputError("give either --question-file FILE or --question ID")
    settings = read_settings()
    if question_file:
        asked, sections = _question_in(question_file), None
    else:
        bank = load_bank_of(settings, corpus)
        asked, sections = question_of(bank, str(question)), bank.sections
    text = _answer_in(answer_file)
    found = load_grader(settings.encoder, judge=settings.grader, threads=settings.threads).grade(asked, text)
    if as_json:
        print(json.dumps(grade_to_json(found)))
    else:
        from bot.terminal import graded, make_console

        make_console().print(*graded(asked, text, found, sections or {}), sep="\n")


@app.command("evaluate")
def evaluate(
    questions: Annotated[
        Path | None,
        typer.Option(
            "--questions", readable=False, help="Questions with key points, one JSON object a line."
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", readable=False, help="Labelled answers to them, one JSON object a line."),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            "--pairs",
            readable=False,
            help="Answers with references only: question, references, answer, score or label.",
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write one JSON line an answer here.")
    ] = None,
    derive_points: Annotated[
        bool,
        typer.Option("--derive-points", help="Grade by derived key points, and say what that costs."),
    ] = False,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Set simpler methods beside it, on the same answers.")
    ] = False,
) -> None:
    """Measure how far the grader agrees with people's marks."""
    from rich.console import Console

    from bot.settings import read_settings
    from grader import evaluate as measure
    from grader.grade import load_grader

    if (questions is None) != (answers is None) or (questions is None) == (pairs is None):
        raise InputError("give --questions FILE and --answers FILE, or --pairs FILE")
    if pairs is not None and derive_points:
        raise InputError("--pairs are graded by derived key points anyway; leave --derive-points out")
    # Before the grading, which takes its time.
    if json_file and (json_file.is_dir() or not json_file.absolute().parent.is_dir()):
        raise InputError(f"--json {json_file}: can't be written; give a file in a folder that exists")
    settings = read_settings()
    grader = load_grader(settings.encoder, judge=settings.grader, threads=settings.threads)
    authored = None
    with Console(stderr=True).status("Grading …"):
        if pairs is not None:
            found = measure.evaluate_pairs(grader, pairs)
        else:
            assert questions is not None
            assert answers is not None
            found = measure.evaluate(grader, questions, answers)
            if derive_points:
                authored, found = found, measure.evaluate_derived(grader, questions, answers)
    if authored:
        print(f"{'key points':<46}{'authored':>9}{'derived':>9}{'change':>9}")
        print(measure.difference(authored, found) + "\n")
    print(found.table())
    if baselines:
        from grader.baselines import compare
        from grader.encoder import load_encoder

        print("\n" + compare(found, load_encoder(settings.encoder, threads=settings.threads)))
    if json_file:
        measure.write_rows(json_file, found.rows())


@contextlib.contextmanager
def open_practice(
    settings: "Settings", corpus: Path | None = None
) -> Iterator[tuple["Practice", "BackgroundGrader"]]:
    """Wire the parts: the bank of `corpus` or of the settings, the grader in its thread, the store."""
    from bot.background import BackgroundGrader, Grades
    from bot.backup import open_store
    from bot.practice import Practice

    def load() -> Grades:
        from grader.grade import load_grader

        return load_grader(settings.encoder, judge=settings.grader, threads=settings.threads)

    bank = load_bank_of(settings, corpus)
    chosen = corpus_of(settings, corpus)
    with open_store(settings) as store:
        grader = BackgroundGrader(load)
        try:
            yield Practice(bank, grader, store, corpus=str(chosen.resolve()) if chosen else "bundled"), grader
        finally:
            grader.close()


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line; exit 0, 1 for an error with its line on standard error, 2 for wrong use."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # A terminal that can't show a character gets a question mark, not an end.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    given = sys.argv[1:] if args is None else args
    # Wherever it stands: whoever sees an unexpected error just adds it to what they typed.
    arguments = [arg for arg in given if arg != "--debug"]
    logging.basicConfig(format="error: %(message)s", level=logging.ERROR)
    try:
        code = app(arguments, prog_name=_program(), standalone_mode=False)
        sys.stdout.flush()
    except InterviewError as error:
        _fail(str(error), 1)
    except TyperException as error:
        message = error.format_message()
        if not message:  # a group without a command: its help, which says all, is printed by now
            sys.exit(error.exit_code)
        _fail(f"{message} ('{_program()} --help' lists commands and options)", error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:
        # What reads our output has gone, as `head` does; writing the rest would fail again at exit.
        sys.stdout = None
        sys.exit(1)
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            sys.stdout = None  # as above
            _fail("the disk is full, not all could be written; free some space and try again", 1)
        place = traceback.extract_tb(error.__traceback__)[-1]
        # Not the error's text: it may hold an answer.
        log.error(  # noqa: TRY400
            "unexpected %s in %s (%s:%s) while running 'interview %s'; run it with --debug and report it",
            type(error).__name__,
            place.name,
            Path(place.filename).name,
            place.lineno,
            arguments[0] if arguments and not arguments[0].startswith("-") else "practise",
            exc_info="--debug" in given,
        )
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _log_check(outcome: str) -> None:
    from bot.wording import line

    log.log(logging.ERROR if outcome.startswith("failed") else logging.INFO, "%s", line(outcome))


def _program() -> str:
    """Name the program as it was called: outside its virtual environment there is no `interview`."""
    return "python3 -m bot" if Path(sys.argv[0]).parts[-2:] == ("bot", "__main__.py") else "interview"


def _fail(message: str, code: int) -> NoReturn:
    from bot.wording import line

    print(f"error: {line(message)}", file=sys.stderr)
    sys.exit(code)


def _extra_missing(error: ModuleNotFoundError) -> InputError:
    return InputError(
        f"the Discord bot needs {error.name}; start it as 'python3 -m bot' in the clone, which"
        " installs what it needs, or run pip install -e '.[discord]' there"
    )


def _question_in(path: Path) -> Question:
    from grader.evaluate import parse_question

    try:
        row = json.loads(_read_text(str(path), "--question-file").removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON ({error.msg}); give one question") from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or brackets in thousands of brackets.
        raise InputError(f"{path}: not JSON that a question could need; give one question") from error
    if not isinstance(row, dict):
        raise InputError(f"{path}: holds no JSON object; give one question with its key points")
    return parse_question(row, str(path))


def _answer_in(name: str) -> str:
    from bot.practice import MAX_ANSWER

    text = _read_text(name, "--answer-file")
    if len(text) > MAX_ANSWER:
        raise InputError(
            f"{name}: has {len(text):,} characters, at most {MAX_ANSWER:,} are graded; shorten it"
        )
    return text


def _read_text(name: str, option: str) -> str:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MAX_FILE + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise InputError(f"{name}: is over {MAX_FILE // 1_000_000} MB; give {option} one short text")
        return data.decode("utf-8")
    except OSError as error:
        raise InputError(f"{name}: {error.strerror}; give {option} a text file or -") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _line_reader(interactive: bool) -> Callable[[str], str]:
    if not interactive:
        return _piped_line
    # Editing with the keys people know, where the platform has it; also lifts the terminal's own limit
    # of 4,096 bytes a line. A paste then comes as one piece, whatever lines are in it.
    with contextlib.suppress(ImportError):
        import readline

        readline.parse_and_bind("set enable-bracketed-paste on")
    return input


def _piped_line(_: str) -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.removesuffix("\n")


@contextlib.contextmanager
def _stopping_gently() -> Iterator[None]:
    """Treat a closed window or a stop by the system as Ctrl-C, and let it carry the line being typed."""

    def stop(*_: object) -> NoReturn:
        # Only here is the line still there: readline clears it before the exception arrives.
        readline = sys.modules.get("readline")
        raise KeyboardInterrupt(readline.get_line_buffer() if readline else "")

    wanted = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
