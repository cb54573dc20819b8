"""Practising in a terminal: questions, multi-line answers, graded cards, a summary."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto

from markdown_it import MarkdownIt
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot import wording
from bot.models import Attempt, Choice, Session, Summary
from bot.practice import Practice, PracticeError
from grader.models import Grade, Verdict
from questions.errors import InterviewError
from questions.models import Question, Section

HELP = """\
Write as many lines as you like; blank lines and pasted code are part of the answer.

- `.` alone on a line (or `/done`) sends the answer
- `/hint` helps without giving the answer away
- `/skip` goes on without an answer, `/next` sends what is written and goes on
- `/show` shows the model answer; what is written by then is graded
- `/clear` throws away what is written of this answer
- `/quit`, Ctrl-D or Ctrl-C stops; an answer you have begun is kept for the next start
"""
WIDEST = 100  # columns: longer lines are hard to read
COLOURS = {
    Verdict.COVERED: "green",
    Verdict.PARTIAL: "yellow",
    Verdict.MISSING: "dim",
    Verdict.CONTRADICTED: "bold red",
}
_MISTYPED = re.compile(r"/[a-z]+")

Read = Callable[[str], str]


class Move(Enum):
    """What a person wants done with a question."""

    SEND = auto()
    SKIP = auto()
    SHOW = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """A move, and the answer written by then."""

    move: Move
    text: str


class Terminal:
    """One person's practice on one console.

    `read` gets a prompt and returns a line, raising EOFError at the end as `input` does, and
    KeyboardInterrupt, with the line typed so far as its argument where that is known.
    `interactive` says that a person types: then mistakes can be mended, and answers are paused after.
    `show` is the command that shows a section of the guide when its id is put behind it.
    """

    def __init__(
        self,
        practice: Practice,
        console: Console,
        read: Read,
        *,
        interactive: bool,
        show: str = "interview bank show",
    ) -> None:
        self._practice = practice
        self._console = console
        self._read = read
        self._interactive = interactive
        self._show = show

    def run(
        self,
        person: str,
        choice: Choice,
        *,
        fresh: bool = False,
        shown: Callable[[Question], object] = lambda _: None,
    ) -> None:
        """Practise until the person quits or the questions end; `shown` hears of each question shown."""
        session = self._practice.start(person, choice, fresh=fresh)
        if session.resumed and session.asked:
            self._say("Going on with your unfinished session (--new begins another).")
        while True:
            if session.current is None:
                session = self._practice.advance(session)
            if session.current is None:
                break
            question = self._practice.bank[session.current]
            self._show_question(question, session)
            shown(question)
            reply = self._ask(question, session)
            if reply.move is Move.QUIT:
                if reply.text.strip():
                    self._leave(session, reply.text)
                    return
                break
            session, going_on = self._settle(session, question, reply)
            if not going_on:
                break
        self._show_summary(self._practice.finish(session))

    # ------------------------------------------------------------------ one question

    def _ask(self, question: Question, session: Session) -> Reply:
        """Collect an answer until a move ends it; an interruption at any moment keeps what is written."""
        lines = session.draft.split("\n") if session.draft else []
        try:
            return self._collect(question, session, lines)
        except KeyboardInterrupt:
            return Reply(Move.QUIT, "\n".join(lines))

    def _collect(self, question: Question, session: Session, lines: list[str]) -> Reply:
        """Add what is typed to `lines`, in which commands are whole lines, until a move ends it."""
        while True:
            try:
                line = self._read("› ").rstrip("\r")
            except EOFError:
                return self._at_end(session, lines)
            except KeyboardInterrupt as stopped:
                lines += stopped.args
                raise
            text = "\n".join(lines)
            written = bool(text.strip())
            match line.strip():
                case "." | "/done" if written:
                    return Reply(Move.SEND, text)
                case "." | "/done":
                    self._say("Nothing is written yet. /skip goes on to the next question.")
                case "/hint":
                    self._print(Padding(render(wording.hint(question)), (0, 2)))
                case "/next":
                    return Reply(Move.SEND if written else Move.SKIP, text)
                case "/skip" if written:
                    self._say("You have begun an answer: . sends it, /clear throws it away.")
                case "/skip":
                    return Reply(Move.SKIP, text)
                case "/show":
                    return Reply(Move.SEND if written else Move.SHOW, text)
                case "/quit":
                    return Reply(Move.QUIT, text)
                case "/clear":
                    lines.clear()
                    self._keep(session, lines)
                    self._say("Cleared; begin again.")
                case "/help":
                    self._print(render(HELP))
                case word if not written and _MISTYPED.fullmatch(word):
                    self._say(f"There is no command {word}. /help lists them.")
                case _:
                    lines.append(line)
                    self._keep(session, lines)

    def _keep(self, session: Session, lines: list[str]) -> None:
        """Store what a person has typed so far, so that not even a crash or a power cut takes it."""
        if self._interactive:
            # A store in trouble is told when the answer is sent, and the answer is here until then.
            with suppress(InterviewError):
                self._practice.leave(session, "\n".join(lines))

    def _at_end(self, session: Session, lines: list[str]) -> Reply:
        """Take the end of input as quitting, or as the end of a piped answer."""
        text = "\n".join(lines)
        piped = not self._interactive and text.strip() and text != session.draft
        return Reply(Move.SEND if piped else Move.QUIT, text)

    def _settle(self, session: Session, question: Question, reply: Reply) -> tuple[Session, bool]:
        """Do what the reply asks; return the session after it and whether it goes on."""
        after = replace(session, current=None, draft="")
        if reply.move is Move.SKIP:
            return after, True
        if reply.move is Move.SHOW:
            self._show_model_answer(question)
            return self._pause(after, question)
        try:
            attempt = self._practice.answer(session.person, question.id, reply.text.strip(), session=session)
        except PracticeError as error:
            return self._refused(error, session, draft=""), True
        except InterviewError as error:
            return self._refused(error, session, draft=reply.text), True
        except KeyboardInterrupt:
            self._leave(session, reply.text)
            raise
        self._show_grade(attempt)
        self._show_model_answer(question)
        return self._pause(after, question)

    def _refused(self, error: InterviewError, session: Session, *, draft: str) -> Session:
        """Tell a person what went wrong and let them try again; a script can't, so it ends."""
        if not self._interactive:
            raise error
        self._print(Text(f"error: {wording.visible(str(error))}", style="bold red"))
        if draft:
            self._say("Your answer is still here: . sends it again.")
        return replace(session, draft=draft)

    def _pause(self, after: Session, question: Question) -> tuple[Session, bool]:
        count = after.choice.count
        if not self._interactive or (count is not None and len(after.asked) >= count):
            return after, True
        while True:
            try:
                word = self._read("Enter: next question · /again · /quit › ").strip()
            except (EOFError, KeyboardInterrupt):
                return after, False
            match word:
                case "" | "/next" | "/skip":
                    return after, True
                case "/again":
                    return self._practice.repeat(after, question.id), True
                case "/quit":
                    return after, False

    def _leave(self, session: Session, text: str) -> None:
        self._practice.leave(session, text)
        self._say("\nYour unfinished answer is kept. Start again with the same options to go on with it.")

    # ------------------------------------------------------------------ what is shown

    def _show_question(self, question: Question, session: Session) -> None:
        of = f" of {session.choice.count}" if session.choice.count else ""
        self._print(
            Text(),
            Panel(
                render(wording.prompt(question)),
                title=Text(f"Question {len(session.asked)}{of}", style="bold"),
                subtitle=Text(wording.facts(question)),
                title_align="left",
                subtitle_align="left",
                border_style="cyan",
                padding=(1, 2),
            ),
        )
        if self._interactive:
            self._say("A line with only . sends your answer · /hint /skip /show /quit /help")
        if session.draft:
            self._say("Your answer so far:")
            self._print(Padding(Text(wording.visible(session.draft)), (0, 2)))

    def _show_grade(self, attempt: Attempt) -> None:
        self._print(
            Text(), *graded(attempt.question, attempt.text, attempt.grade, self._practice.bank.sections)
        )

    def _show_model_answer(self, question: Question) -> None:
        self._print(Text(), Rule(Text("Model answer", style="bold"), align="left", style="cyan"))
        self._print(Padding(render(wording.model_answer(question)), (0, 1)))
        if after := wording.follow_up(question):
            self._print(Padding(render(f"*An interviewer might go on:* {after}"), (1, 1, 0, 1)))
        self._print(Text())

    def _show_summary(self, summary: Summary) -> None:
        self._print(
            Text(),
            Panel(
                render(wording.summary(summary, self._show)),
                title=Text("Summary", style="bold"),
                title_align="left",
                border_style="cyan",
                padding=(1, 2),
            ),
        )

    def _say(self, text: str) -> None:
        self._print(Text(text, style="dim"))

    def _print(self, *parts: RenderableType) -> None:
        self._console.print(*parts, sep="\n")


