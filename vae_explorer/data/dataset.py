"""Images and labels in memory, and how a training divides them. `data/reading.py` reads them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_explorer.array_types import Bytes, Flags, ImageShape, Ints, Longs
from vae_explorer.data.columns import Columns
from vae_explorer.data.options import AS_FOUND, ImageOptions
from vae_explorer.data.report import Skipped
from vae_explorer.errors import UserError

BUILTIN = "mnist"
KERAS_NAMES = ("fashion_mnist", "cifar10", "cifar100")
SOURCES = "a folder of images, an .npz, .npy or IDX file"
TRAINING, VALIDATION, HELD_OUT = 0, 1, 2
UNUSED = 255  # neither: an image that a training leaves out
SPLITS = ("training", "validation", "held-out")


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What a run remembers of the images it was trained on."""

    name: str
    source: str  # "mnist", or the path it was read from
    fingerprint: str  # sha256 of the images' bytes and shape
    image_shape: ImageShape  # height, width, channels
    images: int
    held_out_images: int
    class_names: tuple[str, ...]  # empty: no labels
    licence: str = ""
    options: ImageOptions = AS_FOUND  # that the images were read with
    value_names: tuple[str, ...] = ()  # of the columns of numbers


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images in memory, or mapped into it from a file. Nothing may copy them all: they may be larger than memory."""

    info: DatasetInfo
    images: Bytes  # (N, H, W, C), not to be written to
    columns: Columns  # what is known of each image
    held_out: Flags  # (N,): never trained on, evaluated once after training
    skipped: tuple[Skipped, ...] = ()  # what its source holds besides

    @property
    def labels(self) -> Ints | None:
        """Of each image, index in the class names (N,), -1: none; None: there are no labels at all."""
        return self.columns.labels


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some of a set's images, gathered when they are asked for, so that they are never all copied.

    Taken like an array along the first axis: a number, a slice, or an array of numbers.
    """

    images: Bytes  # (N, H, W, C)
    index: Longs  # (M,), positions in images

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.index), *self.images.shape[1:])

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, key: Any) -> Bytes:
        gathered: Bytes = self.images[self.index[key]]
        return gathered


def split(dataset: Dataset, seed: int, validation_share: float, limit: int | None = None) -> Bytes:
    """Which part of training each image belongs to: (N,) of TRAINING, VALIDATION, HELD_OUT, or UNUSED.

    Validation is a share of what is not held out, drawn by the seed; `limit` takes that many of it, drawn likewise.
    """
    parts = np.full(len(dataset.images), UNUSED, np.uint8)
    parts[dataset.held_out] = HELD_OUT
    order = np.random.default_rng(seed).permutation(np.flatnonzero(~dataset.held_out))[:limit]
    if len(order) < 2:
        raise UserError(f"{dataset.info.name} has {len(order)} images to train on: at least 2 are needed.")
    validation = max(1, round(len(order) * validation_share))
    parts[order[:validation]] = VALIDATION
    parts[order[validation:]] = TRAINING
    return parts


def pixel_count(image_shape: ImageShape) -> int:
    """Numbers in one image of (height, width, channels)."""
    return math.prod(image_shape)
