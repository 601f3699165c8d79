"""Imports of networks whose ranges of pixels only the images show."""

import keras
import numpy as np
import pytest
from keras import layers

from tests.training.test_importing import grey_squares
from vae_explorer.model.decoder import run_decoder
from vae_explorer.network.fitting import Choices, UnclearError
from vae_explorer.training.importing import find_model, write_model


@pytest.fixture
def squares():
    return grey_squares((16, 16, 1))


def decoder_of(path, scale, offset):
    """A linear decoder of one grey level, z = 0 black and z = 1 white, whose values are level * scale + offset."""
    dense = layers.Dense(256, name="reshape")
    model = keras.Sequential([keras.Input((1,)), dense, layers.Reshape((16, 16, 1), name="re_lu")])
    dense.set_weights([np.full((1, 256), scale, np.float32), np.full(256, offset, np.float32)])
    model.save(path)
    return path


def encoder_of(path, scale, offset):
    """The mean level of an image is about z * scale + offset, and never far from offset."""
    image = keras.Input((16, 16, 1))
    flat, mean = layers.Flatten()(image), layers.Dense(1, "tanh", name="z_mean")
    model = keras.Model(image, [mean(flat), layers.Dense(1, name="z_log_var")(flat)])
    mean.set_weights([np.full((256, 1), 1 / scale / 256, np.float32), np.full(1, -offset / scale, np.float32)])
    model.save(path)
    return path


def test_the_images_tell_what_an_encoder_and_a_decoder_of_255_take_and_give(tmp_path, squares):
    decoder = decoder_of(tmp_path / "d.keras", 40, 100)
    encoder = encoder_of(tmp_path / "e.keras", 40, 100)
    with pytest.raises(UnclearError, match=r"0\.\.255"):
        find_model(decoder)
    found = find_model(decoder, encoder, squares)
    assert found.model.decoder.ending == found.model.encoder.input_range == "0..255"
    assert any("read as 0 to 255" in note for note in found.notes)


def test_a_run_of_0_to_255_gives_images_of_0_to_1(tmp_path):
    run = write_model(find_model(decoder_of(tmp_path / "d.keras", 255, 0), choices=Choices("0..255")), tmp_path / "run")
    images = run_decoder(run)(np.array([[0], [0.2], [1], [2]], np.float32))
    np.testing.assert_allclose(images[:, 3, 3, 0], [0, 0.2, 1, 1], atol=1e-5)


def test_what_the_images_do_not_show_stays_a_question(tmp_path, squares):
    decoder = decoder_of(tmp_path / "d.keras", 1e-3, 0.5)
    encoder = encoder_of(tmp_path / "e.keras", 1e6, 0)
    found = find_model(decoder, encoder, squares)
    assert any("do not show which range is right" in note for note in found.notes)
    flat = decoder_of(tmp_path / "flat.keras", 1e-9, 300)
    with pytest.raises(UnclearError):
        find_model(flat, encoder, squares)


@pytest.mark.long
@pytest.mark.parametrize("log_var_first", [False, True])
def test_the_half_of_one_tensor_that_finds_codes_again_is_the_mean(tmp_path, log_var_first, squares):
    decoder = decoder_of(tmp_path / "d.keras", 0.1, 0.5)
    image = keras.Input((16, 16, 1))
    flat = layers.Flatten()(image)
    mean, log_var = (
        layers.Dense(1, name="a"),
        layers.Dense(1, name="b", bias_initializer=keras.initializers.Constant(-4)),
    )
    halves = [mean(flat), log_var(flat)][:: -1 if log_var_first else 1]
    mean.set_weights([np.full((256, 1), 10 / 256, np.float32), np.full(1, -5, np.float32)])
    log_var.set_weights([np.zeros((256, 1), np.float32), np.full(1, -4, np.float32)])
    keras.Model(image, layers.Concatenate(name="both")(halves)).save(tmp_path / "e.keras")
    found = find_model(decoder, tmp_path / "e.keras")
    assert found.model.encoder.posterior == "concatenated" + ", log-variance first" * log_var_first
    assert any(f"its {'second' if log_var_first else 'first'} half is the mean" in note for note in found.notes)
    if log_var_first:
        codes = write_model(find_model(decoder, tmp_path / "e.keras", squares), tmp_path / "run").codes
        levels = squares.images.mean(axis=(1, 2, 3)) / 255
        np.testing.assert_allclose(codes.z_mean[:, 0], 10 * levels - 5, atol=1e-3)
        np.testing.assert_allclose(codes.z_log_var, -4, atol=1e-5)
        chosen = find_model(decoder, tmp_path / "e.keras", choices=Choices(posterior_order=("mean", "log_var")))
        assert chosen.model.encoder.posterior == "concatenated"
