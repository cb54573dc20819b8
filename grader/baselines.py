"""What simpler methods would mark: to see in the same run what a grader is worth."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from grader import agreement, terms
from grader.encoder import Encoder
from grader.evaluate import Evaluation, Marked
from grader.statements import split

Marks = Sequence[float]


def keyword_coverage(marked: Sequence[Marked]) -> list[float]:
    """Return for each answer the share of the reference's content words that it holds, 0 to 100."""
    marks = []
    for one in marked:
        wanted = set(terms.words(one.question.reference))
        marks.append(100 * len(wanted & set(terms.words(one.answer))) / max(len(wanted), 1))
    return marks


def tf_idf(marked: Sequence[Marked]) -> list[float]:
    """Return for each answer the tf-idf cosine with its reference, 0 to 100.

    Frequencies are those of the references and answers at hand (Salton & Buckley 1988: tf times log idf).
    """
    texts = {one.question.reference for one in marked} | {one.answer for one in marked}
    counted = {text: Counter(terms.words(text)) for text in texts}
    spread = Counter(word for count in counted.values() for word in count)
    weight = {word: math.log(len(texts) / found) for word, found in spread.items()}

    def vector(text: str) -> dict[str, float]:
        return {word: count * weight[word] for word, count in counted[text].items()}

    return [100 * _cosine(vector(one.question.reference), vector(one.answer)) for one in marked]


def embedding_cosine(encoder: Encoder) -> Callable[[Sequence[Marked]], list[float]]:
    """Return the usual method: each key point's best cosine with a statement, weighted, 0 to 100."""

    def marks(marked: Sequence[Marked]) -> list[float]:
        found = []
        for one in marked:
            statements = [statement.text for statement in split(one.answer)]
            points = one.question.key_points
            if not statements:
                found.append(0.0)
                continue
            cosines = encoder.encode([point.text for point in points]) @ encoder.encode(statements).T
            weights = [point.weight for point in points]
            found.append(100 * float(np.average(np.clip(cosines.max(axis=1), 0, 1), weights=weights)))
        return found

    return marks


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    product = sum(value * other.get(word, 0.0) for word, value in one.items())
    length = math.sqrt(sum(v * v for v in one.values()) * sum(v * v for v in other.values()))
    return product / length if length else 0.0


def compare(evaluation: Evaluation, encoder: Encoder) -> str:
    """Return a table: this grader beside tf-idf, keyword coverage and cosine on the same answers."""
    kept = [
        (one, grade)
        for one, grade in zip(evaluation.marked, evaluation.grades, strict=True)
        if one.score is not None
    ]
    marked = [one for one, _ in kept]
    columns: dict[str, Marks] = {
        "tf-idf": tf_idf(marked),
        "keywords": keyword_coverage(marked),
        "cosine": embedding_cosine(encoder)(marked),
        "this grader": [grade.score for _, grade in kept],
    }
    given = [float(one.score or 0.0) for one in marked]
    rows: dict[str, Callable[[Marks], float]] = {
        "score: Pearson": lambda marks: agreement.pearson(given, marks),
        "score: MAE": lambda marks: agreement.mean_absolute_error(given, marks),
        "ranking within a question (marks 10 apart)": lambda marks: _ranking(marked, marks),
    }
    for style in sorted({one.style for one in marked if one.style}):
        rows[f"mean score: {style}"] = lambda marks, style=style: float(  # type: ignore[misc]
            np.mean([mark for one, mark in zip(marked, marks, strict=True) if one.style == style])
        )
    lines = [f"{'baselines':<46}" + "".join(f"{name:>13}" for name in columns)]
    lines += [
        f"{name:<46}" + "".join(f"{measure(marks):>13.2f}" for marks in columns.values())
        for name, measure in rows.items()
    ]
    return "\n".join(lines)


def _ranking(marked: Sequence[Marked], marks: Marks) -> float:
    groups: dict[str, list[tuple[float, float]]] = {}
    for one, mark in zip(marked, marks, strict=True):
        groups.setdefault(one.question.id, []).append((float(one.score or 0.0), mark))
    return agreement.ranking(groups.values())
