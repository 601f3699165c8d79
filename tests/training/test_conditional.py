"""Decoders that take a class label besides z become runs, whose images are those of the framework."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.imported_files import onnx_conditional, onnx_encoder, write_conditional
from vae_explorer.array_types import Floats
from vae_explorer.data.columns import no_columns
from vae_explorer.data.dataset import Dataset, DatasetInfo
from vae_explorer.errors import UserError
from vae_explorer.exploring.opening import load_run
from vae_explorer.exploring.subject import decode_class
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.metrics import measure_run
from vae_explorer.run.imported import ImportedLabel, describe_networks
from vae_explorer.run.run import Run
from vae_explorer.training.importing import find_model, write_model

CLASSES = 10


def index_label(shape: tuple[int, ...] = (1,), dtype: str | None = None, width: int = 50):
    """An input of an index and its embedding, as Brownlee's conditional GAN has it."""
    from keras import Input, layers

    label = Input(shape, dtype=dtype, name="in_label")
    known = layers.Embedding(CLASSES, width)(label)
    return label, layers.Flatten()(known) if shape else known


def gan_generator(shape: tuple[int, ...] = (1,), dtype: str | None = None):
    import keras
    from keras import layers

    label, known = index_label(shape, dtype)
    known = layers.Reshape((4, 4, 1))(layers.Dense(16)(known))
    z = keras.Input((5,), name="in_lat")
    x = layers.Reshape((4, 4, 8))(layers.LeakyReLU(negative_slope=0.2)(layers.Dense(4 * 4 * 8)(z)))
    x = layers.Concatenate()([x, known])
    x = layers.Conv2DTranspose(8, 4, strides=4, padding="same", activation="relu")(x)
    return keras.Model([z, label], layers.Conv2D(1, 7, activation="tanh", padding="same")(x))


def multiplied():
    import keras
    from keras import layers

    label, known = index_label(dtype="int32", width=2)
    z = keras.Input((2,), name="z")
    x = layers.Dense(32, activation="relu")(layers.multiply([z, known]))
    return keras.Model([z, label], layers.Reshape((16, 16, 1))(layers.Dense(256, activation="sigmoid")(x)))


def one_hot(label_first: bool = False, names: tuple[str, str] = ("z_sampling", "y")):
    import keras
    from keras import layers

    z, label = keras.Input((2,), name=names[0]), keras.Input((CLASSES,), name=names[1])
    x = layers.Dense(32, activation="relu")(layers.Concatenate()([z, label]))
    return keras.Model([label, z] if label_first else [z, label], layers.Dense(256, activation="sigmoid")(x))


def index_made_one_hot(by_layer: bool):
    import keras
    from keras import layers, ops

    z, label = keras.Input((2,), name="z"), keras.Input((1,) if by_layer else (), dtype="int32", name="label")
    encode = layers.CategoryEncoding(CLASSES, output_mode="one_hot")
    known = encode(label) if by_layer else ops.one_hot(label, CLASSES)
    x = layers.Concatenate()([z, known])
    return keras.Model([z, label], layers.Dense(256, activation="sigmoid")(x))


def nested():
    import keras

    inner = gan_generator(dtype="int32")
    entries = [keras.Input(tensor.shape[1:], dtype=tensor.dtype) for tensor in inner.inputs]
    return keras.Model(entries, inner(entries))


def label_values(model, label: int, count: int):
    """The label as Keras's own model takes it."""
    tensor = next(tensor for tensor in model.inputs if tensor.shape[1:] in ((), (1,), (CLASSES,)))
    if tensor.shape[1:] == (CLASSES,):
        return np.eye(CLASSES, dtype=np.float32)[[label] * count]
    return np.full((count, *tensor.shape[1:]), label, tensor.dtype)


