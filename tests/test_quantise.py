"""Tests of the 8-bit form of an exported model."""

import numpy as np
import pytest

from grader.training.quantise import quantise


def test_quantised_model_gives_nearly_the_same() -> None:
    onnx = pytest.importorskip("onnx", reason="needs the extra [sentence-transformers]")
    import onnxruntime

    generator = np.random.default_rng(0)
    table = generator.standard_normal((2000, 128)).astype(np.float32)
    matrix = generator.standard_normal((128, 64)).astype(np.float32)
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "ids"], ["rows"], doc_string="/home/somebody/export.py"),
            helper.make_node("MatMul", ["rows", "matrix"], ["product"]),
        ],
        "model",
        [helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, ["n"])],
        [helper.make_tensor_value_info("product", onnx.TensorProto.FLOAT, ["n", 64])],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(matrix, "matrix")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    small = quantise(model).SerializeToString()
    assert len(small) < 0.3 * (table.nbytes + matrix.nbytes)
    assert b"somebody" not in small
    session = onnxruntime.InferenceSession(small, providers=["CPUExecutionProvider"])
    ids = np.array([3, 1999, 7])
    (found,) = session.run(None, {"ids": ids})
    exact = table[ids] @ matrix
    assert np.abs(found - exact).max() < 0.03 * np.abs(exact).max()
    assert np.allclose(session.run(None, {"ids": ids[:1]})[0], found[:1], atol=1e-4)
