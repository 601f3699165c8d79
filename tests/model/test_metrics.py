"""model/metrics.py: the figures that a run is judged by, against closed forms and other ways to compute them."""

import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import norm

from tests.conftest import IMAGES, SAMPLES
from vae_explorer.data.dataset import TRAINING, Dataset, DatasetInfo
from vae_explorer.errors import UserError
from vae_explorer.model import metrics
from vae_explorer.model.metrics import (
    Moments,
    bounds_of,
    evenly,
    mean_of,
    measure,
    measure_run,
    nearest,
    neighbour_accuracy,
    prior_distance,
    with_log_likelihood,
)
from vae_explorer.model.vae import VAE
from vae_explorer.run import arrays as run_arrays
from vae_explorer.run.arrays import Codes
from vae_explorer.run.config import training_config
from vae_explorer.run.opening import open_run
from vae_explorer.run.quality import Figure, Quality
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InFolder, InPage

CONFIG = training_config("dense", latent_dim=3, seed=7)


def no_codes(latent_dim: int = 3) -> Codes:
    return run_arrays.no_codes(DatasetInfo("", "", "", (28, 28, 1), 0, 0, ()), latent_dim)


def measured(vae: VAE, images: np.ndarray) -> Quality:
    return measure(vae, images, np.full(len(images), -1, np.int32), no_codes())


@pytest.fixture(scope="module")
def vae() -> VAE:
    return VAE(CONFIG, (28, 28, 1))


# Negative ELBO and its terms


def test_the_losses_are_those_of_the_formula(vae: VAE, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "EVALUATION_BATCH", 20)
    images = digits.images[digits.held_out][:50]
    shares: list[float] = []
    quality = measure(vae, images, np.full(50, -1, np.int32), no_codes(), lambda _task, share: shares.append(share))
    # The same figures, computed from the encoder's and the decoder's outputs with the same draws of epsilon.
    draws = [tf.random.stateless_normal((count, 3), seed=[7, -1 - i]) for i, count in enumerate((20, 20, 10))]
    epsilon = np.concatenate([draw.numpy() for draw in draws])
    mean, log_var = (output.numpy().astype(np.float64) for output in vae.encoder(images / np.float32(255)))
    logits = vae.decoder((mean + np.exp(log_var / 2) * epsilon).astype(np.float32)).numpy().astype(np.float64)
    x = images / 255
    reconstruction = (x * np.log1p(np.exp(-logits)) + (1 - x) * np.log1p(np.exp(logits))).sum(axis=(1, 2, 3))
    kl = 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var)
    total = reconstruction + kl.sum(axis=1)
    assert quality.reconstruction_loss.value == pytest.approx(reconstruction.mean(), rel=1e-5)
    assert quality.kl_loss.value == pytest.approx(kl.sum(axis=1).mean(), rel=1e-4)
    assert quality.negative_elbo.value == pytest.approx(total.mean(), rel=1e-5)
    assert quality.negative_elbo.standard_error == pytest.approx(total.std(ddof=1) / np.sqrt(50), rel=1e-3)
    assert quality.negative_elbo.images == 50
    assert [figure.value for figure in quality.kl_by_dimension] == pytest.approx(kl.mean(axis=0), rel=1e-4)
    assert sum(figure.value for figure in quality.kl_by_dimension) == pytest.approx(quality.kl_loss.value, rel=1e-12)
    assert quality.code_variance == pytest.approx(mean.var(axis=0), rel=1e-4)
    decoded = 1 / (1 + np.exp(-vae.decoder(mean.astype(np.float32)).numpy().astype(np.float64)))
    error = np.sqrt(np.square(decoded - x).mean(axis=(1, 2, 3)))
    assert quality.reconstruction_error.value == pytest.approx(error.mean(), rel=1e-5)
    assert (quality.pixels, quality.neighbour_accuracy, quality.log_likelihood) == ("grey", None, None)
    assert shares == [0.4, 0.8, 1.0]


