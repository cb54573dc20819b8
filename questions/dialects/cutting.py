"""A question's rows -> its draft: the body is cut at its labels, and what is no answer is left out."""

import re
import textwrap
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from questions import markdown
from questions.dialects import html, labels, outline
from questions.dialects.drafts import Draft, DraftPoint, group_level, is_placeholder, says_nothing
from questions.dialects.forms import Opener
from questions.dialects.labels import ANSWER, Label
from questions.dialects.titles import stars_level, title
from questions.frontmatter import level_named, tag_list
from questions.markdown import Block, Document
from questions.models import Level

_BACK_TO_TOP = re.compile(
    r"\W*(?:(?:back|go|return|scroll|jump) (?:back )?to (?:the )?"
    r"(?:top|table of contents|contents|toc|index|questions|menu|list)|"
    r"back|top|table of contents|⬆|↥|↑|🔝|🔼|⏫|prev(?:ious)?|next|home)\b\W*",
    re.IGNORECASE,
)
_OPTION = re.compile(r"\(?(?:[A-Fa-f]\s*[:.)\]]|[1-6]\s*[:)])\s*\S|\[[ xX]\]\s")
_OPTION_MARK = re.compile(r"^\W*[A-Fa-f1-6]\s*(?:[:.)\]]\s*|\*\*\s*)+")
_CHECKED = re.compile(r"\[[xX]\]\s+")
_LETTER = re.compile(r"\W*(?:option\s+)?\(?([A-Fa-f1-6])\b\)?(?:\s*[.:)\-–—]\s*|\W*$)", re.IGNORECASE)
_FENCED_ANSWER = re.compile(r"\s*(?:ans(?:wer)?|sol(?:ution)?|a)\s*\d{0,3}\s*[:.\-)]+\s*", re.IGNORECASE)
_PROSE_FENCES = frozenset({"", "text", "txt", "plain", "plaintext", "markdown", "md"})
_TAGGED_COMMENT = re.compile(r"(tags?|expertise|difficulty|level)\s*:\s*\(?([^()]*)\)?", re.IGNORECASE)
_EXPERTISE = {"0": Level.FUNDAMENTAL, "1": Level.INTERMEDIATE, "2": Level.ADVANCED, "3": Level.ADVANCED}
_ONE_PARAGRAPH = (labels.LEVEL, labels.TAGS, labels.HINT, labels.ASIDE)
_WRAPPER = re.compile(r"\s*</?(br|b|strong|p|div|blockquote|ul|i|em|span|pre)\b[^<>]*/?>", re.IGNORECASE)
_WRAPPER_END = re.compile(r"<(/?)(br|b|strong|p|div|blockquote|ul|i|em|span|pre)\s*/?>$", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^<>]*>", re.IGNORECASE)
_SUMMARY_END = re.compile("</summary>", re.IGNORECASE)
_LONGEST_END = 14  # characters of what closes a wrapper
_MOST_PARTS = 100  # of a question; what else looks like a label is part of the last one
_MOST_LEAD = 1_500  # characters before the answer's label that still belong to the question
_FEWEST_POINTS, _MOST_POINTS = 2, 12  # of an author's list, to be taken as all that an answer should say
_QUICK = ("quick answer", "short answer", "brief answer", "tl;dr", "tldr")
_TELLING_WORDS = 40  # a quick answer of so many words holds the key points


@dataclass(slots=True)
class _Part:
    """What stands under one label: Markdown and the same as blocks. `name` is the label's words."""

    # `level` is that of the heading that is the label, or 0.
    role: str
    name: str = ""
    line: int = 0
    level: int = 0
    chunks: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(chunk for chunk in self.chunks if chunk.strip())

    def add(self, chunk: str, blocks: Sequence[Block]) -> None:
        self.chunks.append(chunk)
        self.blocks.extend(blocks)


