"""The plane of a map divided into square cells, in levels: the side of a cell of level n is 2 ** n.

So each cell is made up of four cells of the level below, and has the same place in the plane however it is looked at.
"""

import math
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Doubles, Flags, Longs


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the plane."""

    left: float
    right: float
    low: float
    high: float

    def wider(self, share: float) -> "Area":
        """The area with this share of its sides added at each of them; a negative share makes it smaller."""
        across, up = (self.right - self.left) * share, (self.high - self.low) * share
        return Area(self.left - across, self.right + across, self.low - up, self.high + up)

    def contains(self, other: "Area") -> bool:
        return (
            self.left <= other.left and other.right <= self.right and self.low <= other.low and other.high <= self.high
        )


@dataclass(frozen=True, slots=True)
class Cells:
    """A rectangle of columns x rows cells of one level. Cell (i, j) covers [i, i + 1) x [j, j + 1) times its side."""

    level: int
    column: int  # of the leftmost cells
    row: int  # of the lowest cells
    columns: int
    rows: int

    @property
    def side(self) -> float:
        return 2.0**self.level

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def indices(self) -> Longs:
        """All cells (N, 2) as (i, j), row by row from the top, like the pixels of a picture."""
        across, up = np.meshgrid(
            np.arange(self.column, self.column + self.columns, dtype=np.int64),
            np.arange(self.row + self.rows - 1, self.row - 1, -1, dtype=np.int64),
        )
        return np.column_stack([across.ravel(), up.ravel()])

    def area(self) -> Area:
        """The rectangle that the cells cover."""
        side = self.side
        return Area(
            self.column * side, (self.column + self.columns) * side, self.row * side, (self.row + self.rows) * side
        )


def level_of(side: float) -> int:
    """The level whose cells come nearest to this side, by ratio: from 1 / sqrt(2) to sqrt(2) times the side."""
    return round(math.log2(side))


def covering(area: Area, level: int) -> Cells:
    """The fewest cells of this level that cover the area; at least one."""
    side = 2.0**level
    column, row = math.floor(area.left / side), math.floor(area.low / side)
    columns = max(1, math.ceil(area.right / side) - column)
    rows = max(1, math.ceil(area.high / side) - row)
    return Cells(level, column, row, columns, rows)


def centres(indices: Longs, level: int) -> Doubles:
    """The centres (N, 2) of cells (N, 2) of one level, in the plane."""
    return (indices.astype(np.float64) + 0.5) * 2.0**level


def overlapping(indices: Longs, level: int, area: Area) -> Flags:
    """Which of the cells (N, 2) overlap with the area, (N,)."""
    x, y = centres(indices, level).T
    half = 2.0**level / 2
    found: Flags = (x + half > area.left) & (x - half < area.right) & (y + half > area.low) & (y - half < area.high)
    return found


def nearest_first(indices: Longs, level: int, point: tuple[float, float], area: Area) -> Longs:
    """The order (N,) of cells (N, 2): those that overlap with the area first, and of them the nearest to the point."""
    x, y = centres(indices, level).T
    distance = np.hypot(x - point[0], y - point[1])
    return np.lexsort((distance, ~overlapping(indices, level, area))).astype(np.int64)
