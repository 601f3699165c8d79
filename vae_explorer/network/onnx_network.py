"""ONNX networks, checked as data and run by ONNX Runtime, which is imported only when it is needed."""

import json
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError
from vae_explorer.network.codes import from_shape, to_shape
from vae_explorer.network.onnx_file import MISSING, bytes_of, parse_onnx, read_onnx_file
from vae_explorer.reading_apart import answer, most_seconds, one_line, read_apart

MOST_VALUES = 2**28  # per image in a tensor whose shape the graph fixes
CHUNK = 32  # images that a thread computes at a time
THREADS = 4
# Operators that only compute.
OPERATORS = {
    "Abs", "Add", "And", "AveragePool", "Ceil", "CastLike", "Floor", "Greater", "Less", "Mod", "Not", "Or", "Round",
    "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "ConstantOfShape", "Conv",
    "ConvTranspose", "DepthToSpace", "Div", "Dropout", "Elu", "Equal", "Erf", "Exp", "Expand", "Flatten", "Gather",
    "Gelu", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "GroupNormalization", "HardSigmoid", "HardSwish", "Identity",
    "InstanceNormalization", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool",
    "Min", "Mish", "Mul", "Neg", "OneHot", "PRelu", "Pad", "Pow", "RandomNormal", "RandomNormalLike", "Range",
    "Reciprocal", "ReduceMean", "ReduceProd", "ReduceSum", "Relu", "Reshape", "Resize", "Selu", "Shape", "Sigmoid",
    "Sin", "Cos", "Slice", "Softmax", "Softplus", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "Tile",
    "Transpose", "Unsqueeze", "Upsample", "Where",
}  # fmt: skip

