"""`python3 -m tests [pytest options]`: run the tests, also in a fresh clone with nothing installed yet."""

import sys
from pathlib import Path

from bot.bootstrap import ensure


def run() -> None:
    """Set up if need be, then hand over to pytest."""
    root = Path(__file__).resolve().parents[1]
    ensure(root, "tests", sys.argv[1:], extra="dev")
    import pytest

    sys.exit(pytest.main(["--rootdir", str(root), *sys.argv[1:]]))


if __name__ == "__main__":
    run()
