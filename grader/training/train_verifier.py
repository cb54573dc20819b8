"""Train the verifier: `python -m grader.training.train_verifier --help`.

First the public pairs (what follows from a text, what contradicts it), then our graded answers with
a replay of the public ones. One learning-rate schedule over the whole run: warm-up, then linear to zero.
Weights are kept in bfloat16 for the passes and in float32 for the optimiser, which makes a step about
twice as fast as float32 on a processor with AVX512-BF16 and loses nothing that we could measure.
"""

import argparse
import json
import random
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import torch
import torch.nn.functional as F  # noqa: N812 (the name torch's own documentation uses)
from tokenizers import Tokenizer
from torch import Tensor

from grader import agreement
from grader.models import Verdict
from grader.packing import Packer, Pass
from grader.score import expected
from grader.training import data, rules
from grader.training.data import LABELS, UNCOVERED, Example
from grader.training.model import OnePassVerifier, from_base

CONTRADICTED_WEIGHT = 1.5


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


def batches(
    packer: Packer, examples: Sequence[Example], rng: random.Random, *, tokens: int
) -> Iterator[list[tuple[Example, Pass]]]:
    """Pack examples and yield batches of about `tokens` padded tokens, of like lengths, in random order."""
    packed = [(e, p) for e in examples for p in packer.pack(e.question, e.points, e.answer)]
    packed.sort(key=lambda pair: len(pair[1].ids) + rng.randint(0, 24))
    result: list[list[tuple[Example, Pass]]] = []
    batch: list[tuple[Example, Pass]] = []
    longest = 0
    for pair in packed:
        longest = max(longest, len(pair[1].ids))
        if batch and longest * (len(batch) + 1) > tokens:
            result.append(batch)
            batch, longest = [], len(pair[1].ids)
        batch.append(pair)
    if batch:
        result.append(batch)
    rng.shuffle(result)
    yield from result


