"""Train the verifier: `python -m grader.training.train_verifier --help`.

First the public examples (what follows from a text, what contradicts it), then our graded answers with a
replay of the public ones. One learning-rate schedule over the whole run: warm-up, then linear to zero.
Weights are kept in bfloat16 for the passes and in float32 for the optimiser, which makes a step about
twice as fast as float32 on a processor with AVX512-BF16 and loses nothing that we could measure.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 (the name torch's own documentation uses)
from tokenizers import Tokenizer
from torch import Tensor

from grader import agreement
from grader.packing import Packer, Pass
from grader.score import by_verdict, expected
from grader.training import data, edits, mixture, wordings
from grader.training.data import LABELS, UNCOVERED, Example
from grader.training.model import OnePassVerifier, from_base
from grader.training.optimiser import WARM_UP, MasterWeights

CONTRADICTED_WEIGHT = 1.5
PARTS = 4
"""Parts of an epoch, between which the weights are saved and the graded answers read again."""


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


def write_fits(out: Path, label: str, batch: Sequence[tuple[Example, Pass]], logits: Tensor) -> None:
    """Write how well each label of our own answers was met, to look for wrong labels among the worst."""
    with out.open("a", encoding="utf-8") as lines:
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
                lines.write(json.dumps(said) + "\n")


@torch.no_grad()
def predict(model: OnePassVerifier, packer: Packer, examples: Sequence[Example]) -> list[list[list[float]]]:
    """Probabilities [example][point][4], by the window that is least likely to miss the point."""
    model.eval()
    probabilities: list[list[list[float]]] = []
    for example in examples:
        points: dict[int, list[float]] = {}
        for one in packer.pack(example.question, example.points, example.answer):
            ids, places, _ = collate([(example, one)], packer.pad)
            logits, _ = model(ids, places)
            for column, i in enumerate(one.points):
                p = torch.softmax(logits[0, column], dim=-1).tolist()
                if i not in points or p[2] < points[i][2]:
                    points[i] = p
        probabilities.append([points[i] for i in range(len(example.points))])
    model.train()
    return probabilities


def report(examples: Sequence[Example], probabilities: Sequence[Sequence[Sequence[float]]]) -> str:
    """One line of agreement: covered kappa, contradicted precision and recall, correlation with the mark."""
    gold = [label for e in examples for label in e.labels]
    said = [max(range(4), key=lambda k, p=p: p[k]) for ps in probabilities for p in ps]  # type: ignore[misc]
    right = sum(g == s for g, s in zip(gold, said, strict=True)) / len(gold)
    kappa = agreement.kappa([g == 0 for g in gold], [s == 0 for s in said])
    precision, recall = agreement.precision_recall([g == 3 for g in gold], [s == 3 for s in said])
    marked = [(e, ps) for e, ps in zip(examples, probabilities, strict=True) if e.mark is not None]
    earned = [
        expected([(weight, by_verdict(p)) for weight, p in zip(e.weights or (1,) * len(ps), ps, strict=True)])
        for e, ps in marked
    ]
    pearson = agreement.pearson([e.mark or 0.0 for e, _ in marked], earned)
    return (
        f"labels {right:.3f} covered kappa {kappa:.3f} contradicted P {precision:.2f} R {recall:.2f} "
        f"mark r {pearson:.3f}"
    )


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run depends on besides the machine; `add_options` says what each field means."""

    base: Path
    graded: Sequence[Path]
    out: Path
    public: Path | None
    layers: int | None
    frozen: int
    epochs: float
    minutes: float | None
    rate: float
    decay: float
    tokens: int
    seed: int
    first: int | None
    resume: Path | None


