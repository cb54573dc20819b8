"""When a question comes back: a mark becomes an FSRS rating, the rating a due date."""

import json
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from grader.models import Grade

if TYPE_CHECKING:
    from fsrs import Rating, Scheduler

# A mark below the first bound counts as forgotten, below the second as hard, below the third as good.
AGAIN, HARD, GOOD = 40, 70, 90


def rating(grade: Grade) -> "Rating":
    """Translate a grade into the FSRS rating: below 40 again, below 70 hard, below 90 good, else easy."""
    from fsrs import Rating

    if grade.gate or grade.score < AGAIN:
        return Rating.Again
    if grade.score < HARD:
        return Rating.Hard
    return Rating.Good if grade.score < GOOD else Rating.Easy


def review(card: str | None, grade: Grade, at: datetime) -> tuple[str, datetime]:
    """Review a card (its JSON, None for a question never answered) and return it with its due date.

    `at` must be in UTC. Intervals are whole days (no learning steps) and without random fuzz, so that
    the same answers always give the same plan.
    """
    from fsrs import Card

    # Without an id the library takes one from the clock and sleeps; our rows have their own key.
    before = Card.from_json(card) if card else Card(card_id=0, due=at)
    after, _ = _scheduler().review_card(before, rating(grade), at)
    return json.dumps(after.to_dict(), separators=(",", ":")), after.due


@cache
def _scheduler() -> "Scheduler":
    from fsrs import Scheduler

    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
