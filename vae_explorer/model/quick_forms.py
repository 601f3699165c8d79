"""Forms of some layers that a processor computes faster, used only while a training step is traced.

They equal the layers in value and gradient, up to rounding. The layers are as before when the step is traced, so that
whatever is saved, converted or shown never holds these forms.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from vae_explorer.array_types import Tensor


@contextmanager
def quick_forms(*networks: keras.Model) -> Iterator[None]:
    """Give the layers of these networks their quick forms, for as long as the context lasts.

    Changed are GELU, and convolutions to one channel: transposed ones, and others of stride 1. (For three channels the
    layers are faster.) XLA compiles the forms for each number of images, which takes seconds.
    """
    with ExitStack() as afterwards:
        for layer in (layer for network in networks for layer in network.layers):
            if getattr(layer, "activation", None) is keras.activations.gelu:
                afterwards.callback(setattr, layer, "activation", layer.activation)
                layer.activation = gelu
            if _is_to_one_channel(layer):
                afterwards.callback(delattr, layer, "call")
                layer.call = partial(_to_one_channel, layer)
        yield


@tf.custom_gradient  # type: ignore[untyped-decorator]
def gelu(x: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """GELU of any shape, with its derivative in closed form: Hendrycks and Gimpel 2016, arXiv:1606.08415."""
    return _gelu(x), lambda upstream: _gelu_gradient(x, upstream)


def _compiled(function: Callable[..., Tensor]) -> Any:
    return tf.function(function, autograph=False, jit_compile=True)


@_compiled
def _gelu(x: Tensor) -> Tensor:
    return x * _normal_distribution(x)


@_compiled
def _gelu_gradient(x: Tensor, upstream: Tensor) -> Tensor:
    density = tf.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return upstream * (_normal_distribution(x) + x * density)


def _normal_distribution(x: Tensor) -> Tensor:
    return 0.5 * (1 + tf.math.erf(x * math.sqrt(0.5)))


def _is_to_one_channel(layer: Any) -> bool:
    """Whether a layer is a convolution like the last one of a preset for grey images: square, of padding "same"."""
    transposed = isinstance(layer, keras.layers.Conv2DTranspose)
    if not transposed and not (isinstance(layer, keras.layers.Conv2D) and layer.strides == (1, 1)):
        return False
    return bool(layer.filters == 1 and layer.padding == "same")


def _to_one_channel(layer: Any, x: Tensor) -> Tensor:
    """What the layer gives for x (batch, h, w, channels): one matrix product, whose columns are added up shifted."""
    kernel, (side, _), (stride, _) = tf.convert_to_tensor(layer.kernel), layer.kernel_size, layer.strides
    if isinstance(layer, keras.layers.Conv2DTranspose):
        kernel, start = kernel[:, :, 0, :], max(side - stride, 0) // 2
    else:  # of stride 1: the transposed one with the kernel turned round
        kernel, start = kernel[::-1, ::-1, :, 0], side // 2
    height, width, channels = x.shape[1:]
    columns = tf.matmul(tf.reshape(x, (-1, channels)), tf.reshape(kernel, (-1, channels)), transpose_b=True)
    added = _added_shifted(columns, (height, width), side, stride, start)
    return layer.activation(tf.nn.bias_add(added, layer.bias))


@_compiled
def _added_shifted(columns: Tensor, size: tuple[int, int], side: int, stride: int, start: int) -> Tensor:
    """Add up the squares of side x side values that the pixels of an image spread, `stride` values apart.

    columns: (batch * h * w, side * side). size: (h, w). start: the first row and column of the sum that is wanted.
    Returns (batch, stride * h, stride * w, 1).
    """
    height, width = size
    reach = -(-side // stride)  # pixels along a side that one of them spreads to
    margin = reach * stride - side
    spread = tf.pad(tf.reshape(columns, (-1, height, width, side, side)), [(0, 0)] * 3 + [(0, margin)] * 2)
    spread = tf.reshape(spread, (-1, height, width, reach, stride, reach, stride))
    total = tf.add_n(
        [
            tf.pad(
                spread[:, :, :, down, :, right],
                [(0, 0), (down, reach - 1 - down), (right, reach - 1 - right), (0, 0), (0, 0)],
            )
            for down in range(reach)
            for right in range(reach)
        ]
    )  # (batch, h + reach - 1, w + reach - 1, stride, stride)
    height, width = height + reach - 1, width + reach - 1
    values = tf.reshape(tf.transpose(total, (0, 1, 3, 2, 4)), (-1, stride * height, stride * width, 1))
    return values[:, start : start + stride * size[0], start : start + stride * size[1]]
