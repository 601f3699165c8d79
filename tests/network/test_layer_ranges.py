"""network/layer_ranges.py: ranges of pixels that follow from the first and the last layers."""

import keras
import pytest
from keras import layers
from onnx import TensorProto, helper

from vae_explorer.network.layer_ranges import keras_ending, keras_input_range, onnx_ending, onnx_input_range


def decoder(*last):
    return keras.Sequential([keras.Input((2,)), layers.Dense(16), *last, layers.Reshape((4, 4, 1))])


@pytest.mark.parametrize(
    ("last", "ending"),
    [
        ([layers.Activation("sigmoid")], "sigmoid"),
        ([layers.Activation("tanh")], "tanh"),
        ([layers.Activation("sigmoid"), layers.Rescaling(255)], "0..255"),
        ([layers.Activation("tanh"), layers.Rescaling(127.5, 127.5)], "0..255"),
        ([layers.Activation("tanh"), layers.Rescaling(0.5, 0.5)], "sigmoid"),
        ([layers.Activation("sigmoid"), layers.Rescaling(2, -1)], "tanh"),
        ([layers.Activation("sigmoid"), layers.Rescaling(7)], None),
        ([layers.ReLU()], None),
        ([], None),
    ],
)
def test_the_last_layers_tell_the_ending(last, ending):
    assert keras_ending(decoder(*last)) == ending


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (layers.Rescaling(1 / 255), "0..255"),
        (layers.Rescaling(1 / 127.5, -1), "0..255"),
        (layers.Rescaling(2.0, -1), "0..1"),
        (layers.Rescaling(0.5, 0.5), "-1..1"),
        (layers.Rescaling([1.0, 1.0]), None),
        (layers.ReLU(), None),
    ],
)
def test_the_first_layers_tell_the_range(first, expected):
    assert keras_input_range(keras.Sequential([keras.Input((4, 4, 2)), first, layers.Flatten()])) == expected


def test_a_division_in_a_functional_model_is_seen():
    image = keras.Input((4, 4, 1))
    inner = keras.Sequential([keras.Input((16,)), layers.Dense(2)])
    assert keras_input_range(keras.Model(image, inner(layers.Flatten()((image - 127.5) / 127.5)))) == "0..255"


def graph(*nodes):
    """A graph from "x" to "y" whose nodes are (operator, constant or None), one after the other."""
    made, tensors, name = [], [], "x"
    for index, (operator, constant) in enumerate(nodes):
        given = [name]
        if constant is not None:
            tensors.append(helper.make_tensor(f"c{index}", TensorProto.FLOAT, [], [constant]))
            given.append(f"c{index}")
        name = "y" if index == len(nodes) - 1 else f"t{index}"
        made.append(helper.make_node(operator, given, [name]))
    ends = [helper.make_tensor_value_info(end, TensorProto.FLOAT, [1, 4]) for end in ("x", "y")]
    return helper.make_graph(made, "g", ends[:1], ends[1:], tensors)


@pytest.mark.parametrize(
    ("nodes", "ending"),
    [
        ([("Relu", None), ("Sigmoid", None)], "sigmoid"),
        ([("Sigmoid", None), ("Mul", 255.0), ("Flatten", None)], "0..255"),
        ([("Tanh", None), ("Add", 1.0), ("Mul", 127.5)], "0..255"),
        ([("Sigmoid", None), ("Relu", None)], None),
    ],
)
def test_the_last_operators_tell_the_ending(nodes, ending):
    assert onnx_ending(graph(*nodes)) == ending


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([("Div", 255.0), ("Relu", None)], "0..255"),
        ([("Flatten", None), ("Sub", 127.5), ("Mul", 1 / 127.5), ("Relu", None)], "0..255"),
        ([("Mul", 2.0), ("Sub", 1.0), ("Relu", None)], "0..1"),
        ([("Relu", None), ("Div", 255.0)], None),
    ],
)
def test_the_first_operators_tell_the_range(nodes, expected):
    assert onnx_input_range(graph(*nodes)) == expected
