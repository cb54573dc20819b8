"""8-bit weights for an exported transformer, in a form that grades every text on its own."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import onnx


def quantise(model: "onnx.ModelProto", *, block_size: int = 128) -> "onnx.ModelProto":
    """Return `model` with 8-bit weight matrices and embedding tables.

    Matrix products become `MatMulNBits`: signed 8-bit weights with one scale per `block_size`
    values; activations are quantised per row and block, so one row changes another by rounding
    at most, unlike dynamic quantisation with one scale for a whole batch. Embedding tables keep one
    scale per row.
    """
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantiser: Any = MatMulNBitsQuantizer(
        model, bits=8, block_size=block_size, is_symmetric=True, accuracy_level=4
    )
    quantiser.process()
    quantised: onnx.ModelProto = quantiser.model.model
    _quantise_embeddings(quantised)
    _strip(quantised)
    return quantised


def _quantise_embeddings(model: "onnx.ModelProto", *, minimum_rows: int = 1024) -> None:
    """Store each float table that a `Gather` reads as int8 rows and float scales, in place."""
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    tables = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or table.data_type != TensorProto.FLOAT or table.dims[0] < minimum_rows:
            nodes.append(node)
            continue
        values = numpy_helper.to_array(table)
        scales = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-12) / 127
        name = table.name
        graph.initializer.remove(table)
        graph.initializer.append(numpy_helper.from_array(np.rint(values / scales).astype(np.int8), name))
        graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{name}.scale"))
        row, scale, number = (f"{name}.{part}" for part in ("row", "row_scale", "row_number"))
        nodes += [
            helper.make_node("Gather", [name, node.input[1]], [row]),
            helper.make_node("Gather", [f"{name}.scale", node.input[1]], [scale]),
            helper.make_node("Cast", [row], [number], to=TensorProto.FLOAT),
            helper.make_node("Mul", [number, scale], list(node.output)),
        ]
    del graph.node[:]
    graph.node.extend(nodes)


def _strip(model: "onnx.ModelProto") -> None:
    """Drop what the exporter leaves for debugging, in place: it names folders of the exporting machine."""
    graph = model.graph
    parts = (*graph.node, *graph.initializer, *graph.input, *graph.output)
    for part in (model, graph, *parts):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    del graph.value_info[:]
