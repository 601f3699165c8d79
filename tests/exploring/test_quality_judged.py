"""What is known of figures of quality: the baselines of the images, and what is good for them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from vae_explorer.exploring.quality_judged import Baseline, baseline, judge, largest_share, shift_of
from vae_explorer.model.metrics import prior_distance
from vae_explorer.run.arrays import Sample
from vae_explorer.run.quality import Figure, Quality
from vae_explorer.run.run import Run


@pytest.fixture
def quality(tiny_run: Run) -> Quality:
    assert tiny_run.info.quality is not None
    return tiny_run.info.quality


def of_images(run: Run, images: np.ndarray, **info: object) -> Run:
    """The run with these images as its sample. images: (N, H, W, C) uint8."""
    dataset = replace(run.info.dataset, image_shape=images.shape[1:])
    sample = Sample(images, np.arange(len(images)))
    return replace(run, sample=sample, info=replace(run.info, dataset=dataset, **info))


def test_the_mean_image_of_black_and_white_pixels_tells_nothing(tiny_run: Run) -> None:
    images = np.zeros((4, 2, 3, 1), np.uint8)
    images[:2] = 255  # each pixel is white in half of the images
    found = baseline(of_images(tiny_run, images))
    assert found is not None
    assert found == Baseline(pytest.approx(6 * math.log(2)), pytest.approx(0.5))


def test_of_gaussian_pixels_the_mean_image_has_its_own_width_or_the_fixed_one(tiny_run: Run) -> None:
    images = np.zeros((4, 2, 3, 1), np.uint8)
    images[:2] = 255
    learned = baseline(of_images(tiny_run, images, likelihood="gaussian", sigma=0.1))
    fixed = baseline(of_images(tiny_run, images, likelihood="gaussian-fixed", sigma=0.5))
    assert learned is not None
    assert fixed is not None
    assert learned.loss == pytest.approx(6 * 0.5 * (math.log(2 * math.pi * 0.25) + 1))
    assert fixed.loss == pytest.approx(learned.loss)


def test_without_images_there_is_no_baseline(tiny_run: Run, quality: Quality) -> None:
    bare = of_images(tiny_run, np.zeros((0, 28, 28, 1), np.uint8))
    assert baseline(bare) is None
    assert "negative_elbo" not in judge(bare, quality)


def test_a_model_no_better_than_the_mean_image_is_poor(tiny_run: Run, quality: Quality) -> None:
    base = baseline(tiny_run)
    assert base is not None
    nothing = replace(
        quality, negative_elbo=Figure(base.loss + 1, 1.0, 9), reconstruction_error=Figure(base.error, 0.01, 9),
        neighbour_accuracy=Figure(largest_share(tiny_run), 0.01, 9), kl_loss=Figure(0.001, 0.001, 9),
        code_variance=(0.0, 0.0),
    )  # fmt: skip
    found = judge(tiny_run, nothing)
    poor = {field for field, judgement in found.items() if judgement.verdict == "poor"}
    assert poor >= {"negative_elbo", "reconstruction_error", "neighbour_accuracy", "kl_loss", "active_units"}
    better = replace(quality, negative_elbo=Figure(base.loss - 1, 1.0, 9))
    assert judge(tiny_run, better)["negative_elbo"].verdict == ""  # of other images than MNIST none is known


@pytest.mark.parametrize(("value", "verdict"), [(133.0, "good"), (145.0, "fair"), (170.0, "poor"), (math.nan, "poor")])
def test_of_mnist_it_is_known_what_is_good(tiny_run: Run, quality: Quality, value: float, verdict: str) -> None:
    mnist = replace(tiny_run, info=replace(tiny_run.info, dataset=replace(tiny_run.info.dataset, name="MNIST")))
    found = judge(mnist, replace(quality, negative_elbo=Figure(value, 0.5, 9)))
    assert found["negative_elbo"].verdict == verdict


def test_collapsed_dimensions_are_named_with_a_remedy(tiny_run: Run, quality: Quality) -> None:
    found = judge(tiny_run, replace(quality, code_variance=(1.0, 0.0)))["active_units"]
    assert found.verdict == "fair"
    assert found.sentence.startswith("Collapsed: z2. Fewer dimensions")


@pytest.mark.parametrize("latent_dim", [1, 2, 8])
def test_the_distance_from_the_prior_is_told_as_a_shift(latent_dim: int) -> None:
    """The posteriors are points drawn from a normal distribution that is shifted by a known distance."""
    z_mean = np.random.default_rng(0).normal(0.5, 1, (2000, latent_dim))
    found = prior_distance(z_mean, np.full_like(z_mean, -30.0))
    assert found is not None
    assert shift_of(found.value, latent_dim) == pytest.approx(0.5, abs=0.06)
    assert shift_of(-0.001, latent_dim) == 0
    assert shift_of(5.0, latent_dim) == math.inf


def test_the_kl_is_told_as_a_number_of_images(tiny_run: Run, quality: Quality) -> None:
    found = judge(tiny_run, replace(quality, kl_loss=Figure(7.3, 0.01, 9)))["kl_loss"]
    assert "about 1,500 images" in found.sentence
    huge = judge(tiny_run, replace(quality, kl_loss=Figure(1e6, 1.0, 9)))["kl_loss"]
    assert huge.verdict == ""
