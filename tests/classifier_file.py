"""A small ONNX classifier of images by their brightness, as a file."""

from pathlib import Path

import numpy as np


def brightness_classifier(path: Path, shape: tuple[int, int, int], middle: float = 0.15) -> Path:
    """Two classes: images darker and brighter than `middle`, for pixels of 0 to 1. shape: (H, W, C)."""
    from onnx import TensorProto, helper, numpy_helper

    pixels = int(np.prod(shape))
    weights = np.stack([np.zeros(pixels), np.full(pixels, 100 / pixels)], axis=1).astype(np.float32)
    bias = np.array([0, -100 * middle], np.float32)
    nodes = [helper.make_node("Flatten", ["x"], ["flat"]), helper.make_node("Gemm", ["flat", "w", "b"], ["y"])]
    graph = helper.make_graph(
        nodes,
        "brightness",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
        [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(bias, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path
