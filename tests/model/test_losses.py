"""model/losses.py: the losses, against formulas written out anew."""

import math

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import norm

from tests.model.formulas import cross_entropy
from vae_explorer.model.losses import bernoulli_loss, gaussian_loss, kl_divergence, sample
from vae_explorer.model.vae import LEAST_LOG_SIGMA
from vae_explorer.run.config import training_config

SHAPE = (28, 28, 1)


def posterior(latent_dim: int, count: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    mean = random.normal(0, 2, (count, latent_dim)).astype(np.float32)
    log_var = random.uniform(-6, 2, (count, latent_dim)).astype(np.float32)
    return mean, log_var


# KL


def test_the_kl_is_that_of_the_closed_form():
    mean, log_var = posterior(5)
    variance = np.exp(log_var.astype(np.float64))
    # KL(N(m, v) || N(0, 1)) = log(1 / sqrt v) + (v + m^2) / 2 - 1/2
    expected = -np.log(np.sqrt(variance)) + (variance + mean.astype(np.float64) ** 2) / 2 - 0.5
    kl = kl_divergence(mean, log_var).numpy()
    assert kl.shape == (6, 5)
    np.testing.assert_allclose(kl, expected, rtol=1e-5, atol=1e-6)


def test_the_kl_is_that_of_a_monte_carlo_estimate():
    mean, log_var = (array.astype(np.float64) for array in posterior(3, seed=1))
    draws = 200_000
    epsilon = np.random.default_rng(2).normal(size=(draws, *mean.shape))
    z = mean + np.exp(log_var / 2) * epsilon
    log_q = -0.5 * (epsilon**2 + log_var)  # both without log(2 pi) / 2
    log_p = -0.5 * z**2
    estimate = (log_q - log_p).mean(axis=0)
    standard_error = (log_q - log_p).std(axis=0) / math.sqrt(draws)
    kl = kl_divergence(mean, log_var).numpy()
    assert (np.abs(kl - estimate) < 5 * standard_error).all()
    assert (standard_error < 0.02).all()


def test_the_kl_of_the_prior_itself_is_zero():
    zeros = np.zeros((1, 4), np.float32)
    np.testing.assert_array_equal(kl_divergence(zeros, zeros).numpy(), zeros)


def test_the_kl_is_never_negative():
    mean, log_var = np.meshgrid(np.linspace(-3, 3, 61), np.linspace(-10, 5, 151))
    assert kl_divergence(mean, log_var).numpy().min() >= 0


# Sampling


def test_a_sample_is_mean_and_standard_deviation_times_epsilon():
    mean, log_var = posterior(2)
    epsilon = np.random.default_rng(1).normal(size=mean.shape).astype(np.float32)
    z = sample(mean, log_var, epsilon).numpy()
    np.testing.assert_allclose(z, mean + np.sqrt(np.exp(log_var)) * epsilon, rtol=1e-5, atol=1e-6)


def test_the_gradient_goes_through_the_sampling():
    mean, log_var = (tf.constant(array, tf.float64) for array in posterior(2))
    epsilon = tf.constant(np.random.default_rng(1).normal(size=mean.shape))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([mean, log_var])
        z = sample(mean, log_var, epsilon)
    np.testing.assert_array_equal(tape.gradient(z, mean), np.ones(mean.shape))
    np.testing.assert_allclose(tape.gradient(z, log_var), epsilon * np.exp(log_var / 2) / 2, rtol=1e-12)


def test_the_gradient_of_the_sampling_is_that_of_finite_differences():
    mean, log_var = (array.astype(np.float64) for array in posterior(2))
    epsilon = np.random.default_rng(1).normal(size=mean.shape)
    h = 1e-5

    def slope(by_mean: float, by_log_var: float) -> np.ndarray:
        up = sample(mean + by_mean * h, log_var + by_log_var * h, epsilon).numpy()
        down = sample(mean - by_mean * h, log_var - by_log_var * h, epsilon).numpy()
        return (up - down) / (2 * h)

    np.testing.assert_allclose(slope(1, 0), np.ones(mean.shape), rtol=1e-8)
    np.testing.assert_allclose(slope(0, 1), epsilon * np.exp(log_var / 2) / 2, rtol=1e-6, atol=1e-9)


# Reconstruction loss


def test_the_reconstruction_loss_is_the_cross_entropy_in_nats_per_image():
    random = np.random.default_rng(0)
    images = random.uniform(size=(5, 8, 6, 3)).astype(np.float32)
    logits = random.normal(0, 4, images.shape).astype(np.float32)
    loss = bernoulli_loss(images, logits).numpy()
    np.testing.assert_allclose(loss, cross_entropy(images, logits).sum(axis=(1, 2, 3)), rtol=1e-5)


@pytest.mark.parametrize(("target", "logit", "loss"), [(1, 1e4, 0), (0, -1e4, 0), (1, -1e4, 1e4), (0, 1e4, 1e4)])
def test_the_loss_and_its_gradient_stay_finite_however_sure_the_decoder_is(target: float, logit: float, loss: float):
    logits = tf.fill((1, 1, 1, 1), logit)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = bernoulli_loss(tf.fill((1, 1, 1, 1), float(target)), logits)
    assert value.numpy().tolist() == [loss]
    assert tape.gradient(value, logits).numpy().item() == (1 if logit > 0 else 0) - target


@pytest.mark.parametrize("latent_dim", [2, 5])
def test_the_blogs_objective_times_784_is_ours_with_its_beta(latent_dim: int):
    random = np.random.default_rng(latent_dim)
    images = random.uniform(size=(9, *SHAPE)).astype(np.float32)
    logits = random.normal(0, 3, images.shape).astype(np.float32)
    mean, log_var = posterior(latent_dim, count=9)
    # As printed there: mean cross-entropy per pixel + 5e-4 * mean over dimensions of (exp(lv) + m^2 - 1 - lv).
    regularisation = np.exp(log_var) + mean**2 - 1 - log_var
    blog = cross_entropy(images, logits).mean() + 5e-4 * regularisation.mean(axis=1).mean()
    beta = training_config("blog", latent_dim=latent_dim).beta
    kl = kl_divergence(mean, log_var).numpy().sum(axis=1)
    ours = (bernoulli_loss(images, logits).numpy() + beta * kl).mean()
    assert 784 * blog == pytest.approx(ours, rel=1e-5)


# Gaussian pixels


def test_the_gaussian_loss_is_the_density_in_nats_per_image():
    random = np.random.default_rng(0)
    images = random.uniform(size=(5, 8, 6, 3))
    logits = random.normal(0, 2, images.shape)
    mean, sigma = 1 / (1 + np.exp(-logits)), 0.07
    expected = -norm.logpdf(images, mean, sigma).sum(axis=(1, 2, 3))
    loss = gaussian_loss(images.astype(np.float32), logits.astype(np.float32), math.log(sigma)).numpy()
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_the_loss_of_perfectly_decoded_images_is_negative_and_finite():
    logits = np.full((1, 4, 4, 1), -200, np.float32)
    loss = gaussian_loss(np.zeros((1, 4, 4, 1), np.float32), logits, LEAST_LOG_SIGMA).numpy()
    assert loss == pytest.approx([16 * (LEAST_LOG_SIGMA + math.log(2 * math.pi) / 2)], rel=1e-5)
