"""What stands at a point of the latent space: the decoded image and the nearest real one."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data import HELD_OUT, Dataset
from vae_explorer.decoding import Decoder, as_pixels, run_decoder
from vae_explorer.latent import nearest, to_plane
from vae_explorer.run import Run, Sample


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is explored: a decoder, with the codes of N images where they are known, and what images are at hand."""

    title: str
    decoder: Decoder
    image_shape: tuple[int, int, int]
    z_mean: NDArray[np.float32]  # (N, latent_dim)
    plane: NDArray[np.float32]  # (N, 2), where they are drawn
    label: NDArray[np.int32]  # (N,), position in class_names, -1: none
    split: NDArray[np.uint8]  # (N,)
    class_names: tuple[str, ...]
    images: NDArray[np.uint8]  # (K, H, W, C)
    image_of: NDArray[np.int64]  # (N,), position in images, -1: not at hand


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What stands at z."""

    z: NDArray[np.float32]  # (latent_dim,)
    pixels: NDArray[np.uint8]  # (H, W, C), decoded
    nearest: int  # which of the codes with an image at hand, -1: there is none
    distance: float  # of that code from z
    reconstruction: NDArray[np.uint8] | None  # (H, W, C), decoded from that code
    milliseconds: float  # to decode one code


def run_subject(run: Run, dataset: Dataset | None) -> Subject:
    """The run as something to explore, with the images of its data set or, where that is missing, of its sample.

    Raises UserError if its decoder is damaged.
    """
    info, codes = run.info, run.codes
    if dataset is not None:
        images, image_of = dataset.images, codes.index
    else:
        images = run.sample.images
        order = np.argsort(run.sample.index)
        place = np.searchsorted(run.sample.index[order], codes.index).clip(max=max(len(order) - 1, 0))
        known = run.sample.index[order][place] == codes.index if len(order) else np.zeros(len(codes.index), bool)
        image_of = np.where(known, order[place] if len(order) else -1, -1)
    return Subject(
        title=info.name,
        decoder=run_decoder(run),
        image_shape=info.dataset.image_shape,
        z_mean=codes.z_mean,
        plane=to_plane(codes.z_mean),
        label=codes.label,
        split=codes.split,
        class_names=info.dataset.class_names,
        images=images,
        image_of=image_of.astype(np.int64),
    )


def live_subject(
    decoder: Decoder,
    z_mean: NDArray[np.float32],
    label: NDArray[np.int32],
    sample: Sample,
    class_names: tuple[str, ...],
) -> Subject:
    """The model in training as something to explore: the codes are those of its held-out sample, all at hand."""
    height, width, channels = sample.images.shape[1:]
    return Subject(
        title="the model in training",
        decoder=decoder,
        image_shape=(height, width, channels),
        z_mean=z_mean,
        plane=to_plane(z_mean),
        label=label,
        split=np.full(len(z_mean), HELD_OUT, np.uint8),
        class_names=class_names,
        images=sample.images,
        image_of=np.arange(len(z_mean)),
    )


def explore(subject: Subject, z: NDArray[np.float32]) -> Answer:
    """Decode z (latent_dim,) and find the nearest code whose image is at hand."""
    began = time.perf_counter()
    pixels = as_pixels(subject.decoder(z[None]))[0]
    milliseconds = (time.perf_counter() - began) * 1000
    row, distance = nearest(subject.z_mean, z, subject.image_of >= 0)
    reconstruction = as_pixels(subject.decoder(subject.z_mean[row][None]))[0] if row >= 0 else None
    return Answer(z, pixels, row, distance, reconstruction, milliseconds)
