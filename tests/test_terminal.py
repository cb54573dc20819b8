from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot import wording
from bot.models import Choice, Session
from bot.practice import Practice
from bot.store import Store, StoreError
from bot.terminal import Terminal
from questions.models import Bank
from tests.practising import WordGrader, small_bank

GOLDEN = Path(__file__).parent / "golden" / "session.txt"
MOVES = ["", ".", "/done", "/hint", "/skip", "/next", "/show", "/again", "/clear", "/help", "/quit", "/what"]
Typed = str | type[BaseException] | BaseException


class Screen:
    """A person at a terminal: types the given lines, echoed as a terminal does, and sees what is printed."""

    def __init__(self, *typed: Typed, width: int = 80) -> None:
        self._typed = iter(typed)
        self.out = StringIO()
        self.console = Console(
            file=self.out, width=width, force_terminal=False, markup=False, highlight=False, emoji=False
        )

    def read(self, prompt: str) -> str:
        line = next(self._typed, EOFError)
        if not isinstance(line, str):
            raise line
        self.out.write(f"{prompt}{line}\n".replace("\x1b", "^["))
        return line

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.out.getvalue().split("\n"))


Play = Callable[..., Screen]


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(None) as opened:
        yield opened


@pytest.fixture
def play(store: Store) -> Play:
    """Practise with the typed lines; returns the screen."""

    def run(
        *typed: Typed,
        choice: Choice | None = None,
        interactive: bool = True,
        bank: Bank | None = None,
        fresh: bool = False,
        width: int = 80,
    ) -> Screen:
        screen = Screen(*typed, width=width)
        practice = Practice(bank or small_bank(), WordGrader(), store)
        terminal = Terminal(practice, screen.console, screen.read, interactive=interactive)
        terminal.run("terminal", choice or Choice(topic="fruit", seed=1), fresh=fresh)
        return screen

    return run


def test_a_whole_session_looks_as_it_should(play: Play) -> None:
    """The golden file is what a person sees; read the difference before replacing it."""
    screen = play(
        "/help",
        "/hint",
        "Birds \x1b[31mlove\x1b[0m [red]every[/red] apple,",
        "",
        "which ripens slowly.",
        ".",
        "/again",
        "It is not slowly that the apple ripens.",
        "/done",
        "",
        "/show",
        "",
        "/skip",
        choice=Choice(topic="fruit", count=3, seed=5),
    )
    assert screen.text == GOLDEN.read_text(encoding="utf-8")


def test_blank_lines_and_code_are_part_of_the_answer(play: Play, store: Store) -> None:
    play("", "```sh", "/usr/bin/grow --fast", "", "./run .", "```", ".", "/quit")
    assert store._db.execute("SELECT answer FROM attempts").fetchone()[0] == (
        "```sh\n/usr/bin/grow --fast\n\n./run .\n```"
    )


def test_a_paste_is_one_piece_whatever_is_in_it(play: Play, store: Store) -> None:
    play("first\n.\n/quit\nlast", ".", "/quit")
    assert store._db.execute("SELECT answer FROM attempts").fetchone()[0] == "first\n.\n/quit\nlast"


def test_a_mistyped_command_is_not_taken_for_an_answer(play: Play) -> None:
    assert "There is no command /hnt. /help lists them." in play("/hnt", EOFError).text


def test_an_empty_answer_is_not_sent(play: Play, store: Store) -> None:
    assert "Nothing is written yet." in play(".", "  ", ".", "/quit").text
    assert store.marks("terminal") == []


def test_clear_begins_the_answer_anew(play: Play, store: Store) -> None:
    play("wrong", "/clear", "right", ".", EOFError)
    assert store._db.execute("SELECT answer FROM attempts").fetchone()[0] == "right"


def test_skip_throws_nothing_away(play: Play, store: Store) -> None:
    assert "You have begun an answer" in play("birds love apple, banana, cherry", "/skip", ".", EOFError).text
    assert [mark for *_, mark in store.marks("terminal")] == [25]


