"""A value of each latent code, such as an error, averaged over the neighbourhood of each point of a grid."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.latent.density import Gaussians, sums_on
from vae_explorer.latent.grid import Grid

ENOUGH = 5.0  # latent codes within about one width of the kernel from which an average is drawn in full


@dataclass(frozen=True, slots=True, eq=False)
class Averages:
    mean: Doubles  # (H, W), NaN where no latent code is near
    codes: Doubles  # (H, W), how many latent codes an average stands for: a code at the point itself counts as one


def averages_on(grid: Grid, kernels: Gaussians, values: Floats) -> Averages:
    """The mean of values (N,), weighted by kernels of one width, at each point (Nadaraya and Watson 1964).

    kernels: N, each at a latent code; see `density.kernels_at`.
    """
    if not len(values):
        return Averages(np.full(grid.shape, np.nan), np.zeros(grid.shape))
    across, up = kernels.deviation[0].astype(np.float64)
    total, weighted = sums_on(grid, kernels, np.column_stack([np.ones_like(values), values]))
    codes = total * 2 * np.pi * across * up
    with np.errstate(divide="ignore", invalid="ignore"):
        return Averages(np.where(codes > 1e-3, weighted / total, np.nan), codes)
