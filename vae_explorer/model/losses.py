"""The terms of the negative ELBO, in nats per image, and the reparameterisation trick."""

import math

import tensorflow as tf

from vae_explorer.array_types import Tensor


def sample(z_mean: Tensor, z_log_var: Tensor, epsilon: Tensor) -> Tensor:
    """The reparameterisation trick: z = mean + standard deviation * epsilon, epsilon from N(0, I).

    All (batch, latent_dim) float32. Kingma and Welling 2013, section 2.4; the standard deviation is exp(log_var / 2).
    """
    return z_mean + tf.exp(z_log_var / 2) * epsilon


def bernoulli_loss(images: Tensor, logits: Tensor) -> Tensor:
    """-log p(x|z) of a Bernoulli in each pixel, in nats per image: (batch, H, W, C) twice -> (batch,).

    Grey targets in [0, 1] give the usual cross-entropy. Computed from logits, so that no log(0) can occur.
    Kingma and Welling 2013, appendix C.1.
    """
    per_pixel = tf.nn.sigmoid_cross_entropy_with_logits(labels=images, logits=logits)
    return tf.reduce_sum(per_pixel, axis=(1, 2, 3))


def gaussian_loss(images: Tensor, logits: Tensor, log_sigma: Tensor) -> Tensor:
    """-log p(x|z) of a Gaussian about the decoded image, in nats per image: (batch, H, W, C) twice -> (batch,).

    Its mean is the sigmoid of the logits; log_sigma: (), the log of its standard deviation, the same for all pixels.
    Since p is a density, the loss is negative where the error is small and sigma is below 0.24 (pixels 0 to 1).
    Kingma and Welling 2013, appendix C.2; Rybkin et al. 2021, "Simple and Effective VAE Training with Calibrated
    Decoders", arXiv:2006.13202, section 3.
    """
    errors = tf.square(images - tf.sigmoid(logits)) * tf.exp(-2 * log_sigma)
    return tf.reduce_sum(0.5 * errors + log_sigma + 0.5 * math.log(2 * math.pi), axis=(1, 2, 3))


def kl_divergence(z_mean: Tensor, z_log_var: Tensor) -> Tensor:
    """KL(q(z|x) || p(z)) of a diagonal Gaussian from the standard normal, per dimension, in nats.

    z_mean, z_log_var: (batch, latent_dim) float32. Returns (batch, latent_dim), each >= 0.
    Kingma and Welling 2013, appendix B.
    """
    return 0.5 * (tf.exp(z_log_var) + tf.square(z_mean) - 1.0 - z_log_var)
