"""Markdown as a tree of blocks, read with a CommonMark parser: structure never comes from raw text."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_MAX_INLINE = 6_000  # characters; parsing hostile inline text takes the square of its length
_INLINE_MARKUP = frozenset("*_`[]<>\\&!~")


class Block(NamedTuple):
    """One block: `start` to `end` (exclusive) are lines from 0 in the parsed text.

    `kind` is the CommonMark name: heading, paragraph, bullet_list, ordered_list, list_item, fence,
    code_block, blockquote, html_block, hr, table (thead, tbody, tr, th, td). `text` is the inline source
    of headings, paragraphs and cells, and the content of code and HTML; `info` is a fence's language.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    text: str = ""
    info: str = ""
    children: tuple["Block", ...] = ()


class Document(NamedTuple):
    """A parsed text: its lines and top-level blocks. `offset` is added to a line to get that of the file."""

    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    offset: int = 0

    def source(self, start: int, end: int) -> str:
        """Return the Markdown of lines `start` to `end` (exclusive), without blank lines around it."""
        return "\n".join(self.lines[start:end]).strip("\n").rstrip()


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


@cache
def _block_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    # Inline content is parsed only where it is read: that is a third of the whole time.
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def parse(text: str, offset: int = 0) -> Document:
    """Parse Markdown with newlines as `\\n` into a `Document`; any text is valid Markdown."""
    return Document(tuple(text.split("\n")), _mend_headings(_tree(_block_parser().parse(text))), offset)


def _tree(tokens: "list[Token]") -> tuple[Block, ...]:
    stack: list[tuple[Token | None, list[Block]]] = [(None, [])]
    texts: list[str] = [""]
    for token in tokens:
        if token.nesting == 1:
            stack.append((token, []))
            texts.append("")
        elif token.nesting == -1:
            opened, children = stack.pop()
            text = texts.pop()
            assert opened is not None
            start, end = opened.map or (
                (children[0].start, children[-1].end) if children else _last_lines(stack)
            )
            kind = opened.type.removesuffix("_open")
            level = int(opened.tag[1]) if kind == "heading" else 0
            stack[-1][1].append(Block(kind, start, end, level, text, "", tuple(children)))
        elif token.type == "inline":
            texts[-1] = token.content
        else:
            start, end = token.map or (0, 0)
            stack[-1][1].append(Block(token.type, start, end, 0, token.content, token.info.strip()))
    return tuple(stack[0][1])


def _last_lines(stack: "list[tuple[Token | None, list[Block]]]") -> tuple[int, int]:
    parent = stack[-1][0]
    return (parent.map[0], parent.map[1]) if parent is not None and parent.map else (0, 0)


