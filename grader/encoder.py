"""Texts to unit vectors: the shipped ONNX model, or any Sentence Transformers model by name."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.errors import GraderError

WEIGHTS = Path(__file__).resolve().parent / "weights" / "encoder"


class Encoder(Protocol):
    """Maps texts to vectors of length 1. A text's vector depends on nothing but that text."""

    @property
    def name(self) -> str:
        """Identifies the weights, for stored grades."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row per text: float32, shape (len(texts), dimensions), each row of norm 1."""
        ...


class OnnxEncoder:
    """The encoder of a folder that `grader.training.export_encoder` wrote.

    Every text is run alone, on one core: its vector is the same bits whatever else is encoded and
    however many `threads` share the texts out. `batch` sizes don't exist, so padding doesn't either.
    Raises `GraderError` where the folder holds no usable model.
    """

    def __init__(self, folder: Path = WEIGHTS, *, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self.name: str = config["name"]
            self._dimensions: int = config["dimensions"]
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise bare Exceptions of their own
            raise GraderError(f"No usable encoder in {folder}: {error}. Reinstall the package.") from error
        self._threads = threads

    def tokens(self, text: str) -> NDArray[np.int64]:
        """Return the token ids of `text`, shape (1, n), n at most 256."""
        return np.array([self._tokenizer.encode(text).ids], dtype=np.int64)

    def run(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the unit vector, shape (dimensions,), of one text's token ids, shape (1, n)."""
        inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        outputs: Any = self._session.run(["sentence_embedding"], inputs)
        vector: NDArray[np.float32] = outputs[0][0]
        return vector

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row per text: float32, shape (len(texts), 384), each row of norm 1."""
        if not texts:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        tokens = [self.tokens(text) for text in texts]
        if self._threads == 1 or len(texts) == 1:
            return np.stack([self.run(ids) for ids in tokens])
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self.run, tokens)))


class SentenceTransformerEncoder:
    """Any Sentence Transformers model, by name or folder. Needs the extra `[sentence-transformers]`.

    Texts are encoded one at a time, so that a mark does not depend on the batch.
    Raises `GraderError` where the extra or the model is missing.
    """

    def __init__(self, name: str, *, threads: int = 1) -> None:
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise GraderError(
                f"INTERVIEW_ENCODER={name} needs the extra [sentence-transformers]: run"
                " pip install -e '.[sentence-transformers]' in the clone, or unset it."
            ) from error
        torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise GraderError(
                f"INTERVIEW_ENCODER={name} can't be loaded ({reason}). Name a Sentence Transformers model "
                "or its folder, or unset it to use the shipped model."
            ) from error
        self.name = Path(name).name

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row per text: float32, shape (len(texts), dimensions), each row of norm 1."""
        if not texts:
            return np.zeros((0, self._model.get_embedding_dimension() or 0), dtype=np.float32)
        rows: NDArray[np.float32] = self._model.encode(
            list(texts), batch_size=1, normalize_embeddings=True, show_progress_bar=False
        )
        return rows.astype(np.float32, copy=False)


def load_encoder(name: str | None = None, *, threads: int = 1) -> Encoder:
    """Return the shipped encoder, or the Sentence Transformers model `name` (a name or a folder)."""
    return SentenceTransformerEncoder(name, threads=threads) if name else OnnxEncoder(threads=threads)
