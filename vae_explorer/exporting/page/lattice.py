"""The stand-in for a decoder that a page cannot run: decoded images over a rectangle, interpolated between."""

import math
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Floats, ImageShape, Indices
from vae_explorer.data.dataset import pixel_count
from vae_explorer.latent.plane import Plane, lattice, on_plane
from vae_explorer.model.decoder import Decoder, as_pixels
from vae_explorer.progress import Progress

MOST_A_SIDE = 65  # lattice points
MOST_BYTES = 3_400_000  # of the lattice, before it is compressed
FEWEST_MEASURED = 500  # random codes at which the interpolation is held against the decoder
BATCH = 128  # codes decoded between two reports of progress


@dataclass(frozen=True, slots=True)
class Lattice:
    """Decoded images over a rectangle of the plane. Of a one-dimensional latent space there is one row."""

    low: Floats  # (2,), the rectangle's corner of smallest z1 and z2
    high: Floats  # (2,)
    levels: Bytes  # (rows, columns, H, W, C); row by row as a picture is read: z2 falls, z1 rises

    def images(self, points: Floats) -> Floats:
        """What the page shows at points (N, 2) within the rectangle: (N, H, W, C) in [0, 1], in steps of 1 / 255."""
        place = (points - self.low) / (self.high - self.low)
        rows, columns = self.levels.shape[:2]
        up, down, fall = _between(1 - place[:, 1], rows)
        left, right, rise = _between(place[:, 0], columns)
        upper = (1 - rise) * self.levels[up, left] + rise * self.levels[up, right]
        lower = (1 - rise) * self.levels[down, left] + rise * self.levels[down, right]
        shown: Floats = np.rint((1 - fall) * upper + fall * lower) / np.float32(255)
        return shown

    def packed(self) -> Bytes:
        """The levels as differences of neighbours, modulo 256: compressed, a quarter to a half of the size."""
        flat = self.levels.ravel()
        image = math.prod(self.levels.shape[2:])
        for stride in (image, image * self.levels.shape[1]):
            flat = np.concatenate([flat[:stride], flat[stride:] - flat[:-stride]])
        return flat


@dataclass(frozen=True, slots=True)
class Difference:
    """Between a lattice's images and the decoder's, in [0, 1], over all pixels at `codes` random codes."""

    largest: float
    mean: float
    codes: int


def decode_lattice(
    decoder: Decoder, plane: Plane, low: Floats, high: Floats, image_shape: ImageShape, progress: Progress
) -> Lattice:
    """Decode a lattice over the rectangle of the plane from `low` to `high`, each (2,)."""
    images = MOST_BYTES // pixel_count(image_shape)
    if decoder.latent_dim == 1:
        rows, columns = 1, min(MOST_A_SIDE**2, images)
    else:
        rows = columns = min(MOST_A_SIDE, math.isqrt(images))
    z1, z2 = np.linspace(low[0], high[0], columns), np.linspace(low[1], high[1], rows)
    codes = lattice(z1.astype(np.float32), z2.astype(np.float32), plane)
    levels = np.empty((len(codes), *image_shape), np.uint8)
    for start in range(0, len(codes), BATCH):
        progress("Decoding the lattice", start / len(codes))
        levels[start : start + BATCH] = as_pixels(decoder(codes[start : start + BATCH]))
    return Lattice(low, high, levels.reshape(rows, columns, *image_shape))


def measure(images: Lattice, decoder: Decoder, plane: Plane, progress: Progress) -> Difference:
    """How far the lattice is from the decoder, at random codes of its rectangle of the plane."""
    count = max(FEWEST_MEASURED, math.prod(images.levels.shape[:2]))
    points = np.random.default_rng(0).uniform(images.low, images.high, (count, 2)).astype(np.float32)
    largest = total = 0.0
    for start in range(0, count, BATCH):
        progress("Measuring the interpolation", start / count)
        some = points[start : start + BATCH]
        differences = np.abs(images.images(some) - decoder(on_plane(some, plane)))
        largest, total = max(largest, float(differences.max())), total + float(differences.sum())
    return Difference(largest, total / (count * math.prod(images.levels.shape[2:])), count)


def _between(place: Floats, count: int) -> tuple[Indices, Indices, Floats]:
    """The lattice lines before and after each place (N,) in [0, 1], and how far it is from the one to the other."""
    position = place * (count - 1)
    before = np.clip(position.astype(np.intp), 0, max(count - 2, 0))
    return before, np.minimum(before + 1, count - 1), (position - before).reshape(-1, 1, 1, 1).astype(np.float32)
