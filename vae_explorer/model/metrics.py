"""Computes the figures of `run/quality.py`: how good a trained VAE is on held-out images."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Bytes, Doubles, Indices, Ints
from vae_explorer.data.ahead import batches_ahead
from vae_explorer.data.dataset import TRAINING, Rows
from vae_explorer.errors import UserError
from vae_explorer.latent.neighbours import DIMENSIONS
from vae_explorer.model.run_vae import load_vae
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.arrays import Codes
from vae_explorer.run.quality import NEIGHBOURS, SAMPLES, Figure, Quality
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE

PAIRED = 2000  # most latent codes that are compared with each other, or with all training codes
DECODED_AT_ONCE = 2**20  # pixel values; they take 4 MB, and the channels of a convolution many times that
MOST_SAMPLES = 100_000  # samples of z per image
EVALUATION_BATCH = 1000  # images
COMPARED_AT_ONCE = 2**15  # latent codes; their distances from 64 others take 17 MB
COMPARING = "Comparing held-out images with those of the training"


def measure(
    vae: "VAE",
    images: Bytes | Rows,
    label: Ints,
    codes: Codes,
    progress: Progress = no_progress,
) -> Quality:
    """All figures of held-out images except the log-likelihood, with one draw of epsilon per image.

    images: (N, H, W, C) uint8. label: (N,), -1: none. codes: those of the run; the latent codes of its training images
    classify the held-out ones. The negative ELBO is equation 3 of Kingma and Welling 2013, with beta 1. `progress` may
    raise an exception to end the computation.
    """
    import tensorflow as tf

    from vae_explorer.model.losses import kl_divergence

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def passed(batch: Any, step: Any) -> Any:
        pixels, z_mean, z_log_var, reconstruction = vae.passed(batch, step, training=False)
        difference = tf.sigmoid(vae.decoder(z_mean, training=False)) - pixels
        error = tf.sqrt(tf.reduce_mean(tf.square(difference), axis=(1, 2, 3)))
        return z_mean, z_log_var, reconstruction, kl_divergence(z_mean, z_log_var), error

    # Only sums are kept of all images, and the latent codes of those that are compared with others.
    losses, means, errors, done = Moments(), Moments(), Moments(), 0
    some, compared = evenly(len(images), PAIRED), list[tuple[Doubles, Doubles]]()
    with np.errstate(all="ignore"):  # the figures of a bad model may be infinite or NaN, and are shown so
        for number, batch in enumerate(batches_ahead(images, EVALUATION_BATCH)):
            found = passed(batch, np.int64(-1 - number))
            z_mean, z_log_var, reconstruction, kl, error = (values.numpy().astype(np.float64) for values in found)
            kl_loss = kl.sum(axis=1)
            losses.add(np.column_stack([reconstruction + kl_loss, reconstruction, kl_loss, kl]))
            means.add(z_mean)
            errors.add(error[:, None])
            here = some[(some >= done) & (some < done + len(batch))] - done
            compared.append((z_mean[here], z_log_var[here]))
            done += len(batch)
            progress("Evaluating held-out images", done / len(images))
        z_mean, z_log_var = (np.concatenate(values) for values in zip(*compared, strict=True))
        negative_elbo, reconstruction_loss, kl_loss, *kl_by_dimension = losses.figures()
        training = codes.split == TRAINING
        return Quality(
            pixels="binarized" if vae.binarized else "grey",
            likelihood=vae.likelihood,
            negative_elbo=negative_elbo,
            reconstruction_loss=reconstruction_loss,
            kl_loss=kl_loss,
            kl_by_dimension=tuple(kl_by_dimension),
            code_variance=tuple(means.variance().tolist()),
            reconstruction_error=errors.figures()[0],
            neighbour_accuracy=neighbour_accuracy(
                z_mean, label[some], codes.z_mean[training], codes.label[training], progress
            ),
            prior_distance=prior_distance(z_mean, z_log_var),
        )


def bounds_of(
    vae: "VAE",
    images: Bytes | Rows,
    samples: int = SAMPLES,
    most: int | None = None,
    progress: Progress = no_progress,
) -> Doubles:
    """The importance-weighted bound on log p(x), and the ELBO, of M images from the same samples of z: (M, 2), nats.

    The bound is the log of the mean over samples of w = p(x, z) / q(z|x): Burda et al. 2015, "Importance Weighted
    Autoencoders", equation 8. Its expected value is the ELBO for one sample, grows with the number of samples, and
    never exceeds log p(x). The ELBO is the mean of log w.

    images: (N, H, W, C) uint8; at most `most` of them are used, evenly spread. None: 500, and fewer for images larger
    than 28x28, in proportion to their pixels, but at least 30. `progress` may raise an exception to end it.
    """
    import tensorflow as tf

    from vae_explorer.model.vae import IMPORTANCE

    values = images[0].size
    images = images[evenly(len(images), most or min(500, max(30, 500 * 28 * 28 // values)))]
    at_once = max(1, min(samples, DECODED_AT_ONCE // values))
    rounds = -(-samples // at_once)
    latent_dim = vae.decoder.input_shape[1]

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def log_weights(image: Any, number: Any, draw: Any, count: Any) -> Any:
        seed = vae.seed_of(IMPORTANCE, -1 - (number * rounds + draw))
        epsilon = tf.random.stateless_normal([count, latent_dim], seed=seed)
        return vae.log_weights(vae.pixels_of(image, -1 - number), epsilon)

    bounds = np.empty((len(images), 2))
    for number, image in enumerate(images):
        draws = [
            log_weights(image[None], *map(np.int64, (number, draw, min(at_once, samples - draw * at_once)))).numpy()
            for draw in range(rounds)
        ]
        log_w = np.concatenate(draws).astype(np.float64)
        with np.errstate(all="ignore"):
            bounds[number] = np.logaddexp.reduce(log_w) - np.log(samples), log_w.mean()
        progress("Estimating the log-likelihood", (number + 1) / len(images))
    return bounds


def with_log_likelihood(quality: Quality, bounds: Doubles, samples: int) -> Quality:
    """The figures with a log-likelihood. bounds: (M, 2), the result of `bounds_of` for some of the same images.

    The log-likelihood is the ELBO of all images plus the mean gain of the importance-weighted bound over the ELBO in
    the M images. The gain varies little from image to image, the ELBO much, so this is more exact than the mean bound
    of the M images, and never below the ELBO that is shown beside it.
    """
    with np.errstate(all="ignore"):
        gains, elbo = bounds[:, 0] - bounds[:, 1], quality.negative_elbo
        gain, error = mean_of(gains), None
        if gain.standard_error is not None and elbo.standard_error is not None:
            shared = 2 * np.cov(gains, bounds[:, 1])[0, 1] / elbo.images  # both terms use some of the same images
            error = float(np.sqrt(np.maximum(gain.standard_error**2 + elbo.standard_error**2 + shared, 0)))
    return replace(quality, log_likelihood=Figure(gain.value - elbo.value, error, gain.images), samples=samples)


def measure_run(
    run: Run,
    samples: int = SAMPLES,
    images: int | None = None,
    progress: Progress = no_progress,
) -> Quality:
    """All figures of a run, on the held-out images of its sample, 2,000 at most. Loads TensorFlow.

    samples: samples of z per image for the log-likelihood. images: most images used for it, see `bounds_of`.
    `progress` is called with the task and its share done, and may raise an exception to end the measurement.
    Raises UserError for a page, for a run without held-out images, and for a damaged run.
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise UserError(f"The log-likelihood takes 1 to {MOST_SAMPLES:,} samples, not {samples:,}.")
    if images is not None and images < 1:
        raise UserError(f"The log-likelihood takes 1 image or more, not {images:,}.")
    if not len(run.sample.images):
        raise UserError(f"The run {run.folder} holds no held-out images to measure on.")
    progress("Loading TensorFlow", 0.0)
    vae = load_vae(run)
    rows = np.flatnonzero(np.isin(run.codes.index, run.sample.index))
    labels = dict(zip(run.codes.index[rows].tolist(), run.codes.label[rows].tolist(), strict=True))
    label = np.array([labels.get(index, -1) for index in run.sample.index.tolist()], np.int32)
    quality = measure(vae, run.sample.images, label, run.codes, progress)
    bounds = bounds_of(vae, run.sample.images, samples, images, progress)
    return with_log_likelihood(quality, bounds, samples)


