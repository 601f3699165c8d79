"""Adapting a Keras decoder or encoder from another program to the form that a run has, with Keras's own layers."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from vae_explorer.array_types import Floats, ImageShape
from vae_explorer.errors import UserError
from vae_explorer.network.codes import code_size, from_shape, to_shape
from vae_explorer.network.fitting import NO_VARIANCE
from vae_explorer.network.onnx_network import Tensor
from vae_explorer.network.pixel_range import RANGES, is_outside
from vae_explorer.run.imported import ImportedDecoder, ImportedEncoder, ImportedLabel


class KerasNetwork:
    """A Keras model as a `network.fitting.Network`. Raises UserError if it was saved without shapes."""

    kind: Literal["keras", "onnx"] = "keras"

    def __init__(self, model: Any, file: str) -> None:
        if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
            raise UserError(f"{file} does not say what shape it takes: call the model once on data, and save it again.")
        self.model, self._file = model, file
        self._called: Any = None
        self.inputs = [
            Tensor(tensor.name, tuple(tensor.shape), "int" in str(tensor.dtype)) for tensor in model.inputs
        ]  # fmt: skip
        names = tensor_names(model)
        self.outputs = [
            Tensor(name, tuple(tensor.shape)) for name, tensor in zip(names, model.outputs, strict=True)
        ]  # fmt: skip
        self.drawn = drawn_outputs(model, names)

    def __call__(self, values: Floats, wanted: Sequence[str] | None = None) -> list[Floats]:
        """The outputs with the names `wanted`, None: all, for values (N, ...) float32.

        Latent codes are taken and given as (N, d), whatever shape the network has for them. Raises UserError if the
        network fails.
        """
        return self.run({self.inputs[0].name: values}, wanted)

    def run(self, inputs: Mapping[str, Floats], wanted: Sequence[str] | None = None) -> list[Floats]:
        """The same for the values (N, ...) float32 of each input; labels are taken as (N, K) or (N, 1)."""
        import keras

        try:
            if self._called is None:  # a model with a plain list, since the file's may take a dictionary
                self._called = keras.Model(list(self.model.inputs), self.model.outputs)
            given = [
                to_shape(np.asarray(inputs[tensor.name]), tensor.shape).astype(np.int32 if tensor.whole else np.float32)
                for tensor in self.inputs
            ]
            found = keras.tree.flatten(self._called(given, training=False))
        except Exception as error:  # a malicious network may raise any exception
            shapes = " and ".join(str(values.shape) for values in inputs.values())
            raise UserError(f"{self._file} fails on {shapes}: {type(error).__name__}.") from error
        by_name = {tensor.name: value for tensor, value in zip(self.outputs, found, strict=True)}
        return [from_shape(np.asarray(by_name[name], np.float32)) for name in wanted or by_name]


def fitted_decoder(network: KerasNetwork, decoder: ImportedDecoder, image_shape: ImageShape) -> Any:
    """The decoder as a Keras model z (batch, latent_dim) -> images (batch, H, W, C) in [0, 1].

    A conditional decoder takes z with its label appended, (batch, latent_dim + label.width). It shares its weights
    with `network`.
    """
    import keras
    from keras import layers

    height, width, channels = image_shape
    entry, x = network.model.inputs[0], _output(network, decoder.output)
    if decoder.label is not None:
        entry, x = _with_label_appended(network, decoder.label, x)
    elif len(entry.shape) > 2:
        inner = keras.Model(entry, x, name="imported_decoder")
        entry = keras.Input((code_size(entry.shape),), name="z")
        x = inner(layers.Reshape(inner.inputs[0].shape[1:], name="codes")(entry))
    # The file's own layers may have any names, and each name may occur once in a model.
    name = unused_names([operation.name for operation in keras.Model(entry, x).operations])
    if decoder.layout in ("first", "flat-first"):
        if decoder.layout == "flat-first":
            x = layers.Reshape((channels, height, width), name=name("channels"))(x)
        sides, moved = (height, width, 1), name("channels_last")
        x = (layers.Permute((2, 3, 1), name=moved) if channels > 1 else layers.Reshape(sides, name=moved))(x)
    elif decoder.layout != "last":
        x = layers.Reshape(image_shape, name=name("image"))(x)
    if decoder.ending == "logits":
        x = layers.Activation("sigmoid", dtype="float32", name=name("sigmoid"))(x)
        return keras.Model(entry, x, name="decoder")
    low, high = RANGES[decoder.ending]
    if (low, high) != (0, 1):
        scale = 1 / (high - low)
        x = layers.Rescaling(scale, -low * scale, dtype="float32", name=name("pixels"))(x)
    if is_outside(decoder):  # a linear layer may give pixels outside the range
        x = layers.ReLU(max_value=1.0, dtype="float32", name=name("clipped"))(x)
    return keras.Model(entry, x, name="decoder")


def _with_label_appended(network: KerasNetwork, label: ImportedLabel, x: Any) -> tuple[Any, Any]:
    """The input z with its label appended, (batch, latent_dim + label.width), and what becomes of the output x."""
    import keras
    from keras import layers

    codes = next(tensor for tensor in network.inputs if tensor.name != label.input)
    latent_dim = code_size(codes.shape) or 1
    entry, chosen = keras.Input((latent_dim + label.width,), name="z_and_label"), np.eye(latent_dim + label.width)
    given = []
    for tensor in network.inputs:
        columns = chosen[:, latent_dim:] if tensor.name == label.input else chosen[:, :latent_dim]
        # A dense layer that picks numbers can also be computed in a page.
        pick = layers.Dense(columns.shape[1], use_bias=False, trainable=False, dtype="float32",
                            name="label" if tensor.name == label.input else "z")  # fmt: skip
        picked = pick(entry)
        pick.set_weights([columns])
        if tensor.shape[1:] != (columns.shape[1],):
            sides = tuple(side or columns.shape[1] for side in tensor.shape[1:])
            picked = layers.Reshape(sides, name=f"{pick.name}_shape")(picked)
        given.append(picked)
    return entry, keras.Model(list(network.model.inputs), x, name="imported_decoder")(given)


def fitted_encoder(network: KerasNetwork, encoder: ImportedEncoder, latent_dim: int, image_shape: ImageShape) -> Any:
    """The encoder as a Keras model images (batch, H, W, C) in [0, 1] -> [z_mean, z_log_var], (batch, latent_dim) each.

    It shares its weights with `network`.
    """
    import keras
    from keras import layers

    # End the model after mean and log-variance, without the layer that draws z.
    names = [name for name in dict.fromkeys((encoder.z_mean, encoder.z_log_var)) if name]
    inner = keras.Model(network.model.inputs[0], [_output(network, name) for name in names], name="imported_encoder")
    image = keras.Input(image_shape, name="image")
    low, high = RANGES[encoder.input_range]
    x = layers.Rescaling(float(high - low), float(low))(image) if (low, high) != (0, 1) else image
    if encoder.layout in ("first", "flat-first"):
        x = layers.Permute((3, 1, 2))(x)
    if encoder.layout == "plain":
        x = layers.Reshape(image_shape[:2])(x)
    elif encoder.layout.startswith("flat"):
        x = layers.Reshape((math.prod(image_shape),))(x)
    outputs = [layers.Flatten()(output) if len(output.shape) > 2 else output for output in keras.tree.flatten(inner(x))]
    if encoder.posterior.startswith("concatenated"):
        pair = layers.Reshape((2, latent_dim, 1))(outputs[0])
        halves = [layers.Cropping2D(((row, 1 - row), (0, 0)))(pair) for row in (0, 1)]
        if encoder.posterior != "concatenated":
            halves.reverse()
        z_mean, z_log_var = (layers.Reshape((latent_dim,))(half) for half in halves)
    elif encoder.posterior == "mean alone":
        z_mean, z_log_var = outputs[0], layers.Rescaling(0.0, NO_VARIANCE)(outputs[0])
    else:
        z_mean, z_log_var = outputs
    # The outputs have the same names in every run.
    z_mean = layers.Identity(name="z_mean", dtype="float32")(z_mean)
    z_log_var = layers.Identity(name="z_log_var", dtype="float32")(z_log_var)
    return keras.Model(image, [z_mean, z_log_var], name="encoder")


def unused_names(taken: Iterable[str]) -> Callable[[str], str]:
    """A function that returns a name like the one it is given, which is neither taken nor was returned before."""
    used = set(taken)

    def unused(wanted: str) -> str:
        names = itertools.chain([wanted], (f"{wanted}_{number}" for number in itertools.count(1)))
        found = next(name for name in names if name not in used)
        used.add(found)
        return found

    return unused


def _output(network: KerasNetwork, name: str) -> Any:
    names = [tensor.name for tensor in network.outputs]
    return network.model.outputs[names.index(name)]


def tensor_names(model: Any) -> list[str]:
    """The names of the outputs: the keys if the model gives a dictionary, or else the names of the last layers."""
    output = getattr(model, "output", None)  # a Sequential model that was never called has none
    if isinstance(output, dict):
        return sorted(output)
    names = [tensor._keras_history.operation.name for tensor in model.outputs]
    # One operation may give several tensors.
    return [f"{name}:{index}" if names.count(name) > 1 else name for index, name in enumerate(names)]


def drawn_outputs(model: Any, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The names of outputs that a layer draws, each with the names of those outputs that the layer draws it from."""
    from vae_explorer.network.sampling_layer import Sampling

    by_tensor = {id(tensor): name for name, tensor in zip(names, model.outputs, strict=True)}
    found = {}
    for name, tensor in zip(names, model.outputs, strict=True):
        operation, node, _ = tensor._keras_history
        if isinstance(operation, Sampling):
            given = operation._inbound_nodes[node].input_tensors
            found[name] = tuple(by_tensor[id(item)] for item in given if id(item) in by_tensor)
    return found


def largest_tensor(model: Any) -> int:
    """The largest number of values per image in any layer's output."""
    largest = 0
    for layer in _all_layers(model):
        for node in getattr(layer, "_inbound_nodes", ()):
            for tensor in node.output_tensors:
                largest = max(largest, math.prod(side or 1 for side in tensor.shape[1:]))
    return largest


def find_part(model: Any, name: str) -> Any | None:
    """The only sub-model of a whole VAE with "encoder" or "decoder" in its name; None: there is none, or several."""
    import keras

    found = [layer for layer in _all_layers(model) if isinstance(layer, keras.Model) and name in layer.name.lower()]
    return found[0] if len(found) == 1 else None


def _all_layers(model: Any) -> list[Any]:
    found = []
    for layer in model.layers:
        found.append(layer)
        if hasattr(layer, "layers"):
            found += _all_layers(layer)
    return found
