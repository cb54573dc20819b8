"""The words of a question's title: its number, its level, and whether it asks anything."""

import re
from typing import NamedTuple

from questions import markdown
from questions.dialects import html
from questions.frontmatter import level_named
from questions.models import Level
from questions.words import vocabulary

_EXPLICIT = re.compile(
    r"[\W_]{0,3}Q(?:uestion|ues?|n)?\s*(?:[-#№.]?\s*(?P<number>\d{1,4}))?"
    r"(?:\s*[:.)\]\-–—|]+\s*|\s+(?=[A-Z`\"“'*])|\s*$)",
)
_EXPLICIT_LOWER = re.compile(r"q\s*(?P<number>\d{1,4})\s*[:.)\]]+\s*")
_NUMBER = re.compile(r"[#\[(]?\s*(?P<number>\d{1,4})(?:\.\d{1,3}){0,3}\s*(?:[.):\]]+|\s[-–—]\s)[-–—:.]?\s*")
_LEADING_MARKS = re.compile(r"^[^\w`\"'“‘(\[<$.@#&*/\\~-]+")
_ENDING = re.compile(r"[\w`\"'”’)\]>?!.%$+#*&/\\]")  # what a title may end with
_LEVEL_TAIL = re.compile(
    r"\s*(?:[(\[]\s*([A-Za-z-]{3,12})(?:[ -]level)?\s*[)\]]|"
    r"[-–—|]\s*(easy|medium|hard|beginner|intermediate|advanced))\s*$",
    re.IGNORECASE,
)
_ASKING = vocabulary(
    "what what's whats why how how's when where which who whom whose is are can could do does did should "
    "would will have has am was were"
)
_TELLING = vocabulary(
    "explain describe define differentiate compare contrast discuss tell mention difference differences "
    "summarize summarise distinguish elaborate walk true"
)
# Orders that are names of things as well ("List of files"), unless one of the second words follows.
_TELLING_NOUNS = vocabulary("list name state outline give write")
_TOLD = vocabulary("the some all any out down different various a an few at two three four five your me us")
_SELF_REFERENCE = re.compile(
    r"\b(?:this (?:repo|repository|guide|book|project|document|list|course|site|collection|section|page)|"
    r"contribut|have (?:a |any )?(?:doubts?|questions?)\b|"
    r"questions\?$|need help|getting started|these (?:notes|questions)|the author|who is this|"
    r"what'?s (?:inside|new|next|in here)|what is inside|"
    r"how (?:to|do i|can i) (?:use|help|contribute)\b(?=\W*$)|"
    r"next steps?|table of contents|star this|support (?:us|me))",
    re.IGNORECASE,
)
EASY, EXPERT = "👶", "🚀"
_LEVELS_BY_MARK = {
    "👶": Level.FUNDAMENTAL,
    "🚀": Level.ADVANCED,
    "🟢": Level.FUNDAMENTAL,
    "🟡": Level.INTERMEDIATE,
    "🔴": Level.ADVANCED,
}


class Title(NamedTuple):
    """A title without its number and marks. `explicit`: it calls itself a question; `asks`: it reads so."""

    text: str
    number: str = ""
    explicit: bool = False
    asks: bool = False
    starred: int = 0
    level: Level | None = None


def title(inline: str) -> Title:
    """Read inline Markdown as a question's title."""
    said = " ".join(
        markdown.plain(html.inline(inline), code=True).replace("\u200b", "").replace("\ufe0f", "").split()
    )
    starred = said.count("⭐") + said.count("★")
    level = next((level for mark, level in _LEVELS_BY_MARK.items() if mark in said), None)
    said = _without_trailing_marks(_LEADING_MARKS.sub("", said))
    match = _EXPLICIT.match(said) or _EXPLICIT_LOWER.match(said)
    numbered = None if match else _NUMBER.match(said)
    found = match or numbered
    if found:
        rest = said[found.end() :].strip()
        said = _LEADING_MARKS.sub("", rest) if rest or match else said
    inner = _EXPLICIT.match(said) if numbered else None
    if inner and inner.end() < len(said):
        # `1. **Question**: Why?`
        match, said = inner, said[inner.end() :]
    tail = _LEVEL_TAIL.search(said)
    if tail:
        named = level_named(tail.group(1) or tail.group(2) or "")
        if named is not None:
            level = named
            said = said[: tail.start()].rstrip()
    said = _unquoted(said.strip())
    return Title(
        said,
        (found.group("number") or "") if found else "",
        match is not None,
        asks(said),
        starred,
        level,
    )


def asks(said: str) -> bool:
    """Say whether a title reads as a question or as an order to answer."""
    if not said or _SELF_REFERENCE.search(said):
        return False
    if said.rstrip("\"'”’)*_` ").endswith(("?", "？")) or "? " in said:
        return True
    words = said.casefold().split()
    first = words[0].strip("\"'“”‘’`*_(:,")
    if words[:2] == ["how", "to"]:
        return False
    if first in _TELLING_NOUNS:
        return len(words) > 2 and (words[1] in _TOLD or words[1].isdigit())
    return (first in _ASKING and len(words) > 2) or (first in _TELLING and len(words) > 1)


def stars_level(stars: int, *, three_steps: bool) -> Level | None:
    """Return the level of stars: of one to five, or the middle one of 👶 ⭐ 🚀."""
    if not stars:
        return None
    if three_steps:
        return Level.INTERMEDIATE
    return Level.FUNDAMENTAL if stars == 1 else Level.INTERMEDIATE if stars <= 3 else Level.ADVANCED


def _without_trailing_marks(said: str) -> str:
    end = len(said)
    while end and not _ENDING.match(said, end - 1):
        end -= 1
    return said[:end].strip()


def _unquoted(said: str) -> str:
    for opening, closing in ('""', "“”", "**", "__", "''"):
        if len(said) > 2 and said[0] == opening and said[-1] == closing and opening not in said[1:-1]:
            return said[1:-1].strip()
    return said
