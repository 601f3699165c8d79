"""The ranges of pixels that follow from the layers of a network: the first of an encoder, the last of a decoder.

Both may scale values: an encoder begins with x / 255, a decoder ends with 255 * sigmoid(x).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from vae_explorer.network.pixel_range import RANGES
from vae_explorer.run.imported import Ending, InputRange

Scaling = tuple[float, float]  # factor and offset of x * factor + offset
RESCALED = 0.02  # factors below it, such as 1/255 and 1/127.5, make small numbers of pixels in 0 to 255
ACTIVATED: dict[str, tuple[int, int]] = {"sigmoid": (0, 1), "tanh": (-1, 1)}  # what an activation gives
# Keras layers that change no values, or only in training, and ONNX operators that change no values.
SHAPING = {
    "Reshape", "Flatten", "Permute", "Cropping2D", "Identity", "ZeroPadding2D", "InputLayer", "Dropout",
    "GaussianNoise", "SpatialDropout2D",
}  # fmt: skip
SHAPING_ONNX = {"Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Slice", "Cast"}


def keras_ending(model: Any) -> Ending | None:
    """The ending of a Keras decoder if its last layers are sigmoid or tanh, perhaps scaled; None: they say nothing."""
    import keras

    tensor, scalings = model.outputs[0], []
    while True:
        operation, node, _ = tensor._keras_history
        node = operation._inbound_nodes[node]
        if isinstance(operation, keras.Model):
            tensor = operation.outputs[0]
            continue
        scaling = _keras_scaling(operation, node)
        if scaling is not None:
            scalings.append(scaling)
        elif type(operation).__name__ not in SHAPING:
            break
        if not node.input_tensors:
            return None
        tensor = node.input_tensors[0]
    function = getattr(operation, "activation", None)
    return _ending(getattr(function, "__name__", "") or type(operation).__name__.lower(), scalings)


def keras_input_range(model: Any) -> InputRange | None:
    """The range of pixels that the first layers of a Keras encoder scale; None: they scale nothing."""
    return _input_range(list(_first_scalings(model)))


def onnx_ending(graph: Any) -> Ending | None:
    """The ending of an ONNX decoder if its last operators are Sigmoid or Tanh, perhaps scaled."""
    makers = {name: node for node in graph.node for name in node.output}
    constants, scalings = _onnx_constants(graph), []
    name = graph.output[0].name if graph.output else ""
    for _ in graph.node:
        node = makers.get(name)
        if node is None or not node.input:
            break
        moved = _onnx_scaling(node, constants)
        if moved is not None:
            name = moved[0]
            scalings.append(moved[1])
        elif node.op_type in SHAPING_ONNX:
            name = node.input[0]
        else:
            return _ending(node.op_type.lower(), scalings)
    return None


def onnx_input_range(graph: Any) -> InputRange | None:
    """The range of pixels that the first operators of an ONNX encoder scale; None: they scale nothing."""
    constants, scalings = _onnx_constants(graph), []
    name = next((item.name for item in graph.input if item.name not in constants), "")
    for _ in graph.node:
        users = [node for node in graph.node if name in node.input]
        if len(users) != 1:
            break
        moved = _onnx_scaling(users[0], constants)
        if moved is not None:
            scalings.append(moved[1])
        elif users[0].op_type not in SHAPING_ONNX:
            break
        name = users[0].output[0]
    return _input_range(scalings)


def _ending(activation: str, scalings: list[Scaling]) -> Ending | None:
    """What an activation gives after these scalings, the last one first."""
    if activation not in ACTIVATED:
        return None
    ends = list(map(float, ACTIVATED[activation]))
    for factor, offset in reversed(scalings):
        ends = [end * factor + offset for end in ends]
    endings: tuple[Ending, ...] = ("sigmoid", "tanh", "0..255")
    for ending in endings:
        if np.allclose(sorted(ends), RANGES[ending], rtol=0.005, atol=1e-3):
            return ending
    return None


def _input_range(scalings: list[Scaling]) -> InputRange | None:
    """The range of pixels that these scalings, the first one first, bring to 0 to 1 or about 0."""
    factor, offset = 1.0, 0.0
    for by, plus in scalings:
        factor, offset = factor * by, offset * by + plus
    if 0 < factor < RESCALED:
        return "0..255"
    known: dict[Scaling, InputRange] = {(2.0, -1.0): "0..1", (0.5, 0.5): "-1..1"}
    return known.get((round(factor, 3), round(offset, 3)))


def _first_scalings(model: Any) -> Iterator[Scaling]:
    import keras

    if len(model.inputs) != 1:  # which of them is the image is not known here
        return
    tensor = model.inputs[0]
    nodes = _nodes_between(tensor, model.outputs)
    while True:
        uses = [
            (node.operation, node) for node in nodes if any(given is tensor for given in node.input_tensors)
        ]  # fmt: skip
        if len(uses) != 1:
            return
        ((operation, node),) = uses
        if isinstance(operation, keras.Model):
            if len(operation.inputs) != 1:
                return
            tensor = operation.inputs[0]
            nodes = _nodes_between(tensor, operation.outputs)
            continue
        scaling = _keras_scaling(operation, node)
        if scaling is not None:
            yield scaling
        elif type(operation).__name__ not in SHAPING:
            return
        tensor = node.output_tensors[0]


def _nodes_between(tensor: Any, outputs: Any) -> list[Any]:
    """The nodes of the graph from a tensor, without those of other calls, which a sequential model makes."""
    import keras

    return [node for nodes in keras.Model(tensor, outputs)._nodes_by_depth.values() for node in nodes]


def _keras_scaling(operation: Any, node: Any) -> Scaling | None:
    """The factor and offset of a layer, or of an operation with a number; None: it does something else."""
    name = type(operation).__name__
    if name == "Rescaling":
        values = [np.asarray(value, float) for value in (operation.scale, operation.offset)]
        return (values[0].item(), values[1].item()) if all(value.size == 1 for value in values) else None
    arguments = node.arguments.args
    if len(arguments) == 2 and isinstance(arguments[1], int | float):
        return _scaling({"TrueDivide": "Div", "Divide": "Div", "Multiply": "Mul", "Subtract": "Sub"}.get(name, name),
                        float(arguments[1]))  # fmt: skip
    if len(arguments) == 2 and isinstance(arguments[0], int | float) and name in ("Multiply", "Add"):
        return _scaling({"Multiply": "Mul"}.get(name, name), float(arguments[0]))
    return None


def _onnx_constants(graph: Any) -> dict[str, float]:
    """The numbers among the weights and constants of a graph, by the names of their tensors."""
    from onnx import numpy_helper

    tensors = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].HasField("t"):
            tensors[node.output[0]] = node.attribute[0].t
    small = {name: tensor for name, tensor in tensors.items() if np.prod(list(tensor.dims), initial=1) == 1}
    return {name: float(numpy_helper.to_array(tensor).item()) for name, tensor in small.items()}


def _onnx_scaling(node: Any, constants: dict[str, float]) -> tuple[str, Scaling] | None:
    """The name of the tensor that an operator scales, with factor and offset; None: it does something else."""
    if len(node.input) != 2:
        return None
    first, second = node.input
    if second in constants:
        scaling = _scaling(node.op_type, constants[second])
        return None if scaling is None else (first, scaling)
    if first in constants and node.op_type in ("Mul", "Add"):
        scaling = _scaling(node.op_type, constants[first])
        return None if scaling is None else (second, scaling)
    return None


def _scaling(operator: str, number: float) -> Scaling | None:
    """The factor and offset of an operator whose second operand is this number."""
    if operator == "Div":
        return (1 / number, 0.0) if number else None
    return {"Mul": (number, 0.0), "Add": (1.0, number), "Sub": (1.0, -number)}.get(operator)
