"""Markdown for Discord: nothing that was written pings or breaks out, long texts become pages."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

PAGE = 3_800  # characters; an embed's description holds 4,096, and a fence that is split needs some of them
LINE = 1_000  # a line over this is broken, at a space where there is one

_GAP = "\u200b"  # no width: keeps `@` and `everyone` apart and is not seen
_STEERING = re.compile(r"<(?=[@#!&:/ta]|id:)|@(?=everyone|here)|(?<=\])\((?=[^)\s]+\))", re.IGNORECASE)
_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]*`)", re.DOTALL)
_FENCE = re.compile(r"^\s*```(\S*)")


def safe(markdown: str) -> str:
    """Keep Markdown as it is, but for what Discord would act on: mentions, timestamps, false links.

    Tables, which Discord doesn't know, become lists.
    """
    parts = _CODE.split(_list_tables(markdown))
    # Code is shown as written; every other part is text.
    return "".join(part if place % 2 else _STEERING.sub(_hold, part) for place, part in enumerate(parts))


def pages(markdown: str, size: int = PAGE) -> list[str]:
    """Cut Markdown into pages of at most `size` characters, between blocks where that is possible.

    A code block that doesn't fit is closed at the page's end and opened again on the next one.
    """
    found: list[str] = []
    page: list[str] = []
    length = 0
    fence: str | None = None
    for line in _lines(markdown):
        # What has to be added to close a block counts as well.
        if page and length + len(line) + 1 + (4 if fence is not None else 0) > size:
            kept, page = _split(page) if fence is None else (page, [])
            found.append("\n".join([*kept, "```"] if fence is not None else kept).strip("\n"))
            if fence is not None:
                page = [f"```{fence}"]
            length = sum(len(kept_line) + 1 for kept_line in page)
        page.append(line)
        length += len(line) + 1
        if match := _FENCE.match(line):
            fence = None if fence is not None else match[1][:20]
    last = "\n".join([*page, "```"] if fence is not None else page).strip("\n")
    return [text for text in [*found, last] if text] or ["\u2014"]


def shorten(text: str, size: int) -> str:
    """Cut one line of text to at most `size` characters, with an ellipsis where something was cut."""
    text = " ".join(text.split())
    return text if len(text) <= size else f"{text[: size - 1].rstrip()}…"


def _split(page: list[str]) -> tuple[list[str], list[str]]:
    """Keep a block that began near the page's end whole, by moving it to the next page."""
    for place in range(len(page) - 1, len(page) // 2, -1):
        if not page[place].strip():
            return page[:place], page[place + 1 :]
    return page, []


def _lines(markdown: str) -> Iterator[str]:
    for line in markdown.split("\n"):
        while len(line) > LINE:
            cut = line.rfind(" ", LINE // 2, LINE)
            cut = cut if cut > 0 else LINE
            yield line[:cut]
            line = line[cut:].lstrip(" ")
        yield line


def _list_tables(markdown: str) -> str:
    """Write each row of a table as a list item: its first cell, then the others after their headings."""
    if "|" not in markdown:
        return markdown
    lines = markdown.split("\n")
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for place, token in reversed(list(enumerate(tokens))):
        if token.type != "table_open" or not token.map or token.level:
            continue
        rows: list[list[str]] = []
        for each in tokens[place:]:
            if each.type == "tr_open":
                rows.append([])
            elif each.type == "inline":
                rows[-1].append(each.content)
            elif each.type == "table_close":
                break
        start, end = token.map
        lines[start:end] = _items(rows)
    return "\n".join(lines)


def _items(rows: list[list[str]]) -> list[str]:
    head, *body = rows
    items = []
    for first, *others in body:
        cells = [
            f"{name}: {cell}" if name else cell for name, cell in zip(head[1:], others, strict=True) if cell
        ]
        items.append(f"- **{first}** · {' · '.join(cells)}" if first else f"- {' · '.join(cells)}")
    return items


def _hold(match: re.Match[str]) -> str:
    return f"{match[0]}{_GAP}" if match[0] != "(" else f"{_GAP}("
