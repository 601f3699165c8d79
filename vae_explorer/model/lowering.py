"""Lowers a Keras decoder to operations and raw weights; `run/lowered.py` defines what each operation computes.

Keras's rules, such as the offset of a convolution's padding, are applied here, so that no engine needs them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Floats
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.run.lowered import ELEMENTWISE, Lowered, Operation, Setting, Shape

CHECKS = 8  # latent codes at which the result is checked: the origin and draws from the prior
TOLERANCE = 1e-4  # largest allowed difference of Keras's images and the lowered decoder's, pixels 0 to 1

RELU = {"negative_slope": 0.0, "max_value": float(np.finfo(np.float32).max), "threshold": 0.0}
# The activations of Keras by name: the kind of operation, and the settings that Keras gives it.
ACTIVATIONS: dict[str, tuple[str, Mapping[str, float]]] = {
    name: (name, {}) for name, kind in ELEMENTWISE.items() if not kind.settings
} | {
    "relu": ("relu", RELU),
    "relu6": ("relu", RELU | {"max_value": 6.0}),
    "leaky_relu": ("relu", RELU | {"negative_slope": 0.2}),
    "elu": ("elu", {"alpha": 1.0}),
    "celu": ("celu", {"alpha": 1.0}),
    "squareplus": ("squareplus", {"b": 4.0}),
    "soft_shrink": ("soft_shrink", {"threshold": 0.5}),
    "hard_shrink": ("hard_shrink", {"threshold": 0.5}),
    "softmax": ("softmax", {}),
    "log_softmax": ("log_softmax", {}),
}
# The activations by the name of the class that a call of keras.ops or keras.activations leaves in a graph.
FUNCTIONS = {name.title().replace("_", ""): found for name, found in ACTIVATIONS.items()} | {
    "ReLU": ACTIVATIONS["relu"],
    "Exp": ACTIVATIONS["exponential"],
    "Threshold": ("threshold", {"threshold": 0.0, "default_value": 0.0}),
}


class UnsupportedError(Exception):
    """A decoder that cannot be lowered. Its text names the cause, such as: layer 'up' (UpSampling2D, bicubic)."""


def lower(model: Any) -> Lowered:
    """Lower a Keras decoder, z (batch, latent_dim) -> image (batch, H, W, C) in [0, 1], and check the result.

    The model, functional or sequential, is not changed. Raises UnsupportedError if it has a layer or a setting for
    which there is no operation, or if the lowered decoder's images differ from Keras's by more than TOLERANCE.
    """
    shapes = {2: getattr(model, "input_shape", None), 4: getattr(model, "output_shape", None)}
    if not all(isinstance(shape, tuple) and None not in shape[1:] and len(shape) == n for n, shape in shapes.items()):
        raise UnsupportedError(f"model {model.name!r} (not from one code of a fixed size to one image)")
    latent_dim = model.input_shape[-1]
    codes = np.zeros((CHECKS, latent_dim), np.float32)
    codes[1:] = np.random.default_rng(0).standard_normal((CHECKS - 1, latent_dim), np.float32)
    lowering = _Lowering(model.input_shape[1:])
    (image,) = lowering.walk(model, [0])
    if image != len(lowering.operations):
        raise UnsupportedError(f"model {model.name!r} (layers that do not lead to its image)")
    images = np.asarray(model(codes, training=False))
    try:
        lowered = Lowered(tuple(lowering.operations), tuple(lowering.weights), codes, images)
    except ValueError as error:
        raise UnsupportedError(f"model {model.name!r} ({error})") from error
    difference = float(np.abs(LoweredDecoder(lowered)(codes) - images).max())
    if not difference <= TOLERANCE:
        raise UnsupportedError(f"model {model.name!r} (it differs from Keras by {difference:.1e} when lowered)")
    return lowered


def _unsupported(layer: Any, why: str = "") -> UnsupportedError:
    kind = type(layer).__name__
    return UnsupportedError(f"layer {layer.name!r} ({f'{kind}, {why}' if why else kind})")


class _Lowering:
    """Collects operations and weights. A value is known by its index: 0 is z, i the output of the i-th operation."""

    def __init__(self, code_shape: Shape) -> None:
        self.operations: list[Operation] = []
        self.weights: list[Floats] = []
        self.shapes = [code_shape]  # of each value, without the batch

    def emit(
        self,
        kind: str,
        inputs: Sequence[int],
        shape: Shape,
        weights: Sequence[Any] = (),
        settings: Mapping[str, Setting] | None = None,
    ) -> int:
        """Append an operation. Returns the index of its output."""
        indices = tuple(self._weight_index(np.ascontiguousarray(weight, np.float32)) for weight in weights)
        self.operations.append(Operation(kind, tuple(inputs), shape, indices, settings or {}))
        self.shapes.append(shape)
        return len(self.operations)

    def _weight_index(self, weight: Floats) -> int:
        """The index of the weight, which is added unless an equal one exists, as for a layer that is used twice."""
        for index, known in enumerate(self.weights):
            if np.array_equal(known, weight):
                return index
        self.weights.append(weight)
        return len(self.weights) - 1

    def walk(self, model: Any, inputs: Sequence[int]) -> list[int]:
        """Lower all layers of a model for these inputs. Returns the indices of its outputs."""
        import keras

        class Stand(keras.layers.Layer):  # type: ignore[misc]
            """Called instead of the model's own layer, which would keep the call in its history."""

            def __init__(self, outputs: Any) -> None:
                super().__init__()
                self.outputs = outputs

            def compute_output_spec(self, *_: Any, **__: Any) -> Any:
                return keras.tree.map_structure(lambda tensor: keras.KerasTensor(tensor.shape), self.outputs)

        values: list[tuple[Any, int]] = []

        def call(layer: Any, *arguments: Any, **keywords: Any) -> Any:
            if any(given is not None and given is not False for given in keras.tree.flatten(keywords)):
                raise _unsupported(layer, f"called with {', '.join(keywords)}")
            tensors = keras.tree.flatten(arguments)
            numbers = [number for tensor in tensors for known, number in values if known is tensor]
            if len(numbers) != len(tensors):
                raise _unsupported(layer, "called with constants")
            outputs = layer.compute_output_spec(*arguments)
            shapes = [tuple(output.shape[1:]) for output in keras.tree.flatten(outputs)]
            results = Stand(outputs)(*arguments)
            values.extend(zip(keras.tree.flatten(results), self.layer(layer, numbers, shapes), strict=True))
            return results

        # Keras walks the graph while it copies it, but not that of a sequential model, so a functional one is made.
        graph = keras.Model(model.inputs, model.outputs)
        copies = [keras.Input(tensor.shape[1:]) for tensor in graph.inputs]
        values.extend(zip(copies, inputs, strict=True))
        copy = keras.models.clone_model(
            graph,
            input_tensors=keras.tree.pack_sequence_as(graph.input, copies),
            clone_function=lambda layer: layer,
            call_function=call,
        )
        return [number for tensor in copy.outputs for known, number in values if known is tensor]

    def layer(self, layer: Any, inputs: list[int], shapes: list[Shape]) -> list[int]:
        """Lower a layer, or a model used as one, with outputs of these shapes. Returns the indices of its outputs."""
        import keras

        name = type(layer).__name__
        if not isinstance(layer, keras.layers.Layer):
            return [self.function(layer, inputs, shapes[0])]
        if isinstance(layer, keras.Model):
            if not getattr(layer, "inputs", None):
                raise _unsupported(layer, "not a functional model")
            return self.walk(layer, inputs)
        if name not in LAYERS or type(layer) is not getattr(keras.layers, name, None):
            raise _unsupported(layer)
        if layer.compute_dtype != "float32":
            raise _unsupported(layer, layer.compute_dtype)
        if getattr(layer, "data_format", None) == "channels_first":
            raise _unsupported(layer, "channels_first")
        if None in shapes[0]:
            raise _unsupported(layer, "of no fixed size")
        return [LAYERS[name](self, layer, inputs, shapes[0])]

    def function(self, operation: Any, inputs: list[int], shape: Shape) -> int:
        """Lower a Keras function that was called on tensors: an activation, or the sum or product of values."""
        name = type(operation).__name__
        if name in ("Add", "Multiply") and len({len(self.shapes[value]) for value in inputs}) == 1:
            return self.emit(name.lower(), inputs, shape)
        approximate = "Tanh" if getattr(operation, "approximate", False) else ""
        kind, defaults = FUNCTIONS.get(name + approximate, ("", {}))
        if not kind or getattr(operation, "axis", -1) not in (-1, len(shape)):
            raise _unsupported(operation)
        given = {setting: getattr(operation, setting, None) for setting in defaults}
        settings = {**defaults, **{setting: float(value) for setting, value in given.items() if value is not None}}
        return self.emit(kind, inputs, shape, settings=settings)

    def activation(self, layer: Any, value: int) -> int:
        """Lower the activation at the end of a layer, or the one that the layer itself is."""
        import keras

        function = layer.activation
        if isinstance(function, keras.layers.Layer):
            return self.layer(function, [value], [self.shapes[value]])[0]
        name = getattr(function, "__name__", type(function).__name__)
        if getattr(keras.activations, name, None) is not function:
            raise _unsupported(layer, f"activation {name}")
        if name == "linear":
            return value
        if name not in ACTIVATIONS:
            raise _unsupported(layer, f"activation {name}")
        kind, settings = ACTIVATIONS[name]
        return self.emit(kind, [value], self.shapes[value], settings=settings)


