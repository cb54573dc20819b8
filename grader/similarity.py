"""The first verifier: cosine of the best passage, words, literals and polarity, calibrated."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader import evidence, terms
from grader.encoder import Encoder
from grader.errors import GraderError
from grader.models import Span, Verdict
from grader.score import CREDIT, IDENTITY, Curve, by_verdict
from grader.statements import MAX_CHARACTERS, split
from grader.verifier import Judgement
from questions.models import KeyPoint, Question

CALIBRATION = Path(__file__).resolve().parent / "weights" / "similarity" / "calibration.json"
FEATURES = (
    "cosine", "cosine_squared", "question_cosine", "margin", "overlap", "cosine_overlap", "numbers_found",
    "numbers_differ", "literals_found", "polarity_differs", "opposed", "cosine_polarity", "overlap_polarity",
    "cosine_quoted", "point_said", "reference_quoted",
)  # fmt: skip
SURE_UP_TO = 44.2
"""The `score.uncertainty` that 40 in 100 marks of held-out questions exceed: they hold 47 % of the errors
over 20."""

_NEGATION = re.compile(
    r"\b(?:not?|never|cannot|neither|nor|none|nothing|without|nobody|avoid|stop|isn|aren|don|doesn|won|can['’]t)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"\w+")
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


_OPPOSABLE = frozenset().union(*_OPPOSITES)
_CREDITS = np.array([CREDIT[verdict] for verdict in Verdict])


@dataclass(frozen=True, slots=True)
class Match:
    """An answer's passages beside a key point: `features` has a row of `FEATURES` for each of `spans`."""

    features: NDArray[np.float64]
    spans: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is compared of a text besides its vector."""

    words: frozenset[str]
    numbers: frozenset[str]
    tokens: frozenset[str]
    opposable: frozenset[str]
    text: str
    negated: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """A multinomial logistic regression over `FEATURES`: `weights` has shape (features + 1, verdicts).

    The last row is the intercept; `mean` and `scale` standardise the features first. `curve` maps the
    expected credit that follows to marks.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    curve: Curve = IDENTITY
    version: str = "unnamed"

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one row of probabilities, in the order of `Verdict`, per row of `features`."""
        logits = ((features - self.mean) / self.scale) @ self.weights[:-1] + self.weights[-1]
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = exponents / exponents.sum(axis=1, keepdims=True)
        return shares

    def best(self, match: Match) -> tuple[int, NDArray[np.float64]]:
        """Return the row of `match` that earns most credit, and its probabilities.

        Taking the most earning passage is what makes one more true statement never lower the mark.
        """
        shares = self.probabilities(match.features)
        best = int((shares @ _CREDITS).argmax())
        return best, shares[best]


def load_calibration(path: Path = CALIBRATION, features: Sequence[str] = FEATURES) -> Calibration:
    """Read a calibration over `features` that `grader.training` fitted. Raises `GraderError`."""
    try:
        content = path.read_bytes()
        data = json.loads(content)
        if data["features"] != list(features):
            raise GraderError(f"{path}: fitted for other features. Fit it again, see grader/README.md.")
        mean, scale, weights = (
            np.array(data[name], dtype=np.float64) for name in ("mean", "scale", "weights")
        )
        curve = tuple((credit, mark) for credit, mark in data["curve"])
        return Calibration(mean, scale, weights, curve, version=sha256(content).hexdigest()[:8])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GraderError(f"{path}: no usable calibration: {error}. Reinstall the package.") from error


@dataclass(frozen=True, slots=True)
class _Points:
    """What is known of a question before an answer comes."""

    vectors: NDArray[np.float32]
    prompt: NDArray[np.float32]
    question_cosines: NDArray[np.float32]
    words: tuple[tuple[str, ...], ...]
    reference: str
    said: str


class SimilarityVerifier:
    """Judges each key point by the passage of the answer closest to it."""

    def __init__(self, encoder: Encoder, calibration: Calibration | None = None) -> None:
        self._encoder = encoder
        self._calibration = calibration or load_calibration()
        self._points = lru_cache(maxsize=256)(self._encode_points)
        self.curve = self._calibration.curve
        self.sure_up_to = SURE_UP_TO
        self.name = f"similarity-{self._calibration.version}/{encoder.name}"

    def prepare(self, question: Question) -> None:
        """Encode the key points ahead of the first answer."""
        self._points(question.prompt, question.reference, question.key_points)

    def verify(self, items: Sequence[tuple[Question, str]]) -> list[tuple[Judgement, ...]]:
        """Return for each (question, text) one judgement per key point."""
        return [self._verify(question, text) for question, text in items]

    def matches(self, question: Question, text: str) -> list[Match]:
        """Return for each key point of `question` how each passage of `text` compares with it."""
        points = self._points(question.prompt, question.reference, question.key_points)
        statements = split(text)
        if not statements:
            return [Match(np.zeros((0, len(FEATURES))), ())] * len(question.key_points)
        found = evidence.passages(self._encoder, statements)
        cosines = (points.vectors @ found.vectors.T).astype(np.float64)
        rivals = _rivals(cosines, points.prompt @ found.vectors.T)
        facts = [_facts(passage, points.said) for passage in found.texts]
        vocabulary = sorted({word for fact in facts for word in fact.words})
        whole = float(points.reference in _said(text))
        matched = []
        for index, point in enumerate(question.key_points):
            overlaps = _overlaps(points.words[index], facts, vocabulary)
            about = _facts(point.text, "")
            rows = [
                _row(
                    point,
                    about,
                    facts[at],
                    cosine=cosines[index, at],
                    question_cosine=float(points.question_cosines[index]),
                    margin=cosines[index, at] - rivals[index, at],
                    overlap=overlaps[at],
                    whole=whole,
                )
                for at in range(len(facts))
            ]
            matched.append(Match(np.array(rows), found.spans))
        return matched

    def closest(self, question: Question, text: str) -> list[tuple[NDArray[np.float64], tuple[Span, ...]]]:
        """Return for each key point the `FEATURES` and the spans of the passage that decides on it."""
        found = []
        for match in self.matches(question, text):
            best, _ = self._calibration.best(match)
            found.append((match.features[best], match.spans[best]))
        return found

    def _verify(self, question: Question, text: str) -> tuple[Judgement, ...]:
        return tuple(self._judge(match) for match in self.matches(question, text))

    def _judge(self, match: Match) -> Judgement:
        if not match.spans:
            return Judgement({verdict: float(verdict is Verdict.MISSING) for verdict in Verdict})
        best, shares = self._calibration.best(match)
        return Judgement(by_verdict(shares), match.spans[best])

    def _encode_points(self, prompt: str, reference: str, key_points: tuple[KeyPoint, ...]) -> _Points:
        vectors = self._encoder.encode([prompt, *(point.text for point in key_points)])
        return _Points(
            vectors=vectors[1:],
            prompt=vectors[0],
            question_cosines=vectors[1:] @ vectors[0],
            words=tuple(tuple(dict.fromkeys(terms.words(point.text))) for point in key_points),
            reference=_said(reference[:MAX_CHARACTERS]),
            said="".join(
                _said(text) for text in (*(point.text for point in key_points), reference[:MAX_CHARACTERS])
            ),
        )


def _said(text: str) -> str:
    """Return the words of `text` alone, spaced, so that a quotation is found whatever its markup."""
    return f" {' '.join(_SAID.findall(text.lower()))} "


def _rivals(cosines: NDArray[np.float64], asked: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each point and passage the passage's highest cosine with another point or the question."""
    order = np.sort(np.vstack([cosines, asked]), axis=0)
    rivals: NDArray[np.float64] = np.where(cosines == order[-1], order[-2], order[-1])
    return rivals