def _mend_headings(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Join an empty heading with the one-line paragraph right below it: its title slipped onto a new line."""
    mended: list[Block] = []
    for block in blocks:
        before = mended[-1] if mended else None
        if (
            before is not None
            and before.kind == "heading"
            and not before.text
            and block.kind == "paragraph"
            and block.start == before.end
            and "\n" not in block.text
        ):
            mended[-1] = before._replace(end=block.end, text=block.text)
        else:
            mended.append(block)
    return tuple(mended)


@lru_cache(maxsize=2_000)
def plain(text: str, *, code: bool = False) -> str:
    """Return inline Markdown as one line of plain text: no emphasis, links as their words, code as it is.

    With `code`, inline code keeps its backticks.
    """
    if not _INLINE_MARKUP.isdisjoint(text) and _is_parsed(text):
        simple = None if code else _plain_if_simple(text)
        if simple is None:
            simple = "".join(_words(_parser().parseInline(text)[0].children or [], code=code))
        text = simple
    return " ".join(text.split())


def _is_parsed(text: str) -> bool:
    """Say whether inline Markdown is parsed, or left as it is: no honest paragraph is so long or so dense.

    The parser looks at what follows each bracket up to twenty times.
    """
    return len(text) <= _MAX_INLINE and text.count("[") <= 10 + len(text) // 8


def _plain_if_simple(text: str) -> str | None:
    """Return the plain text of a text whose only markup is one bold start, or code; else None.

    Most bullets are such, and parsing them is a tenth of a corpus's loading time.
    """
    found = _INLINE_MARKUP.intersection(text)
    if found == {"*"} and text.startswith("**") and text.count("*") == 4:
        inner, closing, rest = text[2:].partition("**")
        if closing and inner[:1].isalnum():
            after_word = inner[-1].isalnum() and not rest[:1].isalnum()
            after_mark = inner[-1] in ":.?" and rest[:1] in ("", " ")
            return inner + rest if after_word or after_mark else None
    if found == {"`"} and "``" not in text and text.count("`") % 2 == 0:
        parts = text.split("`")
        return "".join(parts) if all(code == code.strip() for code in parts[1::2]) else None
    return None


def _words(tokens: "list[Token]", *, code: bool) -> list[str]:
    words = []
    for token in tokens:
        if token.type == "code_inline" and code:
            pad = " " if "`" in (token.content[:1], token.content[-1:]) else ""
            words.append(f"{token.markup}{pad}{token.content}{pad}{token.markup}")
        elif token.type in ("text", "code_inline"):
            words.append(token.content)
        elif token.type in ("softbreak", "hardbreak", "html_inline"):
            words.append(" " if token.type != "html_inline" or token.content.startswith("<br") else "")
        elif token.type == "image":
            words.extend(_words(token.children or [], code=code))
    return words


def code_words(text: str) -> tuple[str, ...]:
    """Return the inline code in inline Markdown, each once, in order."""
    if "`" not in text or not _is_parsed(text):
        return ()
    children = _parser().parseInline(text)[0].children or []
    return tuple(
        dict.fromkeys(t.content.strip() for t in children if t.type == "code_inline" and t.content.strip())
    )


class OwnWords(NamedTuple):
    """What a text says outside its links and pictures, and whether it holds a link."""

    text: str
    linked: bool


def own_words(text: str) -> OwnWords:
    """Return what inline Markdown says outside its links, bare addresses and pictures."""
    if ("[" not in text and "<" not in text and "://" not in text) or not _is_parsed(text):
        said = plain(text) if any(c.isalnum() for c in text) else ""
        return OwnWords(said, False)
    depth = 0
    own: list[str] = []
    linked = False
    for token in _parser().parseInline(text)[0].children or []:
        anchor = token.type == "html_inline" and token.content[:3].casefold() in ("<a ", "</a")
        if token.type in ("link_open", "link_close"):
            depth += token.nesting
            linked = True
        elif anchor and (token.content[1] == "/" or "href" in token.content.casefold()):
            depth = max(0, depth - 1) if token.content[1] == "/" else depth + 1
            linked = True
        elif token.type in ("text", "code_inline") and depth == 0:
            words = token.content.split()
            own.extend(word for word in words if "://" not in word)
            linked |= any("://" in word for word in words)
    said = " ".join(own)
    return OwnWords(said if any(c.isalnum() for c in said) else "", linked)


def has_own_words(text: str) -> bool:
    """Say whether inline Markdown says anything outside its links and pictures."""
    return bool(own_words(text).text)


def bold_label(line: str) -> tuple[str, str] | None:
    """Split a line of inline Markdown that opens with a bold label: `**Answer:** text` -> ("Answer", "text").

    The colon may stand inside or outside the bold, or a dash after it; a bold text that is the whole line is
    a label too. None when the bold text is just the start of a sentence.
    """
    marker = line[:2]
    if marker not in ("**", "__"):
        return None
    end = line.find(marker, 2)
    if end <= 2:
        return None
    inner, rest = line[2:end].strip(" *_"), line[end + 2 :].lstrip("*_ ")
    if inner.endswith((":", "：")):
        return inner[:-1].rstrip(), rest
    if rest[:1] in (":", "：", "–", "—") or rest.startswith("- "):
        return inner, rest[1:].lstrip()
    return (inner, "") if not rest else None
