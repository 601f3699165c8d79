"""network/keras2.py: files of Keras 2. They are made here in the shape that tf_keras 2.21 was seen to write."""

import json

import h5py
import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.network.keras_file import load_keras_file

ZEROS = {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": None}
MIXED = {
    "module": "keras.mixed_precision", "class_name": "Policy", "config": {"name": "mixed_float16"},
    "registered_name": None,
}  # fmt: skip
CONVOLUTION = {
    "filters": 1, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same", "data_format": "channels_last",
    "dilation_rate": [1, 1], "groups": 1, "activation": "linear", "use_bias": False, "kernel_initializer": ZEROS,
    "bias_initializer": ZEROS, "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
    "kernel_constraint": None, "bias_constraint": None, "output_padding": None,
}  # fmt: skip


def layer(kind, name, before=(), call=0, **settings):
    """A layer that takes the call of this number of each layer in `before`."""
    config = {"name": name, "trainable": True, "dtype": "float32", **settings}
    nodes = [[[one, call, 0, {}] for one in before]] if before else []
    return {"class_name": kind, "config": config, "name": name, "inbound_nodes": nodes}


def entry(name, *shape):
    settings = {"batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False, "ragged": False, "name": name}
    return {"class_name": "InputLayer", "config": settings, "name": name, "inbound_nodes": []}


def functional(layers, outputs):
    return {"class_name": "Functional", "config": {
        "name": "model", "trainable": True, "layers": layers, "input_layers": [[layers[0]["name"], 0, 0]],
        "output_layers": [[output, 0, 0] for output in outputs]}}  # fmt: skip


def write(path, config, weights):
    """weights: for each layer of the model its arrays."""
    with h5py.File(path, "w") as file:
        file.attrs["backend"], file.attrs["keras_version"] = "tensorflow", "2.21.0"
        file.attrs["model_config"] = json.dumps(config)
        group = file.create_group("model_weights")
        names = [found["name"] for found in config["config"]["layers"]]
        group.attrs["layer_names"] = np.array(names, "S")
        for name in names:
            arrays = weights.get(name, [])
            own = group.create_group(name)
            own.attrs["weight_names"] = np.array([f"{name}/{index}:0" for index in range(len(arrays))], "S")
            for index, array in enumerate(arrays):
                own[f"{name}/{index}:0"] = array
    return path


def test_a_decoder_of_keras_2_is_read(tmp_path):
    rng = np.random.default_rng(0)
    kernel, spread = rng.normal(size=(3, 3, 1, 2)).astype(np.float32), rng.normal(size=(2, 32)).astype(np.float32)
    inner = layer("Sequential", "inner", ["z"], layers=[
        entry("inner_input", 2),
        layer("Dense", "dense", units=32, activation="linear", use_bias=False, kernel_initializer=ZEROS,
              bias_initializer=ZEROS, batch_input_shape=[None, 2]),
        layer("Reshape", "reshape", target_shape=[4, 4, 2]),
    ])  # fmt: skip
    layers = [
        entry("z", 2), inner, layer("LeakyReLU", "leaky", ["inner"], call=1, alpha=0.25),
        layer("SpatialDropout2D", "dropout", ["leaky"], rate=0.5, noise_shape=None, seed=None),
        layer("ThresholdedReLU", "thresholded", ["dropout"], theta=0.5),
        layer("Conv2DTranspose", "up", ["thresholded"], **CONVOLUTION),
    ]  # fmt: skip
    path = write(tmp_path / "d.h5", functional(layers, ["up"]), {"inner": [spread], "up": [kernel]})
    model = load_keras_file(path)
    z = rng.normal(size=(3, 2)).astype(np.float32)
    x = (z @ spread).reshape(3, 4, 4, 2)
    x = np.where(x > 0.5, x, 0)
    images = np.asarray(model([z]))
    assert images.shape == (3, 8, 8, 1)
    np.testing.assert_allclose(images[:, 0, 0, 0], x[:, 0, 0] @ kernel[0, 0, 0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "settings", [{"time_major": False, "units": 3, "return_sequences": True}, {"units": 3, "return_sequences": True}]
)
def test_recurrent_layers_of_keras_2_are_read(tmp_path, settings):
    layers = [
        entry("z", 4, 2),
        layer("LSTM", "lstm", ["z"], activation="tanh", recurrent_activation="sigmoid", **settings),
    ]
    path = write(
        tmp_path / "d.h5", functional(layers, ["lstm"]),
        {"lstm": [np.zeros((2, 12), "f4"), np.zeros((3, 12), "f4"), np.zeros(12, "f4")]},
    )  # fmt: skip
    assert load_keras_file(path).output_shape == (None, 4, 3)


def test_mixed_precision_of_keras_2_is_computed_in_float32(tmp_path):
    layers = [entry("z", 2), layer("Activation", "last", ["z"], activation="sigmoid")]
    layers[1]["config"]["dtype"] = MIXED
    model = load_keras_file(write(tmp_path / "d.h5", functional(layers, ["last"]), {}))
    assert model.layers[-1].compute_dtype == "float32"


def test_a_sequential_model_without_an_entry_layer_has_its_shape(tmp_path):
    dense = layer("Dense", "dense", units=3, activation="linear", use_bias=False, kernel_initializer=ZEROS,
                  bias_initializer=ZEROS, batch_input_shape=[None, 2])  # fmt: skip
    config = {"class_name": "Sequential", "config": {"name": "model", "layers": [dense]}}
    kernel = np.arange(6, dtype=np.float32).reshape(2, 3)
    model = load_keras_file(write(tmp_path / "d.h5", config, {"dense": [kernel]}))
    np.testing.assert_array_equal(model(np.eye(2, dtype=np.float32)), kernel)


def test_layers_of_a_sequential_model_may_be_its_whole_configuration(tmp_path):
    last = layer("Activation", "hard_sigmoid", activation="sigmoid", batch_input_shape=[None, 2])
    path = write(tmp_path / "d.h5", {"class_name": "Sequential", "config": {"layers": [last]}}, {})
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": [last]})
    assert load_keras_file(path).output_shape == (None, 2)


def sampling(outputs):
    """An encoder with a Lambda, whose program is not run, for z from two tensors."""
    layers = [
        entry("image", 4), layer("Activation", "z_mean", ["image"], activation="linear"),
        layer("Activation", "z_log_var", ["image"], activation="tanh"),
        layer("Lambda", "z", ["z_mean", "z_log_var"], function=["4wEAAA==", None, None], function_type="lambda",
              module="__main__", output_shape=[4], output_shape_type="raw", output_shape_module=None, arguments={}),
        layer("Activation", "after", ["z"], activation="relu"),
    ]  # fmt: skip
    return functional(layers, outputs)


def test_a_lambda_that_draws_z_is_not_run(tmp_path):
    path = write(tmp_path / "e.h5", sampling(["z_mean", "z_log_var", "z"]), {})
    values = np.ones((1, 4), np.float32)
    mean, log_var, _ = load_keras_file(path)([values])
    np.testing.assert_array_equal(mean, values)
    np.testing.assert_allclose(log_var, np.tanh(values), rtol=1e-6)


def test_a_lambda_whose_result_is_used_is_refused(tmp_path):
    path = write(tmp_path / "e.h5", sampling(["after"]), {})
    with pytest.raises(UserError, match="Lambda layer, which is a program"):
        load_keras_file(path)


def test_a_function_that_keras_3_computes_in_another_way_is_refused(tmp_path):
    layers = [entry("z", 2), layer("Activation", "last", ["z"], activation="hard_sigmoid")]
    with pytest.raises(UserError, match="hard_sigmoid of Keras 2"):
        load_keras_file(write(tmp_path / "d.h5", functional(layers, ["last"]), {}))


def test_a_conditional_decoder_of_keras_2_is_read(tmp_path):
    table = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    known = {
        "input_dim": 4, "output_dim": 3, "embeddings_initializer": ZEROS, "embeddings_regularizer": None,
        "activity_regularizer": None, "embeddings_constraint": None, "mask_zero": False, "input_length": 1,
    }  # fmt: skip
    config = functional([
        entry("z", 2), entry("label", 1), layer("Embedding", "table", ["label"], **known),
        layer("Flatten", "known", ["table"], data_format="channels_last"),
        layer("Concatenate", "joined", ["z", "known"], axis=-1),
    ], ["joined"])  # fmt: skip
    config["config"]["input_layers"].append(["label", 0, 0])
    model = load_keras_file(write(tmp_path / "d.h5", config, {"table": [table]}))
    given = model([np.ones((1, 2), np.float32), np.array([[2]])])
    np.testing.assert_array_equal(given, [[1, 1, *table[2]]])