class Moments:
    """The number, sum and variance of K columns of values, of which all but these are forgotten.

    Batches are joined as in Chan et al. 1983, "Algorithms for computing the sample variance", equation 2.1.
    """

    def __init__(self) -> None:
        self._count, self._sum, self._squares = 0, np.zeros(1), np.zeros(1)  # squares: of the distances from the mean

    def add(self, values: Doubles) -> None:
        """Include a batch, (n, K) with n > 0."""
        count, total = len(values), values.sum(axis=0)
        squares = np.square(values - total / count).sum(axis=0)
        if self._count:
            between = total / count - self._sum / self._count
            squares += np.square(between) * (self._count * count / (self._count + count))
        self._count, self._sum, self._squares = self._count + count, self._sum + total, self._squares + squares

    def variance(self) -> Doubles:
        """The variance of each column around its mean: (K,)."""
        return self._squares / self._count

    def figures(self) -> list[Figure]:
        """The mean of each column with its standard error, as `mean_of` gives it."""
        one = self._count < 2
        errors = [None] * len(self._sum) if one else np.sqrt(self._squares / (self._count - 1) / self._count).tolist()
        means = (self._sum / self._count).tolist()
        return [Figure(mean, error, self._count) for mean, error in zip(means, errors, strict=True)]


def mean_of(values: Doubles) -> Figure:
    """The mean of values (N,), one for each image, and its standard error."""
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else None
    return Figure(float(values.mean()), error, len(values))


