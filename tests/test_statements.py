"""Tests of splitting answers into statements."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.statements import MAX_CHARACTERS, MAX_STATEMENTS, MAX_WORDS, split, without_repeats


def texts(answer: str) -> list[str]:
    return [statement.text for statement in split(answer)]


def test_sentences() -> None:
    assert texts("It exits. Is it dead? Yes!") == ["It exits.", "Is it dead?", "Yes!"]


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    assert texts("Use a port, e.g. 5432, with TLS 1.3 on it.") == [
        "Use a port, e.g. 5432, with TLS 1.3 on it."
    ]


@pytest.mark.parametrize("marker", ["- ", "* ", "1. ", "2) ", "a) ", "## ", "> ", "• "])
def test_bullets_lose_their_marker(marker: str) -> None:
    assert texts(f"{marker}first thing\n{marker}second thing") == ["first thing", "second thing"]


def test_markup_is_dropped_but_offsets_point_at_it() -> None:
    answer = "A **zombie** has `exited`."
    (statement,) = split(answer)
    assert statement.text == "A zombie has exited."
    assert answer[statement.start : statement.end] == answer


def test_names_with_underscores_survive() -> None:
    assert texts("set max_connections and *also* __init__") == ["set max_connections and also init"]


def test_code_lines() -> None:
    found = split("Run this:\n```bash\ndf -h  # which disk\n\ndu -x /\n```\nThen look.")
    assert [(s.text, s.code) for s in found] == [
        ("Run this:", False),
        ("df -h # which disk", True),
        ("du -x /", True),
        ("Then look.", False),
    ]


def test_hard_wrapped_lines_are_joined_and_short_lines_are_not() -> None:
    wrapped = "The kernel keeps a small record of every process that has exited until\nits parent asks for it"
    assert len(split(wrapped)) == 1
    assert len(split(wrapped.replace("\n", "\r\n"))) == 1
    assert len(split(wrapped.replace("\n", "\n\n"))) == 2
    assert texts("exited but not reaped\norphan means parent died") == [
        "exited but not reaped",
        "orphan means parent died",
    ]


def test_contrasts_become_clauses() -> None:
    assert texts(
        "A container shares the kernel of its host, whereas a virtual machine brings its own one"
    ) == [
        "A container shares the kernel of its host,",
        "whereas a virtual machine brings its own one",
    ]


def test_text_without_punctuation_is_cut() -> None:
    found = split("so the thing is that it goes on and on " * 40)
    assert all(len(s.text.split()) <= MAX_WORDS for s in found)


def test_line_ends_are_the_same_everywhere() -> None:
    assert texts("one thing\r\nanother thing\rlast thing") == texts("one thing\nanother thing\nlast thing")


def test_repeats_count_once() -> None:
    assert texts("Same thing.\nsame THING.\nOther thing.") == ["Same thing.", "Other thing."]


def test_nothing_to_say() -> None:
    assert texts("") == []
    assert texts("---\n\n***\n ... !?") == []


def test_work_is_bounded() -> None:
    found = split("".join(f"Fact number {number} holds. " for number in range(20_000)))
    assert len(found) == MAX_STATEMENTS
    assert found[-1].end <= MAX_CHARACTERS


@given(st.text(alphabet=st.sampled_from("ab,.;!?-*_`#>\n\r\t 1)—\x00é") | st.characters(), max_size=400))
def test_offsets_are_in_order_and_inside(answer: str) -> None:
    found = split(answer)
    assert all(0 <= s.start < s.end <= len(answer) for s in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert all(s.text.strip() == s.text != "" for s in found)


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("It ran. It ended.", "It ran. It ended."),
        ("It ran. It RAN. It ended. It ran.", "It ran.  It ended. "),
        ("- It ran.\n- it ran.\n- Done", "- It ran.\n- \n- Done"),
        ("```\nwait()\nwait()\n```", "```\nwait()\n\n```"),
        ("", ""),
    ],
)
def test_what_was_said_before_is_left_out(text: str, once: str) -> None:
    assert without_repeats(text) == once


@given(st.text(alphabet="ab .\n-`,", max_size=80))
def test_nothing_but_repeats_is_left_out(text: str) -> None:
    once = without_repeats(text)
    assert {said.casefold() for said in texts(once)} == {said.casefold() for said in texts(text)}
