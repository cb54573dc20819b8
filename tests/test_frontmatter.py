import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import frontmatter
from questions.frontmatter import FrontMatterError, level_named, schema
from questions.load import bundled_path, corpus_files
from questions.models import Level


def test_split_takes_the_front_matter_from_the_text() -> None:
    assert frontmatter.split("---\ntitle: A\n---\n# B\n") == ("title: A", "# B\n", 3)


@pytest.mark.parametrize(
    "text", ["", "# A\n---\nb: c\n---\n", "---\n\nA rule above\n\n---\n", "---\ntitle: open\n"]
)
def test_what_is_no_front_matter_stays_in_the_text(text: str) -> None:
    assert frontmatter.split(text) == ("", text, 0)


def test_read_all_fields() -> None:
    front = frontmatter.read(
        "title: T\ntopic: docker\ncategory: devops\ndifficulty: medium\ntags: [A, b, A]\nquestionCount: 3\n"
        "licence: MIT\nsource: https://a.example\nlastUpdated: 2025-01-07\nestimatedReadTime: 5\nother: 1"
    )
    assert front.title == "T"
    assert front.topic == "docker"
    assert front.category == "devops"
    assert front.difficulty is Level.INTERMEDIATE
    assert front.tags == ("a", "b")
    assert front.question_count == 3
    assert front.licence == "MIT"
    assert front.source == "https://a.example"
    assert front.unknown == ("other",)
    assert front.faults == ()


def test_american_spelling_and_tags_in_one_text() -> None:
    front = frontmatter.read("license: MIT\ntags: docker, linux")
    assert front.licence == "MIT"
    assert front.tags == ("docker", "linux")


def test_fields_of_the_wrong_kind_are_named() -> None:
    front = frontmatter.read("title: [a]\nquestionCount: many\ndifficulty: blue\ntags: {a: b}")
    assert {field for field, _ in front.faults} == {"questionCount", "difficulty", "title", "tags"}
    assert front.title is None
    assert front.question_count is None


def test_fields_are_bounded() -> None:
    tags = ", ".join(f"t{number}" for number in range(51))
    source = f"title: {'a' * 201}\ntags: [{tags}]\nquestionCount: 1000001\n0x{'f' * 90}: 1\n{'b' * 99}: 1\n"
    front = frontmatter.read(source)
    assert dict(front.faults) == {
        "title": "must be text of at most 200 characters",
        "tags": "must be a list of at most 50 words of at most 60 characters",
        "questionCount": "must be a whole number up to 1,000,000",
    }
    assert max(map(len, front.unknown)) == 60
    assert dict(frontmatter.read(f"tags: [{'c' * 61}]").faults).keys() == {"tags"}


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("title: a\ntags: [unclosed", 3),
        ("title: a: b", 2),
        ("- just\n- a list", 2),
        ("\ttitle: a", 2),
        ("a: &x *x", 2),
    ],
)
def test_broken_yaml_names_its_line(source: str, line: int) -> None:
    with pytest.raises(FrontMatterError) as caught:
        frontmatter.read(source)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Fundamental Questions", Level.FUNDAMENTAL),
        ("Intermediate Questions", Level.INTERMEDIATE),
        ("Advanced Questions", Level.ADVANCED),
        ("Scenario-Based Questions", Level.SCENARIO),
        ("Performance Questions", Level.PERFORMANCE),
        ("Troubleshooting Questions", Level.TROUBLESHOOTING),
        ("easy", Level.FUNDAMENTAL),
        ("Senior", Level.ADVANCED),
        ("Docker", None),
    ],
)
def test_level_named(text: str, level: Level | None) -> None:
    assert level_named(text) is level


_PIECES = [
    *"title|tags|questionCount|difficulty|lastUpdated|version|a".split("|"),
    *": |: [|]|, |: 1:1|: 0x1f|: !!int |: 2025-01-01|: !!set {a}|: &a |: *a|<<: *a|\n|- |''|{|}".split("|"),
]


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join) | st.text(max_size=300))
def test_any_front_matter_is_read_or_refused(text: str) -> None:
    with suppress(FrontMatterError):
        frontmatter.read(text)


SCHEMA = Path(frontmatter.__file__).with_name("front-matter.schema.json")


def test_the_published_schema_is_current() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema(), (
        "run: interview bank schema > questions/front-matter.schema.json"
    )


def _schema_faults(source: str) -> list[str]:
    import jsonschema
    import yaml

    Draft = jsonschema.Draft202012Validator  # noqa: N806
    Draft.check_schema(schema())
    data = json.loads(json.dumps(yaml.safe_load(source), default=str))
    return [f"{'.'.join(map(str, e.path))}: {e.message}" for e in Draft(schema()).iter_errors(data)]


def test_every_bundled_file_fits_the_schema() -> None:
    faults = [
        f"{file.name}: {fault}"
        for file in corpus_files(bundled_path())
        for fault in _schema_faults(frontmatter.split(file.read_text(encoding="utf-8"))[0])
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "source",
    [
        "titel: a",
        "title: [a]",
        "tags: {a: b}",
        "questionCount: -1",
        "questionCount: many",
        "difficulty: blue",
    ],
)
def test_what_the_schema_refuses_the_reader_reports(source: str) -> None:
    front = frontmatter.read(source)
    assert front.faults or front.unknown
    assert _schema_faults(source)
