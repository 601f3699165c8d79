"""model/networks.py: the builders of the presets."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from vae_explorer.model.litert import LiveDecoder
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.model.lowering import lower
from vae_explorer.model.networks import BUILDERS, build_decoder, build_encoder, with_sigmoid, without_sigmoid
from vae_explorer.model.vae import VAE
from vae_explorer.run.config import PRESETS, training_config

SHAPE = (28, 28, 1)


def test_every_preset_has_a_builder_of_its_name_and_every_builder_a_preset():
    assert set(BUILDERS) == set(PRESETS)


def test_a_preset_without_a_builder_is_an_error_and_never_another_network(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(BUILDERS, "blog")
    for build in (build_encoder, build_decoder):
        with pytest.raises(KeyError, match="blog"):
            build(training_config("blog"), SHAPE)


@pytest.mark.parametrize(
    ("preset", "encoder", "decoder"),
    [("blog", 214_916, 28_353), ("keras-io", 69_076, 65_089), ("dense", 566_660, 567_184), ("conv", 869_860, 872_673)],
)
def test_the_presets_have_the_published_numbers_of_parameters(preset: str, encoder: int, decoder: int):
    config = training_config(preset)
    assert build_encoder(config, SHAPE).count_params() == encoder
    assert build_decoder(config, SHAPE).count_params() == decoder


def described(network: keras.Model) -> list[tuple[Any, ...]]:
    """(kind, units or filters, kernel, strides, activation) of each layer with weights; "same" padding is asserted."""
    found: list[tuple[Any, ...]] = []
    for layer in network.layers:
        if isinstance(layer, layers.Conv2D | layers.Conv2DTranspose):
            assert layer.padding == "same"
            kind = type(layer).__name__
            found.append((kind, layer.filters, layer.kernel_size, layer.strides[0], layer.activation.__name__))
        elif isinstance(layer, layers.Dense):
            found.append(("Dense", layer.units, layer.activation.__name__))
    return found


NETWORKS: dict[str, tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]] = {
    "conv": (
        [
            ("Conv2D", 32, (4, 4), 2, "gelu"),
            ("Conv2D", 64, (4, 4), 2, "gelu"),
            ("Dense", 256, "gelu"),
            ("Dense", 128, "gelu"),
        ],
        [
            ("Dense", 128, "gelu"),
            ("Dense", 256, "gelu"),
            ("Dense", 7 * 7 * 64, "gelu"),
            ("Conv2DTranspose", 32, (4, 4), 2, "gelu"),
            ("Conv2DTranspose", 1, (4, 4), 2, "linear"),
        ],
    ),
    "blog": (
        [
            ("Conv2D", 16, (3, 3), 1, "relu"),
            ("Conv2D", 32, (3, 3), 2, "relu"),
            ("Conv2D", 32, (3, 3), 1, "relu"),
            ("Dense", 32, "relu"),
        ],
        [
            ("Dense", 14 * 14 * 32, "relu"),
            ("Conv2DTranspose", 32, (3, 3), 2, "relu"),
            ("Conv2D", 1, (3, 3), 1, "linear"),
        ],
    ),
    "keras-io": (
        [("Conv2D", 32, (3, 3), 2, "relu"), ("Conv2D", 64, (3, 3), 2, "relu"), ("Dense", 16, "relu")],
        [
            ("Dense", 7 * 7 * 64, "relu"),
            ("Conv2DTranspose", 64, (3, 3), 2, "relu"),
            ("Conv2DTranspose", 32, (3, 3), 2, "relu"),
            ("Conv2DTranspose", 1, (3, 3), 1, "linear"),
        ],
    ),
    "dense": (
        [("Dense", 512, "gelu"), ("Dense", 256, "gelu"), ("Dense", 128, "gelu")],
        [("Dense", 128, "gelu"), ("Dense", 256, "gelu"), ("Dense", 512, "gelu"), ("Dense", 784, "linear")],
    ),
}


@pytest.mark.parametrize("preset", NETWORKS)
def test_the_presets_have_the_published_layers(preset: str):
    encoder, decoder = NETWORKS[preset]
    config = training_config(preset)
    heads = [("Dense", 2, "linear"), ("Dense", 2, "linear")]
    assert described(build_encoder(config, SHAPE)) == encoder + heads
    assert described(build_decoder(config, SHAPE)) == decoder


@pytest.mark.parametrize(
    ("preset", "shape"),
    [
        ("dense", (24, 20, 3)),
        ("dense", (17, 128, 1)),
        ("keras-io", (24, 20, 3)),
        ("blog", SHAPE),
        ("conv", (16, 16, 1)),
        ("conv", (30, 22, 1)),
        ("conv", (33, 65, 3)),
        ("conv", (128, 16, 3)),
    ],
)
@pytest.mark.parametrize("latent_dim", [2, *(pytest.param(each, marks=pytest.mark.long) for each in (1, 64))])
def test_images_of_any_size_keep_their_shape(preset: str, shape: tuple[int, int, int], latent_dim: int):
    config = training_config(preset, latent_dim=latent_dim)
    images = np.random.default_rng(0).uniform(size=(3, *shape)).astype(np.float32)
    z_mean, z_log_var = build_encoder(config, shape)(images)
    assert z_mean.shape == z_log_var.shape == (3, latent_dim)
    assert build_decoder(config, shape)(z_mean).shape == (3, *shape)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_convolutional_preset_has_about_the_same_size_for_all_images(channels: int):
    config = training_config("conv")
    for side in (16, 28, 29, 64, 127, 128):
        assert build_encoder(config, (side, side, channels)).count_params() < 3e6
        assert build_decoder(config, (side, side, channels)).count_params() < 1.5e6


@pytest.mark.parametrize("shape", [(30, 22, 1), (33, 65, 3)])
def test_the_convolutional_decoder_is_lowered_and_followed_by_litert(shape: tuple[int, int, int]):
    decoder = with_sigmoid(build_decoder(training_config("conv", latent_dim=3), shape))
    z = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    images = decoder(z).numpy()
    np.testing.assert_allclose(LoweredDecoder(lower(decoder))(z), images, atol=1e-5)
    live = LiveDecoder(decoder)
    live.assign(decoder.get_weights())
    np.testing.assert_allclose(live(z), images, atol=1e-5)


def test_the_saved_decoder_ends_in_a_sigmoid():
    config = training_config("keras-io")
    logits = build_decoder(config, SHAPE)
    decoder = with_sigmoid(logits)
    z = np.random.default_rng(0).normal(0, 500, (40, 2)).astype(np.float32)
    images = decoder(z).numpy()
    assert images.min() >= 0
    assert images.max() <= 1
    assert np.ptp(images) > 0.5
    np.testing.assert_allclose(images, 1 / (1 + np.exp(-logits(z).numpy().astype(np.float64))), atol=1e-6)


def test_the_saved_decoder_shares_the_weights_of_the_trained_one():
    logits = build_decoder(training_config("dense"), SHAPE)
    decoder = with_sigmoid(logits)
    logits.set_weights([np.zeros_like(weight) for weight in logits.get_weights()])
    np.testing.assert_array_equal(decoder(np.ones((1, 2), np.float32)).numpy(), np.full((1, *SHAPE), 0.5))


@pytest.mark.parametrize("preset", NETWORKS)
def test_equal_seeds_give_equal_weights_and_different_seeds_different_ones(preset: str):
    def kernels(seed: int) -> list[np.ndarray]:
        vae = VAE(training_config(preset, seed=seed), SHAPE)
        return [weight for weight in vae.get_weights() if weight.ndim > 1]

    first, again, other = kernels(1), kernels(1), kernels(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_no_two_layers_begin_with_the_same_numbers():
    vae = VAE(training_config("dense", latent_dim=2), SHAPE)
    first = [weight.ravel()[0] / np.abs(weight).max() for weight in vae.get_weights() if weight.ndim > 1]
    assert len(set(first)) == len(first) == 9


def test_without_sigmoid_undoes_with_sigmoid(digits):
    decoder = build_decoder(training_config("keras-io"), SHAPE)
    again = without_sigmoid(with_sigmoid(decoder))
    z = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    np.testing.assert_array_equal(again(z).numpy(), decoder(z).numpy())
    with pytest.raises(ValueError, match="sigmoid"):
        without_sigmoid(decoder)