def test_beta_does_not_matter(vae: VAE, digits: Dataset) -> None:
    images = digits.images[digits.held_out][:20]
    weighted = VAE(replace(CONFIG, beta=1000.0), (28, 28, 1))
    weighted.set_weights(vae.get_weights())
    assert measured(weighted, images) == measured(vae, images)


def test_one_image_has_no_standard_error_and_no_distance(vae: VAE, digits: Dataset) -> None:
    quality = measured(vae, digits.images[:1])
    assert np.isfinite(quality.negative_elbo.value)
    assert quality.negative_elbo.standard_error is None
    assert quality.negative_elbo.images == 1
    assert quality.prior_distance is None
    tightened = with_log_likelihood(quality, bounds_of(vae, digits.images[:1], 3), 3)
    assert tightened.log_likelihood is not None
    assert tightened.log_likelihood.standard_error is None


def test_measuring_ends_when_progress_raises(vae: VAE, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "EVALUATION_BATCH", 10)

    class EnoughError(Exception): ...

    def enough(_task: str, share: float) -> None:
        if share >= 0.2:
            raise EnoughError

    with pytest.raises(EnoughError):
        measure(vae, digits.images[:100], np.full(100, -1, np.int32), no_codes(), enough)
    with pytest.raises(EnoughError):
        bounds_of(vae, digits.images[:100], 2, None, enough)


def test_the_figures_of_a_bad_model_are_not_finite(digits: Dataset) -> None:
    bad = VAE(CONFIG, (28, 28, 1))
    bad.encoder.get_layer("z_log_var").bias.assign([1000.0, 0.0, 0.0])
    quality = with_log_likelihood(measured(bad, digits.images[:9]), bounds_of(bad, digits.images[:9], 3), 3)
    assert not np.isfinite(quality.kl_loss.value)
    assert np.isfinite(quality.kl_by_dimension[1].value)


def test_a_dimension_that_does_not_follow_the_images_is_not_active(digits: Dataset) -> None:
    vae = VAE(CONFIG, (28, 28, 1))
    layer = vae.encoder.get_layer("z_mean")
    kernel = layer.kernel.numpy() * [20.0, 0.0, 20.0]
    layer.kernel.assign(kernel)
    quality = measured(vae, digits.images[:50])
    assert quality.active == (True, False, True)
    assert quality.active_units == Figure(2, None, 50)


def test_binarized_figures_are_measured_on_binarized_images(digits: Dataset) -> None:
    images = digits.images[digits.held_out][:64]
    grey, binarized = (VAE(replace(CONFIG, pixels=pixels), (28, 28, 1)) for pixels in ("grey", "binarized"))
    binarized.set_weights(grey.get_weights())
    quality = measured(binarized, images)
    assert quality.pixels == "binarized"
    assert quality == measured(binarized, images)
    assert quality.negative_elbo != measured(grey, images).negative_elbo
    # Binarizing does not change images that are already black and white.
    sharp = np.where(images > 127, 255, 0).astype(np.uint8)
    assert measured(binarized, sharp) == replace(measured(grey, sharp), pixels="binarized")


# Importance-weighted log-likelihood


@pytest.fixture(scope="module")
def small() -> VAE:
    """An untrained VAE of four pixels and one latent dimension, so that its likelihood can be integrated."""
    vae = VAE(training_config("dense", latent_dim=1, seed=3), (2, 2, 1))
    vae.set_weights([1.6 * weight for weight in vae.get_weights()])
    return vae


SMALL_IMAGES = np.random.default_rng(0).integers(0, 2, (12, 2, 2, 1)).astype(np.uint8) * 255


