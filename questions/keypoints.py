"""Key points derived from a reference answer, where the author wrote none.

A bullet gives a statement and keeps the label above it where that says something; prose gives its sentences;
code gives what its comments say and its commands do; the items of an "Avoid:" list become points to avoid.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from questions import markdown
from questions.code import code_statements, code_usage
from questions.markdown import Block
from questions.models import KeyPoint
from questions.words import content_words, stems, vocabulary, words

_MOST = 8  # more points than this make an answer a recital
_CONSIDERED = 80  # statements that are compared with each other: a book is no answer
_ENOUGH = 3  # statements in words, for those of uncommented code to be left out
_TELLING = 8  # content words, above which more of them make a statement no better as a point
_UNCOMMENTED = 3  # rank of what only the code says
_OPENING = "\"'“‘«`(<[{$-/.@#~*&|_"  # what a statement may begin with besides a letter or digit
_LONGEST = 320  # characters of a statement; a longer sentence is cut at a clause

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|fig|dr|mr|ms|st|inc)|\b[A-Z])\.$", re.IGNORECASE
)
_ABBREVIATED = 10  # characters at a text's end in which an abbreviation is looked for
_CLAUSE_END = re.compile(r"[;:]\s|\s[–—]\s|,\s(?=(?:and|but|while|which|so|because)\b)")
_AVOID = re.compile(
    r"(?:(?:things|what|mistakes|pitfalls) to )?avoid\b|(?:common )?(?:mistakes|pitfalls|anti-?patterns)\b|"
    r"(?:do not|don'?t|never)\s*(?:do)?\s*:?$|what not to do\b",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"this (?:comprehensive|complete|guide|document|article|section|answer|question)\b|"
    r"(?:here(?:'s| is| are)|let'?s|for example|for instance|example|see|as follows|consider|read more|source"
    r"|note)\b[^.]*:?$|the following\b[^.]*:?$|in (?:summary|conclusion)\W*$",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(
    r"(?:it|its|they|their|them|this|that|these|those|he|she|such|both|here)\b", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:is|are|was|has|have|uses?|can|must|should|does|do|means|lets?|allows?|runs?|makes?|needs?|gives?|returns?|"
    r"works?|contains?|requires?|creates?|depends?|supports?|stores?|holds?|keeps?|consists?|will|may|provides?)\b"
)
_ANNOUNCES = re.compile(
    r"\b(?:following|several|various|many|some|these|below|two|three|four|five|six|seven|here|ways?|include[sd]?|are)\W*",
    re.IGNORECASE,
)
# A label made of these alone tells a reader nothing that the question has not said.
_EMPTY_LABEL_WORDS = vocabulary(
    "a additional advantage advantages an and answer approach approaches aspects basic benefit benefits "
    "best better case cases causes cause characteristics common comprehensive concepts considerations "
    "core detailed details difference differences essential example examples explanation factors feature "
    "features following for from general good handling important improve in include included includes "
    "including issues its key list main major management measures methods more most notes of on options "
    "or other overview performance points practice practices principle principles problems provide "
    "provides reasons recommended related security several short some solution solutions step steps "
    "strategies strategy summary techniques the their there these things this tips to tools types typical "
    "various ways what when why with build building optimization optimisation optimizations migration "
    "debugging monitoring troubleshooting diagnosis commands command"
)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A candidate point. `rank` is 0 for a labelled fact, 3 for uncommented code; `group` is its block."""

    text: str
    group: int
    rank: int
    terms: tuple[str, ...] = ()
    avoid: bool = False


def derive(reference: str) -> tuple[KeyPoint, ...]:
    """Derive at most 8 key points from a reference answer in Markdown; none when it states nothing."""
    return from_blocks(markdown.parse(reference).blocks)


def from_blocks(blocks: Sequence[Block]) -> tuple[KeyPoint, ...]:
    """Derive at most 8 key points from a parsed reference answer; none when it states nothing."""
    statements = _fewest(_distinct(_Walk().statements(blocks)[:_CONSIDERED]))
    return tuple(KeyPoint(id=point_id(s.text), text=s.text, terms=s.terms, avoid=s.avoid) for s in statements)


def from_short_answer(prompt: str, blocks: Sequence[Block]) -> tuple[KeyPoint, ...]:
    """Derive points from an answer too short for a statement ("True.", a line of SQL) and its question."""
    said = [_tidy(markdown.plain(text)) for text in _texts(blocks)]
    text = "; ".join(dict.fromkeys(text for text in said if text and not text.endswith((":", "?"))))
    if text and len(text) <= _LONGEST:
        asked = markdown.plain(prompt.split("\n", 1)[0]).rstrip("?!.: ")
        point = f"{asked}: {text}"
        return (KeyPoint(id=point_id(point), text=point),)
    for block in _code_blocks(blocks):
        used = code_usage(block.text, block.info)
        if used:
            return tuple(KeyPoint(id=point_id(s.text), text=s.text, terms=s.terms) for s in used)
    return ()


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.children:
            yield from _texts(block.children)
        elif block.kind in ("paragraph", "td", "heading"):
            yield block.text


