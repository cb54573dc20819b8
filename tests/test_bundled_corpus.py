"""The files that ship, held to what questions/README.md asks of authors; a test lists all faults at once."""

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from questions.load import bundled_path, corpus_files, load_bank
from questions.models import Bank, Question
from questions.reading import read

FILES = sorted(corpus_files(bundled_path()))
DIFFICULTIES = {1, 2, 3}
TAG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank(bundled_path())


def _where(question: Question) -> str:
    source = question.source
    assert source is not None
    return f"{Path(source.path).name}:{source.line} {question.prompt[:60]}"


def test_ids_are_unique_over_all_files() -> None:
    readings = [read(file.read_bytes(), file, bundled_path()) for file in FILES]
    counts = Counter(question.id for reading in readings for question in reading.questions)
    assert [question_id for question_id, count in counts.items() if count > 1] == []


def test_prompts_are_asked_once(bank: Bank) -> None:
    counts = Counter(" ".join(question.prompt.casefold().split()) for question in bank.values())
    assert [prompt for prompt, count in counts.items() if count > 1] == []


def test_a_file_is_a_topic(bank: Bank) -> None:
    assert sorted(bank.topics) == sorted(file.stem for file in FILES)


def test_a_topic_fits_into_one_list_of_choices(bank: Bank) -> None:
    # Discord shows at most 25 options in one list.
    assert len(bank.topics) <= 25
    counts = Counter(question.topic for question in bank.values())
    assert {topic: count for topic, count in counts.items() if count < 4} == {}


def test_every_topic_has_questions_of_every_difficulty(bank: Bank) -> None:
    found = {
        topic: {question.level.difficulty for question in bank.values() if question.topic == topic}
        for topic in bank.topics
    }
    assert {topic: have for topic, have in found.items() if have != DIFFICULTIES} == {}


def test_every_question_has_what_practising_needs(bank: Bank) -> None:
    faults = []
    for question in bank.values():
        points = question.key_points
        heaviest = max(point.weight for point in points)
        checks = {
            "no authored key points": not question.derived,
            f"{len(points)} key points": 3 <= len(points) <= 8,
            f"heaviest weight {heaviest}": heaviest >= 2,
            "no hint": bool(question.hint),
            "no follow-up": bool(question.follow_up),
            "no tags": bool(question.tags),
        }
        faults += [f"{_where(question)}: {fault}" for fault, good in checks.items() if not good]
    assert not faults, "\n".join(faults)


def test_tags_are_normalised(bank: Bank) -> None:
    tags = set(chain.from_iterable(question.tags for question in bank.values()))
    assert sorted(tag for tag in tags if not TAG.fullmatch(tag)) == []


def test_answers_leave_no_label_and_no_open_code_block(bank: Bank) -> None:
    faults = [
        _where(question)
        for question in bank.values()
        if re.search(
            r"^\*\*(?:Answer|Key points|Hint|Follow-up|Tags):?\*\*", question.reference, re.MULTILINE
        )
        or len(re.findall(r"^\s*```", question.reference, re.MULTILINE)) % 2
    ]
    assert not faults, "\n".join(faults)
