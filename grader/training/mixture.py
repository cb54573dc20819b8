"""What one epoch of the verifier's training reads: graded answers changed by rule, and public ones again."""

import random
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.training import data, rules
from grader.training.data import LABELS, UNCOVERED, Example
from grader.training.edits import Edit, edited
from grader.training.wordings import Wordings, reworded

NEUTRAL = LABELS.index("missing")
MOST_OF_A_SET = 6000
MOST_CHARACTERS = 500
SHORT_ANSWERS = 4000


def public_examples(folder: Path, rng: random.Random) -> list[Example]:
    """Return the public part: inference pairs put together as answers, and a sample of the short answers."""
    short = [
        *data.short_answers(folder / "scientsbank/train.jsonl", "scientsbank"),
        *data.short_answers(folder / "beetle/train.jsonl", "beetle"),
    ]
    examples = [*inference_answers(folder, rng), *rng.sample(short, min(len(short), SHORT_ANSWERS))]
    rng.shuffle(examples)
    return examples


INFERENCE = (
    "infotabs/train", "cad_nli/train", "fever_nli/dev", "fool_me_twice/dev", "fever_symmetric/v0.2_dev",
    "conjnli/train_adversarial_auto", "wikifactcheck_pairs/all", "entailment_bank/train",
)  # fmt: skip
"""Sets with a licence that lets weights trained on them be passed on."""


def inference_answers(folder: Path, rng: random.Random) -> list[Example]:
    """Put inference pairs together as answers of three to six texts, with points about each of them.

    To label a point takes finding the one text that speaks to it and comparing the two: what a point
    contradicts can't be told from how the answer sounds. What is neutral may be partial or missing.
    """
    pools = [
        *(
            data.inference(folder / "nli" / f"{name}.jsonl", name.split("/")[0], most_points=2)
            for name in INFERENCE
        ),
        data.pairs(folder / "breaking_nli/test.jsonl", "breaking_nli"),
        *(
            data.pairs(folder / f"negation_nli/{name}.jsonl", "negation_nli")
            for name in ("snli", "mnli", "rte")
        ),
    ]
    texts = [e for pool in pools for e in rng.sample(pool, min(len(pool), MOST_OF_A_SET))]
    texts = [e for e in texts if len(e.answer) <= MOST_CHARACTERS]
    rng.shuffle(texts)
    examples: list[Example] = []
    while len(texts) >= 6:
        parts = [texts.pop() for _ in range(rng.randint(3, 6))]
        points = [
            (text, label) for part in parts for text, label in zip(part.points, part.labels, strict=True)
        ]
        rng.shuffle(points)
        examples.append(
            Example(
                source="inference",
                question_id=f"inference:{len(examples)}",
                question="What is stated?",
                points=tuple(text for text, _ in points),
                answer=rng.choice((" ", "\n", "\n\n")).join(part.answer for part in parts),
                labels=tuple(UNCOVERED if label == NEUTRAL else label for _, label in points),
            )
        )
    return examples


def split(examples: Sequence[Example], held_out: Collection[str]) -> tuple[list[Example], list[Example]]:
    """Keep all answers to the questions `held_out` apart from the rest."""
    return (
        [e for e in examples if e.question_id not in held_out],
        [e for e in examples if e.question_id in held_out],
    )


def graded(folders: Sequence[Path]) -> tuple[list[Example], list[Example]]:
    """Return the answers to train on, each question's reference among them, and those to hold out."""
    kept = {question for folder in folders for question in data.held_out(folder)}
    train, held = split([e for folder in folders for e in data.graded(folder)], kept)
    references = [e for folder in folders for e in data.references(folder) if e.question_id not in kept]
    return train + references, held


def part(examples: Sequence[Example], number: int, of: int, *, seed: int) -> list[Example]:
    """Return part `number` (from 0) `of` an epoch: where an example belongs does not hang on the others."""
    return [
        e for e in examples if zlib.crc32(f"{seed}:{e.question_id}:{e.answer_id}".encode()) % of == number
    ]


def epoch(
    train: Sequence[Example],
    changes: Mapping[str, Sequence[Edit]],
    wordings: Wordings,
    public: Sequence[Example],
    scored: Sequence[Example],
    rng: random.Random,
    *,
    seed: int,
) -> list[Example]:
    """Return one epoch's examples, in no particular order: the graded answers and copies with `changes`.

    Of these 30 % get a point of another question, a third have points negated, 12 % get typos, and all
    have some points in other `wordings`; an eighth as many are answers to other questions, and an
    eighth are composed by rule. A tenth of the `public` examples and a third of the `scored` ones (SAF)
    keep what was learnt from them.
    """
    mixed = list(data.with_foreign_points([*train, *edited(train, changes, rng)], share=0.3, seed=seed))
    mixed += data.foreign_answers(train, rng, len(train) // 8)
    mixed = [reworded(e, wordings, rng) for e in mixed]
    mixed = [rules.with_negated_points(e, rng) if rng.random() < 0.35 else e for e in mixed]
    mixed = [data.shuffled(e, rng, drop=0.1 if rng.random() < 0.3 else 0.0) for e in mixed]
    mixed = [
        replace(e, answer=rules.typos(e.answer, rng, rate=rng.uniform(0.02, 0.06)))
        if rng.random() < 0.12
        else e
        for e in mixed
    ]
    mixed += rules.composed_set(train, rng, len(train) // 8)
    mixed += rng.sample(list(scored), len(scored) // 3)
    mixed += rng.sample(list(public), len(public) // 10)
    return mixed
