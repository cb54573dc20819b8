"""The native dialect: `#### Q1: …?`, `**Answer:**`, and what authors may add."""

import re
from dataclasses import dataclass, field

from questions import markdown
from questions.dialects.drafts import Draft, DraftPoint, group_level, says_nothing, unnumbered
from questions.frontmatter import tag_list
from questions.markdown import Block, Document
from questions.models import Level

_NATIVE_NUMBER = re.compile(r"Q(?:uestion)?\s*\d{1,4}\s*[:.)]", re.IGNORECASE)
_CLOSING_REMARK = re.compile(
    r"this\b.*\b(guide|document|collection|repository)\b.*\b(covers?|provides?)\b", re.I
)
_MOST_POINTS, _LONGEST_POINT = 24, 500  # more would be graded as slowly as whole interviews
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


@dataclass(slots=True)
class _Part:
    """Lines and blocks that belong to one label; `rest` is the text after the label on its own line."""

    name: str
    line: int
    rest: str = ""
    start: int = 0
    end: int = 0
    blocks: list[Block] = field(default_factory=list)


# Signs of other conventions, which the strict reader would misread.
_FOREIGN_TITLE = re.compile(r"Question\s*\d|\d{1,4}\s*[.):]|.*[⭐★]", re.IGNORECASE)
_FOREIGN_LABELS = frozenset(
    "difficulty level source companies category expected sample quick detailed frequency".split()
)
_FOREIGN_LINE = re.compile(
    r"\s*(?:[-*+]\s+)?(?:\*\*|__)(?:Q(?:uestion)?\s*\d*\s*[:.*])|\s*<summary", re.IGNORECASE
)


def fits(document: Document) -> bool:
    """Say whether a file's questions are marked up in the native way, and no other way as often."""
    blocks = document.blocks
    opened = labelled = foreign = 0
    for index, block in enumerate(blocks):
        if block.kind != "heading" or not _opens_native(blocks, index):
            continue
        opened += 1
        signs = _body_signs(blocks, index + 1)
        labelled += "answer" in signs
        title = markdown.plain(block.text)
        foreign += not signs.isdisjoint(_FOREIGN_LABELS) or _FOREIGN_TITLE.match(title) is not None
    if not opened or 2 * labelled < opened or 3 * foreign >= opened:
        return False
    return sum(1 for line in document.lines if _FOREIGN_LINE.match(line)) < opened


def _body_signs(blocks: tuple[Block, ...], index: int) -> set[str]:
    """Return the first words of the labels below a question, up to the next heading."""
    signs: set[str] = set()
    while index < len(blocks) and blocks[index].kind != "heading":
        if blocks[index].kind == "paragraph":
            for line in blocks[index].text.split("\n"):
                label = markdown.bold_label(line)
                if label and label[0]:
                    signs.add(label[0].casefold().split()[0])
        index += 1
    if index < len(blocks) and "answer" not in signs:
        words = markdown.plain(blocks[index].text).casefold().split()
        signs.update(word for word in words[:1] if words[1:2] == ["answer"])
    return signs


def read(document: Document) -> list[Draft]:
    """Return a file's questions in the native dialect, strictly: what stands elsewhere is guide text."""
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
    body = without_tail(body, last=last)
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


def without_tail(body: tuple[Block, ...], *, last: bool) -> tuple[Block, ...]:
    """Drop the rule that parts a question from the next, and a file's closing remark from its last answer."""
    end = len(body)
    while end and body[end - 1].kind == "hr":
        end -= 1
    body = body[:end]
    if last and len(body) > 1 and body[-1].kind == "paragraph" and _CLOSING_REMARK.match(body[-1].text):
        return without_tail(body[:-1], last=False)
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
    if len(items) > _MOST_POINTS:
        advice = f"keep the most telling ones; a question may have {_MOST_POINTS}"
        return (), ((part.line + document.offset + 1, f"key points: {len(items)} of them", advice),)
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
        elif len(text) > _LONGEST_POINT:
            said = f"key points: a point of {len(text)} characters"
            faults.append((line, said, f"make it several points of at most {_LONGEST_POINT} characters"))
        elif not 1 <= weight <= 3:
            faults.append((line, f"key points: weight {weight}", "use a weight from (1) to (3)"))
        else:
            points.append(DraftPoint(line, text, weight, avoid))
    return tuple(points), tuple(faults)
