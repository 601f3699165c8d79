"""Groups among codes, found by k-means. Needs scikit-learn, which is loaded only then."""

import numpy as np

from vae_explorer.array_types import Floats, Ints
from vae_explorer.errors import UserError

MOST = 20  # clusters
LIKELY = 12  # clusters, at most, that are tried where their number is not given
FITTED = 20_000  # codes that the centres are fitted to; the others go to the nearest centre
COMPARED = 1000  # codes that a number of clusters is judged by; silhouettes take the square of it
STARTS = 4  # of which the best counts
MISSING = "Clusters need scikit-learn, which is not installed: pip install 'vae-explorer[cluster]'."


def find_clusters(codes: Floats, count: int | None = None) -> Ints:
    """The cluster of each of the codes (N, latent_dim), the largest first: (N,) from 0, -1: no finite code.

    count: 2 to MOST clusters; None: that of 2 to LIKELY with the best mean silhouette (Rousseeuw 1987). Fewer where
    there are fewer different codes. The same codes give the same clusters. Raises UserError without scikit-learn.
    """
    try:
        from sklearn.cluster import KMeans
        from sklearn.metrics import silhouette_score
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise UserError(MISSING) from error
    if count is not None and not 2 <= count <= MOST:
        raise UserError(f"There are 2 to {MOST} clusters, not {count}.")

    def fitted(points: Floats, clusters: int) -> "KMeans":
        with threadpool_limits(1):  # its threads wait for each other in vain where a training has the processors
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
    place = np.empty(len(sizes), np.int32)
    place[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    cluster[finite] = place[found]
    return cluster