def integrated(vae: VAE, images: np.ndarray, sigma: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """log p(x) and ELBO of each image, as sums over a fine grid of z. sigma: that of Gaussian pixels."""
    z, step = np.linspace(-12, 12, 20_001, retstep=True)
    logits = vae.decoder(z[:, None].astype(np.float32)).numpy().astype(np.float64).reshape(len(z), 4)
    mean, log_var = (output.numpy().astype(np.float64) for output in vae.encoder(images / np.float32(255)))
    exact, elbo = [], []
    for x, m, s in zip(images.reshape(-1, 4) / 255, mean[:, 0], np.exp(log_var[:, 0] / 2), strict=True):
        log_likelihood = -(x * np.logaddexp(0, -logits) + (1 - x) * np.logaddexp(0, logits)).sum(axis=1)
        if sigma:
            log_likelihood = norm.logpdf(x, 1 / (1 + np.exp(-logits)), sigma).sum(axis=1)
        log_joint = log_likelihood - z**2 / 2 - np.log(2 * np.pi) / 2
        log_posterior = -(((z - m) / s) ** 2) / 2 - np.log(s) - np.log(2 * np.pi) / 2
        exact.append(np.log(np.exp(log_joint).sum() * step))
        elbo.append((np.exp(log_posterior) * (log_joint - log_posterior)).sum() * step)
    return np.array(exact), np.array(elbo)


def test_the_bound_approaches_the_likelihood_and_its_elbo_the_elbo(small: VAE) -> None:
    exact, elbo = integrated(small, SMALL_IMAGES)
    assert (exact - elbo).max() > 0.03  # large enough to be measured
    bounds = bounds_of(small, SMALL_IMAGES, 20_000)
    assert bounds[:, 0] == pytest.approx(exact, abs=0.03)
    assert bounds[:, 1] == pytest.approx(elbo, abs=0.05)


@pytest.mark.parametrize("likelihood", ["gaussian", pytest.param("gaussian-fixed", marks=pytest.mark.long)])
def test_the_bound_of_gaussian_pixels_approaches_their_density(small: VAE, likelihood: str) -> None:
    sigma = 0.4
    fixed = sigma if likelihood == "gaussian-fixed" else None
    config = training_config("dense", latent_dim=1, likelihood=likelihood, sigma=fixed)
    vae = VAE(config, (2, 2, 1), encoder=small.encoder, decoder=small.decoder, sigma=sigma)
    exact, elbo = integrated(vae, SMALL_IMAGES, sigma)
    assert (exact - elbo).max() > 0.03
    bounds = bounds_of(vae, SMALL_IMAGES, 20_000)
    assert bounds[:, 0] == pytest.approx(exact, abs=0.03)
    assert bounds[:, 1] == pytest.approx(elbo, abs=0.05)


@pytest.mark.long
def test_the_bound_grows_from_the_elbo_towards_the_likelihood(small: VAE) -> None:
    exact, elbo = integrated(small, SMALL_IMAGES[:1])
    copies = np.repeat(SMALL_IMAGES[:1], 300, axis=0)
    one, few, many = (bounds_of(small, copies, samples, most=300)[:, 0] for samples in (1, 4, 32))
    assert one.mean() == pytest.approx(elbo[0], abs=4 * one.std() / np.sqrt(300))
    assert one.mean() < few.mean() < many.mean() < exact[0] + 4 * many.std() / np.sqrt(300)


def test_the_bound_of_one_sample_is_the_elbo(vae: VAE, digits: Dataset) -> None:
    bounds = bounds_of(vae, digits.images[:5], 1)
    np.testing.assert_array_equal(bounds[:, 0], bounds[:, 1])


def test_no_bound_is_below_the_elbo_of_the_same_samples(vae: VAE, digits: Dataset) -> None:
    bounds = bounds_of(vae, digits.images[:20], 30)
    assert (bounds[:, 0] >= bounds[:, 1]).all()


def test_samples_in_several_rounds_are_all_counted(small: VAE, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "DECODED_AT_ONCE", 4 * 300)
    exact, _ = integrated(small, SMALL_IMAGES[:3])
    assert bounds_of(small, SMALL_IMAGES[:3], 20_000 - 7)[:, 0] == pytest.approx(exact, abs=0.03)


def test_the_draws_are_a_function_of_the_seed(small: VAE) -> None:
    other = VAE(training_config("dense", latent_dim=1, seed=4), (2, 2, 1))
    other.set_weights(small.get_weights())
    np.testing.assert_array_equal(bounds_of(small, SMALL_IMAGES, 5), bounds_of(small, SMALL_IMAGES, 5))
    assert (bounds_of(other, SMALL_IMAGES, 5) != bounds_of(small, SMALL_IMAGES, 5)).all()


def test_fewer_of_larger_images_are_used(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    vae = VAE(training_config("dense"), (56, 56, 1))
    assert len(bounds_of(vae, np.zeros((600, 56, 56, 1), np.uint8), 1)) == 125
    assert len(bounds_of(vae, np.zeros((10, 56, 56, 1), np.uint8), 1)) == 10
    assert len(bounds_of(vae, np.zeros((10, 56, 56, 1), np.uint8), 1, most=4)) == 4


def test_the_log_likelihood_is_the_elbo_of_all_images_plus_the_gain_in_some(vae: VAE, digits: Dataset) -> None:
    images = digits.images[digits.held_out]
    quality = measured(vae, images)
    bounds = bounds_of(vae, images, 20, most=40)
    figure = with_log_likelihood(quality, bounds, 20).log_likelihood
    assert figure is not None
    assert figure.value == pytest.approx((bounds[:, 0] - bounds[:, 1]).mean() - quality.negative_elbo.value)
    assert figure.value > -quality.negative_elbo.value
    assert figure.images == 40
    assert figure.value == pytest.approx(bounds_of(vae, images, 20, most=128)[:, 0].mean(), abs=0.5)


def test_the_standard_error_of_the_log_likelihood_is_how_much_it_varies(vae: VAE, digits: Dataset) -> None:
    random, quality = np.random.default_rng(0), measured(vae, digits.images[:2])
    figures = []
    for _ in range(400):
        elbo = random.normal(-100, 20, 300)
        gain = 3 - elbo[:60] / 10 + random.normal(size=60)
        one = with_log_likelihood(
            replace(quality, negative_elbo=mean_of(-elbo)), np.stack([elbo[:60] + gain, elbo[:60]], axis=1), 5
        )
        figures.append(one.log_likelihood)
    spread = np.std([figure.value for figure in figures if figure])
    assert np.mean([figure.standard_error for figure in figures if figure]) == pytest.approx(spread, rel=0.1)


# Neighbours


@pytest.mark.parametrize("latent_dim", [1, 3, 12])
def test_neighbours_are_those_of_brute_force(latent_dim: int) -> None:
    random = np.random.default_rng(1)
    known, known_label = random.normal(size=(300, latent_dim)), random.integers(-1, 4, 300).astype(np.int32)
    z, label = random.normal(size=(80, latent_dim)), random.integers(-1, 4, 80).astype(np.int32)
    right = []
    for code, of_code in zip(z[label >= 0], label[label >= 0], strict=True):
        distances = np.square(known[known_label >= 0] - code).sum(axis=1)
        nearest = known_label[known_label >= 0][np.argsort(distances)[:10]]
        right.append(np.bincount(nearest).argmax() == of_code)
    figure = neighbour_accuracy(z, label, known, known_label)
    assert figure is not None
    assert figure.value == np.mean(right)
    assert figure.images == (label >= 0).sum()
    assert figure.standard_error == pytest.approx(np.std(right, ddof=1) / np.sqrt(len(right)))


def test_separate_classes_are_classified_correctly() -> None:
    label = np.repeat(np.arange(3, dtype=np.int32), 40)
    z = np.random.default_rng(0).normal(size=(120, 2)) + 100 * label[:, None]
    assert neighbour_accuracy(z, label, z, label) == Figure(1.0, 0.0, 120)


def test_without_labels_there_is_no_accuracy() -> None:
    z, none, some = np.zeros((5, 2)), np.full(5, -1, np.int32), np.zeros(5, np.int32)
    assert neighbour_accuracy(z, none, z, some) is None
    assert neighbour_accuracy(z, some, z, none) is None
    assert neighbour_accuracy(z, some, z[:0], some[:0]) is None
    assert neighbour_accuracy(z, some, z[:3], some[:3]) == Figure(1.0, 0.0, 5)  # fewer codes than neighbours


# The prior


@pytest.mark.parametrize("latent_dim", [1, 2, pytest.param(20, marks=pytest.mark.long)])
def test_codes_drawn_from_the_prior_have_no_distance_from_it_and_others_have(latent_dim: int) -> None:
    random = np.random.default_rng(latent_dim)
    narrow = np.full((1500, latent_dim), np.log(0.25))
    own = random.normal(size=(1500, latent_dim)) * np.sqrt(0.75)  # with posteriors of variance 0.25: N(0, I) together
    near = prior_distance(own, narrow)
    assert near is not None
    assert near.standard_error is not None
    assert abs(near.value) < 0.002
    distances = [figure.value for shift in (0.5, 1, 2) if (figure := prior_distance(own + shift, narrow))]
    assert abs(near.value) * 5 < distances[0] < distances[1] < distances[2]
    for other in (own * 0.3, own * 3):
        figure = prior_distance(other, narrow)
        assert figure is not None
        assert figure.value > 5 * abs(near.value)


def test_the_distance_is_the_integral_of_the_kernel() -> None:
    means, variances = np.array([0.3, -1.2, 2.0]), np.array([0.1, 0.5, 1.7])
    z = np.linspace(-15, 15, 1501)
    kernel = np.exp(-np.square(z[:, None] - z) / 2)

    def density(mean: float, variance: float) -> np.ndarray:
        weights = np.exp(-np.square(z - mean) / variance / 2)
        return weights / weights.sum()

    prior = density(0, 1)
    of = [density(*pair) for pair in zip(means, variances, strict=True)]
    pairs = [of[i] @ kernel @ of[j] for i in range(3) for j in range(3) if i != j]
    expected = np.mean(pairs) - 2 * np.mean([one @ kernel @ prior for one in of]) + prior @ kernel @ prior
    figure = prior_distance(means[:, None], np.log(variances)[:, None])
    assert figure is not None
    assert figure.value == pytest.approx(expected, abs=1e-9)


def test_the_standard_error_of_the_distance_is_how_much_it_varies() -> None:
    random = np.random.default_rng(5)
    figures = [prior_distance(random.normal(size=(150, 2)) + 1, np.full((150, 2), -2.0)) for _ in range(200)]
    spread = np.std([figure.value for figure in figures if figure])
    assert np.mean([figure.standard_error for figure in figures if figure]) == pytest.approx(spread, rel=0.2)


def test_evenly_spread_indices() -> None:
    assert evenly(10, 3).tolist() == [0, 4, 9]
    assert evenly(3, 10).tolist() == [0, 1, 2]


# A run, from its own files


def test_a_run_measured_again_has_the_figures_of_its_training(tiny_run: Run) -> None:
    quality, tasks = tiny_run.info.quality, []
    again = measure_run(tiny_run, SAMPLES, IMAGES, lambda task, share: tasks.append((task, share)))
    assert quality is not None
    for name in ("negative_elbo", "kl_loss", "reconstruction_error", "log_likelihood", "prior_distance"):
        assert getattr(again, name).value == pytest.approx(getattr(quality, name).value, rel=1e-4)
        assert getattr(again, name).images == (IMAGES if name == "log_likelihood" else 128)
    assert again.neighbour_accuracy == quality.neighbour_accuracy
    assert 0.2 < again.neighbour_accuracy.value <= 1  # type: ignore[union-attr]
    assert again.active_units == quality.active_units
    assert list(dict.fromkeys(task for task, _ in tasks)) == [
        "Loading TensorFlow",
        "Evaluating held-out images",
        "Comparing held-out images with those of the training",
        "Estimating the log-likelihood",
    ]


def test_neighbours_are_training_images(tiny_run: Run) -> None:
    codes = tiny_run.codes
    known = codes.split == TRAINING
    label = codes.label[tiny_run.sample.index]
    expected = neighbour_accuracy(
        codes.z_mean[tiny_run.sample.index].astype(np.float64), label, codes.z_mean[known], codes.label[known]
    )
    assert tiny_run.info.quality is not None
    assert tiny_run.info.quality.neighbour_accuracy == expected


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [({"samples": 0}, "1 to 100,000 samples"), ({"samples": 100_001}, "100,001"), ({"images": 0}, "1 image or more")],
)
def test_settings_out_of_range_are_refused(tiny_run: Run, settings: dict[str, int], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        measure_run(tiny_run, **settings)  # type: ignore[arg-type]


def test_a_run_without_held_out_images_or_encoder_is_refused(tiny_run: Run, tmp_path: Path) -> None:
    sample = replace(tiny_run.sample, images=tiny_run.sample.images[:0], index=tiny_run.sample.index[:0])
    with pytest.raises(UserError, match="no held-out images"):
        measure_run(replace(tiny_run, sample=sample))
    with pytest.raises(UserError, match="no encoder"):
        measure_run(replace(tiny_run, storage=InPage(tmp_path / "page.html")))


def test_a_decoder_that_does_not_end_in_a_sigmoid_is_refused(tiny_run: Run, tiny_run_folder: Path) -> None:
    shutil.copy(tiny_run_folder / "model/encoder.keras", tiny_run_folder / "model/decoder.keras")
    run = replace(open_run(tiny_run.folder), storage=InFolder(tiny_run_folder))
    with pytest.raises(UserError):
        measure_run(run)


# Bounded memory


@pytest.mark.parametrize("latent_dim", [3, 12])
def test_the_nearest_codes_are_found_block_by_block(latent_dim: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    z, known = random.normal(size=(70, latent_dim)), random.normal(size=(500, latent_dim)).astype(np.float32)
    distances = np.square(z[:, None] - known).sum(axis=2)
    wanted = np.sort(np.argsort(distances, axis=1)[:, :7], axis=1)
    for at_once in (3, 64, 499, 1000):
        monkeypatch.setattr(metrics, "COMPARED_AT_ONCE", at_once)
        np.testing.assert_array_equal(np.sort(nearest(z, known, 7), axis=1), wanted)


def test_finding_the_nearest_of_many_codes_takes_little_memory() -> None:
    random = np.random.default_rng(0)
    z, known = random.normal(size=(512, 9)), random.normal(size=(100_000, 9)).astype(np.float32)
    tracemalloc.start()
    nearest(z, known, 10)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 150e6  # all distances would take 410 MB


def test_moments_are_those_of_all_values_and_may_be_infinite() -> None:
    values = np.random.default_rng(0).normal(50, 3, (1000, 2))
    values[:, 1] *= 1e-3
    moments = Moments()
    for some in np.split(values, [1, 300, 307]):
        moments.add(some)
    np.testing.assert_allclose(moments.variance(), values.var(axis=0), rtol=1e-12)
    for figure, column in zip(moments.figures(), values.T, strict=True):
        whole = mean_of(column)
        assert (figure.value, figure.standard_error) == pytest.approx((whole.value, whole.standard_error), rel=1e-12)
    with np.errstate(invalid="ignore"):
        for some in ([[np.inf, 1.0]], [[0.0, 1.0]]):
            moments.add(np.array(some))
    assert moments.figures()[0].value == np.inf
