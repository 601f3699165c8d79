"""The posterior of an image: its KL from the prior, and its ellipse in a plane."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.latent.plane import Plane


def posterior_kl(z_mean: Floats, z_log_var: Floats) -> Doubles:
    """KL(q(z|x) || p(z)) of diagonal Gaussians (N, latent_dim) from the standard normal: (N,) nats.

    Kingma and Welling 2013, appendix B.
    """
    mean, log_var = z_mean.astype(np.float64), z_log_var.astype(np.float64)
    total: Doubles = 0.5 * (np.exp(log_var) + np.square(mean) - 1 - log_var).sum(axis=1)
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Ellipse:
    """A normal distribution in the plane: its mean plus r times a point of the unit circle is r deviations away."""

    centre: Doubles  # (2,), the mean
    half_axes: Doubles  # (2, 2), one a row, the longer one first: standard deviations along the principal axes

    @property
    def deviations(self) -> tuple[float, float]:
        """The standard deviations along the longer and the shorter principal axis."""
        longer, shorter = np.linalg.norm(self.half_axes, axis=1).tolist()
        return longer, shorter


def projected_posterior(mean: Floats, log_variance: Floats, plane: Plane) -> Ellipse:
    """The marginal in a plane of N(mean, diag(exp(log_variance))), both (latent_dim,).

    With the directions D of the plane, (2, latent_dim), it is N(D mean, D diag(exp(log_variance)) D^T), wherever in z
    the plane lies. If latent_dim is 1, the second coordinate and the shorter half axis are 0.
    """
    directions = plane.directions.astype(np.float64)
    covariance = (directions * np.exp(log_variance.astype(np.float64))) @ directions.T
    values, vectors = np.linalg.eigh(covariance)  # ascending
    half_axes = (vectors * np.sqrt(np.maximum(values, 0))).T[::-1]
    return Ellipse(directions @ mean.astype(np.float64), half_axes)
