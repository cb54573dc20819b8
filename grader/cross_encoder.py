"""The trained verifier: one pass of a cross-encoder over question, key points and answer."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader import similarity as near
from grader.encoder import Encoder
from grader.errors import GraderError
from grader.models import Span, Verdict
from grader.packing import Packer, Pass
from grader.similarity import Calibration, SimilarityVerifier, load_calibration
from grader.verifier import Judgement
from questions.models import KeyPoint, Question

WEIGHTS = Path(__file__).resolve().parent / "weights" / "verifier"
FEATURES = (*(f"log {verdict.value}" for verdict in Verdict), *near.FEATURES)
"""What the last step decides on: the cross-encoder's log probabilities, then the similarity features."""


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
            raise GraderError(
                f"No trained verifier in {folder}: {error}. It comes with a clone, not with the package;"
                " unset INTERVIEW_GRADER to go on without it."
            ) from error

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
    """Judges each key point by the cross-encoder and by the passage closest to it, which is the evidence.

    `blend` is a multinomial logistic regression over `FEATURES`, fitted on held-out questions by
    `grader.training.calibrate`: what the cross-encoder says, corrected by what is plain to see (a
    quotation of the reference, numbers that differ, shared words).
    """

    def __init__(self, model: CrossEncoder, similarity: SimilarityVerifier, blend: Calibration) -> None:
        self._model = model
        self._similarity = similarity
        self._blend = blend
        self.curve = blend.curve
        self.name = model.name

    def prepare(self, question: Question) -> None:
        """Encode the key points ahead of the first answer."""
        self._similarity.prepare(question)

    def verify(self, items: Sequence[tuple[Question, str]]) -> list[tuple[Judgement, ...]]:
        """Return for each (question, text) one judgement per key point."""
        return [self._verify(question, text) for question, text in items]

    def features(self, question: Question, text: str) -> tuple[NDArray[np.float64], list[tuple[Span, ...]]]:
        """Return one row of `FEATURES` per key point, and the spans that speak to it."""
        logits = self._model.logits(question, text)
        shares = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        rows, spans = zip(*self._similarity.closest(question, text), strict=True)
        return np.column_stack([shares, np.array(rows)]), list(spans)

    def _verify(self, question: Question, text: str) -> tuple[Judgement, ...]:
        rows, spans = self.features(question, text)
        return tuple(
            Judgement(dict(zip(Verdict, map(float, shares), strict=True)), found)
            for shares, found in zip(self._blend.probabilities(rows), spans, strict=True)
        )


def load_verifier(encoder: Encoder, folder: Path = WEIGHTS) -> TrainedVerifier:
    """Return the shipped verifier. Raises `GraderError` where its files are missing or unusable."""
    model = CrossEncoder(folder)
    blend = load_calibration(folder / "calibration.json", FEATURES)
    return TrainedVerifier(model, SimilarityVerifier(encoder), blend)
