"""The worst answers and corpora beside ordinary ones of the same size."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from grader.cross_encoder import WEIGHTS
from grader.grade import Judge, load_grader
from questions import doctor, markdown
from questions.load import bundled_path, load_bank
from tests.hostile import ANSWERS, CORPORA, Shape

ANSWER, CORPUS = 4_000, 1_000_000  # characters, bytes
HONEST = 500
REPEATS = 2
ENOUGH = 1.0  # seconds; what takes longer is measured once
SHOWN = 5


def worst() -> Iterator[tuple[str, str]]:
    """Compare hostile texts with ordinary ones, in processor time."""
    yield from answers("small")
    if (WEIGHTS / "model.onnx").exists():
        yield from answers("trained")
    yield from corpora()


def answers(judge: Judge) -> Iterator[tuple[str, str]]:
    """Grade one answer of each shape, and what the bundled references say, to a question of six points."""
    bank = load_bank(bundled_path())
    question = next(each for each in bank.values() if len(each.key_points) == 6)
    said = "\n\n".join(each.reference for each in bank.values() if each.topic != question.topic)
    grader = load_grader(judge=judge)
    grader.prepare(question)
    grade = partial(grader.grade, question)
    # Several, because how much an ordinary answer takes depends on its words.
    ordinary = statistics.median(
        _seconds(partial(grade, said[at : at + ANSWER])) for at in range(0, 5 * ANSWER, ANSWER)
    )
    yield f"an ordinary answer of {ANSWER:,} characters, {judge}", f"{1000 * ordinary:.0f} ms"

    def after_an_honest_start(text: str) -> None:
        grade(f"{said[:HONEST]}\n\n{text[: ANSWER - HONEST - 2]}")

    yield from _compared(ordinary, ANSWERS, ANSWER, grade)
    yield f"after {HONEST} ordinary characters, so that no gate stops them", ""
    yield from _compared(ordinary, ANSWERS, ANSWER, after_an_honest_start)


def corpora() -> Iterator[tuple[str, str]]:
    """Check one file of each shape, as `/bank check` does, and one of the bundled questions."""
    files = sorted(bundled_path().glob("*.md"))
    bodies = [file.read_text(encoding="utf-8").partition("\n---\n")[2] for file in files]
    ordinary = "".join(bodies * 2).encode()[:CORPUS].decode(errors="ignore")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "questions.md")

        def check(text: str) -> None:
            markdown.plain.cache_clear()
            file.write_bytes(text.encode()[:CORPUS].decode(errors="ignore").encode())
            doctor.check(file)

        seconds = _seconds(partial(check, ordinary))
        yield f"an ordinary file of {CORPUS / 1e6:.0f} MB", f"{seconds:.2f} s"
        yield from _compared(seconds, CORPORA, CORPUS, check)


def _compared(
    ordinary: float, shapes: Mapping[str, Shape], size: int, do: Callable[[str], object]
) -> Iterator[tuple[str, str]]:
    taken = {name: _seconds(partial(do, shape(size))) / ordinary for name, shape in shapes.items()}
    slowest = sorted(taken, key=lambda name: -taken[name])
    for name in slowest[:SHOWN]:
        yield f"  {name}", f"{taken[name]:.1f} times as long"
    yield f"  {len(taken)} shapes, over 10 times as long", str(sum(ratio > 10 for ratio in taken.values()))


def _seconds(do: Callable[[], object]) -> float:
    taken: list[float] = []
    while len(taken) < REPEATS and sum(taken) < ENOUGH:
        began = time.process_time()
        do()
        taken.append(time.process_time() - began)
    return min(taken)