def draft(document: Document, opener: Opener, *, labelled: bool, three_steps: bool) -> Draft:
    """Make the draft of a question.

    `labelled`: the answers of the file are labelled. `three_steps`: its levels are marked 👶 ⭐ 🚀.
    """
    row = opener.row
    parts = _Cut(labelled=labelled).parts(_body(document, opener))
    said = opener.title
    answers = [part for part in parts if part.role == ANSWER]
    answers = [part for part in answers if part.blocks] or answers[:1]
    explained = [part for part in parts if part.role == labels.EXPLANATION]
    lead = _merged([part for part in parts if part.role == ""])
    prompt, multiple_choice = said.text, False
    if answers:
        answers, asked = _without_question(answers)
        answers = _own(answers)
        context = "\n\n".join(part for part in ((lead.text if lead else ""), asked) if part)
        multiple_choice = lead is not None and _has_options(lead.blocks)
        if not prompt or (context and len(context) <= _MOST_LEAD):
            prompt = _joined(prompt, context)
    elif lead is not None:
        answers = [lead]
        if not prompt:
            prompt, answers = _first_paragraph(lead)
        checked = _checked(lead)
        if checked:
            multiple_choice = True
            prompt = _joined(prompt, lead.text.replace("[x]", "[ ]").replace("[X]", "[ ]"))
            answers = [checked]
    answers = [*answers, *explained]
    if multiple_choice and lead is not None:
        _name_option(answers, lead)
    said_blocks = [block for part in answers for block in part.blocks]
    empty = says_nothing(said_blocks) or is_placeholder(said_blocks[-1])
    text = "" if empty else "\n\n".join(part.text for part in answers if part.text)
    points = _points(parts) if text else ()
    blocks = _grading_blocks(answers)
    if not points:
        blocks = [*(block for part in parts if part.role == labels.POINTS for block in part.blocks), *blocks]
    level = said.level or stars_level(said.starred, three_steps=three_steps) or _level(parts)
    end = opener.end
    return Draft(
        line=row.start + document.offset + 1,
        start=row.start,
        end=end,
        prompt=prompt,
        answer=text,
        answer_blocks=tuple(blocks),
        level=level or group_level(name for depth, name in reversed(opener.group) if depth > 1),
        points=points,
        hint=_one_line(parts, labels.HINT),
        follow_up=_one_line(parts, labels.FOLLOW_UP),
        tags=tag_list(re.split(r"[,;|/]", _one_line(parts, labels.TAGS) or "")),
        form=_form(opener, parts, multiple_choice=multiple_choice),
    )


def _merged(parts: Sequence[_Part]) -> _Part | None:
    if not parts:
        return None
    return _Part(
        "",
        line=parts[0].line,
        chunks=[chunk for part in parts for chunk in part.chunks],
        blocks=[block for part in parts for block in part.blocks],
    )


def _joined(prompt: str, context: str) -> str:
    if not prompt:
        first, _, rest = context.partition("\n\n")
        said = (
            title(first).text if len(first) < 500 and not first.startswith(("```", "~~~", "    ")) else first
        )
        return f"{said}\n\n{rest}" if rest else said
    return f"{prompt}\n\n{context}" if context else prompt


def _body(document: Document, opener: Opener) -> Document:
    """Return what stands below a question's title, as a document of its own."""
    row = opener.row
    if row.inside is not None:
        text = _unwrapped(outline.between(document.lines, *row.inside))
        return _parsed(text, document.offset + row.inside[0].line)
    if not row.indent and (row.label or not row.rest):
        blocks = _between(document, row.end, opener.end)
        if blocks is not None:
            return document._replace(blocks=blocks)
    lines = list(document.lines[row.end : opener.end])
    while lines and (not lines[-1].strip() or _is_back_to_top(lines[-1])):
        lines.pop()
    if row.indent:
        first = next((line for line in lines if line.strip()), "")
        width = max(row.indent, len(first) - len(first.lstrip(" ")))
        lines = [_dedented(line, width) for line in lines]
    rest = row.rest if row.label is None else ""
    return _parsed("\n".join([html.inline(rest), *lines]), document.offset + row.end - 1)


def _between(document: Document, start: int, end: int) -> tuple[Block, ...] | None:
    """Return the top-level blocks of some lines, or None where these are not whole blocks of prose."""
    first = bisect_left(document.blocks, start, key=lambda block: block.start)
    last = bisect_left(document.blocks, end, key=lambda block: block.start)
    if (first and document.blocks[first - 1].end > start) or (last and document.blocks[last - 1].end > end):
        return None
    blocks = document.blocks[first:last]
    return None if all(block.kind == "code_block" for block in blocks) else blocks


