"""What a dialect finds: drafts of questions, before they are checked, and what is common to all dialects."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from questions import markdown
from questions.frontmatter import level_named
from questions.markdown import Block
from questions.models import Level
from questions.words import vocabulary

_PLACEHOLDERS = frozenset(
    (
        "",
        "todo",
        "to do",
        "todo add answer",
        "tbd",
        "tba",
        "to be completed",
        "to be done",
        "to be added",
        "to be answered",
        "to be determined",
        "to be updated",
        "to be written",
        "answer",
        "answers",
        "answer here",
        "answer goes here",
        "answer needed",
        "answer to be added",
        "your answer",
        "your answer here",
        "write your answer here",
        "add answer",
        "add answer here",
        "add your answer here",
        "insert answer here",
        "not answered yet",
        "no answer yet",
        "no answer",
        "needs answer",
        "coming soon",
        "answer coming soon",
        "will be added soon",
        "will be updated soon",
        "work in progress",
        "under construction",
        "contributions welcome",
        "placeholder",
        "wip",
        "n a",
        "none",
        "pending",
        "fixme",
        "xxx",
    )
)
# What a text says around a link that stands in for an answer: "Read the answer on 👉 …".
_POINTING_WORDS = vocabulary(
    "a an and answer answered answers article at blog check click complete completed detail detailed details "
    "discussion documentation docs explained explanation find following follow for found from full further "
    "good great here in info information is it learn link links list more nice of official on or our out "
    "page please post read reading refer reference references repo repository resource resources see site "
    "solution some source sources stackoverflow take the this thread to tutorial video view visit watch "
    "website wikipedia with you youtube"
)
_NUMBER = re.compile(r"(?:Q(?:uestion)?\s*)?\d{1,4}\s*[:.)]\s*|Q(?:uestion)?\s*[:.]\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DraftPoint:
    """A key point as an author wrote it (inline Markdown); `weight` is unchecked."""

    line: int
    text: str
    weight: int = 1
    avoid: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as a file holds it, before it is checked.

    `start` to `end` are its lines in the parsed text; `line` is its heading's line in the file, from 1.
    `answer` is Markdown, empty when there is none; `answer_blocks` are its blocks. `form` says how the
    question is marked up; from the forms of all its drafts a file gets the name of its dialect.
    """

    line: int
    start: int
    end: int
    prompt: str
    answer: str = ""
    answer_blocks: tuple[Block, ...] = ()
    level: Level | None = None
    points: tuple[DraftPoint, ...] = ()
    hint: str | None = None
    follow_up: str | None = None
    tags: tuple[str, ...] = ()
    faults: tuple[tuple[int, str, str], ...] = ()
    form: str = "native"


def says_nothing(answer_blocks: Iterable[Block]) -> bool:
    """Say whether an answer is empty, a placeholder, or only links and pictures."""
    words: list[str] = []
    linked = False
    for block in _leaves(answer_blocks):
        if block.kind in ("fence", "code_block") and block.text.strip():
            return False
        if block.kind not in ("paragraph", "heading", "td", "th"):
            continue
        own = markdown.own_words(block.text)
        linked |= own.linked
        if own.text:
            words.append(own.text)
            if len(own.text) > 80 or len(words) > 3:
                return False
    said = "".join(c if c.isalnum() else " " for c in " ".join(words).casefold()).split()
    if linked and all(word in _POINTING_WORDS for word in said):
        return True
    return " ".join(said) in _PLACEHOLDERS


def is_placeholder(block: Block) -> bool:
    """Say whether a paragraph holds an answer's place: "Answer here", below what explains the question."""
    if block.kind != "paragraph" or len(block.text) > 80:
        return False
    return bool(markdown.own_words(block.text).text) and "[" not in block.text and says_nothing([block])


def _leaves(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.children:
            yield from _leaves(block.children)
        else:
            yield block


def unnumbered(title: str) -> str:
    """Return a question's text without its number: `Q3: Why?` -> `Why?`."""
    match = _NUMBER.match(title)
    return title[match.end() :].strip() if match and match.end() < len(title) else title.strip()


def group_level(ancestors: Iterable[str]) -> Level | None:
    """Return the level that the innermost heading of a group names, such as `Advanced Questions`."""
    for title in ancestors:
        level = level_named(title)
        if level is not None and ("question" in title.casefold() or len(title.split()) <= 3):
            return level
    return None
