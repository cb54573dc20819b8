"""Find questions by meaning and by word."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from questions.models import Question
from questions.words import stems

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

_RANK = 60  # of reciprocal rank fusion: Cormack, Clarke and Buettcher, SIGIR 2009
_DEPTH = 100  # of each ranking that is fused
_LEAST_MEANING = 0.25  # cosine; of 12 queries about other fields one gets there, of 70 fitting ones 67
_LEAST_WORDS = 0.6  # share of the query's weight that a question's words must hold
_TYPO = 82  # of 100, rapidfuzz's ratio: one wrong letter in a word of five or more
_TYPO_LENGTH = 5
_PROMPT, _TAG, _POINT = 1.0, 0.9, 0.6  # how much a word tells about a question by where it stands


def search(questions: Sequence[Question], query: str, encode: Encode, limit: int) -> list[Question]:
    """Return at most `limit` questions that fit a query, best first; none where nothing fits.

    The rankings by meaning (cosine of prompt and query) and by word (typos tolerated) are merged by
    reciprocal rank fusion.
    """
    scores: dict[int, float] = defaultdict(float)
    # Where both give the same, the words decide: they are what the person can see.
    for ranking in (_by_word(questions, query), _by_meaning(questions, query, encode)):
        for rank, index in enumerate(ranking[:_DEPTH], start=1):
            scores[index] += 1 / (_RANK + rank)
    best = sorted(scores, key=lambda index: -scores[index])
    return [questions[index] for index in best[:limit]]


def text_of(question: Question) -> str:
    """Return what of a question is encoded: what it is about, and what it asks."""
    about = dict.fromkeys([question.topic, *question.tags])
    return f"{', '.join(about)}: {' '.join(question.prompt.split())}"


def _by_meaning(questions: Sequence[Question], query: str, encode: Encode) -> list[int]:
    if not questions:
        return []
    vectors = encode([*map(text_of, questions), query])
    near = vectors[:-1] @ vectors[-1]
    order = np.argsort(-near, kind="stable")
    return [int(index) for index in order if near[index] >= _LEAST_MEANING]


def _by_word(questions: Sequence[Question], query: str) -> list[int]:
    asked = list(dict.fromkeys(stems(query)))
    held = [_held(question) for question in questions]
    spread = Counter(word for words in held for word in words)
    known = {word: _alike(word, spread) for word in asked}
    weights = {
        word: math.log(1 + len(questions) / (1 + sum(spread[near] for near in known[word]))) for word in asked
    }
    total = sum(weights.values())
    scores: dict[int, float] = {}
    for index, words in enumerate(held):
        parts = {
            word: max((words.get(near, 0.0) * alike for near, alike in known[word].items()), default=0.0)
            for word in asked
        }
        if sum(weights[word] for word, part in parts.items() if part) >= _LEAST_WORDS * total > 0:
            scores[index] = sum(weights[word] * part for word, part in parts.items())
    return sorted(scores, key=lambda index: (-scores[index], index))


def _held(question: Question) -> dict[str, float]:
    """Return the stems of a question, each with the weight of the most telling place where it stands."""
    places: Iterable[tuple[float, str]] = (
        *((_POINT, point.text) for point in question.key_points),
        *((_TAG, tag) for tag in (question.topic, *question.tags)),
        (_PROMPT, question.prompt),
    )
    return {word: weight for weight, text in places for word in stems(text)}


def _alike(word: str, known: Iterable[str]) -> dict[str, float]:
    """Return the known words that a word may mean, with how alike they are (1: the same)."""
    from rapidfuzz import fuzz, process

    if len(word) < _TYPO_LENGTH:
        return {word: 1.0}
    found = process.extract(word, list(known), scorer=fuzz.ratio, score_cutoff=_TYPO, limit=10)
    near = {other: alike / 100 for other, alike, _ in found}
    return {word: 1.0} if word in near else near
