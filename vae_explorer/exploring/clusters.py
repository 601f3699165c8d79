"""Finds clusters of latent codes by k-means. Needs scikit-learn, which is imported only when clusters are wanted."""

import numpy as np

from vae_explorer.array_types import Floats, Ints
from vae_explorer.errors import UserError

MOST = 20  # largest number of clusters
LIKELY = 12  # largest number of clusters that is tried if the number is not given
FITTED = 20_000  # most codes to which the centres are fitted; the others are assigned to the nearest centre
COMPARED = 1000  # most codes used to choose the number of clusters; a silhouette takes time in the square of it
STARTS = 4  # runs of k-means with different first centres, of which the best is used
MISSING = "Clusters need scikit-learn, which is not installed: pip install 'vae-explorer[cluster]'."


def find_clusters(codes: Floats, count: int | None = None) -> Ints:
    """The cluster of each latent code (N, latent_dim): (N,) int32, 0 for the largest cluster, -1 for codes not finite.

    count: 2 to MOST clusters; None: the number from 2 to LIKELY with the best mean silhouette (Rousseeuw 1987). There
    are fewer clusters if fewer codes differ. The same codes give the same clusters. Raises UserError if scikit-learn
    is not installed or count is out of range.
    """
    try:
        from sklearn.cluster import KMeans
        from sklearn.metrics import silhouette_score
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise UserError(MISSING) from error
    if count is not None and not 2 <= count <= MOST:
        raise UserError(f"A map has 2 to {MOST} clusters, not {count}.")

    def fitted(points: Floats, clusters: int) -> "KMeans":
        with threadpool_limits(1):  # several threads would mostly wait for each other while a training runs
            return KMeans(clusters, n_init=STARTS, random_state=0).fit(points)

    cluster = np.full(len(codes), -1, np.int32)
    finite = np.isfinite(codes).all(axis=1)
    known = codes[finite]
    random = np.random.default_rng(0)
    points = known if len(known) <= FITTED else known[random.choice(len(known), FITTED, replace=False)]
    different = len(np.unique(points, axis=0))
    if different < 3:
        cluster[finite] = 0
        return cluster
    if count is None:
        few = points if len(points) <= COMPARED else points[random.choice(len(points), COMPARED, replace=False)]
        most = min(LIKELY, len(np.unique(few, axis=0)) - 1)
        scores = {n: silhouette_score(few, fitted(few, n).labels_) for n in range(2, most + 1)}
        count = max(scores, key=lambda n: scores[n]) if scores else 2
    found = fitted(points, min(count, different)).predict(known)
    sizes = np.bincount(found)
    rank = np.empty(len(sizes), np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    cluster[finite] = rank[found]
    return cluster
