"""Words that decide: content words with typos tolerated, literals (flags, ports, numbers) without."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

STOP_WORDS = frozenset(
    """
    a about after all also always am an and any are as at be because been before being both but by can
    could did do does doing done down each either else even ever every few for from get gets give given
    goes got had has have having he her here hers him his how however i if in into is it its itself just
    least less let like lot many may me might more most much must my need needs never no nor not of off
    often on once one only or other our out over own per put rather really same see set several shall
    she should simply since so some still such than that the their them then there these they thing
    things this those through thus to too two under until up us use used uses using usually very via
    want was way we well were what when where whether which while who whole whose why will with within
    without would yes yet you your don't doesn't isn't can't it's that's won't aren't there's you're i'd
    i'm they're let's
    """.split()
)
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d+(?:[.,]\d+)*")
_FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![.,]?\d)")
_WORD_NUMBERS = {
    word: str(value)
    for value, word in enumerate("zero one two three four five six seven eight nine ten".split())
}
_SUFFIX = re.compile(r"(?:ations?|ingly|ing|ies|ied|ed|es|s|ly|er|ion)$")


def words(text: str) -> list[str]:
    """Return the content words of `text`, lower case, stemmed, in order; numbers count as words."""
    found = (match[0].lower().replace("’", "'") for match in _WORD.finditer(text))
    return [stem(word.removesuffix("'s")) for word in found if word not in STOP_WORDS]


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Return `word` without a common English ending, if three letters remain."""
    shorter = _SUFFIX.sub("", word, count=1)
    return shorter if len(shorter) >= 3 else word


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in `text` as written, without thousands separators: ports, limits, versions."""
    plain = {match[0].replace(",", "") for match in _NUMBER.finditer(text)}
    spelt = {_WORD_NUMBERS[word] for word in text.lower().split() if word in _WORD_NUMBERS}
    return frozenset(plain | (spelt - {"0", "1"}))


def flags(text: str) -> frozenset[str]:
    """Return command-line flags in `text`, exactly as written: `-h` is not `-H`."""
    return frozenset(match[0] for match in _FLAG.finditer(text))


def matches(word: str, present: Iterable[str]) -> frozenset[str]:
    """Return the words of `present` that are `word`, perhaps misspelt.

    From five letters on one typo is let pass, from eight on two (a swap of neighbours is one);
    shorter words and numbers must be equal.
    """
    typos = 0 if len(word) < 5 or not word.isalpha() else 1 if len(word) < 8 else 2
    if not typos:
        return frozenset(other for other in present if other == word)
    close = [other for other in present if other.isalpha() and abs(len(other) - len(word)) <= typos]
    found = process.extract(word, close, scorer=OSA.distance, score_cutoff=typos, limit=None)
    return frozenset(other for other, _, _ in found)


def overlap(wanted: Sequence[str], present: Sequence[str]) -> float:
    """Return the share of `wanted` words that `matches` finds in `present`, 0 to 1; 0 if none is wanted."""
    return sum(1 for word in wanted if matches(word, present)) / max(len(wanted), 1)


@lru_cache(maxsize=16_384)
def _alone(wanted: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])")


def holds(term: str, text: str) -> bool:
    """Say whether the literal `term` (a command, a flag, a port, a name) stands in `text`.

    Case counts in flags only. Names of five letters or more match through typos; flags, numbers,
    versions and everything with a digit must be exact.
    """
    exact = term.startswith("-") or any(character.isdigit() for character in term)
    flag = term.startswith("-")
    wanted, given = (term, text) if flag else (term.lower(), text.lower())
    if _alone(wanted).search(given):
        return True
    if exact or len(term) < 5 or not term.isalpha():
        return False
    return bool(matches(wanted, (match[0] for match in _WORD.finditer(given))))
