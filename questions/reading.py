"""The content of one corpus file -> its `Reading`: questions with key points, guide sections, problems."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from questions import dialects, frontmatter, keypoints, markdown
from questions.dialects import Draft, DraftPoint
from questions.frontmatter import FrontMatter
from questions.markdown import Document
from questions.models import KeyPoint, Level, Problem, Question, Reading, Section, Source
from questions.study import Guide
from questions.words import words

_PROMPT_LENGTH = 2_000  # characters; what is longer than a chat message is no question


def read(content: bytes, file: Path, root: Path) -> Reading:
    """Read one file's content; `root` is the corpus that it is in. Never raises for what the content is."""
    try:
        text = decode(content)
        source, body, offset = frontmatter.split(text)
        front = frontmatter.read(source)
    except _UnreadableError as error:
        return Reading(path=str(file), dialect="none", problems=(error.problem,))
    except frontmatter.FrontMatterError as error:
        problem = Problem(
            line=error.line,
            problem=f"front matter: {error}",
            advice="write `field: value` lines in YAML, with quotes around texts that hold a colon",
            fatal=True,
        )
        return Reading(path=str(file), dialect="none", problems=(problem,))
    document = markdown.parse(body, offset)
    dialect, drafts = dialects.read(document, f"{front.title or ''} {file.stem}")
    topic = _topic(front, file)
    sections = _sections(document, drafts, file, root)
    guide = Guide(sections)
    questions: list[Question] = []
    problems = _front_matter_problems(front)
    for draft in drafts:
        origin = Source(
            path=str(file), line=draft.line, dialect=dialect, licence=front.licence, title=front.title
        )
        made = _question(draft, front, topic, origin, guide)
        if isinstance(made, Question):
            questions.append(made)
        else:
            problems += made
    return Reading(
        path=str(file),
        dialect=dialect,
        claimed=front.question_count,
        licence=front.licence,
        questions=tuple(questions),
        sections=tuple(sections),
        problems=tuple(problems),
    )


class _UnreadableError(Exception):
    def __init__(self, problem: str, advice: str, line: int = 1) -> None:
        super().__init__(problem)
        self.problem = Problem(line=line, problem=problem, advice=advice, fatal=True)


