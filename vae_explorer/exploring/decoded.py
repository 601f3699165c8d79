"""Decodes a latent code and the traversals through it, and finds the nearest real image."""

import time
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.model.decoder import Decoder, as_pixels


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What is shown for z: its decoded image, and the nearest latent code of a real image."""

    z: Floats  # (latent_dim,)
    pixels: Bytes  # (H, W, C), decoded from z
    nearest: int  # row of the nearest latent code whose image is available, -1: there is none
    distance: float  # of that latent code from z
    reconstruction: Bytes | None  # (H, W, C), decoded from that latent code
    milliseconds: float  # taken to decode z


def explore(subject: Subject, z: Floats) -> Answer:
    """Decode z (latent_dim,) and find the nearest latent code whose image is available."""
    began = time.perf_counter()
    pixels = as_pixels(subject.decoder(z[None]))[0]
    milliseconds = (time.perf_counter() - began) * 1000
    row, distance = subject.with_image.nearest(z)
    reconstruction = as_pixels(subject.decoder(subject.z_mean[row][None]))[0] if row >= 0 else None
    return Answer(z, pixels, row, distance, reconstruction, milliseconds)


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
