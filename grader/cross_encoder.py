"""The trained verifier: one pass of a cross-encoder over question, key points and answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader import evidence
from grader.encoder import Encoder
from grader.errors import GraderError
from grader.models import Span, Verdict
from grader.packing import Packer, Pass
from grader.score import Curve
from grader.statements import split
from grader.verifier import Judgement
from questions.models import KeyPoint, Question

WEIGHTS = Path(__file__).resolve().parent / "weights" / "verifier"
EVIDENCE_FLOOR = 0.25
"""Cosine under which no statement of the answer is shown as evidence."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Vector scaling of the logits, `logits / temperature + bias`, then softmax (Guo et al. 2017).

    Fitted on held-out questions by `grader.training.calibrate`; `curve` maps expected credit to marks.
    """

    temperature: float
    bias: NDArray[np.float64]
    curve: Curve

    def probabilities(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities, shape (points, 4) in the order of `Verdict`, of logits of that shape."""
        scaled = logits / self.temperature + self.bias
        exponents = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        shares: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
        return shares


def load_scaling(path: Path) -> Scaling:
    """Read a calibration that `grader.training.calibrate` wrote. Raises `GraderError`."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Scaling(
            temperature=float(data["temperature"]),
            bias=np.array(data["bias"], dtype=np.float64),
            curve=tuple((float(credit), float(mark)) for credit, mark in data["curve"]),
        )
    except (OSError, ValueError, KeyError) as error:
        raise GraderError(f"{path}: no usable calibration: {error}. Reinstall the package.") from error


def statement(point: KeyPoint) -> str:
    """Return the key point as the verifier reads it: one to avoid becomes the advice to avoid it."""
    return f"Avoid this: {point.text}" if point.avoid else point.text


class CrossEncoder:
    """The shipped ONNX cross-encoder: question, key points and answer in, verdict logits out.

    Each pass is run alone on one core, so that logits depend on nothing else that is graded.
    Raises `GraderError` where the folder holds no usable model.
    """

    def __init__(self, folder: Path = WEIGHTS) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self.name: str = json.loads((folder / "config.json").read_text(encoding="utf-8"))["name"]
            self._packer = Packer(Tokenizer.from_file(str(folder / "tokenizer.json")))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise bare Exceptions of their own
            raise GraderError(f"No usable verifier in {folder}: {error}. Reinstall the package.") from error

    def passes(self, question: Question, text: str) -> list[Pass]:
        """Return the passes that show every key point with every part of `text`."""
        return list(self._packer.pack(question.prompt, [statement(p) for p in question.key_points], text))

    def run(self, one: Pass) -> NDArray[np.float64]:
        """Return the logits at the pass's markers, shape (points of the pass, 4)."""
        ids = np.array([one.ids], dtype=np.int64)
        verdicts = self._session.run(["verdicts"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        logits: NDArray[np.float64] = np.asarray(verdicts)[0, list(one.markers)].astype(np.float64)
        return logits

    def logits(self, question: Question, text: str) -> NDArray[np.float64]:
        """Return the logits of each key point, shape (points, 4).

        Of several windows of a long answer, the one least likely to miss the point speaks for it.
        """
        result = np.zeros((len(question.key_points), len(Verdict)))
        missing = np.full(len(question.key_points), np.inf)
        column = list(Verdict).index(Verdict.MISSING)
        for one in self.passes(question, text):
            for point, row in zip(one.points, self.run(one), strict=True):
                share = float(row[column] - np.logaddexp.reduce(row))
                if share < missing[point]:
                    result[point], missing[point] = row, share
        return result


class TrainedVerifier:
    """Judges each key point by the cross-encoder; the bi-encoder finds the words that it speaks of."""

    def __init__(self, model: CrossEncoder, encoder: Encoder, scaling: Scaling) -> None:
        self._model = model
        self._encoder = encoder
        self._scaling = scaling
        self._vectors = lru_cache(maxsize=256)(self._encode_points)
        self.curve = scaling.curve
        self.name = model.name

    def prepare(self, question: Question) -> None:
        """Encode the key points ahead of the first answer."""
        self._vectors(question.key_points)

    def verify(self, items: Sequence[tuple[Question, str]]) -> list[tuple[Judgement, ...]]:
        """Return for each (question, text) one judgement per key point."""
        return [self._verify(question, text) for question, text in items]

    def _verify(self, question: Question, text: str) -> tuple[Judgement, ...]:
        shares = self._scaling.probabilities(self._model.logits(question, text))
        spans = self._evidence(question, text)
        return tuple(
            Judgement(dict(zip(Verdict, map(float, row), strict=True)), found)
            for row, found in zip(shares, spans, strict=True)
        )

    def _evidence(self, question: Question, text: str) -> list[tuple[Span, ...]]:
        statements = split(text)
        if not statements:
            return [()] * len(question.key_points)
        found = evidence.passages(self._encoder, statements)
        cosines = self._vectors(question.key_points) @ found.vectors.T
        best = cosines.argmax(axis=1)
        return [
            found.spans[column] if cosines[row, column] >= EVIDENCE_FLOOR else ()
            for row, column in enumerate(best)
        ]

    def _encode_points(self, key_points: tuple[KeyPoint, ...]) -> NDArray[np.float32]:
        return self._encoder.encode([point.text for point in key_points])


def load_verifier(encoder: Encoder, folder: Path = WEIGHTS) -> TrainedVerifier:
    """Return the shipped verifier. Raises `GraderError` where its files are missing or unusable."""
    return TrainedVerifier(CrossEncoder(folder), encoder, load_scaling(folder / "calibration.json"))
