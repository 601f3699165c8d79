"""Finding the nearest of many points."""

from collections.abc import Callable
from typing import Any

import numpy as np

from vae_explorer.array_types import Flags, Floats, Indices

FEW = 20_000  # most points for which an exhaustive search is fast enough
DIMENSIONS = 8  # most dimensions in which a k-d tree is faster than an exhaustive search
CANDIDATES = 16  # points that the tree is first asked for if not every point is wanted


class Neighbours:
    """Finds the nearest of points (N, D), by an exhaustive search or, after `build`, with a k-d tree.

    among: (N,), true for the points that may be found; None: all. May be used from any thread.
    """

    def __init__(self, points: Floats, among: Flags | None = None) -> None:
        self._points = points
        self._rows = None if among is None or among.all() else np.flatnonzero(among)
        self._known = points if self._rows is None else None
        self._tree: Any = None

    def __len__(self) -> int:
        """How many points may be found."""
        return len(self._points if self._rows is None else self._rows)

    @property
    def _found(self) -> Floats:
        """The points that may be found, (n, D). Some of the points are copied for the first search, not for each."""
        if self._known is None:
            self._known = self._points[self._rows]
        return self._known

    def build(self) -> None:
        """Build the k-d tree if it makes searches faster.

        A million points in two dimensions take 0.5 s, and the first call another 0.5 s for the import. Other threads
        may search meanwhile.
        """
        if self._tree is None and len(self) > FEW and self._points.shape[1] <= DIMENSIONS:
            from scipy.spatial import cKDTree

            # Splitting at midpoints instead of medians builds the tree in a quarter of the time; searches are as fast.
            self._tree = cKDTree(self._found, balanced_tree=False, compact_nodes=False)

    def several(self, points: Floats, count: int) -> tuple[Indices, Floats]:
        """The rows of the `count` points nearest to each of `points` (M, D), nearest first, and their distances.

        Both are (M, count), or narrower if there are not as many points.
        """
        from scipy.spatial import cKDTree

        count = min(count, len(self))
        if not count:
            return np.empty((len(points), 0), np.intp), np.empty((len(points), 0), np.float32)
        tree = self._tree or cKDTree(self._found, balanced_tree=False, compact_nodes=False)
        distances, indices = tree.query(points, k=np.arange(1, count + 1))
        return indices if self._rows is None else self._rows[indices], distances.astype(np.float32)

    @property
    def fast(self) -> bool:
        """Whether a search takes less than a millisecond."""
        return self._tree is not None or len(self) <= FEW

    def nearest(
        self,
        point: Floats,
        within: float = np.inf,
        wanted: Callable[[Indices], Flags] | None = None,
    ) -> tuple[int, float]:
        """Row of the point nearest to `point` (D,) and its Euclidean distance; (-1, inf) if there is none.

        within: only points nearer than this are found. wanted: given rows (n,), returns (n,), true for those that may
        be found.
        """
        return self._search_tree(point, within, wanted) if self._tree else self._search_all(point, within, wanted)

    def closest(self, point: Floats, count: int) -> tuple[Indices, Floats]:
        """Rows of the `count` points nearest to `point` (D,), nearest first, and their distances, both (count,).

        There are fewer if there are not as many points at a finite distance. Never builds a tree, so that it is fast
        enough for each step of a drag.
        """
        count = min(count, len(self))
        if not count:
            return np.empty(0, np.intp), np.empty(0, np.float32)
        if self._tree:
            distances, indices = self._tree.query(point, k=np.arange(1, count + 1))
        else:
            squared = self._squared(point)
            indices = np.argpartition(squared, count - 1)[:count]  # values that are not numbers come last
            indices = indices[np.argsort(squared[indices], kind="stable")]
            distances = np.sqrt(squared[indices])
        found = np.isfinite(distances)
        indices, distances = indices[found], distances[found].astype(np.float32)
        return indices if self._rows is None else self._rows[indices], distances

    def _search_tree(self, point: Floats, within: float, wanted: Callable[..., Flags] | None) -> tuple[int, float]:
        count, asked = self._tree.n, 1 if wanted is None else CANDIDATES
        while True:
            distances, indices = self._tree.query(point, k=np.arange(1, asked + 1), distance_upper_bound=within)
            found = indices[indices < count]
            rows = found if self._rows is None else self._rows[found]
            good = np.flatnonzero(wanted(rows)) if wanted is not None else np.arange(len(rows))
            if len(good):
                return int(rows[good[0]]), float(distances[good[0]])
            if len(found) < asked or asked >= count:
                return -1, float("inf")
            asked *= 8

    def _search_all(self, point: Floats, within: float, wanted: Callable[..., Flags] | None) -> tuple[int, float]:
        squared = self._squared(point)
        if wanted is not None:
            squared[~wanted(np.arange(len(squared)) if self._rows is None else self._rows)] = np.inf
        if not len(squared):
            return -1, float("inf")
        index = int(np.argmin(squared))
        distance = float(np.sqrt(squared[index]))
        if not distance < within:
            return -1, float("inf")
        return index if self._rows is None else int(self._rows[index]), distance

    def _squared(self, point: Floats) -> Floats:
        """The squared distances (n,) of the points that may be found."""
        points = self._found
        squared = np.zeros(len(points), np.float32)
        for dimension in range(points.shape[1]):
            squared += np.square(points[:, dimension] - point[dimension])
        return squared