class Training:
    """One run: a learning-rate schedule over steps or minutes, and what it has done so far."""

    def __init__(self, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.rng = random.Random(recipe.seed)
        self.packer = Packer(Tokenizer.from_file(str(recipe.base / "tokenizer.json")))
        self.model = from_base(recipe.base, layers=recipe.layers)
        if recipe.resume:
            self.model.load_state_dict(torch.load(recipe.resume))
        self.model.base.embeddings.requires_grad_(False)
        self.model.base.encoder.layer[: recipe.frozen].requires_grad_(False)
        self.model.to(torch.bfloat16)
        self.weights = MasterWeights(self.model, rate=recipe.rate, decay=recipe.decay)
        recipe.out.mkdir(parents=True, exist_ok=True)
        (recipe.out / "config.json").write_text(json.dumps(asdict(recipe), indent=1, default=str))
        self.fits = recipe.out / "fits.jsonl"
        self.fits.unlink(missing_ok=True)
        self.started = time.monotonic()
        self.steps = 0
        self.seen = 0
        self.total = 1.0

    def run(self) -> None:
        """Train: public examples first, then epochs of graded answers until the schedule ends."""
        recipe = self.recipe
        public = mixture.public_examples(recipe.public, self.rng) if recipe.public else []
        scored = data.saf(recipe.public / "saf/train.jsonl") if recipe.public else []
        first = [data.shuffled(e, self.rng) for e in public[: recipe.first]]
        train, held = mixture.graded(recipe.graded)
        self.total = self._batches(first) + recipe.epochs * self._batches(
            self._epoch(train, public, scored, random.Random(0), seed=0)
        )
        print(f"{len(train)} graded, {len(held)} held out, {len(public)} public, {self.total:.0f} steps")
        if first:
            self._pass(first, "public")
            self._save("public", held)
        read = 0
        while self._done() < 1:
            epoch, number = divmod(read, PARTS)
            seed = recipe.seed + epoch
            train, held = mixture.graded(recipe.graded)  # again: answers written meanwhile join the run
            graded, replayed, rated = (
                mixture.part(some, number, PARTS, seed=seed) for some in (train, public, scored)
            )
            examples = self._epoch(graded, replayed, rated, self.rng, seed=seed * PARTS + number)
            self._pass(examples, f"graded {epoch + 1}.{number + 1}")
            read += 1
            self._save("last", held if read % PARTS == 0 or self._done() >= 1 else [])
        print(f"steps {self.steps} tokens {self.seen} minutes {self._minutes():.1f}")

    def _epoch(
        self,
        train: Sequence[Example],
        public: Sequence[Example],
        scored: Sequence[Example],
        rng: random.Random,
        *,
        seed: int,
    ) -> list[Example]:
        folders = self.recipe.graded
        changes = {base: some for folder in folders for base, some in edits.read(folder).items()}
        words = {point: some for folder in folders for point, some in wordings.read(folder).items()}
        return mixture.epoch(train, changes, words, public, scored, rng, seed=seed)

    def _minutes(self) -> float:
        return (time.monotonic() - self.started) / 60

    def _done(self) -> float:
        minutes = self.recipe.minutes
        return min(1.0, self._minutes() / minutes if minutes else self.steps / self.total)

    def _batches(self, examples: Sequence[Example]) -> int:
        return sum(1 for _ in batches(self.packer, examples, random.Random(0), tokens=self.recipe.tokens))

    def _pass(self, examples: Sequence[Example], label: str) -> None:
        losses: list[float] = []
        for batch in batches(self.packer, examples, self.rng, tokens=self.recipe.tokens):
            done = self._done()
            if done >= 1:
                return
            ids, places, mask = collate(batch, self.packer.pad)
            logits, marks = self.model(ids, places, mask)
            loss = loss_of(logits, marks, batch)
            loss.backward()
            self.weights.step(min(1.0, self.steps / WARM_UP) * (1 - done))
            write_fits(self.fits, label, batch, logits.detach())
            losses.append(float(loss.detach()))
            self.steps += 1
            self.seen += int(mask.sum())
            if self.steps % 25 == 0:
                print(
                    f"{label} step {self.steps} done {done:.3f} loss {sum(losses) / len(losses):.4f} "
                    f"{self.seen / self._minutes() / 60:.0f} tokens/s {self._minutes():.1f} min",
                    flush=True,
                )
                losses.clear()

    def _save(self, name: str, held: Sequence[Example]) -> None:
        torch.save(self.weights.state_dict(), self.recipe.out / f"{name}.pt")
        if held:
            said = report(held, predict(self.model, self.packer, held))
            print(f"== {name}: {said}", flush=True)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the fields of `Recipe` to a command line."""
    add = parser.add_argument
    add("--base", type=Path, required=True, help="folder of a Sentence Transformers model (MPNet)")
    add("--graded", type=Path, nargs="+", required=True, help="folders with our graded answers")
    add("--public", type=Path, help="folder of the public sets")
    add("--out", type=Path, required=True, help="where weights, configuration and fits go")
    add("--layers", type=int, help="lowest layers of the base to keep")
    add("--frozen", type=int, default=0, help="lowest layers to leave as they are")
    add("--epochs", type=float, default=3.0, help="epochs over the graded answers")
    add("--minutes", type=float, help="let the schedule follow the clock instead of --epochs")
    add("--rate", type=float, default=4e-5, help="top learning rate")
    add("--decay", type=float, default=0.93, help="factor of the rate from layer to layer downwards")
    add("--tokens", type=int, default=2400, help="padded tokens in a batch")
    add("--seed", type=int, default=7)
    add("--first", type=int, help="how many of the public examples come before the graded ones (all)")
    add("--resume", type=Path, help="weights to start from")


def recipe_of(args: argparse.Namespace) -> Recipe:
    """Return the recipe that a command line with `add_options` asks for."""
    return Recipe(**{field.name: getattr(args, field.name) for field in fields(Recipe)})


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser)
    Training(recipe_of(parser.parse_args())).run()


if __name__ == "__main__":
    main()
