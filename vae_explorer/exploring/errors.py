"""How well each image is reconstructed: the error of what the decoder draws from its latent code."""

import threading

import numpy as np

from vae_explorer.array_types import Bytes, Flags, Floats, ImageShape, Indices, Ints
from vae_explorer.data.dataset import pixel_count
from vae_explorer.exploring.subject import Subject
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.errors import keep_errors, kept_errors

VALUES = 1 << 20  # most pixel values that are decoded at a time
TASK = "Measuring reconstruction errors"
WAIT = 0.05  # seconds between two looks of a waiting thread, whether it is still to wait

_measuring = threading.Lock()  # what one thread has measured and kept, another one need not measure


def image_errors(subject: Subject, progress: Progress = no_progress) -> Floats:
    """The root mean square difference of each image and its reconstruction, pixels 0 to 1: (N,), NaN: no image.

    A conditional decoder is given the class of each image; without a class that it knows, an image has no error.

    The errors of a run are measured once for the images that are available, and kept with it. `progress` may raise an
    exception to end the computation. Where several threads want them at a time, one measures and the others wait.
    """
    while not _measuring.acquire(timeout=WAIT):
        progress(TASK, 0.0)
    try:
        return _image_errors(subject, progress)
    finally:
        _measuring.release()


def _image_errors(subject: Subject, progress: Progress) -> Floats:
    available = np.flatnonzero(subject.image_of >= 0)
    run = subject.run
    if run is not None:
        kept = kept_errors(run)
        if kept is not None and np.isfinite(kept[available]).sum() >= _with_class(subject)[available].sum():
            return kept
    errors = np.full(len(subject.image_of), np.nan, np.float32)
    errors[available] = errors_of(subject, available, progress)
    if run is not None and len(available):
        keep_errors(run, errors)
    return errors


def errors_of(subject: Subject, rows: Indices, progress: Progress = no_progress) -> Floats:
    """The errors, as in `image_errors`, of the images in some rows (n,): (n,), NaN: no image. They are not kept."""
    errors = np.full(len(rows), np.nan, np.float32)
    available = np.flatnonzero(subject.image_of[rows] >= 0)
    label = np.where(_with_class(subject), subject.label, -1)
    at_once = images_at_once(subject.image_shape)
    for start in range(0, len(available), at_once):
        some = available[start : start + at_once]
        here = rows[some]
        decoded = reconstructed(subject.decoder, subject.z_mean[here], label[here], subject.image_shape)
        errors[some] = difference(subject.images[subject.image_of[here]], decoded)
        progress(TASK, min(1.0, (start + at_once) / len(available)))
    return errors


def why_no_errors(subject: Subject) -> str:
    """Why no image has an error, one sentence; "": there are some."""
    available = subject.image_of >= 0
    if not available.any():
        return "No images are available."
    return "" if (_with_class(subject) & available).any() else "The images have no class that the decoder knows."


def _with_class(subject: Subject) -> Flags:
    """Whether the class of each image is known to the decoder, or it needs none: (N,)."""
    if not isinstance(subject.decoder, ClassDecoder):
        return np.ones(len(subject.image_of), bool)
    if subject.class_names != subject.columns.class_names:
        return np.zeros(len(subject.image_of), bool)
    return subject.label >= 0


def images_at_once(image_shape: ImageShape) -> int:
    """How many images of this shape are decoded at a time."""
    return max(1, VALUES // pixel_count(image_shape))


def reconstructed(decoder: Decoder, codes: Floats, label: Ints, image_shape: ImageShape) -> Floats:
    """The images (N, H, W, C) decoded from codes (N, latent_dim).

    label: (N,), the class that a conditional decoder is given for each image; NaN are the pixels of an image with -1.
    """
    if not isinstance(decoder, ClassDecoder):
        return decoder(codes)
    images = np.full((len(codes), *image_shape), np.nan, np.float32)
    for known in np.unique(label[label >= 0]).tolist():
        some = label == known
        images[some] = decoder.of_class(known)(codes[some])
    return images


def difference(images: Bytes, decoded: Floats) -> Floats:
    """The root mean square difference of images and their reconstructions, (N, H, W, C) each, pixels 0 to 1: (N,)."""
    originals = images.astype(np.float32) / np.float32(255)
    errors: Floats = np.sqrt(np.square(decoded - originals).mean(axis=(1, 2, 3)))
    return errors
