"""Which statements of an answer speak to which key point."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from grader.encoder import Encoder
from grader.models import Span
from grader.statements import Statement, split


@dataclass(frozen=True, slots=True)
class Passages:
    """What can be matched: each statement, and each pair of neighbours (a pronoun needs its noun).

    `vectors` has one unit row per passage; a pair's is the normalised mean of its statements'.
    """

    texts: tuple[str, ...]
    spans: tuple[tuple[Span, ...], ...]
    vectors: NDArray[np.float32]


def passages(encoder: Encoder, statements: Sequence[Statement]) -> Passages:
    """Return the passages of an answer's `statements`, at the cost of encoding each statement once."""
    vectors = encoder.encode([statement.text for statement in statements])
    pairs = vectors[:-1] + vectors[1:]
    pairs /= np.maximum(np.linalg.norm(pairs, axis=1, keepdims=True), 1e-9)
    spans = [Span(statement.start, statement.end) for statement in statements]
    texts = [statement.text for statement in statements]
    return Passages(
        texts=(*texts, *(f"{one} {other}" for one, other in pairwise(texts))),
        spans=(*((span,) for span in spans), *pairwise(spans)),
        vectors=np.concatenate([vectors, pairs]),
    )


def find(encoder: Encoder, point: str, text: str, *, floor: float = 0.3) -> tuple[Span, ...]:
    """Return the spans in `text` of the statement, or two neighbours, closest in meaning to `point`.

    Nothing where the best cosine is under `floor`.
    """
    statements = split(text)
    if not statements:
        return ()
    found = passages(encoder, statements)
    cosines = found.vectors @ encoder.encode([point])[0]
    best = int(cosines.argmax())
    return found.spans[best] if cosines[best] >= floor else ()
