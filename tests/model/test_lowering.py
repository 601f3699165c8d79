"""Lowering: the lowered decoder decodes as Keras does, or an error names the layer that cannot be lowered."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.lowering_cases import CASES, around, keras, layers, lowered_case, random_codes, shaken
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.model.lowering import UnsupportedError, lower
from vae_explorer.run.config import PRESETS, training_config


@pytest.mark.parametrize("name", CASES)
def test_a_lowered_decoder_decodes_as_keras_does(name: str) -> None:
    lowered, z, images = lowered_case(name)
    assert np.abs(LoweredDecoder(lowered)(z) - images).max() <= 1e-6


@pytest.mark.parametrize("preset", PRESETS)
def test_the_presets_can_be_lowered(preset: str) -> None:
    from vae_explorer.model.networks import build_decoder, with_sigmoid

    model = with_sigmoid(build_decoder(training_config(preset, latent_dim=3), (32, 28, 3)))
    lowered = lower(model)
    z = random_codes(20, 3)
    assert (lowered.latent_dim, lowered.image_shape) == (3, (32, 28, 3))
    assert np.abs(LoweredDecoder(lowered)(z) - np.asarray(model(z))).max() <= 1e-6


def test_the_check_codes_are_the_origin_and_draws_with_the_images_of_keras() -> None:
    model = shaken(around(layers.Dense(4)))
    lowered = lower(model)
    assert lowered.check_codes.shape == (8, 90)
    assert not lowered.check_codes[0].any()
    assert np.array_equal(lowered.check_images, np.asarray(model(lowered.check_codes)))


def test_a_layer_used_twice_keeps_its_weights_once() -> None:
    lowered, _, _ = lowered_case("shared layers")
    kernels = [operation.weights for operation in lowered.operations if operation.kind == "dense"]
    assert len(kernels) == 2
    assert kernels[0] == kernels[1]


def test_the_model_is_not_changed() -> None:
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="inside")], name="inner")
    z = keras.Input((4,))
    model = keras.Model(z, layers.Reshape((2, 2, 1))(layers.Activation("sigmoid", name="last")(inner(z))))
    config, weights = model.get_config(), model.get_weights()
    lower(model)
    assert model.get_config() == config
    assert all(map(np.array_equal, model.get_weights(), weights))
    assert [model.get_layer("last").output.shape, inner.get_layer("inside").output.shape] == [(None, 4)] * 2


class Doubled(layers.Dense):
    """Looks like a layer that can be lowered."""

    def call(self, inputs: object, training: object = None) -> object:
        return 2 * super().call(inputs)


class Subclassed(keras.Model):
    def call(self, inputs: object) -> object:
        return 2 * inputs


def crooked(x: object) -> object:
    return x * 0.5


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda: layers.UpSampling2D(2, interpolation="bicubic", name="up"), "layer 'up' (UpSampling2D, bicubic)"),
        (lambda: layers.Conv2D(3, 3, groups=3, name="c"), "layer 'c' (Conv2D, 3 groups)"),
        (lambda: layers.Dense(4, activation=crooked, name="d"), "layer 'd' (Dense, activation crooked)"),
        (lambda: layers.Dense(4, activation="sparsemax", name="d"), "layer 'd' (Dense, activation sparsemax)"),
        (lambda: layers.Dense(4, dtype="float16", name="d"), "layer 'd' (Dense, float16)"),
        (lambda: layers.Dense(4, dtype="mixed_float16", name="d"), "layer 'd' (Dense, float16)"),
        (lambda: layers.MaxPooling2D(name="m"), "layer 'm' (MaxPooling2D)"),
        (lambda: layers.DepthwiseConv2D(3, name="m"), "layer 'm' (DepthwiseConv2D)"),
        (lambda: layers.LayerNormalization(axis=1, name="n"), "layer 'n' (LayerNormalization, not over the last axes)"),
        (lambda: layers.Softmax(axis=1, name="s"), "layer 's' (Softmax, axis 1)"),
        (lambda: layers.ZeroPadding2D(data_format="channels_first", name="p"), "layer 'p' (ZeroPadding2D, channels_f"),
        (lambda: Doubled(4, name="d"), "layer 'd' (Doubled)"),
        (lambda: Subclassed(name="own"), "layer 'own' (Subclassed, not a functional model)"),
        (lambda: layers.Lambda(crooked, output_shape=(6, 5, 3), name="own"), "layer 'own' (Lambda)"),
        (lambda: lambda x: x * 0.5, "layer 'multiply"),
        (
            lambda: lambda x: layers.BatchNormalization(name="b")(x, training=True),
            "layer 'b' (BatchNormalization, call",
        ),
    ],
)
def test_the_layer_that_cannot_be_lowered_is_named(layer: object, message: str) -> None:
    with pytest.raises(UnsupportedError) as raised:
        lower(around(layer()))
    assert message in str(raised.value)


def _flat() -> object:
    z = keras.Input((4,))
    return keras.Model(z, layers.Dense(4, "sigmoid")(z), name="it")


def _image_to_image() -> object:
    image = keras.Input((4, 4, 1))
    return keras.Model(image, layers.Activation("sigmoid")(image), name="it")


def _two_inputs() -> object:
    a, b = keras.Input((4,)), keras.Input((4,))
    return keras.Model([a, b], layers.Reshape((2, 2, 1))(layers.Add()([a, b])), name="it")


def _unbuilt() -> object:
    return keras.Sequential([layers.Dense(4, "sigmoid"), layers.Reshape((2, 2, 1))], name="it")


@pytest.mark.parametrize("model", [_flat, _image_to_image, _two_inputs, _unbuilt, lambda: Subclassed(name="it")])
def test_a_model_that_is_no_decoder_is_refused(model: Callable[[], object]) -> None:
    with pytest.raises(UnsupportedError, match=r"model 'it' \(not from one code"):
        lower(model())


def test_a_model_whose_images_leave_the_range_is_refused() -> None:
    z = keras.Input((4,))
    model = keras.Model(z, layers.Reshape((2, 2, 1))(layers.Dense(4)(z)), name="logits")
    with pytest.raises(UnsupportedError, match=r"model 'logits' \(its images are not in \[0, 1\]\)"):
        lower(model)
