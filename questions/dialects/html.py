"""HTML in Markdown answers: what it says as Markdown, without tags, comments and anchors."""

import html
import re

_NAMES = (
    "a|abbr|b|big|blockquote|body|br|center|code|dd|del|details|div|dl|dt|em|figure|font|h[1-6]|hr|i|img|ins|kbd|li|"
    "mark|ol|p|picture|pre|q|s|samp|section|small|source|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|"
    "tr|tt|u|ul|var|video"
)
_TAG = re.compile(rf"<(/?)({_NAMES})\b(?:\s[^<>]*)?/?>", re.IGNORECASE)
_LINK = re.compile(r"<a\s[^<>]*?href\s*=\s*[\"']?([^\"'\s<>]+)[^<>]*>(.*?)</a>", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
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
    for code in _CODE_SPAN.finditer(text):
        parts += [_untagged(text[at : code.start()]), code.group()]
        at = code.end()
    parts.append(_untagged(text[at:]))
    lines = [line.rstrip() for line in "".join(parts).split("\n")]
    return "\n".join(line for line in lines if line.strip(" *`"))


def block(text: str) -> str:
    """Return a block of HTML as Markdown paragraphs."""
    said = html.unescape(_untagged(text, breaks=True))
    lines = [line.strip() for line in said.split("\n")]
    kept = "\n".join(line if line.strip("*_` ") else "" for line in lines)
    return _BLANK_LINES.sub("\n\n", kept).strip()


def _untagged(text: str, *, breaks: bool = False) -> str:
    text = _LINK.sub(r"[\2](\1)", _COMMENT.sub("", text))
    opened: list[str] = []

    def replace(match: re.Match[str]) -> str:
        closing, name = bool(match.group(1)), match.group(2).casefold()
        mark = _AS_MARKDOWN.get(name)
        if mark:
            # An end without its start, as what is left of `<br><b>` … `</b></details>`, marks nothing.
            if closing and name not in opened:
                return ""
            if closing:
                opened.remove(name)
            else:
                opened.append(name)
            return mark
        if breaks and name == "li" and not closing:
            return "\n- "
        if name == "br" or (breaks and name in _BREAKS):
            return "\n" if name == "br" else "\n\n"
        return ""

    said = _TAG.sub(replace, text)
    for name in reversed(opened):
        # A start without its end marks nothing either.
        start = said.rfind(_AS_MARKDOWN[name])
        said = said[:start] + said[start + len(_AS_MARKDOWN[name]) :]
    return said
