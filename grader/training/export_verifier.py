"""Export the trained verifier to 8-bit ONNX: `python -m grader.training.export_verifier --help`."""

import argparse
import json
from pathlib import Path

from grader.packing import MAX_TOKENS
from grader.training.model import from_base
from grader.training.quantise import quantise

TARGET = Path(__file__).resolve().parent.parent / "weights" / "verifier"


def export(base: Path, weights: Path, layers: int | None, target: Path, name: str) -> None:
    """Write model.onnx, tokenizer.json and config.json for trained `weights` into `target`."""
    import onnx
    import torch
    from tokenizers import Tokenizer

    model = from_base(base, layers=layers)
    model.load_state_dict(torch.load(weights))
    model.eval()
    target.mkdir(parents=True, exist_ok=True)
    partial = target / "model.onnx.part"
    tokens = torch.export.Dim("tokens", min=2, max=MAX_TOKENS)
    places = torch.export.Dim("places", min=2, max=MAX_TOKENS)
    torch.onnx.export(
        model,
        (torch.full((1, 9), 2000), torch.tensor([[0, 2, 4, 6]])),
        partial,
        input_names=["input_ids", "places"],
        output_names=["verdicts", "mark"],
        dynamic_shapes=({1: tokens}, {1: places}),
        opset_version=20,
        external_data=False,
        dynamo=True,
    )
    onnx.save(quantise(onnx.load(partial)), partial)
    partial.replace(target / "model.onnx")

    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(target / "tokenizer.json"), pretty=False)
    config = {
        "name": name,
        "layers": layers,
        "max_tokens": MAX_TOKENS,
        "weights": "int8, MatMulNBits, block 128",
    }
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder of the Sentence Transformers base")
    parser.add_argument("--weights", type=Path, required=True, help="what train_verifier wrote")
    parser.add_argument("--layers", type=int, required=True)
    parser.add_argument("--name", required=True, help="version of these weights, stored with every grade")
    parser.add_argument("--target", type=Path, default=TARGET)
    args = parser.parse_args()
    export(args.base, args.weights, args.layers, args.target, args.name)


if __name__ == "__main__":
    main()
