"""From data folders to shipped weights: `python -m grader.training --help`.

Trains the verifier, exports it to 8 bits and calibrates it on the questions that training held out:
`train_verifier`, `export_verifier` and `calibrate`, one after the other, with the same options.
"""

import argparse
from pathlib import Path

from grader.training import calibrate, export_verifier, train_verifier


def main() -> None:
    """Read the command line and do all three steps."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    train_verifier.add_options(parser)
    parser.add_argument("--name", required=True, help="version of these weights, stored with every grade")
    parser.add_argument("--target", type=Path, default=export_verifier.TARGET)
    args = parser.parse_args()
    training = train_verifier.Training(train_verifier.recipe_of(args))
    training.run()
    export_verifier.export(args.base, args.out / "last.pt", args.layers, args.target, args.name)
    calibrate.write_for(args.graded, args.target)


if __name__ == "__main__":
    main()