def _code_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.kind in ("fence", "code_block"):
            yield block
        yield from _code_blocks(block.children)


def point_id(text: str) -> str:
    """Return a point's id within its question: 8 hex digits that depend on its words, not on its place."""
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()[:8]


class _Walk:
    """One pass over an answer's blocks; `group` numbers the blocks that statements came from."""

    def __init__(self) -> None:
        self.group = 0

    def statements(
        self, blocks: Sequence[Block], context: str = "", *, avoid: bool = False
    ) -> list[_Statement]:
        found: list[_Statement] = []
        outer = (context, avoid)
        for block in blocks:
            self.group += 1
            if block.kind == "heading":
                title = markdown.plain(block.text).rstrip(":")
                context, avoid = _context(title), bool(_AVOID.match(title))
            elif block.kind == "paragraph":
                statements, lead_in = self._paragraph(block, context, avoid=avoid)
                found += statements
                if lead_in is not None:
                    context, avoid = _context(lead_in), bool(_AVOID.match(lead_in))
                elif statements:
                    context, avoid = outer
            elif block.kind in ("bullet_list", "ordered_list"):
                found += self._list(block, context, avoid=avoid)
                context, avoid = outer
            elif block.kind in ("fence", "code_block"):
                found += self._code(block, context)
            elif block.kind == "table":
                found += self._table(block, context)
            elif block.kind == "blockquote":
                found += self.statements(block.children, context, avoid=avoid)
        return found

    def _paragraph(self, block: Block, context: str, *, avoid: bool) -> tuple[list[_Statement], str | None]:
        """Return a paragraph's statements, and its closing lead-in ("Use cases:") where it has one."""
        found: list[_Statement] = []
        lead_in: str | None = None
        bold = _first_bold(block.text)
        for line in _logical_lines(block.text):
            label = markdown.bold_label(line)
            if label and not label[1]:
                lead_in = markdown.plain(label[0])
                continue
            text = markdown.plain(line)
            terms = markdown.code_words(line)
            first = True
            for sentence in _sentences(text):
                if sentence.endswith(":"):
                    lead_in = sentence[:-1].strip()
                    if _is_announcement(lead_in):
                        continue
                    sentence = f"{lead_in}."
                else:
                    lead_in = None
                rank = 0 if label and first else 1 if first else 2
                found += self._said(sentence, context, rank, terms, bold, found, avoid=avoid)
                first = False
        return found, lead_in

    def _said(
        self,
        sentence: str,
        context: str,
        rank: int,
        terms: Iterable[str],
        bold: str,
        before: list[_Statement],
        *,
        avoid: bool,
    ) -> list[_Statement]:
        """Make a sentence of prose stand alone: one that refers back joins the sentence it refers to."""
        text = _tidy(sentence)
        if not _is_statement(text):
            return []
        own = tuple(term for term in terms if term in text)
        if _REFERS_BACK.match(text):
            if before and before[-1].group == self.group and len(before[-1].text) + len(text) < _LONGEST - 80:
                joined = before.pop()
                return [replace(joined, text=f"{joined.text}. {text}", terms=_union(joined.terms, own))]
            text = f"{bold}: {text}" if bold else text
        text = f"{context}: {text}" if context and not _says(text, context) else text
        return [_Statement(_shortened(text), self.group, rank, own, avoid)]

    def _list(self, block: Block, context: str, *, avoid: bool) -> list[_Statement]:
        found: list[_Statement] = []
        for item in block.children:
            lead = next((child for child in item.children if child.kind in ("paragraph", "heading")), None)
            rest = [child for child in item.children if child is not lead]
            label = markdown.bold_label(lead.text.split("\n", 1)[0]) if lead else None
            text = _tidy(markdown.plain(lead.text)) if lead else ""
            names_rest = (
                bool(rest) and (not label or not label[1]) and (text.endswith(":") or len(text.split()) <= 5)
            )
            if text and not names_rest:
                found += self._item(
                    text, context, label, markdown.code_words(lead.text if lead else ""), avoid=avoid
                )
            if rest:
                name = text.rstrip(":") if names_rest else markdown.plain(label[0]) if label else ""
                inner = _context(name) or context
                found += self.statements(rest, inner, avoid=avoid or bool(_AVOID.match(name)))
        return found

    def _item(
        self, text: str, context: str, label: tuple[str, str] | None, terms: tuple[str, ...], *, avoid: bool
    ) -> list[_Statement]:
        labelled = bool(label and label[1])
        if avoid or labelled or not context or _says(text, context):
            full = text
        else:
            name, colon, rest = text.partition(": ")
            # "Use cases" above "Bridge: most applications" is about Bridge.
            about_name = colon and len(name.split()) <= 4
            full = f"{name} ({context.casefold()}): {rest}" if about_name else f"{context}: {text}"
        if _BOILERPLATE.match(text) or len(content_words(full)) < 2:
            return []
        return [_Statement(_shortened(full), self.group, 0 if labelled else 1, terms, avoid)]

    def _table(self, block: Block, context: str) -> list[_Statement]:
        """Return one statement a row: what the row is about, then each column's name and value."""
        rows = [
            [markdown.plain(cell.text) for cell in row.children]
            for part in block.children
            for row in part.children
        ]
        found = []
        for row in rows[1:]:
            pairs = [
                f"{head} {cell}".strip() for head, cell in zip(rows[0][1:], row[1:], strict=False) if cell
            ]
            text = f"{row[0]}: {'; '.join(pairs)}" if pairs and row[0] else ""
            if len(content_words(text)) >= 2:
                text = f"{context}, {text}" if context and not _says(text, context) else text
                found.append(_Statement(_shortened(text), self.group, 0))
        return found

    def _code(self, block: Block, context: str) -> list[_Statement]:
        found = []
        for said in code_statements(block.text, block.info):
            text = f"{context}: {said.text}" if context and not _says(said.text, context) else said.text
            if len(words(text)) >= 2:
                found.append(
                    _Statement(
                        _shortened(text), self.group, 1 if said.commented else _UNCOMMENTED, said.terms
                    )
                )
        return found


