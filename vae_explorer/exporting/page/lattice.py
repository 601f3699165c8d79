"""The lattice that replaces a decoder that a page cannot run: decoded images over a rectangle, to be interpolated."""

import math
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Floats, ImageShape, Indices
from vae_explorer.data.dataset import pixel_count
from vae_explorer.latent.plane import Plane, lattice, on_plane
from vae_explorer.model.decoder import Decoder, as_pixels
from vae_explorer.progress import Progress

MOST_PER_SIDE = 65  # lattice points per side
MOST_BYTES = 3_400_000  # size of the lattice before compression
FEWEST_MEASURED = 500  # least number of random latent codes at which interpolation and decoder are compared
BATCH = 128  # latent codes decoded between two reports of progress


@dataclass(frozen=True, slots=True)
class Lattice:
    """Decoded images over a rectangle of the plane. A one-dimensional latent space has a single row."""

    low: Floats  # (2,), the rectangle's corner of smallest z1 and z2
    high: Floats  # (2,)
    levels: Bytes  # (rows, columns, H, W, C); z2 falls from row to row, z1 rises from column to column

    def images(self, points: Floats) -> Floats:
        """The images of the page at points (N, 2) in the rectangle: (N, H, W, C) in [0, 1], in steps of 1 / 255."""
        share = (points - self.low) / (self.high - self.low)
        rows, columns = self.levels.shape[:2]
        up, down, fall = _between(1 - share[:, 1], rows)
        left, right, rise = _between(share[:, 0], columns)
        upper = (1 - rise) * self.levels[up, left] + rise * self.levels[up, right]
        lower = (1 - rise) * self.levels[down, left] + rise * self.levels[down, right]
        shown: Floats = np.rint((1 - fall) * upper + fall * lower) / np.float32(255)
        return shown

    def packed(self) -> Bytes:
        """The levels as differences of neighbours, modulo 256; these compress to a quarter to a half of the size."""
        flat = self.levels.ravel()
        image = math.prod(self.levels.shape[2:])
        for stride in (image, image * self.levels.shape[1]):
            flat = np.concatenate([flat[:stride], flat[stride:] - flat[:-stride]])
        return flat


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference of a lattice's and the decoder's images, pixels 0 to 1, over all pixels at `codes` random codes."""

    largest: float
    mean: float
    codes: int


def decode_lattice(
    decoder: Decoder, plane: Plane, low: Floats, high: Floats, image_shape: ImageShape, progress: Progress
) -> Lattice:
    """Decode a lattice over the rectangle of the plane from `low` to `high`, each (2,)."""
    images = MOST_BYTES // pixel_count(image_shape)
    if decoder.latent_dim == 1:
        rows, columns = 1, min(MOST_PER_SIDE**2, images)
    else:
        rows = columns = min(MOST_PER_SIDE, math.isqrt(images))
    z1, z2 = np.linspace(low[0], high[0], columns), np.linspace(low[1], high[1], rows)
    codes = lattice(z1.astype(np.float32), z2.astype(np.float32), plane)
    levels = np.empty((len(codes), *image_shape), np.uint8)
    for start in range(0, len(codes), BATCH):
        progress("Decoding the lattice", start / len(codes))
        levels[start : start + BATCH] = as_pixels(decoder(codes[start : start + BATCH]))
    return Lattice(low, high, levels.reshape(rows, columns, *image_shape))


def measure(images: Lattice, decoder: Decoder, plane: Plane, progress: Progress) -> Difference:
    """Compare the lattice with the decoder at random latent codes in its rectangle of the plane."""
    count = max(FEWEST_MEASURED, math.prod(images.levels.shape[:2]))
    points = np.random.default_rng(0).uniform(images.low, images.high, (count, 2)).astype(np.float32)
    largest = total = 0.0
    for start in range(0, count, BATCH):
        progress("Measuring the interpolation", start / count)
        some = points[start : start + BATCH]
        differences = np.abs(images.images(some) - decoder(on_plane(some, plane)))
        largest, total = max(largest, float(differences.max())), total + float(differences.sum())
    return Difference(largest, total / (count * math.prod(images.levels.shape[2:])), count)


def _between(share: Floats, count: int) -> tuple[Indices, Indices, Floats]:
    """The lattice lines before and after each share (N,) of a side, 0 to 1, and the position between both, 0 to 1."""
    position = share * (count - 1)
    before = np.clip(position.astype(np.intp), 0, max(count - 2, 0))
    return before, np.minimum(before + 1, count - 1), (position - before).reshape(-1, 1, 1, 1).astype(np.float32)
