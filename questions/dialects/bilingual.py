"""One question a file in several languages: `# Question (EN)`, `## Answer (EN)`, and the same again."""

import re
from collections.abc import Sequence

from questions import markdown
from questions.dialects.drafts import Draft, says_nothing
from questions.dialects.labels import of_heading
from questions.dialects.titles import title
from questions.language import foreign
from questions.markdown import Block, Document

_TAGGED = re.compile(r"^(?P<name>.*?)\s*[(\[]\s*(?P<language>[A-Za-z]{2})(?:[-_][A-Za-z]{2})?\s*[)\]]\s*$")
_ENGLISH = re.compile(
    r"\*\*(?:English|EN)\*\*\s*[:：]\s*(.+)|\*\*(?:English|EN)\s*[:：]\*\*\s*(.+)", re.IGNORECASE
)
_FOLLOW_UPS = re.compile(r"(?:additional |follow)[- ]?(?:ups?|questions)\b", re.IGNORECASE)


def fits(document: Document) -> bool:
    """Say whether a file has an English answer beside those in other languages."""
    names = [found for block in document.blocks if block.kind == "heading" and (found := _tagged(block))]
    return any(language == "en" and _is_answer(name) for name, language in names)


def read(document: Document) -> list[Draft]:
    """Return the file's question in English."""
    blocks = document.blocks
    sections = list(_sections(blocks))
    answer = next(
        ((start, end) for name, lang, start, end in sections if lang == "en" and _is_answer(name)), None
    )
    if answer is None:
        return []
    asked = next(
        (
            blocks[start + 1 : end]
            for name, lang, start, end in sections
            if lang == "en" and not _is_answer(name)
        ),
        (),
    )
    prompt = _prompt(asked, blocks)
    body = [b for b in blocks[answer[0] + 1 : answer[1]] if not foreign(document.source(b.start, b.end))]
    while body and body[-1].kind == "hr":
        body.pop()
    text = "\n\n".join(document.source(block.start, block.end) for block in body)
    heading = blocks[answer[0]]
    first = blocks[0]
    return [
        Draft(
            line=first.start + document.offset + 1,
            start=first.start,
            end=max(blocks[-1].end, heading.end),
            prompt=prompt,
            answer="" if says_nothing(body) else text,
            answer_blocks=tuple(body),
            follow_up=_follow_up(blocks),
            form="bilingual",
        )
    ]


def _tagged(block: Block) -> tuple[str, str] | None:
    match = _TAGGED.match(markdown.plain(block.text))
    return (match.group("name").strip(), match.group("language").casefold()) if match else None


def _is_answer(name: str) -> bool:
    label = of_heading(name)
    return (label is not None and label.role == "answer") or name.casefold() in ("ответ", "answer")


def _sections(blocks: Sequence[Block]) -> list[tuple[str, str, int, int]]:
    """Return (name, language, first block, last block) of each heading that names its language."""
    found = []
    for index, block in enumerate(blocks):
        tagged = _tagged(block) if block.kind == "heading" else None
        if tagged is None:
            continue
        end = index + 1
        while end < len(blocks) and not (
            blocks[end].kind == "heading" and (blocks[end].level <= block.level or _tagged(blocks[end]))
        ):
            end += 1
        found.append((*tagged, index, end))
    return found


def _prompt(asked: Sequence[Block], blocks: Sequence[Block]) -> str:
    for block in [*asked, *blocks]:
        for text in _texts(block):
            for line in text.split("\n"):
                match = _ENGLISH.match(line)
                if match:
                    return title(match.group(1) or match.group(2)).text
    said = [text for block in asked for text in _texts(block)]
    if said:
        return title(" ".join(said)).text
    heading = next((block for block in blocks if block.kind == "heading" and not _tagged(block)), None)
    return title(heading.text).text if heading else ""


def _texts(block: Block) -> list[str]:
    if block.kind in ("paragraph", "heading"):
        return [block.text]
    return [text for child in block.children for text in _texts(child)]


def _follow_up(blocks: Sequence[Block]) -> str | None:
    for index, block in enumerate(blocks):
        if block.kind == "heading" and _FOLLOW_UPS.match(markdown.plain(block.text)):
            tagged = _tagged(block)
            if tagged and tagged[1] != "en":
                continue
            texts = _texts(blocks[index + 1]) if index + 1 < len(blocks) else []
            return " ".join(markdown.plain(text, code=True) for text in texts) or None
    return None
