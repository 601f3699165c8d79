"""Digits in colour, for what has to be tried with images of three channels."""

import numpy as np

from vae_explorer.array_types import Bytes, Ints


def coloured(digits: Bytes, labels: Ints) -> Bytes:
    """The digits (N, 28, 28, 1) as images (N, 32, 32, 3), each class in its own colour on a dark background of another.

    labels: (N,), 0 to 9.
    """
    levels = np.pad(digits, ((0, 0), (2, 2), (2, 2), (0, 0))).astype(np.float32) / 255
    ink, ground = np.random.default_rng(0).uniform((100, 0), (255, 60), (10, 3, 2)).transpose(2, 0, 1)
    ink, ground = (colour.astype(np.float32)[labels][:, None, None] for colour in (ink, ground))
    return np.rint(levels * ink + (1 - levels) * ground).astype(np.uint8)
