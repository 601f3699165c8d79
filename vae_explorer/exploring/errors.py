"""How well each image is reconstructed: the error of what the decoder draws from its latent code."""

import numpy as np

from vae_explorer.array_types import Flags, Floats, Indices
from vae_explorer.exploring.subject import Subject
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.errors import keep_errors, kept_errors

VALUES = 1 << 20  # most pixel values that are decoded at a time


def image_errors(subject: Subject, progress: Progress = no_progress) -> Floats:
    """The root mean square difference of each image and its reconstruction, pixels 0 to 1: (N,), NaN: no image.

    A conditional decoder is given the class of each image; without a class that it knows, an image has no error.

    The errors of a run are measured once for the images that are available, and kept with it. `progress` may raise an
    exception to end the computation.
    """
    available = np.flatnonzero(subject.image_of >= 0)
    run = subject.run
    if run is not None:
        kept = kept_errors(run)
        if kept is not None and np.isfinite(kept[available]).sum() >= _with_class(subject)[available].sum():
            return kept
    errors = np.full(len(subject.image_of), np.nan, np.float32)
    height, width, channels = subject.image_shape
    at_once = max(1, VALUES // (height * width * channels))
    for start in range(0, len(available), at_once):
        rows = available[start : start + at_once]
        originals = subject.images[subject.image_of[rows]].astype(np.float32) / np.float32(255)
        difference = _reconstructed(subject, rows) - originals
        errors[rows] = np.sqrt(np.square(difference).mean(axis=(1, 2, 3)))
        progress("Measuring reconstruction errors", min(1.0, (start + at_once) / len(available)))
    if run is not None and len(available):
        keep_errors(run, errors)
    return errors


def can_be_reconstructed(subject: Subject) -> bool:
    """Whether there is an image with an error."""
    return bool((_with_class(subject) & (subject.image_of >= 0)).any())


def _with_class(subject: Subject) -> Flags:
    """Whether the class of each image is known to the decoder, or it needs none: (N,)."""
    if not isinstance(subject.decoder, ClassDecoder):
        return np.ones(len(subject.image_of), bool)
    if subject.class_names != subject.columns.class_names:
        return np.zeros(len(subject.image_of), bool)
    return subject.label >= 0


def _reconstructed(subject: Subject, rows: Indices) -> Floats:
    """The images decoded from the codes in these rows, each in its own class; NaN without one."""
    decoder, codes = subject.decoder, subject.z_mean[rows]
    if not isinstance(decoder, ClassDecoder):
        return decoder(codes)
    images = np.full((len(rows), *subject.image_shape), np.nan, np.float32)
    known = _with_class(subject)[rows]
    for label in np.unique(subject.label[rows][known]).tolist():
        some = known & (subject.label[rows] == label)
        images[some] = decoder.of_class(label)(codes[some])
    return images
