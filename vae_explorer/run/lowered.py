"""A decoder lowered to operations and raw weights, so that it runs without Keras, in the standalone page or in numpy.

Values are numbered: value 0 is the latent code z (latent_dim,), value i is the output of operation i - 1, and the last
value is the image (H, W, C). Shapes are those of a single image. An operation reads only values with smaller numbers.
All numbers are float32, in C order with channels last. The file is a .npz with a JSON text and the arrays.
"""

import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Floats, ImageShape
from vae_explorer.errors import UserError

FORMAT = 1
MOST_OPERATIONS = 10_000
MOST_NUMBERS = 2**26  # numbers in all values of one image together, and in the padded values of a convolution
MOST_WORK = 2**34  # multiplications for one image, which take seconds
MOST_BYTES = 2**29  # limit for an unpacked file

Shape = tuple[int, ...]
Setting = int | float | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """How many inputs and weights an operation of a kind has, and the names of its settings."""

    inputs: int = 1  # 0: any number from 1
    weights: int = 0
    settings: tuple[str, ...] = ()


# Functions of single numbers, named as in Keras 3, https://keras.io/api/layers/activations/; "relu" is the layer ReLU.
ELEMENTWISE = {
    "relu": Kind(settings=("negative_slope", "max_value", "threshold")),
    "elu": Kind(settings=("alpha",)),
    "celu": Kind(settings=("alpha",)),
    "selu": Kind(),
    "gelu": Kind(),
    "gelu_tanh": Kind(),  # the approximation by tanh
    "silu": Kind(),
    "mish": Kind(),
    "exponential": Kind(),
    "sigmoid": Kind(),
    "log_sigmoid": Kind(),
    "hard_sigmoid": Kind(),
    "hard_silu": Kind(),
    "sparse_sigmoid": Kind(),
    "tanh": Kind(),
    "tanh_shrink": Kind(),
    "hard_tanh": Kind(),
    "softplus": Kind(),
    "softsign": Kind(),
    "squareplus": Kind(settings=("b",)),
    "sparse_plus": Kind(),
    "soft_shrink": Kind(settings=("threshold",)),
    "hard_shrink": Kind(settings=("threshold",)),
    "threshold": Kind(settings=("threshold", "default_value")),
}
KINDS = ELEMENTWISE | {
    "dense": Kind(weights=2),  # kernel (K, N), bias (N,); applied to the last axis
    # Kernel (kh, kw, C, N), bias (N,). The N numbers at (y, x) of the output sum the input at (y * stride +
    # i * dilation - offset, ...) over (i, j) of the kernel; outside the input it is 0.
    "convolution": Kind(weights=2, settings=("strides", "dilation", "offset")),
    # Kernel (C, kh, kw, N), bias (N,). The input at (y, x) is added to the output at (y * stride + i * dilation -
    # offset, ...) for each (i, j) of the kernel, unless that is outside the output.
    "transposed_convolution": Kind(weights=2, settings=("strides", "dilation", "offset")),
    "reshape": Kind(),
    "permute": Kind(settings=("axes",)),  # axis i of the output is axis axes[i] of the input
    "padding": Kind(settings=("offset",)),  # output (y, x) is input (y - offset, ...), or 0; a negative offset crops
    "upsample_nearest": Kind(),
    "upsample_bilinear": Kind(),  # between the centres of pixels, https://www.tensorflow.org/api_docs/python/tf/image
    # The weights of the next three have the shape of the input's last axes.
    "scale": Kind(weights=2),  # x * weight + other weight
    "prelu": Kind(weights=1),  # x, or x * weight where negative
    "layer_normalization": Kind(weights=2, settings=("epsilon",)),  # scale and offset; over the axes of the weights
    "softmax": Kind(),  # over the last axis
    "log_softmax": Kind(),
    "add": Kind(inputs=2),  # shapes are broadcast as by numpy
    "multiply": Kind(inputs=2),
    "concatenate": Kind(inputs=0, settings=("axis",)),
}
PAIRS = {"strides": 1, "dilation": 1, "offset": -MOST_NUMBERS}  # settings of two integers, with their least value


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a lowered decoder."""

    kind: str  # a key of KINDS
    inputs: tuple[int, ...]  # numbers of the values that it reads
    shape: Shape  # shape of its output
    weights: tuple[int, ...] = ()  # indices in the weights of the decoder
    settings: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lowered:
    """A whole lowered decoder. Raises ValueError if its fields do not fit together."""

    operations: tuple[Operation, ...]
    weights: tuple[Floats, ...]
    check_codes: Floats  # (8, latent_dim), latent codes with which an engine tests itself
    check_images: Floats  # (8, H, W, C) in [0, 1], the images that Keras decodes them to

    def __post_init__(self) -> None:
        _check(self)

    @property
    def latent_dim(self) -> int:
        return int(self.check_codes.shape[1])

    @property
    def image_shape(self) -> ImageShape:
        height, width, channels = self.operations[-1].shape
        return height, width, channels

    def described(self) -> dict[str, Any]:
        """Plain data for JSON, without the numbers: {"format", "latent_dim", "weights": shapes, "operations"}."""
        operations = [
            {
                "kind": operation.kind,
                "inputs": list(operation.inputs),
                "shape": list(operation.shape),
                "weights": list(operation.weights),
                "settings": {
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in operation.settings.items()
                },
            }
            for operation in self.operations
        ]
        shapes = [list(weight.shape) for weight in self.weights]
        return {"format": FORMAT, "latent_dim": self.latent_dim, "weights": shapes, "operations": operations}


def pack(lowered: Lowered) -> bytes:
    """The content of an .npz file with operations as a JSON text, check_codes, check_images, weight_0, weight_1, ..."""
    arrays = {f"weight_{index}": weight for index, weight in enumerate(lowered.weights)}
    arrays |= {"check_codes": lowered.check_codes, "check_images": lowered.check_images}
    content = io.BytesIO()
    np.savez_compressed(content, operations=json.dumps(lowered.described()), **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def read(content: bytes) -> Lowered:
    """The decoder in a file that `pack` has made. Raises UserError for any other content."""
    try:
        arrays = _arrays(content)
        described = json.loads(str(arrays.pop("operations")))
        codes, images = arrays.pop("check_codes"), arrays.pop("check_images")
        weights = tuple(arrays.pop(f"weight_{index}") for index in range(len(arrays)))
    except Exception as error:  # a malicious file may raise any exception
        raise UserError(f"The lowered decoder is damaged: {error or type(error).__name__}.") from error
    return compose(described, weights, codes, images)


def compose(
    described: Any,
    weights: tuple[Floats, ...],
    check_codes: Floats,
    check_images: Floats,
) -> Lowered:
    """The decoder from the data of `Lowered.described` and its arrays. Raises UserError if they do not fit together."""
    try:
        if described["format"] != FORMAT:
            raise ValueError(f"its format is {described['format']!r}, not {FORMAT}")
        operations = tuple(
            Operation(
                kind=operation["kind"],
                inputs=tuple(operation["inputs"]),
                shape=tuple(operation["shape"]),
                weights=tuple(operation["weights"]),
                settings={
                    name: tuple(value) if isinstance(value, list) else value
                    for name, value in operation["settings"].items()
                },
            )
            for operation in described["operations"]
        )
        lowered = Lowered(operations, weights, check_codes, check_images)
        if described != lowered.described():
            raise ValueError("its description has wrong or additional entries")
    except Exception as error:  # malicious data may raise any exception
        raise UserError(f"The lowered decoder is damaged: {error or type(error).__name__}.") from error
    return lowered


def _arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz by name. Memory is not reserved for the sizes that the file claims."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        if sum(member.file_size for member in file.infolist()) > MOST_BYTES:
            raise ValueError("it is too large")
        return {name.removesuffix(".npy"): _array(file.read(name)) for name in file.namelist()}


def _array(content: bytes) -> NDArray[Any]:
    # np.load would reserve the memory that the header claims before it finds that there are fewer numbers.
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("an array is of another version")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in "fU":
        raise ValueError(f"an array is of {dtype}")
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape, order="F" if fortran_order else "C")


def _check(lowered: Lowered) -> None:
    operations, weights, codes, images = lowered.operations, lowered.weights, lowered.check_codes, lowered.check_images
    if not 1 <= len(operations) <= MOST_OPERATIONS:
        raise ValueError(f"it has {len(operations):,} operations")
    for array in (*weights, codes, images):
        if array.dtype != np.dtype("<f4") or not np.isfinite(array).all():
            raise ValueError("its arrays are not of finite float32 numbers")
    shapes: list[Shape] = [codes.shape[1:]]
    work = 0
    for number, operation in enumerate(operations):
        try:
            _check_form(operation, number, len(weights))
            inputs = [shapes[value] for value in operation.inputs]
            good = _fits(operation, inputs, [weights[weight].shape for weight in operation.weights])
        except (IndexError, TypeError, ValueError) as error:
            raise ValueError(f"operation {number}, {str(operation.kind)[:40]!r}, is malformed") from error
        if not good:
            raise ValueError(f"the shapes of operation {number}, {operation.kind!r}, do not fit")
        shapes.append(operation.shape)
        work += _work(operation, inputs[0], weights)
        if work > MOST_WORK or sum(map(math.prod, shapes)) > MOST_NUMBERS:
            raise ValueError("it is too large")
    if codes.ndim != 2 or len(shapes[-1]) != 3 or images.shape != (len(codes), *shapes[-1]) or not len(codes):
        raise ValueError("its check codes and images do not fit its shapes")
    if images.min() < 0 or images.max() > 1:
        raise ValueError("its images are not in [0, 1]")


def _check_form(operation: Operation, number: int, weights: int) -> None:
    """Check the fields of an operation, their types, and the numbers of values and weights that it refers to.

    number: the index of the operation. weights: how many weights the decoder has. Raises ValueError or TypeError.
    """
    kind = KINDS.get(operation.kind)
    if kind is None:
        raise ValueError("unknown kind")
    if not operation.inputs or len(operation.inputs) != (kind.inputs or len(operation.inputs)):
        raise ValueError("wrong number of inputs")
    if len(operation.weights) != kind.weights or set(operation.settings) != set(kind.settings):
        raise ValueError("wrong weights or settings")
    _check_whole(operation.inputs, 0, number)
    _check_whole(operation.weights, 0, weights - 1)
    _check_whole(operation.shape, 1, MOST_NUMBERS)
    if not 1 <= len(operation.shape) <= 8:
        raise ValueError("wrong number of axes")
    for name, value in operation.settings.items():
        if name in PAIRS:
            first, second = value  # type: ignore[misc]
            _check_whole((first, second), PAIRS[name], MOST_NUMBERS)
        elif name == "axes":
            if sorted(value) != list(range(len(operation.shape))):  # type: ignore[arg-type]
                raise ValueError("not each axis once")
            _check_whole(value, 0, len(operation.shape) - 1)  # type: ignore[arg-type]
        elif name == "axis":
            _check_whole((value,), 0, len(operation.shape) - 1)
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError("a setting is no number")


def _check_whole(numbers: tuple[Any, ...], least: int, most: int) -> None:
    if not all(type(number) is int and least <= number <= most for number in numbers):
        raise ValueError("not whole numbers in range")


def _fits(operation: Operation, inputs: list[Shape], weights: list[Shape]) -> bool:
    """Whether the output's shape follows from inputs and weights, and the memory for it is bounded."""
    x, shape, settings = inputs[0], operation.shape, operation.settings
    match operation.kind:
        case "dense":
            return weights == [(x[-1], shape[-1]), shape[-1:]] and x[:-1] == shape[:-1]
        case "convolution":
            kernel, bias = weights
            read = math.prod(_reach(shape, kernel[:2], settings)) * x[2]
            return kernel[2:] == (x[2], shape[2]) and bias == shape[2:] and len(x) == 3 and read <= MOST_NUMBERS
        case "transposed_convolution":
            kernel, bias = weights
            written = math.prod(_reach(x, kernel[1:3], settings)) * shape[2]
            room = max(written, x[1] * math.prod(kernel[1:]))
            fits = kernel[0] == x[2] and kernel[3:] == bias == shape[2:]
            return fits and len(x) == 3 and room <= MOST_NUMBERS
        case "reshape":
            return math.prod(x) == math.prod(shape)
        case "permute":
            axes: Any = settings["axes"]
            return len(x) == len(shape) and tuple(x[axis] for axis in axes) == shape
        case "padding":
            return len(x) == len(shape) == 3 and x[2] == shape[2]
        case "upsample_nearest" | "upsample_bilinear":
            return x[2:] == shape[2:] and len(x) == 3 and shape[0] % x[0] == 0 and shape[1] % x[1] == 0
        case "scale" | "prelu" | "layer_normalization":
            return x == shape and all(weight == weights[0] == x[len(x) - len(weight) :] for weight in weights)
        case "add" | "multiply":
            return np.broadcast_shapes(*inputs) == shape
        case "concatenate":
            axis: Any = settings["axis"]
            total = sum(sides[axis] for sides in inputs)
            return all((*sides[:axis], total, *sides[axis + 1 :]) == shape for sides in inputs)
        case _:
            return x == shape


def _work(operation: Operation, x: Shape, weights: tuple[Floats, ...]) -> int:
    """Multiplications by the kernel of an operation; 0 if it has none, since others take little time."""
    if operation.kind not in ("dense", "convolution", "transposed_convolution"):
        return 0
    positions = operation.shape[:-1] if operation.kind == "convolution" else x[:-1]
    return int(weights[operation.weights[0]].size) * math.prod(positions)


def _reach(shape: Shape, kernel: Shape, settings: Mapping[str, Any]) -> tuple[int, int]:
    """Height and width of the area that a kernel covers when it is applied at each of (H, W, ...) positions."""
    (height, width, _), (rows, columns) = shape, kernel
    (down, right), (apart_down, apart_right) = settings["strides"], settings["dilation"]
    return (height - 1) * down + (rows - 1) * apart_down + 1, (width - 1) * right + (columns - 1) * apart_right + 1
