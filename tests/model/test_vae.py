"""model/vae.py: the VAE's loss, its training step, its pixels and its sigma, against formulas written out anew."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.model.formulas import cross_entropy
from vae_explorer.model.batches import training_batches
from vae_explorer.model.losses import bernoulli_loss, sample
from vae_explorer.model.vae import BINARIZATION, EPSILON, LEAST_LOG_SIGMA, VAE, Way
from vae_explorer.run.config import training_config

SHAPE = (28, 28, 1)


def test_the_models_loss_is_the_sum_of_these_terms(digits):
    config = training_config("dense", latent_dim=3, seed=5)
    vae = VAE(config, SHAPE)
    images = digits.images[:7]
    step = 11
    reconstruction, kl = (part.numpy() for part in vae.losses_of(images, tf.constant(step, tf.int64), training=True))
    mean, log_var = (output.numpy() for output in vae.encoder(images.astype(np.float32) / 255))
    epsilon = tf.random.stateless_normal((7, 3), seed=[5, step]).numpy()
    logits = vae.decoder(mean + np.exp(log_var / 2) * epsilon).numpy()
    np.testing.assert_allclose(kl, (np.exp(log_var) + mean**2 - 1 - log_var).sum(axis=1) / 2, rtol=1e-4)
    np.testing.assert_allclose(reconstruction, cross_entropy(images / 255, logits).sum(axis=(1, 2, 3)), rtol=1e-4)


def test_epsilon_differs_between_steps_and_between_seeds(digits):
    images = digits.images[:64]

    def losses(seed: int, step: int) -> np.ndarray:
        vae = VAE(training_config("dense", seed=seed), SHAPE)
        vae.set_weights(weights)
        return vae.losses_of(images, tf.constant(step, tf.int64), training=True)[0].numpy()

    weights = VAE(training_config("dense", seed=0), SHAPE).get_weights()
    np.testing.assert_array_equal(losses(0, 3), losses(0, 3))
    for other in (losses(0, 4), losses(0, -4), losses(1, 3)):
        assert (other != losses(0, 3)).mean() > 0.9


@pytest.mark.parametrize("latent_dim", [2, 3])  # TensorFlow draws numbers by four
def test_an_image_has_the_same_draws_wherever_its_batch_is_divided(digits, latent_dim: int):
    vae = VAE(training_config("dense", latent_dim=latent_dim, pixels="binarized"), SHAPE)
    images, step = digits.images[:21], tf.constant(5, tf.int64)
    pixels, epsilon = vae.pixels_of(images, step).numpy(), vae.epsilon_of(tf.constant(21), step).numpy()
    for first in (0, 1, 10, 20):
        row = tf.constant(first)
        np.testing.assert_array_equal(vae.pixels_of(images[first:], step, row), pixels[first:])
        np.testing.assert_array_equal(vae.epsilon_of(tf.constant(21 - first), step, row), epsilon[first:])


def test_a_training_step_follows_the_gradient_of_the_weighted_loss(digits):
    config = training_config("dense", beta=3.0, learning_rate=1e-3)
    images, step = digits.images[:32], tf.constant(0, tf.int64)
    vae, same = (VAE(config, SHAPE) for _ in range(2))
    with tf.GradientTape() as tape:
        reconstruction, kl = same.losses_of(images, step, training=True)
        loss = tf.reduce_mean(reconstruction) + 3.0 * tf.reduce_mean(kl)
    gradients = tape.gradient(loss, same.trainable_weights)
    vae.compile(optimizer=keras.optimizers.SGD(1e-3))
    logs = {name: values[0] for name, values in vae.train_step((step, images)).items()}
    assert float(logs["loss"]) == pytest.approx(float(loss), rel=1e-6)
    assert float(logs["reconstruction_loss"] + 3 * logs["kl_loss"]) == pytest.approx(float(loss), rel=1e-6)
    for after, before, gradient in zip(vae.trainable_weights, same.trainable_weights, gradients, strict=True):
        np.testing.assert_allclose(after.numpy(), before.numpy() - 1e-3 * gradient.numpy(), rtol=1e-4, atol=1e-6)


def new_vae(preset: str, way: Way) -> VAE:
    """A VAE of binarized pixels that is ready to train."""
    vae = VAE(training_config(preset, batch_size=32, pixels="binarized"), SHAPE)
    vae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
    vae.optimizer.build(vae.trainable_variables)
    vae.way = way
    return vae


def losses_while(vae: VAE, images: np.ndarray, epochs: range, steps_per_call: int = 4) -> np.ndarray:
    """The loss of each step of these epochs of a training."""
    config = training_config("dense", epochs=epochs.stop, batch_size=32)
    signature = tf.TensorSpec((), tf.int64), tf.TensorSpec((None, *SHAPE), tf.uint8)
    step = tf.function(vae.train_step, autograph=False, input_signature=[signature])
    calls = training_batches(images, config, epochs.start, steps_per_call)
    return np.concatenate([step(call)["loss"].numpy() for call in calls])


@pytest.mark.long
def test_the_number_of_steps_per_call_changes_nothing(digits):
    one, other = new_vae("dense", "plain"), new_vae("dense", "plain")
    losses = losses_while(one, digits.images[:200], range(2), 1)
    assert len(losses) == 14  # the last of each epoch with 8 images
    np.testing.assert_array_equal(losses, losses_while(other, digits.images[:200], range(2), 4))
    for weight, same in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)


@pytest.mark.long
@pytest.mark.parametrize(("preset", "way"), [("dense", "compiled"), ("conv", "quick"), ("blog", "quick")])
def test_each_way_computes_the_same_steps(digits, preset: str, way: Way):
    losses, others = (losses_while(new_vae(preset, one), digits.images[:104], range(2)) for one in ("plain", way))
    assert (losses != others).any()
    np.testing.assert_allclose(others, losses, rtol=1e-4)


@pytest.mark.long
@pytest.mark.parametrize(("preset", "way"), [("dense", "compiled"), ("conv", "quick")])
def test_a_training_continues_exactly_in_each_way(digits, preset: str, way: Way):
    whole, first, second = (new_vae(preset, way) for _ in range(3))
    losses = losses_while(whole, digits.images[:104], range(2))
    losses_while(first, digits.images[:104], range(1))
    second.set_weights(first.get_weights())
    for variable, kept in zip(second.optimizer.variables, first.optimizer.variables, strict=True):
        variable.assign(kept.numpy())
    np.testing.assert_array_equal(losses_while(second, digits.images[:104], range(1, 2)), losses[4:])


@pytest.mark.parametrize("sigma", [0.01, 0.1, 0.5, 3.0])
def test_a_learned_sigma_is_restored_and_held_above_its_lower_bound(sigma: float):
    vae = VAE(training_config("dense", likelihood="gaussian"), (4, 4, 1), sigma=sigma)
    assert vae.sigma() == pytest.approx(sigma, rel=1e-5)
    vae.sigma_weight.assign(-5.0)
    assert vae.sigma() == pytest.approx(math.exp(LEAST_LOG_SIGMA), rel=1e-5)


def test_a_fixed_sigma_is_no_weight_and_a_learned_one_adds_one():
    sizes = {}
    for likelihood in ("bernoulli", "gaussian-fixed", "gaussian"):
        vae = VAE(training_config("dense", likelihood=likelihood), SHAPE)
        sizes[likelihood] = len(vae.get_weights()), len(vae.trainable_weights)
        assert (vae.sigma() is None) == (likelihood == "bernoulli")
    assert sizes["bernoulli"] == sizes["gaussian-fixed"]
    assert sizes["gaussian"] == tuple(count + 1 for count in sizes["bernoulli"])


def test_the_learned_sigma_reaches_the_root_mean_square_error_where_its_gradient_is_0():
    images = np.random.default_rng(0).uniform(size=(64, 5, 5, 3)).astype(np.float32)
    logits = np.random.default_rng(1).normal(0, 0.3, images.shape).astype(np.float32)
    error = math.sqrt(np.square(images - 1 / (1 + np.exp(-logits))).mean())
    vae = VAE(training_config("dense", likelihood="gaussian"), (5, 5, 3))
    optimizer = keras.optimizers.Adam(0.005)
    for _ in range(150):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(vae.reconstruction_loss(images, logits))
        optimizer.apply([tape.gradient(loss, vae.sigma_weight.value)], [vae.sigma_weight])
    assert vae.sigma() == pytest.approx(error, rel=1e-3)
    # The loss there has a closed form: Rybkin et al. 2021, equation 5.
    assert float(loss) == pytest.approx(75 * (math.log(error) + (1 + math.log(2 * math.pi)) / 2), rel=1e-4)


# Pixels


def binarizing(seed: int = 0) -> VAE:
    return VAE(training_config("dense", seed=seed, pixels="binarized"), SHAPE)


def test_grey_pixels_are_the_levels(digits):
    vae = VAE(training_config("dense"), SHAPE)
    np.testing.assert_allclose(vae.pixels_of(digits.images[:5], 3).numpy(), digits.images[:5] / 255, rtol=1e-6)


def test_binarized_pixels_are_0_or_1_with_the_level_as_mean():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(4000, axis=0)
    drawn = binarizing().pixels_of(levels, 5).numpy()
    assert drawn.dtype == np.float32
    assert set(np.unique(drawn)) == {0.0, 1.0}
    np.testing.assert_allclose(drawn.mean(axis=0), levels[0] / 255, atol=0.04)
    assert drawn.mean() == pytest.approx(0.5, abs=0.002)
    assert (drawn[:, 0, 0] == 0).all()
    assert (drawn[:, -1, -1] == 1).all()


def test_binarized_pixels_depend_on_seed_and_step_alone(digits):
    images, vae = digits.images[:20], binarizing()
    first = vae.pixels_of(images, tf.constant(4, tf.int64)).numpy()
    np.testing.assert_array_equal(first, binarizing().pixels_of(images, np.int64(4)).numpy())
    for other in (vae.pixels_of(images, 5), vae.pixels_of(images, -5), binarizing(1).pixels_of(images, 4)):
        assert (other.numpy() != first).any()


def test_pixels_and_epsilon_are_drawn_independently(digits):
    vae = binarizing()
    uniform = tf.random.stateless_uniform((10_000,), seed=vae.seed_of(BINARIZATION, 7)).numpy()
    epsilon = tf.random.stateless_normal((10_000,), seed=vae.seed_of(EPSILON, 7)).numpy()
    same = tf.random.stateless_uniform((10_000,), seed=vae.seed_of(EPSILON, 7)).numpy()
    assert abs(np.corrcoef(uniform, epsilon)[0, 1]) < 0.04
    assert (uniform != same).mean() > 0.99


def test_binarized_pixels_are_both_encoded_and_reconstructed(digits):
    vae, images = binarizing(), digits.images[:9]
    pixels, z_mean, z_log_var, reconstruction = vae.passed(images, 2, training=True)
    mean, log_var = vae.encoder(pixels)
    np.testing.assert_allclose(z_mean, mean, rtol=1e-5, atol=1e-6)
    epsilon = tf.random.stateless_normal((9, 2), seed=vae.seed_of(EPSILON, 2))
    logits = vae.decoder(sample(mean, log_var, epsilon))
    np.testing.assert_allclose(reconstruction, bernoulli_loss(pixels, logits), rtol=1e-4)
    np.testing.assert_allclose(z_log_var, log_var, rtol=1e-5, atol=1e-6)
