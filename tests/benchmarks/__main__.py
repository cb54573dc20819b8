"""`python -m tests.benchmarks [NAME ...]`: the figures of speed and size in the README, on this machine.

The names are those of the functions below; without one, everything is measured.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import metadata
from itertools import islice, permutations
from pathlib import Path
from typing import Any

from tests.benchmarks.load import PEOPLE, SECONDS, load
from tests.benchmarks.worst import worst

ROOT = Path(__file__).parents[2]
REPEATS = 5
PROJECT = "interview-practice-bot"

# 100 words, from which answers are made that differ in their order, so that nothing can be remembered.
ANSWER = (
    "Containers share the kernel of the host while a virtual machine boots a whole guest system of its own.",
    "That is why a container starts in well under a second and a machine needs several long minutes.",
    "An image packs the application with its libraries so it runs the same on every laptop and server.",
    "Isolation is weaker because it rests on namespaces and control groups instead of a hypervisor below.",
    "Images are measured in megabytes where disks of machines are measured in gigabytes most of the time.",
    "Speed is close to native since no hardware is emulated, storage apart.",
)


def main() -> None:
    """Measure everything and print one line a figure."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name, measure in (
        ("size of site-packages without extras", site_packages),
        ("practice session", session),
        ("one grade on one core", one_grade),
        ("corpus of 10,000 questions in 500 files", large_corpus),
        ("hostile answers and question files", worst),
        (f"{PEOPLE} people answering on Discord within {SECONDS:.0f} s", discord),
    ):
        if sys.argv[1:] and measure.__name__ not in sys.argv[1:]:
            continue
        print(f"\n{name}")
        for figure, value in measure():
            print(f"  {figure:<52} {value}", flush=True)


def site_packages() -> Iterator[tuple[str, str]]:
    """Add up the files of this project and of all it requires."""
    from packaging.requirements import Requirement

    sizes: dict[str, int] = {}
    waiting = [PROJECT]
    while waiting:
        name = waiting.pop()
        if name in sizes:
            continue
        found = metadata.distribution(name)
        files = [Path(str(found.locate_file(file))) for file in found.files or []]
        sizes[name] = sum(file.stat().st_size for file in files if file.is_file())
        needs = (Requirement(text) for text in found.requires or [])
        waiting += [need.name for need in needs if not need.marker or need.marker.evaluate({"extra": ""})]
    ours = [file for name in ("bot", "questions", "grader") for file in (ROOT / name).rglob("*")]
    sizes[PROJECT] = sum(
        file.stat().st_size for file in ours if file.is_file() and "training" not in file.parts
    )
    yield "all", f"{sum(sizes.values()) / 1e6:.0f} MB"
    for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:5]:
        yield f"  {name}", f"{size / 1e6:.0f} MB"


def session() -> Iterator[tuple[str, str]]:
    """Start the program, answer its first question at once, and end."""
    runs = [_one_session() for _ in range(REPEATS + 1)][1:]
    first, mark, memory = (statistics.median(values) for values in zip(*runs, strict=True))
    yield "first question on screen after", f"{first:.2f} s"
    yield "mark of an answer sent at once, after", f"{mark:.2f} s"
    yield "peak memory", f"{memory:.0f} MB"


def _one_session() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "INTERVIEW_DATABASE": f"{folder}/interview.db",
            "PYTHONUNBUFFERED": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "--count", "1", "--topic", "docker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
        )
        assert process.stdin
        assert process.stdout
        first = _seconds_until("points ─", process.stdout, began)
        process.stdin.write(f"{' '.join(ANSWER)}\n.\n".encode())
        process.stdin.flush()
        mark = _seconds_until(" / 100", process.stdout, began)
        process.stdin.close()
        process.stdout.read()
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        # Linux counts in kilobytes, macOS in bytes.
        return first, mark, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def _seconds_until(text: str, stream: Any, began: float) -> float:
    for line in stream:
        if text in line.decode():
            return time.perf_counter() - began
    raise SystemExit(f"the program ended without {text!r}")