def decode(content: bytes) -> str:
    """Return a file's text with `\\n` newlines and no byte order mark."""
    if not content.strip():
        raise _UnreadableError("the file is empty", "write questions into it or remove it")
    if b"\0" in content:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _UnreadableError("the file is UTF-16", "save it as UTF-8")
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise _UnreadableError(
            "a NUL byte: this is no text file", "give a Markdown file, saved as UTF-8", line
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _UnreadableError("the text is not UTF-8", "save the file as UTF-8", line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _front_matter_problems(front: FrontMatter) -> list[Problem]:
    problems = [
        Problem(problem=f"front matter: {field} {fault}", advice="mend the field or remove it")
        for field, fault in front.faults
    ]
    if front.unknown:
        names = ", ".join(front.unknown[:5]) + (", …" if len(front.unknown) > 5 else "")
        advice = "they are not read; check their spelling or remove them"
        problems.append(Problem(problem=f"front matter: unknown fields {names}", advice=advice))
    return problems


def _question(
    draft: Draft, front: FrontMatter, topic: str, source: Source, guide: Guide
) -> Question | list[Problem]:
    """Return a draft's question, or what keeps it from being one."""
    title = draft.prompt.split("\n", 1)[0]

    # An author of native files is told at once; a file of others is practised as far as it goes.
    strict = source.dialect == dialects.NATIVE

    def fatal(problem: str, advice: str, line: int = draft.line) -> Problem:
        return Problem(line=line, question=title, problem=problem, advice=advice, fatal=strict)

    faults = [fatal(problem, advice, line) for line, problem, advice in draft.faults]
    if not title:
        faults.append(fatal("a question without words", "write the question into its heading"))
    elif len(draft.prompt) > _PROMPT_LENGTH:
        faults.append(
            fatal(f"a question of {len(draft.prompt)} characters", "shorten it to 2,000 characters")
        )
    if not draft.answer:
        faults.append(fatal("no answer", "write one below an `**Answer:**` line, or remove the question"))
    if faults:
        return faults
    points = _authored(draft.points) if draft.points else keypoints.from_blocks(draft.answer_blocks)
    if not points and not strict:
        points = keypoints.from_short_answer(draft.prompt, draft.answer_blocks)
    if not points:
        advice = "write whole sentences, or add a `**Key points:**` list"
        return [fatal("the answer makes no statement that can be graded", advice)]
    ids = [point.id for point in points]
    for written, point in zip(draft.points, points, strict=False):
        if ids.count(point.id) > 1:
            return [fatal("key points: the same point twice", "remove one of them", written.line)]
    tags = dict.fromkeys([*draft.tags, *front.tags, *([front.category.casefold()] if front.category else [])])
    return Question(
        id=question_id(topic, draft.prompt),
        topic=topic,
        level=draft.level or front.difficulty or Level.INTERMEDIATE,
        prompt=draft.prompt,
        reference=draft.answer,
        key_points=guide.link(draft.prompt, points),
        tags=tuple(tags),
        hint=draft.hint,
        follow_up=draft.follow_up,
        derived=not draft.points,
        source=source,
    )


def _authored(points: Iterable[DraftPoint]) -> tuple[KeyPoint, ...]:
    made = []
    for point in points:
        text = markdown.plain(point.text)
        terms = markdown.code_words(point.text)
        point_id = keypoints.point_id(text)
        made.append(KeyPoint(id=point_id, text=text, weight=point.weight, terms=terms, avoid=point.avoid))
    return tuple(made)


def question_id(topic: str, prompt: str) -> str:
    """Return a question's stable id: its topic, its first words and a hash of all its words.

    It depends on nothing else, so it survives edits of the answer, re-ordering and renumbering. At most 70
    characters of [a-z0-9+#.-].
    """
    said = words(prompt)
    digest = hashlib.sha256(f"{topic} {' '.join(said)}".encode()).hexdigest()[:8]
    ascii_words = [word for word in said if word.isascii()]
    name = ""
    for word in ascii_words:
        if len(name) + len(word) >= 36:
            break
        name = f"{name}-{word}" if name else word
    shown_topic = topic[:24] if topic.isascii() else ""
    return "-".join(part for part in (shown_topic, name, digest) if part)


def _topic(front: FrontMatter, file: Path) -> str:
    """Return what people choose the file's questions by.

    The `topic` field; else the first tag that is a word of the title ("docker" of "Docker and
    Containerization"); else the category; else the file's name, or its folder's for a README.
    """
    if front.topic:
        return _slug(front.topic)
    title = frozenset(words(front.title or ""))
    for tag in front.tags:
        if tag in title:
            return _slug(tag)
    if front.category:
        return _slug(front.category)
    stem = file.stem if file.stem.casefold() not in ("readme", "index") else file.absolute().parent.name
    return _slug(stem)


def _slug(name: str) -> str:
    parts = "".join(c if c.isalnum() or c in "+#." else " " for c in name.casefold()).split()
    return "-".join(parts) or "general"


def _sections(document: Document, drafts: Sequence[Draft], file: Path, root: Path) -> list[Section]:
    """Return the guide text around the questions, a section for each heading that has text of its own."""
    asked = {line for draft in drafts for line in range(draft.start, draft.end)}
    name = file.name if file == root else file.relative_to(root).as_posix()
    anchors: dict[str, int] = {}
    sections: list[Section] = []
    blocks = [block for block in document.blocks if block.start not in asked]
    headings = [index for index, block in enumerate(blocks) if block.kind == "heading"]
    for index, following in pairwise([*headings, len(blocks)]):
        heading, body = blocks[index], blocks[index + 1 : following]
        title = markdown.plain(heading.text)
        anchor = _anchor(title)
        repeated = anchors.get(anchor, 0)
        anchors[anchor] = repeated + 1
        if not title or not body or dialects.says_nothing(body):
            continue
        sections.append(
            Section(
                id=f"{name}#{anchor}-{repeated}" if repeated else f"{name}#{anchor}",
                title=title,
                text="\n\n".join(document.source(block.start, block.end) for block in body),
                path=str(file),
                line=heading.start + document.offset + 1,
            )
        )
    return sections


def _anchor(title: str) -> str:
    """Return the anchor that code hosts give a heading: lower case, hyphens for blanks, no other marks."""
    kept = "".join(c for c in title.casefold() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")
