"""The trained verifier: one pass of a cross-encoder over question, key points and answer."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader import similarity as near
from grader.encoder import Encoder
from grader.errors import GraderError
from grader.models import Span, Verdict
from grader.packing import Packer, Pass
from grader.score import by_verdict
from grader.similarity import Calibration, SimilarityVerifier, load_calibration
from grader.spelling import mended, words_of
from grader.statements import without_repeats
from grader.verifier import Judgement
from questions.models import KeyPoint, Question

WEIGHTS = Path(__file__).resolve().parent / "weights" / "verifier"
FEATURES = (
    *(f"log {verdict.value}" for verdict in Verdict),
    *near.FEATURES,
    *(f"answer {verdict.value}" for verdict in Verdict),
    "answer mark",
)
"""What the last step decides on: the cross-encoder's log probabilities of the point's verdicts, the
similarity features, and what the cross-encoder says of the whole answer, which is the same for all points:
its mean probabilities and its logit of the mark."""
FILLERS = ("The capital of France is Paris", "Bread is baked in an oven")
"""Points that no answer speaks to, read beside the key points of questions with fewer than three.

Short answers taught these weights that an only point is covered, whatever is said (see their model card).
"""
SURE_UP_TO = 38.0
"""The `score.uncertainty` that 15 in 100 marks of held-out questions exceed."""


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
                f"No trained verifier in {folder}: {error}. Reinstall the package, or set"
                " INTERVIEW_GRADER=small to go on without it."
            ) from error

    def passes(self, question: Question, text: str) -> list[Pass]:
        """Return the passes that show every key point with every part of `text`.

        Repeats are left out, and what is no word is read as the question's word that it nearly is.
        `FILLERS` come after the key points where these are few.
        """
        points = [statement(point) for point in question.key_points]
        text = mended(without_repeats(text), words_of(question.prompt, *points), self._packer.knows)
        fillers = FILLERS[len(points) - 1 :]
        return list(self._packer.pack(question.prompt, [*points, *fillers], text))

    def run(self, one: Pass) -> tuple[NDArray[np.float64], float]:
        """Return the logits at the pass's markers, shape (points of the pass, 4), and that of the mark."""
        inputs = {
            "input_ids": np.array([one.ids], dtype=np.int64),
            "places": np.array([(0, *one.markers)], dtype=np.int64),
        }
        verdicts, marks = self._session.run(["verdicts", "mark"], inputs)
        return verdicts[0].astype(np.float64), float(marks[0])

    def read(self, question: Question, text: str) -> tuple[NDArray[np.float64], float]:
        """Return the log probabilities of each key point's verdicts, shape (points, 4), and the mark's logit.

        Of several windows of a long answer, the one least likely to miss the point speaks for it, and
        the one that would give most for the mark.
        """
        result = np.zeros((len(question.key_points), len(Verdict)))
        best = -np.inf
        missing = np.full(len(question.key_points), np.inf)
        column = list(Verdict).index(Verdict.MISSING)
        for one in self.passes(question, text):
            logits, mark = self.run(one)
            best = max(best, mark)
            rows = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
            for point, row in zip(one.points, rows, strict=True):
                if point < len(result) and row[column] < missing[point]:
                    result[point], missing[point] = row, row[column]
        return result, best


class TrainedVerifier:
    """Judges each key point by the cross-encoder and by the passage closest to it, which is the evidence.

    `blend` is a multinomial logistic regression over `FEATURES`, fitted on held-out questions by
    `grader.training.calibrate`: what the cross-encoder says, corrected by what is plain to see (a
    quotation of the reference, numbers that differ, shared words).
    """

    def __init__(
        self, model: CrossEncoder, similarity: SimilarityVerifier, blend: Calibration, *, threads: int = 1
    ) -> None:
        self._model = model
        self._similarity = similarity
        self._blend = blend
        self._threads = threads
        self.curve = blend.curve
        self.sure_up_to = SURE_UP_TO
        self.name = model.name

    def prepare(self, question: Question) -> None:
        """Encode the key points ahead of the first answer."""
        self._similarity.prepare(question)

    def verify(self, items: Sequence[tuple[Question, str]]) -> list[tuple[Judgement, ...]]:
        """Return for each (question, text) one judgement per key point; `threads` share the items."""
        if self._threads == 1 or len(items) < 2:
            # Where no memory is left, Python waits for ever for a new thread that can't begin.
            return [self._verify(*item, *self._model.read(*item)) for item in items]
        with ThreadPoolExecutor(self._threads) as pool:
            said = pool.map(self._model.read, *zip(*items, strict=True))
            return [self._verify(*item, *read) for item, read in zip(items, said, strict=True)]

    def features(self, question: Question, text: str) -> tuple[NDArray[np.float64], list[tuple[Span, ...]]]:
        """Return one row of `FEATURES` per key point, and the spans that speak to it."""
        return self._features(question, text, *self._model.read(question, text))

    def _features(
        self, question: Question, text: str, said: NDArray[np.float64], mark: float
    ) -> tuple[NDArray[np.float64], list[tuple[Span, ...]]]:
        rows, spans = zip(*self._similarity.closest(question, text), strict=True)
        whole = np.tile([*np.exp(said).mean(axis=0), mark], (len(said), 1))
        return np.column_stack([said, np.array(rows), whole]), list(spans)

    def _verify(
        self, question: Question, text: str, said: NDArray[np.float64], mark: float
    ) -> tuple[Judgement, ...]:
        rows, spans = self._features(question, text, said, mark)
        return tuple(
            Judgement(by_verdict(shares), found)
            for shares, found in zip(self._blend.probabilities(rows), spans, strict=True)
        )


def load_verifier(encoder: Encoder, folder: Path = WEIGHTS, *, threads: int = 1) -> TrainedVerifier:
    """Return the shipped verifier. Raises `GraderError` where its files are missing or unusable."""
    model = CrossEncoder(folder)
    blend = load_calibration(folder / "calibration.json", FEATURES)
    return TrainedVerifier(model, SimilarityVerifier(encoder), blend, threads=threads)