def one_grade() -> Iterator[tuple[str, str]]:
    """Grade answers of 100 words to a question of 6 points, and run the same tokens without the grader."""
    from grader.grade import load_grader
    from questions.load import bundled_path, load_bank

    if hasattr(os, "sched_setaffinity"):
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(before)})
    bank = load_bank(bundled_path())
    question = next(each for each in bank.values() if len(each.key_points) == 6)
    answers = [" ".join(ANSWER[turn:] + ANSWER[:turn]) for turn in range(len(ANSWER))]
    assert all(len(answer.split()) == 100 for answer in answers)
    began = time.perf_counter()
    grader = load_grader()
    loading = time.perf_counter() - began
    grader.prepare(question)
    grader.grade(question, "Warm up with other words than those that are measured.")
    whole, bare = [], []
    for _ in range(REPEATS):
        for answer in answers:
            with _recorded() as calls:
                grader.grade(question, answer)
            whole.append(_seconds(partial(grader.grade, question, answer)))
            bare.append(_seconds(partial(_run_all, calls)))
    median, alone = statistics.median(whole), statistics.median(bare)
    yield "loading the grader", f"{loading:.2f} s"
    yield f"median of {len(whole)} grades (100 words, 6 points)", f"{median * 1000:.1f} ms"
    yield "the bare ONNX session on the same tokens", f"{alone * 1000:.1f} ms"
    yield "ratio", f"{median / alone:.2f}"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, before)


@contextmanager
def _recorded() -> Iterator[list[Callable[[], Any]]]:
    """Collect every run of an ONNX session, to be run again without what is around it."""
    from onnxruntime import InferenceSession

    calls: list[Callable[[], Any]] = []
    run = InferenceSession.run

    def record(self: Any, *args: Any, **options: Any) -> Any:
        calls.append(lambda: run(self, *args, **options))
        return run(self, *args, **options)

    InferenceSession.run = record
    try:
        yield calls
    finally:
        InferenceSession.run = run


def _run_all(calls: Sequence[Callable[[], Any]]) -> None:
    for call in calls:
        call()


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def discord() -> Iterator[tuple[str, str]]:
    """Answer in words that nobody else uses in that order, so that no grade can be remembered."""
    return load([" ".join(sentences) for sentences in islice(permutations(ANSWER), PEOPLE)])


def large_corpus() -> Iterator[tuple[str, str]]:
    """Load a made-up corpus the first time and again, each time in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number in range(500):
            corpus.joinpath(f"topic-{number}.md").write_text(_corpus_file(number), encoding="utf-8")
        load = (
            "import time, json, sys; from pathlib import Path; from questions.load import load_bank\n"
            "if __name__ == '__main__':\n"
            "    began = time.perf_counter(); bank = load_bank(Path(sys.argv[1]))\n"
            "    print(json.dumps([len(bank), time.perf_counter() - began]))\n"
        )
        script = Path(folder, "load.py")
        script.write_text(load)
        environment = {**os.environ, "XDG_CACHE_HOME": f"{folder}/cache", "PYTHONPATH": str(ROOT)}
        for name in ("first load", "later load"):
            done = subprocess.run(
                [sys.executable, str(script), str(corpus)],
                capture_output=True,
                check=True,
                text=True,
                env=environment,
            )
            count, seconds = json.loads(done.stdout)
            assert count == 10_000
            yield name, f"{seconds:.2f} s"


def _corpus_file(number: int) -> str:
    parts = [f"---\ntitle: Topic {number}\n---\n\n# Topic {number}\n\n## Interview Questions\n"]
    for place in range(20):
        if place % 10 == 0:
            parts.append(f"### {'Fundamental' if place == 0 else 'Advanced'} Questions\n")
        name = f"component {number}-{place}"
        parts.append(
            f"#### Q{place + 1}: What does {name} do?\n\n**Answer:**\n\n"
            f"{name.capitalize()} routes requests to the workers. It keeps a queue for each of them.\n\n"
            f"- **Start**: {name} reads its settings and opens port {8000 + place}\n"
            f"- **Stop**: {name} drains its queue before it ends, which takes {place + 1} seconds\n\n"
            f"```bash\nservice-{number} --port {8000 + place}   # opens the port\n"
            f"service-{number} drain                # empties the queue\n```\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    main()
