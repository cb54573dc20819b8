"""The content of one corpus file -> its `Reading`: questions with key points, guide sections, problems."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from questions import dialects, frontmatter, keypoints, language, markdown
from questions.dialects import MOST_QUESTIONS, NATIVE, NONE, Draft, DraftPoint
from questions.frontmatter import FrontMatter
from questions.markdown import Block, Document
from questions.models import KeyPoint, Level, Problem, Question, Reading, Section, Source
from questions.study import Guide
from questions.words import vocabulary, words

# Files about a repository, not of it; the second are so only in capitals ("security.md" may well ask).
_COMMUNITY = (
    "contributing code_of_conduct license licence copying changelog issue_template pull_request_template "
    "bug_report feature_request question_template template new_question contributors maintainers"
).split()
_COMMUNITY_CAPITALS = "SECURITY HISTORY AUTHORS CREDITS SUPPORT GOVERNANCE FUNDING SUMMARY".split()
_ENGLISH_ONLY = "answers are graded in English; only questions in English are practised"
_PROMISE = re.compile(
    r"(?<![\w.])(\d{1,2},\d{3}|\d{2,4})\+?\s+(?:[\w/&.+#-]+\s+){0,6}?"
    r"(?:questions|q\s?&\s?as?|flash ?cards)\b",
    re.IGNORECASE,
)
_GENERIC_WORDS = vocabulary(
    "interview interviews question questions answer answers and the qa q&a prep preparation basics guide top "
    "awesome readme main master en notes cheatsheet handbook"
)
_LIST_OF_QUESTIONS = 3
MAX_LINES = 150_000  # 10 MB of Markdown have fewer; what a line costs is what a hostile file makes most of
_PROMPT_LENGTH = 2_000  # characters; what is longer than a chat message is no question


def read(content: bytes, file: Path, root: Path, licence: str | None = None) -> Reading:
    """Read one file's content; `root` is the corpus that it is in. Never raises for what the content is.

    `licence` is that of the corpus, for files that name none.
    """
    try:
        text = decode(content)
    except _UnreadableError as error:
        return Reading(path=str(file), dialect=NONE, problems=(error.problem,))
    source, body, offset = frontmatter.split(text)
    broken: Problem | None = None
    try:
        front = frontmatter.read(source)
    except frontmatter.FrontMatterError as error:
        front, broken = FrontMatter(), _broken(error)
    community = _is_community(file)
    document = markdown.parse(body, offset)
    named = f"{front.title or ''} {file.absolute().parent.name if _is_unnamed(file) else file.stem}"
    written = front.dialect is not None
    try:
        dialect, drafts = (NONE, []) if community else dialects.read(document, named, written=written)
    except dialects.TooManyError as error:
        many = Problem(problem=str(error), advice=f"split it; a file may have {MOST_QUESTIONS:,}", fatal=True)
        return Reading(path=str(file), dialect=NONE, problems=(many,))
    strict = dialect in (NONE, NATIVE)
    if broken and strict:
        return Reading(path=str(file), dialect=NONE, problems=(broken,))
    licence = front.licence or licence
    topic = _topic(front, file, root, drafts, strict=strict)
    sections = _sections(document, drafts, file, root)
    guide = Guide(sections)
    questions: list[Question] = []
    problems = _front_matter_problems(front) if strict else []
    problems += [broken.model_copy(update={"fatal": False})] if broken else []
    drafts, others = _in_english(drafts, file, dialect)
    problems += others
    for draft in drafts:
        origin = Source(path=str(file), line=draft.line, dialect=dialect, licence=licence, title=front.title)
        made = _question(draft, front, topic, origin, guide)
        if isinstance(made, Question):
            questions.append(made)
        else:
            problems += made
    left_out = len({(problem.line, problem.question) for problem in problems if problem.question})
    problems += _unclosed(document)
    return Reading(
        path=str(file),
        dialect=dialect,
        claimed=front.question_count
        if dialect == NATIVE
        else front.question_count or _claimed(document, front.title),
        licence=licence,
        questions=tuple(questions),
        sections=tuple(sections),
        problems=tuple(problems),
        left_out=left_out,
        reason=None if questions else _reason(document, left_out, others, community=community),
    )


def _broken(error: frontmatter.FrontMatterError) -> Problem:
    return Problem(
        line=error.line,
        problem=f"front matter: {error}",
        advice="write `field: value` lines in YAML, with quotes around texts that hold a colon",
        fatal=True,
    )


def _is_unnamed(file: Path) -> bool:
    return file.stem.casefold() in ("readme", "index")


def _is_community(file: Path) -> bool:
    stem = file.stem.casefold().replace("-", "_")
    named = any(stem == name or stem.startswith(f"{name}_") for name in _COMMUNITY)
    return named or file.stem in _COMMUNITY_CAPITALS


def _in_english(drafts: list[Draft], file: Path, dialect: str) -> tuple[list[Draft], list[Problem]]:
    """Part the drafts in English from those in other languages; an author's own native file is left whole."""
    if not drafts or (dialect == NATIVE and not language.named_in(file)):
        return drafts, []
    sample = "\n".join(f"{draft.prompt} {draft.answer[:300]}" for draft in drafts[:40])
    whole = language.foreign(sample)
    kept: list[Draft] = []
    found: dict[str, list[Draft]] = {}
    for draft in map(_english_part, drafts):
        name = language.foreign(draft.prompt) or language.foreign(draft.answer)
        if name is None and whole and not language.is_english(f"{draft.prompt} {draft.answer}"):
            name = whole
        if name is None:
            kept.append(draft)
        else:
            found.setdefault(name, []).append(draft)
    if not kept:
        count = len(drafts)
        said = f"{count} question{'s' if count > 1 else ''} in another language ({', '.join(found)})"
        return [], [Problem(line=drafts[0].line, problem=said, advice=_ENGLISH_ONLY)]
    problems = [
        Problem(
            line=draft.line,
            question=draft.prompt.split("\n", 1)[0],
            problem=f"in another language ({name})",
            advice=_ENGLISH_ONLY,
        )
        for name, others in found.items()
        for draft in others
    ]
    return kept, problems


