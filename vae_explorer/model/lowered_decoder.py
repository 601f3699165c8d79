"""Runs a lowered decoder in numpy alone: for runs without another decoder, and as a reference for the HTML page."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.run.lowered import Lowered, Operation

CHUNK_NUMBERS = 2**23  # most numbers in the intermediate values of a chunk of images, 32 MB as float32


class LoweredDecoder:
    """z (N, latent_dim) float32 -> images (N, H, W, C) float32 in [0, 1]. May be called from any thread."""

    engine = "numpy"

    def __init__(self, lowered: Lowered) -> None:
        self.latent_dim = lowered.latent_dim
        self._lowered = lowered
        numbers = sum(math.prod(operation.shape) for operation in lowered.operations)
        self._chunk = max(1, CHUNK_NUMBERS // numbers)

    def __call__(self, z: Floats) -> Floats:
        images = np.empty((len(z), *self._lowered.image_shape), np.float32)
        for start in range(0, len(z), self._chunk):
            images[start : start + self._chunk] = self._decode(z[start : start + self._chunk])
        return images

    def _decode(self, z: Floats) -> Floats:
        weights = self._lowered.weights
        values = [np.ascontiguousarray(z, np.float32)]
        with np.errstate(all="ignore"):  # numbers that overflow here do so in Keras, too, and saturate
            for operation in self._lowered.operations:
                inputs = [values[value] for value in operation.inputs]
                values.append(_apply(operation, inputs, [weights[weight] for weight in operation.weights]))
            return np.clip(np.nan_to_num(values[-1]), 0, 1)


def _apply(operation: Operation, inputs: list[Floats], weights: list[Floats]) -> Any:
    """The output (N, *shape) of an operation for inputs (N, ...)."""
    x, shape = inputs[0], operation.shape
    settings: Mapping[str, Any] = operation.settings
    match operation.kind:
        case "dense":
            return x @ weights[0] + weights[1]
        case "convolution":
            return _convolution(x, weights, shape, settings)
        case "transposed_convolution":
            return _transposed_convolution(x, weights, shape, settings)
        case "reshape":
            return x.reshape(len(x), *shape)
        case "permute":
            return np.ascontiguousarray(x.transpose(0, *(axis + 1 for axis in settings["axes"])))
        case "padding":
            return _padded(x, shape[:2], settings["offset"])
        case "upsample_nearest":
            return x.repeat(shape[0] // x.shape[1], axis=1).repeat(shape[1] // x.shape[2], axis=2)
        case "upsample_bilinear":
            return _stretched(_stretched(x, 1, shape[0]), 2, shape[1])
        case "scale":
            return x * weights[0] + weights[1]
        case "prelu":
            return np.maximum(x, 0) + weights[0] * np.minimum(x, 0)
        case "layer_normalization":
            axes = tuple(range(-weights[0].ndim, 0))
            centred = x - x.mean(axes, keepdims=True)
            variance = np.square(centred).mean(axes, keepdims=True)
            return centred / np.sqrt(variance + np.float32(settings["epsilon"])) * weights[0] + weights[1]
        case "softmax":
            return np.exp(_log_softmax(x))
        case "log_softmax":
            return _log_softmax(x)
        case "add":
            return _aligned(inputs[0], shape) + _aligned(inputs[1], shape)
        case "multiply":
            return _aligned(inputs[0], shape) * _aligned(inputs[1], shape)
        case "concatenate":
            return np.concatenate(inputs, settings["axis"] + 1)
        case kind:
            return _ELEMENTWISE[kind](x, **settings).astype(np.float32, copy=False)


def _convolution(x: Floats, weights: list[Floats], shape: tuple[int, ...], settings: Mapping[str, Any]) -> Floats:
    kernel, bias = weights
    (rows, columns), (down, right) = kernel.shape[:2], settings["strides"]
    apart_down, apart_right = settings["dilation"]
    height, width = (shape[0] - 1) * down + 1, (shape[1] - 1) * right + 1
    reach = height + (rows - 1) * apart_down, width + (columns - 1) * apart_right
    x = _padded(x, reach, settings["offset"])
    total = np.broadcast_to(bias, (len(x), *shape)).copy()
    for i in range(rows):
        for j in range(columns):
            y0, x0 = i * apart_down, j * apart_right
            total += x[:, y0 : y0 + height : down, x0 : x0 + width : right] @ kernel[i, j]
    return total


def _transposed_convolution(
    x: Floats, weights: list[Floats], shape: tuple[int, ...], settings: Mapping[str, Any]
) -> Floats:
    kernel, bias = weights
    (rows, columns), (down, right) = kernel.shape[1:3], settings["strides"]
    apart_down, apart_right = settings["dilation"]
    height, width = (x.shape[1] - 1) * down + 1, (x.shape[2] - 1) * right + 1
    reach = height + (rows - 1) * apart_down, width + (columns - 1) * apart_right
    total = np.zeros((len(x), *reach, shape[2]), np.float32)
    for i in range(rows):
        for j in range(columns):
            y0, x0 = i * apart_down, j * apart_right
            total[:, y0 : y0 + height : down, x0 : x0 + width : right] += x @ kernel[:, i, j]
    top, left = settings["offset"]
    return _padded(total, shape[:2], (-top, -left)) + bias


def _padded(x: Floats, size: tuple[int, ...], offset: Any) -> Floats:
    """(N, H, W, C) -> (N, *size, C): moved by the offset, cropped to the new size, and 0 outside the old image."""
    result = np.zeros((len(x), *size, x.shape[3]), np.float32)
    to, source = [], []
    for old, new, move in zip(x.shape[1:3], size, offset, strict=True):
        first, end = max(move, 0), max(min(old + move, new), max(move, 0))
        to.append(slice(first, end))
        source.append(slice(first - move, end - move))
    result[:, to[0], to[1]] = x[:, source[0], source[1]]
    return result


def _stretched(x: Floats, axis: int, size: int) -> Any:
    """Linear interpolation along one axis between the centres of pixels; constant beyond the outermost centres."""
    count = x.shape[axis]
    position = np.clip((np.arange(size) + 0.5) * count / size - 0.5, 0, count - 1)
    before = position.astype(np.intp)
    share = (position - before).astype(np.float32).reshape(-1, *(1,) * (3 - axis))
    after = np.minimum(before + 1, count - 1)
    return x.take(before, axis) * (1 - share) + x.take(after, axis) * share


def _aligned(x: Floats, shape: tuple[int, ...]) -> Floats:
    """x with as many axes as the output; numpy would otherwise align the batch axis with another one."""
    return x.reshape(len(x), *(1,) * (len(shape) + 1 - x.ndim), *x.shape[1:])


def _log_softmax(x: Floats) -> Any:
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def _sigmoid(x: Floats) -> Any:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _softplus(x: Floats) -> Any:
    return np.logaddexp(0, x)


def _relu(x: Floats, negative_slope: float, max_value: float, threshold: float) -> Any:
    return np.where(x > threshold, np.minimum(x, np.float32(max_value)), negative_slope * (x - threshold))


def _gelu(x: Floats) -> Any:
    from scipy.special import erf

    return 0.5 * x * (1 + erf(x / np.float32(math.sqrt(2))))


_ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "relu": _relu,
    "elu": lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(x)),
    "celu": lambda x, alpha: np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "gelu": _gelu,
    "gelu_tanh": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x * _sigmoid(x),
    "mish": lambda x: x * np.tanh(_softplus(x)),
    "exponential": np.exp,
    "sigmoid": _sigmoid,
    "log_sigmoid": lambda x: -_softplus(-x),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "sparse_sigmoid": lambda x: np.clip(x / 2 + 0.5, 0, 1),
    "tanh": np.tanh,
    "tanh_shrink": lambda x: x - np.tanh(x),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "softplus": _softplus,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "squareplus": lambda x, b: 0.5 * (x + np.sqrt(x * x + b)),
    "sparse_plus": lambda x: np.where(x < 1, np.square(np.maximum(x + 1, 0)) / 4, x),
    "soft_shrink": lambda x, threshold: np.sign(x) * np.maximum(np.abs(x) - threshold, 0),
    "hard_shrink": lambda x, threshold: np.where(np.abs(x) > threshold, x, 0),
    "threshold": lambda x, threshold, default_value: np.where(x > threshold, x, default_value),
}
