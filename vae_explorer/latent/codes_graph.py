"""Ways from one latent code to another along the codes of the data."""

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError

NEIGHBOURS = 8  # of each code to which a way can lead
MOST_NEIGHBOURS = 64  # which are tried before the data are said to be in pieces
MOST_CODES = 50_000  # of more, some drawn at random are enough


def way_along(codes: Floats, start: Floats, end: Floats) -> Floats:
    """A way of small steps from a code (latent_dim,) to another over data (N, latent_dim): (K, latent_dim).

    It is the shortest way in the graph of the nearest neighbours, as in Isomap (Tenenbaum, de Silva and Langford
    2000), where a step costs its length squared, so that many small steps through dense data are preferred to a large
    one across a gap (Hwang, Damelin and Hero 2016, "Shortest path through random points"). Raises UserError if the
    codes are in pieces between which no step is small.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import cKDTree

    codes = codes[np.isfinite(codes).all(axis=1)]
    if len(codes) > MOST_CODES:
        codes = codes[np.random.default_rng(0).permutation(len(codes))[:MOST_CODES]]
    nodes = np.concatenate([codes, start[None], end[None]]).astype(np.float64)
    tree, first, last = cKDTree(nodes), len(nodes) - 2, len(nodes) - 1
    count = NEIGHBOURS
    while True:
        distances, others = tree.query(nodes, k=min(count + 1, len(nodes)))
        near, far = distances[:, 1:].ravel(), others[:, 1:].ravel()
        ones = np.repeat(np.arange(len(nodes)), others.shape[1] - 1)
        # A step of length 0 between equal codes would be no step of a sparse graph.
        graph = csr_array((np.maximum(np.square(near), 1e-12), (ones, far)), shape=(len(nodes), len(nodes)))
        _, before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)
        if before[last] >= 0:
            break
        if count >= min(MOST_NEIGHBOURS, len(nodes) - 1):
            raise UserError(
                "There is no way along the data between these latent codes, because the codes lie in pieces with gaps "
                "between them: choose another kind of path."
            )
        count *= 2
    rows = [last]
    while rows[-1] != first:
        rows.append(int(before[rows[-1]]))
    return nodes[rows[::-1]].astype(np.float32)
