"""Slips of the pen."""

import pytest

from grader.spelling import mended, words_of

MEANT = words_of("Containers share the kernel; synchronous, mutable and isolated by namespaces")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("contianers share the kernal", "containers share the kernel"),
        ("Contaners are isoalted by namepsaces.", "containers are isolated by namespaces."),
        ("asynchronous and immutable", "asynchronous and immutable"),
        ("a colonel shares `kern`", "a colonel shares `kern`"),
        ("n4mespaces_x kernal2 @kernal", "n4mespaces_x kernal2 @kernal"),
        ("contained namespace", "contained namespace"),
        ("kernal's namepsaces", "kernal's namespaces"),
        ("", ""),
    ],
)
def test_slips_are_read_as_what_was_meant(written: str, read: str) -> None:
    assert mended(written, MEANT, lambda word: word in {"colonel", "shares"}) == read


def test_known_words_stay() -> None:
    assert mended("the kernal", MEANT, lambda word: word == "kernal") == "the kernal"


def test_nothing_meant_nothing_mended() -> None:
    assert mended("the kernal", words_of(), lambda _: False) == "the kernal"