def collate(batch: Sequence[tuple[Example, Pass]], pad: int) -> tuple[Tensor, Tensor, Tensor]:
    """Pad to one length: ids [batch, tokens], places [batch, 1 + points] and mask [batch, tokens], int64."""
    longest = max(len(p.ids) for _, p in batch)
    ids = torch.full((len(batch), longest), pad)
    places = torch.zeros((len(batch), 1 + max(len(p.markers) for _, p in batch)), dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for row, (_, p) in enumerate(batch):
        ids[row, : len(p.ids)] = torch.tensor(p.ids)
        places[row, 1 : 1 + len(p.markers)] = torch.tensor(p.markers)
        mask[row, : len(p.ids)] = 1
    return ids, places, mask


def loss_of(
    logits: Tensor, marks: Tensor, batch: Sequence[tuple[Example, Pass]], *, smoothing: float = 0.03
) -> Tensor:
    """Cross-entropy at the markers (two labels at once for `UNCOVERED`) plus that of the mark.

    A contradiction weighs `CONTRADICTED_WEIGHT`: it is rare, and taken for the truth it costs most.
    """
    rows = [r for r, (_, p) in enumerate(batch) for _ in p.markers]
    columns = [column for _, p in batch for column in range(len(p.markers))]
    labels = torch.tensor([e.labels[i] for e, p in batch for i in p.points])
    logp = F.log_softmax(logits[rows, columns], dim=-1)
    either = torch.logsumexp(logp[:, 1:3], dim=-1)
    exact = logp.gather(1, labels.clamp(max=len(LABELS) - 1)[:, None]).squeeze(1)
    chosen = torch.where(labels == UNCOVERED, either, exact)
    each = (1 - smoothing) * chosen + smoothing * logp.mean(dim=-1)
    weights = torch.where(labels == LABELS.index("contradicted"), CONTRADICTED_WEIGHT, 1.0)
    verdict = -(weights * each).sum() / weights.sum()
    known = [r for r, (e, p) in enumerate(batch) if e.mark is not None and len(p.points) == len(e.points)]
    if not known:
        return verdict
    target = torch.tensor([batch[r][0].mark for r in known])
    return verdict + 0.5 * F.binary_cross_entropy_with_logits(marks[known], target)


def write_fits(out: TextIO, label: str, batch: Sequence[tuple[Example, Pass]], logits: Tensor) -> None:
    """Write how well each label of our own answers was met, to look for wrong labels among the worst."""
    for row, (example, one) in enumerate(batch):
        if not example.answer_id:
            continue
        shares = torch.softmax(logits[row, : len(one.markers)], dim=-1).tolist()
        for point, share in zip(one.points, shares, strict=True):
            said = {
                "pass": label,
                "answer": example.answer_id,
                "point": example.points[point],
                "label": LABELS[example.labels[point]],
                "shares": [round(p, 3) for p in share],
            }
            out.write(json.dumps(said) + "\n")
    out.flush()


@torch.no_grad()
def predict(
    model: OnePassVerifier, packer: Packer, examples: Sequence[Example]
) -> tuple[list[list[list[float]]], list[float]]:
    """Probabilities [example][point][4] and marks (0 to 1) of the first pass that shows each point."""
    model.eval()
    probabilities: list[list[list[float]]] = []
    marks: list[float] = []
    for example in examples:
        points: dict[int, list[float]] = {}
        mark = 0.0
        for one in packer.pack(example.question, example.points, example.answer):
            ids, places, _ = collate([(example, one)], packer.pad)
            logits, m = model(ids, places)
            mark = max(mark, float(torch.sigmoid(m[0])))
            for column, i in enumerate(one.points):
                p = torch.softmax(logits[0, column], dim=-1).tolist()
                if i not in points or p[2] < points[i][2]:
                    points[i] = p
        probabilities.append([points[i] for i in range(len(example.points))])
        marks.append(mark)
    model.train()
    return probabilities, marks


def report(examples: Sequence[Example], probabilities: Sequence[Sequence[Sequence[float]]]) -> str:
    """One line of agreement: covered kappa, contradicted precision and recall, correlation with the mark."""
    gold = [label for e in examples for label in e.labels]
    said = [max(range(4), key=lambda k, p=p: p[k]) for ps in probabilities for p in ps]  # type: ignore[misc]
    right = sum(g == s for g, s in zip(gold, said, strict=True)) / len(gold)
    kappa = agreement.kappa([g == 0 for g in gold], [s == 0 for s in said])
    precision, recall = agreement.precision_recall([g == 3 for g in gold], [s == 3 for s in said])
    marked = [(e, ps) for e, ps in zip(examples, probabilities, strict=True) if e.mark is not None]
    earned = [
        expected(
            [
                (weight, dict(zip(Verdict, p, strict=True)))
                for weight, p in zip(e.weights or (1,) * len(ps), ps, strict=True)
            ]
        )
        for e, ps in marked
    ]
    pearson = agreement.pearson([e.mark or 0.0 for e, _ in marked], earned)
    return (
        f"labels {right:.3f} covered kappa {kappa:.3f} contradicted P {precision:.2f} R {recall:.2f} "
        f"mark r {pearson:.3f}"
    )


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=Path, required=True, help="folder of a Sentence Transformers model")
    parser.add_argument(
        "--graded", type=Path, nargs="+", required=True, help="folders with our graded answers"
    )
    parser.add_argument("--public", type=Path, help="folder of the public sets")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", type=int)
    parser.add_argument("--epochs", type=float, default=3.0, help="epochs over the graded answers")
    parser.add_argument("--minutes", type=float, help="let the schedule follow the clock instead of --epochs")
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument(
        "--decay", type=float, default=0.93, help="factor of the rate from layer to layer downwards"
    )
    parser.add_argument("--tokens", type=int, default=2400, help="padded tokens in a batch")
    parser.add_argument("--frozen", type=int, default=0, help="lowest layers to leave as they are")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--resume", type=Path, help="weights to start from, past the public part")
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    packer = Packer(Tokenizer.from_file(str(args.base / "tokenizer.json")))
    model = from_base(args.base, layers=args.layers)
    if args.resume:
        model.load_state_dict(torch.load(args.resume))
    model.base.embeddings.requires_grad_(False)
    model.base.encoder.layer[: args.frozen].requires_grad_(False)
    model.to(torch.bfloat16)
    args.out.mkdir(parents=True, exist_ok=True)

    depth = len(model.base.encoder.layer)
    groups: dict[float, list[tuple[torch.nn.Parameter, Tensor]]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        parts = name.split(".")
        layer = int(parts[parts.index("layer") + 1]) if "layer" in parts else depth - 1
        rate = (
            args.rate * args.decay ** (depth - 1 - layer) * (5 if name.startswith(("verdict", "mark")) else 1)
        )
        groups.setdefault(rate, []).append((parameter, parameter.detach().float().clone()))
    optimiser = torch.optim.AdamW(
        [{"params": [m for _, m in pairs], "lr": rate, "top": rate} for rate, pairs in groups.items()],
        weight_decay=0.01,
    )
    masters = [pair for pairs in groups.values() for pair in pairs]

    public = public_examples(args.public, rng) if args.public else []
    replay = data.saf(args.public / "saf/train.jsonl") if args.public else []
    started = time.monotonic()
    state = {"step": 0, "tokens": 0}
    fits = (args.out / "fits.jsonl").open("w", encoding="utf-8")

    def progress(total_steps: float) -> float:
        done = (
            (time.monotonic() - started) / 60 / args.minutes if args.minutes else state["step"] / total_steps
        )
        return min(1.0, done)

    def run(examples: Sequence[Example], total_steps: float, label: str) -> None:
        recent: list[float] = []
        for batch in batches(packer, examples, rng, tokens=args.tokens):
            done = progress(total_steps)
            if done >= 1:
                return
            scale = min(1.0, state["step"] / 60) * max(0.0, 1 - done)
            ids, places, mask = collate(batch, packer.pad)
            logits, marks = model(ids, places, mask)
            loss = loss_of(logits, marks, batch)
            loss.backward()
            write_fits(fits, label, batch, logits.detach())
            for parameter, master in masters:
                master.grad = parameter.grad.float() if parameter.grad is not None else None
                parameter.grad = None
            torch.nn.utils.clip_grad_norm_([m for _, m in masters], 1.0)
            for group in optimiser.param_groups:
                group["lr"] = group["top"] * scale
            optimiser.step()
            with torch.no_grad():
                for parameter, master in masters:
                    parameter.copy_(master)
            recent.append(float(loss.detach()))
            state["step"] += 1
            state["tokens"] += int(mask.sum())
            if state["step"] % 25 == 0:
                seconds = time.monotonic() - started
                print(
                    f"{label} step {state['step']} done {done:.3f} loss {sum(recent) / len(recent):.4f} "
                    f"{state['tokens'] / seconds:.0f} tokens/s {seconds / 60:.1f} min",
                    flush=True,
                )
                recent.clear()

    def save(name: str, held: Sequence[Example]) -> None:
        weights = {k: v.float() for k, v in model.state_dict().items()}
        exact = {id(parameter): master for parameter, master in masters}
        weights.update({key: exact.get(id(p), p).float() for key, p in model.named_parameters()})
        torch.save(weights, args.out / f"{name}.pt")
        if held:
            print(f"== {name}: {report(held, predict(model, packer, held)[0])}", flush=True)

    def graded() -> tuple[list[Example], list[Example]]:
        kept = {question for f in args.graded for question in data.held_out(f)}
        train, held = split([e for f in args.graded for e in data.graded(f)], kept)
        refs = [e for f in args.graded for e in data.references(f) if e.question_id not in kept]
        return train + refs, held

    train, held = graded()
    per_epoch = sum(1 for _ in batches(packer, train, random.Random(0), tokens=args.tokens)) * 1.3
    first = [] if args.resume else public
    total = per_epoch * args.epochs + sum(
        1 for _ in batches(packer, first, random.Random(0), tokens=args.tokens)
    )
    print(
        f"{len(train)} graded, {len(held)} held out, {len(public)} public, about {total:.0f} steps",
        flush=True,
    )
    (args.out / "config.json").write_text(json.dumps({k: str(v) for k, v in vars(args).items()}, indent=1))
    if first:
        run([data.shuffled(e, rng) for e in first], total, "public")
        save("public", held)
    epoch = 0
    while progress(total) < 1:
        epoch += 1
        train, held = graded()  # read again: answers written while the run goes on join it
        mixed = list(data.with_foreign_points(train, share=0.3, seed=args.seed + epoch))
        mixed = [rules.with_negated_points(e, rng) if rng.random() < 0.35 else e for e in mixed]
        mixed = [data.shuffled(e, rng, drop=0.1 if rng.random() < 0.3 else 0.0) for e in mixed]
        mixed = [replace(e, answer=rules.typos(e.answer, rng)) if rng.random() < 0.08 else e for e in mixed]
        mixed += rules.composed_set(train, rng, len(train) // 8)
        if replay:
            mixed += rng.sample(replay, len(replay) // 3)
            mixed += rng.sample(public, len(public) // 10)
        run(mixed, total, f"graded {epoch}")
        save("last", held)
    print(f"steps {state['step']} tokens {state['tokens']} minutes {(time.monotonic() - started) / 60:.1f}")


if __name__ == "__main__":
    main()
