"""A document as a flat run of rows: everything that might open a question or end one, in order.

List items that hold headings, bold questions or labels are unrolled, paragraphs are cut at such lines, and
`<details>` become rows of their own, so that the choice of what is a question sees all forms alike.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from questions.dialects import html, labels
from questions.dialects.labels import Label
from questions.markdown import Block, Document

HEADING, BOLD, LINE, LABEL, SUMMARY, TEXT = "heading", "bold", "line", "label", "summary", "text"

_TAG = re.compile(r"<(/?)(details|summary)\b[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[-*+]|(\d{1,9})[.)])(\s{1,4}|$)")
_QUESTION_LINE = re.compile(
    r"(?:Q(?:uestion|ues?|n)?\s*[-#]?\s*\d{0,4}\s*[:：]|Q\s*\d{1,4}\s*[.)\-–]|Q[.)]|Question\s*\d{1,4}\s*[.)\-–])\s*(?=\S)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d{1,3}\s*[.):]")
_EMOJI_TAIL = re.compile(r"[^\w`\"'()\[\]<>*_?!.:;,/\\&-]*$")


class Tag(NamedTuple):
    """A tag `<details>` or `<summary>`: its line, and its start and end (exclusive) there."""

    line: int
    start: int
    end: int
    name: str
    closing: bool


class Row(NamedTuple):
    """One thing in the outline: `start` to `end` (exclusive) are lines of the document.

    `text` is inline Markdown; `rest` follows it on its line, and `inside` are the tags around what a
    `<details>` holds. `indent` is the width that a list item's content is indented by, `nested` says that a
    row is inside an item.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    rest: str = ""
    level: int = 0
    label: Label | None = None
    number: str = ""
    indent: int = 0
    nested: bool = False
    inside: "tuple[Tag, Tag] | None" = None


def rows(document: Document) -> list[Row]:
    """Return a document's rows."""
    found = list(_rows(document, document.blocks))
    if any("<summary" in line.casefold() for line in document.lines):
        found = _with_details(document, found)
    return found


def _rows(document: Document, blocks: Sequence[Block], *, indent: int = 0) -> Iterator[Row]:
    for block in blocks:
        if block.kind == "heading":
            label = labels.of_heading(block.text)
            rest = label.rest if label else ""
            yield Row(
                HEADING, block.start, block.end, block.text, rest, block.level, label, "", indent, indent > 0
            )
        elif block.kind == "paragraph":
            yield from _paragraph(block, indent)
        elif block.kind in ("bullet_list", "ordered_list"):
            yield from _list(document, block, indent)
        elif block.kind == "blockquote" and _first_label(block):
            yield from _rows(document, block.children, indent=indent)
        else:
            yield Row(TEXT, block.start, block.end, indent=indent, nested=indent > 0)


def _first_label(block: Block) -> Label | None:
    first = block.children[0] if block.children else None
    return labels.of_line(first.text.split("\n", 1)[0]) if first and first.kind == "paragraph" else None


def _list(document: Document, block: Block, indent: int) -> Iterator[Row]:
    asks = block.kind == "ordered_list" and not indent and any(_asks(item) for item in block.children)
    if not asks and not any(_item_opens(item) for item in block.children):
        yield Row(TEXT, block.start, block.end, indent=indent, nested=indent > 0)
        return
    for item in block.children:
        if not item.children:
            continue
        marker = _ITEM.match(document.lines[item.start])
        width = max(indent + 1, marker.end() if marker and marker.group(2) else indent + 2)
        number = marker.group(1) or "" if marker else ""
        if _answers_itself(item) or (number and not indent and _asks(item)):
            yield from _asking_item(document, item, width, number)
            continue
        first, *others = _rows(document, item.children, indent=width)
        yield first._replace(number=number, start=item.start, nested=indent > 0)
        yield from others


