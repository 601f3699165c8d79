"""Checking which classes and functions the configuration of a Keras model names, before Keras reads it.

Keras's safe mode refuses Lambda layers, but nothing else. A text layer may read a vocabulary from any file, TFSMLayer
runs a SavedModel, and functions are found by name. So only the names listed here pass: layers of image networks, and
the small objects in their settings.
"""

import re
from collections.abc import Container, Iterator
from typing import Any

from vae_explorer.errors import UserError
from vae_explorer.reading_apart import one_line

MODELS = {"Functional", "Model", "Sequential"}
LAYERS = {
    "InputLayer", "Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv1DTranspose", "Conv2DTranspose", "SeparableConv2D",
    "DepthwiseConv2D", "Flatten", "Reshape", "Permute", "RepeatVector", "Rescaling", "Activation", "Identity",
    "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "BatchNormalization", "LayerNormalization", "GroupNormalization",
    "UnitNormalization", "SpectralNormalization", "RMSNormalization", "Normalization", "Dropout", "SpatialDropout2D",
    "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "UpSampling1D", "UpSampling2D",
    "ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D", "MaxPooling1D", "MaxPooling2D",
    "AveragePooling1D", "AveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
    "GlobalAveragePooling1D", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot",
    "Embedding", "CategoryEncoding", "Resizing", "LSTM", "GRU", "SimpleRNN", "TimeDistributed", "Bidirectional",
}  # fmt: skip
SETTINGS = {  # initializers, regularizers, constraints and dtypes
    "Zeros", "Ones", "Constant", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "Identity",
    "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform", "Orthogonal",
    "OrthogonalInitializer", "L1", "L2", "L1L2", "MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm", "DTypePolicy",
}  # fmt: skip
ACTIVATIONS = {
    "linear", "relu", "relu6", "sigmoid", "hard_sigmoid", "tanh", "hard_tanh", "softplus", "softsign", "softmax",
    "log_softmax", "elu", "selu", "celu", "gelu", "silu", "swish", "hard_silu", "hard_swish", "mish", "leaky_relu",
    "exponential", "log_sigmoid", "squareplus", "soft_shrink", "hard_shrink", "tanh_shrink", "threshold", "glu",
}  # fmt: skip
OPERATIONS = {  # operations of keras.ops in a functional model
    "Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Negative", "Exp", "Log", "Sqrt", "Square", "Abs", "Power",
    "Maximum", "Minimum", "Clip", "Tanh", "Sigmoid", "Relu", "Softplus", "Gelu", "Silu", "Reshape", "Transpose",
    "Squeeze", "ExpandDims", "Concatenate", "GetItem", "Mean", "Sum", "Matmul",
    "OneHot", "Cast",
}  # fmt: skip
# Class names of plain values in a configuration.
VALUES = {"__keras_tensor__", "__tensor__", "__numpy__", "__tuple__", "__ellipsis__", "slice"}
# Layers that hold a program.
WITH_PROGRAMS = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFOpLambda", "__lambda__"}
MODULE = re.compile(
    r"keras(\.(src\.)?(models|layers|initializers|regularizers|constraints|dtype_policies|activations|engine|ops)"
    r"(\.[a-z0-9_.]+)?)?$"
)
SAMPLING = re.compile(r"sampl|reparam", re.IGNORECASE)
IGNORED = ("compile_config", "seed", "shared_object_id")  # keys without effect here
DEEPEST = 200  # levels of nested objects
LARGEST = 10**7  # largest number in a configuration


def check_config(config: Any, file: str, registered_here: Container[str] = ()) -> dict[str, str]:
    """Check all classes and functions that the configuration of a saved model names.

    Returns the custom layers that draw z from its posterior, which every Keras VAE has, as registered name to class
    name; `Sampling` replaces them. file: its name in error sentences. registered_here: names like "package>Name" of
    further classes that pass. Raises UserError for all other names.
    """
    if not isinstance(config, dict) or config.get("class_name") is None:
        raise UserError(f"{file} holds no configuration of a Keras model.")
    samplers: dict[str, str] = {}
    for found in _objects(config, file):
        name, module = found["class_name"], found.get("module")
        registered = found.get("registered_name")
        if not isinstance(name, str) or not isinstance(module, str | None) or not isinstance(registered, str | None):
            raise UserError(f"{file} is damaged: its configuration names {one_line(name, 60)!r} as a class.")
        if name in WITH_PROGRAMS:
            raise UserError(
                f"{file} has a {name} layer, which is a program rather than data and could do anything on this "
                "computer: save the model without it."
            )
        if name == "function":
            _check_function(found, file)
        elif _is_listed(name, module, registered) or (
            registered and ">" in registered and registered in registered_here
        ):
            continue  # Keras looks up the registered name first and ignores the module
        elif SAMPLING.search(name) and (module is None or not MODULE.fullmatch(module)):
            samplers[registered or name] = name
        else:
            raise UserError(_unknown(name, found, found is config, file))
    return samplers


def _is_listed(name: str, module: str | None, registered: str | None) -> bool:
    """Whether a class is one of Keras's harmless classes."""
    if registered not in (None, name) or (module is not None and not MODULE.fullmatch(module) and module != "builtins"):
        return False
    if module is not None and ".ops." in module:
        return name in OPERATIONS
    return name in MODELS | LAYERS | SETTINGS | VALUES


def _check_function(found: dict[str, Any], file: str) -> None:
    name, module = found.get("config"), found.get("module")
    known = module in (None, "builtins") or (isinstance(module, str) and module.startswith("keras.activations"))
    if not isinstance(name, str) or name not in ACTIVATIONS or not known:
        raise UserError(
            f"{file} uses the function {one_line(name, 60)!r}, which is not one of Keras's activations: save the model "
            "with one of those."
        )


def _unknown(name: str, found: dict[str, Any], is_whole: bool, file: str) -> str:
    config, name = found.get("config"), one_line(name, 60)
    if is_whole or (isinstance(config, dict) and "layers" in config):
        return (
            f"{file} is of the class {name!r}, whose program is not in the file and would not be run: save "
            'encoder and decoder separately, vae.encoder.save("encoder.keras") and vae.decoder.save("decoder.keras").'
        )
    return f"{file} has a layer of the class {name!r}, which is not known here: save the model with Keras's own layers."


def _objects(config: Any, file: str) -> Iterator[dict[str, Any]]:
    """Yield all objects in the configuration that name a class. Raises UserError for numbers above `LARGEST`."""
    waiting = [(config, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise UserError(f"{file} is damaged: its configuration is nested too deeply.")
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            waiting += [(item, depth + 1) for key, item in value.items() if key not in IGNORED]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
        elif isinstance(value, int | float) and not abs(value) <= LARGEST:
            raise UserError(f"{file} is damaged: its configuration holds the number {value}.")
