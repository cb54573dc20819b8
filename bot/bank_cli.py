"""The commands on questions: look at them, check, import, export and search them."""

import difflib
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from questions.errors import InterviewError
from questions.models import Bank, Question, Section

if TYPE_CHECKING:
    from bot.search import Encode
    from bot.settings import Settings

_SLOW = 500  # new questions; reading fewer takes no time that needs an explanation

# Typer would say that a file can't be read without saying what to do; whoever reads it says both.
Corpus = Annotated[
    Path | None,
    typer.Option(
        "--corpus",
        readable=False,
        help="Question file or folder, or an imported corpus, instead of the bundled.",
    ),
]
Topic = Annotated[
    str | None, typer.Option("--topic", help="Only topics that contain this, or tags equal to it.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over what is there.")]

bank_app = typer.Typer(
    no_args_is_help=True, help="Look at questions; check, import, export and search question files."
)


class InputError(InterviewError):
    """What the command line names can't be used. The text says what and what to do."""


@bank_app.command("check")
def bank_check(
    path: Annotated[
        Path, typer.Argument(readable=False, help="Question file or folder, or an imported corpus.")
    ],
    as_json: Json = False,
) -> None:
    """Report what is wrong with question files; the exit status is 1 where something is."""
    from bot import wording
    from bot.library import find
    from bot.settings import read_settings
    from questions.doctor import check

    report = check(find(path, read_settings().corpora))
    if as_json:
        print(json.dumps(report.to_json(), indent=2))
    else:
        print(wording.report(report))
    if not report.ok:
        raise typer.Exit(1)


@bank_app.command("list")
def bank_list(corpus: Corpus = None, topic: Topic = None, as_json: Json = False) -> None:
    """List the questions."""
    from bot import wording
    from bot.settings import read_settings

    found = _chosen(load_bank_of(read_settings(), corpus), topic)
    if as_json:
        _print_rows(found)
    else:
        print_markdown(wording.listing(found))


@bank_app.command("show")
def bank_show(
    identity: Annotated[
        str,
        typer.Argument(metavar="ID", help="Id of a question (its beginning will do) or of a guide section."),
    ],
    corpus: Corpus = None,
    as_json: Json = False,
) -> None:
    """Show a question with its key points and model answer, or a section of the guide."""
    from bot import wording
    from bot.settings import read_settings

    bank = load_bank_of(read_settings(), corpus)
    found: Question | Section = bank.sections.get(identity) or question_of(bank, identity)
    if as_json:
        print(found.model_dump_json(indent=2))
    elif isinstance(found, Section):
        print_markdown(wording.section(found))
    else:
        print_markdown(wording.whole_question(found))


@bank_app.command("import")
def bank_import(
    path: Annotated[Path, typer.Argument(readable=False, help="Question file or folder, in any dialect.")],
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Name of the corpus, for --corpus NAME.")],
    replace: Replace = False,
) -> None:
    """Make a corpus of your own, to edit, of any question file or cloned repository.

    Importing again takes what is new; your edits stay.
    """
    from bot import wording
    from bot.library import place
    from bot.settings import read_settings
    from questions.importing import import_corpus

    if str(path).startswith(("http:", "https:", "ssh:", "git@")):
        raise InputError(f"{path}: nothing is downloaded; clone the repository with git and give its folder")
    made = import_corpus(path, place(to, read_settings().corpora), replace=replace)
    print(wording.imported(made, to))


@bank_app.command("export")
def bank_export(
    kind: Annotated[str, typer.Option("--format", metavar="FORMAT", help="markdown, json or anki.")],
    to: Annotated[Path, typer.Option("--to", help="File to write; a folder for Markdown of several topics.")],
    corpus: Corpus = None,
    topic: Topic = None,
    replace: Replace = False,
) -> None:
    """Write questions as native Markdown, as JSON, or as an Anki deck."""
    from bot.settings import read_settings
    from questions.exporting import Format, export

    if kind not in list(Format):
        raise InputError(f"--format {kind!r}: must be one of {', '.join(Format)}")
    bank = load_bank_of(read_settings(), corpus)
    chosen = {question.id: question for question in _chosen(bank, topic)}
    if not chosen:
        raise InputError(f"no questions on {topic!r}; topics are {', '.join(bank.topics)}")
    files = export(Bank(chosen, bank.sections), Format(kind), to, replace=replace)
    print(f"{len(chosen)} questions written to {to}" + (f", {len(files)} files" if len(files) > 1 else ""))


