"""How much dearer a step is where there are no data, for paths that are to stay near them."""

from typing import Any

import numpy as np

from vae_explorer.array_types import Doubles

DEAREST = 10.0  # factor of a step's cost far from all data, beyond that of a step among them
NEIGHBOURS = 20  # of a code, within whose distance data count as near
FOUND = 64  # neighbours that an estimate of the density adds up
SPARSE = 5.0  # percent of the data around which the density is lower than c
MEASURED = 2_000  # most codes that the scale is taken from


class CostOfGaps:
    """1 among the data, growing smoothly to 1 + DEAREST far from them: 1 + DEAREST * exp(-density / c).

    A conformal factor from the density of the data, as in Arvanitidis, Hauberg and Schölkopf 2021, "A prior-based
    approximate latent Riemannian metric". The density is a Gaussian kernel estimate in all of z from the nearest codes,
    and c is that around the sparsest SPARSE percent of the data.
    """

    def __init__(self, codes: Doubles) -> None:
        """codes: (N, latent_dim), N >= 2, all finite."""
        from scipy.spatial import cKDTree

        self._codes = codes
        self._tree: Any = cKDTree(self._codes)
        some = self._codes[np.random.default_rng(0).permutation(len(self._codes))[:MEASURED]]
        distances, _ = self._tree.query(some, k=[min(NEIGHBOURS + 1, len(self._codes))])
        self._width = max(float(np.percentile(distances, 95)), 1e-6)
        self._sparse = float(np.percentile(self._density(some)[0], SPARSE))

    def __call__(self, points: Doubles) -> tuple[Doubles, Doubles]:
        """The factors at points (N, latent_dim), and their gradients: (N,) and (N, latent_dim)."""
        density, slope = self._density(points)
        rest = DEAREST * np.exp(-density / self._sparse)
        return 1 + rest, -(rest / self._sparse)[:, None] * slope

    def _density(self, points: Doubles) -> tuple[Doubles, Doubles]:
        """The sum of a Gaussian around each of the nearest codes, and its gradient."""
        _, rows = self._tree.query(points, k=np.arange(1, min(FOUND, len(self._codes)) + 1))
        away = self._codes[rows] - points[:, None]
        weights = np.exp(-np.square(away).sum(axis=-1) / (2 * self._width**2))
        return weights.sum(axis=1), (weights[..., None] * away).sum(axis=1) / self._width**2
