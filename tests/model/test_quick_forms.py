"""model/quick_forms.py: the forms equal their layers, and are gone when the context has ended."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from vae_explorer.model.quick_forms import gelu, quick_forms
from vae_explorer.model.vae import VAE
from vae_explorer.run.config import training_config

long = pytest.mark.long
# Convolutions to one channel, whose activation shows that it is still computed.
TO_ONE_CHANNEL = [
    pytest.param(
        kind(1, side, strides=stride, padding="same", activation="tanh"), id=f"{name}-{side}-{stride}", marks=m
    )
    for name, kind, side, stride, m in (
        ("transposed", keras.layers.Conv2DTranspose, 3, 1, ()),
        ("transposed", keras.layers.Conv2DTranspose, 4, 2, ()),
        ("transposed", keras.layers.Conv2DTranspose, 5, 2, long),
        ("transposed", keras.layers.Conv2DTranspose, 3, 2, long),
        ("transposed", keras.layers.Conv2DTranspose, 5, 1, long),
        ("transposed", keras.layers.Conv2DTranspose, 2, 3, long),
        ("plain", keras.layers.Conv2D, 3, 1, ()),
        ("plain", keras.layers.Conv2D, 4, 1, long),
        ("plain", keras.layers.Conv2D, 5, 1, long),
    )
]


def network_of(layer: keras.layers.Layer, size: tuple[int, int, int]) -> keras.Model:
    """A network of one layer, with random weights and a bias that is not 0."""
    image = keras.Input(size)
    network = keras.Model(image, layer(image))
    rng = np.random.default_rng(1)
    network.set_weights([rng.normal(0, 0.5, weight.shape) for weight in network.get_weights()])
    return network


def value_and_gradients(network: keras.Model) -> list[np.ndarray]:
    """The output for two images, and the gradients of a weighted sum of it to images, kernel and bias."""
    x = tf.random.stateless_normal((2, *network.input_shape[1:]), (1, 2))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = network(x, training=True)
        loss = tf.reduce_sum(y * tf.random.stateless_normal(tf.shape(y), (3, 4)))
    return [y.numpy(), *(value.numpy() for value in tape.gradient(loss, [x, *network.trainable_weights]))]


@pytest.mark.parametrize("layer", TO_ONE_CHANNEL)
def test_a_convolution_to_one_channel_has_the_same_value_and_gradients(layer: keras.layers.Layer):
    network = network_of(layer, (5, 7, 3))
    expected = value_and_gradients(network)
    with quick_forms(network):
        assert "call" in vars(layer)
        found = value_and_gradients(network)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_gelu_has_the_same_value_and_gradient():
    x, upstream = tf.linspace(-12.0, 12.0, 1001), tf.linspace(-1.0, 3.0, 1001)
    found = []
    for function in (gelu, keras.activations.gelu):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        found.append((y.numpy(), tape.gradient(y, x, upstream).numpy()))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.Conv2D(1, 3, strides=2, padding="same"),
        keras.layers.Conv2D(1, 3),
        keras.layers.Conv2DTranspose(1, 3),
        keras.layers.Conv2DTranspose(3, 3, padding="same"),
        keras.layers.Dense(1),
    ],
    ids=["strided", "valid", "transposed-valid", "three-channels", "dense"],
)
def test_other_layers_stay_as_they_are(layer: keras.layers.Layer):
    network = network_of(layer, (5, 7, 3))
    before = dict(vars(layer))
    with quick_forms(network):
        assert vars(layer) == before


@pytest.mark.parametrize("preset", ["conv", "blog"])
def test_the_networks_are_as_before_even_if_tracing_fails(preset: str):
    vae = VAE(training_config(preset), (28, 28, 1))

    def state() -> list[object]:
        layers = [dict(vars(layer)) for layer in (*vae.encoder.layers, *vae.decoder.layers)]
        return [*layers, vae.encoder.to_json(), vae.decoder.to_json(), [weight.path for weight in vae.weights]]

    before = state()

    def fail() -> None:
        with quick_forms(vae.encoder, vae.decoder):
            assert "call" in vars(vae.decoder.layers[-1])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert state() == before