def _parsed(text: str, offset: int) -> Document:
    parsed = markdown.parse(text, offset)
    if parsed.blocks and all(block.kind == "code_block" for block in parsed.blocks):
        # Prose that was indented too far, as in lists whose numbers grew by a digit.
        return markdown.parse(textwrap.dedent(text.strip("\n")), offset)
    return parsed


def _dedented(line: str, width: int) -> str:
    blank = len(line) - len(line.lstrip(" "))
    return line[min(blank, width) :]


def _unwrapped(body: str) -> str:
    """Return what `<details>` holds without the tags around it: `<br><b>` … `</b>`, `<p>` … `</p>`."""
    start = 0
    opened: set[str] = set()
    while (match := _WRAPPER.match(body, start)) is not None:
        opened.add(match.group(1).casefold())
        start = match.end()
    end = _end(body, len(body))
    while (match := _WRAPPER_END.search(body, max(start, end - _LONGEST_END), end)) is not None:
        name = match.group(2).casefold()
        if match.group(1) and not any(each.startswith(name) for each in opened):
            break
        end = _end(body, match.start())
    return textwrap.dedent(body[start:end].strip("\n"))


def _end(text: str, end: int) -> int:
    """Return where a text ends without the blanks before `end`."""
    while end and text[end - 1].isspace():
        end -= 1
    return end