def _answers_itself(item: Block) -> bool:
    """Say whether an item is plain text with the label of an answer below: `1. What is it?`, `Ans: …`."""
    first = item.children[0] if item.children else None
    if first is None or first.kind != "paragraph":
        return False
    start, *others = first.text.split("\n")
    if labels.of_line(start, listed=True) or _question_line(start) or _bold(start):
        return False
    below = [child for child in item.children[1:] if child.kind in ("paragraph", "bullet_list")]
    others += [text for child in below if (text := _first_text(child))]
    return any((label := labels.of_line(line)) and label.role == labels.ANSWER for line in others)


def _first_text(block: Block) -> str:
    while block.children:
        block = block.children[0]
    return block.text.split("\n", 1)[0] if block.kind == "paragraph" else ""


def _asks(item: Block) -> bool:
    """Say whether an item starts with a plain question of its own: `1. What is it?`"""
    first = item.children[0] if item.children else None
    if first is None or first.kind != "paragraph":
        return False
    line = first.text.split("\n", 1)[0].rstrip("* ")
    return line.endswith("?") and line[:1] not in "*_[<"


def _asking_item(document: Document, item: Block, width: int, number: str) -> Iterator[Row]:
    first = item.children[0]
    lines = first.text.split("\n")
    if lines[0].rstrip().endswith("?"):
        asked = 1
    else:
        asked = next((i for i, line in enumerate(lines) if i and labels.of_line(line)), len(lines))
    text = " ".join(lines[:asked])
    yield Row(LINE, item.start, first.start + asked, text, indent=width, number=number)
    if asked < len(lines):
        rest = first._replace(start=first.start + asked, text="\n".join(lines[asked:]))
        yield from _paragraph(rest, width)
    yield from _rows(document, item.children[1:], indent=width)


def _item_opens(item: Block) -> bool:
    """Say whether a list's item starts with what may be a question or the label of an answer."""
    first = item.children[0] if item.children else None
    if first is None or first.kind not in ("heading", "paragraph"):
        return False
    if first.kind == "heading":
        return True
    line = first.text.split("\n", 1)[0]
    label = labels.of_line(line, listed=True)
    if label:
        return label.role in (labels.QUESTION, labels.ANSWER)
    if _answers_itself(item):
        return True
    return _question_line(line) is not None or (line[:1] in "*_" and _bold(line) is not None)


def _paragraph(block: Block, indent: int) -> Iterator[Row]:
    """Cut a paragraph at the lines that may open a question or label a part of one."""
    lines = block.text.split("\n")
    nested = indent > 0
    whole = _bold(" ".join(lines)) if 1 < len(lines) <= 3 and lines[0][:1] in "*_" else None
    if whole and not whole[1] and _bold(lines[0]) is None:
        yield Row(BOLD, block.start, block.end, whole[0], indent=indent, nested=nested)
        return
    plain_from = 0
    for number, line in enumerate(lines):
        at = block.start + number
        row = _line(line, at, indent, nested=nested)
        if row is None:
            continue
        if plain_from < number:
            yield Row(TEXT, block.start + plain_from, at, indent=indent, nested=nested)
        yield row
        plain_from = number + 1
    if plain_from < len(lines):
        yield Row(TEXT, block.start + plain_from, block.end, indent=indent, nested=nested)


def _line(line: str, at: int, indent: int, *, nested: bool) -> Row | None:
    label = labels.of_line(line, listed=nested)
    if label:
        return Row(LABEL, at, at + 1, rest=label.rest, label=label, indent=indent, nested=nested)
    question = _question_line(line)
    if question:
        kind = BOLD if line.lstrip()[:1] in "*_<" else LINE
        return Row(kind, at, at + 1, question[0], question[1], indent=indent, nested=nested, number="Q")
    split = _bold(line) if line.lstrip()[:1] in ("*", "_", "<") else None
    return Row(BOLD, at, at + 1, split[0], split[1], indent=indent, nested=nested) if split else None


def _question_line(line: str) -> tuple[str, str] | None:
    """Return the question of a line like `**Q1:** Why?`, `**Q1: Why?** text` or `Q1. Why?`, and its rest."""
    split = labels.emphasised(line) if line[:1] in "*_" else None
    if split is None:
        return (line, "") if _QUESTION_LINE.match(line) else None
    inner, rest = split
    if not _QUESTION_LINE.match(f"{inner} x" if rest else inner):
        return None
    match = _QUESTION_LINE.match(inner)
    if match and inner[match.end() :].strip():
        return inner, _EMOJI_TAIL.sub("", rest) and rest
    return f"{inner} {rest}", ""


