"""`python3 -m bot`: the command line, also in a fresh clone where nothing is installed yet."""

import sys
from pathlib import Path

from bot.bootstrap import ensure


def run() -> None:
    """Set up if need be, then hand over to the command line."""
    try:
        command = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), None)
        extra = "discord" if command in ("run", "invite") else None
        ensure(Path(__file__).resolve().parents[1], "bot", sys.argv[1:], extra)
    except KeyboardInterrupt:
        sys.exit(130)
    start()


def start() -> None:
    """Hand over to the command line; Ctrl-C while it is being loaded ends without a traceback, too."""
    try:
        from bot.cli import main

        main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
