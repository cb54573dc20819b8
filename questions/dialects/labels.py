"""The labels of a question's parts in the wild: `**Answer:**`, `#### Good to hear`, `Ans:`, `A1.`"""

import re
from typing import NamedTuple

from questions import markdown
from questions.words import vocabulary

ANSWER, EXPLANATION, QUESTION = "answer", "explanation", "question"
POINTS, HINT, FOLLOW_UP, TAGS, LEVEL, ASIDE = "key_points", "hint", "follow_up", "tags", "level", "aside"

_NAMES = {
    ANSWER: (
        "answer|answers|ans|a|expected answer|expected answers|expected response|expected|sample answer|"
        "sample answers|sample answer structure|sample response|answer structure|answer framework|"
        "model answer|example answer|suggested answer|ideal answer|good answer|strong answer|best answer|"
        "correct answer|right answer|reference answer|interview answer|final answer|short answer|"
        "brief answer|"
        "quick answer|long answer|full answer|detailed answer|detailed explanation|complete answer|"
        "in depth answer|in-depth answer|senior answer|solution|sol|response|reply|answer and explanation|"
        "answer & explanation|answer key|key answer|the answer|my answer|show answer|view answer|see answer|"
        "reveal answer|click to see answer|click to reveal answer|click to view answer|click for answer|"
        "toggle answer|show solution|view solution|see solution|click to expand answer|tl;dr|tldr|back"
    ),
    EXPLANATION: "explanation|rationale",
    QUESTION: (
        "question|q|ques|interview question|core question|main question|the question|front|prompt|"
        "problem statement"
    ),
    POINTS: (
        "key points|key point|good to hear|key points to cover|points to cover|what to listen for|"
        "must mention"
    ),
    HINT: "hint|hints",
    FOLLOW_UP: (
        "follow-up|follow up|followup|follow-ups|follow ups|follow-up question|follow-up questions|"
        "follow up question|follow up questions|followup question|followup questions|possible follow-ups|"
        "possible follow-up questions|common follow-ups|next question"
    ),
    TAGS: "tags|tag|topics|topic|category|categories|area|keywords|subject|skills",
    LEVEL: "difficulty|level|difficulty level|seniority|expertise|complexity|experience|experience level",
    ASIDE: (
        "source|sources|reference|references|related|related questions|related topics|related links|"
        "resources|"
        "further reading|read more|learn more|additional links|useful links|links|see also|companies|company|"
        "asked by|asked in|asked at|frequency|importance|time|time to answer|estimated time|duration|type|"
        "question type|format|points|score|marks|status|author|credit|credits|video|external resources|"
        "what this tests|what they're testing|what they are testing|why they ask|why this is asked|"
        "key concepts|connected questions|concepts|key concept|"
        "why interviewers ask this|interviewer intent|confidence level|practice exercise|"
        "common mistakes to avoid|"
        "red flags|evaluation criteria|scoring|scoring rubric|rubric|why it's hard|common mistakes|"
        "senior-level expectations|staff-level expectations|senior expectations|what good looks like"
    ),
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split("|")}
# Labels that an answer may well hold itself: they say something about the question only above it.
LEADING = frozenset({"key concepts", "key concept"}) | vocabulary(
    "type time duration format points score marks status author video importance complexity level topic "
    "topics area concepts keywords subject skills experience category categories difficulty frequency"
)
# Labels that stand before an answer only where the file labels its answers: else they are part of one.
WEAK_ANSWERS = frozenset(
    {"a", "back", "solution", "sol", "response", "reply", "expected", "tl;dr", "tldr", "detailed explanation"}
)
SOLUTIONS = frozenset({"solution", "sol"})
# Labels that an unlabelled answer may well hold itself.
AFTER_ANSWER = frozenset({"common mistakes", "red flags", "key points", "key point"})
_LONGEST = 200  # characters of a label's words
_NUMBERED_ANSWER = re.compile(r"(?:a|ans|answer|solution)\s*[-#.]?\s*\d{1,4}")
_PLAIN_ANSWER = re.compile(
    r"(?:(?:expected |sample |model )?answers?|ans|sol|solution)"
    r"\s*(?:\d{1,4}|\([^()]{1,20}\))?\s*(?:[:：]|[-–—.)]\s)\s*|"
    r"(?-i:A)\s*(?:\d{1,4})?\s*[:：]\s*|(?-i:A)\s*\d{1,4}\s*(?:[.)]|\s[-–—])\s+",
    re.IGNORECASE,
)
_PLAIN_OTHER = re.compile(
    r"(explanation|hints?|tags?|difficulty|level|expertise|source|sources|references?|follow[- ]?ups?"
    r"(?: questions?)?)\s*[:：]\s*",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"\*{1,3}|_{1,3}")
