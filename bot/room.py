"""What a room full of answers to one question says: the map of its points, and answers that are too alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.models import Grade, Verdict
from questions.models import KeyPoint, Question

ALIKE = 90.0  # of 100, rapidfuzz's ratio of the texts in lower case without punctuation
ALIKE_WORDS = 12  # two short right answers are alike by nature

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PointCount:
    """How many answers covered a point, covered it partly, or contradicted it."""

    point: KeyPoint
    covered: int
    partial: int
    contradicted: int

    @property
    def said(self) -> int:
        """How many spoke to the point without contradicting it."""
        return self.covered + self.partial


@dataclass(frozen=True, slots=True)
class RoomMap:
    """Points that were `said` (most first), that `nobody` mentioned, and with `opposite` views on them."""

    people: int
    said: tuple[PointCount, ...]
    nobody: tuple[KeyPoint, ...]
    opposite: tuple[PointCount, ...]


def room_map(question: Question, grades: Sequence[Grade]) -> RoomMap:
    """Count what the answers said about each key point."""
    counts = [_count(point, grades) for point in question.key_points]
    said = sorted((count for count in counts if count.said), key=lambda count: -count.said)
    return RoomMap(
        people=len(grades),
        said=tuple(said),
        nobody=tuple(
            count.point
            for count in counts
            if not count.said and not count.contradicted and not count.point.avoid
        ),
        opposite=tuple(count for count in counts if count.said and count.contradicted),
    )


def alike(answers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """List the pairs of people (keys, in order) whose answers are nearly identical."""
    from rapidfuzz import fuzz

    plain = {person: _WORD.findall(text.casefold()) for person, text in answers.items()}
    long = sorted(person for person, words in plain.items() if len(words) >= ALIKE_WORDS)
    joined = {person: " ".join(plain[person]) for person in long}
    return tuple(
        (one, other)
        for one, other in combinations(long, 2)
        if fuzz.ratio(joined[one], joined[other], score_cutoff=ALIKE)
    )


def _count(point: KeyPoint, grades: Sequence[Grade]) -> PointCount:
    verdicts = [result.verdict for grade in grades for result in grade.points if result.point_id == point.id]
    return PointCount(
        point,
        verdicts.count(Verdict.COVERED),
        verdicts.count(Verdict.PARTIAL),
        verdicts.count(Verdict.CONTRADICTED),
    )