class _Cut:
    """One pass over a question's body."""

    def __init__(self, *, labelled: bool) -> None:
        self.labelled = labelled
        self.found: list[_Part] = [_Part("")]
        self.last = ""  # the role of the last label
        self.ended = False

    def parts(self, body: Document) -> list[_Part]:
        self._blocks(body)
        for part in self.found:
            while part.chunks and _is_tail(part.chunks[-1]):
                part.chunks.pop()
                if part.blocks and part.blocks[-1].kind in ("paragraph", "heading", "hr"):
                    part.blocks.pop()
        return [part for part in self.found if part.role or part.blocks]

    def _blocks(self, body: Document) -> None:
        for block in body.blocks:
            if self.ended:
                return
            if block.kind not in ("paragraph", "hr") and self._is_aside():
                self._go_on()
            if block.kind == "paragraph":
                self._paragraph(block, body)
            elif block.kind == "heading":
                self._heading(block, body)
            elif block.kind in ("bullet_list", "ordered_list"):
                self._list(block, body)
            elif block.kind == "html_block":
                self._html(block, body)
            elif block.kind in ("fence", "code_block") and self._fenced_answer(block, body):
                pass
            elif block.kind == "blockquote" and _quoted_label(block):
                inner = "\n".join(
                    line.lstrip().removeprefix(">").removeprefix(" ") for line in _lines(body, block)
                )
                self._blocks(markdown.parse(inner, body.offset + block.start))
            else:
                self.found[-1].add(_source(body, block), [block])

    def _start(self, label: Label, line: int, level: int = 0) -> None:
        role = label.role
        answered = any(part.role == ANSWER for part in self.found)
        if role == ANSWER and answered and self.last in (labels.FOLLOW_UP, labels.ASIDE):
            # The answer to a follow-up question.
            role = labels.ASIDE
        self.last = role
        self.found.append(_Part(role, label.name, line, level))
        if label.rest:
            self.found[-1].add(html.inline(label.rest), [Block("paragraph", line, line + 1, text=label.rest)])

    def _go_on(self) -> None:
        """Go back to the answer, or to what stands before it, after a part that has ended."""
        answered = any(part.role == ANSWER for part in self.found)
        self.found.append(_Part(ANSWER if answered else ""))

    def _is_aside(self) -> bool:
        """Say whether the last part is a note on one line, which ends with its paragraph."""
        last = self.found[-1]
        return last.level == 0 and bool(last.blocks) and last.role in _ONE_PARAGRAPH

    def _labels(self, label: Label | None) -> bool:
        """Say whether a label starts a part here: some do so only above the answer, or below it."""
        if label is None or label.role == labels.QUESTION or len(self.found) > _MOST_PARTS:
            return False
        last = self.found[-1]
        if label.name in labels.LEADING:
            return not last.blocks or last.role in (labels.LEVEL, labels.TAGS, labels.ASIDE)
        if label.role == labels.POINTS or label.name in labels.AFTER_ANSWER:
            return any(part.role == ANSWER for part in self.found)
        return self.labelled or label.name not in labels.WEAK_ANSWERS

    def _paragraph(self, block: Block, body: Document) -> None:
        if _is_back_to_top(block.text):
            self.ended = any(part.blocks for part in self.found)
            return
        lines = block.text.split("\n")
        begun = 0
        for number, line in enumerate(lines):
            if "|" in line:
                pieces = _metadata(line)
                if pieces and all(self._labels(piece) for piece in pieces):
                    self._keep(block, lines, begun, number)
                    for piece in pieces:
                        self._start(piece, block.start + number)
                    self.found.append(_Part(""))
                    begun = number + 1
                    continue
            label = labels.of_line(line)
            if label is None or not self._labels(label):
                continue
            self._keep(block, lines, begun, number)
            self._start(label, body.offset + block.start + number)
            begun = number + 1
        self._keep(block, lines, begun, len(lines))

    def _keep(self, block: Block, lines: list[str], begun: int, end: int) -> None:
        text = html.inline("\n".join(lines[begun:end])) if begun < end else ""
        if not text.strip():
            return
        if begun == 0 and self._is_aside():
            self._go_on()
        part = self.found[-1]
        continued = begun > 0 and part.blocks and part.blocks[-1].kind == "paragraph"
        if continued and part.blocks[-1].end == block.start + begun and part.chunks:
            text = f"{part.blocks[-1].text}\n{text}"
            part.blocks.pop()
            part.chunks.pop()
        part.add(text, [Block("paragraph", block.start + begun, block.start + end, text=text)])

    def _heading(self, block: Block, body: Document) -> None:
        label = labels.of_heading(block.text)
        if label is not None and self._labels(label):
            self._start(label, body.offset + block.start, block.level)
            return
        last = self.found[-1]
        if last.role not in ("", ANSWER, labels.EXPLANATION) and last.level >= block.level:
            self._go_on()
        self.found[-1].add(_source(body, block), [block])

    def _list(self, block: Block, body: Document) -> None:
        found = [_item_label(item) for item in block.children]
        if not any(label is not None and self._labels(label) for label in found):
            self.found[-1].add(_source(body, block), [block])
            return
        for item in block.children:
            lines = _lines(body, item)
            marker = re.match(r"\s*(?:[-*+]|\d{1,9}[.)])\s*", lines[0]) if lines else None
            width = marker.end() if marker else 0
            text = (
                "\n".join([lines[0][width:], *(_dedented(line, width) for line in lines[1:])])
                if lines
                else ""
            )
            label = _item_label(item)
            if label is not None and self._labels(label):
                self._blocks(markdown.parse(text, body.offset + item.start))
            else:
                self.found[-1].add(_source(body, item), [block._replace(children=(item,))])

    def _html(self, block: Block, body: Document) -> None:
        for comment in html.comments(block.text):
            for name, value in _TAGGED_COMMENT.findall(comment):
                found = labels.role_of(name)
                if found and len(self.found) <= _MOST_PARTS:
                    part = _Part(*found)
                    part.add(value, [Block("paragraph", block.start, block.end, text=value)])
                    self.found.insert(0, part)
        text = block.text
        opened = _SUMMARY.search(text)
        closed = _SUMMARY_END.search(text, opened.end()) if opened else None
        if opened and closed:
            label = labels.of_heading(html.inline(text[opened.end() : closed.start()]))
            before, after = html.block(text[: opened.start()]), html.block(text[closed.end() :])
            if before:
                self.found[-1].add(before, markdown.parse(before).blocks)
            if label is not None and label.role in (ANSWER, labels.EXPLANATION, labels.HINT):
                self._start(label, body.offset + block.start)
            said = after
        else:
            said = html.block(text)
        if _is_back_to_top(said):
            self.ended = any(part.blocks for part in self.found)
        elif said:
            self.found[-1].add(said, markdown.parse(said).blocks)

    def _fenced_answer(self, block: Block, body: Document) -> bool:
        """Take prose in a fence that starts with `Ans:` as the answer."""
        language = block.info.split()[0].casefold() if block.info.split() else ""
        match = _FENCED_ANSWER.match(block.text)
        if language not in _PROSE_FENCES or match is None or any(p.role == ANSWER for p in self.found):
            return False
        self._start(Label(ANSWER, "ans", ""), body.offset + block.start)
        text = textwrap.dedent(block.text[match.end() :]).strip("\n")
        first, _, rest = text.partition("\n")
        said = f"{first}\n{textwrap.dedent(rest)}".strip()
        self.found[-1].add(said, markdown.parse(said).blocks)
        return True


