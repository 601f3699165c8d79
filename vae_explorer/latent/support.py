"""Whether there are data near a latent code, or the decoder has to guess what lies there."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Floats

SPARSE, EMPTY = 95.0, 99.5  # percent of the data whose nearest neighbour is nearer than the two limits
VERDICTS = (
    "well supported",
    f"sparse (farther than {SPARSE:g} % of the data)",
    "no data here: the decoder is guessing",
)  # up to the first limit, up to the second one, and beyond
FEWEST = 20  # different latent codes below which nothing can be said
MEASURED = 2_000  # most latent codes whose nearest neighbour is looked for
BLOCK = 2_000_000  # distances that are computed together


@dataclass(frozen=True, slots=True)
class Support:
    """How far the latent codes of the data are from their nearest neighbours, by which any other code is judged.

    Distances are Euclidean, in all dimensions of z: what looks near in a plane may be far from it, and a distance that
    is large in two dimensions is usual in eight.
    """

    usual: float  # the median of the distances
    limits: tuple[float, float]  # the distances that SPARSE and EMPTY percent of the data do not exceed

    def verdict(self, distance: float) -> str:
        """What is to be said of a latent code that is this far from the nearest one of the data."""
        return VERDICTS[sum(distance > limit for limit in self.limits)]


def measure_support(codes: Floats) -> Support | None:
    """The distances of latent codes (N, latent_dim) to their nearest neighbours; None if there are too few.

    Equal codes count as one. Of very many, some drawn at random are measured, against all.
    """
    different = np.unique(codes[np.isfinite(codes).all(axis=1)], axis=0).astype(np.float64)
    if len(different) < FEWEST:
        return None
    some = np.random.default_rng(0).permutation(len(different))[:MEASURED]
    lengths = np.square(different).sum(axis=1)
    distances = np.empty(len(some))
    step = max(1, BLOCK // len(different))
    for start in range(0, len(some), step):
        rows = some[start : start + step]
        squared = lengths[rows, None] - 2 * different[rows] @ different.T + lengths
        squared[np.arange(len(rows)), rows] = np.inf
        distances[start : start + step] = np.sqrt(np.maximum(squared.min(axis=1), 0))
    usual, sparse, empty = np.percentile(distances, [50, SPARSE, EMPTY]).tolist()
    return Support(usual, (sparse, empty))
