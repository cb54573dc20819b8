"""The YAML front matter of a corpus file: what it says about itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from questions.models import Level
from questions.safe_yaml import load_all

KNOWN_FIELDS = frozenset(
    {
        "title",
        "topic",
        "category",
        "difficulty",
        "tags",
        "questionCount",
        "licence",
        "license",
        "source",
        "version",
        "lastUpdated",
        "estimatedReadTime",
        "exampleCount",
        "diagramCount",
    }
)

_DIFFICULTIES = {
    Level.FUNDAMENTAL: (
        "fundamental",
        "fundamentals",
        "basic",
        "basics",
        "beginner",
        "easy",
        "junior",
        "entry",
    ),
    Level.INTERMEDIATE: ("intermediate", "medium", "mid", "middle"),
    Level.ADVANCED: ("advanced", "hard", "senior", "expert", "difficult"),
    Level.SCENARIO: ("scenario", "scenarios", "situational"),
    Level.PERFORMANCE: ("performance",),
    Level.TROUBLESHOOTING: ("troubleshooting", "debugging"),
}
_LEVEL_OF_WORD = {word: level for level, words in _DIFFICULTIES.items() for word in words}


class FrontMatterError(ValueError):
    """Front matter that is not a YAML mapping; `line` (from 1) is the line in the file."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file's claims about itself. `faults` are (field, what is wrong) of fields that could not be used."""

    title: str | None = None
    topic: str | None = None
    category: str | None = None
    difficulty: Level | None = None
    tags: tuple[str, ...] = ()
    question_count: int | None = None
    licence: str | None = None
    source: str | None = None
    unknown: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def level_named(text: str) -> Level | None:
    """Return the level that the first telling word of `text` names, or None."""
    words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    return next((_LEVEL_OF_WORD[word] for word in words if word in _LEVEL_OF_WORD), None)


def split(text: str) -> tuple[str, str, int]:
    """Split a text into front matter (YAML source), body, and the number of lines before the body.

    Front matter is a first line `---` and a later line `---` or `...`, with a `key:` on the line between.
    A rule across the page is not front matter.
    """
    if not text.startswith("---"):
        return "", text, 0
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return "", text, 0
    first = next((line for line in lines[1:] if line.strip() and not line.startswith("#")), "")
    if ":" not in first or first.startswith(("#", "-", "*", ">")):
        return "", text, 0
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 1
    return "", text, 0


def read(source: str) -> FrontMatter:
    """Read YAML source (its first line is line 2 of the file). Raises FrontMatterError with the line."""
    if not source.strip():
        return FrontMatter()
    import yaml

    try:
        documents = load_all(source)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # The parser notices a bracket left open only behind the last line.
        line = min(mark.line, source.count("\n")) if mark else 0
        raise FrontMatterError(line + 2, error.problem or "not YAML") from error
    except yaml.YAMLError as error:
        raise FrontMatterError(2, "not YAML") from error
    data = documents[0] if len(documents) == 1 else None
    if not isinstance(data, dict):
        raise FrontMatterError(2, "not a list of `field: value` lines")
    return _checked(data)


def _checked(data: dict[Any, Any]) -> FrontMatter:
    faults: list[tuple[str, str]] = []

    def text(field: str) -> str | None:
        value = data.get(field)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return " ".join(str(value).split())
        faults.append((field, "must be text"))
        return None

    count = data.get("questionCount")
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 0):
        faults.append(("questionCount", "must be a whole number"))
        count = None
    named = text("difficulty")
    difficulty = level_named(named) if named else None
    if named and difficulty is None:
        faults.append(("difficulty", f"must be one of {', '.join(Level)}"))
    return FrontMatter(
        title=text("title"),
        topic=text("topic"),
        category=text("category"),
        difficulty=difficulty,
        tags=_tags(data.get("tags"), faults),
        question_count=count,
        licence=text("licence") or text("license"),
        source=text("source"),
        unknown=tuple(str(field) for field in data if field not in KNOWN_FIELDS),
        faults=tuple(faults),
    )


def _tags(value: object, faults: list[tuple[str, str]]) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list) or not all(isinstance(tag, str | int | float) for tag in value):
        faults.append(("tags", "must be a list of words"))
        return ()
    return tag_list(value)


def tag_list(values: Iterable[object]) -> tuple[str, ...]:
    """Return tags in lower case, each once, without blanks around them."""
    return tuple(dict.fromkeys(tag for tag in (" ".join(str(v).split()).casefold() for v in values) if tag))
