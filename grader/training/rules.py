"""Statements turned round by rule: cheap, certain examples of what contradicts a key point."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from grader.training.data import LABELS, Example

NEGATED = {0: (0.25, 3), 2: (0.3, 2), 3: (0.8, 0)}
"""How often a point of a label is negated, and the label that it then has."""

_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|must|should|will|may|does|do|has|have|needs?|runs?|uses?|gives?|makes?|keeps?|"
    r"returns?|allows?|holds?|stores?|sends?|shares?|includes?|requires?)\b(?! not\b)"
)
_MODAL = {"is", "are", "was", "were", "must", "should", "will", "may", "does", "do", "has", "have"}
_NUMBER = re.compile(r"(?<![\w.])\d{1,6}(?![\w.])")
_OPPOSITES = [
    ("before", "after"), ("first", "last"), ("always", "never"), ("more", "less"), ("faster", "slower"),
    ("smaller", "larger"), ("higher", "lower"), ("inside", "outside"), ("read", "write"),
    ("client", "server"), ("synchronous", "asynchronous"), ("mutable", "immutable"),
    ("all", "none of the"), ("at most", "at least"),
    ("increases", "decreases"), ("increase", "decrease"), ("cheap", "expensive"), ("only", "not only"),
    ("with", "without"), ("same", "different"), ("weaker", "stronger"), ("up", "down"), ("public", "private"),
    ("ordered", "unordered"), ("compile time", "run time"), ("stateless", "stateful"), ("early", "late"),
]  # fmt: skip


def negate(text: str, rng: random.Random) -> str | None:
    """Negate the statement's first verb, or None where no rule fits."""
    match = _AUXILIARY.search(text)
    if match is None:
        return None
    word = match[0]
    if word == "can":
        turned = rng.choice(("cannot", "can't"))
    elif word in _MODAL:
        turned = f"{word} not"
    else:
        base = word[:-1] if word.endswith("s") else word
        turned = f"does not {base}" if word.endswith("s") else f"do not {base}"
    return text[: match.start()] + turned + text[match.end() :]


def opposite(text: str, rng: random.Random) -> str | None:
    """Put a word's opposite in its place, or None where the statement has no such word."""
    found = []
    for pair in _OPPOSITES:
        for old, new in (pair, pair[::-1]):
            hits = list(re.finditer(rf"\b{re.escape(old)}\b", text))
            if len(hits) == 1 and not re.search(rf"\b{re.escape(new)}\b", text):
                found.append((hits[0], new))
    if not found:
        return None
    match, new = rng.choice(found)
    return text[: match.start()] + new + text[match.end() :]


def other_number(text: str, rng: random.Random) -> str | None:
    """Change one number to another of the same size, or None where there is none."""
    hits = [hit for hit in _NUMBER.finditer(text) if int(hit[0]) > 1]
    if not hits:
        return None
    hit = rng.choice(hits)
    value = int(hit[0])
    new = rng.choice([value * 2, value * 10, max(1, value // 2), value + rng.randint(1, 9)])
    return text[: hit.start()] + str(new if new != value else value + 1) + text[hit.end() :]


def turned(text: str, rng: random.Random) -> str | None:
    """A statement that can't be true together with `text`, or None where no rule fits."""
    rules = [opposite, other_number, negate]
    rng.shuffle(rules)
    for rule in rules:
        result = rule(text, rng)
        if result is not None and result != text:
            return result
    return None


def with_negated_points(example: Example, rng: random.Random) -> Example:
    """Negate some key points: who covers a point contradicts its negation, and the other way round.

    The words of answer and point stay as they are, so only their sense tells the labels apart. Points
    covered in part stay, and so do those that no rule negates. `NEGATED` makes a negated point about as
    often covered as contradicted, so that the negation alone tells nothing.
    """
    points, labels = list(example.points), list(example.labels)
    for index, (point, label) in enumerate(zip(example.points, example.labels, strict=True)):
        share, turned = NEGATED.get(label, (0.0, label))
        negated = negate(point, rng) if rng.random() < share else None
        if negated is not None:
            points[index], labels[index] = negated, turned
    if points == list(example.points):
        return example
    return replace(example, points=tuple(points), labels=tuple(labels), mark=None, weights=())


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _stated(text: str, rng: random.Random) -> str:
    return (
        rng.choice(("{}.", "{}.", "{}", "I'd say {l}.", "As far as I know, {l}.", "- {}"))
        .replace("{l}", _lower(text))
        .replace("{}", text)
    )


def _refuted(wrong: str, right: str, rng: random.Random) -> str:
    frame = rng.choice((
        "People often think that {w}, but that's wrong: {r}.",
        "It isn't true that {w}. {R}.",
        "{W}... no wait, the other way round: {r}.",
        "A common myth is that {w}; in fact {r}.",
        "Some say {w}. That is false.",
        "It is not the case that {w}.",
    ))  # fmt: skip
    values = {"{w}": _lower(wrong), "{W}": wrong, "{r}": _lower(right), "{R}": right}
    for key, value in values.items():
        frame = frame.replace(key, value)
    return frame


def _denied(right: str, rng: random.Random) -> str:
    frame = rng.choice((
        "It is not true that {r}.", "It's a myth that {r}.", "People say that {r}, but that's wrong.",
        "{R}? No, that is false.",
    ))  # fmt: skip
    return frame.replace("{r}", _lower(right)).replace("{R}", right)


def composed(example: Example, rng: random.Random) -> Example:
    """An answer put together from the example's key points: some said, some turned round, some left out."""
    parts: list[str] = []
    labels: list[int] = []
    bad = rng.random()
    for point in example.points:
        draw = rng.random()
        wrong = turned(point, rng)
        if draw < 0.3:
            labels.append(LABELS.index("missing"))
        elif wrong is not None and draw < 0.3 + 0.6 * bad:
            labels.append(LABELS.index("contradicted"))
            parts.append(_denied(point, rng) if rng.random() < 0.25 else _stated(wrong, rng))
        else:
            labels.append(LABELS.index("covered"))
            parts.append(
                _refuted(wrong, point, rng) if wrong and rng.random() < 0.25 else _stated(point, rng)
            )
    rng.shuffle(parts)
    return Example(
        "composed", example.question_id, example.question, example.points, " ".join(parts) or "No idea.",
        tuple(labels), None, "composed", example.weights,
    )  # fmt: skip


def typos(text: str, rng: random.Random, *, rate: float = 0.03) -> str:
    """Swap, drop or double letters at the given rate per letter; digits and code stay."""
    out = list(text)
    for i in range(len(out) - 1):
        if out[i].isalpha() and out[i + 1].isalpha() and rng.random() < rate:
            kind = rng.randrange(3)
            if kind == 0:
                out[i], out[i + 1] = out[i + 1], out[i]
            elif kind == 1:
                out[i] = ""
            else:
                out[i] *= 2
    return "".join(out)


def composed_set(examples: Sequence[Example], rng: random.Random, count: int) -> list[Example]:
    """`count` composed answers to questions drawn from `examples`."""
    by_question = list({example.question_id: example for example in examples if example.weights}.values())
    return [composed(rng.choice(by_question), rng) for _ in range(count)]
