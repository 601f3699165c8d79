"""network/keras_network.py: networks of another program take the form that a run has."""

import keras
import numpy as np
import pytest
from keras import layers

from vae_explorer.network.fitting import Choices, detect_decoder, detect_encoder, to_images
from vae_explorer.network.keras_network import KerasNetwork, fitted_decoder, fitted_encoder, unused_names
from vae_explorer.network.pixel_range import outside_note

Z = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
# Names that the program or Keras gives to layers that follow a decoder.
NAMES = (
    "activation", "reshape", "re_lu", "rescaling", "permute", "sigmoid", "image", "pixels", "clipped", "channels",
    "channels_last", "decoder", "z_mean", "z_log_var", "identity", "cropping2d",
)  # fmt: skip


def sequential(*more, width=256):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(width, name="dense"), *more])
    model.layers[0].set_weights([np.random.default_rng(1).normal(size=(2, width)) * 9, np.zeros(width)])
    return model


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ending", ["logits", "tanh", "sigmoid", "0..255"])
@pytest.mark.parametrize("shape", [(16, 16), *(pytest.param(s, marks=pytest.mark.long) for s in [(3, 16, 16), (256,)])])
def test_any_names_of_layers_are_taken(name, ending, shape):
    last = [layers.Reshape(shape, name=f"{name}_1")] if len(shape) > 1 else []
    model = sequential(layers.Activation("linear", name=name), *last, width=int(np.prod(shape)))
    network = KerasNetwork(model, "d.keras")
    decoder, _, image_shape = detect_decoder(network, "d.keras", Choices(ending), None, None)
    images = np.asarray(fitted_decoder(network, decoder, image_shape)(Z))
    np.testing.assert_allclose(images, to_images(network(Z)[0], decoder, image_shape), atol=1e-6)


def test_unused_names_are_given_once():
    name = unused_names(["a", "a_1"])
    assert [name("a"), name("a"), name("b"), name("b")] == ["a_2", "a_3", "b", "b_1"]


def test_values_that_are_clipped_are_said():
    network = KerasNetwork(sequential(layers.ReLU()), "d.keras")
    decoder, _, _ = detect_decoder(network, "d.keras", Choices("sigmoid"), None, None)
    assert "those below 0 become black and those above 1 white" in outside_note(decoder)


def test_values_within_the_range_are_not_spoken_of():
    network = KerasNetwork(sequential(layers.Activation("sigmoid")), "d.keras")
    decoder, _, _ = detect_decoder(network, "d.keras", Choices(), None, None)
    assert outside_note(decoder) == ""


@pytest.mark.parametrize(("input_range", "low", "high"), [("0..1", 0, 1), ("-1..1", -1, 1), ("0..255", 0, 255)])
def test_an_encoder_is_given_its_range(input_range, low, high):
    decoder_network = KerasNetwork(sequential(layers.Activation("sigmoid")), "d.keras")
    decoder, latent_dim, shape = detect_decoder(decoder_network, "d.keras", Choices(), None, None)
    image = keras.Input((16, 16, 1), name="image")
    small = layers.Flatten(name="z_mean")(layers.Resizing(1, 2, interpolation="nearest")(image))
    network = KerasNetwork(keras.Model(image, [small, layers.Identity(name="z_log_var")(small)]), "e.keras")
    encoder, _ = detect_encoder(network, "e.keras", decoder, latent_dim, shape, Choices(input_range=input_range))
    model = fitted_encoder(network, encoder, latent_dim, shape)
    for level, expected in ((0.0, low), (1.0, high)):
        mean, _ = model(np.full((1, 16, 16, 1), level, np.float32))
        np.testing.assert_allclose(mean, np.full((1, 2), expected), atol=1e-5)


def test_the_mean_is_told_from_a_layer_that_draws():
    from vae_explorer.network.sampling_layer import Sampling

    image = keras.Input((4,))
    a, b = layers.Dense(2, name="a")(image), layers.Dense(2, name="b")(image)
    network = KerasNetwork(keras.Model(image, [Sampling(name="c")([b, a]), a, b]), "e.keras")
    assert network.drawn == {"c": ("b", "a")}
