"""Answer text to statements: sentences, bullets, clauses and code lines, with character offsets.

Everything here takes time linear in the text and reads at most `MAX_CHARACTERS` of it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

MAX_CHARACTERS = 20_000
MAX_STATEMENTS = 200
MAX_WORDS = 40
CLAUSE_WORDS = 5


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an answer says: its characters `start` to `end` (exclusive), and its plain `text`."""

    start: int
    end: int
    text: str
    code: bool = False


_LINE_ENDS = ("\n", "\r\n", "\r")
_LINE = re.compile(r"[^\r\n]+")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_MARKER = re.compile(r"\s*(?:(?:[-*+•·–]|\(?\d{1,2}[.)]|\(?[a-zA-Z]\)|#{1,6}|>)\s+)+")
_RULE = re.compile(r"[\s\-=_*|:]*")
_WORD = re.compile(r"\S+")
_ENDS = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]*_`]*(?=\s)|;(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|no|fig|[A-Za-z])\.$", re.IGNORECASE
)
_CONNECTOR = re.compile(
    r"(?:,|\s[-–—])\s+(?=(?:but|whereas|while|although|though|so|and then|then|because)\s)"
    r"|\s[–—]\s|\s(?=(?:whereas|unlike)\s)",
    re.IGNORECASE,
)
_BREATH = re.compile(r",|\b(?:and|but|so|then|because|or|which)$", re.IGNORECASE)
_MARKUP = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`+|^\s*#\s+")
_SPACE = re.compile(r"\s+")


def split(text: str) -> list[Statement]:
    """Return the statements of `text` in order, without repeats: at most `MAX_STATEMENTS`.

    Lines, bullets, sentences, contrasting clauses and code lines become statements; text without
    punctuation is cut at a pause after at most `MAX_WORDS` words. Only the first `MAX_CHARACTERS`
    characters are read, so work is bounded.
    """
    found: dict[str, Statement] = {}
    for start, end, code in _pieces(text[:MAX_CHARACTERS]):
        statement = _statement(text, start, end, code=code)
        if statement is not None:
            found.setdefault(statement.text.casefold(), statement)
            if len(found) == MAX_STATEMENTS:
                break
    return list(found.values())


def without_repeats(text: str) -> str:
    """Return the first `MAX_CHARACTERS` of `text` without statements that it has made before."""
    text = text[:MAX_CHARACTERS]
    seen: set[str] = set()
    kept = []
    done = 0
    for start, end, code in _pieces(text):
        statement = _statement(text, start, end, code=code)
        if statement is None:
            continue
        said = statement.text.casefold()
        if said in seen:
            kept.append(text[done:start])
            done = end
        seen.add(said)
    return "".join([*kept, text[done:]])


def _pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    for start, end, code in _blocks(text):
        if code:
            yield start, end, True
            continue
        for first, last in _sentences(text, start, end):
            for clause in _clauses(text, first, last):
                yield *clause, False


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield code lines, and stretches of prose: a line, or lines that a hard wrap has cut."""
    open_start = open_end = -1
    in_code = False
    for match in _LINE.finditer(text):
        line, start, end = match[0], match.start(), match.end()
        if _FENCE.match(line):
            if open_end >= 0:
                yield open_start, open_end, False
                open_end = -1
            in_code = not in_code
        elif in_code:
            yield start, end, True
        else:
            marker = _MARKER.match(line)
            wrapped = (
                open_end >= 0
                and marker is None
                and text[open_end:start] in _LINE_ENDS
                and open_end - open_start >= 60
                and line.lstrip()[:1].islower()
                and text[open_end - 1] not in ".!?:;"
            )
            if wrapped:
                open_end = end
                continue
            if open_end >= 0:
                yield open_start, open_end, False
            open_start, open_end = start + (marker.end() if marker else 0), end
    if open_end >= 0:
        yield open_start, open_end, False


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for match in _ENDS.finditer(text, start, end):
        if _ABBREVIATION.search(text, max(first, match.end() - 10), match.end()):
            continue
        yield first, match.end()
        first = match.end()
    yield first, end


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    if len(words) >= 2 * CLAUSE_WORDS:
        for match in _CONNECTOR.finditer(text, start, end):
            before = bisect_right(words, match.end(), key=_end)
            if min(before, len(words) - before) >= CLAUSE_WORDS:
                yield from _breaths(text, words[:before])
                words = words[before:]
    yield from _breaths(text, words)


def _end(word: tuple[int, int]) -> int:
    return word[1]


def _breaths(text: str, words: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    while words:
        cut = len(words)
        if cut > MAX_WORDS:
            pauses = (i for i in range(MAX_WORDS, MAX_WORDS // 2, -1) if _BREATH.search(text, *words[i - 1]))
            cut = next(pauses, MAX_WORDS)
        yield words[0][0], words[cut - 1][1]
        words = words[cut:]


def _statement(text: str, start: int, end: int, *, code: bool) -> Statement | None:
    raw = text[start:end]
    if _RULE.fullmatch(raw):
        return None
    plain = _SPACE.sub(" ", raw if code else _MARKUP.sub("", raw)).strip()
    if not any(character.isalnum() for character in plain):
        return None
    return Statement(start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip()), plain, code)