def _english_part(draft: Draft) -> Draft:
    """Leave out the blocks of an answer that repeat it in another script, where some are in English."""
    if all(c < "\u0400" for c in draft.answer):
        return draft
    document = markdown.parse(draft.answer)
    code = ("fence", "code_block")
    kept = [
        (block, source)
        for block in document.blocks
        if (source := document.source(block.start, block.end))
        and (block.kind in code or not language.foreign(source))
    ]
    if len(kept) == len(document.blocks) or not any(block.kind == "paragraph" for block, _ in kept):
        return draft
    blocks = tuple(block for block, _ in kept)
    return replace(draft, answer="\n\n".join(source for _, source in kept), answer_blocks=blocks)


def _claimed(document: Document, title: str | None) -> int | None:
    """Return the number of questions that a file's title promises: "Top 50 Docker Interview Questions"."""
    headings = [markdown.plain(b.text) for b in document.blocks if b.kind == "heading" and b.level <= 2]
    for said in [title or "", *headings[:2]]:
        match = _PROMISE.search(said)
        if match:
            return int(match.group(1).replace(",", ""))
    return None


def _unclosed(document: Document) -> list[Problem]:
    last = document.blocks[-1] if document.blocks else None
    if last is None or last.kind != "fence":
        return []
    lines = document.lines
    mark = lines[last.start].lstrip()[:3]
    closing = next((line for line in reversed(lines[last.start + 1 : last.end]) if line.strip()), "").strip()
    if mark and closing.startswith(mark) and not closing.strip(mark[0]):
        return []
    said = "a code fence is never closed: all that follows is code"
    return [Problem(line=last.start + document.offset + 1, problem=said, advice=f"close it with {mark}")]


def _reason(document: Document, left_out: int, others: Sequence[Problem], *, community: bool) -> str:
    """Say why a file yields no question."""
    if community:
        return "a file about the repository, not a corpus"
    if others and not left_out:
        return others[0].problem
    if left_out:
        return f"{left_out} question{'s' if left_out > 1 else ''}, none with an answer that can be graded"
    blocks = document.blocks
    if not blocks:
        return "no text"
    if _unclosed(document) and blocks[-1].end - blocks[-1].start > len(document.lines) // 2:
        return "a code fence is never closed, so that most of the file is code"
    prose = [text for block in blocks for text in _prose(block)]
    if not prose:
        return "only code" if any(block.kind == "fence" for block in blocks) else "only headings"
    asking = sum(1 for text in prose if markdown.plain(text).endswith("?"))
    if asking >= _LIST_OF_QUESTIONS and 2 * asking > len(prose):
        return f"a list of {asking} questions without answers"
    said = [markdown.own_words(text) for text in prose]
    if sum(own.linked for own in said) > len(said) / 2:
        return "only links"
    return "a guide without questions"


def _prose(block: Block) -> Iterator[str]:
    if block.kind in ("paragraph", "td"):
        yield block.text
    for child in block.children:
        yield from _prose(child)


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
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.count("\n") + 1
    if lines > MAX_LINES:
        raise _UnreadableError(f"{lines:,} lines", f"a corpus file may have {MAX_LINES:,}; split it by topic")
    return text


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
    strict = source.dialect == NATIVE

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
    if not strict:
        # Comments in code are often in the author's language.
        points = tuple(point for point in points if not language.foreign(point.text)) or points
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


def _topic(front: FrontMatter, file: Path, root: Path, drafts: Sequence[Draft], *, strict: bool) -> str:
    """Return what people choose the file's questions by.

    The `topic` field; else the first tag that is a word of the title ("docker" of "Docker and
    Containerization"); else the category; else the file's name, or its folder's for a README. In a corpus
    with one question a file, the folder's name, or the question's first tag where that is the corpus itself.
    """
    if front.topic:
        return _slug(front.topic)
    title = frozenset(words(front.title or ""))
    for tag in front.tags:
        if tag in title:
            return _slug(tag)
    if front.category:
        return _slug(front.category)
    unnamed = _is_unnamed(file)
    if len(drafts) == 1 and not strict and not unnamed and file != root:
        if file.parent == root or file.parent.name in ("questions", "docs", "content", "src"):
            return _slug(next(iter((*drafts[0].tags, *front.tags)), file.absolute().parent.name))
        return _slug(file.parent.name)
    stem = file.absolute().parent.name if unnamed else file.stem
    return _slug(stem if strict else _bare(stem))


def _bare(name: str) -> str:
    """Return a repository's or file's name without the words that all of them have."""
    kept = [word for word in re.split(r"[\s_-]+", name) if word.casefold() not in _GENERIC_WORDS]
    return " ".join(kept) or name


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
