"""HTML in Markdown answers: what it says as Markdown, without tags, comments and anchors."""

import html
import re
from collections.abc import Iterator

_NAMES = (
    "a|abbr|b|big|blockquote|body|br|center|code|dd|del|details|div|dl|dt|em|figure|font|h[1-6]|hr|i|img|ins|kbd|li|"
    "mark|ol|p|picture|pre|q|s|samp|section|small|source|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|"
    "tr|tt|u|ul|var|video"
)
_TAG = re.compile(rf"<(/?)({_NAMES})\b(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\s[^<>]*>", re.IGNORECASE)
_ANCHOR_END = re.compile("</a>", re.IGNORECASE)
_ADDRESS = re.compile(r"href\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BACKTICKS = re.compile("`+")
_AS_MARKDOWN = {
    "b": "**",
    "strong": "**",
    "i": "*",
    "em": "*",
    "code": "`",
    "tt": "`",
    "kbd": "`",
    "samp": "`",
}
_BREAKS = frozenset(
    "br p div li ul ol tr table h1 h2 h3 h4 h5 h6 blockquote pre dd dt section details summary hr".split()
)
_BLANK_LINES = re.compile(r"\n\s*\n\s*")


def comments(text: str) -> list[str]:
    """Return what the comments in HTML say."""
    return [found.removeprefix("<!--").removesuffix("-->").strip() for found in _COMMENT.findall(text)]


def inline(text: str) -> str:
    """Return inline Markdown with its HTML as Markdown; code stays as it is."""
    if "<" not in text:
        return text
    parts: list[str] = []
    at = 0
    for start, end in code_spans(text):
        parts += [_untagged(text[at:start]), text[start:end]]
        at = end
    parts.append(_untagged(text[at:]))
    lines = [line.rstrip() for line in "".join(parts).split("\n")]
    return "\n".join(line for line in lines if line.strip(" *`"))


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end (exclusive) of each inline code: from a run of backticks to the next as long."""
    found = [match.span() for match in _BACKTICKS.finditer(text)]
    closing: list[int | None] = [None] * len(found)
    latest: dict[int, int] = {}
    for place in range(len(found) - 1, -1, -1):
        start, end = found[place]
        closing[place] = latest.get(end - start)
        latest[end - start] = place
    at = 0
    for place, (start, _) in enumerate(found):
        closed = closing[place]
        if place >= at and closed is not None:
            yield start, found[closed][1]
            at = closed + 1


def without_code(text: str) -> str:
    """Return inline Markdown with blanks for its code."""
    parts: list[str] = []
    at = 0
    for start, end in code_spans(text):
        parts += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


def block(text: str) -> str:
    """Return a block of HTML as Markdown paragraphs."""
    said = html.unescape(_untagged(text, breaks=True))
    lines = [line.strip() for line in said.split("\n")]
    kept = "\n".join(line if line.strip("*_` ") else "" for line in lines)
    return _BLANK_LINES.sub("\n\n", kept).strip()


def _untagged(text: str, *, breaks: bool = False) -> str:
    text = _linked(_COMMENT.sub("", text))
    parts: list[str] = []
    opened: dict[str, list[int]] = {}  # places of the marks whose ends have not come
    at = 0
    for tag in _TAG.finditer(text):
        parts.append(text[at : tag.start()])
        at = tag.end()
        closing, name = bool(tag.group(1)), tag.group(2).casefold()
        mark = _AS_MARKDOWN.get(name)
        if mark:
            waiting = opened.setdefault(name, [])
            # An end without its start, as what is left of `<br><b>` … `</b></details>`, marks nothing.
            if closing and not waiting:
                continue
            if closing:
                waiting.pop()
            else:
                waiting.append(len(parts))
            parts.append(mark)
        elif breaks and name == "li" and not closing:
            parts.append("\n- ")
        elif name == "br" or (breaks and name in _BREAKS):
            parts.append("\n" if name == "br" else "\n\n")
    parts.append(text[at:])
    # A start without its end marks nothing either.
    for place in (place for waiting in opened.values() for place in waiting):
        parts[place] = ""
    return "".join(parts)


def _linked(text: str) -> str:
    """Return a text with its HTML links as Markdown."""
    parts: list[str] = []
    at = 0
    for opened in _ANCHOR.finditer(text):
        address = _ADDRESS.search(opened.group()) if opened.start() >= at else None
        if address is None:
            continue
        closed = _ANCHOR_END.search(text, opened.end())
        if closed is None:
            break
        words = text[opened.end() : closed.start()]
        parts += [text[at : opened.start()], f"[{words}]({address.group(1)})"]
        at = closed.end()
    return "".join([*parts, text[at:]])
