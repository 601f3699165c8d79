"""What the decoder draws at a code and along the dimensions of z, and the nearest real image."""

import time
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.model.decoder import Decoder, as_pixels


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What stands at z."""

    z: Floats  # (latent_dim,)
    pixels: Bytes  # (H, W, C), decoded
    nearest: int  # which of the codes with an image at hand, -1: there is none
    distance: float  # of that code from z
    reconstruction: Bytes | None  # (H, W, C), decoded from that code
    milliseconds: float  # to decode one code


def explore(subject: Subject, z: Floats) -> Answer:
    """Decode z (latent_dim,) and find the nearest code whose image is at hand."""
    began = time.perf_counter()
    pixels = as_pixels(subject.decoder(z[None]))[0]
    milliseconds = (time.perf_counter() - began) * 1000
    row, distance = subject.with_image.nearest(z)
    reconstruction = as_pixels(subject.decoder(subject.z_mean[row][None]))[0] if row >= 0 else None
    return Answer(z, pixels, row, distance, reconstruction, milliseconds)


@dataclass(frozen=True, slots=True, eq=False)
class Traversals:
    """What is decoded along some of the dimensions of z, from a code on."""

    dimensions: tuple[int, ...]  # K of them, counted from 0
    images: Bytes  # (K, S, H, W, C)


def traverse(decoder: Decoder, code: Floats, dimensions: tuple[int, ...], places: Floats) -> Traversals:
    """Decode the code (latent_dim,) with each of the dimensions in turn at its places, a row (K, S) each."""
    codes = np.broadcast_to(code, (*places.shape, len(code))).copy()
    for row, dimension in enumerate(dimensions):
        codes[row, :, dimension] = places[row]
    images = as_pixels(decoder(codes.reshape(-1, len(code))))
    return Traversals(dimensions, images.reshape(*places.shape, *images.shape[1:]))
