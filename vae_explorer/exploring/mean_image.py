"""Two images that stand for a selection: the mean of its originals, and what the decoder draws at its mean code."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Doubles, Indices
from vae_explorer.exploring.errors import images_at_once
from vae_explorer.exploring.subject import Subject
from vae_explorer.progress import Progress, no_progress


@dataclass(frozen=True, slots=True, eq=False)
class MeanImages:
    """Of M selected images."""

    originals: Bytes | None  # (H, W, C) uint8, the mean of those that are at hand; None: none is
    at_hand: int
    decoded: Bytes | None  # (H, W, C) uint8, from the mean of the latent codes; None: no code is finite


def mean_images(subject: Subject, rows: Indices, progress: Progress = no_progress) -> MeanImages:
    """Of the images in some rows (M,). `progress` may raise an exception to end the computation."""
    places = np.sort(subject.image_of[rows])  # in the order in which they lie on disk
    places = places[places >= 0]
    total: Doubles = np.zeros(subject.image_shape)
    at_once = images_at_once(subject.image_shape)
    for start in range(0, len(places), at_once):
        total += subject.images[places[start : start + at_once]].sum(axis=0, dtype=np.float64)
        progress("Averaging the images", min(1.0, (start + at_once) / len(places)))
    originals = np.rint(total / len(places)).astype(np.uint8) if len(places) else None
    codes = subject.z_mean[rows]
    codes = codes[np.isfinite(codes).all(axis=1)]
    decoded = None
    if len(codes):
        code = codes.mean(axis=0, dtype=np.float64).astype(np.float32)
        decoded = np.rint(np.clip(subject.decoder(code[None])[0], 0, 1) * 255).astype(np.uint8)
    return MeanImages(originals, len(places), decoded)
