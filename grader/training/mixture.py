"""What one epoch of the verifier's training reads: graded answers changed by rule, and public ones again."""

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from grader.training import data, rules
from grader.training.data import Example


def public_examples(folder: Path, rng: random.Random) -> list[Example]:
    """Draw the public part: all short answers, and a sample of the inference sets by size and kind."""
    examples = [
        *data.short_answers(folder / "scientsbank/train.jsonl", "scientsbank"),
        *data.short_answers(folder / "beetle/train.jsonl", "beetle"),
    ]
    for name, count in (
        ("cad_nli/train", 1200),
        ("infotabs/train", 400),
        ("fool_me_twice/dev", 500),
        ("fever_symmetric/v0.2_dev", 340),
        ("wikifactcheck_pairs/all", 500),
        ("entailment_bank/train", 300),
    ):
        found = data.inference(folder / "nli" / f"{name}.jsonl", name.split("/")[0])
        examples += rng.sample(found, min(count, len(found)))
    for name, count in (("breaking_nli/test", 1200), ("negation_nli/snli", 700)):
        found = data.pairs(folder / f"{name}.jsonl", name.split("/")[0])
        examples += rng.sample(found, min(count, len(found)))
    rng.shuffle(examples)
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


def epoch(
    train: Sequence[Example],
    public: Sequence[Example],
    scored: Sequence[Example],
    rng: random.Random,
    *,
    seed: int,
) -> list[Example]:
    """Return one epoch's examples, in no particular order.

    Of the graded answers 30 % get a point of another question, a third have points negated, 8 % get
    typos; an eighth as many are composed by rule. A tenth of the `public` examples and a third of the
    `scored` ones (SAF) keep what was learnt from them.
    """
    mixed = list(data.with_foreign_points(train, share=0.3, seed=seed))
    mixed = [rules.with_negated_points(e, rng) if rng.random() < 0.35 else e for e in mixed]
    mixed = [data.shuffled(e, rng, drop=0.1 if rng.random() < 0.3 else 0.0) for e in mixed]
    mixed = [replace(e, answer=rules.typos(e.answer, rng)) if rng.random() < 0.08 else e for e in mixed]
    mixed += rules.composed_set(train, rng, len(train) // 8)
    mixed += rng.sample(list(scored), len(scored) // 3)
    mixed += rng.sample(list(public), len(public) // 10)
    return mixed
