"""`python3 -m bot`: the command line, also in a fresh clone where nothing is installed yet."""

import sys
from pathlib import Path

from bot.bootstrap import ensure


def run() -> None:
    """Set up if need be, then hand over to the command line."""
    ensure(Path(__file__).resolve().parents[1], "bot", sys.argv[1:])
    from bot.cli import main

    main()


if __name__ == "__main__":
    run()
