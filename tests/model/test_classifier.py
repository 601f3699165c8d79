"""A classifier's input and outputs are understood by its layers or by trying it on images."""

import re
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.model.classifier import read_classifier

SIDE = 4
RNG = np.random.default_rng(0)
CENTRES = (RNG.uniform(0, 0.4, (3, SIDE * SIDE)) + np.array([[0], [0.3], [0.6]])).astype(
    np.float32
)  # dark, grey and bright
LABELS = RNG.integers(0, 3, 90).astype(np.int32)
IMAGES = np.clip(CENTRES[LABELS] + 0.05 * RNG.standard_normal((90, SIDE * SIDE)), 0, 1)
IMAGES = IMAGES.reshape(-1, SIDE, SIDE, 1).astype(np.float32)
ENDS = {"0..1": (0, 1), "0..255": (0, 255), "-1..1": (-1, 1)}


def weights_for(low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """The nearest centre as a linear network of pixels in low to high: weights (pixels, 3) and bias (3,)."""
    weights, bias = 20 * CENTRES.T, -10 * np.square(CENTRES).sum(axis=1)
    return weights / (high - low), bias - low * weights.sum(axis=0) / (high - low)


def keras_file(path: Path, shape: tuple[int, ...] = (SIDE, SIDE, 1), ends: str = "0..1", ending: str = "softmax",
               before: tuple = ()) -> Path:  # fmt: skip
    import keras

    dense = keras.layers.Dense(3, activation=ending)
    model = keras.Sequential([keras.Input(shape), *before, keras.layers.Flatten(), dense])
    dense.set_weights(weights_for(*ENDS[ends]))
    model.save(path)
    return path


def onnx_file(path: Path, shape: tuple[int, ...], ends: str = "0..1", softmax: bool = False) -> Path:
    from onnx import TensorProto, helper, numpy_helper

    weights, bias = (part.astype(np.float32) for part in weights_for(*ENDS[ends]))
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w", "b"], ["logits"]),
        helper.make_node("Softmax" if softmax else "Identity", ["logits"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "classifier",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(bias, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def read(path: Path, **given):
    return read_classifier(path, IMAGES, LABELS, 3, **given)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("shape", [(1, SIDE, SIDE), (SIDE, SIDE, 1), (SIDE, SIDE), (SIDE * SIDE,)])
def test_the_range_and_the_layout_of_an_onnx_network_are_found(tmp_path: Path, ends: str, shape: tuple) -> None:
    classifier = read(onnx_file(tmp_path / "c.onnx", shape, ends))
    assert classifier.input_range == ends
    assert classifier.head == "logits"
    probabilities = classifier(IMAGES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), LABELS)
    assert "agrees with the labels of 100 % of 90 images." in classifier.notes[-1]


@pytest.mark.parametrize("name", ["c.keras", "c.h5"])
def test_a_keras_network_is_run_without_tensorflow_and_gives_what_keras_does(tmp_path: Path, name: str) -> None:
    import keras

    classifier = read(keras_file(tmp_path / name))
    assert classifier.head == "probabilities"
    assert not any("TensorFlow" in note for note in classifier.notes)
    expected = keras.models.load_model(tmp_path / name, compile=False).predict(IMAGES, verbose=0)
    np.testing.assert_allclose(classifier(IMAGES), expected, atol=1e-5)
    np.testing.assert_allclose(classifier(IMAGES[:1]), expected[:1], atol=1e-5)


def test_a_rescaling_inside_says_the_range(tmp_path: Path) -> None:
    import keras

    classifier = read(keras_file(tmp_path / "c.keras", before=(keras.layers.Rescaling(1 / 255),)))
    assert classifier.input_range == "0..255"
    assert "as its input says" in classifier.notes[1]
    np.testing.assert_array_equal(classifier(IMAGES).argmax(axis=1), LABELS)


def test_a_compiled_network_is_read_without_its_optimizer(tmp_path: Path) -> None:
    import keras

    path = keras_file(tmp_path / "c.keras")
    model = keras.models.load_model(path)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.save(path)
    np.testing.assert_array_equal(read(path)(IMAGES).argmax(axis=1), LABELS)


def test_a_chosen_range_is_taken(tmp_path: Path) -> None:
    classifier = read(onnx_file(tmp_path / "c.onnx", (SIDE * SIDE,)), input_range="-1..1")
    assert classifier.input_range == "-1..1"
    assert "as was chosen" in classifier.notes[1]


def test_without_labels_the_range_is_that_which_tells_the_images_apart(tmp_path: Path) -> None:
    path = onnx_file(tmp_path / "c.onnx", (SIDE * SIDE,), "0..255")
    classifier = read_classifier(path, IMAGES, np.full(90, -1, np.int32), 0)
    assert classifier.input_range == "0..255"


def test_classes_in_another_order_are_said_to_be(tmp_path: Path) -> None:
    path = onnx_file(tmp_path / "c.onnx", (SIDE * SIDE,), softmax=True)
    note = read_classifier(path, IMAGES, (LABELS + 1) % 3, 3, "0..1").notes[-1]
    assert "agrees with the labels of 0 % of 90 images: its class order may be another one" in note
    assert "100 %" in note


def test_another_number_of_classes_is_said(tmp_path: Path) -> None:
    path = onnx_file(tmp_path / "c.onnx", (SIDE * SIDE,))
    assert "knows 3 classes, the run has 10" in read_classifier(path, IMAGES, LABELS, 10).notes[-1]


@pytest.mark.parametrize(("ending", "head"), [("sigmoid", "sigmoid"), (None, "one logit")])
def test_one_output_is_the_second_of_two_classes(tmp_path: Path, ending: str | None, head: str) -> None:
    import keras

    dense = keras.layers.Dense(1, activation=ending)
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), keras.layers.Flatten(), dense])
    weights, bias = weights_for(0, 1)
    dense.set_weights([weights[:, 1:2] - weights[:, :1], bias[1:2] - bias[:1]])
    model.save(tmp_path / "c.keras")
    two = LABELS < 2
    classifier = read_classifier(tmp_path / "c.keras", IMAGES[two], LABELS[two], 2)
    assert classifier.head == head
    np.testing.assert_array_equal(classifier(IMAGES[two]).argmax(axis=1), LABELS[two])


