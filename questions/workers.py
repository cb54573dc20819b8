"""Reading many files at once: shares go to processes of their own, since parsing holds the lock."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from questions import licences
from questions.models import Reading
from questions.reading import read

_WORTHWHILE = 1_500_000  # bytes; below, a process takes longer to start than it saves
_MOST_PROCESSES = 4
_READINGS = TypeAdapter(list[Reading])


def read_all(files: Sequence[tuple[Path, bytes]], root: Path) -> list[Reading]:
    """Read files, given with their content, in their order; in several processes where that is faster."""
    licence = licences.find(root)
    wanted = min(_processors(), _MOST_PROCESSES, 1 + sum(len(content) for _, content in files) // _WORTHWHILE)
    shares = [files[start::wanted] for start in range(wanted)]
    workers = [_start(share, root, licence) for share in shares[1:]]
    done = [[read(content, file, root, licence) for file, content in shares[0]]]
    for worker, share in zip(workers, shares[1:], strict=True):
        collected = _collect(worker, len(share))
        done.append(collected or [read(content, file, root, licence) for file, content in share])
    return [done[index % wanted][index // wanted] for index in range(len(files))]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(
    share: Sequence[tuple[Path, bytes]], root: Path, licence: str | None
) -> subprocess.Popen[bytes] | None:
    """Start a process that reads a share of the files, or return None where none can be started."""
    # -P and this package's own place: a folder named `questions` in the current folder is never run.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    try:
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "questions.workers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    except (OSError, ValueError):
        return None
    assert worker.stdin is not None
    try:
        with worker.stdin as pipe:
            header = [str(root), licence, *((str(file), len(content)) for file, content in share)]
            pipe.write(json.dumps(header).encode() + b"\n")
            pipe.writelines(content for _, content in share)
    except OSError:
        worker.kill()
    worker.stdin = None
    return worker


def _collect(worker: subprocess.Popen[bytes] | None, count: int) -> list[Reading] | None:
    """Return a process's readings, or None when it failed."""
    if worker is None:
        return None
    output, _ = worker.communicate()
    try:
        readings = _READINGS.validate_json(output)
    except ValidationError:
        return None
    return readings if worker.returncode == 0 and len(readings) == count else None


def main() -> None:
    """Read the files given on stdin (a JSON line of names and sizes, then content) as JSON."""
    root, licence, *names = json.loads(sys.stdin.buffer.readline())
    contents = [(Path(name), sys.stdin.buffer.read(size)) for name, size in names]
    readings = [read(content, file, Path(root), licence) for file, content in contents]
    sys.stdout.buffer.write(_READINGS.dump_json(readings, exclude_defaults=True))


if __name__ == "__main__":
    main()