Layer = Callable[[_Lowering, Any, list[int], Shape], int]


def _same(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    return inputs[0]


def _plain(kind: str) -> Layer:
    return lambda lowering, layer, inputs, shape: lowering.emit(kind, inputs, shape)


def _bias(layer: Any, count: int) -> Any:
    return layer.bias if layer.use_bias else np.zeros(count)


def _dense(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    value = lowering.emit("dense", inputs, shape, [layer.kernel, _bias(layer, shape[-1])])
    return lowering.activation(layer, value)


def _pair(numbers: Any) -> tuple[int, int]:
    first, second = numbers
    return int(first), int(second)


def _convolution_settings(layer: Any, large: Shape, small: Shape) -> dict[str, tuple[int, int]]:
    """Strides, dilation and offset of a convolution from large to small (H, W, C), or of a transposed one back.

    Padding "same" is even on both sides, with an odd row or column after the image:
    https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
    """
    strides, dilation, kernel_size = _pair(layer.strides), _pair(layer.dilation_rate), _pair(layer.kernel_size)
    offset = (0, 0)
    if layer.padding == "same":
        sizes = zip(large, small, strides, dilation, kernel_size, strict=False)
        offset = _pair(max((n - 1) * stride + (k - 1) * apart + 1 - m, 0) // 2 for m, n, stride, apart, k in sizes)
    return {"strides": strides, "dilation": dilation, "offset": offset}


def _convolution(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    if layer.groups != 1:
        raise _unsupported(layer, f"{layer.groups} groups")
    settings = _convolution_settings(layer, lowering.shapes[inputs[0]], shape)
    weights = [layer.kernel, _bias(layer, shape[-1])]
    return lowering.activation(layer, lowering.emit("convolution", inputs, shape, weights, settings))


def _transposed_convolution(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    settings = _convolution_settings(layer, shape, lowering.shapes[inputs[0]])
    weights = [np.transpose(layer.kernel, (3, 0, 1, 2)), _bias(layer, shape[-1])]
    return lowering.activation(layer, lowering.emit("transposed_convolution", inputs, shape, weights, settings))


def _upsampling(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    if layer.interpolation not in ("nearest", "bilinear"):
        raise _unsupported(layer, layer.interpolation)
    return lowering.emit(f"upsample_{layer.interpolation}", inputs, shape)


def _padding(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    return lowering.emit("padding", inputs, shape, settings={"offset": _pair(first for first, _ in layer.padding)})


def _cropping(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    return lowering.emit("padding", inputs, shape, settings={"offset": _pair(-first for first, _ in layer.cropping)})


def _permute(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    axes = tuple(int(axis) - 1 for axis in layer.dims)  # Keras counts from 1
    return lowering.emit("permute", inputs, shape, settings={"axes": axes})


def _rescaling(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    weights = np.broadcast_arrays(layer.scale, layer.offset, np.zeros(shape[-1]))[:2]
    return lowering.emit("scale", inputs, shape, [_last_axes(weight, shape) for weight in weights])


def _last_axes(weight: Any, shape: Shape) -> NDArray[Any]:
    """A weight that broadcasts to a shape, without leading axes of size 1; or broadcast whole if no such form fits."""
    weight = np.asarray(weight)
    while weight.ndim and weight.shape != shape[len(shape) - weight.ndim :]:
        if weight.shape[0] != 1:
            return np.broadcast_to(weight, shape)
        weight = weight[0]
    return weight if weight.ndim else np.broadcast_to(weight, shape[-1:])


def _batch_normalization(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    scale = 1 / np.sqrt(np.asarray(layer.moving_variance, np.float64) + layer.epsilon)
    if layer.scale:
        scale = scale * np.asarray(layer.gamma)
    offset = -np.asarray(layer.moving_mean) * scale
    if layer.center:
        offset = offset + np.asarray(layer.beta)
    axes = [1] * len(shape)
    axes[layer.axis - (layer.axis > 0)] = len(scale)
    return lowering.emit(
        "scale", inputs, shape, [_last_axes(weight.reshape(axes), shape) for weight in (scale, offset)]
    )


def _layer_normalization(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    given = [layer.axis] if isinstance(layer.axis, int) else layer.axis
    axes = sorted(axis - 1 if axis > 0 else axis + len(shape) for axis in given)
    if axes != list(range(len(shape) - len(axes), len(shape))):
        raise _unsupported(layer, "not over the last axes")
    if layer.rms_scaling:
        raise _unsupported(layer, "rms_scaling")
    normalized = shape[axes[0] :]
    weights = [
        layer.gamma if layer.scale else np.ones(normalized),
        layer.beta if layer.center else np.zeros(normalized),
    ]
    return lowering.emit("layer_normalization", inputs, shape, weights, {"epsilon": float(layer.epsilon)})


def _activation(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    return lowering.activation(layer, inputs[0])


def _relu(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    settings = RELU | {"negative_slope": float(layer.negative_slope), "threshold": float(layer.threshold)}
    if layer.max_value is not None:
        settings |= {"max_value": float(layer.max_value)}
    return lowering.emit("relu", inputs, shape, settings=settings)


def _leaky_relu(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    return lowering.emit("relu", inputs, shape, settings=RELU | {"negative_slope": float(layer.negative_slope)})


def _elu(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    return lowering.emit("elu", inputs, shape, settings={"alpha": float(layer.alpha)})


def _prelu(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    return lowering.emit("prelu", inputs, shape, [_last_axes(layer.alpha, shape)])


def _softmax(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    if layer.axis not in (-1, len(shape)):
        raise _unsupported(layer, f"axis {layer.axis}")
    return lowering.emit("softmax", inputs, shape)


def _merge(kind: str) -> Layer:
    def merge(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
        total, *others = inputs
        for other in others:
            broadcast = np.broadcast_shapes(lowering.shapes[total], lowering.shapes[other])
            total = lowering.emit(kind, [total, other], broadcast)
        return total

    return merge


def _concatenate(lowering: _Lowering, layer: Any, inputs: list[int], shape: Shape) -> int:
    axis = layer.axis - 1 if layer.axis > 0 else layer.axis + len(shape)
    return lowering.emit("concatenate", inputs, shape, settings={"axis": axis})


LAYERS: dict[str, Layer] = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "Conv2DTranspose": _transposed_convolution,
    "Reshape": _plain("reshape"),
    "Flatten": _plain("reshape"),
    "Permute": _permute,
    "UpSampling2D": _upsampling,
    "ZeroPadding2D": _padding,
    "Cropping2D": _cropping,
    "Rescaling": _rescaling,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ELU": _elu,
    "PReLU": _prelu,
    "Softmax": _softmax,
    "Add": _merge("add"),
    "Multiply": _merge("multiply"),
    "Concatenate": _concatenate,
} | dict.fromkeys(
    (
        "ActivityRegularization",
        "AlphaDropout",
        "Dropout",
        "GaussianDropout",
        "GaussianNoise",
        "Identity",
        "SpatialDropout2D",
    ),  # layers that do nothing outside training
    _same,
)
