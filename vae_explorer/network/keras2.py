"""Configurations that Keras 2 wrote, as it is in TensorFlow up to 2.15 and in tf_keras, in the words of Keras 3.

They are changed as data, before they are checked. What Keras 3 computes in another way is refused.
"""

from collections.abc import Iterator
from typing import Any

from vae_explorer.errors import UserError

# Layers that in Keras 3 have no setting `groups`; Keras 2 wrote it and knew no other value than 1.
WITHOUT_GROUPS = ("Conv1DTranspose", "Conv2DTranspose", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D")
KERNEL = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")
# Settings without effect on what a trained layer computes, which its class in Keras 3 does not know.
UNKNOWN = {
    "SeparableConv1D": KERNEL, "SeparableConv2D": KERNEL, "SpatialDropout2D": ("trainable", "noise_shape"),
    "Embedding": ("input_length",),
}  # fmt: skip
MODULES = {"Functional": "keras.src.models.functional", "Sequential": "keras"}  # of models in a .keras file
CHANGED = {"hard_sigmoid": "clip(x / 5 + 1 / 2, 0, 1)"}  # functions that compute something else in Keras 3


def is_keras2(version: object) -> bool:
    """Whether a file whose `keras_version` is this text or None was written by a Keras before Keras 3."""
    return str(version).split(".")[0] in ("None", "1", "2")


def to_keras3(config: Any, file: str) -> None:
    """Change the configuration of a model of Keras 2 into one of Keras 3, in place. Damaged parts stay as they are.

    A Lambda of two inputs that gives an output of its model is how a VAE of Keras 2 draws z: it becomes a layer
    "Sampling", whose program is not run. Raises UserError for a function that computes something else in Keras 3.
    """
    for found in list(_objects(config)):
        if found["class_name"] in MODULES and "module" in found:
            found["module"] = MODULES[found["class_name"]]
        if found["class_name"] == "Sequential" and isinstance(found.get("config"), list):  # before Keras 2.2.3
            found["config"] = {"name": "sequential", "layers": found["config"]}
        settings = found.get("config")
        if not isinstance(settings, dict):
            continue
        _check_functions(settings, file)
        policy = settings.get("dtype")
        if isinstance(policy, dict) and policy.get("class_name") == "Policy" and isinstance(policy.get("config"), dict):
            name = policy["config"].get("name")
            settings["dtype"] = "float32" if str(name).startswith("mixed") else name  # the weights are float32 as well
        if found["class_name"] in WITHOUT_GROUPS and settings.get("groups") == 1:
            del settings["groups"]
        for name in UNKNOWN.get(found["class_name"], ()):
            settings.pop(name, None)
        if settings.get("time_major") is False:
            del settings["time_major"]
        if found["class_name"] == "LeakyReLU" and "alpha" in settings:
            settings["negative_slope"] = settings.pop("alpha")
        if found["class_name"] == "ThresholdedReLU":
            found["class_name"] = "ReLU"
            settings["threshold"] = settings.pop("theta", 1.0)
        if isinstance(settings.get("layers"), list):
            _name_samplers(settings)
            _count_from_0(settings)
            _begin_with_entry(settings["layers"])


def _check_functions(settings: dict[str, Any], file: str) -> None:
    for value in (settings.get("activation"), settings.get("recurrent_activation")):
        name = value.get("config") if isinstance(value, dict) else value
        if isinstance(name, str) and name in CHANGED:
            raise UserError(
                f"{file} uses {name} of Keras 2, which is {CHANGED[name]} there and another function in Keras 3: it "
                "would give wrong images, so export the model as ONNX."
            )


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """All objects in the configuration that name a class."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _name_samplers(settings: dict[str, Any]) -> None:
    """Replace each Lambda of two inputs that is an output of the model with these settings."""
    outputs = settings.get("output_layers")
    names = (
        [output[0] for output in outputs if isinstance(output, list) and output] if isinstance(outputs, list) else []
    )
    for layer in settings["layers"]:
        if not isinstance(layer, dict) or layer.get("class_name") != "Lambda" or layer.get("name") not in names:
            continue
        nodes = layer.get("inbound_nodes")
        if isinstance(nodes, list) and len(nodes) == 1 and isinstance(nodes[0], list) and len(nodes[0]) == 2:
            layer["class_name"], layer["config"] = "Sampling", {"name": layer["name"]}
            layer.pop("module", None)
            layer.pop("registered_name", None)


def _count_from_0(settings: dict[str, Any]) -> None:
    """Let references to the calls of nested sequential models begin with 0; in Keras 2 they begin with 1."""
    for inner in settings["layers"]:
        if not isinstance(inner, dict) or inner.get("class_name") != "Sequential":
            continue
        nodes = inner.get("inbound_nodes")
        references = [found for found in _references(settings) if found[0] == inner.get("name")]
        if isinstance(nodes, list) and any(found[1] >= len(nodes) for found in references):
            for found in references:
                found[1] -= 1


def _begin_with_entry(layers: list[Any]) -> None:
    """Let a shape of the input, which any layer of Keras 2 may name, stand in an InputLayer alone."""
    for index, layer in enumerate(layers):
        settings = layer.get("config") if isinstance(layer, dict) else None
        if not isinstance(settings, dict) or layer.get("class_name") == "InputLayer":
            continue
        shape = settings.pop("batch_input_shape", None)
        if index == 0 and isinstance(shape, list):
            layers.insert(0, {"class_name": "InputLayer", "config": {"batch_shape": shape, "name": "entry"}})


def _references(settings: dict[str, Any]) -> Iterator[list[Any]]:
    """The lists [name of a layer, number of its call, number of its output, ...] in a functional model's settings."""
    waiting = [settings.get("input_layers"), settings.get("output_layers")]
    waiting += [layer.get("inbound_nodes") for layer in settings["layers"] if isinstance(layer, dict)]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, list):
            continue
        if len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int):
            yield value
        else:
            waiting += value
