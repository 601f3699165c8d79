"""The density of the aggregated posterior in the plane of the map: the mean of the Gaussians of all latent codes.

A Gaussian is left out where it is farther than `REACH` standard deviations. The largest sum of all that is left out is
below 1e-3 of the largest density: a disc of one standard deviation that held more Gaussians than that takes would be
denser itself. Values are otherwise exact at the points of the grid, whatever the standard deviations.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from vae_explorer.array_types import Doubles, Floats, Indices
from vae_explorer.latent.grid import Grid, Rectangle, extent_of, grid_over, interpolated
from vae_explorer.latent.plane import Plane, to_plane

REACH = 5.0  # standard deviations
TILES = 16  # tiles per side that the Gaussians are sorted into, so that those of a tile are near each other
CHUNK = 4096  # Gaussians that are added at a time
ROWS = 1 << 16  # latent codes whose variances are projected at a time
LOG_VARIANCES = -20.0, 20.0  # range of log-variances that is used; a training that diverged may give others
ALONG_NOTHING = 1 / (2 * np.pi)  # variance of a Gaussian of density 1 at 0, along an axis that is unused
MOST_CORRELATED = 0.999  # largest correlation that is used
NUMBERS = 1 << 20  # values of correlated Gaussians that are computed at a time
FINE, CELLS = 4, (96, 256)  # cells per standard deviation of the usual Gaussian, and limits of the cells along a side
MOST_CELLS = 1024  # cells along the longer side of a grid that is interpolated
SMALLEST = 1e-3  # smallest standard deviation of a kernel
MASSES = 0.5, 0.8, 0.95  # shares of the density inside the contours


@dataclass(frozen=True, slots=True, eq=False)
class Gaussians:
    """N Gaussians in the plane."""

    mean: Floats  # (N, 2)
    deviation: Floats  # (N, 2), standard deviations along both directions of the plane
    correlation: Floats | None = None  # (N,), None: all are 0
    line: bool = False  # whether only the first direction counts, because there is one latent dimension


def posteriors_in(plane: Plane, z_mean: Floats, z_log_var: Floats) -> Gaussians:
    """The posteriors (N, latent_dim) projected into a plane: the marginal distribution of its two coordinates.

    Posteriors with values that are not finite are left out.
    """
    finite = np.isfinite(z_mean).all(axis=1) & np.isfinite(z_log_var).all(axis=1)
    if not finite.all():
        z_mean, z_log_var = z_mean[finite], z_log_var[finite]
    variance = np.empty((len(z_mean), 2), np.float32)
    covariance = None if plane.axes is not None else np.empty(len(z_mean), np.float32)
    directions = plane.directions.astype(np.float32)
    for start in range(0, len(z_mean), ROWS):
        rows = slice(start, start + ROWS)
        if plane.axes is not None:
            chosen = [min(axis, plane.latent_dim) - 1 for axis in plane.axes]
            variance[rows] = np.exp(np.clip(z_log_var[rows][:, chosen], *LOG_VARIANCES))
        else:
            whole = np.exp(np.clip(z_log_var[rows], *LOG_VARIANCES))
            variance[rows] = whole @ np.square(directions).T
            if covariance is not None:
                covariance[rows] = whole @ (directions[0] * directions[1])
    if plane.latent_dim == 1:
        variance[:, 1] = ALONG_NOTHING
    deviation = np.sqrt(variance)
    correlation = None if covariance is None else covariance / (deviation[:, 0] * deviation[:, 1])
    return Gaussians(_flat(to_plane(z_mean, plane), plane), deviation, correlation, plane.latent_dim == 1)


def kernels_at(plane: Plane, z_mean: Floats) -> Gaussians:
    """A kernel of one width at each latent code (N, latent_dim), for codes whose variances are not known.

    Scott's rule (1992) for the dimensions shown, with a spread that outliers do not widen: the smaller of the standard
    deviation and the interquartile range / 1.349.
    """
    points = _flat(to_plane(z_mean[np.isfinite(z_mean).all(axis=1)], plane), plane)
    shown = 1 if plane.latent_dim == 1 else 2
    width = np.ones(2)
    if len(points):
        quarters = np.percentile(points, [25, 75], axis=0)
        spread = np.minimum(points.std(axis=0, dtype=np.float64), (quarters[1] - quarters[0]) / 1.349)
        width = np.maximum(len(points) ** (-1 / (shown + 4)) * spread, SMALLEST)
    if shown == 1:
        width[1] = np.sqrt(ALONG_NOTHING)
    return Gaussians(points, np.broadcast_to(width.astype(np.float32), points.shape), line=shown == 1)


def cells_for(gaussians: Gaussians, rectangle: Rectangle) -> int:
    """How many cells a grid over the rectangle needs along its longer side to show these Gaussians."""
    left, right, low, high = rectangle
    some = gaussians.deviation[:: max(1, len(gaussians.deviation) // 10_000)]
    usual = float(np.median(some)) if len(some) else 1.0
    return int(np.clip(FINE * max(right - left, high - low) / max(usual, 1e-6), *CELLS))


def density_on(grid: Grid, gaussians: Gaussians) -> Doubles:
    """The mean of the Gaussians at each point of a grid (H, W), per unit of area; 0 without Gaussians."""
    density: Doubles = sums_on(grid, gaussians)[0] / max(len(gaussians.mean), 1)
    return density


def sums_on(grid: Grid, gaussians: Gaussians, weights: Floats | None = None) -> Doubles:
    """The sums of the Gaussians, weighted by each column of weights (N, C), at the points of a grid: (C, H, W).

    None: one sum, of all Gaussians with weight 1. With one latent dimension, all rows of the result are equal, and
    densities are per unit of that dimension.
    """
    if gaussians.line:
        on_axis = Grid(grid.x, np.zeros(1), grid.rectangle)
        sums = sums_on(on_axis, replace(gaussians, line=False), weights)
        return np.broadcast_to(sums, (len(sums), *grid.shape))
    columns = 1 if weights is None else weights.shape[1]
    total = np.zeros((columns, *grid.shape))
    for rows in _near_each_other(gaussians.mean):
        mean, deviation = gaussians.mean[rows].astype(np.float64), gaussians.deviation[rows].astype(np.float64)
        reach = REACH * deviation
        low, high = (mean - reach).min(axis=0), (mean + reach).max(axis=0)
        across = slice(*np.searchsorted(grid.x, [low[0], high[0]]).tolist())
        down = slice(*(len(grid.y) - np.searchsorted(grid.y[::-1], [high[1], low[1]])).tolist())
        if across.start == across.stop or down.start == down.stop:
            continue
        # Coordinates are taken from the middle of the tile, where single precision is enough for any deviation.
        middle = mean.mean(axis=0)
        x, y = (grid.x[across] - middle[0]).astype(np.float32), (grid.y[down] - middle[1]).astype(np.float32)
        u, v = (
            (axis - (mean[:, [d]] - middle[d]).astype(np.float32)) / deviation[:, [d]].astype(np.float32)
            for d, axis in enumerate((x, y))
        )
        height = (1 / (2 * np.pi * deviation[:, 0] * deviation[:, 1])).astype(np.float32)[:, None]
        here = height if weights is None else height * weights[rows]
        for column in range(columns):
            one = here[:, [column]]
            if gaussians.correlation is None:
                total[column, down, across] += _sum_of_products(u, v, one)
            else:
                total[column, down, across] += _sum_of_correlated(u, v, one, gaussians.correlation[rows])
    return total


def density_at(points: Floats, gaussians: Gaussians) -> Doubles:
    """The mean of the Gaussians at points (N, 2), per unit of area: (N,), NaN where a point is not finite.

    It is interpolated on a grid of `FINE` cells per standard deviation of the usual Gaussian, where it is within 1 % of
    its largest value; narrower ones are blurred. At the few points far outside, it is summed.
    """
    density, finite = np.full(len(points), np.nan), np.isfinite(points).all(axis=1)
    if not len(gaussians.mean) or not finite.any():
        density[finite] = 0
        return density
    some = gaussians.deviation[:: max(1, len(gaussians.deviation) // 10_000)]
    usual = np.maximum(np.median(some, axis=0).astype(np.float64), SMALLEST)
    if gaussians.line:
        usual[1] = usual[0]
    known = points[finite].astype(np.float64)
    left, right, low, high = extent_of(points[finite], REACH * float(usual.min()))
    (first_x, first_y), (last_x, last_y) = known.min(axis=0) - usual, known.max(axis=0) + usual
    rectangle = max(left, first_x), min(right, last_x), max(low, first_y), min(high, last_y)
    longer = max(rectangle[1] - rectangle[0], rectangle[3] - rectangle[2])
    grid = grid_over(rectangle, int(np.clip(FINE * longer / usual.min(), CELLS[0], MOST_CELLS)))
    values = interpolated(grid, density_on(grid, gaussians), known)
    outside = np.flatnonzero(np.isnan(values))
    if len(outside):
        values[outside] = _exact(known[outside], gaussians, (grid.x[0], grid.x[-1], grid.y[-1], grid.y[0]))
    density[finite] = values
    return density


def _exact(points: Doubles, gaussians: Gaussians, inside: Rectangle) -> Doubles:
    """The same at points (M, 2) outside a rectangle, from all Gaussians that reach there."""
    left, right, low, high = inside
    reach = REACH * gaussians.deviation
    first, last = gaussians.mean - reach, gaussians.mean + reach
    rows = np.flatnonzero((first < (left, low)).any(axis=1) | (last > (right, high)).any(axis=1))
    mean, deviation = gaussians.mean[rows].astype(np.float64), gaussians.deviation[rows].astype(np.float64)
    r = np.zeros(len(rows)) if gaussians.correlation is None else gaussians.correlation[rows].astype(np.float64)
    r = np.clip(r, -MOST_CORRELATED, MOST_CORRELATED)
    height = 1 / (2 * np.pi * deviation[:, 0] * deviation[:, 1] * np.sqrt(1 - r * r))
    total = np.empty(len(points))
    step = max(1, NUMBERS // max(1, len(rows)))
    for start in range(0, len(points), step):
        u, v = np.moveaxis((points[start : start + step, None] - mean) / deviation, 2, 0)
        total[start : start + step] = np.exp((2 * r * u * v - u * u - v * v) / (2 * (1 - r * r))) @ height
    return total / len(gaussians.mean)


def levels_of(density: Doubles) -> tuple[float, ...]:
    """The densities that enclose the shares `MASSES` of the sum of all values, in the smallest area (Hyndman 1996)."""
    ordered = np.sort(density, axis=None)[::-1]
    inside = np.cumsum(ordered)
    if not len(inside) or not inside[-1] > 0:
        return (0.0,) * len(MASSES)
    return tuple(ordered[np.searchsorted(inside, np.array(MASSES) * inside[-1])].tolist())


def _sum_of_products(u: Floats, v: Floats, height: Floats) -> Floats:
    """The sum over n of height[n] * exp(-(u[n]² + v[n]²) / 2), for each column of v and each of u."""
    total: Floats = (height * np.exp(np.float32(-0.5) * v * v)).T @ np.exp(np.float32(-0.5) * u * u)
    return total


def _sum_of_correlated(u: Floats, v: Floats, height: Floats, correlation: Floats) -> Floats:
    """The same for bivariate normal densities with correlations (n,), which are no products of u and v."""
    r = np.clip(correlation, -MOST_CORRELATED, MOST_CORRELATED)[:, None]
    rest = np.float32(1) / (1 - r * r)
    height, narrowed = height * np.sqrt(rest), np.sqrt(rest)
    u, v = u * narrowed, v * narrowed
    total = np.zeros((v.shape[1], u.shape[1]), np.float32)
    step = max(1, NUMBERS // total.size)
    for start in range(0, len(u), step):
        some = slice(start, start + step)
        exponent = (r[some] * v[some])[:, :, None] * u[some, None]
        exponent -= np.float32(0.5) * np.square(v[some])[:, :, None]
        exponent -= np.float32(0.5) * np.square(u[some])[:, None]
        total += np.tensordot(height[some, 0], np.exp(exponent, out=exponent), 1)
    return total


def _near_each_other(mean: Floats) -> Iterator[Indices]:
    """The rows of points (N, 2) in groups of at most `CHUNK` that lie near each other."""
    if not len(mean):
        return
    some = np.sort(mean[:: max(1, len(mean) // 10_000)], axis=0)
    rest = len(some) // 100
    low, high = some[rest], some[-1 - rest]
    place = np.clip((mean - low) * (TILES / np.maximum(high - low, 1e-30)), 0, TILES - 1).astype(np.uint16)
    tile = place[:, 0] * np.uint16(TILES) + place[:, 1]
    order = np.argsort(tile, kind="stable")
    ends = np.cumsum(np.bincount(tile, minlength=TILES * TILES))
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        for first in range(start, end, CHUNK):
            yield order[first : min(first + CHUNK, end)]


def _flat(points: Floats, plane: Plane) -> Floats:
    """The points on the first axis if latent_dim is 1, whose points are spread along the second one to be seen."""
    return points * np.array([1, 0], np.float32) if plane.latent_dim == 1 else points
