"""Find questions that ask the same, within a corpus or across several."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.search import Encode
from questions.models import Question
from questions.words import stems

# Measured on 69 rewordings of bundled questions and 40 other questions of their fields: 93 % found, 5 wrong.
LEAST = 0.6
_WORDS = 0.3  # share of the words in the likeness, the rest is meaning
_BLOCK = 1_000
_SENTENCE = re.compile(r"(.{20,}?[?.:])\s")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions and how alike they are, from 0 to 1."""

    first: Question
    second: Question
    likeness: float


def duplicates(questions: Sequence[Question], encode: Encode) -> list[Pair]:
    """Return the pairs of questions that may ask the same, the most alike first.

    Likeness is the cosine of their vectors, of the whole question or of its first sentence, whichever is
    higher, joined with the share of the rarer words that they have in common.
    """
    words = [frozenset(stems(question.prompt)) for question in questions]
    weights = _weights(words)
    pairs = []
    for one, other, cosine in _near(questions, encode):
        likeness = (1 - _WORDS) * cosine + _WORDS * _shared(words[one], words[other], weights)
        if likeness >= LEAST:
            pairs.append(Pair(questions[one], questions[other], min(1.0, likeness)))
    return sorted(pairs, key=lambda pair: -pair.likeness)


def _near(questions: Sequence[Question], encode: Encode) -> Iterator[tuple[int, int, float]]:
    """Yield (index, higher index, cosine) of the pairs that can reach the least likeness."""
    whole = [" ".join(question.prompt.split()) for question in questions]
    vectors = encode(whole), encode([_first_sentence(text) for text in whole])
    least = (LEAST - _WORDS) / (1 - _WORDS)
    for top in range(0, len(whole), _BLOCK):
        for left in range(top, len(whole), _BLOCK):
            rows, columns = slice(top, top + _BLOCK), slice(left, left + _BLOCK)
            cosines = np.max([a[rows] @ b[columns].T for a in vectors for b in vectors], axis=0)
            for row, column in np.argwhere(cosines >= least):
                if top + row < left + column:
                    yield int(top + row), int(left + column), float(cosines[row, column])


def _first_sentence(text: str) -> str:
    match = _SENTENCE.match(text)
    return match[1] if match else text


def _weights(words: Sequence[frozenset[str]]) -> Mapping[str, float]:
    spread = Counter(word for each in words for word in each)
    return {word: math.log(1 + len(words) / (1 + count)) for word, count in spread.items()}


def _shared(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return how much of the shorter question's weight the longer one holds."""
    least = min(sum(weights[word] for word in each) for each in (one, other))
    # Summed in order: a set's order, and with it the last bits of a sum, changes from run to run.
    return sum(weights[word] for word in sorted(one & other)) / least if least else 0.0