_BOLD_TAG = re.compile(r"</?(?:b|strong)>", re.IGNORECASE)
_PARENTHESIS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_LANGUAGE = re.compile(r"\(\s*(?:en|eng|english)\s*\)\s*$", re.IGNORECASE)
# What a heading may say as a label that a bold text may not: it is too common a start of a sentence.
_BOLD_ONLY = vocabulary("a q why back front tip type links time points expected tldr status company")


class Label(NamedTuple):
    """A label's role, its name in lower case, and the text after it on its line."""

    role: str
    name: str
    rest: str


def role_of(name: str) -> tuple[str, str] | None:
    """Return the role of a label's words and the words in their plain form, or None."""
    if len(name) > _LONGEST:
        return None
    said = _PARENTHESIS.sub("", name) if name[-1:] in ")]" else name
    said = " ".join("".join(c if c.isalnum() or c in "-&;'’ " else " " for c in said.casefold()).split())
    said = said.replace("’", "'").strip("- ")
    role = _ROLES.get(said)
    if role is None and _NUMBERED_ANSWER.fullmatch(said):
        return ANSWER, "answer"
    return (role, said) if role else None


def of_heading(text: str) -> Label | None:
    """Return what a heading's inline Markdown labels: `Answer`, `Answer: D`, `💡 Quick Answer (30 s)`."""
    title = markdown.plain(text)
    if len(title) > 120:
        return None
    name, colon, rest = title.partition(":")
    found = role_of(name)
    if found is None or found[1] in _BOLD_ONLY:
        return None
    if rest.strip() and found[0] not in (ANSWER, QUESTION, EXPLANATION, TAGS, LEVEL, HINT):
        return None
    return Label(*found, rest.strip() if colon else "")


def of_line(line: str, *, listed: bool = False) -> Label | None:
    """Return what a line of inline Markdown is labelled with, emphasised or not; None for other lines.

    `listed` is for the line of a list's item, where `A: …` is an option rather than an answer.
    """
    line = _BOLD_TAG.sub("**", line) if "<" in line else line
    start = 0
    while start < len(line) and not (line[start].isalnum() or line[start] in "*_`[<!"):
        start += 1
    line = line[start:]
    if line[:1] in ("*", "_"):
        split = emphasised(line)
        if split is None:
            return None
        inner, rest = split
        name, colon, more = inner.partition(":")
        if inner.endswith((":", "：")):
            name, rest = inner[:-1], rest
        elif colon and rest == "" and role_of(name):
            # `**Answer: D**`, `**Difficulty: easy**`
            rest = more.strip()
        elif rest[:1] in (":", "：", "–", "—") or rest.startswith("- "):
            name, rest = inner, rest[1:].lstrip()
        elif rest:
            return None
        else:
            name = inner
        found = role_of(name)
        return Label(*found, rest) if found else None
    match = _PLAIN_ANSWER.match(line)
    if match and not (listed and line[:1] in "aA" and line[1:2] in ":：.) "):
        return Label(ANSWER, "answer", line[match.end() :])
    match = _PLAIN_OTHER.match(line)
    found = role_of(match.group(1)) if match else None
    return Label(*found, line[match.end() :]) if match and found else None


def emphasised(line: str) -> tuple[str, str] | None:
    """Split a line at its emphasised start: `**a** b` -> ("a", "b"); None where it doesn't start so."""
    match = _EMPHASIS.match(line)
    if not match:
        return None
    mark = match.group()
    end = line.find(mark, len(mark))
    if end <= len(mark):
        return None
    return line[len(mark) : end].strip(" *_"), line[end + len(mark) :].strip(" ").lstrip("*_ ")
