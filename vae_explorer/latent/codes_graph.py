"""Ways from one latent code to another along the codes of the data."""

from typing import Any

import numpy as np

from vae_explorer.array_types import Doubles, Floats, Longs
from vae_explorer.errors import UserError

NEIGHBOURS = 8  # of each code to which a way can lead
MOST_NEIGHBOURS = 64  # which are tried before the data are said to be in pieces
MOST_CODES = 20_000  # of more, some drawn at random are enough
SHORTEST = 1e-12  # squared length of a step between equal codes, which with 0 would be no step of a sparse graph


def some_codes(codes: Floats) -> Doubles:
    """At most MOST_CODES of codes (N, latent_dim), those that are finite: (M, latent_dim)."""
    codes = codes[np.isfinite(codes).all(axis=1)]
    if len(codes) > MOST_CODES:
        codes = codes[np.random.default_rng(0).permutation(len(codes))[:MOST_CODES]]
    return codes.astype(np.float64)


class CodesGraph:
    """The graph of the nearest neighbours of latent codes, made once for all ways through it.

    As in Isomap (Tenenbaum, de Silva and Langford 2000), but a step costs its length squared, so that many small steps
    through dense data are preferred to a large one across a gap (Hwang, Damelin and Hero 2016, "Shortest path through
    random points"). May be used from any thread.
    """

    def __init__(self, codes: Doubles) -> None:
        """codes: (N, latent_dim), N >= 2, all finite."""
        from scipy.spatial import cKDTree

        self._codes = codes
        self._tree: Any = cKDTree(codes)
        self._steps: dict[int, tuple[Doubles, Longs]] = {}  # by the number of neighbours: costs and their rows (N, K)

    def way(self, start: Floats, end: Floats) -> Floats:
        """The shortest way from a code (latent_dim,) to another over those of the data: (K, latent_dim).

        Start and end need not be among them. Raises UserError if the codes are in pieces between which no step is
        small.
        """
        most = min(MOST_NEIGHBOURS, len(self._codes) - 1)
        count = min(NEIGHBOURS, most)
        while True:
            rows = self._way(start.astype(np.float64), end.astype(np.float64), count)
            if rows is not None:
                return np.concatenate([start[None], self._codes[rows], end[None]]).astype(np.float32)
            if count >= most:
                raise UserError(
                    "There is no way along the data between these latent codes, because the codes lie in pieces with "
                    "gaps between them: choose another kind of path."
                )
            count = min(2 * count, most)

    def _way(self, start: Doubles, end: Doubles, count: int) -> list[int] | None:
        """The rows of the codes on the way, over so many neighbours of each; None: there is no way."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        if count not in self._steps:
            distances, rows = self._tree.query(self._codes, k=count + 1)
            self._steps[count] = np.maximum(np.square(distances[:, 1:]), SHORTEST), rows[:, 1:]
        costs, others = self._steps[count]
        distances, rows = self._tree.query(np.stack([start, end]), k=np.arange(1, count + 1))
        first, last = len(self._codes), len(self._codes) + 1  # start and end, as nodes after the others
        direct = float(np.linalg.norm(start - end))
        near = [direct] if direct <= distances.max() else []
        lengths = np.concatenate([distances.ravel(), near])
        graph = csr_array(
            (
                np.concatenate([costs.ravel(), np.maximum(np.square(lengths), SHORTEST)]),
                np.concatenate([others.ravel(), rows.ravel(), [first] * len(near)]).astype(np.int32),
                np.append(np.arange(last + 1) * count, (last + 1) * count + len(near)).astype(np.int32),
            ),
            shape=(last + 1, last + 1),
        )
        _, before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)
        if before[last] < 0:
            return None
        way = [int(before[last])]
        while way[-1] != first:
            way.append(int(before[way[-1]]))
        return way[-2::-1]