def _is_tail(chunk: str) -> bool:
    """Say whether the end of an answer says nothing: a rule, a picture, a heading with nothing below."""
    said = chunk.strip()
    if not said or set(said) <= set("-*_ "):
        return True
    if "\n" in said or said.startswith(("```", "~~~", "|", ">")):
        return False
    return said.startswith("#") or not markdown.own_words(said).text


def _lines(body: Document, block: Block) -> list[str]:
    lines = list(body.lines[block.start : block.end])
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _source(body: Document, block: Block) -> str:
    """Return a block's Markdown, without HTML but in code."""
    lines = _lines(body, block)
    if block.kind in ("fence", "code_block") or not any("<" in line for line in lines):
        return "\n".join(lines)
    code = outline.code_lines([block])
    cleaned = [
        line if block.start + number in code else html.inline(line) for number, line in enumerate(lines)
    ]
    return "\n".join(new for new, old in zip(cleaned, lines, strict=True) if new or not old.strip()).rstrip()


def _quoted_label(block: Block) -> Label | None:
    first = block.children[0] if block.children else None
    return labels.of_line(first.text.split("\n", 1)[0]) if first and first.kind == "paragraph" else None


def _item_label(item: Block) -> Label | None:
    first = item.children[0] if item.children else None
    if first is None or first.kind != "paragraph":
        return None
    return labels.of_line(first.text.split("\n", 1)[0], listed=True)


def _metadata(line: str) -> list[Label] | None:
    """Return the labels of a line like `**Difficulty:** Senior | **Companies:** A, B`."""
    if line.count("|") > _MOST_PARTS:
        return None
    found = [labels.of_line(piece.strip()) for piece in line.split("|") if piece.strip()]
    known = [label for label in found if label is not None]
    return known if known and len(known) == len(found) else None


def _is_back_to_top(text: str) -> bool:
    if len(text) > 200:
        return False
    said = markdown.plain(text)
    return (
        bool(said)
        and len(said) < 50
        and _BACK_TO_TOP.fullmatch(said) is not None
        and ("[" in text or "<" in text or not said[:1].isalnum() or "to" in said.casefold().split())
    )


def _has_options(blocks: Sequence[Block]) -> bool:
    return len(list(_options(blocks))) >= 2


