"""How far a shipped model's marks agree with those in `data/dev`, as `interview evaluate` measured it."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "weights" / "agreement.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """Agreement on `answers` to `questions` that the model was not fitted on.

    `pearson` and `kappa` (quadratic-weighted, five bands) are at most 1; `mae` is in marks (0 to 100).
    """

    answers: int
    questions: int
    pearson: float
    kappa: float
    mae: float


def measured(model: str) -> Measured | None:
    """Return what was measured of a model, by its name; None where nothing was."""
    found = json.loads(FILE.read_text(encoding="utf-8")).get(model)
    return Measured(**found) if found else None
