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
    """Draw points as discs, in no order: where they overlap, their colours mix by opacity.

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
    pixel = row[inside] * wide + column[inside]
    # Opacities multiply as their logarithms add: one weighted histogram is the coverage of any number of points.
    weight = -np.log1p(-opacity[inside].astype(np.float64))
    occupied, where = np.unique(pixel, return_inverse=True) if len(pixel) < wide * high // 8 else (None, pixel)
    bins = wide * high if occupied is None else len(occupied)
    sums = np.empty((4, bins), np.float32)
    for channel in range(3):
        sums[channel] = np.bincount(where, weight * rgb[inside, channel], minlength=bins)
    sums[3] = np.bincount(where, weight, minlength=bins)
    if occupied is not None:
        full = np.zeros((4, wide * high), np.float32)
        full[:, occupied] = sums
        sums = full
    planes = sums.reshape(4, high, wide)
    total = np.zeros((4, height, width), np.float32)
    for down, right in _disc(radius):
        total += planes[:, reach - down : reach - down + height, reach - right : reach - right + width]
    image = np.zeros((height, width, 4), np.uint8)
    drawn = total[3] > 0
    amount = total[3, drawn]
    coverage = -np.expm1(-amount)
    for channel in range(3):
        image[drawn, channel] = np.rint(total[channel, drawn] / amount * coverage)
    image[drawn, 3] = np.rint(coverage * 255)
    return image


def _disc(radius: float) -> list[tuple[int, int]]:
    """Offsets (down, right) of the pixels of a disc around the one in its middle."""
    reach = int(np.ceil(radius))
    steps = range(-reach, reach + 1)
    return [(down, right) for down in steps for right in steps if down**2 + right**2 <= radius**2]
