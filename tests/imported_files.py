"""Decoders and encoders as others save them, and files that are made to do harm."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np

# Keras's VAE example, as keras.io prints it, smaller; run by itself, so that its Sampling is not known to the program.
EXAMPLE = """
import sys
import keras
from keras import layers, ops

class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        epsilon = keras.random.normal(shape=ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon

keras.utils.set_random_seed(0)
image = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(4, 3, activation="relu", strides=2, padding="same")(image)
x = layers.Flatten()(x)
x = layers.Dense(16, activation="relu")(x)
z_mean = layers.Dense(2, name="z_mean")(x)
z_log_var = layers.Dense(2, name="z_log_var")(x)
z = Sampling()([z_mean, z_log_var])
encoder = keras.Model(image, [z_mean, z_log_var, z], name="encoder")
latent = keras.Input(shape=(2,))
x = layers.Dense(7 * 7 * 4, activation="relu")(latent)
x = layers.Reshape((7, 7, 4))(x)
x = layers.Conv2DTranspose(4, 3, activation="relu", strides=2, padding="same")(x)
x = layers.Conv2DTranspose(4, 3, activation="relu", strides=2, padding="same")(x)
decoder = keras.Model(latent, layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x), name="decoder")
folder = sys.argv[1]
for kind in ("keras", "h5"):
    encoder.save(f"{folder}/encoder.{kind}")
    decoder.save(f"{folder}/decoder.{kind}")
keras.Model(image, decoder(encoder(image)[2]), name="vae").save(f"{folder}/vae.keras")
decoder.save_weights(f"{folder}/only.weights.h5")
(keras.Sequential([keras.Input((2,)), layers.Lambda(lambda z: open(sys.argv[1] + "/trace", "w") and z)])
 .save(f"{folder}/lambda.keras"))
