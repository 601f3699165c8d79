"""How much the decoder stretches the plane of the map: its magnification factor (Arvanitidis et al. 2018)."""

import math

import numpy as np

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.exploring.derivatives import derivatives
from vae_explorer.latent.plane import Plane, on_plane
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress

VALUES = 1 << 20  # most pixel values that are decoded at a time


def magnification(
    decoder: Decoder, points: Floats, plane: Plane, value_count: int, progress: Progress = no_progress
) -> Floats:
    """sqrt(det J^T J) at points (N, 2) of the plane: (N,) float32.

    J is the derivative of the pixel values, 0 to 1, by the two coordinates of the plane, from central differences; so
    all other dimensions of z are held fixed. The factor is the area that a small square of the plane covers in the
    space of images, as a multiple of its own; with one latent dimension, the length of a small step. value_count: pixel
    values in an image.
    """
    directions = plane.directions[:1] if plane.latent_dim == 1 else plane.directions
    factors = np.empty(len(points), np.float32)
    at_once = max(1, VALUES // (2 * len(directions) * value_count))
    for start in range(0, len(points), at_once):
        codes = on_plane(points[start : start + at_once], plane)
        factors[start : start + at_once] = area(derivatives(decoder, codes, directions))
        progress("Measuring the decoder", min(1.0, (start + at_once) / len(points)))
    return factors


def area(derivative: Floats | Doubles) -> Floats:
    """sqrt(det J^T J) of transposed derivatives (N, D, P), D <= 2: the length or the area that the D vectors span."""
    first = derivative[:, 0].astype(np.float64)
    length = np.square(first).sum(axis=1)
    if derivative.shape[1] == 1:
        return np.asarray(np.sqrt(length), np.float32)
    second = derivative[:, 1].astype(np.float64)
    shared = (first * second).sum(axis=1) / np.maximum(length, math.ulp(0))
    rest = second - shared[:, None] * first  # orthogonal to the first; a difference of products would lose digits
    return np.asarray(np.sqrt(length * np.square(rest).sum(axis=1)), np.float32)
