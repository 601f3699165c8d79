"""network/codes.py: latent codes of other shapes and number types, in networks of other programs."""

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from vae_explorer.network.codes import code_size, from_shape, to_shape
from vae_explorer.run.run import Run
from vae_explorer.training.importing import find_model, write_model

DCGAN, PLAIN = ("n", 6, 1, 1), ("n", 6)


def onnx_decoder(path: Path, shape: tuple[str | int, ...], dtype: type = np.float32) -> np.ndarray:
    """Write a decoder of 16 x 16 images from codes of this shape. Returns its weights (latent_dim, 256)."""
    weight = (np.random.default_rng(0).standard_normal((int(shape[1]), 256)) / np.sqrt(shape[1])).astype(dtype)
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    nodes = [
        helper.make_node("Flatten", ["z"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weight"], ["values"]),
        helper.make_node("Sigmoid", ["values"], ["pixels"]),
        helper.make_node("Reshape", ["pixels", "sides"], ["image"]),
    ]
    graph = helper.make_graph(
        nodes,
        "decoder",
        [helper.make_tensor_value_info("z", kind, shape)],
        [helper.make_tensor_value_info("image", kind, ["n", 1, 16, 16])],
        [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(np.array([-1, 1, 16, 16]), "sides")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return weight.astype(np.float32)


def onnx_encoder(path: Path, latent_dim: int) -> None:
    """Write an encoder of 16 x 16 images whose mean and log-variance are (N, latent_dim, 1, 1)."""
    weights = [np.random.default_rng(seed).standard_normal((256, latent_dim)).astype(np.float32) for seed in (1, 2)]
    names = ("mean", "log_var")
    nodes = [helper.make_node("Flatten", ["image"], ["flat"])]
    for name in names:
        nodes.append(helper.make_node("MatMul", ["flat", f"{name}_weight"], [f"{name}_flat"]))
        nodes.append(helper.make_node("Reshape", [f"{name}_flat", "sides"], [name]))
    arrays = [numpy_helper.from_array(weight, f"{name}_weight") for name, weight in zip(names, weights, strict=True)]
    graph = helper.make_graph(
        nodes,
        "encoder",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, 16, 16])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", latent_dim, 1, 1]) for name in names],
        [*arrays, numpy_helper.from_array(np.array([-1, latent_dim, 1, 1]), "sides")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())


def imported(tmp_path: Path, *networks: str) -> Run:
    return write_model(find_model(*(tmp_path / name for name in networks)), tmp_path / "run")


def decoded(run: Run, z: np.ndarray) -> np.ndarray:
    from vae_explorer.model.decoder import run_decoder

    return run_decoder(run)(z)


def sigmoid(values: np.ndarray) -> np.ndarray:
    return (1 / (1 + np.exp(-values.astype(np.float64)))).reshape(-1, 16, 16, 1)


def test_codes_change_their_shape_and_nothing_else():
    codes = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert to_shape(codes, (None, 3, 1, 1)).shape == (2, 3, 1, 1)
    assert to_shape(codes, (None, 1, 1, 3)).shape == (2, 1, 1, 3)
    assert to_shape(codes, (None, 4, 1, 1)).shape == (2, 3)
    np.testing.assert_array_equal(from_shape(to_shape(codes, (None, 3, 1, 1))), codes)
    assert from_shape(np.zeros((2, 1, 16, 16), np.float32)).shape == (2, 1, 16, 16)
    assert [code_size(shape) for shape in ((None, 8), (None, 8, 1, 1), (None, 1), (None, 2, 8), (None,))] == [
        8, 8, 1, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "dtype", "error"),
    [(DCGAN, np.float32, 1e-5), (PLAIN, np.float16, 2e-3), (DCGAN, np.float16, 2e-3), (PLAIN, np.float64, 1e-5)],
)
def test_a_decoder_of_other_codes_decodes_as_it_does_by_itself(tmp_path: Path, shape, dtype, error):
    weight = onnx_decoder(tmp_path / "decoder.onnx", shape, dtype)
    z = np.random.default_rng(3).standard_normal((40, 6), np.float32)
    np.testing.assert_allclose(decoded(imported(tmp_path, "decoder.onnx"), z), sigmoid(z @ weight), atol=error)


def test_an_encoder_of_such_codes_is_taken(tmp_path: Path):
    onnx_decoder(tmp_path / "decoder.onnx", DCGAN)
    onnx_encoder(tmp_path / "encoder.onnx", 6)
    encoder = find_model(tmp_path / "decoder.onnx", tmp_path / "encoder.onnx").model.encoder
    assert encoder is not None
    assert (encoder.z_mean, encoder.z_log_var) == ("mean", "log_var")


def test_a_keras_decoder_of_such_codes_is_taken(tmp_path: Path):
    import keras
    from keras import layers

    z = keras.Input((1, 1, 6))
    x = layers.Conv2DTranspose(8, 4, activation="relu")(z)
    model = keras.Model(z, layers.Conv2DTranspose(1, 4, strides=4, activation="sigmoid")(x))
    model.save(tmp_path / "decoder.keras")
    codes = np.random.default_rng(3).standard_normal((4, 6), np.float32)
    wanted = np.asarray(model(codes.reshape(4, 1, 1, 6)))
    np.testing.assert_allclose(decoded(imported(tmp_path, "decoder.keras"), codes), wanted, atol=1e-5)


def test_512_dimensions_are_taken_and_no_more(tmp_path: Path):
    onnx_decoder(tmp_path / "decoder.onnx", ("n", 512))
    assert imported(tmp_path, "decoder.onnx").info.latent_dim == 512
    onnx_decoder(tmp_path / "more.onnx", ("n", 513))
    with pytest.raises(Exception, match="1 to 512"):
        find_model(tmp_path / "more.onnx")