def _facts(passage: str, reference: str) -> _Facts:
    said = _said(passage)
    tokens = frozenset(said.split())
    return _Facts(
        words=frozenset(terms.words(passage)),
        numbers=terms.numbers(passage),
        tokens=tokens,
        opposable=tokens & _OPPOSABLE,
        text=passage,
        negated=len(_NEGATION.findall(passage)) % 2 == 1,
        quoted=said in reference,
    )


def _overlaps(
    wanted: Sequence[str], facts: Sequence[_Facts], vocabulary: Sequence[str]
) -> NDArray[np.float64]:
    """Return the overlap of `wanted` with each passage, matching typos against each word once."""
    spellings = [terms.matches(word, vocabulary) for word in wanted]
    return np.array(
        [
            sum(not spelling.isdisjoint(fact.words) for spelling in spellings) / max(len(wanted), 1)
            for fact in facts
        ]
    )


def _row(
    point: KeyPoint,
    about: _Facts,
    fact: _Facts,
    *,
    cosine: float,
    question_cosine: float,
    margin: float,
    overlap: float,
    whole: float,
) -> list[float]:
    literals = [*point.terms, *terms.flags(point.text)]
    polarity = float(about.negated ^ point.avoid ^ fact.negated)
    return [
        cosine,
        cosine * cosine,
        question_cosine,
        margin,
        overlap,
        cosine * overlap,
        len(about.numbers & fact.numbers) / len(about.numbers) if about.numbers else 0.5,
        float(bool(about.numbers) and bool(fact.numbers) and not about.numbers & fact.numbers),
        sum(terms.holds(term, fact.text) for term in literals) / len(literals) if literals else 0.5,
        polarity,
        float(_opposed(about, fact)),
        cosine * polarity,
        overlap * polarity,
        cosine * fact.quoted,
        float(about.tokens <= fact.tokens and not polarity),
        whole,
    ]


def _opposed(about: _Facts, fact: _Facts) -> bool:
    if not about.opposable or not fact.opposable:
        return False
    return any(
        len(pair & about.opposable) == 1
        and len(pair & fact.opposable) == 1
        and pair & about.opposable != pair & fact.opposable
        for pair in _OPPOSITES
    )
