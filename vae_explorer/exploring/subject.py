"""What stands at a point of the latent space: the decoded image and the nearest real one."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Bytes, Floats, ImageShape, Ints, Longs
from vae_explorer.data.dataset import HELD_OUT, KERAS_NAMES, SPLITS, Dataset, no_values
from vae_explorer.errors import UserError
from vae_explorer.latent.dimensions import Dimensions, mean_kl, measure_dimensions
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.latent.plane import FIRST_TWO, Plane, axes_plane, to_plane
from vae_explorer.model.decoder import Decoder, as_pixels, run_decoder
from vae_explorer.run.arrays import Sample
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.run import Run, sample_image_of


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is explored: a decoder, with the codes of N images where they are known, and what images are at hand."""

    title: str
    decoder: Decoder
    image_shape: ImageShape
    z_mean: Floats  # (N, latent_dim)
    drawn_in: Plane  # through z = 0
    plane: Floats  # (N, 2), where they are drawn in it
    dimensions: Dimensions  # of z
    label: Ints  # (N,), position in class_names, -1: none
    split: Bytes  # (N,)
    class_names: tuple[str, ...]
    images: Bytes  # (K, H, W, C)
    image_of: Longs  # (N,), position in images, -1: not at hand
    on_map: Neighbours  # of plane
    with_image: Neighbours  # of z_mean, where the image is at hand
    value_names: tuple[str, ...]
    values: Floats  # (N, K), one column a value name, NaN: unknown

    def build_trees(self) -> None:
        """Make searches among many codes fast; may take seconds, in any thread."""
        self.on_map.build()
        self.with_image.build()


def draw_in(subject: Subject, plane: Plane) -> Subject:
    """The same, its codes drawn in another plane."""
    points = to_plane(subject.z_mean, plane)
    return replace(subject, drawn_in=plane, plane=points, on_map=Neighbours(points))


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What stands at z."""

    z: Floats  # (latent_dim,)
    pixels: Bytes  # (H, W, C), decoded
    nearest: int  # which of the codes with an image at hand, -1: there is none
    distance: float  # of that code from z
    reconstruction: Bytes | None  # (H, W, C), decoded from that code
    milliseconds: float  # to decode one code


def group_of(style: Ints | int, split: Bytes | int) -> Ints:
    """Codes of this colour (-1: none) and of this split as one number, from 0."""
    return ((np.asarray(style, np.int32) + 1) * len(SPLITS) + split).astype(np.int32)


def load_run(path: Path) -> tuple[Run, Subject]:
    """Read a run and make it something to explore, with the images of its sample. Raises UserError as `open_run`.

    path: the run's folder, or a page that was exported from it.
    """
    run = open_run_or_page(path)
    return run, run_subject(run, None)


def find_dataset(run: Run, source: str | None = None, progressed: Callable[[float], None] = lambda _: None) -> Dataset:
    """The data set that a run was trained on, from another source if one is given, else from where it was.

    Runs come from others, too: unasked, nothing is fetched over a network for one. Raises UserError if it is not there.
    """
    from vae_explorer.data.keras_sets import is_kept
    from vae_explorer.data.reading import load_dataset  # which the first window does not need

    wanted = source or run.info.dataset.source
    if not wanted:
        raise UserError("A page does not say where its images lay.")
    if source is None and wanted.startswith(("//", "\\\\")):
        raise UserError(f"Its images lie on another computer, {wanted}: locate them to have them read.")
    if source is None and wanted in KERAS_NAMES and not is_kept(wanted):
        raise UserError(f"{wanted} would have to be downloaded: train on it once, or locate it.")
    dataset = load_dataset(wanted, run.info.dataset.options, progressed)
    if dataset.info.fingerprint != run.info.dataset.fingerprint:
        raise UserError(f"{dataset.info.source} does not hold the images that this run was trained on.")
    return dataset


def run_subject(run: Run, dataset: Dataset | None) -> Subject:
    """The run as something to explore, with the images of its data set or, where that is missing, of its sample.

    Raises UserError if its decoder is damaged.
    """
    info, codes = run.info, run.codes
    if dataset is not None:
        images, image_of = dataset.images, codes.index
    else:
        images, image_of = run.sample.images, sample_image_of(run)
    title, names = info.name, info.dataset.class_names
    kl = mean_kl(codes.z_mean, codes.z_log_var)
    subject = make_subject(title, run_decoder(run), codes.z_mean, kl, codes.label, codes.split, names, images, image_of)
    return replace(subject, value_names=info.dataset.value_names, values=codes.values)


def live_subject(
    decoder: Decoder,
    z_mean: Floats,
    kl: Floats,
    label: Ints,
    sample: Sample,
    class_names: tuple[str, ...],
) -> Subject:
    """The model in training as something to explore: the codes are those of its held-out sample, all at hand.

    kl: (latent_dim,), mean over the sample, nats.
    """
    split = np.full(len(z_mean), HELD_OUT, np.uint8)
    title, everyone = "the model in training", np.arange(len(z_mean))
    return make_subject(title, decoder, z_mean, kl, label, split, class_names, sample.images, everyone)


def make_subject(
    title: str,
    decoder: Decoder,
    z_mean: Floats,
    kl: Floats,
    label: Ints,
    split: Bytes,
    class_names: tuple[str, ...],
    images: Bytes,
    image_of: Longs,
) -> Subject:
    height, width, channels = images.shape[1:]
    plane, at_hand = to_plane(z_mean), image_of >= 0
    on_map = Neighbours(plane)
    return Subject(
        title=title,
        decoder=decoder,
        image_shape=(height, width, channels),
        z_mean=z_mean,
        drawn_in=axes_plane(FIRST_TWO, decoder.latent_dim),
        plane=plane,
        dimensions=measure_dimensions(z_mean, kl),
        label=label,
        split=split,
        class_names=class_names,
        images=images,
        image_of=image_of.astype(np.int64),
        on_map=on_map,
        with_image=on_map if z_mean.shape[1] == 2 and at_hand.all() else Neighbours(z_mean, at_hand),
        value_names=(),
        values=no_values(len(z_mean)),
    )


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
