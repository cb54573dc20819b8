"""Statements turned round by rule: what comes out contradicts what went in."""

import random

import pytest

from grader.training import rules
from grader.training.data import LABELS, Example

POINTS = (
    "A container shares the kernel of the host",
    "A PID namespace must be created before the process starts",
    "HTTP/2 multiplexes requests over 1 connection and TLS needs 2 round trips",
)


def example(points: tuple[str, ...] = POINTS) -> Example:
    labels = (0,) * len(points)
    return Example("K", "K1", "How?", points, "…", labels, 0.9, "medium", (1,) * len(points), "K1-01")


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("It is fast", "It is not fast"),
        ("A thread shares memory", "A thread does not share memory"),
        ("They must agree", "They must not agree"),
        ("Rust", None),
        ("It is not fast", None),
    ],
)
def test_negate(text: str, turned: str | None) -> None:
    assert rules.negate(text, random.Random(0)) == turned


def test_opposite_swaps_one_word() -> None:
    assert rules.opposite("Copy it before the source", random.Random(0)) == "Copy it after the source"
    assert rules.opposite("Nothing to swap here", random.Random(0)) is None


def test_other_number_changes_the_number_and_nothing_else() -> None:
    for seed in range(50):
        turned = rules.other_number("Port 443 is the default", random.Random(seed))
        assert turned is not None
        assert turned != "Port 443 is the default"
        assert turned.startswith("Port ")
        assert turned.endswith(" is the default")
    assert rules.other_number("Version v1.2 came first", random.Random(0)) is None


def test_composed_answers_hold_what_their_labels_say() -> None:
    seen: set[int] = set()
    for seed in range(300):
        made = rules.composed(example(), random.Random(seed))
        assert len(made.labels) == len(POINTS)
        assert made.answer.strip()
        seen.update(made.labels)
        for point, label in zip(POINTS, made.labels, strict=True):
            words = point.split()[-1]
            if LABELS[label] == "missing" and not any(
                words in other
                for other, its in zip(POINTS, made.labels, strict=True)
                if LABELS[its] != "missing"
            ):
                assert words not in made.answer
    assert {LABELS[label] for label in seen} == {"covered", "missing", "contradicted"}


def test_typos_keep_digits_and_length_near() -> None:
    text = "Port 443 answers https requests from every client in the network" * 5
    wrong = rules.typos(text, random.Random(1))
    assert wrong != text
    assert [c for c in wrong if c.isdigit()] == [c for c in text if c.isdigit()]
    assert abs(len(wrong) - len(text)) < 0.1 * len(text)


def test_a_negated_point_is_contradicted_by_who_covered_it_and_covered_by_who_denied_it() -> None:
    point, negated = "Containers share the kernel", "Containers do not share the kernel"
    answered = Example("s", "q", "?", (point,) * 4, "…", (0, 1, 2, 3), mark=0.5, weights=(1,) * 4)
    rng = random.Random(0)
    seen = set()
    for _ in range(60):
        changed = rules.with_negated_points(answered, rng)
        seen |= set(zip(answered.labels, changed.points, changed.labels, strict=True))
        assert (changed.mark is None) == (changed.points != answered.points)
    assert seen == {
        (0, point, 0), (0, negated, 3), (1, point, 1), (2, point, 2), (2, negated, 2), (3, point, 3),
        (3, negated, 0),
    }  # fmt: skip