@pytest.mark.parametrize(
    ("shape", "words"),
    [((3, SIDE, SIDE), "(3, 4, 4)"), ((28, 28, 1), "(28, 28, 1)"), ((99,), "(99)")],
)
def test_images_that_do_not_fit_are_refused_in_a_sentence(tmp_path: Path, shape: tuple, words: str) -> None:
    import keras

    pool = [] if len(shape) == 1 else [keras.layers.GlobalAveragePooling2D()]
    keras.Sequential([keras.Input(shape), *pool, keras.layers.Dense(3)]).save(tmp_path / "c.keras")
    with pytest.raises(UserError, match=re.escape(f"takes an input of shape {words}, which does not fit")):
        read(tmp_path / "c.keras")


@pytest.mark.parametrize("name", ["c.onnx", "c.keras", "c.h5"])
def test_damaged_files_are_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    whole = tmp_path / name
    onnx_file(whole, (SIDE * SIDE,)) if name == "c.onnx" else keras_file(whole)
    (tmp_path / f"cut{name}").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (tmp_path / f"text{name}").write_text("no network")
    for path in (tmp_path / f"cut{name}", tmp_path / f"text{name}", tmp_path / f"missing{name}"):
        with pytest.raises(UserError):
            read(path)


def test_program_code_is_refused(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), keras.layers.Flatten(), keras.layers.Lambda(lambda x: x)])
    model.save(tmp_path / "c.keras")
    with pytest.raises(UserError, match="Lambda"):
        read(tmp_path / "c.keras")
