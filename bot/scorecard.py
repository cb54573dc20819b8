"""An interview's scorecard: marks by question and topic, strengths, what to learn, and the judgement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean
from typing import Any

from bot.models import AskedQuestion, Attempt, Interview, Weakness
from bot.practice import weakest
from grader.models import Verdict
from questions.models import Bank, Question

LEARN = 5
RULE = (
    "The judgement goes by the mean mark, in which intermediate questions count 1.5 times and advanced ones"
    " twice; unanswered questions count 0. Hire: 75 or more and no answered question below 40."
    " Lean yes: 60 or more. Lean no: 45 or more. No hire: less."
    " Two wrong statements on points of weight 3 cost one step."
    " With fewer than three questions answered there is no judgement."
)
_STEPS = (45, 60, 75)
_WEAK = 40
_WEIGHTS = {1: 1.0, 2: 1.5, 3: 2.0}


class Judgement(StrEnum):
    """What an interviewer would say of the level; `RULE` says how it comes about."""

    NOT_ENOUGH = "not enough"
    NO_HIRE = "no hire"
    LEAN_NO = "lean no"
    LEAN_YES = "lean yes"
    HIRE = "hire"


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One question: its `score` after the follow-up, the `first` one before it, seconds used and allowed.

    `attempt` is the id of its answer. All three are None for a question without an answer, which
    counts 0.
    """

    question: Question
    attempt: int | None
    first: int | None
    score: int | None
    seconds: float
    allowed: float | None
    sure: bool


@dataclass(frozen=True, slots=True)
class TopicScore:
    """The mean mark of a topic's questions."""

    topic: str
    mean: float
    questions: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """An interview at its end. `mean` weighs questions by difficulty; `unsure` counts unsure marks."""

    interview: Interview
    mean: float
    topics: tuple[TopicScore, ...]
    questions: tuple[QuestionScore, ...]
    strengths: tuple[str, ...]
    learn: tuple[Weakness, ...]
    judgement: Judgement
    rule: str
    unsure: int


def sum_up(
    found: Interview,
    bank: Bank,
    turns: Sequence[Mapping[str, Any]],
    attempts: Mapping[int, Attempt],
) -> Scorecard:
    """Make the scorecard of an interview from its turns' rows and its attempts by question number.

    Questions that are gone from the bank are left out.
    """
    scores = [
        _question_score(
            bank[row["question"]],
            attempts.get(row["number"]),
            [turn for turn in turns if turn["number"] == row["number"]],
        )
        for row in turns
        if not row["follow_up"] and row["question"] in bank
    ]
    answered = list(attempts.values())
    mean = _mean(scores)
    return Scorecard(
        interview=found,
        mean=mean,
        topics=_topics(scores),
        questions=tuple(scores),
        strengths=_strengths(answered),
        learn=_learn(bank, answered),
        judgement=_judge(mean, scores, answered),
        rule=RULE,
        unsure=sum(not score.sure for score in scores),
    )


def _question_score(
    question: Question, attempt: Attempt | None, turns: Sequence[Mapping[str, Any]]
) -> QuestionScore:
    seconds = 0.0
    allowed: float | None = 0.0
    for turn in turns:
        asked, answered, deadline = (_time(turn[name]) for name in ("asked_at", "answered_at", "deadline"))
        if asked and answered:
            seconds += max(0.0, (answered - asked).total_seconds())
        allowed = (
            allowed + (deadline - asked).total_seconds()
            if deadline and asked and allowed is not None
            else None
        )
    if attempt is None:
        return QuestionScore(question, None, None, None, seconds, allowed, sure=True)
    first = attempt.raised_from if attempt.raised_from is not None else attempt.grade.score
    return QuestionScore(
        question, attempt.id, first, attempt.grade.score, seconds, allowed, attempt.grade.sure
    )


def _mean(scores: list[QuestionScore]) -> float:
    weights = [_WEIGHTS[score.question.level.difficulty] for score in scores]
    if not scores:
        return 0.0
    return sum(w * (score.score or 0) for w, score in zip(weights, scores, strict=True)) / sum(weights)


def _topics(scores: list[QuestionScore]) -> tuple[TopicScore, ...]:
    by_topic: dict[str, list[int]] = {}
    for score in scores:
        by_topic.setdefault(score.question.topic, []).append(score.score or 0)
    return tuple(TopicScore(topic, fmean(marks), len(marks)) for topic, marks in by_topic.items())


def _strengths(attempts: list[Attempt]) -> tuple[str, ...]:
    """Name the weightiest points that were covered surely, five at most."""
    found = [
        (point.weight, point.text)
        for attempt in attempts
        for point, result in zip(attempt.question.key_points, attempt.grade.points, strict=False)
        if result.verdict is Verdict.COVERED and result.sure and result.point_id == point.id
    ]
    return tuple(text for _, text in sorted(found, key=lambda item: -item[0])[:5])


def _learn(bank: Bank, attempts: list[Attempt]) -> tuple[Weakness, ...]:
    missed = [
        (AskedQuestion(attempt.question.id, attempt.question.topic, {}), point, result.verdict)
        for attempt in attempts
        for result in attempt.grade.points
        for point in attempt.question.key_points
        if point.id == result.point_id and result.verdict is not Verdict.COVERED
    ]
    return weakest(bank, missed)[:LEARN]


def _judge(mean: float, scores: list[QuestionScore], attempts: list[Attempt]) -> Judgement:
    """Apply `RULE`."""
    if len(attempts) < 3:
        return Judgement.NOT_ENOUGH
    ladder = [Judgement.NO_HIRE, Judgement.LEAN_NO, Judgement.LEAN_YES, Judgement.HIRE]
    step = sum(mean >= bound for bound in _STEPS)
    if step == 3 and any(score.score is not None and score.score < _WEAK for score in scores):
        step = 2
    wrong = sum(
        result.verdict is Verdict.CONTRADICTED and point.weight == 3
        for attempt in attempts
        for point in attempt.question.key_points
        for result in attempt.grade.points
        if result.point_id == point.id
    )
    return ladder[max(0, step - (wrong >= 2))]


def _time(found: str | None) -> datetime | None:
    return datetime.fromisoformat(found) if found else None