def evenly(count: int, most: int) -> Indices:
    """At most `most` indices below `count`, evenly spread, since a data set may be sorted by class."""
    return np.linspace(0, count - 1, min(count, most)).astype(np.intp)


def neighbour_accuracy(
    z_mean: Doubles, label: Ints, known_z: NDArray[Any], known_label: Ints, progress: Progress = no_progress
) -> Figure | None:
    """The share of latent codes whose class is the most frequent one among the nearest known codes, 0 to 1.

    z_mean: (N, latent_dim), label: (N,); known_z: (M, latent_dim), known_label: (M,); -1: no label. The smallest index
    wins among equally frequent classes. Latent codes without a label are left out; None if none has one.
    """
    has_label, known = (label >= 0) & np.isfinite(z_mean).all(axis=1), known_label >= 0
    z_mean, label, known_z, known_label = z_mean[has_label], label[has_label], known_z[known], known_label[known]
    if not len(label) or not len(known_label):
        return None
    votes = np.zeros((len(label), max(label.max(), known_label.max()) + 1), np.int32)
    for column in nearest(z_mean, known_z, min(NEIGHBOURS, len(known_z)), progress).T:
        votes[np.arange(len(label)), known_label[column]] += 1
    return mean_of((votes.argmax(axis=1) == label).astype(np.float64))


def nearest(z: Doubles, known: NDArray[Any], count: int, progress: Progress = no_progress) -> Indices:
    """The indices of the `count` known codes (M, latent_dim) that are nearest to each z (N, latent_dim): (N, count)."""
    progress(COMPARING, 0.0)
    if z.shape[1] <= DIMENSIONS:
        from scipy.spatial import cKDTree

        found: Indices = cKDTree(known).query(z, k=np.arange(1, count + 1))[1]
        return found
    distance, row = np.full((len(z), count), np.inf), np.zeros((len(z), count), np.intp)  # of the nearest so far
    for start in range(0, len(known), COMPARED_AT_ONCE):
        progress(COMPARING, start / len(known))
        block = known[start : start + COMPARED_AT_ONCE].astype(np.float64)
        from_block = np.square(block).sum(axis=1)  # |z|^2, the same for all of a row, is left out of the distances
        for first in range(0, len(z), 64):
            some = slice(first, first + 64)
            found = from_block - 2 * z[some] @ block.T
            near = np.flatnonzero((found < distance[some].max(axis=1, keepdims=True)).any(axis=0))  # soon very few
            distances = np.hstack([distance[some], found[:, near]])
            rows = np.hstack([row[some], np.broadcast_to(start + near, (len(found), len(near)))])
            least = np.argpartition(distances, count - 1)[:, :count]
            distance[some] = np.take_along_axis(distances, least, axis=1)
            row[some] = np.take_along_axis(rows, least, axis=1)
    return row


def prior_distance(z_mean: Doubles, z_log_var: Doubles) -> Figure | None:
    """Squared maximum mean discrepancy of the aggregated posterior, the mean of the N posteriors, from N(0, I).

    z_mean, z_log_var: (N, latent_dim); None for fewer than two images. MMD compares whole distributions and needs no
    density, unlike KL(q(z) || p(z)), whose estimates from few images are biased in many dimensions. This is the
    unbiased estimate of Gretton et al. 2012, equation 3, which may fall a little below 0. The kernel is
    exp(-|z - z'|^2 / (2 latent_dim)), with a width equal to the typical distance of draws from the prior, as
    Tolstikhin et al. 2018 advise. Means of this Gaussian kernel over Gaussians have a closed form: nothing is drawn.
    """
    count, latent_dim = z_mean.shape
    if count < 2:
        return None
    variance = np.exp(z_log_var)

    def kernel_mean(between: Doubles, variances: Doubles) -> Doubles:
        """The mean of the kernel of two Gaussians' difference, whose mean and variance are these (..., latent_dim)."""
        exponent, product = np.zeros(between.shape[:-1]), np.ones(between.shape[:-1])
        for dimension in range(latent_dim):  # three times faster than all dimensions at once
            width = latent_dim + variances[..., dimension]
            exponent -= np.square(between[..., dimension]) / width
            product *= width / latent_dim
        return np.exp(exponent / 2) / np.sqrt(product)

    to_prior = kernel_mean(z_mean, variance + 1)
    in_prior = kernel_mean(np.zeros(latent_dim), np.full(latent_dim, 2.0))
    to_others = np.empty(count)
    for row in range(count):
        to_others[row] = kernel_mean(z_mean[row] - z_mean, variance[row] + variance).sum()
    to_others -= kernel_mean(np.zeros_like(z_mean), 2 * variance)  # without the pair of an image with itself
    to_others /= count - 1
    # The contribution of each image, from which the standard error of a mean over pairs follows: Hoeffding 1948.
    of_image = to_others - to_prior - (to_prior.sum() - to_prior) / (count - 1) + in_prior
    return Figure(float(of_image.mean()), float(2 * of_image.std(ddof=1) / np.sqrt(count)), count)