def _bold(line: str) -> tuple[str, str] | None:
    """Return the text of a line that is bold as a whole, or up to a question mark, and what follows it."""
    line = line.strip().replace("<b>", "**").replace("</b>", "**")
    line = (
        line.replace("<strong>", "**").replace("</strong>", "**").removesuffix("<br>").removesuffix("<br/>")
    )
    if line[:2] not in ("**", "__"):
        return None
    split = labels.emphasised(line)
    if split is None or not any(c.isalnum() for c in split[0]):
        return None
    inner, rest = split
    if _NUMBERED.match(inner) and not inner.endswith("?"):
        return f"{inner}{'' if rest[:1] in '.,:;' else ' '}{rest}", ""
    rest = rest if any(c.isalnum() for c in rest) else ""
    if rest and not inner.rstrip().endswith("?"):
        return None
    tail = "" if rest else split[1]
    return f"{inner} {tail}".strip(), rest


# <details> and <summary>: HTML that CommonMark parses as blocks, as paragraphs, or as the end of an item.


def _with_details(document: Document, found: list[Row]) -> list[Row]:
    """Put a row for each `<details>` with a summary before the rows of what is inside."""
    return sorted([*_details(document), *found], key=lambda row: row.start)


def _details(document: Document) -> Iterator[Row]:
    tags = list(_tags(document.lines, code_lines(document.blocks)))
    closing = _closings(tags)
    opens = [index for index, tag in enumerate(tags) if tag.name == "details" and not tag.closing]
    for place, index in enumerate(opens):
        if [(tag.name, tag.closing) for tag in tags[index + 1 : index + 3]] != [
            ("summary", False),
            ("summary", True),
        ]:
            continue
        tag, opened, closed = tags[index : index + 3]
        # What was never closed ends where the next one starts.
        following = tags[opens[place + 1]] if place + 1 < len(opens) else None
        after = closing.get(index) or following or Tag(len(document.lines), 0, 0, "", closing=False)
        end = after.line + 1 if after.closing else after.line
        yield Row(
            SUMMARY,
            tag.line,
            max(end, tag.line + 1),
            " ".join(between(document.lines, opened, closed).split()),
            inside=(closed, after),
        )


def _closings(tags: Sequence[Tag]) -> dict[int, Tag]:
    """Return the tag that closes each `<details>`, by the place of what opens it."""
    found: dict[int, Tag] = {}
    waiting: list[int] = []
    for index, tag in enumerate(tags):
        if tag.name == "details" and not tag.closing:
            waiting.append(index)
        elif tag.name == "details" and waiting:
            found[waiting.pop()] = tag
    return found


def between(lines: Sequence[str], first: Tag, second: Tag) -> str:
    """Return the text between two tags."""
    if first.line == second.line:
        return lines[first.line][first.end : second.start]
    last = lines[second.line][: second.start] if second.line < len(lines) else ""
    return "\n".join([lines[first.line][first.end :], *lines[first.line + 1 : second.line], last])


def code_lines(blocks: Sequence[Block]) -> set[int]:
    """Return the lines of blocks that are inside fences: their tags are text.

    A fence that begins with the end of a `<details>` is none: its own start was swallowed by the HTML block
    above, so what looks like its start is its end.
    """
    found: set[int] = set()
    for block in blocks:
        if block.kind == "fence":
            first = _TAG.search(block.text)
            if not (first and first.group(1) and _TAG.search(block.text, first.end())):
                found.update(range(block.start, block.end))
        found |= code_lines(block.children)
    return found


def _tags(lines: Sequence[str], code: set[int]) -> Iterator[Tag]:
    for number, line in enumerate(lines):
        if "<" not in line or number in code:
            continue
        for match in _TAG.finditer(html.without_code(line)):
            yield Tag(number, match.start(), match.end(), match.group(2).casefold(), bool(match.group(1)))