@bank_app.command("search")
def bank_search(
    words: Annotated[list[str], typer.Argument(help="What the questions are to be about.")],
    corpus: Corpus = None,
    topic: Topic = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many.")] = 10,
    as_json: Json = False,
) -> None:
    """Find questions by meaning and by word; typos are tolerated."""
    from bot import wording
    from bot.search import search
    from bot.settings import read_settings

    query = " ".join(" ".join(words).split())
    if not any(letter.isalnum() for letter in query):
        raise InputError("there is nothing to search for; give words, as in 'interview bank search zombies'")
    settings = read_settings()
    questions = _chosen(load_bank_of(settings, corpus), topic)
    found = search(questions, query, _encode(settings), limit)
    if as_json:
        _print_rows(found)
    elif found:
        print_markdown(wording.hits(found))
    else:
        print("No question fits; try other words, or 'interview bank list' to see them all.")


@bank_app.command("duplicates")
def bank_duplicates(
    corpora: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[CORPUS]...", help="Question files, folders or imported corpora."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many pairs.")] = 50,
    as_json: Json = False,
) -> None:
    """Find questions that ask the same, in one corpus or across several."""
    from bot import wording
    from bot.duplicates import duplicates
    from bot.settings import read_settings

    settings = read_settings()
    named: list[Path | None] = [*corpora] if corpora else [None]
    banks = [load_bank_of(settings, corpus) for corpus in named]
    found = duplicates([question for bank in banks for question in bank.values()], _encode(settings))
    if as_json:
        rows = [
            {"likeness": round(pair.likeness, 3), "questions": [_row(pair.first), _row(pair.second)]}
            for pair in found
        ]
        print(json.dumps(rows, indent=2))
    else:
        print(wording.pairs(found, limit))


@bank_app.command("schema")
def bank_schema() -> None:
    """Print the JSON Schema of a question file's front matter, for editors and CI."""
    from questions.frontmatter import schema

    print(json.dumps(schema(), indent=2))


def corpus_of(settings: "Settings", corpus: Path | None) -> Path | None:
    """Return where the corpus of an option, or else of the settings, is; None for the bundled one."""
    from bot.library import find

    named = corpus or settings.corpus
    return find(named, settings.corpora) if named else None


def load_bank_of(settings: "Settings", corpus: Path | None) -> Bank:
    """Load the bank of an option, of the settings, or the bundled one."""
    from questions.load import bundled_path, load_bank

    return load_bank(corpus_of(settings, corpus) or bundled_path())


def question_of(bank: Bank, identity: str) -> Question:
    """Return the question with that id, or the only one whose id begins with it. Raises InputError."""
    if identity in bank:
        return bank[identity]
    near = [known for known in bank if known.startswith(identity)]
    if len(near) == 1:
        return bank[near[0]]
    near = near or difflib.get_close_matches(identity, bank)
    hint = f"did you mean {' or '.join(near[:3])}?" if near else "'interview bank list' shows the ids"
    raise InputError(f"there is no question {identity!r}; {hint}")


def print_markdown(text: str) -> None:
    """Print Markdown as this terminal can show it."""
    from bot.terminal import make_console, render

    make_console().print(render(text))


def _chosen(bank: Bank, topic: str | None) -> list[Question]:
    wanted = (topic or "").casefold()
    return [q for q in bank.values() if wanted in q.topic.casefold() or wanted in q.tags]


def _encode(settings: "Settings") -> "Encode":
    """Return what turns texts into vectors, and says so where that takes a while."""
    from grader.encoder import load_encoder
    from grader.vectors import encode

    return partial(
        encode, load_encoder(settings.encoder, threads=settings.threads), progress=_progress(sys.stderr.write)
    )


def _progress(say: Callable[[str], object]) -> Callable[[int, int], None]:
    def progress(done: int, count: int) -> None:
        if count > _SLOW:
            before = (
                "" if done else f"{count:,} texts are read for the first time; later searches are quick.\n"
            )
            say(f"{before}{100 * done // count} %\n")

    return progress


def _print_rows(found: Sequence[Question]) -> None:
    print(json.dumps([_row(question) for question in found], indent=2))


def _row(question: Question) -> dict[str, object]:
    return {
        "id": question.id,
        "topic": question.topic,
        "level": question.level,
        "prompt": question.prompt,
        "points": len(question.key_points),
    }
