"""How well each image is reconstructed: the error of what the decoder draws from its latent code."""

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.errors import keep_errors, kept_errors

VALUES = 1 << 20  # most pixel values that are decoded at a time


def image_errors(subject: Subject, progress: Progress = no_progress) -> Floats:
    """The root mean square difference of each image and its reconstruction, pixels 0 to 1: (N,), NaN: no image.

    The errors of a run are measured once for the images that are available, and kept with it. `progress` may raise an
    exception to end the computation.
    """
    available = np.flatnonzero(subject.image_of >= 0)
    run = subject.run
    if run is not None:
        kept = kept_errors(run)
        if kept is not None and np.isfinite(kept[available]).all():
            return kept
    errors = np.full(len(subject.image_of), np.nan, np.float32)
    height, width, channels = subject.image_shape
    at_once = max(1, VALUES // (height * width * channels))
    for start in range(0, len(available), at_once):
        rows = available[start : start + at_once]
        originals = subject.images[subject.image_of[rows]].astype(np.float32) / np.float32(255)
        difference = subject.decoder(subject.z_mean[rows]) - originals
        errors[rows] = np.sqrt(np.square(difference).mean(axis=(1, 2, 3)))
        progress("Measuring reconstruction errors", min(1.0, (start + at_once) / len(available)))
    if run is not None and len(available):
        keep_errors(run, errors)
    return errors
