"""How questions and answers are marked up in Markdown: one `Dialect` for each convention.

A dialect turns a parsed file into drafts. `read` chooses the dialect of a file by evidence: the one that
finds most questions with an answer.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from questions import markdown
from questions.frontmatter import level_named, tag_list
from questions.markdown import Block, Document
from questions.models import Level

_PLACEHOLDERS = frozenset(
    {
        "",
        "todo",
        "tbd",
        "to be completed",
        "to be done",
        "answer here",
        "coming soon",
        "work in progress",
        "wip",
        "n a",
    }
)
_NUMBER = re.compile(r"(?:Q(?:uestion)?\s*)?\d{1,4}\s*[:.)]\s*|Q(?:uestion)?\s*[:.]\s+", re.IGNORECASE)
_NATIVE_NUMBER = re.compile(r"Q(?:uestion)?\s*\d{1,4}\s*[:.)]", re.IGNORECASE)
_CLOSING_REMARK = re.compile(
    r"this\b.*\b(guide|document|collection|repository)\b.*\b(covers?|provides?)\b", re.I
)
_WEIGHT = re.compile(r"\((\d{1,3})\)\s+")

_LABELS = {
    "answer": "answer",
    "key points": "key_points",
    "key point": "key_points",
    "hint": "hint",
    "follow-up": "follow_up",
    "follow up": "follow_up",
    "followup": "follow_up",
    "tags": "tags",
}


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
    `answer` is Markdown, empty when there is none; `answer_blocks` are its blocks.
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


@dataclass(frozen=True, slots=True)
class Dialect:
    """A convention: its name and how a parsed file is read in it."""

    name: str
    read: Callable[[Document], list[Draft]]


def read(document: Document) -> tuple[str, list[Draft]]:
    """Return the name of the dialect that fits best and its drafts; ("none", []) when nothing is asked."""
    readings = [(dialect.name, dialect.read(document)) for dialect in DIALECTS]
    name, drafts = max(readings, key=lambda reading: (_answered(reading[1]), len(reading[1])))
    return (name, drafts) if drafts else ("none", [])


def _answered(drafts: list[Draft]) -> int:
    return sum(1 for draft in drafts if draft.answer)


def says_nothing(answer_blocks: Iterable[Block]) -> bool:
    """Say whether an answer is empty, a placeholder, or only links and pictures."""
    words: list[str] = []
    for block in _leaves(answer_blocks):
        if block.kind in ("fence", "code_block") and block.text.strip():
            return False
        if block.kind in ("paragraph", "heading", "td", "th") and markdown.has_own_words(block.text):
            words.append(markdown.plain(block.text))
            if len(words[-1]) > 40 or len(words) > 3:
                return False
    text = "".join(c if c.isalnum() else " " for c in " ".join(words).casefold())
    return " ".join(text.split()) in _PLACEHOLDERS


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


# The native dialect: `#### Q1: …?`, `**Answer:**`, and what authors may add.


@dataclass(slots=True)
class _Part:
    """Lines and blocks that belong to one label; `rest` is the text after the label on its own line."""

    name: str
    line: int
    rest: str = ""
    start: int = 0
    end: int = 0
    blocks: list[Block] = field(default_factory=list)


def _read_native(document: Document) -> list[Draft]:
    blocks = document.blocks
    drafts: list[Draft] = []
    ancestors: list[Block] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        index += 1
        if block.kind != "heading":
            continue
        while ancestors and ancestors[-1].level >= block.level:
            ancestors.pop()
        if not _opens_native(blocks, index - 1):
            ancestors.append(block)
            continue
        end = index
        while end < len(blocks) and not _ends_native(blocks, end, block.level):
            end += 1
        level = group_level(markdown.plain(a.text) for a in reversed(ancestors))
        drafts.append(_native_draft(document, block, blocks[index:end], level, last=end == len(blocks)))
        index = end
    return drafts


def _opens_native(blocks: tuple[Block, ...], index: int) -> bool:
    heading = blocks[index]
    if heading.level < 2:
        return False
    if _NATIVE_NUMBER.match(markdown.plain(heading.text)):
        return True
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    return following is not None and following.kind == "paragraph" and _labelled(following.text) == "answer"


def _ends_native(blocks: tuple[Block, ...], index: int, level: int) -> bool:
    block = blocks[index]
    return block.kind == "heading" and (block.level <= level or _opens_native(blocks, index))


def _labelled(line: str) -> str | None:
    label = markdown.bold_label(line.split("\n", 1)[0])
    return _LABELS.get(label[0].casefold()) if label else None


def _native_draft(
    document: Document, heading: Block, body: tuple[Block, ...], level: Level | None, *, last: bool
) -> Draft:
    body = _without_tail(body, last=last)
    parts = {part.name: part for part in _parts(heading, body)}
    title = unnumbered(markdown.plain(heading.text, code=True))
    before = parts.pop("", None)
    answer = parts.get("answer") or before
    lead = document.source(before.start, before.end) if before and "answer" in parts else ""
    points, faults = _authored_points(document, parts.get("key_points"))
    text = _part_source(document, answer) if answer else ""
    return Draft(
        line=heading.start + document.offset + 1,
        start=heading.start,
        end=body[-1].end if body else heading.end,
        prompt=f"{title}\n\n{lead}" if lead else title,
        answer="" if answer is None or says_nothing(answer.blocks) else text,
        answer_blocks=tuple(answer.blocks) if answer else (),
        level=level,
        points=points,
        hint=_one_line(document, parts.get("hint")),
        follow_up=_one_line(document, parts.get("follow_up")),
        tags=tag_list((_one_line(document, parts.get("tags")) or "").split(",")),
        faults=faults,
    )


def _without_tail(body: tuple[Block, ...], *, last: bool) -> tuple[Block, ...]:
    """Drop the rule that parts a question from the next, and a file's closing remark from its last answer."""
    while body and body[-1].kind == "hr":
        body = body[:-1]
    if last and len(body) > 1 and body[-1].kind == "paragraph" and _CLOSING_REMARK.match(body[-1].text):
        return _without_tail(body[:-1], last=False)
    return body


