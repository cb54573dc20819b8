"""Tests of matching words and literal terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from grader import terms


def test_content_words() -> None:
    assert terms.words("The containers are sharing the host's 5432 port") == [
        "container",
        "shar",
        "host",
        "5432",
        "port",
    ]


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("-h", "df -h shows it", True),
        ("-h", "df -H shows it", False),
        ("--rm", "docker run --rmi", False),
        ("5432", "port 5432", True),
        ("5432", "port 5433", False),
        ("5432", "port 15432", False),
        ("1.3", "TLS 1.3", True),
        ("docker compose", "use Docker Compose", True),
        ("kubectl", "kubeclt get pods", True),
        ("kubectl", "kubernetes", False),
        ("SIGTERM", "sigterm first", True),
        ("grep", "gerp it", False),
    ],
)
def test_literal_terms(term: str, text: str, found: bool) -> None:
    assert terms.holds(term, text) is found


def test_numbers() -> None:
    assert terms.numbers("1,000 rows, port 5432, TLS 1.3 and three nodes") == {"1000", "5432", "1.3", "3"}


def test_overlap_counts_misspelt_words() -> None:
    assert terms.overlap(["zombie", "parent", "table"], ["zombei", "parent", "x"]) == pytest.approx(2 / 3)
    assert terms.overlap([], ["x"]) == 0.0


def test_short_words_and_numbers_must_be_equal() -> None:
    assert terms.matches("pid", ["pie", "pid"]) == {"pid"}
    assert terms.matches("54321", ["54322"]) == frozenset()


words = st.text(alphabet="abcde", min_size=5, max_size=9)


@given(words, st.lists(words, max_size=8))
def test_matches_is_what_comparing_one_by_one_gives(word: str, present: list[str]) -> None:
    slow = {other for other in present if OSA.distance(word, other) <= (1 if len(word) < 8 else 2)}
    assert terms.matches(word, present) == slow
