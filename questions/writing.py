"""Questions and guide text -> a native Markdown file that reads back the same."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from questions import markdown
from questions.markdown import Block
from questions.models import KeyPoint, Level, Question, Section

GROUPS = {
    Level.FUNDAMENTAL: "Fundamental Questions",
    Level.INTERMEDIATE: "Intermediate Questions",
    Level.ADVANCED: "Advanced Questions",
    Level.SCENARIO: "Scenario-Based Questions",
    Level.PERFORMANCE: "Performance Questions",
    Level.TROUBLESHOOTING: "Troubleshooting Questions",
}
_QUESTION_LEVEL = 4  # of the headings; those inside an answer are deeper
_DEEPEST = 6
_NUMBERED = re.compile(r"Q(?:uestion)?\s*\d{1,4}\s*[:.)]", re.IGNORECASE)
_LABELS = frozenset({"key points", "key point", "hint", "follow-up", "follow up", "followup", "tags"})
_MARKUP = re.compile(r"([\\`*_\[\]<>&~!#|])")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
# What can leave the rest of a file inside an HTML block, and what ends it.
_CLOSERS = ("-->", "]]>", "?>", ">", "</pre>", "</script>", "</style>", "</textarea>")


def write(
    questions: Sequence[Question],
    sections: Sequence[Section] = (),
    *,
    title: str,
    licence: str | None = None,
    source: str | None = None,
    dialect: str = "native",
) -> str:
    """Return the native file of questions of one topic, grouped by level, after their guide text.

    Reading it gives the same questions but for `derived` and `source`: key points are written out. Three
    things change in what no native file can hold: headings in an answer move below the question's, its
    lines that look like `**Hint:**` turn italic, and terms that a point's text does not hold are left out.
    `dialect` is how they were marked up before; a file that names one is read as native.
    """
    shared = shared_tags(questions)
    front = {
        "title": title,
        "topic": questions[0].topic,
        "tags": list(shared),
        "questionCount": len(questions),
        "licence": licence,
        "source": source,
        "dialect": dialect,
    }
    parts = [
        _front_matter({field: value for field, value in front.items() if value}),
        *_guide(title, sections),
    ]
    parts.append("## Interview Questions and Answers")
    number = 0
    for level, heading in GROUPS.items():
        group = [question for question in questions if question.level is level]
        if group:
            parts.append(f"### {heading}")
        for question in group:
            number += 1
            parts.append(write_question(question, number, shared))
    return "\n\n".join(parts) + "\n"


def shared_tags(questions: Sequence[Question]) -> tuple[str, ...]:
    """Return the tags that all of several questions end with: they are the file's."""
    if len(questions) < 2:
        return ()
    ends = zip(*(reversed(question.tags) for question in questions), strict=False)
    return tuple(tags[0] for tags in takewhile(lambda tags: len(set(tags)) == 1, ends))[::-1]


def write_question(question: Question, number: int, shared: Sequence[str] = ()) -> str:
    """Return one question's Markdown; `shared` are the tags that its file's front matter gives it."""
    title, _, lead = question.prompt.partition("\n\n")
    own = [tag for tag in question.tags if tag not in shared]
    parts = [f"{'#' * _QUESTION_LEVEL} Q{number}: {_title(' '.join(title.split()))}"]
    if lead:
        parts.append(_inside(lead, frozenset({*_LABELS, "answer"})))
    parts += ["**Answer:**", _inside(question.reference, _LABELS)]
    parts.append("\n".join(["**Key points:**", *map(_point, question.key_points)]))
    extras = [("Hint", question.hint), ("Follow-up", question.follow_up), ("Tags", ", ".join(own))]
    lines = [f"**{name}:** {text}" for name, text in extras if text and text[0] not in "*_"]
    parts += ["\n".join(lines)] if lines else []
    # A text that opens with emphasis, or a list, would run into its label on the same line.
    parts += [f"**{name}:**\n{text}" for name, text in extras if text and text[0] in "*_"]
    return "\n\n".join(parts)


def _front_matter(fields: dict[str, object]) -> str:
    import yaml

    lines = [
        yaml.safe_dump(
            {name: value},
            allow_unicode=True,
            width=10**6,
            default_flow_style=None if isinstance(value, list) else False,  # None: a list on one line
        )
        for name, value in fields.items()
    ]
    return f"---\n{''.join(lines)}---"


def _guide(title: str, sections: Sequence[Section]) -> Iterator[str]:
    heading = f"# {_heading(title, 1)}"
    if sections and sections[0].title == title:
        yield f"{heading}\n\n{_inside(sections[0].text, _LABELS)}"
        sections = sections[1:]
    else:
        yield heading
    for section in sections:
        text = _inside(section.text, frozenset({*_LABELS, "answer"}))
        # A heading that would open a question holds no guide text that the native format can tell from one.
        if not _NUMBERED.match(section.title):
            yield f"## {_heading(section.title, 2)}\n\n{text}"


def _heading(title: str, level: int) -> str:
    def reads_back(text: str) -> bool:
        blocks = markdown.parse(f"{'#' * level} {text}").blocks
        return len(blocks) == 1 and markdown.plain(blocks[0].text) == title

    return title if reads_back(title) else _escaped(title)


