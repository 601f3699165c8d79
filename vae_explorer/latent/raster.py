"""Drawing the scatter plot of any number of points into an image."""

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Bytes, Doubles, Floats, Ints

CHUNK = 1 << 18  # points that are drawn at a time, few enough for the processor's cache
COARSE = 1 << 20  # most points, and most pixels, of a coarse drawing
SMALLEST, LARGEST = 1.1, 4.0  # limits of the radius of a dot, in pixels of the layout
RINGED = 4  # as many dots without rings are about as crowded as one with a ring
RING, RING_OPACITY = 1.6, 0.85  # width of a ring around a dot, in pixels of the layout, and its opacity


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """N points. Points that are near each other in the plane are mostly near each other in the arrays."""

    x: Floats  # (N,)
    y: Floats  # (N,)
    style: Ints  # (N,), index into the tables of colours and opacities


@dataclass(frozen=True, slots=True)
class View:
    """The rectangle of the plane that is drawn, and the size of the image in pixels."""

    left: float
    right: float
    low: float
    high: float
    width: int  # device pixels
    height: int
    ratio: float  # device pixels per pixel of the layout

    def coarser(self) -> "View":
        """The same rectangle of the plane in an image of at most about `COARSE` pixels."""
        less = math.ceil(math.sqrt(self.width * self.height / COARSE))
        return replace(
            self, width=-(-self.width // less), height=-(-self.height // less), ratio=max(1.0, self.ratio / less)
        )


def arrange(plane: Floats, style: Ints) -> Points:
    """Points at the coordinates `plane` (N, 2) with styles (N,), sorted into 256 x 256 cells.

    Drawing sorted points writes to memory in order, which is three times faster for a million points. And every n-th of
    them is a fair sample of the plane.
    """
    cell = np.zeros(len(plane), np.uint16)
    for axis in (1, 0) if len(plane) else ():
        ordered = np.sort(plane[:: max(1, len(plane) // CHUNK), axis])
        low, high = ordered[len(ordered) // 100], ordered[-1 - len(ordered) // 100]
        position = (plane[:, axis] - np.float32(low)) * np.float32(200 / max(high - low, 1e-30)) + np.float32(28)
        cell = cell * np.uint16(256) + np.clip(position, 0, 255, out=position).astype(np.uint16)
    order = np.argsort(cell, kind="stable")
    return Points(plane[order, 0], plane[order, 1], style[order])


def draw(
    points: Points,
    rgb: Bytes,
    opacity: NDArray[np.floating],
    view: View,
    coarse: bool = False,
    ring: Bytes | None = None,
) -> Bytes:
    """Draw a view of points as dots. The fewer points are in view, the larger the dots are.

    Points that are left out count as well, so that the others keep their size when a class is hidden.

    rgb: (S, 3), and opacity: (S,) in [0, 1), indexed by style; points of opacity 0 are left out. coarse: draw only
    every n-th point, with more opacity, if there are more than `COARSE`, which is faster. ring: (3,), the colour of
    rings around the dots, below all dots, so that dots that overlap have one outline. Returns (height, width, 4) uint8
    RGBA, alpha premultiplied.
    """
    every = -(-len(points.x) // COARSE) if coarse else 1
    across = np.float32(view.width / (view.right - view.left))
    down = np.float32(view.height / (view.high - view.low))
    x = (points.x[::every] - np.float32(view.left)) * across
    y = (np.float32(view.high) - points.y[::every]) * down
    style = points.style[::every]
    # Every n-th point is enough to estimate how many are in view.
    some = slice(None, None, max(1, len(x) // CHUNK))
    a, b = x[some], y[some]
    in_view = (a >= 0) & (a < view.width) & (b >= 0) & (b < view.height)
    crowd = np.count_nonzero(in_view) * some.step * every * (1 if ring is None else RINGED)
    radius = dot_radius(int(crowd), view)
    stronger = 1 - (1 - opacity.astype(np.float64)) ** every
    size = view.width, view.height
    dots = rasterize(x, y, style, rgb, stronger, size, radius)
    if ring is None:
        return dots
    # Where dots overlap or are pale, no ring is to be seen through them: it is an outline, not a ground.
    through = np.square(np.square(np.float32(1) - dots[..., 3] * np.float32(1 / 255)))
    inside = (opacity > 0)[style]
    strength = _discs(x[inside], y[inside], size, radius + view.ratio * RING) * through
    outlined: Bytes = dots + (strength[..., None] * np.array([*ring, 255], np.float32)).astype(np.uint8)
    return outlined


def dot_radius(crowd: int, view: View) -> float:
    """The radius in device pixels of dots, of which about `crowd` are in view."""
    room = view.width * view.height / view.ratio**2
    return view.ratio * float(np.clip(0.35 * math.sqrt(room / (crowd + 1)), SMALLEST, LARGEST))


def _discs(x: NDArray[np.floating], y: NDArray[np.floating], size: tuple[int, int], radius: float) -> Floats:
    """How much of each pixel is covered by discs of RING_OPACITY around points, as if they were one shape: (H, W)."""
    (width, height), reach = size, math.ceil(radius)
    there = np.zeros((height + 2 * reach, width + 2 * reach), np.uint8)
    near = (x >= -reach) & (x < width + reach) & (y >= -reach) & (y < height + reach)
    there[(y[near] + reach).astype(np.intp), (x[near] + reach).astype(np.intp)] = 1
    covered = np.zeros((height, width), np.uint8)
    for share, offsets in _disc(radius).items():
        level = there * np.uint8(255 * share)
        for down, right in offsets:
            part = level[reach - down : reach - down + height, reach - right : reach - right + width]
            np.maximum(covered, part, out=covered)
    return covered * np.float32(RING_OPACITY / 255)


def rasterize(
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    style: NDArray[np.integer],
    rgb: Bytes,
    opacity: NDArray[np.floating],
    size: tuple[int, int],
    radius: float,
) -> Bytes:
    """Draw points as soft-edged discs. Where they overlap, their colours mix by opacity, whatever the order.

    x, y: (N,) pixel coordinates, x to the right and y down, pixel (0, 0) covering [0, 1) x [0, 1); points outside
    are left out. style: (N,), index into rgb (S, 3) and opacity (S,) in [0, 1). size: (width, height) in pixels.
    radius: in pixels, >= 0.5.
    Returns (height, width, 4) uint8 RGBA, alpha premultiplied: coverage is 1 - product of (1 - opacity).
    """
    width, height = size
    reach = math.ceil(radius)
    wide, high = width + 2 * reach, height + 2 * reach  # with a margin, so that discs at the edge are drawn whole
    # Coverage multiplies the factors 1 - opacity, so their logarithms can be summed.
    weight = -np.log1p(-np.asarray(opacity, np.float64))
    table = np.vstack([rgb.T * weight, 255 * weight])
    sums = np.zeros((4, wide * high), np.float32)
    for start in range(0, len(x), CHUNK):
        chunk = slice(start, start + CHUNK)
        _add_by_pixel(sums, x[chunk] + reach, y[chunk] + reach, style[chunk], table, wide)
    total = _spread(sums, wide, reach, radius).reshape(4, high, wide)
    return _tone(total[:, reach : reach + height, reach : reach + width])


def _add_by_pixel(
    sums: Floats,
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    style: NDArray[np.integer],
    table: Doubles,
    wide: int,
) -> None:
    """Add each point's column of table (4, S) to its pixel in sums (4, P), an image of `wide` pixels per row."""
    pixels = sums.shape[1]
    inside = (x >= 0) & (x < wide) & (y >= 0) & (y < pixels // wide)
    if not inside.all():
        x, y, style = x[inside], y[inside], style[inside]
    if not len(x):
        return
    pixel = y.astype(np.intp) * wide + x.astype(np.intp)
    # Count only between the first and the last pixel that has points: a chunk of arranged points fills few rows.
    first, last = int(pixel.min()), int(pixel.max()) + 1
    pixel -= first
    for channel in range(4):
        sums[channel, first:last] += np.bincount(pixel, table[channel][style], minlength=last - first)


def _spread(sums: Floats, wide: int, reach: int, radius: float) -> Floats:
    """Spread the sums (4, P) of each pixel over a disc around it. Returns (4, P).

    Where a disc leaves the image above or below, it goes to spare pixels at both ends. Where it leaves it at a side, it
    goes into the margin of the other side.
    """
    pixels = sums.shape[1]
    spare = reach * wide + reach
    total = np.zeros((4, pixels + 2 * spare), np.float32)
    occupied = np.flatnonzero(sums[3])
    crowded = len(occupied) > pixels / 12  # adding whole rows is then faster than adding single pixels
    values = sums if crowded else sums[:, occupied]
    # Few operations on large arrays: each one has to wait for Python's lock while the window is painted.
    for share, offsets in _disc(radius).items():
        weighted = values * np.float32(share)
        for down, right in offsets:
            start = spare + down * wide + right
            if crowded:
                total[:, start : start + pixels] += weighted
            else:
                total[:, occupied + start] += weighted
    return total[:, spare : spare + pixels]


def _disc(radius: float) -> dict[float, list[tuple[int, int]]]:
    """Offsets (down, right) of a disc's pixels from its middle, grouped by the share of the pixel that it covers."""
    reach = math.ceil(radius)
    steps = range(-reach, reach + 1)
    pixels: dict[float, list[tuple[int, int]]] = {}
    for down, right in itertools.product(steps, steps):
        share = min(radius + 0.5 - math.hypot(down, right), 1.0)
        if share > 0:
            pixels.setdefault(share, []).append((down, right))
    return pixels


def _tone(total: Floats) -> Bytes:
    """Sums (4, H, W), of weighted RGB and of 255 times the weights, as premultiplied RGBA (H, W, 4) uint8."""
    amount = total[3] * np.float32(1 / 255)
    coverage = -np.expm1(-amount)
    share = np.divide(coverage, amount, out=coverage, where=amount > 0)
    image = np.empty((*amount.shape, 4), np.uint8)
    for channel in range(4):
        image[..., channel] = total[channel] * share + np.float32(0.5)
    return image
