"""The YAML front matter of a corpus file: what it says about itself."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from questions.models import Level
from questions.safe_yaml import load_all

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


def level_named(text: str) -> Level | None:
    """Return the level that the first telling word of `text` names, or None."""
    words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    return next((_LEVEL_OF_WORD[word] for word in words if word in _LEVEL_OF_WORD), None)


def _text(value: object) -> object:
    """Return one line of text: YAML makes a number of `title: 2048`."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return " ".join(str(value).split()) or None
    return value


def _level(value: object) -> object:
    value = _text(value)
    return (level_named(value) or value) if isinstance(value, str) else value


def _tags(value: object) -> object:
    if isinstance(value, str):
        value = value.split(",")
    if isinstance(value, list) and all(isinstance(tag, str | int | float) for tag in value):
        return tag_list(value)
    return value


def tag_list(values: Iterable[object]) -> tuple[str, ...]:
    """Return tags in lower case, each once, without blanks around them."""
    return tuple(dict.fromkeys(tag for tag in (" ".join(str(v).split()).casefold() for v in values) if tag))


_LONGEST = 200  # characters of a field's text
_MOST_TAGS = 50  # every question of the file bears them all
_LONGEST_TAG = 60
_MOST_QUESTIONS = 1_000_000
_SHOWN = 60  # characters of the name of an unknown field

_LINE = {"type": "string", "minLength": 1, "maxLength": _LONGEST}
_OneLine = Annotated[
    Annotated[str, Field(max_length=_LONGEST)] | None, BeforeValidator(_text), WithJsonSchema(_LINE)
]
_Difficulty = Annotated[
    Level | None,
    BeforeValidator(_level),
    WithJsonSchema({"type": "string", "enum": list(_LEVEL_OF_WORD)}),
]
_WORD_LIST = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "maxLength": _LONGEST_TAG},
    "uniqueItems": True,
    "maxItems": _MOST_TAGS,
}
_Tags = Annotated[
    tuple[Annotated[str, Field(max_length=_LONGEST_TAG)], ...],
    Field(max_length=_MOST_TAGS),
    BeforeValidator(_tags),
    WithJsonSchema(_WORD_LIST),
]
_Count = Annotated[
    int | None,
    Field(ge=0, le=_MOST_QUESTIONS, strict=True),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": _MOST_QUESTIONS}),
]
_Any = Annotated[str | int | float | None, WithJsonSchema({"type": ["string", "number"]})]


class Fields(BaseModel):
    """What a question file may say about itself, between lines `---` at its top. All of it is optional."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Front matter of a question file")

    title: _OneLine = Field(default=None, description="What the file is about, for people.")
    topic: _OneLine = Field(default=None, description="What people choose its questions by.")
    category: _OneLine = Field(
        default=None, description="The field that the topic belongs to; becomes a tag."
    )
    difficulty: _Difficulty = Field(
        default=None, description="The level of questions that stand in no group that names one."
    )
    tags: _Tags = Field(default=(), description="What all of its questions are about.")
    question_count: _Count = Field(
        default=None, alias="questionCount", description="How many questions the file holds; checked."
    )
    licence: _OneLine = Field(default=None, description="Its terms of use, best as an SPDX identifier.")
    license: _OneLine = Field(default=None, description="The same as licence.")
    source: _OneLine = Field(default=None, description="Where its questions come from.")
    dialect: _OneLine = Field(
        default=None, description="How they were marked up there; a file that names it is native itself."
    )
    version: _Any = Field(default=None, description="The file's own version; not used.")
    last_updated: Annotated[date | str | None, WithJsonSchema({"type": "string", "format": "date"})] = Field(
        default=None, alias="lastUpdated", description="When it was last revised; not used."
    )
    estimated_read_time: _Any = Field(
        default=None, alias="estimatedReadTime", description="Minutes that reading takes; not used."
    )
    example_count: _Any = Field(default=None, alias="exampleCount", description="Not used.")
    diagram_count: _Any = Field(default=None, alias="diagramCount", description="Not used.")


class FrontMatter(Fields):
    """A file's claims about itself. `faults` are (field, what is wrong) of fields that could not be used."""

    unknown: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


_NAMES = frozenset(field.alias or name for name, field in Fields.model_fields.items())
_MUST = {
    "difficulty": f"must be one of {', '.join(Level)}",
    "tags": f"must be a list of at most {_MOST_TAGS} words of at most {_LONGEST_TAG} characters",
    "questionCount": f"must be a whole number up to {_MOST_QUESTIONS:,}",
    "lastUpdated": "must be a date",
    **dict.fromkeys(
        ("version", "estimatedReadTime", "exampleCount", "diagramCount"), "must be a number or text"
    ),
}


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
    unknown = tuple(str(field)[:_SHOWN] for field in data if field not in _NAMES)
    given = {field: value for field, value in data.items() if field in _NAMES and value is not None}
    try:
        Fields.model_validate(given)
        wrong: list[str] = []
    except ValidationError as error:
        wrong = list(dict.fromkeys(str(each["loc"][0]) for each in error.errors(include_url=False)))
    kept = {field: value for field, value in given.items() if field not in wrong}
    faults = tuple(
        (field, _MUST.get(field, f"must be text of at most {_LONGEST} characters")) for field in wrong
    )
    return FrontMatter.model_validate(
        {**kept, "licence": kept.get("licence", kept.get("license")), "unknown": unknown, "faults": faults}
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the native front matter; `front-matter.schema.json` is what it gives."""
    made = Fields.model_json_schema()
    # What pydantic adds says nothing to an author, and a default of null would not be a text.
    made["properties"] = {
        name: {key: value for key, value in field.items() if key not in ("default", "title")}
        for name, field in made["properties"].items()
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
