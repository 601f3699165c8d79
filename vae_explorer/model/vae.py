"""The variational autoencoder, in the order of the paper: encoder, sample, decoder, loss.

Kingma and Welling 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114. Images are (batch, H, W, C), uint8 at
rest and float32 in [0, 1] inside; losses are in nats per image.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from vae_explorer.array_types import ImageShape, Tensor
from vae_explorer.data.dataset import Rows
from vae_explorer.run.config import TrainingConfig, for_images

# Added to the seed, which is below 2**31: what is drawn for one purpose is independent of what is drawn for another.
EPSILON, BINARIZATION, IMPORTANCE = (stream << 31 for stream in range(3))

START_SIGMA = 0.3  # of a Gaussian in learning: about what the values of images vary by
LEAST_LOG_SIGMA = -6.0  # a learned one comes no lower, softly: below that lie the steps of 8 bits
# Its log is so many times the weight that is learned. Adam moves any weight by about the learning rate a step, with
# which a few images would have been gone through many times before sigma had come to their error.
SIGMA_PACE = 10.0

FILTERS = (32, 64, 128, 128)  # of the preset conv, from the image's own size down


def build_encoder(config: TrainingConfig, image_shape: ImageShape) -> keras.Model:
    """q(z|x): image (batch, H, W, C) float32 in [0, 1] -> [z_mean, z_log_var], each (batch, latent_dim)."""
    seeds = _seeds(config.seed, stream=0)
    image = keras.Input(image_shape, name="image")
    features = BUILDERS[config.preset].encode(image, seeds)
    z_mean = _dense(config.latent_dim, None, seeds, name="z_mean")(features)
    z_log_var = _dense(config.latent_dim, None, seeds, name="z_log_var")(features)
    return keras.Model(image, [z_mean, z_log_var], name="encoder")


def sample(z_mean: Tensor, z_log_var: Tensor, epsilon: Tensor) -> Tensor:
    """The reparameterisation trick: z = mean + standard deviation * epsilon, epsilon from N(0, I).

    All (batch, latent_dim) float32. Kingma and Welling 2013, section 2.4; the standard deviation is exp(log_var / 2).
    """
    return z_mean + tf.exp(z_log_var / 2) * epsilon


def build_decoder(config: TrainingConfig, image_shape: ImageShape) -> keras.Model:
    """p(x|z): z (batch, latent_dim) -> logits (batch, H, W, C), from which the sigmoid makes an image in [0, 1]."""
    z = keras.Input((config.latent_dim,), name="z")
    logits = BUILDERS[config.preset].decode(z, image_shape, _seeds(config.seed, stream=1))
    return keras.Model(z, logits, name="decoder_logits")


def with_sigmoid(decoder: keras.Model) -> keras.Model:
    """The decoder as it is saved and looked at: z -> image in [0, 1]. Shares the weights of the given one."""
    return keras.Model(decoder.input, layers.Activation("sigmoid")(decoder.output), name="decoder")


def without_sigmoid(decoder: keras.Model) -> keras.Model:
    """The logits of a decoder that was made by `with_sigmoid`, sharing its weights. Raises ValueError for another."""
    last = decoder.layers[-1]
    if not isinstance(last, layers.Activation) or last.activation is not keras.activations.sigmoid:
        raise ValueError("the decoder does not end in a sigmoid of its own")
    return keras.Model(decoder.input, last.input, name="decoder_logits")


def bernoulli_loss(images: Tensor, logits: Tensor) -> Tensor:
    """-log p(x|z) of a Bernoulli in each pixel, in nats per image: (batch, H, W, C) twice -> (batch,).

    Grey targets in [0, 1] give the usual cross-entropy. Computed from logits, so that no log(0) can occur.
    Kingma and Welling 2013, appendix C.1.
    """
    per_pixel = tf.nn.sigmoid_cross_entropy_with_logits(labels=images, logits=logits)
    return tf.reduce_sum(per_pixel, axis=(1, 2, 3))


def gaussian_loss(images: Tensor, logits: Tensor, log_sigma: Tensor) -> Tensor:
    """-log p(x|z) of a Gaussian about the decoded image, in nats per image: (batch, H, W, C) twice -> (batch,).

    Its mean is the sigmoid of the logits; log_sigma: (), the log of its standard deviation, one for all. Being that of
    a density, it falls below 0 where images are told to better than 0.24 of 1. Kingma and Welling 2013, appendix C.2;
    Rybkin et al. 2021, "Simple and Effective VAE Training with Calibrated Decoders", arXiv:2006.13202, section 3.
    """
    errors = tf.square(images - tf.sigmoid(logits)) * tf.exp(-2 * log_sigma)
    return tf.reduce_sum(0.5 * errors + log_sigma + 0.5 * math.log(2 * math.pi), axis=(1, 2, 3))


def kl_divergence(z_mean: Tensor, z_log_var: Tensor) -> Tensor:
    """KL(q(z|x) || p(z)) of a diagonal Gaussian from the standard normal, per dimension, in nats.

    z_mean, z_log_var: (batch, latent_dim) float32. Returns (batch, latent_dim), each >= 0.
    Kingma and Welling 2013, appendix B.
    """
    return 0.5 * (tf.exp(z_log_var) + tf.square(z_mean) - 1.0 - z_log_var)


class VAE(keras.Model):  # type: ignore[misc]
    """Encoder and decoder trained together on the negative ELBO, its KL term weighted by beta.

    Takes batches (step, images): images uint8, and a step number of which, with the seed, all draws are a function.
    So a training can be repeated and taken up again exactly. Evaluation uses negative steps, and so draws of its own,
    and beta as it is in the end.

    warmup_steps: in which beta rises. encoder, decoder: those of `build_encoder` and `build_decoder`, trained already;
    None: new ones. sigma: that of a Gaussian with them, where it was learned.
    """

    def __init__(
        self,
        config: TrainingConfig,
        image_shape: ImageShape,
        warmup_steps: int = 0,
        encoder: keras.Model | None = None,
        decoder: keras.Model | None = None,
        sigma: float | None = None,
    ) -> None:
        super().__init__(name="vae")
        config = for_images(config, image_shape)
        self.encoder = encoder or build_encoder(config, image_shape)
        self.decoder = decoder or build_decoder(config, image_shape)
        self.beta = config.beta
        self.warmup_steps = warmup_steps
        self.seed = config.seed
        self.binarized = config.pixels == "binarized"
        self.likelihood = config.likelihood
        self.fixed_sigma = config.sigma
        if config.likelihood == "gaussian":
            above = max(math.log(sigma or START_SIGMA) - LEAST_LOG_SIGMA, 1e-6)
            start = keras.initializers.Constant((LEAST_LOG_SIGMA + math.log(math.expm1(above))) / SIGMA_PACE)
            self.sigma_weight = self.add_weight(shape=(), initializer=start, name="sigma")
        self.trackers = [keras.metrics.Mean(name) for name in ("loss", "reconstruction_loss", "kl_loss")]
        self.built = True  # there is no call to build it by, and Keras saves the weights of nothing else

    def beta_at(self, step: Tensor) -> Tensor:
        """The weight of the KL term at a step: it rises in a line over the first `warmup_steps`, then is beta."""
        if not self.warmup_steps:
            return tf.constant(self.beta, tf.float32)
        return self.beta * tf.minimum(1.0, tf.cast(step + 1, tf.float32) / self.warmup_steps)

    @property
    def metrics(self) -> list[Any]:
        return self.trackers

    def log_sigma(self) -> Tensor:
        """The log of the standard deviation of Gaussian pixels: (), learned or fixed.

        A learned one is held above LEAST_LOG_SIGMA as Rybkin et al. hold it: the density of images that are decoded
        perfectly, such as all black ones, would have no end.
        """
        if self.likelihood == "gaussian-fixed":
            return tf.math.log(tf.constant(self.fixed_sigma, tf.float32))
        unclipped = SIGMA_PACE * tf.convert_to_tensor(self.sigma_weight)
        return LEAST_LOG_SIGMA + tf.nn.softplus(unclipped - LEAST_LOG_SIGMA)

    def sigma(self) -> float | None:
        """The standard deviation of Gaussian pixels now; None: they are Bernoulli."""
        return None if self.likelihood == "bernoulli" else math.exp(float(self.log_sigma()))

    def reconstruction_loss(self, pixels: Tensor, logits: Tensor) -> Tensor:
        """-log p(x|z) under the likelihood of the config, in nats per image: (batch, H, W, C) twice -> (batch,)."""
        if self.likelihood == "bernoulli":
            return bernoulli_loss(pixels, logits)
        return gaussian_loss(pixels, logits, self.log_sigma())

    def pixels_of(self, images: Tensor, step: Tensor) -> Tensor:
        """What is encoded, and reconstructed, of images: (batch, H, W, C) uint8 -> float32 in [0, 1].

        Binarised dynamically, each value is 1 with the probability that its grey level is, else 0, drawn anew at every
        step; Salakhutdinov and Murray 2008, section 5, and Burda et al. 2015, section 5.
        """
        levels = tf.cast(images, tf.float32) / 255.0
        if not self.binarized:
            return levels
        uniform = tf.random.stateless_uniform(tf.shape(levels), seed=self.seed_of(BINARIZATION, step))
        return tf.cast(uniform < levels, tf.float32)

    def passed(self, images: Tensor, step: Tensor, training: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Of images (batch, H, W, C) uint8: their pixels, z_mean, z_log_var, and the reconstruction loss (batch,).

        Pixels are those of `pixels_of`; one epsilon is drawn an image.
        """
        pixels = self.pixels_of(images, step)
        z_mean, z_log_var = self.encoder(pixels, training=training)
        epsilon = tf.random.stateless_normal(tf.shape(z_mean), seed=self.seed_of(EPSILON, step))
        logits = self.decoder(sample(z_mean, z_log_var, epsilon), training=training)
        return pixels, z_mean, z_log_var, self.reconstruction_loss(pixels, logits)

    def losses_of(self, images: Tensor, step: Tensor, training: bool) -> tuple[Tensor, Tensor]:
        """(reconstruction loss, KL) of each image, nats, (batch,) each, with one draw of epsilon an image."""
        _, z_mean, z_log_var, reconstruction = self.passed(images, step, training)
        return reconstruction, tf.reduce_sum(kl_divergence(z_mean, z_log_var), axis=1)

    def log_weights(self, pixels: Tensor, epsilon: Tensor) -> Tensor:
        """log p(x, z) - log q(z|x) of one image x at S draws of z, in nats: (S,) float32.

        pixels: (1, H, W, C) float32; epsilon: (S, latent_dim) from N(0, I). Over draws, the mean is the ELBO and that
        of the exponentials p(x). Burda et al. 2015, section 2: the w of equation 8.
        """
        z_mean, z_log_var = self.encoder(pixels, training=False)
        z = sample(z_mean, z_log_var, epsilon)
        logits = self.decoder(z, training=False)
        # The two Gaussians' factors of 2 pi cancel.
        prior_to_posterior = 0.5 * tf.reduce_sum(tf.square(epsilon) + z_log_var - tf.square(z), axis=1)
        return prior_to_posterior - self.reconstruction_loss(tf.broadcast_to(pixels, tf.shape(logits)), logits)

    def seed_of(self, stream: int, step: Tensor) -> list[Tensor]:
        """The seed of the stateless draws for one purpose at one step."""
        return [tf.constant(self.seed + stream, tf.int64), tf.cast(step, tf.int64)]

    def train_step(self, data: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        """One step of the optimizer. Returns this batch's losses; the trackers hold the epoch's means."""
        step, images = data
        with tf.GradientTape() as tape:
            reconstruction, kl = self.losses_of(images, step, training=True)
            beta = self.beta_at(step)
            loss = tf.reduce_mean(reconstruction + beta * kl)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self._track(reconstruction, kl, beta)
        return {
            "loss": loss,
            "reconstruction_loss": tf.reduce_mean(reconstruction),
            "kl_loss": tf.reduce_mean(kl),
        }

    def test_step(self, data: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        step, images = data
        self._track(*self.losses_of(images, step, training=False), self.beta)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def _track(self, reconstruction: Tensor, kl: Tensor, beta: Tensor) -> None:
        values = (reconstruction + beta * kl, reconstruction, kl)
        for tracker, value in zip(self.trackers, values, strict=True):
            tracker.update_state(value)


def training_batches(images: np.ndarray | Rows, config: TrainingConfig, first_epoch: int = 0) -> tf.data.Dataset:
    """(step, images) of the epochs from `first_epoch` on; the order depends on (seed, epoch) alone.

    Each batch is gathered when it is needed, so that images may be more than memory holds.
    """
    count, size = len(images), config.batch_size
    steps = -(-count // size)

    def one_epoch(epoch: Tensor) -> tf.data.Dataset:
        order = tf.random.experimental.stateless_shuffle(tf.range(count), seed=[config.seed, epoch])
        return tf.data.Dataset.from_tensor_slices(order).batch(size).enumerate(epoch * steps)

    gathered = _gathered(images)
    return (
        tf.data.Dataset.range(first_epoch, config.epochs)
        .flat_map(one_epoch)
        .map(lambda step, indices: (step, gathered(indices)))
        .prefetch(2)
    )


def evaluation_batches(images: np.ndarray | Rows, batch_size: int) -> tf.data.Dataset:
    """(step, images) once through, in order, with the negative steps of evaluation. Gathered as for training."""
    gathered = _gathered(images)
    batches = tf.data.Dataset.range(len(images)).batch(batch_size)
    return batches.enumerate().map(lambda step, indices: (-1 - step, gathered(indices))).prefetch(2)


def _gathered(images: np.ndarray | Rows) -> Callable[[Tensor], Tensor]:
    """The images at some positions, (batch,) -> (batch, H, W, C) uint8, as a step of a pipeline."""

    def gathered(indices: Tensor) -> Tensor:
        batch = tf.numpy_function(lambda rows: images[rows], [indices], tf.uint8, stateful=False)
        return tf.ensure_shape(batch, [None, *images.shape[1:]])

    return gathered


def build_optimizer(config: TrainingConfig, steps: int) -> keras.optimizers.Optimizer:
    """The config's optimizer; a cosine schedule goes from its learning rate to 0 over `steps`."""
    rate: Any = float(config.learning_rate)  # Keras takes no whole number
    if config.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
    kind = keras.optimizers.Adam if config.optimizer == "adam" else keras.optimizers.RMSprop
    return kind(learning_rate=rate)


def _seeds(seed: int, stream: int) -> Iterator[int]:
    generator = np.random.default_rng([seed, stream])
    while True:
        yield int(generator.integers(2**31))


def _dense(units: int, activation: str | None, seeds: Iterator[int], name: str | None = None) -> Any:
    start = keras.initializers.GlorotUniform(seed=next(seeds))
    return layers.Dense(units, activation=activation, kernel_initializer=start, name=name)


def _conv(filters: int, activation: str | None, seeds: Iterator[int], strides: int = 1, kernel_size: int = 3) -> Any:
    start = keras.initializers.GlorotUniform(seed=next(seeds))
    return layers.Conv2D(
        filters, kernel_size, strides=strides, padding="same", activation=activation, kernel_initializer=start
    )


def _conv_transpose(
    filters: int, seeds: Iterator[int], activation: str | None = "relu", strides: int = 2, kernel_size: int = 3
) -> Any:
    start = keras.initializers.GlorotUniform(seed=next(seeds))
    return layers.Conv2DTranspose(
        filters, kernel_size, strides=strides, padding="same", activation=activation, kernel_initializer=start
    )


def _halved(image_shape: ImageShape) -> list[tuple[int, int]]:
    """(height, width) of an image, halved and rounded up again and again until it has no more pixels than 8x8."""
    sizes = [image_shape[:2]]
    while math.prod(sizes[-1]) > 64:
        sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
    return sizes


def _doubled(x: Tensor, size: tuple[int, int], filters: int, activation: str | None, seeds: Iterator[int]) -> Tensor:
    """x (batch, h, w, c) -> (batch, *size, filters): twice as high and wide, but for a last row or column too many.

    A kernel of four covers each pixel equally often, where one of three leaves a chequered pattern; Odena et al. 2016,
    https://distill.pub/2016/deconv-checkerboard
    """
    rows, columns = 2 * x.shape[1] - size[0], 2 * x.shape[2] - size[1]
    x = _conv_transpose(filters, seeds, activation, kernel_size=4)(x)
    return layers.Cropping2D(((0, rows), (0, columns)))(x) if rows or columns else x


def _encode_dense(image: Tensor, seeds: Iterator[int]) -> Tensor:
    x = layers.Flatten()(image)
    for units in (512, 256, 128):
        x = _dense(units, "gelu", seeds)(x)
    return x


def _decode_dense(z: Tensor, image_shape: ImageShape, seeds: Iterator[int]) -> Tensor:
    x = z
    for units in (128, 256, 512):
        x = _dense(units, "gelu", seeds)(x)
    x = _dense(math.prod(image_shape), None, seeds)(x)
    return layers.Reshape(image_shape)(x)


def _encode_conv(image: Tensor, seeds: Iterator[int]) -> Tensor:
    x = image
    for filters in FILTERS[: len(_halved(image.shape[1:])) - 1]:
        x = _conv(filters, "gelu", seeds, strides=2, kernel_size=4)(x)
    x = layers.Flatten()(x)
    for units in (256, 128):
        x = _dense(units, "gelu", seeds)(x)
    return x


def _decode_conv(z: Tensor, image_shape: ImageShape, seeds: Iterator[int]) -> Tensor:
    *larger, (rows, columns) = _halved(image_shape)
    x = z
    for units in (128, 256, rows * columns * 64):
        x = _dense(units, "gelu", seeds)(x)
    x = layers.Reshape((rows, columns, 64))(x)
    for filters, size in zip(FILTERS[: len(larger) - 1][::-1], larger[:0:-1], strict=True):
        x = _doubled(x, size, filters, "gelu", seeds)
    return _doubled(x, larger[0], image_shape[2], None, seeds)


def _encode_keras_io(image: Tensor, seeds: Iterator[int]) -> Tensor:
    x = _conv(32, "relu", seeds, strides=2)(image)
    x = _conv(64, "relu", seeds, strides=2)(x)
    x = layers.Flatten()(x)
    return _dense(16, "relu", seeds)(x)


def _decode_keras_io(z: Tensor, image_shape: ImageShape, seeds: Iterator[int]) -> Tensor:
    height, width, channels = image_shape
    x = _dense(height // 4 * (width // 4) * 64, "relu", seeds)(z)
    x = layers.Reshape((height // 4, width // 4, 64))(x)
    x = _conv_transpose(64, seeds)(x)
    x = _conv_transpose(32, seeds)(x)
    return _conv_transpose(channels, seeds, activation=None, strides=1)(x)


def _encode_blog(image: Tensor, seeds: Iterator[int]) -> Tensor:
    x = _conv(16, "relu", seeds)(image)
    x = _conv(32, "relu", seeds, strides=2)(x)
    x = _conv(32, "relu", seeds)(x)
    x = layers.Flatten()(x)
    return _dense(32, "relu", seeds)(x)


def _decode_blog(z: Tensor, image_shape: ImageShape, seeds: Iterator[int]) -> Tensor:
    height, width, channels = image_shape
    x = _dense(height // 2 * (width // 2) * 32, "relu", seeds)(z)
    x = layers.Reshape((height // 2, width // 2, 32))(x)
    x = _conv_transpose(32, seeds)(x)
    return _conv(channels, None, seeds)(x)


@dataclass(frozen=True, slots=True)
class Builder:
    """The layers of a preset. Each draws the seeds of its start weights from the given ones, in order."""

    encode: Callable[[Tensor, Iterator[int]], Tensor]  # image (batch, H, W, C) -> features (batch, F)
    decode: Callable[[Tensor, ImageShape, Iterator[int]], Tensor]  # z (batch, latent_dim) -> logits (batch, H, W, C)


BUILDERS = {  # by the names of `config.PRESETS`
    "dense": Builder(_encode_dense, _decode_dense),
    "conv": Builder(_encode_conv, _decode_conv),
    "keras-io": Builder(_encode_keras_io, _decode_keras_io),
    "blog": Builder(_encode_blog, _decode_blog),
}