keras.Sequential([keras.Input((2,)), layers.Lambda(lambda z: z)]).save(f"{folder}/lambda.h5")
"""


def write_example(folder: Path) -> None:
    """encoder, decoder (.keras and .h5), vae.keras, only.weights.h5, lambda.keras and lambda.h5."""
    subprocess.run(
        [sys.executable, "-c", EXAMPLE, str(folder)], check=True, capture_output=True, env={**_environment()}
    )  # fmt: skip
    (folder / "trace").unlink()  # that its own layer left when it was made


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}


def changed_archive(archive: Path, target: Path, change) -> Path:
    """A copy of a .keras file whose members `change` (a dict of bytes) has altered."""
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(name, content)
    return target


def changed_config(archive: Path, target: Path, change) -> Path:
    """A copy of a .keras file whose configuration `change` has altered."""

    def alter(members):
        config = json.loads(members["config.json"])
        change(config)
        members["config.json"] = json.dumps(config).encode()

    return changed_archive(archive, target, alter)


def changed_weights(archive: Path, target: Path, change) -> Path:
    """A copy of a .keras file whose weights, an h5py.File, `change` has altered."""
    import h5py

    def alter(members):
        weights = io.BytesIO(members["model.weights.h5"])
        with h5py.File(weights, "r+") as file:
            change(file)
        members["model.weights.h5"] = weights.getvalue()

    return changed_archive(archive, target, alter)


def onnx_decoder(latent_dim=2, shape=(1, 16, 16), last="Sigmoid", batch="n", seed=0, scale=1.0) -> bytes:
    """z -> Gemm -> Reshape -> last, as PyTorch would export it."""
    from onnx import TensorProto, helper, numpy_helper

    rng, values = np.random.default_rng(seed), int(np.prod(shape))
    weight = (rng.normal(size=(latent_dim, values)) * scale).astype(np.float32)
    initializers = [
        numpy_helper.from_array(weight, "weight"),
        numpy_helper.from_array(np.zeros(values, np.float32), "bias"),
        numpy_helper.from_array(np.array([-1 if batch == "n" else batch, *shape]), "sides"),
    ]
    nodes = [
        helper.make_node("Gemm", ["z", "weight", "bias"], ["flat"]),
        helper.make_node("Reshape", ["flat", "sides"], ["shaped"]),
        helper.make_node(last, ["shaped"], ["image"]),
    ]
    graph = helper.make_graph(
        nodes, "decoder",
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, [batch, latent_dim])],
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, *shape])],
        initializers,
    )  # fmt: skip
    return _model(graph)


def onnx_encoder(latent_dim=2, shape=(1, 16, 16), names=("mu", "logvar"), width=None, seed=1) -> bytes:
    """image -> Flatten -> one Gemm a name."""
    from onnx import TensorProto, helper, numpy_helper

    rng, values, width = np.random.default_rng(seed), int(np.prod(shape)), width or latent_dim
    initializers, nodes = [], [helper.make_node("Flatten", ["image"], ["flat"])]
    for name in names:
        weight = (rng.normal(size=(values, width)) / values).astype(np.float32)
        initializers.append(numpy_helper.from_array(weight, f"{name}_weight"))
        nodes.append(helper.make_node("MatMul", ["flat", f"{name}_weight"], [name]))
    graph = helper.make_graph(
        nodes, "encoder",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", *shape])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width]) for name in names],
        initializers,
    )  # fmt: skip
    return _model(graph)


def _model(graph) -> bytes:
    from onnx import helper

    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def onnx_conditional(
    label="one-hot", latent_dim=2, classes=10, shape=(1, 16, 16), names=("z", "y"), label_first=False, dtype="INT64",
    single=False, seed=0,
) -> bytes:  # fmt: skip
    """z and the label of a class -> Concat -> Gemm -> Reshape -> Sigmoid, as PyTorch would export it.

    label: "one-hot", "index" (looked up in a table by Gather), "made one-hot" (by OneHot) or "number" (joined to z).
    single: whether labels are (n,) instead of (n, 1).
    """
    from onnx import TensorProto, helper, numpy_helper

    z, y = names
    rng, values = np.random.default_rng(seed), int(np.prod(shape))
    width = {"one-hot": classes, "index": 3, "made one-hot": classes, "number": 1}[label]
    arrays = {
        "weight": rng.normal(size=(latent_dim + width, values)).astype(np.float32),
        "bias": rng.normal(size=values).astype(np.float32),
        "sides": np.array([-1, *shape]),
        "flat": np.array([-1]),
        "table": rng.normal(size=(classes, 3)).astype(np.float32),
        "depth": np.array(classes),
        "ends": np.array([0, 1], np.float32),
    }
    known, nodes = y, []
    if label in ("index", "made one-hot"):
        if not single:
            nodes.append(helper.make_node("Reshape", [y, "flat"], ["number"]))
        number = y if single else "number"
        if label == "index":
            nodes.append(helper.make_node("Gather", ["table", number], ["known"]))
        else:
            nodes.append(helper.make_node("OneHot", [number, "depth", "ends"], ["known"]))
        known = "known"
    nodes += [
        helper.make_node("Concat", [z, known], ["joined"], axis=1),
        helper.make_node("Gemm", ["joined", "weight", "bias"], ["pixels"]),
        helper.make_node("Reshape", ["pixels", "sides"], ["shaped"]),
        helper.make_node("Sigmoid", ["shaped"], ["image"]),
    ]
    kind = TensorProto.FLOAT if label in ("one-hot", "number") else getattr(TensorProto, dtype)
    sides = ["n", classes] if label == "one-hot" else ["n"] if single else ["n", 1]
    inputs = [
        helper.make_tensor_value_info(z, TensorProto.FLOAT, ["n", latent_dim]),
        helper.make_tensor_value_info(y, kind, sides),
    ]
    graph = helper.make_graph(
        nodes, "decoder",
        inputs[::-1] if label_first else inputs,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", *shape])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )  # fmt: skip
    return _model(graph)


def write_conditional(folder: Path, **decoder):
    """A run of a conditional decoder in ONNX, in the folder."""
    from vae_explorer.training.importing import find_model, write_model

    file = folder.with_name("conditional.onnx")
    file.write_bytes(onnx_conditional(**decoder))
    return write_model(find_model(file), folder)
