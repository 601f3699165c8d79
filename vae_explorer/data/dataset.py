"""Images and labels in memory, and how a training splits them. `data/reading.py` reads them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_explorer.array_types import Bytes, Flags, ImageShape, Ints, Longs
from vae_explorer.data.columns import Columns
from vae_explorer.data.fitting import Scales
from vae_explorer.data.options import AS_FOUND, ImageOptions
from vae_explorer.data.report import Skipped
from vae_explorer.errors import UserError

BUILTIN = "mnist"
KERAS_NAMES = ("fashion_mnist", "cifar10", "cifar100")
SOURCES = "a folder of images, an .npz, .npy, HDF5, MATLAB or IDX file, a CSV of pixels"
TRAINING, VALIDATION, HELD_OUT = 0, 1, 2
UNUSED = 255  # in none of the splits: an image that a training leaves out
SPLITS = ("training", "validation", "held-out")


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What a run records about the images it was trained on."""

    name: str
    source: str  # "mnist", or the path it was read from
    fingerprint: str  # sha256 of the images' bytes and shape
    image_shape: ImageShape  # height, width, channels
    images: int
    held_out_images: int
    class_names: tuple[str, ...]  # empty: no labels
    licence: str = ""
    options: ImageOptions = AS_FOUND  # how the images were read
    value_names: tuple[str, ...] = ()  # names of the columns of numbers
    value_range: Scales | None = None  # the values that became black and white; None: the run is older than this field
    notes: tuple[str, ...] = ()  # sentences on what was used, how it was matched, and what was left unused


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images in memory or in a memory-mapped file. They may be larger than memory, so no code may copy all of them."""

    info: DatasetInfo
    images: Bytes  # (N, H, W, C), read only
    columns: Columns  # labels and numbers of each image
    held_out: Flags  # (N,), true: never trained on, evaluated once after training
    skipped: tuple[Skipped, ...] = ()  # files or images of the source that were left out

    @property
    def labels(self) -> Ints | None:
        """(N,), index in the class names, -1: no class; None: no image has a label."""
        return self.columns.labels


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some of a set's images, copied only when they are indexed, so that never all of them are copied.

    Indexed along the first axis like an array: with a number, a slice, or an array of numbers.
    """

    images: Bytes  # (N, H, W, C)
    index: Longs  # (M,), index in `images`

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.index), *self.images.shape[1:])

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, key: Any) -> Bytes:
        gathered: Bytes = self.images[self.index[key]]
        return gathered


def split(dataset: Dataset, seed: int, validation_share: float, limit: int | None = None) -> Bytes:
    """The split of each image: (N,) of TRAINING, VALIDATION, HELD_OUT or UNUSED.

    The images that are not held out are shuffled with the seed; `limit` keeps only the first of them. The share
    `validation_share` of those becomes the validation images. Raises UserError for fewer than 2 images to train on.
    """
    splits = np.full(len(dataset.images), UNUSED, np.uint8)
    splits[dataset.held_out] = HELD_OUT
    order = np.random.default_rng(seed).permutation(np.flatnonzero(~dataset.held_out))[:limit]
    if len(order) < 2:
        raise UserError(f"{dataset.info.name} has {len(order)} images to train on: at least 2 are needed.")
    validation = max(1, round(len(order) * validation_share))
    splits[order[:validation]] = VALIDATION
    splits[order[validation:]] = TRAINING
    return splits


def pixel_count(image_shape: ImageShape) -> int:
    """How many numbers an image of (height, width, channels) has."""
    return math.prod(image_shape)