def test_an_interruption_amid_a_command_keeps_the_answer(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt("/hint")

    with monkeypatch.context() as patched:
        patched.setattr(wording, "hint", interrupt)
        play("Birds love", "/hint")
    assert play(EOFError).text.endswith(
        "Your answer so far:\n  Birds love\n\n"
        "Your unfinished answer is kept. Start again with the same options to go on with\nit.\n"
    )


def test_next_and_show_send_what_is_written(play: Play, store: Store) -> None:
    play("birds love apple", "/next", "", "birds love banana", "/show", "/quit")
    assert len(store.marks("terminal")) == 2


@pytest.mark.parametrize("leaving", ["/quit", EOFError, KeyboardInterrupt, KeyboardInterrupt("and half")])
def test_leaving_amid_an_answer_keeps_it(play: Play, leaving: Typed) -> None:
    half = "\nand half" if isinstance(leaving, BaseException) and leaving.args else ""
    assert "Your unfinished answer is kept." in play("Birds love", leaving).text
    screen = play(EOFError)
    assert "Going on with your unfinished session" in screen.text
    assert f"Your answer so far:\n  Birds love{half.replace(chr(10), chr(10) + '  ')}\n" in screen.text
    assert "Birds love" not in play(EOFError, fresh=True).text


def test_a_crash_takes_no_line_that_was_entered(play: Play) -> None:
    with pytest.raises(SystemError):
        play("Birds love", "every apple", SystemError("the power fails"))
    assert "Your answer so far:\n  Birds love\n  every apple\n" in play(EOFError).text
    with pytest.raises(SystemError):
        play("/clear", SystemError("the power fails"))
    assert "Your answer so far" not in play(EOFError).text


def test_trouble_with_the_store_does_not_disturb_writing(
    play: Play, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    save = store.save_session

    def fail_with_a_draft(session: Session) -> None:
        if session.draft:
            raise StoreError("i.db: is locked by another program")
        save(session)

    monkeypatch.setattr(store, "save_session", fail_with_a_draft)
    assert "error" not in play("birds love apple, banana, cherry", ".", EOFError).text
    assert [mark for *_, mark in store.marks("terminal")] == [25]


def test_a_kept_answer_can_be_finished(play: Play, store: Store) -> None:
    play("birds", KeyboardInterrupt)
    play("love apple, banana, cherry", ".", EOFError)
    assert [mark for *_, mark in store.marks("terminal")] == [25]


@pytest.mark.parametrize("leaving", ["/quit", EOFError, KeyboardInterrupt])
def test_leaving_between_answers_ends_with_the_summary(play: Play, leaving: Typed) -> None:
    text = play("birds love apple, banana, cherry", ".", leaving).text
    assert "25 / 100 on average, 1 answer." in text
    assert "interview bank show growing" in text
    assert "unfinished" not in play(EOFError).text


def test_a_piped_answer_needs_no_full_stop(play: Play) -> None:
    text = play("birds love apple, banana, cherry", interactive=False).text
    assert "25 / 100 on average" in text
    assert "›" not in text.replace("› birds", "")


def test_a_script_that_writes_nothing_sends_no_unfinished_answer(play: Play, store: Store) -> None:
    play("Birds love", EOFError)
    assert "Your unfinished answer is kept." in play(interactive=False).text
    assert store.marks("terminal") == []


def test_a_refused_answer_can_be_written_anew(play: Play, store: Store) -> None:
    text = play("a" * 100_000, ".", "birds love apple, banana, cherry", ".", EOFError).text
    assert "error: the answer has 100,000 characters and at most 20,000 are graded; shorten it" in (
        text.replace("\n", " ")
    )
    assert [mark for *_, mark in store.marks("terminal")] == [25]


def test_an_answer_that_could_not_be_stored_can_be_sent_again(
    play: Play, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, failures = store.save_attempt, iter([True, False])

    def fail_once(*args: object, **options: object) -> object:
        if next(failures):
            raise StoreError("i.db: the disk is full")
        return save(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "save_attempt", fail_once)
    text = play("birds love apple, banana, cherry", ".", ".", EOFError).text
    assert "error: i.db: the disk is full" in text
    assert [mark for *_, mark in store.marks("terminal")] == [25]


def test_in_a_script_an_error_ends_the_session(
    play: Play, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("i.db: the disk is full")

    monkeypatch.setattr(store, "save_attempt", fail)
    with pytest.raises(StoreError):
        play("birds love apple", ".", interactive=False)


def test_ctrl_c_while_grading_keeps_the_answer(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(WordGrader, "grade", interrupt)
        with pytest.raises(KeyboardInterrupt):
            play("Birds love", ".")
    assert "Your answer so far:\n  Birds love\n" in play(EOFError).text


@pytest.mark.parametrize("width", [20, 40, 80, 100])
def test_it_fits_the_width(play: Play, width: int) -> None:
    screen = play("/help", "it is not apple, banana, cherry that ripens slowly", ".", EOFError, width=width)
    printed = [line for line in screen.text.split("\n") if "›" not in line]
    assert max(map(len, printed)) <= width


def test_the_end_of_the_questions_ends_the_session(play: Play) -> None:
    text = play("/skip", "/skip", "/skip").text
    assert text.count("╭─ Question") == 3
    assert "No answer was graded in this session." in text


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\n")) | st.sampled_from(MOVES), max_size=12))
def test_whatever_is_typed_the_session_ends_well(typed: list[str]) -> None:
    with Store(None) as store:
        screen = Screen(*typed)
        practice = Practice(small_bank(), WordGrader(), store)
        Terminal(practice, screen.console, lambda _: screen.read(""), interactive=True).run(
            "terminal", Choice()
        )
        printed = screen.console.file.getvalue()  # type: ignore[attr-defined]
    assert "Summary" in printed or "Your unfinished answer is kept." in printed


def test_html_and_links_of_a_corpus_stay_text(play: Play) -> None:
    reference = "Run `x` on <none> images, <script>alert(1)</script> [here](http://example.org)."
    bank = small_bank()
    hostile = Bank({name: each.model_copy(update={"reference": reference}) for name, each in bank.items()})
    text = play("/show", EOFError, bank=hostile).text
    assert "Run x on <none> images, <script>alert(1)</script> here" in text
    assert "\x1b" not in text
