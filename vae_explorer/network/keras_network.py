"""Adapting a Keras decoder or encoder from another program to the form that a run has, with Keras's own layers."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from vae_explorer.array_types import Floats, ImageShape
from vae_explorer.errors import UserError
from vae_explorer.network.fitting import NO_VARIANCE, SLACK
from vae_explorer.network.onnx_network import Tensor
from vae_explorer.run.imported import Ending, ImportedDecoder, ImportedEncoder

# Layers without an activation that may follow the last layer with one.
SHAPING = ("Reshape", "Flatten", "Permute", "Cropping2D", "Identity", "ZeroPadding2D")


class KerasNetwork:
    """A Keras model as a `network.fitting.Network`. Raises UserError if it was saved without shapes."""

    kind: Literal["keras", "onnx"] = "keras"

    def __init__(self, model: Any, file: str) -> None:
        if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
            raise UserError(f"{file} does not say what shape it takes: call the model once on data, and save it again.")
        self.model, self._file = model, file
        self._called: Any = None
        self.inputs = [Tensor(tensor.name, tuple(tensor.shape)) for tensor in model.inputs]
        names = tensor_names(model)
        self.outputs = [
            Tensor(name, tuple(tensor.shape)) for name, tensor in zip(names, model.outputs, strict=True)
        ]  # fmt: skip

    def __call__(self, values: Floats, wanted: Sequence[str] | None = None) -> list[Floats]:
        """The outputs with the names `wanted`, None: all, for values (N, ...) float32.

        Raises UserError if the network fails.
        """
        import keras

        try:
            if self._called is None:  # a model with a plain input, since the file's may take a list or a dictionary
                self._called = keras.Model(self.model.inputs[0], self.model.outputs)
            found = keras.tree.flatten(self._called(np.asarray(values, np.float32), training=False))
        except Exception as error:  # a malicious network may raise any exception
            raise UserError(f"{self._file} fails on {values.shape}: {type(error).__name__}.") from error
        by_name = {tensor.name: value for tensor, value in zip(self.outputs, found, strict=True)}
        return [np.asarray(by_name[name], np.float32) for name in wanted or by_name]


def fitted_decoder(network: KerasNetwork, decoder: ImportedDecoder, image_shape: ImageShape) -> Any:
    """The decoder as a Keras model z (batch, latent_dim) -> images (batch, H, W, C) in [0, 1].

    It shares its weights with `network`.
    """
    import keras
    from keras import layers

    height, width, channels = image_shape
    x = _output(network, decoder.output)
    if decoder.layout in ("first", "flat-first"):
        if decoder.layout == "flat-first":
            x = layers.Reshape((channels, height, width))(x)
        x = layers.Permute((2, 3, 1))(x) if channels > 1 else layers.Reshape((height, width, 1))(x)
    elif decoder.layout != "last":
        x = layers.Reshape(image_shape)(x)
    if decoder.ending == "logits":
        x = layers.Activation("sigmoid", dtype="float32")(x)
    elif decoder.ending == "tanh":
        x = layers.Rescaling(0.5, 0.5, dtype="float32")(x)
    elif decoder.lowest < 0 or decoder.highest > 1 + SLACK:  # a linear layer may give pixels outside [0, 1]
        x = layers.ReLU(max_value=1.0, dtype="float32")(x)
    return keras.Model(network.model.inputs[0], x, name="decoder")


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
    x = layers.Rescaling(2.0, -1.0)(image) if encoder.input_range == "-1..1" else image
    if encoder.layout in ("first", "flat-first"):
        x = layers.Permute((3, 1, 2))(x)
    if encoder.layout == "plain":
        x = layers.Reshape(image_shape[:2])(x)
    elif encoder.layout.startswith("flat"):
        x = layers.Reshape((math.prod(image_shape),))(x)
    outputs = keras.tree.flatten(inner(x))
    if encoder.posterior == "concatenated":
        pair = layers.Reshape((2, latent_dim, 1))(outputs[0])
        halves = [layers.Cropping2D(((row, 1 - row), (0, 0)))(pair) for row in (0, 1)]
        z_mean, z_log_var = (layers.Reshape((latent_dim,))(half) for half in halves)
    elif encoder.posterior == "mean alone":
        z_mean, z_log_var = outputs[0], layers.Rescaling(0.0, NO_VARIANCE)(outputs[0])
    else:
        z_mean, z_log_var = outputs
    # The outputs have the same names in every run.
    z_mean = layers.Identity(name="z_mean", dtype="float32")(z_mean)
    z_log_var = layers.Identity(name="z_log_var", dtype="float32")(z_log_var)
    return keras.Model(image, [z_mean, z_log_var], name="encoder")


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


def last_activation(model: Any) -> Ending | None:
    """The activation of the last layer that does more than reshape; None: it is neither sigmoid nor tanh."""
    import keras

    tensor = model.outputs[0]
    while True:
        layer = tensor._keras_history.operation
        if isinstance(layer, keras.Model):
            tensor = layer.outputs[0]
        elif type(layer).__name__ in SHAPING:
            tensor = layer.input
        else:
            break
    activation = getattr(getattr(layer, "activation", None), "__name__", "") or type(layer).__name__.lower()
    endings: dict[str, Ending] = {"sigmoid": "sigmoid", "tanh": "tanh"}
    return endings.get(activation)


def _all_layers(model: Any) -> list[Any]:
    found = []
    for layer in model.layers:
        found.append(layer)
        if hasattr(layer, "layers"):
            found += _all_layers(layer)
    return found