def graded(
    question: Question, answer: str, grade: Grade, sections: Mapping[str, Section]
) -> tuple[RenderableType, ...]:
    """Lay out a graded answer: the mark with a bar, what it means, and a row for each key point."""
    colour = "green" if grade.score >= 70 else "yellow" if grade.score >= 40 else "red"
    full = grade.score // 5
    # Two characters, so that the bar says something without colours, too.
    bar = Text("━" * full, style=colour) + Text("╌" * (20 - full), style="dim")
    head = Text.assemble((f"{grade.score} / 100", f"bold {colour}"), "  ", bar)
    rows = Table.grid(padding=(0, 1), expand=False)
    rows.add_column(no_wrap=True)
    rows.add_column()
    for point in wording.points(question, answer, grade, sections):
        colour = COLOURS[point.verdict]
        body = Group(
            Text(point.label, style=colour),
            *(render(paragraph) for paragraph in point.body.split("\n\n")),
        )
        rows.add_row()
        rows.add_row(Text(wording.SYMBOLS[point.verdict], style=colour), body)
    return head, Text(wording.verdict_on(grade)), Padding(rows, (0, 1))


def render(text: str) -> Markdown:
    """Render Markdown in which HTML stays text, so that `<name>` isn't lost, and no link is clickable.

    A clickable link would be an escape sequence with an address from the corpus in it.
    """
    made = Markdown("", code_theme="ansi_dark", hyperlinks=False)
    made.parsed = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"]).parse(text)
    return made


def make_console() -> Console:
    """Make a console on standard output, at most 100 columns wide, that takes no text for markup."""
    console = Console(markup=False, highlight=False, emoji=False)
    console.width = min(console.width, WIDEST)
    return console
