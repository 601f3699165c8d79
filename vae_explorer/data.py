"""Images and labels, and how a training divides them."""

import hashlib
import io
import math
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_explorer.assets import asset
from vae_explorer.config import VALIDATION_SHARE
from vae_explorer.data_report import DataReport, Skipped
from vae_explorer.errors import UserError
from vae_explorer.files import as_path, exists
from vae_explorer.image_options import AS_FOUND, LARGEST, SMALLEST, ImageOptions

BUILTIN = "mnist"
TRAINING, VALIDATION, HELD_OUT = 0, 1, 2
SPLITS = ("training", "validation", "held-out")


def no_values(count: int = 0) -> NDArray[np.float32]:
    """The values of images of which none are known: (count, 0)."""
    return np.empty((count, 0), np.float32)


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What a run remembers of the images it was trained on."""

    name: str
    source: str  # "mnist", or the path it was read from
    fingerprint: str  # sha256 of the images' bytes and shape
    image_shape: tuple[int, int, int]  # height, width, channels
    images: int
    held_out_images: int
    class_names: tuple[str, ...]  # empty: no labels
    licence: str = ""
    options: ImageOptions = AS_FOUND  # that the images were read with
    value_names: tuple[str, ...] = ()  # of the columns of Dataset.values


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images in memory, or mapped into it from a file. Nothing may copy them all: they may be larger than memory.

    labels: (N,) int32, positions in info.class_names, -1: none; None: there are none at all.
    """

    info: DatasetInfo
    images: NDArray[np.uint8]  # (N, H, W, C), not to be written to
    labels: NDArray[np.int32] | None
    held_out: NDArray[np.bool_]  # (N,): never trained on, evaluated once after training
    values: NDArray[np.float32] = field(default_factory=no_values)  # (N, K), one column a value name, NaN: unknown
    skipped: tuple[Skipped, ...] = ()  # what its source holds besides

    def __post_init__(self) -> None:
        if self.values.shape == (0, 0):
            object.__setattr__(self, "values", no_values(len(self.images)))


def load_dataset(
    source: str, options: ImageOptions = AS_FOUND, progressed: Callable[[float], None] = lambda _: None
) -> Dataset:
    """The built-in set by its name, or an .npz file as Keras publishes MNIST: x_train, y_train, x_test, y_test.

    x_train is needed, (N, H, W) or (N, H, W, 1 or 3) uint8, 16 to 128 pixels a side; labels are whole numbers. Where
    x_test is missing, a seventh of x_train, always the same one, is held out. Raises UserError for anything else.
    """
    if source == BUILTIN:
        licence = "MNIST: Yann LeCun, Corinna Cortes, Christopher J. C. Burges; CC BY-SA 3.0"
        return _read_npz(asset("mnist.npz"), "MNIST", BUILTIN, licence)
    path = as_path(source)
    if not exists(path):
        raise UserError(f"There is no data set {source!r}: give {BUILTIN!r} or the path of an .npz file.")
    if path.suffix.lower() != ".npz":
        raise UserError(f"{path} is not an .npz file: give {BUILTIN!r} or arrays saved with numpy.savez.")
    return _read_npz(path, path.stem, str(path.resolve()), "")


def inspect_data(
    source: str, options: ImageOptions = AS_FOUND, progressed: Callable[[float], None] = lambda _: None
) -> DataReport:
    """What `load_dataset` would make of a source, without reading more of it than is needed to tell.

    `progressed` is told the share that is done, and may raise to end it. Raises UserError where there is nothing
    that could be trained on.
    """
    raise NotImplementedError


def make_dataset(
    name: str,
    source: str,
    images: NDArray[np.uint8],
    labels: NDArray[np.int32] | None,
    held_out: NDArray[np.bool_],
    class_names: tuple[str, ...] = (),
    licence: str = "",
) -> Dataset:
    """A data set of arrays in memory: images (N, H, W, C) uint8, the rest as in `Dataset`."""
    images = np.ascontiguousarray(images)
    digest = hashlib.sha256(repr(images.shape).encode())
    digest.update(images.data)
    height, width, channels = images.shape[1:]
    info = DatasetInfo(
        name, source, digest.hexdigest(), (height, width, channels), len(images), int(held_out.sum()),
        class_names, licence,
    )  # fmt: skip
    return Dataset(info, images, labels, held_out)


