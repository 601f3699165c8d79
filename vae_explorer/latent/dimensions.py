"""How much each dimension of the latent space says about the images."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Flags, Floats, Indices
from vae_explorer.latent.plane import FIRST_TWO, Axes

ACTIVE = 0.01  # a dimension is active if the variance of its posterior mean over the images is larger
ENOUGH = 50_000  # latent codes that are enough to estimate these figures
PRIOR_REACH = 3.0  # standard deviations that hold 99.7 % of the prior
FARTHEST = 1000.0  # largest value of a latent code that a traversal goes to


@dataclass(frozen=True, slots=True, eq=False)
class Dimensions:
    """Figures of each dimension of z, measured on the known latent codes. Without latent codes the first two are NaN.

    A large KL alone does not say that a dimension tells images apart: a mean that is shifted or a variance that is
    small for all images alike have one, too. The information leaves that part out.
    """

    kl: Floats  # (latent_dim,), mean over the images, nats per image
    information: Floats  # (latent_dim,), at most the KL: how much the dimension tells one image from others, nats
    active: Flags  # (latent_dim,), false: collapsed, it says nothing about the images
    reach: Floats  # (latent_dim,), distance from 0 that holds nearly all latent codes and nearly all of the prior

    @property
    def order(self) -> Indices:
        """The dimensions, counted from 0, by falling information, the collapsed ones last: (latent_dim,)."""
        return np.lexsort((-self.information, ~self.active))

    @property
    def axes(self) -> Axes:
        """The first two dimensions of `order`, counted from 1, in ascending order: the default axes of a plane.

        The result is the first two dimensions if the information is not finite.
        """
        if len(self.kl) <= 2 or not np.isfinite(self.information).all():
            return FIRST_TWO
        across, up = sorted((self.order[:2] + 1).tolist())
        return across, up


def mean_kl(z_mean: Floats, z_log_var: Floats) -> Floats:
    """KL(q(z|x) || p(z)) per dimension, mean over the posteriors (N, latent_dim), nats: (latent_dim,), NaN for N = 0.

    Kingma and Welling 2013, appendix B. If there are very many, every n-th is used.
    """
    some = slice(None, None, max(1, len(z_mean) // ENOUGH))
    mean, log_var = z_mean[some].astype(np.float64), z_log_var[some].astype(np.float64)
    if not len(mean):
        return np.full(z_mean.shape[1], np.nan, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):  # a training that diverged may give such values
        kl = 0.5 * (np.exp(log_var) + np.square(mean) - 1 - log_var).mean(axis=0)
    return np.asarray(kl, np.float32)


def mean_information(z_mean: Floats, z_log_var: Floats) -> Floats:
    """The information of each dimension about the images, of posteriors (N, latent_dim), nats: (latent_dim,).

    It is the mean KL less KL(q(z) || p(z)) of the aggregated posterior q(z), which is the mutual information of x and z
    (Hoffman and Johnson 2016). q(z) is taken as the Gaussian of its mean and variance, so the result is an upper bound
    of the mutual information. NaN for N = 0.
    """
    some = slice(None, None, max(1, len(z_mean) // ENOUGH))
    mean, log_var = z_mean[some].astype(np.float64), z_log_var[some].astype(np.float64)
    if not len(mean):
        return np.full(z_mean.shape[1], np.nan, np.float32)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a training that diverged may give such values
        information = 0.5 * (np.log(mean.var(axis=0) + np.exp(log_var).mean(axis=0)) - log_var.mean(axis=0))
    return np.asarray(information, np.float32)


def measure_dimensions(z_mean: Floats, z_log_var: Floats) -> Dimensions:
    """The figures of each dimension, from posteriors (N, latent_dim).

    A dimension has collapsed if the variance of its posterior mean is at most `ACTIVE` (Burda et al. 2015, section 5).
    """
    kl, information = mean_kl(z_mean, z_log_var), mean_information(z_mean, z_log_var)
    some = z_mean[:: max(1, len(z_mean) // ENOUGH)].astype(np.float64)
    some = some[np.isfinite(some).all(axis=1)]
    if not len(some):
        latent_dim = z_mean.shape[1]
        everywhere = np.full(latent_dim, PRIOR_REACH, np.float32)
        return Dimensions(kl, information, np.full(latent_dim, True), everywhere)
    ordered = np.sort(np.abs(some), axis=0)
    reach = np.ceil(2 * ordered[-1 - len(ordered) // 500]) / 2  # leaves out the farthest 0.2 %
    reach = reach.clip(PRIOR_REACH, FARTHEST).astype(np.float32)
    return Dimensions(kl, information, some.var(axis=0) > ACTIVE, reach)
