"""Points to pixels: a scatter drawn once into an image, whatever its number of points."""

import numpy as np
from numpy.typing import NDArray


def rasterize(
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    rgb: NDArray[np.uint8],
    opacity: NDArray[np.floating],
    size: tuple[int, int],
    radius: float,
) -> NDArray[np.uint8]:
    """Draw points as soft-edged discs, in no order: where they overlap, their colours mix by opacity.

    x, y: (N,) pixel coordinates, x to the right and y down, pixel (0, 0) covering [0, 1) x [0, 1); points outside
    are left out. rgb: (N, 3). opacity: (N,) in (0, 1). size: (width, height) in pixels. radius: in pixels, >= 0.5.
    Returns (height, width, 4) uint8 RGBA, alpha premultiplied: coverage is 1 - product of (1 - opacity).
    """
    width, height = size
    reach = int(np.ceil(radius))
    wide, high = width + 2 * reach, height + 2 * reach  # a margin, so that discs at the edge are drawn whole
    column = np.floor(x).astype(np.int64) + reach
    row = np.floor(y).astype(np.int64) + reach
    inside = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
    occupied, sums = _sum_by_pixel(row[inside] * wide + column[inside], rgb[inside], opacity[inside], wide * high)
    # The margin is wide enough for a disc to stay in the array; what wraps around a side stays in the margin.
    total = np.zeros((wide * high, 4), np.float32)
    at_edge = (occupied % wide < reach) | (occupied % wide >= wide - reach)
    at_edge |= (occupied < reach * wide) | (occupied >= (high - reach) * wide)
    for down, right, share in _disc(radius):
        target = occupied + (down * wide + right)
        part = sums if share == 1 else sums * share
        if at_edge.any():
            whole = (target >= 0) & (target < wide * high)
            total[target[whole]] += part[whole]
        else:
            total[target] += part
    seen = total.reshape(high, wide, 4)[reach : reach + height, reach : reach + width].reshape(-1, 4)
    image = np.zeros((height * width, 4), np.uint8)
    drawn = np.flatnonzero(seen[:, 3])
    amount = seen[drawn, 3:]
    coverage = -np.expm1(-amount)
    image[drawn, :3] = np.rint(seen[drawn, :3] * (coverage / amount))
    image[drawn, 3:] = np.rint(coverage * 255)
    return image.reshape(height, width, 4)


def _sum_by_pixel(
    pixel: NDArray[np.int64], rgb: NDArray[np.uint8], opacity: NDArray[np.floating], pixels: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Pixels that hold a point, (P,), and over the points of each the weighted colour and the weight, (P, 4).

    Opacities multiply as their logarithms add, so that a weight of -log(1 - opacity) is summed.
    """
    marked = np.zeros(pixels, bool)
    marked[pixel] = True
    occupied = np.flatnonzero(marked)
    place = np.empty(pixels, np.int32)
    place[occupied] = np.arange(len(occupied), dtype=np.int32)
    where = place[pixel]
    weight = -np.log1p(-opacity.astype(np.float64))
    sums = np.empty((len(occupied), 4), np.float32)
    for channel in range(3):
        sums[:, channel] = np.bincount(where, weight * rgb[:, channel], minlength=len(occupied))
    sums[:, 3] = np.bincount(where, weight, minlength=len(occupied))
    return occupied, sums


def _disc(radius: float) -> list[tuple[int, int, np.float32]]:
    """Pixels of a disc as (down, right) from the one in its middle, and how much of each it covers."""
    reach = int(np.ceil(radius))
    steps = range(-reach, reach + 1)
    shares = [(down, right, np.float32(radius + 0.5 - np.hypot(down, right))) for down in steps for right in steps]
    return [(down, right, min(share, np.float32(1))) for down, right, share in shares if share > 0]
