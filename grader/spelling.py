"""Slips of the pen in an answer, mended where the question tells what word was meant."""

import re
from collections.abc import Callable, Collection
from os.path import commonprefix

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"(?<![\w.@-])[^\W\d_]{6,}(?![\w'’])")
LONG = 10
"""From this many letters on, two slips may be mended instead of one."""
_ENDINGS = frozenset(("", *"a d e n r s al ed en er rs ers es ing ion ions ive or ors".split()))


def words_of(*texts: str) -> frozenset[str]:
    """Return the words of `texts` that are long enough to be told from a slip, in lower case."""
    return frozenset(match[0].lower() for text in texts for match in _WORD.finditer(text))


def mended(text: str, meant: Collection[str], known: Callable[[str], bool]) -> str:
    """Return `text` with each word that is a slip of one of `meant` spelt as that one.

    A slip is no `known` word, begins with the same letter (so that "asynchronous" never becomes
    "synchronous"), isn't the same word with another ending, and is one insertion, deletion, replacement
    or exchange of neighbours away, two in long words.
    """
    choices = sorted(meant)

    def mend(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in meant or known(word):
            return match[0]
        most = 2 if len(word) >= LONG else 1
        near = [choice for choice in choices if choice[0] == word[0] and abs(len(choice) - len(word)) <= most]
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=most)
        return found[0] if found and not _inflected(word, found[0]) else match[0]

    return _WORD.sub(mend, text)


def _inflected(word: str, other: str) -> bool:
    stem = len(commonprefix((word, other)))  # noqa: RUF071 (character by character is meant)
    return word[stem:] in _ENDINGS and other[stem:] in _ENDINGS