def _options(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.kind in ("bullet_list", "ordered_list"):
            for item in block.children:
                first = item.children[0] if item.children else None
                if first and first.kind == "paragraph" and _OPTION.match(markdown.plain(first.text)):
                    yield first.text
        elif block.kind == "paragraph":
            yield from (line for line in block.text.split("\n") if _OPTION.match(markdown.plain(line)))


def _checked(part: _Part) -> _Part | None:
    """Return the ticked options of a question's task list as its answer."""
    texts = [
        _CHECKED.sub("", text, count=1)
        for text in _options(part.blocks)
        if _CHECKED.match(markdown.plain(text))
    ]
    if not texts or not _has_options(part.blocks):
        return None
    answer = _Part(ANSWER, "answer")
    for text in texts:
        answer.add(text, [Block("paragraph", 0, 1, text=text)])
    return answer


def _name_option(answers: list[_Part], lead: _Part) -> None:
    """Put the words of the right option before an answer that gives only its letter."""
    first = answers[0] if answers else None
    if first is None or not first.blocks or first.blocks[0].kind not in ("paragraph", "heading"):
        return
    match = _LETTER.match(markdown.plain(first.blocks[0].text))
    if match is None:
        return
    letter = match.group(1).upper()
    for text in _options(lead.blocks):
        said = markdown.plain(text)
        if said.lstrip("(")[:1].upper() == letter:
            shown = f"Answer {letter}: {_OPTION_MARK.sub('', text, count=1).strip()}"
            only_letter = len(markdown.plain(first.blocks[0].text).strip()) <= 12
            kept = 1 if only_letter else 0
            first.chunks[:kept] = [shown]
            first.blocks[:kept] = [Block("paragraph", 0, 1, text=shown)]
            return


def _without_question(answers: list[_Part]) -> tuple[list[_Part], str]:
    """Move a first "answer" that still asks ("Consider: … What is printed?") to the question."""
    if len(answers) > 1 and answers[0].name == answers[1].name and answers[0].blocks:
        last = answers[0].blocks[-1]
        first = answers[0].blocks[0]
        considers = markdown.plain(first.text[:60]).casefold().startswith("consider")
        if (last.kind == "paragraph" and last.text.rstrip().endswith("?")) or considers:
            return answers[1:], answers[0].text
    return answers, ""


def _own(answers: list[_Part]) -> list[_Part]:
    """Return the answers before a label comes again: what follows answers a question that was not seen."""
    names: set[str] = set()
    for index, part in enumerate(answers):
        if part.name and part.name in names:
            return answers[:index]
        names.add(part.name)
    return answers


def _first_paragraph(lead: _Part) -> tuple[str, list[_Part]]:
    """Part a body without a title: its first paragraph is the question."""
    first = lead.blocks[0] if lead.blocks else None
    if first is None or first.kind not in ("paragraph", "blockquote"):
        return "", [lead]
    text = first.text or " ".join(child.text for child in first.children)
    rest = _Part("", lead.name, lead.line, lead.level, lead.chunks[1:], lead.blocks[1:])
    return title(text).text, [rest]


def _grading_blocks(answers: list[_Part]) -> list[Block]:
    """Return the blocks to derive key points from: of two depths the quick one, where it says enough."""
    quick = [part for part in answers if part.name in _QUICK]
    if quick and len(answers) > len(quick) and sum(len(p.text.split()) for p in quick) >= _TELLING_WORDS:
        return [block for part in quick for block in part.blocks]
    return [block for part in answers for block in part.blocks]


def _points(parts: list[_Part]) -> tuple[DraftPoint, ...]:
    """Return an author's own key points, where they are a list of statements."""
    points = [
        DraftPoint(part.line + 1, text)
        for part in parts
        if part.role == labels.POINTS
        for block in part.blocks
        if block.kind in ("bullet_list", "ordered_list")
        for item in block.children
        if (text := " ".join(c.text for c in item.children if c.kind == "paragraph"))
        and len(text.split()) > 1
    ]
    seen = dict.fromkeys(" ".join(markdown.plain(point.text).casefold().split()) for point in points)
    return tuple(points) if len(seen) == len(points) and _FEWEST_POINTS <= len(points) <= _MOST_POINTS else ()


def _level(parts: list[_Part]) -> Level | None:
    for part in parts:
        if part.role == labels.LEVEL and part.text:
            said = markdown.plain(part.text)
            level = _EXPERTISE.get(said) or level_named(said)
            return level or stars_level(said.count("⭐"), three_steps=False)
    return None


def _one_line(parts: list[_Part], role: str) -> str | None:
    texts = [
        " ".join(markdown.plain(text, code=True) for text in _texts(part.blocks))
        for part in parts
        if part.role == role
    ]
    return " ".join(text for text in texts if text) or None


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.kind in ("paragraph", "heading"):
            yield block.text
        else:
            yield from _texts(block.children)


def _form(opener: Opener, parts: list[_Part], *, multiple_choice: bool) -> str:
    """Name what is telling about how a question is marked up."""
    names = {part.name for part in parts if part.role == ANSWER}
    row, form, said = opener.row, opener.form, opener.title
    if multiple_choice:
        return "multiple-choice"
    if any(part.name == "good to hear" for part in parts):
        return "good-to-hear"
    if form == "summary":
        return "details"
    if form == "listed":
        return "listed-headings"
    if any(name in _QUICK for name in names) or "detailed answer" in names:
        return "two-depths"
    if "ans" in names and form in ("line", "bold-explicit"):
        return "q-ans"
    if any(part.name.startswith("key point") for part in parts) and form == "label":
        return "flashcards"
    if form == "label":
        return "topic-question"
    if form in ("line", "listed-line"):
        return "q-a-lines"
    if form == "bold-explicit":
        return "bold-question"
    if form == "bold":
        return "bold-paragraphs"
    if said.starred:
        return "starred"
    if form == "number":
        return "numbered-answer" if names else "numbered-headings"
    if form == "explicit":
        word = markdown.plain(row.text).lstrip("#*_ ")[:8].casefold()
        if word.startswith("question"):
            return "question-number"
        if not names and not said.number:
            return "q-headings"
        return "q-answer" if names else "q-headings"
    return "heading-answer" if names else "question-headings"
