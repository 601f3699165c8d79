"""What a Keras model's tensors are called and how large they are, and its parts where it is a whole VAE."""

import math
from typing import Any

from vae_explorer.run.imported import Ending

SHAPING = ("Reshape", "Flatten", "Permute", "Cropping2D", "Identity", "ZeroPadding2D")


def tensor_names(model: Any) -> list[str]:
    """The outputs' names, as a dict that the model gives or its layers call them."""
    output = getattr(model, "output", None)  # a Sequential one that was never called has none
    if isinstance(output, dict):
        return sorted(output)
    names = [tensor._keras_history.operation.name for tensor in model.outputs]
    # One operation may give several tensors.
    return [f"{name}:{place}" if names.count(name) > 1 else name for place, name in enumerate(names)]


def largest_tensor(model: Any) -> int:
    """The most values that any layer gives, an image."""
    largest = 0
    for layer in _all_layers(model):
        for node in getattr(layer, "_inbound_nodes", ()):
            for tensor in node.output_tensors:
                largest = max(largest, math.prod(side or 1 for side in tensor.shape[1:]))
    return largest


def find_part(model: Any, name: str) -> Any | None:
    """The sub-model "encoder" or "decoder" of a whole VAE: the one so named; None: there is none, or more than one."""
    import keras

    parts = [layer for layer in _all_layers(model) if isinstance(layer, keras.Model) and name in layer.name.lower()]
    return parts[0] if len(parts) == 1 else None


def last_activation(model: Any) -> Ending | None:
    """What the last layer with values of its own ends in; None: nothing that tells."""
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
