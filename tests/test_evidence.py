"""Tests of finding what speaks to a key point."""

import numpy as np

from grader import evidence
from grader.statements import split
from tests.fakes import WordVectorEncoder

ANSWER = "Volumes keep data. **An orphan is still running** after its parent died. Ports differ."


def test_the_closest_statement_is_found() -> None:
    (span,) = evidence.find(WordVectorEncoder(), "An orphan is still running after its parent died", ANSWER)
    assert ANSWER[span.start : span.end] == "**An orphan is still running** after its parent died."


def test_two_neighbours_can_be_closest() -> None:
    spans = evidence.find(
        WordVectorEncoder(), "volumes keep data ports differ", "Volumes keep data. Ports differ."
    )
    assert len(spans) == 2


def test_nothing_close() -> None:
    assert evidence.find(WordVectorEncoder(), "zebra", ANSWER, floor=0.6) == ()
    assert evidence.find(WordVectorEncoder(), "zebra", "") == ()


def test_passages_are_statements_and_pairs_of_neighbours() -> None:
    found = evidence.passages(WordVectorEncoder(), split(ANSWER))
    assert len(found.texts) == len(found.spans) == len(found.vectors) == 5
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