def split(
    dataset: Dataset, seed: int, limit: int | None = None, validation_share: float = VALIDATION_SHARE
) -> NDArray[np.uint8]:
    """Which part of training each image belongs to: (N,) of TRAINING, VALIDATION, HELD_OUT, or 255 for unused.

    Validation is a share of what is not held out, drawn by the seed; `limit` takes that many of it, drawn likewise.
    """
    parts = np.full(len(dataset.images), 255, np.uint8)
    parts[dataset.held_out] = HELD_OUT
    order = np.random.default_rng(seed).permutation(np.flatnonzero(~dataset.held_out))[:limit]
    if len(order) < 2:
        raise UserError(f"{dataset.info.name} has {len(order)} images to train on: at least 2 are needed.")
    validation = max(1, round(len(order) * validation_share))
    parts[order[:validation]] = VALIDATION
    parts[order[validation:]] = TRAINING
    return parts


def _read_npz(path: Path, name: str, source: str, licence: str) -> Dataset:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    if not content.startswith(b"PK"):
        raise UserError(f"{path} is no .npz archive: it may be damaged, or not have been written by numpy.savez.")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {key: file[key] for key in ("x_train", "y_train", "x_test", "y_test") if key in file}
    except (OSError, ValueError, EOFError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path} cannot be read as arrays: {error}. It may be damaged or incomplete.") from error
    if "x_train" not in arrays:
        raise UserError(f"{path} has no array x_train: save the images under that name with numpy.savez.")
    train = _images(arrays["x_train"], "x_train", path)
    test = _images(arrays["x_test"], "x_test", path) if "x_test" in arrays else None
    if test is None:
        held_out = np.zeros(len(train), bool)
        held_out[np.random.default_rng(0).permutation(len(train))[: len(train) // 7]] = True
        images = train
    else:
        if test.shape[1:] != train.shape[1:]:
            raise UserError(f"{path}: x_train has images of {train.shape[1:]}, x_test of {test.shape[1:]}.")
        held_out = np.arange(len(train) + len(test)) >= len(train)
        images = np.concatenate([train, test])
    labels, class_names = _labels(arrays, len(train), 0 if test is None else len(test), path)
    return make_dataset(name, source, images, labels, held_out, class_names, licence)


def _images(array: NDArray[np.generic], key: str, path: Path) -> NDArray[np.uint8]:
    if array.ndim == 3:
        array = array[..., None]
    good = array.ndim == 4 and array.shape[3] in (1, 3) and array.dtype == np.uint8
    if not good:
        raise UserError(
            f"{path}: {key} is {array.dtype} {array.shape}; images have to be uint8 of shape (N, H, W), (N, H, W, 1) "
            "or (N, H, W, 3)."
        )
    if not len(array):
        raise UserError(f"{path}: {key} holds no images.")
    if not all(SMALLEST <= side <= LARGEST for side in array.shape[1:3]):
        raise UserError(f"{path}: {key} has shape {array.shape}; a side has {SMALLEST} to {LARGEST} pixels.")
    return array.astype(np.uint8, copy=False)


def _labels(
    arrays: dict[str, NDArray[np.generic]], train: int, test: int, path: Path
) -> tuple[NDArray[np.int32] | None, tuple[str, ...]]:
    if "y_train" not in arrays or (test and "y_test" not in arrays):
        return None, ()
    parts = [arrays["y_train"].reshape(-1)] + ([arrays["y_test"].reshape(-1)] if test else [])
    labels = np.concatenate(parts)
    if len(parts[0]) != train or len(labels) != train + test or labels.dtype.kind not in "iu":
        raise UserError(f"{path}: the labels have to be whole numbers, one for each image.")
    values, positions = np.unique(labels, return_inverse=True)
    return positions.astype(np.int32), tuple(str(value) for value in values)


def pixel_count(image_shape: tuple[int, int, int]) -> int:
    """Numbers in one image of (height, width, channels)."""
    return math.prod(image_shape)
