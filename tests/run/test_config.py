"""run/config.py: presets, settings, and what is refused."""

import dataclasses
import math

import pytest

from vae_explorer.errors import UserError
from vae_explorer.run.config import (
    LIKELIHOODS,
    PRESETS,
    Preset,
    TrainingConfig,
    check_image_shape,
    for_images,
    training_config,
    usual_likelihood,
    usual_preset,
)


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
        likelihood="usual",
        sigma=None,
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


def test_a_presets_pixels_and_patience_are_its_usual_ones():
    config = training_config("s-vae-mlp")
    assert (config.pixels, config.patience, config.restore_best) == ("binarized", 50, True)
    assert training_config("s-vae-mlp", patience=3).patience == 3
    assert training_config("s-vae-mlp", patience=0).patience is None
    assert not training_config("s-vae-mlp", restore_best=False).restore_best


def test_a_preset_for_images_of_one_shape_has_the_blogs_beta_only_if_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(PRESETS, "dense", dataclasses.replace(PRESETS["dense"], image_shape=(28, 28, 1)))
    assert training_config("dense").beta == 1.0


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
    with pytest.raises(UserError, match="deep, wide, dense, conv, keras-io, blog, s-vae-mlp"):
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
    with pytest.raises(UserError, match=f"choose the preset {usual_preset(shape)}"):
        check_image_shape(training_config(preset), shape)


@pytest.mark.parametrize(
    ("preset", "shape"),
    [
        ("blog", (28, 28, 1)),
        ("keras-io", (16, 128, 3)),
        ("dense", (17, 31, 3)),
        ("dense", (128, 16, 1)),
        ("conv", (17, 31, 3)),
    ],
)
def test_images_that_fit_pass(preset: str, shape: tuple[int, int, int]):
    check_image_shape(training_config(preset), shape)


# Likelihoods


@pytest.mark.parametrize(
    ("shape", "preset", "likelihood"),
    [
        ((28, 28, 1), "deep", "bernoulli"),
        ((32, 32, 1), "deep", "bernoulli"),
        ((16, 64, 1), "deep", "bernoulli"),
        ((33, 32, 1), "conv", "bernoulli"),
        ((28, 28, 3), "conv", "gaussian"),
        ((128, 128, 3), "conv", "gaussian"),
    ],
)
def test_preset_and_likelihood_follow_the_images(shape: tuple[int, int, int], preset: str, likelihood: str):
    assert usual_preset(shape) == preset
    assert usual_likelihood(shape) == likelihood
    assert for_images(training_config("dense"), shape) == training_config("dense", likelihood=likelihood)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_a_likelihood_that_was_chosen_stays(likelihood: str):
    config = training_config("conv", likelihood=likelihood)
    for shape in ((28, 28, 1), (28, 28, 3)):
        assert for_images(config, shape) is config


def test_what_was_trained_before_there_were_likelihoods_was_bernoulli():
    given = {field.name for field in dataclasses.fields(TrainingConfig)} - {"likelihood", "sigma"}
    usual = dataclasses.asdict(training_config("dense"))
    assert TrainingConfig(**{name: usual[name] for name in given}).likelihood == "bernoulli"


def test_binarized_pixels_are_bernoulli_in_colour_too_and_refused_as_gaussian():
    assert for_images(training_config("conv", pixels="binarized"), (32, 32, 3)).likelihood == "bernoulli"
    for likelihood in ("gaussian", "gaussian-fixed"):
        with pytest.raises(UserError, match="no Gaussian: choose grey pixels, or bernoulli"):
            training_config("conv", pixels="binarized", likelihood=likelihood)


def test_a_fixed_gaussian_has_a_sigma_and_no_other_likelihood_has():
    assert training_config("conv", likelihood="gaussian-fixed").sigma == 0.1
    assert training_config("conv", likelihood="gaussian-fixed", sigma=0.5).sigma == 0.5
    for sigma in (0.0, -0.1, math.nan, math.inf):
        with pytest.raises(UserError, match="sigma has to be between"):
            training_config("conv", likelihood="gaussian-fixed", sigma=sigma)
    for likelihood in (None, "bernoulli", "gaussian"):
        with pytest.raises(UserError, match="choose the likelihood gaussian-fixed, or leave it out"):
            training_config("conv", likelihood=likelihood, sigma=0.5)
    with pytest.raises(UserError, match="choose one of bernoulli, gaussian, gaussian-fixed"):
        training_config("conv", likelihood="poisson")


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_each_preset_says_in_a_sentence_what_it_is_good_for(preset: Preset):
    assert preset.sentence.endswith(".")
    assert len(preset.sentence) < 200
