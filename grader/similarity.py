"""The first verifier: cosine of the best passage, words, literals and polarity, calibrated."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader import evidence, terms
from grader.encoder import Encoder
from grader.errors import GraderError
from grader.models import Span, Verdict
from grader.statements import split
from grader.verifier import Judgement
from questions.models import KeyPoint, Question

CALIBRATION = Path(__file__).resolve().parent / "weights" / "similarity" / "calibration.json"
FEATURES = (
    "cosine", "cosine_squared", "question_cosine", "second_cosine", "margin", "overlap", "overlap_all",
    "numbers_found", "numbers_differ", "literals_found", "polarity_differs", "order_differs",
    "cosine_polarity", "overlap_polarity",
)  # fmt: skip
EVIDENCE_FLOOR = 0.3

_NEGATION = re.compile(
    r"\b(?:not?|never|cannot|neither|nor|none|nothing|without|nobody|avoid|stop|isn|aren|don|doesn|won|can['’]t)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_OPPOSITES = [
    frozenset(pair.split("/"))
    for pair in """
    before/after more/less more/fewer higher/lower faster/slower first/last always/never
    increase/decrease increases/decreases large/small larger/smaller synchronous/asynchronous
    public/private read/write reads/writes allow/deny allows/denies open/close stateful/stateless
    mutable/immutable horizontal/vertical client/server push/pull start/end best/worst min/max
    minimum/maximum strong/weak strongly/weakly left/right up/down above/below parent/child
    blocking/non-blocking safe/unsafe old/new older/newer short/long shorter/longer cheap/expensive
    internal/external true/false
    """.split()
]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A multinomial logistic regression over `FEATURES`: `weights` has shape (features + 1, verdicts).

    The last row is the intercept; `mean` and `scale` standardise the features first.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one row of probabilities, in the order of `Verdict`, per row of `features`."""
        logits = ((features - self.mean) / self.scale) @ self.weights[:-1] + self.weights[-1]
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = exponents / exponents.sum(axis=1, keepdims=True)
        return shares


def load_calibration(path: Path = CALIBRATION) -> Calibration:
    """Read a calibration that `grader.training.fit_similarity` wrote."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["features"] != list(FEATURES):
            raise GraderError(f"{path}: fitted for other features. Run grader.training.fit_similarity again.")
        return Calibration(*(np.array(data[name], dtype=np.float64) for name in ("mean", "scale", "weights")))
    except (OSError, ValueError, KeyError) as error:
        raise GraderError(f"{path}: no usable calibration: {error}. Reinstall the package.") from error


@dataclass(frozen=True, slots=True)
class _Points:
    """What is known of a question before an answer comes."""

    vectors: NDArray[np.float32]
    question_cosines: NDArray[np.float32]
    words: tuple[tuple[str, ...], ...]


class SimilarityVerifier:
    """Judges each key point by the passage of the answer closest to it."""

    def __init__(self, encoder: Encoder, calibration: Calibration | None = None) -> None:
        self._encoder = encoder
        self._calibration = calibration or load_calibration()
        self._points = lru_cache(maxsize=256)(self._encode_points)
        self.name = f"similarity-1/{encoder.name}"

    def prepare(self, question: Question) -> None:
        """Encode the key points ahead of the first answer."""
        self._points(question.prompt, question.key_points)

    def verify(self, items: Sequence[tuple[Question, str]]) -> list[tuple[Judgement, ...]]:
        """Return for each (question, text) one judgement per key point."""
        return [self._verify(question, text) for question, text in items]

    def features(self, question: Question, text: str) -> tuple[NDArray[np.float64], list[tuple[Span, ...]]]:
        """Return one row of `FEATURES` and the evidence spans for each key point."""
        points = self._points(question.prompt, question.key_points)
        statements = split(text)
        if not statements:
            return np.zeros((len(question.key_points), len(FEATURES))), [()] * len(question.key_points)
        found = evidence.passages(self._encoder, statements)
        cosines = points.vectors @ found.vectors.T
        passage_words = [terms.words(passage) for passage in found.texts]
        all_words = sorted({word for words in passage_words[: len(statements)] for word in words})
        rows, spans = [], []
        for index, point in enumerate(question.key_points):
            overlaps = _overlaps(points.words[index], passage_words, all_words)
            best = int((cosines[index] + 0.3 * overlaps).argmax())
            rows.append(
                _row(
                    point,
                    found.texts[best],
                    cosine=float(cosines[index, best]),
                    question_cosine=float(points.question_cosines[index]),
                    second=float(np.partition(cosines[index], -2)[-2]) if len(found.texts) > 1 else 0.0,
                    margin=float(cosines[index, best] - np.delete(cosines[:, best], index).max(initial=0.0)),
                    overlap=float(overlaps[best]),
                    overlap_all=terms.overlap(points.words[index], all_words),
                    text=text,
                )
            )
            spans.append(found.spans[best] if cosines[index, best] >= EVIDENCE_FLOOR else ())
        return np.array(rows), spans

    def _verify(self, question: Question, text: str) -> tuple[Judgement, ...]:
        rows, spans = self.features(question, text)
        return tuple(
            Judgement(dict(zip(Verdict, map(float, shares), strict=True)), found)
            for shares, found in zip(self._calibration.probabilities(rows), spans, strict=True)
        )

    def _encode_points(self, prompt: str, key_points: tuple[KeyPoint, ...]) -> _Points:
        vectors = self._encoder.encode([prompt, *(point.text for point in key_points)])
        return _Points(
            vectors=vectors[1:],
            question_cosines=vectors[1:] @ vectors[0],
            words=tuple(tuple(dict.fromkeys(terms.words(point.text))) for point in key_points),
        )


def _overlaps(
    wanted: Sequence[str], passage_words: Sequence[Sequence[str]], all_words: Sequence[str]
) -> NDArray[np.float64]:
    """Return the overlap of `wanted` with each passage, matching typos against each word once."""
    spellings = {word: terms.matches(word, all_words) for word in wanted}
    return np.array(
        [
            sum(1 for word in wanted if not spellings[word].isdisjoint(words)) / max(len(wanted), 1)
            for words in passage_words
        ]
    )


def _row(
    point: KeyPoint,
    passage: str,
    *,
    cosine: float,
    question_cosine: float,
    second: float,
    margin: float,
    overlap: float,
    overlap_all: float,
    text: str,
) -> list[float]:
    wanted, given = terms.numbers(point.text), terms.numbers(passage)
    literals = [*point.terms, *terms.flags(point.text)]
    polarity = float(_negated(point.text) ^ point.avoid ^ _negated(passage))
    opposed = _opposed(point.text, passage)
    return [
        cosine,
        cosine * cosine,
        question_cosine,
        second,
        margin,
        overlap,
        overlap_all,
        len(wanted & terms.numbers(text)) / len(wanted) if wanted else 0.5,
        float(bool(wanted) and bool(given) and not wanted & given),
        sum(terms.holds(term, text) for term in literals) / len(literals) if literals else 0.5,
        polarity,
        float(opposed),
        cosine * polarity,
        overlap * polarity,
    ]


def _negated(text: str) -> bool:
    return len(_NEGATION.findall(text)) % 2 == 1


def _opposed(point: str, passage: str) -> bool:
    one, other = set(point.lower().split()), set(passage.lower().split())
    return any(
        len(pair & one) == 1 and len(pair & other) == 1 and pair & one != pair & other for pair in _OPPOSITES
    )
