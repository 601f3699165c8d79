"""Derivatives of a decoder along directions of z, which only asks it for images: so any decoder will do."""

import numpy as np

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.model.decoder import Decoder

STEP = 0.01  # distance in z of the central differences: smaller ones lose digits, larger ones blur


def derivatives(decoder: Decoder, codes: Floats | Doubles, directions: Floats | Doubles) -> Doubles:
    """By how much each pixel value, 0 to 1, changes a unit of z along each of K directions (K, latent_dim).

    codes: (N, latent_dim), N >= 1. Returns (N, K, P) for images of P pixel values. All 2 N K images are decoded at a
    time.
    """
    steps = np.concatenate([directions, -directions]) * STEP
    moved = (codes[:, None] + steps).reshape(-1, codes.shape[1]).astype(np.float32)
    images = decoder(moved).astype(np.float64).reshape(len(codes), 2, len(directions), -1)
    found: Doubles = (images[:, 0] - images[:, 1]) / (2 * STEP)
    return found
