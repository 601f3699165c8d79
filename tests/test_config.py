"""config.py: presets, settings, and what is refused."""

import dataclasses
import math

import pytest

from vae_explorer.config import PRESETS, TrainingConfig, check_image_shape, training_config
from vae_explorer.errors import UserError


def test_a_preset_alone_gives_its_usual_settings():
    config = training_config("dense")
    assert config == TrainingConfig(
        preset="dense",
        latent_dim=2,
        beta=1.0,
        epochs=12,
        batch_size=128,
        learning_rate=PRESETS["dense"].learning_rate,
        optimizer="adam",
        schedule="cosine",
        seed=0,
        limit=None,
        pixels="grey",
    )


def test_pixels_are_grey_or_binarized():
    assert training_config("dense", pixels="binarized").pixels == "binarized"
    with pytest.raises(UserError, match="choose one of grey, binarized"):
        training_config("dense", pixels="blue")


def test_the_presets_of_the_references_have_the_published_settings():
    blog, keras_io = training_config("blog"), training_config("keras-io")
    assert (blog.optimizer, blog.schedule, blog.epochs, blog.batch_size) == ("rmsprop", "constant", 10, 128)
    assert (keras_io.optimizer, keras_io.schedule, keras_io.epochs, keras_io.batch_size) == (
        "adam",
        "constant",
        30,
        128,
    )
    assert keras_io.beta == 1.0


@pytest.mark.parametrize(("latent_dim", "beta"), [(1, 0.784), (2, 0.392), (5, 0.1568), (64, 0.01225)])
def test_the_blogs_beta_follows_the_latent_dimension(latent_dim: int, beta: float):
    assert training_config("blog", latent_dim=latent_dim).beta == pytest.approx(beta, rel=1e-12)


def test_given_settings_replace_the_presets_and_none_does_not():
    config = training_config("dense", epochs=3, beta=0.0, latent_dim=None, seed=None, learning_rate=0.5)
    assert (config.epochs, config.beta, config.learning_rate) == (3, 0.0, 0.5)
    assert (config.latent_dim, config.seed) == (2, 0)


def test_a_given_beta_wins_over_the_blogs():
    assert training_config("blog", latent_dim=5, beta=2.0).beta == 2.0


def test_settings_cannot_be_changed_afterwards():
    config = training_config("dense")
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.beta = 2.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latent_dim", 0),
        ("latent_dim", 65),
        ("beta", -0.001),
        ("beta", math.nan),
        ("beta", math.inf),
        ("epochs", 0),
        ("epochs", 100_001),
        ("batch_size", 0),
        ("batch_size", 65_537),
        ("learning_rate", 0.0),
        ("learning_rate", -1.0),
        ("learning_rate", 10.5),
        ("learning_rate", math.nan),
        ("seed", -1),
        ("seed", 2**31),
        ("limit", 1),
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(name: str, value: float):
    with pytest.raises(UserError, match=name):
        training_config("dense", **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latent_dim", 1),
        ("latent_dim", 64),
        ("beta", 0.0),
        ("epochs", 1),
        ("batch_size", 1),
        ("learning_rate", 10.0),
        ("seed", 2**31 - 1),
        ("limit", 2),
    ],
)
def test_a_setting_at_the_edge_of_its_range_is_taken(name: str, value: float):
    assert getattr(training_config("dense", **{name: value}), name) == value


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="dense, keras-io, blog"):
        training_config("vgg")


@pytest.mark.parametrize("setting", [{"optimizer": "sgd"}, {"schedule": "linear"}])
def test_an_unknown_optimizer_or_schedule_is_refused(setting: dict[str, str]):
    with pytest.raises(UserError, match=next(iter(setting.values()))):
        training_config("dense", **setting)


@pytest.mark.parametrize(
    ("preset", "shape"),
    [("blog", (28, 28, 3)), ("blog", (32, 32, 1)), ("keras-io", (30, 28, 1)), ("keras-io", (28, 18, 3))],
)
def test_images_that_a_network_cannot_take_are_refused_with_a_way_out(preset: str, shape: tuple[int, int, int]):
    with pytest.raises(UserError, match="choose the preset dense"):
        check_image_shape(training_config(preset), shape)


@pytest.mark.parametrize(
    ("preset", "shape"),
    [("blog", (28, 28, 1)), ("keras-io", (16, 128, 3)), ("dense", (17, 31, 3)), ("dense", (128, 16, 1))],
)
def test_images_that_fit_pass(preset: str, shape: tuple[int, int, int]):
    check_image_shape(training_config(preset), shape)