DTYPES: dict[str, Any] = {  # of inputs; all others are float32
    "tensor(float16)": np.float16, "tensor(double)": np.float64, "tensor(int64)": np.int64, "tensor(int32)": np.int32,
    "tensor(uint8)": np.uint8, "tensor(int8)": np.int8, "tensor(int16)": np.int16,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or an output of a network; a side of its shape is None if it is not fixed."""

    name: str
    shape: tuple[int | None, ...]  # with the batch
    whole: bool = False  # whether it holds whole numbers


class OnnxNetwork:
    """A network of one input, or of several for `run`. May be called from any thread, in which it then computes.

    Raises UserError if it cannot be read, is not data alone, or if ONNX Runtime is not installed. A malicious file may
    crash this process unless `load_onnx_file` has read it before.
    """

    kind: Literal["keras", "onnx"] = "onnx"

    def __init__(self, content: bytes, file: str) -> None:
        runtime = _onnxruntime()
        check_onnx(content, file)
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = runtime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"], enable_fallback=0
            )
        except Exception as error:  # ONNX Runtime has a separate exception for each failure
            raise UserError(f"{file} cannot be read by ONNX Runtime: {_reason(error)}.") from error
        self.file = file
        self.drawn: dict[str, tuple[str, ...]] = {}  # its operators draw anew in each call
        try:
            self.inputs = [
                Tensor(item.name, _sides(item.shape), "int" in item.type) for item in self._session.get_inputs()
            ]
            self.outputs = [Tensor(item.name, _sides(item.shape)) for item in self._session.get_outputs()]
            self._dtypes = {item.name: DTYPES.get(item.type, np.float32) for item in self._session.get_inputs()}
        except UnicodeDecodeError as error:
            raise UserError(f"{file} is damaged: the names of its tensors are not text.") from error
        self._lock = threading.Lock()

    def __call__(self, values: Floats, wanted: Sequence[str] | None = None) -> list[Floats]:
        """The outputs with the names `wanted`, None: all, for values (N, ...) float32.

        Latent codes are taken and given as (N, d), whatever shape the network has for them, and any floats as float32.
        Raises UserError if the network fails.
        """
        return self.run({self.inputs[0].name: values}, wanted)

    def run(self, inputs: Mapping[str, Floats], wanted: Sequence[str] | None = None) -> list[Floats]:
        """The same for the values (N, ...) float32 of each input; labels are taken as (N, K) or (N, 1)."""
        missing = [tensor.name for tensor in self.inputs if tensor.name not in inputs]
        if missing:
            raise UserError(f"{self.file} takes {missing[0]!r}, too.")
        given = {tensor.name: to_shape(inputs[tensor.name], tensor.shape) for tensor in self.inputs}
        count = len(given[self.inputs[0].name])
        fixed = next((tensor.shape[0] for tensor in self.inputs if tensor.shape and tensor.shape[0]), None)
        if fixed is None or fixed == count:
            return self._run(given, wanted)
        batches = []
        for start in range(0, count, fixed):
            used = min(fixed, count - start)
            filled = {name: _filled(values[start : start + fixed], fixed) for name, values in given.items()}
            batches.append([output[:used] for output in self._run(filled, wanted)])
        return [np.concatenate(outputs) for outputs in zip(*batches, strict=True)]

    def _run(self, given: Mapping[str, Floats], wanted: Sequence[str] | None) -> list[Floats]:
        try:
            arrays = {name: np.ascontiguousarray(values, self._dtypes[name]) for name, values in given.items()}
            found = self._session.run(wanted, arrays)
        except Exception as error:
            shapes = " and ".join(str(values.shape) for values in given.values())
            raise UserError(f"{self.file} fails on {shapes}: {_reason(error)}.") from error
        return [from_shape(np.asarray(output, np.float32)) for output in found]


def load_onnx_file(path: Path) -> tuple[OnnxNetwork, bytes, int]:
    """The network of an .onnx file, its content and its number of weights.

    Another process reads the file first. Raises UserError if it cannot be read, or is not data alone.
    """
    _onnxruntime()
    words = [str(path), path.name]
    found = json.loads(read_apart("vae_explorer.network.onnx_network", words, path.name, most_seconds(bytes_of(path))))
    content = read_onnx_file(path)
    return OnnxNetwork(content, path.name), content, found["parameters"]


def check_onnx(content: bytes, file: str) -> int:
    """Check that a graph is in one file and has only known operators. Returns its number of weights.

    Raises UserError for a damaged file, for weights in other files, and for operators that are not in OPERATORS.
    """
    model = parse_onnx(content, file)
    from onnx import AttributeProto, TensorProto

    graph = model.graph
    if not graph.node or model.functions:
        raise UserError(f"{file} is no ONNX network of plain operators.")
    tensors = list(graph.initializer)
    for node in graph.node:
        said = one_line(node.op_type, 60)
        if node.domain not in ("", "ai.onnx") or node.op_type not in OPERATORS:
            raise UserError(f"{file} has the operator {said!r}, which no decoder or encoder needs.")
        for attribute in node.attribute:
            if attribute.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS) or attribute.HasField("g"):
                raise UserError(f"{file} has the operator {said!r} with another graph inside.")
            tensors += [attribute.t] if attribute.HasField("t") else []
            tensors += attribute.tensors
    if graph.sparse_initializer or any(
        tensor.data_location == TensorProto.EXTERNAL or tensor.external_data for tensor in tensors
    ):
        raise UserError(f"{file} keeps weights in other files: export it as one, with external_data=False.")
    if any(side < 0 or side > MOST_VALUES for tensor in tensors for side in tensor.dims):
        raise UserError(f"{file} is damaged: it names weights of impossible size.")
    return sum(int(np.prod([float(side) for side in tensor.dims])) for tensor in graph.initializer)


def _filled(values: Floats, count: int) -> Floats:
    """Values (N, ...) with zeros after them, (count, ...)."""
    return np.concatenate([values, np.zeros((count - len(values), *values.shape[1:]), np.float32)])


def _onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise UserError(MISSING) from error
    return onnxruntime


def _sides(shape: Sequence[Any]) -> tuple[int | None, ...]:
    return tuple(side if isinstance(side, int) and side > 0 else None for side in shape)


def _reason(error: Exception) -> str:
    return one_line(str(error).partition("\n")[0].rpartition(" : ")[2])


def try_onnx(content: bytes, file: str) -> str:
    """Check a graph and run it once if the shapes of its inputs are fixed. A malicious graph may crash the process.

    Returns its number of weights as JSON. Raises UserError if `check_onnx` does or the run fails.
    """
    parameters = check_onnx(content, file)
    network = OnnxNetwork(content, file)
    if network.inputs and all(side is not None for tensor in network.inputs for side in tensor.shape[1:]):
        shapes = {tensor.name: [side or 1 for side in tensor.shape] for tensor in network.inputs}
        if all(np.prod([float(side) for side in sides]) <= MOST_VALUES for sides in shapes.values()):
            network.run({name: np.zeros(sides, np.float32) for name, sides in shapes.items()})
    return json.dumps({"parameters": parameters})


def _try_words() -> str:
    path, file = sys.argv[1:]
    return try_onnx(read_onnx_file(Path(path)), file)


if __name__ == "__main__":
    sys.exit(answer(_try_words))