@pytest.mark.parametrize(
    "build",
    [
        gan_generator, multiplied, one_hot, nested,
        pytest.param(lambda: gan_generator(()), id="single numbers", marks=pytest.mark.long),
        pytest.param(lambda: one_hot(label_first=True), id="label first", marks=pytest.mark.long),
        pytest.param(lambda: index_made_one_hot(by_layer=True), id="category encoding", marks=pytest.mark.long),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["keras", pytest.param("h5", marks=pytest.mark.long)])
def test_each_class_has_the_images_that_keras_gives(build: Callable, kind: str, tmp_path: Path) -> None:
    import keras

    keras.utils.set_random_seed(0)
    model = build()
    model.save(tmp_path / f"d.{kind}")
    run = write_model(find_model(tmp_path / f"d.{kind}"), tmp_path / "run")
    assert run.info.decoder_classes == tuple("0123456789")
    z = np.random.default_rng(0).standard_normal((33, run.info.latent_dim)).astype(np.float32)
    for label in (0, 7):
        given = [label_values(model, label, len(z)) if t.shape[1:] != z.shape[1:] else z for t in model.inputs]
        theirs = np.asarray(model(given)).reshape(-1, 16, 16, 1)
        if run.info.origin.decoder.ending == "tanh":
            theirs = (theirs + 1) / 2
        ours = run_decoder(run, label)
        assert ours.engine == "LiteRT"
        np.testing.assert_allclose(ours(z), theirs, atol=1e-5)
        np.testing.assert_allclose(ours(z[:1]), theirs[:1], atol=1e-5)


def test_a_network_may_make_the_one_hot_itself(tmp_path: Path) -> None:
    model = index_made_one_hot(by_layer=False)
    model.save(tmp_path / "d.keras")
    run = write_model(find_model(tmp_path / "d.keras"), tmp_path / "run")
    z = np.ones((2, 2), np.float32)
    theirs = np.asarray(model([z, np.full(2, 6, np.int32)])).reshape(-1, 16, 16, 1)
    np.testing.assert_allclose(run_decoder(run, 6)(z), theirs, atol=1e-5)


def by_onnxruntime(content: bytes, z: Floats, label: np.ndarray) -> Floats:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(None, {"z": z, "y": label})[0].transpose(0, 2, 3, 1)


@pytest.mark.long
@pytest.mark.parametrize(
    ("label", "single"), [("one-hot", False), ("index", False), ("index", True), ("made one-hot", True)]
)
@pytest.mark.parametrize("first", [False, True])
def test_each_class_has_the_images_that_onnx_runtime_gives(label, single, first, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    content = onnx_conditional(label, single=single, label_first=first)
    (tmp_path / "d.onnx").write_bytes(content)
    run = write_model(find_model(tmp_path / "d.onnx"), tmp_path / "run")
    z = np.random.default_rng(0).standard_normal((70, 2)).astype(np.float32)
    for number in (0, 3):
        one = np.eye(10, dtype=np.float32)[[number] * 70]
        given = one if label == "one-hot" else np.full((70,) if single else (70, 1), number, np.int64)
        np.testing.assert_allclose(run_decoder(run, number)(z), by_onnxruntime(content, z, given), atol=1e-6)


@pytest.fixture
def conditional(tmp_path: Path) -> Run:
    pytest.importorskip("onnxruntime")
    return write_conditional(tmp_path / "run")


def test_what_was_found_is_said_and_kept(conditional: Run) -> None:
    assert conditional.info.origin.decoder.label == ImportedLabel("y", "one-hot", 10)
    [line] = describe_networks(conditional.info.origin)
    assert line.startswith("decoder conditional.onnx: z (2) with y (a one-hot of 10 classes) to image")


def test_a_subject_is_decoded_in_another_class(conditional: Run) -> None:
    _, subject = load_run(conditional.folder)
    z = np.zeros((1, 2), np.float32)
    assert (subject.decoded_class, subject.class_names) == (0, tuple("0123456789"))
    other = decode_class(subject, 4)
    assert other.decoded_class == 4
    np.testing.assert_array_equal(other.decoder(z), run_decoder(conditional, 4)(z))
    assert np.abs(other.decoder(z) - subject.decoder(z)).max() > 0.1
    assert decode_class(subject, 10) is subject


def labelled_squares(classes: int = CLASSES) -> Dataset:
    count, names = 60, tuple(f"kind {number}" for number in range(classes))
    images = np.random.default_rng(0).integers(0, 256, (count, 16, 16, 1), np.uint8)
    info = DatasetInfo("squares", "", "", (16, 16, 1), count, 30, names)
    columns = replace(no_columns(count), labels=(np.arange(count) % classes).astype(np.int32), class_names=names)
    return Dataset(info, images, columns, np.arange(count) >= 30)


@pytest.mark.parametrize("count", [CLASSES, 4])
def test_classes_have_the_names_of_the_data_if_there_are_as_many(count: int, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    (tmp_path / "d.onnx").write_bytes(onnx_conditional())
    dataset = labelled_squares(count)
    found = find_model(tmp_path / "d.onnx", dataset=dataset)
    names = write_model(found, tmp_path / "run").info.decoder_classes
    assert names == (dataset.info.class_names if count == CLASSES else tuple("0123456789"))
    said = "named as the classes of the data set" if count == CLASSES else "named by their numbers"
    assert said in " ".join(found.notes)


def test_with_an_encoder_of_images_alone_there_are_codes_but_no_figures(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    (tmp_path / "d.onnx").write_bytes(onnx_conditional())
    (tmp_path / "e.onnx").write_bytes(onnx_encoder())
    found = find_model(tmp_path / "d.onnx", tmp_path / "e.onnx", labelled_squares())
    run = write_model(found, tmp_path / "run")
    assert len(run.codes.z_mean) == 60
    assert run.info.quality is None
    assert any(note.startswith("No ELBO") for note in found.notes)
    with pytest.raises(UserError, match="takes a class label besides z"):
        measure_run(run)


def test_images_are_compared_with_those_of_their_own_classes(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    content, z = onnx_conditional(), np.ones((2, 2), np.float32)
    (tmp_path / "d.onnx").write_bytes(content)
    decode = find_model(tmp_path / "d.onnx").decoder.decoding(np.array([3, 5], np.int32))
    theirs = by_onnxruntime(content, z, np.eye(10, dtype=np.float32)[[3, 5]])
    np.testing.assert_allclose(decode(z)[0].transpose(0, 2, 3, 1), theirs, atol=1e-6)


def whole_vae(path: Path) -> None:
    import keras
    from keras import layers

    image, label = keras.Input((256,), name="image"), keras.Input((CLASSES,), name="label")
    x = layers.Concatenate()([image, label])
    encoder = keras.Model([image, label], [layers.Dense(2, name="mean")(x), layers.Dense(2, name="log_var")(x)],
                          name="encoder")  # fmt: skip
    decoder = one_hot()
    decoder.name = "decoder"
    keras.Model([image, label], decoder([encoder([image, label])[0], label])).save(path)


def test_of_a_whole_conditional_vae_the_decoder_is_taken_and_that_is_said(tmp_path: Path) -> None:
    whole_vae(tmp_path / "vae.keras")
    found = find_model(tmp_path / "vae.keras")
    assert found.model.encoder is None
    assert found.model.decoder.label == ImportedLabel("y", "one-hot", 10)
    assert "holds an encoder, too, which is left out: it takes labels besides images" in found.notes[0]


def test_an_encoder_that_also_takes_a_label_is_refused_with_what_to_do(tmp_path: Path) -> None:
    import keras
    from keras import layers

    pytest.importorskip("onnxruntime")
    image, label = keras.Input((16, 16, 1), name="image"), keras.Input((CLASSES,), name="label")
    keras.Model([image, label], layers.Dense(2)(layers.Concatenate()([layers.Flatten()(image), label]))).save(
        tmp_path / "e.keras"
    )
    (tmp_path / "d.onnx").write_bytes(onnx_conditional())
    with pytest.raises(UserError, match=r"encoder e\.keras takes 'image' .*, 'label' .*: give the decoder alone\."):
        find_model(tmp_path / "d.onnx", tmp_path / "e.keras")


def test_three_inputs_are_refused(tmp_path: Path) -> None:
    import keras
    from keras import layers

    inputs = [keras.Input((2,), name=name) for name in ("z", "y", "c")]
    keras.Model(inputs, layers.Dense(256)(layers.Concatenate()(inputs))).save(tmp_path / "d.keras")
    with pytest.raises(UserError, match=r"takes 'z' .*, 'y' .*, 'c' .*: it has to take z, and a class label at most\."):
        find_model(tmp_path / "d.keras")


def test_a_number_among_floats_is_known_as_an_index_by_asking(tmp_path: Path) -> None:
    import keras

    inner = gan_generator()
    entries = [keras.Input(tensor.shape[1:], name=name) for tensor, name in zip(inner.inputs, "ab", strict=True)]
    keras.Model(entries, inner(entries)).save(tmp_path / "d.keras")
    assert find_model(tmp_path / "d.keras").model.decoder.label == ImportedLabel("b", "index", 10)
