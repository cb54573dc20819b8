"""Search on the bundled bank with the shipped encoder, held to what people typed and what they meant."""

import json
from functools import partial
from pathlib import Path

import pytest

from bot.search import Encode, search
from grader.encoder import load_encoder
from grader.vectors import encode
from questions.load import bundled_path, load_bank
from questions.models import KeyPoint, Level, Question

LABELS = json.loads((Path(__file__).parent / "search_labels.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Encode:
    return partial(encode, load_encoder(), folder=tmp_path_factory.mktemp("vectors"))


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return list(load_bank(bundled_path()).values())


@pytest.mark.slow
def test_what_people_look_for_is_found(questions: list[Question], encoded: Encode) -> None:
    ranks = []
    missed = []
    for query, right in LABELS["queries"]:
        found = [question.id for question in search(questions, query, encoded, 10)]
        rank = next((rank for rank, key in enumerate(found, start=1) if key in right), None)
        ranks.append(1 / rank if rank else 0.0)
        if not rank:
            missed.append(query)
    # Measured: 0.90 with 3 missed; by meaning alone 0.78, by word alone 0.77.
    assert sum(ranks) / len(ranks) >= 0.88, missed
    assert len(missed) <= 4, missed


@pytest.mark.slow
def test_what_the_bank_knows_nothing_about_finds_nothing(questions: list[Question], encoded: Encode) -> None:
    found = {query: search(questions, query, encoded, 3) for query in LABELS["other_fields"]}
    # "knitting patterns" finds the design patterns.
    assert [query for query, hits in found.items() if hits] in ([], ["knitting patterns"])


def test_the_limit_holds_and_the_best_come_first(questions: list[Question], encoded: Encode) -> None:
    docker = [question for question in questions if question.topic == "docker"]
    few, many = (search(docker, "docker image", encoded, limit) for limit in (3, 20))
    assert many[:3] == few
    assert len(few) == 3
    assert len({question.id for question in many}) == 20


def test_typos_in_rare_words_are_forgiven(questions: list[Question], encoded: Encode) -> None:
    algorithms = [question for question in questions if question.topic == "algorithms"]
    assert "quicksort" in search(algorithms, "quikcsort", encoded, 1)[0].prompt


def test_an_empty_bank_finds_nothing(encoded: Encode) -> None:
    assert search([], "docker", encoded, 10) == []


def test_a_word_found_nowhere_else_wins_over_a_common_one(encoded: Encode) -> None:
    def asking(prompt: str, point: str) -> Question:
        points = (KeyPoint(id="1", text=point),)
        return Question(
            id=prompt, topic="t", level=Level.ADVANCED, prompt=prompt, reference="!", key_points=points
        )

    asked = [asking(f"How does part {n} of the engine work?", "It turns") for n in range(5)]
    asked.append(asking("How is part 9 oiled?", "The zerk holds the engine's grease"))
    assert search(asked, "engine zerk", encoded, 1) == [asked[-1]]
