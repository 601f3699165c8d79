"""The variational autoencoder: encoder, sample, decoder and loss in a Keras model.

Kingma and Welling 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114. Images are (batch, H, W, C), uint8 at
rest and float32 in [0, 1] inside; losses are in nats per image.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

import keras
import tensorflow as tf

from vae_explorer.array_types import ImageShape, Tensor
from vae_explorer.model.losses import bernoulli_loss, gaussian_loss, kl_divergence, sample
from vae_explorer.model.networks import build_decoder, build_encoder
from vae_explorer.model.quick_forms import quick_forms
from vae_explorer.run.config import TrainingConfig, for_images

# Added to the seed, which is below 2**31, so that draws for different purposes are independent.
EPSILON, BINARIZATION, IMPORTANCE = (stream << 31 for stream in range(3))
START_SIGMA = 0.3  # first value of a learned sigma: about the standard deviation of pixels, 0 to 1
LEAST_LOG_SIGMA = -6.0  # soft lower bound of a learned log sigma, below the step between two 8-bit levels
# Factor between the learned weight and log sigma. Adam changes a weight by about the learning rate per step; without
# the factor a small data set would need very many epochs before sigma matches its error.
SIGMA_PACE = 10.0

# How a step of a whole batch is computed: by the layers, by one function that XLA compiles, or by the layers' quick
# forms (`quick_forms.py`). All give the same, up to rounding.
Way = Literal["plain", "compiled", "quick"]


class VAE(keras.Model):  # type: ignore[misc]
    """Encoder and decoder trained together on the negative ELBO, its KL term weighted by beta.

    Takes (step, images), images uint8: a batch, or for training those of several steps. All random draws depend on the
    seed and the step alone, so that a training can be repeated and resumed exactly. Evaluation uses negative steps,
    which give other draws, and the final beta.

    warmup_steps: steps over which beta rises. encoder, decoder: trained networks like those of `build_encoder` and
    `build_decoder`; None: new ones. sigma: the learned standard deviation of Gaussian pixels; None: START_SIGMA.
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
        self.seed, self.batch_size = config.seed, config.batch_size
        self.way: Way = "plain"
        self._learn_compiled = tf.function(self._learn, autograph=False, jit_compile=True)
        self.binarized = config.pixels == "binarized"
        self.likelihood = config.likelihood
        self.fixed_sigma = config.sigma
        if config.likelihood == "gaussian":
            above = max(math.log(sigma or START_SIGMA) - LEAST_LOG_SIGMA, 1e-6)
            start = keras.initializers.Constant((LEAST_LOG_SIGMA + math.log(math.expm1(above))) / SIGMA_PACE)
            self.sigma_weight = self.add_weight(shape=(), initializer=start, name="sigma")
        self.trackers = [keras.metrics.Mean(name) for name in ("loss", "reconstruction_loss", "kl_loss")]
        self.built = True  # Keras saves the weights of built models only, and this one has no call that builds it

    def beta_at(self, step: Tensor) -> Tensor:
        """The weight of the KL term at a step: it rises linearly to beta over the first `warmup_steps`."""
        if not self.warmup_steps:
            return tf.constant(self.beta, tf.float32)
        return self.beta * tf.minimum(1.0, tf.cast(step + 1, tf.float32) / self.warmup_steps)

    @property
    def metrics(self) -> list[Any]:
        return self.trackers

    def log_sigma(self) -> Tensor:
        """The log of the standard deviation of Gaussian pixels: (), learned or fixed.

        A learned one is softly clipped at LEAST_LOG_SIGMA, as in Rybkin et al. 2021: for images that are decoded
        perfectly, such as black ones, the density would otherwise grow without limit.
        """
        if self.likelihood == "gaussian-fixed":
            return tf.math.log(tf.constant(self.fixed_sigma, tf.float32))
        unclipped = SIGMA_PACE * tf.convert_to_tensor(self.sigma_weight)
        return LEAST_LOG_SIGMA + tf.nn.softplus(unclipped - LEAST_LOG_SIGMA)

    def sigma(self) -> float | None:
        """The present standard deviation of Gaussian pixels, 0 to 1; None: pixels are Bernoulli."""
        return None if self.likelihood == "bernoulli" else math.exp(float(self.log_sigma()))

    def reconstruction_loss(self, pixels: Tensor, logits: Tensor) -> Tensor:
        """-log p(x|z) under the likelihood of the config, in nats per image: (batch, H, W, C) twice -> (batch,)."""
        if self.likelihood == "bernoulli":
            return bernoulli_loss(pixels, logits)
        return gaussian_loss(pixels, logits, self.log_sigma())

    def pixels_of(self, images: Tensor, step: Tensor, first: Tensor | None = None) -> Tensor:
        """The pixels that are encoded and reconstructed: (batch, H, W, C) uint8 -> float32 in [0, 1].

        With dynamic binarization each value is 1 with a probability equal to its grey level, else 0, drawn again at
        every step: Salakhutdinov and Murray 2008, section 5; Burda et al. 2015, section 5. first: as in `drawn`.
        """
        levels = tf.cast(images, tf.float32) / 255.0
        if not self.binarized:
            return levels
        uniform = self.drawn(tf.random.stateless_uniform, BINARIZATION, step, tf.shape(levels), first)
        return tf.cast(uniform < levels, tf.float32)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def posterior_of(self, images: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
        """z_mean and z_log_var, (batch, latent_dim) each, of images (batch, H, W, C) uint8: one compiled function."""
        z_mean, z_log_var = self.encoder(self.pixels_of(images, step), training=False)
        return z_mean, z_log_var

    def passed(
        self, images: Tensor, step: Tensor, training: bool, first: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Encode images, draw one z for each, and decode it.

        images: (batch, H, W, C) uint8. first: as in `drawn`. Returns their pixels (batch, H, W, C) as in `pixels_of`,
        z_mean and z_log_var (batch, latent_dim), and the reconstruction loss (batch,) in nats per image.
        """
        pixels = self.pixels_of(images, step, first)
        return pixels, *self.through(pixels, self.epsilon_of(tf.shape(images)[0], step, first), training)

    def epsilon_of(self, count: Tensor, step: Tensor, first: Tensor | None = None) -> Tensor:
        """The draws from N(0, I) of a step: (count, latent_dim). first: as in `drawn`."""
        shape = tf.stack([count, self.decoder.input_shape[1]])
        return self.drawn(tf.random.stateless_normal, EPSILON, step, shape, first)

    def through(self, pixels: Tensor, epsilon: Tensor, training: bool) -> tuple[Tensor, Tensor, Tensor]:
        """z_mean and z_log_var of given pixels, and the reconstruction loss with given draws, as in `passed`."""
        z_mean, z_log_var = self.encoder(pixels, training=training)
        logits = self.decoder(sample(z_mean, z_log_var, epsilon), training=training)
        return z_mean, z_log_var, self.reconstruction_loss(pixels, logits)

    def losses_of(
        self, images: Tensor, step: Tensor, training: bool, first: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(reconstruction loss, KL) of each image, (batch,) each in nats, with one draw of epsilon per image.

        first: as in `drawn`.
        """
        _, z_mean, z_log_var, reconstruction = self.passed(images, step, training, first)
        return reconstruction, tf.reduce_sum(kl_divergence(z_mean, z_log_var), axis=1)

    def log_weights(self, pixels: Tensor, epsilon: Tensor) -> Tensor:
        """log w = log p(x, z) - log q(z|x) of one image x at S draws of z, in nats: (S,) float32.

        pixels: (1, H, W, C) float32; epsilon: (S, latent_dim) from N(0, I). The expected value of log w is the ELBO,
        that of w is p(x). Burda et al. 2015, equation 8.
        """
        z_mean, z_log_var = self.encoder(pixels, training=False)
        z = sample(z_mean, z_log_var, epsilon)
        logits = self.decoder(z, training=False)
        # The factors of 2 pi of the two Gaussians cancel.
        prior_to_posterior = 0.5 * tf.reduce_sum(tf.square(epsilon) + z_log_var - tf.square(z), axis=1)
        return prior_to_posterior - self.reconstruction_loss(tf.broadcast_to(pixels, tf.shape(logits)), logits)

    def seed_of(self, stream: int, step: Tensor) -> list[Tensor]:
        """The seed of the stateless draws for one purpose at one step."""
        return [tf.constant(self.seed + stream, tf.int64), tf.cast(step, tf.int64)]

    def drawn(
        self, draw: Callable[..., Tensor], stream: int, step: Tensor, shape: Tensor, first: Tensor | None
    ) -> Tensor:
        """Random numbers for one purpose at one step: those of a shape (batch, ...).

        draw: a stateless function of TensorFlow, whose numbers depend on their position alone. first: the row of the
        whole batch at which this part of it begins, so that each image has the same numbers however many devices share
        the batch; None: it is the whole batch.
        """
        seed = self.seed_of(stream, step)
        if first is None:
            return draw(shape, seed=seed)
        return draw(tf.concat([shape[:1] + first, shape[1:]], axis=0), seed=seed)[first:]

    def train_step(self, data: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        """One step of the optimizer for each batch of the images, in order.

        data: the number of the first step, () int64, and the images of one or more batches, (N, H, W, C) uint8; the
        last batch may be smaller. Returns the losses of each batch in nats per image, (steps,) float32 each; the
        trackers hold the means of the epoch.
        """
        first, images = data
        count = tf.shape(images)[0]
        steps = (count + self.batch_size - 1) // self.batch_size

        def one(done: Tensor, losses: tf.TensorArray) -> tuple[Tensor, tf.TensorArray]:
            batch = images[done * self.batch_size : (done + 1) * self.batch_size]
            return done + 1, losses.write(done, self._one_step(first + tf.cast(done, tf.int64), batch))

        losses = tf.TensorArray(tf.float32, steps, element_shape=(len(self.trackers),))
        _, losses = tf.while_loop(lambda done, _: done < steps, one, (tf.constant(0), losses))
        columns = tf.unstack(losses.stack(), axis=1)
        return {tracker.name: column for tracker, column in zip(self.trackers, columns, strict=True)}

    def _one_step(self, step: Tensor, images: Tensor) -> Tensor:
        """One step of the optimizer. Returns the loss, reconstruction loss and KL of the batch: (3,)."""
        # Drawn here, since XLA would draw other numbers from the same seed.
        drawn = self.pixels_of(images, step), self.epsilon_of(tf.shape(images)[0], step), self.beta_at(step)
        if self.way == "plain":
            return self._learn(*drawn)
        faster = self._learn_compiled if self.way == "compiled" else self._learn_quickly
        # The last batch of an epoch may be smaller, for which XLA would compile a second time.
        whole = tf.equal(tf.shape(images)[0], self.batch_size)
        return tf.cond(whole, lambda: faster(*drawn), lambda: self._learn(*drawn))

    def _learn_quickly(self, pixels: Tensor, epsilon: Tensor, beta: Tensor) -> Tensor:
        """The same as `_learn` for a whole batch, by the layers' quick forms."""
        # Gathered, TensorFlow knows how many they are, and plans better. From a reshape or `tf.ensure_shape` it would
        # also conclude, in folding constants, that the smaller last batch has as many.
        pixels, epsilon = (tf.gather(drawn, tf.range(self.batch_size)) for drawn in (pixels, epsilon))
        with quick_forms(self.encoder, self.decoder):
            return self._learn(pixels, epsilon, beta)

    def _learn(self, pixels: Tensor, epsilon: Tensor, beta: Tensor) -> Tensor:
        """The step of the optimizer for given pixels and draws. Returns the same as `_one_step`."""
        with tf.GradientTape() as tape:
            z_mean, z_log_var, reconstruction = self.through(pixels, epsilon, training=True)
            kl = tf.reduce_sum(kl_divergence(z_mean, z_log_var), axis=1)
            loss = tf.reduce_mean(reconstruction + beta * kl)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self._track(reconstruction, kl, beta)
        return tf.stack([loss, tf.reduce_mean(reconstruction), tf.reduce_mean(kl)])

    def test_step(self, data: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        step, images = data
        self._track(*self.losses_of(images, step, training=False), self.beta)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def _track(self, reconstruction: Tensor, kl: Tensor, beta: Tensor) -> None:
        values = (reconstruction + beta * kl, reconstruction, kl)
        for tracker, value in zip(self.trackers, values, strict=True):
            tracker.update_state(value)
