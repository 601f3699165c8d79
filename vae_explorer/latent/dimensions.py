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
    """Figures of each dimension of z, measured on the known latent codes. Without latent codes the KL is NaN."""

    kl: Floats  # (latent_dim,), mean over the images, nats per image
    active: Flags  # (latent_dim,), false: collapsed, it says nothing about the images
    reach: Floats  # (latent_dim,), distance from 0 that holds nearly all latent codes and nearly all of the prior

    @property
    def order(self) -> Indices:
        """The dimensions, counted from 0, by falling KL: (latent_dim,)."""
        return np.argsort(-self.kl, kind="stable")


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


def telling_axes(kl: Floats) -> Axes:
    """The two dimensions of the largest KL, counted from 1, in ascending order: the default axes of a plane.

    kl: (latent_dim,), nats. The result is the first two dimensions if `kl` is not finite.
    """
    if len(kl) <= 2 or not np.isfinite(kl).all():
        return FIRST_TWO
    across, up = sorted((np.argsort(-kl, kind="stable")[:2] + 1).tolist())
    return across, up


def measure_dimensions(z_mean: Floats, kl: Floats) -> Dimensions:
    """The figures of each dimension, from posterior means (N, latent_dim) and their mean KL, kl (latent_dim,).

    A dimension has collapsed if the variance of its posterior mean is at most `ACTIVE` (Burda et al. 2015, section 5).
    """
    some = z_mean[:: max(1, len(z_mean) // ENOUGH)].astype(np.float64)
    some = some[np.isfinite(some).all(axis=1)]
    if not len(some):
        latent_dim = z_mean.shape[1]
        return Dimensions(kl, np.full(latent_dim, True), np.full(latent_dim, PRIOR_REACH, np.float32))
    ordered = np.sort(np.abs(some), axis=0)
    reach = np.ceil(2 * ordered[-1 - len(ordered) // 500]) / 2  # leaves out the farthest 0.2 %
    return Dimensions(kl, some.var(axis=0) > ACTIVE, reach.clip(PRIOR_REACH, FARTHEST).astype(np.float32))
