"""Points to pixels: a scatter drawn once into an image, whatever its number of points."""

import math

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
    # What of a disc leaves the margin goes to the spare pixels at both ends, or around a side into the other margin.
    spare = reach * wide + reach
    total = np.zeros((4, wide * high + 2 * spare), np.float32)
    for down, right, share in _disc(radius):
        target = occupied + (spare + down * wide + right)
        for channel in range(4):  # numpy indexes four rows faster than one array of four columns
            total[channel, target] += sums[channel] * np.float32(share)
    drawn = np.flatnonzero(total[3])
    amount = total[3, drawn]
    coverage = -np.expm1(-amount)
    share_of_sum = coverage / amount
    levels = [*(total[channel, drawn] * share_of_sum for channel in range(3)), coverage * 255]
    packed = np.zeros(total.shape[1], np.dtype("<u4"))
    packed[drawn] = sum(np.rint(level).astype(np.uint32) << (8 * i) for i, level in enumerate(levels))
    image = packed[spare : spare + wide * high].view(np.uint8).reshape(high, wide, 4)
    return np.ascontiguousarray(image[reach : reach + height, reach : reach + width])


def _sum_by_pixel(
    pixel: NDArray[np.int64], rgb: NDArray[np.uint8], opacity: NDArray[np.floating], pixels: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Pixels that hold a point, (P,), and over the points of each the weighted colour and the weight, (4, P).

    Opacities multiply as their logarithms add, so that a weight of -log(1 - opacity) is summed.
    """
    marked = np.zeros(pixels, bool)
    marked[pixel] = True
    occupied = np.flatnonzero(marked)
    place = np.empty(pixels, np.int32)
    place[occupied] = np.arange(len(occupied), dtype=np.int32)
    where = place[pixel]
    weight = -np.log1p(-opacity.astype(np.float64))
    sums = np.empty((4, len(occupied)), np.float32)
    for channel in range(3):
        sums[channel] = np.bincount(where, weight * rgb[:, channel], minlength=len(occupied))
    sums[3] = np.bincount(where, weight, minlength=len(occupied))
    return occupied, sums


def _disc(radius: float) -> list[tuple[int, int, float]]:
    """Pixels of a disc as (down, right) from the one in its middle, and how much of each it covers."""
    reach = int(np.ceil(radius))
    steps = range(-reach, reach + 1)
    shares = [(down, right, radius + 0.5 - math.hypot(down, right)) for down in steps for right in steps]
    return [(down, right, min(share, 1.0)) for down, right, share in shares if share > 0]