def _logical_lines(text: str) -> Iterator[str]:
    """Yield a paragraph's lines, joined where a line runs on: a new one starts at a bold label."""
    held: list[str] = []
    for line in text.split("\n"):
        if any(held) and markdown.bold_label(line):
            yield "\n".join(held)
            held = []
        held.append(line)
    yield "\n".join(held)


def _first_bold(text: str) -> str:
    """Return the bold text that a paragraph starts with: what its later sentences are about."""
    end = text.find("**", 2) if text.startswith("**") else -1
    return markdown.plain(text[2:end]).rstrip(":") if 2 < end < 60 else ""


def _sentences(text: str) -> list[str]:
    sentences: list[list[str]] = []
    for part in _SENTENCE_END.split(text):
        if sentences and _ABBREVIATION.search(sentences[-1][-1][-_ABBREVIATED:]):
            sentences[-1].append(part)
        else:
            sentences.append([part])
    return [sentence for parts in sentences if (sentence := " ".join(parts))]


def _is_announcement(lead_in: str) -> bool:
    """Say whether a text before a colon only announces what follows, and states nothing itself."""
    return not _VERB.search(lead_in) or bool(_ANNOUNCES.search(lead_in)) or len(lead_in.split()) < 4


def _context(lead_in: str) -> str:
    """Return what a lead-in adds to each statement below it: "" for "Key differences" or a whole sentence."""
    named = [word for word in words(lead_in) if word not in _EMPTY_LABEL_WORDS]
    if lead_in.casefold().startswith(
        ("use case", "prevent", "advantage", "disadvantage", "pros", "cons", "benefit")
    ):
        return lead_in.rstrip(":").strip()
    if not named or len(lead_in) > 60 or _AVOID.match(lead_in) or words(lead_in)[0] in _EMPTY_LABEL_WORDS:
        return ""
    return "" if _VERB.search(lead_in) else lead_in.rstrip(":").strip()


def _says(text: str, context: str) -> bool:
    """Say whether a text already holds half the words of its context."""
    named = set(content_words(context))
    return 2 * len(named & set(content_words(text))) >= len(named)


def _is_statement(text: str) -> bool:
    return len(content_words(text)) >= 2 and not _BOILERPLATE.match(text) and not text.endswith("?")


def _tidy(text: str) -> str:
    """Return a statement without the marks at its ends: a closing full stop, emoji, check marks."""
    start = next((i for i, c in enumerate(text) if c.isalnum() or c in _OPENING), len(text))
    return text[start:].rstrip().rstrip(" .;,").strip()


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    ends = [match.start() for match in _CLAUSE_END.finditer(text, 40, _LONGEST)]
    cut = ends[-1] if ends else text.rfind(" ", 0, _LONGEST)
    return text[: cut if cut > 0 else _LONGEST].rstrip(" ,;:–—")


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))


def _distinct(statements: list[_Statement]) -> list[_Statement]:
    """Drop statements whose content words another holds too; the longer of two takes the first's place."""
    kept: list[tuple[_Statement, frozenset[str]]] = []
    for statement in statements:
        own = frozenset(stems(statement.text))
        for index, (other, theirs) in enumerate(kept):
            if own <= theirs or len(own & theirs) >= 0.85 * len(own | theirs):
                break
            if theirs <= own and other.avoid == statement.avoid:
                kept[index] = (statement, own)
                break
        else:
            kept.append((statement, own))
    return [statement for statement, _ in kept]


def _fewest(statements: list[_Statement]) -> list[_Statement]:
    """Bring statements down to the most that a question may have: the most telling ones, in their order.

    What only code says is kept where little else is said: nobody answers in settings.
    """
    worded = [statement for statement in statements if statement.rank != _UNCOMMENTED]
    kept = worded if len(worded) >= _ENOUGH else statements
    if len(kept) <= _MOST:
        return kept
    telling = sorted(
        range(len(kept)),
        key=lambda i: (kept[i].rank, -min(len(content_words(kept[i].text)), _TELLING), i),
    )
    return [kept[index] for index in sorted(telling[:_MOST])]
