"""Decodes a latent code and the traversals through it, and finds the nearest real images."""

import time
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Indices
from vae_explorer.exploring.shown_images import ShownImages, shown_images
from vae_explorer.exploring.subject import Subject
from vae_explorer.model.decoder import Decoder, as_pixels

NEAREST = 8  # real images that are found around a latent code


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What is shown for z: its decoded image, and the nearest latent codes of real images."""

    z: Floats  # (latent_dim,)
    pixels: Bytes  # (H, W, C), decoded from z
    among: ShownImages  # the images that were searched for the nearest ones
    rows: Indices  # (K,), of the at most NEAREST nearest latent codes whose images are available, nearest first
    distances: Floats  # (K,), of those latent codes from z, in all of z
    reconstruction: Bytes | None  # (H, W, C), decoded from the nearest latent code; None: there is none
    milliseconds: float  # taken to decode z

    @property
    def nearest(self) -> int:
        """The row of the nearest latent code whose image is available, -1: there is none."""
        return int(self.rows[0]) if len(self.rows) else -1

    @property
    def distance(self) -> float:
        """The distance of that latent code from z, infinite if there is none."""
        return float(self.distances[0]) if len(self.rows) else float("inf")


def explore(subject: Subject, z: Floats, among: ShownImages | None = None) -> Answer:
    """Decode z (latent_dim,) and find the nearest latent codes whose images are available.

    among: of this subject; None: all its images.
    """
    among = among or shown_images(subject)
    began = time.perf_counter()
    pixels = as_pixels(subject.decoder(z[None]))[0]
    milliseconds = (time.perf_counter() - began) * 1000
    rows, distances = among.search.closest(z, NEAREST)
    reconstruction = as_pixels(subject.decoder(subject.z_mean[rows[:1]]))[0] if len(rows) else None
    return Answer(z, pixels, among, rows, distances, reconstruction, milliseconds)


@dataclass(frozen=True, slots=True, eq=False)
class Traversals:
    """Decoded images along K dimensions of z, S steps in each, through one latent code."""

    dimensions: tuple[int, ...]  # (K,), from 0
    images: Bytes  # (K, S, H, W, C)


def traverse(decoder: Decoder, code: Floats, dimensions: tuple[int, ...], values: Floats) -> Traversals:
    """Decode traversals through a latent code (latent_dim,); all its other coordinates are kept.

    dimensions: (K,), from 0; values: (K, S), the coordinates along each of them.
    """
    codes = np.broadcast_to(code, (*values.shape, len(code))).copy()
    for row, dimension in enumerate(dimensions):
        codes[row, :, dimension] = values[row]
    images = as_pixels(decoder(codes.reshape(-1, len(code))))
    return Traversals(dimensions, images.reshape(*values.shape, *images.shape[1:]))