def _title(title: str) -> str:
    """Return a question's first line as a heading's Markdown: code stays code, other marks stay marks."""

    def reads_back(text: str) -> bool:
        blocks = markdown.parse(f"# Q1: {text}").blocks
        return len(blocks) == 1 and markdown.plain(blocks[0].text, code=True) == f"Q1: {title}"

    parts = _CODE.split(title)
    around_code = "".join(
        _escaped(text) + (f"{ticks}{code}{ticks}" if ticks else "")
        for text, ticks, code in zip(parts[::3], [*parts[1::3], ""], [*parts[2::3], ""], strict=True)
    )
    return next((text for text in (title, around_code) if reads_back(text)), _escaped(title))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _point(point: KeyPoint) -> str:
    text = _point_text(point)
    if point.avoid:
        text = f"Avoid: {text}"
    elif text[:6].casefold() == "avoid:":
        text = f"{text[:5]}\\{text[5:]}"
    return f"- ({point.weight}) {text}"


def _point_text(point: KeyPoint) -> str:
    """Return a key point's Markdown: its terms as inline code, everything else as plain text."""
    if not point.terms and not _MARKUP.search(point.text):
        return point.text
    for whole_words in (True, False):
        text = _with_code(point.text, _places(point, whole_words=whole_words))
        if markdown.code_words(text) == point.terms and markdown.plain(text) == point.text:
            return text
    return text if markdown.plain(text) == point.text else _escaped(point.text)


def _places(point: KeyPoint, *, whole_words: bool) -> list[tuple[int, int]]:
    """Return where the text holds its terms: one after another, each once."""
    places: list[tuple[int, int]] = []
    at = 0
    for term in point.terms:
        edge = r"(?<!\w)" if whole_words and term[:1].isalnum() else ""
        end = r"(?!\w)" if whole_words and term[-1:].isalnum() else ""
        found = re.compile(f"{edge}{re.escape(term)}{end}").search(point.text, at)
        if found and term:
            places.append(found.span())
            at = found.end() + 1  # right behind it, their marks would run together
    return places


def _with_code(text: str, places: Sequence[tuple[int, int]]) -> str:
    parts = []
    at = 0
    for start, end in places:
        code = text[start:end]
        ticks = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
        pad = " " if "`" in (code[0], code[-1]) else ""
        parts += [_plainly(text[at:start]), f"{ticks}{pad}{code}{pad}{ticks}"]
        at = end
    return "".join([*parts, _plainly(text[at:])])


def _plainly(text: str) -> str:
    """Escape only what would otherwise be markup: most texts hold none."""
    stripped = text.strip()
    return (
        text if markdown.plain(stripped) == " ".join(stripped.split()) and "`" not in text else _escaped(text)
    )


def _inside(text: str, labels: frozenset[str]) -> str:
    """Return Markdown that ends where it ends and opens no question, label or group of its own."""
    lines = text.split("\n")
    blocks = markdown.parse(text).blocks
    headings = [block.level for block in blocks if block.kind == "heading"]
    deeper = max(0, _QUESTION_LEVEL + 1 - min(headings, default=_DEEPEST))
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        if block.kind == "heading":
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            if deeper or _opens_question(block, following):
                title = " ".join(block.text.split())
                level = min(_DEEPEST, block.level + deeper)
                shown = f"**{title}**\n" if _opens_question(block, following) else f"{'#' * level} {title}"
                lines[block.start : block.end] = [shown]
        elif block.kind == "paragraph":
            for number, line in enumerate(block.text.split("\n")):
                label = markdown.bold_label(line)
                if label and label[0].casefold() in labels:
                    lines[block.start + number] = f"*{label[0]}:* {label[1]}".rstrip()
    return _closed(_definitions_first("\n".join(lines)))


def _opens_question(heading: Block, following: Block | None) -> bool:
    if _NUMBERED.match(markdown.plain(heading.text)):
        return True
    label = markdown.bold_label(following.text.split("\n", 1)[0]) if following else None
    return label is not None and label[0].casefold() == "answer"


def _definitions_first(text: str) -> str:
    """Move link definitions from the end, where no block holds them, to the start."""
    if "]:" not in text:
        return text
    blocks = markdown.parse(text).blocks
    lines = text.split("\n")
    end = blocks[-1].end if blocks else len(lines)
    trailing = "\n".join(lines[end:]).strip("\n")
    return f"{trailing}\n\n" + "\n".join(lines[:end]) if trailing else text


def _closed(text: str) -> str:
    """Close a fence or an HTML block that would swallow what comes after."""
    if not any(mark in text for mark in ("```", "~~~", "<")) or _ends(text):
        return text
    last = markdown.parse(text).blocks[-1]
    opening = text.split("\n")[last.start].lstrip()
    fence = opening[: len(opening) - len(opening.lstrip(opening[0]))]
    closed = [f"{text}\n{closer}" for closer in (fence, *_CLOSERS)]
    return next(filter(_ends, closed), text)


def _ends(text: str) -> bool:
    blocks = markdown.parse(f"{text}\n\nEND").blocks
    return blocks[-1].kind == "paragraph" and blocks[-1].text == "END"