def _parts(heading: Block, body: tuple[Block, ...]) -> list[_Part]:
    """Cut a question's body at its labels; what stands before the first one is the part named ""."""
    parts = [_Part("", heading.start, start=heading.end, end=heading.end)]
    for block in body:
        if block.kind == "paragraph":
            _cut_paragraph(block, parts)
        else:
            parts[-1].blocks.append(block)
        parts[-1].end = block.end
    return [part for part in parts if part.name or part.blocks]


def _cut_paragraph(block: Block, parts: list[_Part]) -> None:
    lines = block.text.split("\n")
    begun = 0
    for number, line in enumerate(lines):
        name = _labelled(line)
        if name is None or any(part.name == name for part in parts):
            continue
        _keep_lines(parts[-1], block, lines, begun, number)
        label = markdown.bold_label(line)
        rest = label[1] if label else ""
        at = block.start + number
        parts.append(_Part(name, at, rest, start=at + 1, end=at + 1))
        if rest:
            parts[-1].blocks.append(Block("paragraph", at, at + 1, text=rest))
        begun = number + 1
    _keep_lines(parts[-1], block, lines, begun, len(lines))


def _keep_lines(part: _Part, block: Block, lines: list[str], begun: int, end: int) -> None:
    if begun >= end:
        return
    text = "\n".join(lines[begun:end])
    if begun and part.rest and part.blocks and part.blocks[-1].end == block.start + begun:
        first = part.blocks.pop()
        part.blocks.append(first._replace(end=block.start + end, text=f"{first.text}\n{text}"))
    else:
        part.blocks.append(Block("paragraph", block.start + begun, block.start + end, text=text))
    part.end = block.start + end


def _part_source(document: Document, part: _Part) -> str:
    return "\n".join([part.rest, *document.lines[part.start : part.end]]).strip("\n").rstrip()


def _one_line(document: Document, part: _Part | None) -> str | None:
    return " ".join(_part_source(document, part).split()) or None if part else None


def _authored_points(
    document: Document, part: _Part | None
) -> tuple[tuple[DraftPoint, ...], tuple[tuple[int, str, str], ...]]:
    if part is None:
        return (), ()
    items = [
        item
        for block in part.blocks
        if block.kind in ("bullet_list", "ordered_list")
        for item in block.children
    ]
    if not items:
        advice = "write them as a list, one `- (2) statement` a line"
        return (), ((part.line + document.offset + 1, "key points: no list after the label", advice),)
    points: list[DraftPoint] = []
    faults: list[tuple[int, str, str]] = []
    for item in items:
        line = item.start + document.offset + 1
        text = " ".join(child.text for child in item.children if child.kind == "paragraph")
        match = _WEIGHT.match(text)
        weight = int(match.group(1)) if match else 1
        text = text[match.end() :] if match else text
        label = markdown.bold_label(text) or (text[:6], text[6:].lstrip())
        avoid = label[0].casefold().rstrip(":") == "avoid" and (
            text[:6].casefold() == "avoid:" or text[0] in "*_"
        )
        text = label[1] if avoid else text
        if not markdown.plain(text):
            faults.append((line, "key points: an empty point", "write a statement or remove the line"))
        elif not 1 <= weight <= 3:
            faults.append((line, f"key points: weight {weight}", "use a weight from (1) to (3)"))
        else:
            points.append(DraftPoint(line, text, weight, avoid))
    return tuple(points), tuple(faults)


DIALECTS = (Dialect("native", _read_native),)
