from datetime import UTC, datetime

import pytest
from fsrs import Rating

from bot import schedule
from grader.models import Grade

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def grade(score: int, gate: str | None = None) -> Grade:
    return Grade("q", score, sure=True, points=(), model="m", gate=gate)


@pytest.mark.parametrize(
    ("score", "rating"),
    [
        (0, Rating.Again),
        (39, Rating.Again),
        (40, Rating.Hard),
        (69, Rating.Hard),
        (70, Rating.Good),
        (89, Rating.Good),
        (90, Rating.Easy),
        (100, Rating.Easy),
    ],
)
def test_marks_become_ratings(score: int, rating: Rating) -> None:
    assert schedule.rating(grade(score)) is rating


def test_a_refused_answer_counts_as_forgotten() -> None:
    assert schedule.rating(grade(100, gate="keyword list")) is Rating.Again


def test_better_marks_come_back_later_and_the_plan_is_the_same_each_time() -> None:
    dues = [schedule.review(None, grade(score), NOW)[1] for score in (10, 50, 80, 95)]
    assert dues == sorted(dues)
    assert (dues[0] - NOW).days == 1
    assert dues == [schedule.review(None, grade(score), NOW)[1] for score in (10, 50, 80, 95)]


def test_intervals_grow_with_repeated_good_answers() -> None:
    card, due, gaps = None, NOW, []
    for _ in range(4):
        card, following = schedule.review(card, grade(80), due)
        gaps.append((following - due).days)
        due = following
    assert gaps == sorted(set(gaps))
