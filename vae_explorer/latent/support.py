"""Whether there are data near a latent code, or the decoder has to guess what lies there."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Doubles, Floats, Indices
from vae_explorer.latent.neighbours import DIMENSIONS

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
    codes = codes[np.isfinite(codes).all(axis=1)]
    different = _different(codes)
    if len(different) < FEWEST:
        return None
    measured = different[np.random.default_rng(0).permutation(len(different))[:MEASURED]]
    search = _by_tree if codes.shape[1] <= DIMENSIONS else _by_all
    usual, sparse, empty = np.percentile(search(codes, different, measured), [50, SPARSE, EMPTY]).tolist()
    return Support(usual, (sparse, empty))


def _different(codes: Floats) -> Indices:
    """One row of each group of equal codes (N, latent_dim), in an order that depends on the codes alone.

    Rows are compared by a hash, since sorting whole codes would take several times their memory.
    """
    random = np.random.default_rng(0)
    hashes = np.zeros(len(codes), np.uint64)
    for dimension in range(codes.shape[1]):
        factor = np.uint64(2 * int(random.integers(1, 2**62)) + 1)
        bits = (codes[:, dimension].astype(np.float32) + np.float32(0)).view(np.uint32).astype(np.uint64)
        hashes = (hashes ^ (hashes >> np.uint64(29))) * factor + (bits + np.uint64(1)) * factor
    return np.unique(hashes, return_index=True)[1]


def _by_tree(codes: Floats, different: Indices, measured: Indices) -> Doubles:
    """The distances of the measured codes to the nearest other ones, (M,)."""
    from scipy.spatial import cKDTree

    tree = cKDTree(codes[different], balanced_tree=False, compact_nodes=False)
    return np.asarray(tree.query(codes[measured], k=2)[0][:, 1], np.float64)


def _by_all(codes: Floats, different: Indices, measured: Indices) -> Doubles:
    some = codes[measured].astype(np.float64)
    nearest, lengths = np.full(len(some), np.inf), np.square(some).sum(axis=1)[:, None]
    step = max(1, BLOCK // len(some))
    for start in range(0, len(different), step):
        rows = different[start : start + step]
        others = codes[rows].astype(np.float64)
        squared = lengths - 2 * some @ others.T + np.square(others).sum(axis=1)
        squared[measured[:, None] == rows] = np.inf
        nearest = np.minimum(nearest, squared.min(axis=1))
    distances: Doubles = np.sqrt(np.maximum(nearest, 0))
    return distances
