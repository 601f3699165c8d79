"""model/vae.py: the networks and the loss, compared with formulas that are written out here."""

import math
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from scipy.stats import norm

from vae_explorer.model.batches import evaluation_batches, training_batches
from vae_explorer.model.litert import LiveDecoder
from vae_explorer.model.losses import bernoulli_loss, gaussian_loss, kl_divergence, sample
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.model.lowering import lower
from vae_explorer.model.networks import BUILDERS, build_decoder, build_encoder, with_sigmoid, without_sigmoid
from vae_explorer.model.optimizer import build_optimizer
from vae_explorer.model.vae import BINARIZATION, EPSILON, LEAST_LOG_SIGMA, VAE
from vae_explorer.run.config import PRESETS, TrainingConfig, training_config

SHAPE = (28, 28, 1)


def posterior(latent_dim: int, count: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    mean = random.normal(0, 2, (count, latent_dim)).astype(np.float32)
    log_var = random.uniform(-6, 2, (count, latent_dim)).astype(np.float32)
    return mean, log_var


def cross_entropy(images: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """-x log p - (1 - x) log(1 - p) of each pixel, in double precision, computed from the probability."""
    probability = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return -images * np.log(probability) - (1 - images) * np.log(1 - probability)


# Presets


def test_every_preset_has_a_builder_of_its_name_and_every_builder_a_preset():
    assert set(BUILDERS) == set(PRESETS)


def test_a_preset_without_a_builder_is_an_error_and_never_another_network(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(BUILDERS, "blog")
    for build in (build_encoder, build_decoder):
        with pytest.raises(KeyError, match="blog"):
            build(training_config("blog"), SHAPE)


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
    # As printed in the blog: mean cross-entropy per pixel + 5e-4 * mean over dimensions of (exp(lv) + m^2 - 1 - lv).
    regularisation = np.exp(log_var) + mean**2 - 1 - log_var
    blog = cross_entropy(images, logits).mean() + 5e-4 * regularisation.mean(axis=1).mean()
    beta = training_config("blog", latent_dim=latent_dim).beta
    kl = kl_divergence(mean, log_var).numpy().sum(axis=1)
    ours = (bernoulli_loss(images, logits).numpy() + beta * kl).mean()
    assert 784 * blog == pytest.approx(ours, rel=1e-5)


def test_the_models_loss_is_the_sum_of_these_terms(digits):
    config = training_config("dense", latent_dim=3, seed=5)
    vae = VAE(config, SHAPE)
    images = digits.images[:7]
    step = 11
    reconstruction, kl = (loss.numpy() for loss in vae.losses_of(images, tf.constant(step, tf.int64), training=True))
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


def test_a_training_step_follows_the_gradient_of_the_weighted_loss(digits):
    config = training_config("dense", beta=3.0, learning_rate=1e-3)
    images, step = digits.images[:32], tf.constant(0, tf.int64)
    vae, same = (VAE(config, SHAPE) for _ in range(2))
    with tf.GradientTape() as tape:
        reconstruction, kl = same.losses_of(images, step, training=True)
        loss = tf.reduce_mean(reconstruction) + 3.0 * tf.reduce_mean(kl)
    gradients = tape.gradient(loss, same.trainable_weights)
    vae.compile(optimizer=keras.optimizers.SGD(1e-3))
    logs = vae.train_step((step, images))
    assert float(logs["loss"]) == pytest.approx(float(loss), rel=1e-6)
    assert float(logs["reconstruction_loss"] + 3 * logs["kl_loss"]) == pytest.approx(float(loss), rel=1e-6)
    for after, before, gradient in zip(vae.trainable_weights, same.trainable_weights, gradients, strict=True):
        np.testing.assert_allclose(after.numpy(), before.numpy() - 1e-3 * gradient.numpy(), rtol=1e-4, atol=1e-6)


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
    # At this sigma the loss has a closed form: Rybkin et al. 2021, equation 5.
    assert float(loss) == pytest.approx(75 * (math.log(error) + (1 + math.log(2 * math.pi)) / 2), rel=1e-4)


# Networks


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
@pytest.mark.parametrize("latent_dim", [1, 2, 64])
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


# Batches


def numbered(count: int) -> np.ndarray:
    """Images (count, 1, 1, 1) whose pixel is the number of the image."""
    return np.arange(count, dtype=np.uint8).reshape(count, 1, 1, 1)


def epochs_of(config: TrainingConfig, count: int) -> tuple[list[int], list[list[int]], list[int]]:
    """(steps, the image numbers of each epoch in order, batch sizes)."""
    steps, sizes, order = [], [], []
    for step, images in training_batches(numbered(count), config).as_numpy_iterator():
        steps.append(int(step))
        sizes.append(len(images))
        order.extend(images.ravel().tolist())
    return steps, [order[i : i + count] for i in range(0, len(order), count)], sizes


def test_each_epoch_is_a_permutation_of_all_images():
    steps, epochs, sizes = epochs_of(training_config("dense", epochs=4, batch_size=16), 50)
    assert len(epochs) == 4
    assert all(sorted(epoch) == list(range(50)) for epoch in epochs)
    assert sizes == [16, 16, 16, 2] * 4
    assert steps == list(range(16))


def test_no_two_epochs_have_the_same_order():
    _, epochs, _ = epochs_of(training_config("dense", epochs=4, batch_size=16), 50)
    assert len({tuple(epoch) for epoch in [*epochs, range(50)]}) == 5


def test_the_order_is_a_function_of_the_seed():
    def order(seed: int, epochs: int = 3) -> list[list[int]]:
        return epochs_of(training_config("dense", epochs=epochs, batch_size=16, seed=seed), 50)[1]

    assert order(1) == order(1)
    assert order(1)[:2] == order(1, epochs=2)
    assert not any(a == b for a, b in zip(order(1), order(2), strict=True))


def test_evaluation_goes_through_the_images_in_order_with_negative_steps():
    batches = list(evaluation_batches(numbered(10), 4).as_numpy_iterator())
    assert [int(step) for step, _ in batches] == [-1, -2, -3]
    np.testing.assert_array_equal(np.concatenate([images for _, images in batches]), numbered(10))


# Optimizer


@pytest.mark.parametrize("learning_rate", [0.002, 1])
@pytest.mark.parametrize(("name", "kind"), [("adam", keras.optimizers.Adam), ("rmsprop", keras.optimizers.RMSprop)])
def test_a_constant_rate_is_the_given_one(name: str, kind: type, learning_rate: float):
    config = training_config("dense", optimizer=name, schedule="constant", learning_rate=learning_rate)
    optimizer = build_optimizer(config, steps=100)
    assert type(optimizer) is kind
    assert float(optimizer.learning_rate) == pytest.approx(learning_rate)


def test_a_cosine_schedule_goes_from_the_rate_to_zero():
    optimizer = build_optimizer(training_config("dense", learning_rate=0.004), steps=100)
    rates = []
    for step in (0, 50, 100):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0.004, 0.002, 0], abs=1e-9)


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


def test_without_sigmoid_undoes_with_sigmoid(digits):
    decoder = build_decoder(training_config("keras-io"), SHAPE)
    again = without_sigmoid(with_sigmoid(decoder))
    z = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    np.testing.assert_array_equal(again(z).numpy(), decoder(z).numpy())
    with pytest.raises(ValueError, match="sigmoid"):
        without_sigmoid(decoder)
