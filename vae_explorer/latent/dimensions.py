"""What each dimension of the latent space carries of the images."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Flags, Floats, Indices
from vae_explorer.latent.plane import FIRST_TWO, Axes

ACTIVE = 0.01  # variance of the mean code from which on a dimension is active
ENOUGH = 50_000  # codes that tell it
PRIOR_REACH = 3.0  # standard deviations of the prior, within which nearly all of it lies
FARTHEST = 1000.0  # that a dimension is followed, however far its codes lie


@dataclass(frozen=True, slots=True, eq=False)
class Dimensions:
    """Of each dimension of z, over the codes that are known; of none, KL is NaN."""

    kl: Floats  # (latent_dim,), mean, nats an image
    active: Flags  # (latent_dim,), false: collapsed, it tells nothing of the images
    reach: Floats  # (latent_dim,), how far from 0 codes lie, and nearly all of the prior

    @property
    def order(self) -> Indices:
        """The dimensions, from 0, that of the largest KL first."""
        return np.argsort(-self.kl, kind="stable")


def mean_kl(z_mean: Floats, z_log_var: Floats) -> Floats:
    """KL(q(z|x) || p(z)) per dimension, mean over the posteriors (N, latent_dim), nats: (latent_dim,), NaN for N = 0.

    Kingma and Welling 2013, appendix B. Of very many posteriors an even choice tells it.
    """
    some = slice(None, None, max(1, len(z_mean) // ENOUGH))
    mean, log_var = z_mean[some].astype(np.float64), z_log_var[some].astype(np.float64)
    if not len(mean):
        return np.full(z_mean.shape[1], np.nan, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):  # of a training that went astray
        kl = 0.5 * (np.exp(log_var) + np.square(mean) - 1 - log_var).mean(axis=0)
    return np.asarray(kl, np.float32)


def telling_axes(kl: Floats) -> Axes:
    """The two dimensions of the largest KL, in their order in z: those of a plane, unless others are chosen.

    kl: (latent_dim,), nats; where it is unknown, these are the first two.
    """
    if len(kl) <= 2 or not np.isfinite(kl).all():
        return FIRST_TWO
    across, up = sorted((np.argsort(-kl, kind="stable")[:2] + 1).tolist())
    return across, up


def measure_dimensions(z_mean: Floats, kl: Floats) -> Dimensions:
    """What the codes (N, latent_dim), whose mean KL is kl (latent_dim,), tell of each dimension.

    One whose mean code varies by no more than `ACTIVE` has collapsed (Burda et al. 2015, section 5).
    """
    some = z_mean[:: max(1, len(z_mean) // ENOUGH)].astype(np.float64)
    some = some[np.isfinite(some).all(axis=1)]
    if not len(some):
        latent_dim = z_mean.shape[1]
        return Dimensions(kl, np.full(latent_dim, True), np.full(latent_dim, PRIOR_REACH, np.float32))
    ordered = np.sort(np.abs(some), axis=0)
    reach = np.ceil(2 * ordered[-1 - len(ordered) // 500]) / 2  # all but the farthest few in a thousand
    return Dimensions(kl, some.var(axis=0) > ACTIVE, reach.clip(PRIOR_REACH, FARTHEST).astype(np.float32))
