"""Curves through latent codes, as points one after the other: lines, great circles, and equal steps along a curve."""

import itertools
import math

import numpy as np

from vae_explorer.array_types import Doubles, Floats

PARALLEL = 1e-6  # sine of the angle between two codes below which no great circle is better than another


def line(start: Floats, end: Floats, count: int) -> Floats:
    """`count` points at equal steps on the line from one code (latent_dim,) to another: (count, latent_dim)."""
    share = np.linspace(0, 1, count)[:, None]
    return ((1 - share) * start + share * end).astype(np.float32)


def great_circle(start: Floats, end: Floats, count: int) -> Floats:
    """`count` points from one code (latent_dim,) to another at equal angles around the origin: (count, latent_dim).

    Spherical interpolation (Shoemake 1985; for latent codes White 2016, "Sampling generative networks"): unlike a line,
    it does not come nearer to the origin than the codes are, where in many dimensions hardly any code of the prior
    lies. If the codes lie on one line through the origin, it is that line.
    """
    lengths = float(np.linalg.norm(start)), float(np.linalg.norm(end))
    if not all(lengths):
        return line(start, end, count)
    cosine = float(np.clip(np.dot(start / lengths[0], end / lengths[1]), -1, 1))
    angle = math.acos(cosine)
    if math.sin(angle) < PARALLEL:
        return line(start, end, count)
    share = np.linspace(0, 1, count)[:, None]
    curve = (np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / math.sin(angle)
    return np.asarray(curve, np.float32)


def along(points: Floats | Doubles) -> Doubles:
    """The length of the way (N,) from the first of N points (N, D) to each of them."""
    steps = np.linalg.norm(np.diff(points.astype(np.float64), axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def at_equal_steps(curve: Floats, way: Doubles, count: int) -> Floats:
    """`count` points of a curve (N, latent_dim) between which the way is equally long: (count, latent_dim).

    way: (N,), the length of the way to each point, never falling, in z or in another measure. Between two points the
    curve is straight.
    """
    if way[-1] <= way[0]:  # it stays where it is
        return np.repeat(curve[:1], count, axis=0)
    wanted = np.linspace(way[0], way[-1], count)
    found = np.column_stack([np.interp(wanted, way, curve[:, dimension]) for dimension in range(curve.shape[1])])
    return found.astype(np.float32)


def refined(curve: Floats, pieces: int) -> Floats:
    """A curve (N, latent_dim) with each of its straight parts cut into `pieces`: ((N - 1) * pieces + 1, latent_dim)."""
    share = np.arange(pieces)[:, None] / pieces
    parts = [(1 - share) * start + share * end for start, end in itertools.pairwise(curve)]
    return np.concatenate([*parts, curve[-1:]]).astype(np.float32)
