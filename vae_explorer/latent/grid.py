"""A rectangular grid in the plane of the map, on which the layers of the map are computed."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Doubles, Floats

Rectangle = tuple[float, float, float, float]  # left, right, low and high coordinate in the plane


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The centres of H x W cells of equal size. Arrays over it are (H, W), row by row like the pixels of a picture."""

    x: Doubles  # (W,), ascending
    y: Doubles  # (H,), descending
    rectangle: Rectangle  # the outer edges of the cells

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.y), len(self.x)

    @property
    def cell(self) -> float:
        """The area of a cell."""
        left, right, low, high = self.rectangle
        return (right - left) * (high - low) / (len(self.x) * len(self.y))

    def points(self) -> Floats:
        """The centres as points (H * W, 2), row by row."""
        across, down = np.meshgrid(self.x, self.y)
        return np.column_stack([across.ravel(), down.ravel()]).astype(np.float32)


def grid_over(rectangle: Rectangle, cells: int) -> Grid:
    """The grid over a rectangle with `cells` cells along its longer side, and nearly square ones."""
    left, right, low, high = rectangle
    side = max(right - left, high - low) / cells
    columns, rows = (max(1, round(length / side)) for length in (right - left, high - low))
    across, up = (right - left) / columns, (high - low) / rows
    x = np.asarray(left + (np.arange(columns) + 0.5) * across, np.float64)
    y = np.asarray(high - (np.arange(rows) + 0.5) * up, np.float64)
    return Grid(x, y, rectangle)


def interpolated(grid: Grid, values: Doubles, points: Doubles) -> Doubles:
    """Values (H, W) over a grid, bilinear at points (N, 2): (N,), NaN outside the outermost centres."""
    height, width = grid.shape
    left, right, low, high = grid.rectangle
    across = (points[:, 0] - left) * (width / (right - left)) - 0.5
    down = (high - points[:, 1]) * (height / (high - low)) - 0.5
    inside = (across >= 0) & (across <= width - 1) & (down >= 0) & (down <= height - 1)
    found = np.full(len(points), np.nan)
    across, down = across[inside], down[inside]
    column, row = np.minimum(across.astype(np.intp), width - 2), np.minimum(down.astype(np.intp), height - 2)
    u, v = across - column, down - row
    above = values[row, column] * (1 - u) + values[row, column + 1] * u
    below = values[row + 1, column] * (1 - u) + values[row + 1, column + 1] * u
    found[inside] = above * (1 - v) + below * v
    return found


def extent_of(points: Floats, margin: float) -> Rectangle:
    """The rectangle of points (N, 2) without the farthest few in a thousand, with a margin at each side.

    Without points it is the margin around (0, 0).
    """
    low = high = np.zeros(2)
    if len(points):
        ordered = np.sort(points[:: max(1, len(points) // 10_000)], axis=0)
        rest = len(ordered) // 500
        low, high = ordered[rest].astype(np.float64), ordered[-1 - rest].astype(np.float64)
    return float(low[0] - margin), float(high[0] + margin), float(low[1] - margin), float(high[1] + margin)
