"""`python -m tests.benchmarks.container IMAGE`: memory of the bot in its container over thousands of answers.

The image runs as compose.yaml has it, under 512 MB and one core, on the host's network, where a peer stands
in for Discord. Needs podman or docker, and a Linux whose /proc shows the container's processes.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from itertools import cycle, permutations
from pathlib import Path

from tests.benchmarks.__main__ import ANSWER
from tests.watching import free_port
from tests.wire.peer import TOKEN, Peer, running
from tests.wire.process import Bot
from tests.wire.world import Person, Seen

MEMORY, CORES = "512m", "1"
PEOPLE = 250  # so that nobody gives more answers within the hour than a server lets them
AT_A_TIME = 8
SETTLED = 1_000  # answers, after which memory may not grow
SAMPLES = 20
NAME = "interview-benchmark"


class Container(Bot):
    """The bot of an image, run by an engine as a process of ours."""

    def __init__(self, engine: str, image: str, peer: Peer, folder: Path, grader: str | None) -> None:
        super().__init__(peer, folder)
        self.engine = engine
        self.port = free_port()
        data = folder / "data"
        data.mkdir()
        data.chmod(0o777)  # the user of the image is none of this machine's
        settings = {
            "DISCORD_TOKEN": TOKEN,
            "INTERVIEW_DISCORD_API": peer.api_url,
            "INTERVIEW_DISCORD_GATEWAY": peer.gateway_url,
            "INTERVIEW_HEALTH_PORT": str(self.port),
            **({"INTERVIEW_GRADER": grader} if grader else {}),
        }
        self._command = (
            *(engine, "run", "--rm", "--name", NAME, "--pull=never", "--network=host"),
            *("--memory", MEMORY, "--cpus", CORES, "--pids-limit", "128"),
            *("--read-only", "--tmpfs", "/tmp:size=64m", "--cap-drop=ALL"),
            "--security-opt=no-new-privileges",
            *("--volume", f"{data}:/data"),
            *(part for item in settings.items() for part in ("--env", "=".join(item))),
            *(image, "run"),
        )

    def process(self) -> int:
        """Return the number of the bot's process on this machine."""
        found = subprocess.run(
            [self.engine, "inspect", "--format", "{{.State.Pid}}", NAME],
            capture_output=True,
            check=True,
            text=True,
        )
        return int(found.stdout)

    def metric(self, name: str) -> float:
        """Add up a metric over its labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics") as answer:
            text = answer.read().decode()
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE))


def main() -> None:
    """Let people answer, sample the memory, and print one line a figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.container")
    parser.add_argument("image")
    parser.add_argument("--engine", default="podman", help="podman or docker")
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--grader", help="INTERVIEW_GRADER; the image's default where it is left out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(given.engine, given.image, given.answers, given.grader, Path(folder)))


async def _measure(engine: str, image: str, answers: int, grader: str | None, folder: Path) -> None:
    # Without checks of the bodies, which would take the time of the bot on a small machine.
    async with running(validate=False) as peer:
        bot = Container(engine, image, peer, folder, grader)
        try:
            await bot.start()
            process = bot.process()
            _say("resident memory at the start", f"{_resident(process):.0f} MB")
            sizes, waited, seconds = await _answered(peer, process, answers)
            marked = int(bot.metric("interview_answers_graded_total"))
            errors = int(bot.metric("interview_errors_total"))
            limit = int(bot.metric("process_resident_memory_bytes") / 1e6)
            stopped = await bot.stop(30.0)
        except BaseException:
            print(bot.log[-3_000:], file=sys.stderr)
            raise
        finally:
            subprocess.run([engine, "rm", "--force", NAME], capture_output=True, check=False)
    settled = sizes[min(size for size in sizes if size >= min(SETTLED, answers))]
    later = [size for number, size in sizes.items() if number >= SETTLED] or [settled]
    _say("answers graded, a second", f"{answers / seconds:.1f}")
    _say("graded reply p50 / p99", " / ".join(f"{1000 * _at(waited, share):.0f} ms" for share in (50, 99)))
    _say("answers marked, lost, errors logged", f"{marked}, {answers - len(waited)}, {errors}")
    _say(f"resident memory after {SETTLED:,} answers", f"{settled:.0f} MB")
    _say("  at most afterwards, at the end", f"{max(later):.0f} MB, {later[-1]:.0f} MB")
    _say("  growth to the most, to the end", f"{_growth(settled, max(later))}, {_growth(settled, later[-1])}")
    _say("resident memory by its own metric", f"{limit} MB")
    _say("exit status when told to stop", str(stopped))


async def _answered(peer: Peer, process: int, answers: int) -> tuple[dict[int, float], list[float], float]:
    """Let all answer; return resident megabytes by number of answers, seconds waited, seconds taken."""
    words = cycle(" ".join(sentences) for sentences in permutations(ANSWER))
    people = [peer.world.person(number, f"person {number}") for number in range(1, PEOPLE + 1)]
    turns = iter([person for _ in range(-(-answers // PEOPLE)) for person in people][:answers])
    cards: dict[int, Seen] = {}
    waited: list[float] = []
    sizes: dict[int, float] = {}
    every = max(1, answers // SAMPLES)

    async def work() -> None:
        for person in turns:
            question = await _question(peer, person, cards.get(person.id))
            sent = await peer.answer(person, question, next(words))
            cards[person.id] = await sent.message(" / 100", 300)
            waited.append(asyncio.get_running_loop().time() - sent.sent)
            if len(waited) % every == 0 or len(waited) == SETTLED:
                sizes[len(waited)] = _resident(process)
                _say(f"  {len(waited):,} answers", f"{sizes[len(waited)]:.0f} MB")
            for old in (sent, sent.opener):
                if old is not None:
                    peer.world.interactions.pop(old.id, None)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_A_TIME)))
    return sizes, waited, time.perf_counter() - began


async def _question(peer: Peer, person: Person, card: Seen | None) -> Seen:
    asked = await (peer.press(person, card, "Next") if card else peer.slash(person, "practice"))
    await asked.until(lambda: asked.original and Seen(asked.original).buttons, "a question")
    return await asked.message()


def _resident(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024 / 1e6


def _at(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _growth(before: float, after: float) -> str:
    return f"{100 * (after / before - 1):+.1f} %"


def _say(figure: str, value: str) -> None:
    print(f"  {figure:<44} {value}", flush=True)


if __name__ == "__main__":
    main()
