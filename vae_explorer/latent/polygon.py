"""Which points lie in a polygon."""

import numpy as np

from vae_explorer.array_types import Doubles, Flags, Floats


def in_polygon(points: Floats, corners: Doubles) -> Flags:
    """Whether each of the points (N, 2) lies in the polygon with these corners (M, 2): (N,).

    Where the polygon crosses itself the even-odd rule holds: inside is from where a ray crosses an odd number of edges.
    NaN is outside. The points are sorted by height once, so that each edge is compared only with the points beside it.
    """
    inside = np.zeros(len(points), bool)
    if len(corners) < 3 or not len(points):
        return inside
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    x, y = points[:, 0], points[:, 1]
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
    near = near[np.argsort(y[near])]
    x, y = x[near].astype(np.float64), y[near].astype(np.float64)
    odd = np.zeros(len(near), bool)
    for (x0, y0), (x1, y1) in zip(corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True):
        beside = slice(*np.searchsorted(y, (min(y0, y1), max(y0, y1))).tolist())
        if beside.start < beside.stop:
            odd[beside] ^= x[beside] < x0 + (y[beside] - y0) * ((x1 - x0) / (y1 - y0))
    inside[near] = odd
    return inside
