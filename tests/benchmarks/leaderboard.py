"""`python -m tests.benchmarks.leaderboard`: leaderboards over a million answers, and what a mark costs."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.leaderboard import Leaderboard, Period
from bot.store import Store

ANSWERS, PEOPLE, QUESTIONS, TOPICS = 1_000_000, 20_000, 2_000, 20
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SERVER = "discord:1"
REPEATS = 50


def main() -> None:
    """Fill a database with answers of one year on one server and print one line a figure."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "i.db")) as store:
        print(f"{ANSWERS:,} answers by {PEOPLE:,} people on one server")
        _fill(store)
        board = Leaderboard(store, lambda: NOW)
        began = time.perf_counter()
        board.rebuild(SERVER)
        print(f"  making all standings anew                  {time.perf_counter() - began:.1f} s")
        person = f"discord:{PEOPLE // 2}"
        for period in Period:
            shown = board.table(SERVER, person, period=period)
            _report(
                f"leaderboard, {period}, {shown.people:,} people",
                partial(board.table, SERVER, person, period=period),
            )
        _report(
            "leaderboard, all, one topic",
            lambda: board.table(SERVER, person, period=Period.ALL, topic="topic 3"),
        )
        _report("improvement", lambda: board.improvement(SERVER, person))
        _report("bringing one person's standings up to date", lambda: board.record(person, SERVER, NOW))


def _fill(store: Store) -> None:
    draw = random.Random(1)
    with store.writing():
        _many(store, "INSERT INTO guilds (id, created_at) VALUES (?, '')", [(SERVER,)])
        _many(
            store,
            "INSERT INTO people (id, created_at) VALUES (?, '')",
            ((f"discord:{number}",) for number in range(PEOPLE)),
        )
        _many(
            store,
            "INSERT INTO questions (id, corpus, topic, hash, points) VALUES (?, '', ?, '', '[]')",
            ((f"question {number}", f"topic {number % TOPICS}") for number in range(QUESTIONS)),
        )
        _many(
            store,
            "INSERT INTO attempts (person, question, question_hash, answer, score, sure, model, at, guild)"
            " VALUES (?, ?, '', 'an answer', ?, 1, 'm', ?, ?)",
            (
                (
                    f"discord:{int(PEOPLE * draw.random() ** 2)}",
                    f"question {draw.randrange(QUESTIONS)}",
                    draw.randrange(101),
                    (NOW - timedelta(seconds=draw.randrange(365 * 86400))).isoformat(timespec="seconds"),
                    SERVER,
                )
                for _ in range(ANSWERS)
            ),
        )


def _many(store: Store, sql: str, rows: object) -> None:
    store._db.conn.executemany(sql, rows)  # type: ignore[arg-type]


def _report(name: str, do: Callable[[], object]) -> None:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        do()
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    print(f"  {name:<42} median {statistics.median(times):.1f} ms, worst {times[-1]:.1f} ms", flush=True)


if __name__ == "__main__":
    main()
