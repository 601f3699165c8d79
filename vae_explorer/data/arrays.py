"""Images in .npz and .npy files: finding the arrays that are images and those that are labels."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from vae_explorer.data.array_names import Chosen, choose_arrays
from vae_explorer.data.classes import columns_of
from vae_explorer.data.columns import Columns, joined, merged, no_columns
from vae_explorer.data.hdf5 import SUFFIXES, is_hdf5, open_hdf5
from vae_explorer.data.labels import columns_by_row, read_csv
from vae_explorer.data.matlab import SUFFIX, open_matlab
from vae_explorer.data.names import printable
from vae_explorer.data.pixel_cells import open_cells, pixel_column
from vae_explorer.data.pixel_table import open_pixels
from vae_explorer.data.stacked import Stack, StackedImages, check_stacks, flat_sides, images_first
from vae_explorer.data.stored_array import StoredArray, open_npy, open_npz
from vae_explorer.errors import UserError

MATLAB = "MATLAB arrays"


def find_npz(path: Path, labels: Path | None, shape: tuple[int, ...] | None = None) -> StackedImages:
    """The images of an .npz, HDF5 or MATLAB file: arrays with usual names, or else the only one that can be images.

    labels: a file of labels to use instead of those in the arrays. Raises UserError if the file has no images or is
    damaged.
    """
    kind, opened = _kind_of(path)
    chosen, notes = choose_arrays(path, opened(path), shape)
    flat, more = flat_sides(chosen[0].images, shape)
    notes += more
    columnwise = flat is not None and "emnist" in path.name.lower() and kind == MATLAB
    stacks = check_stacks([Stack(one.images, one.part == "held-out", flat, columnwise) for one in chosen])
    columns = _given(labels, stacks)
    if columns is None and len(chosen) == 1 and chosen[0].labels is None:
        columns = _beside(path, stacks)
    if columns is None:
        columns = _columns(chosen)
    numbers = [_numbers(array, one.images.shape[0]) for one in chosen for array in one.numbers]
    return _set(path, kind, stacks, reduce(merged, numbers, columns), labels, (*notes, *_matlab_notes(kind, columns)))


def find_table(path: Path, labels: Path | None, shape: tuple[int, ...] | None = None) -> StackedImages:
    """The images of a CSV with a pixel, or all pixels of an image, in a cell. Raises UserError if it is none."""
    column = pixel_column(path)
    if column is not None:
        images, others = open_cells(path, column)
        own = columns_by_row(path, others) if others.columns else no_columns(images.shape[0])
        notes: tuple[str, ...] = (f"Images: {images.name}.",)
    else:
        arrays, left = open_pixels(path, shape)
        chosen, notes = choose_arrays(path, arrays)
        notes += left
        images, own = chosen[0].images, _columns(chosen)
    flat, more = flat_sides(images, shape)
    stacks = check_stacks([Stack(images, flat=flat)])
    columns = _given(labels, stacks)
    return _set(path, "table of pixels", stacks, own if columns is None else columns, labels, notes + more)


def find_npy(path: Path, labels: Path | None, shape: tuple[int, ...] | None = None) -> StackedImages:
    """The images of an .npy file, with NAME-labels.npy or NAME-labels.csv beside it. Raises UserError."""
    array = images_first(open_npy(path), flat=shape)
    flat, notes = flat_sides(array, shape)
    if array.rows_last:
        notes = (f"{array.name} has its images along the last axis.",)
    stacks = check_stacks([Stack(array, flat=flat)])
    columns = _given(labels, stacks) or _beside(path, stacks) or no_columns(stacks[0].array.shape[0])
    return _set(path, "NumPy array", stacks, columns, labels, notes)


def read_labels(path: Path, count: int) -> Columns:
    """The labels or values of `count` images in a CSV, an .npy, or an .npz with one array. Raises UserError."""
    if path.suffix.lower() == ".npy":
        array = open_npy(path)
    elif path.suffix.lower() == ".npz":
        arrays = list(open_npz(path).values())
        if len(arrays) != 1:
            raise UserError(f"{path} holds {len(arrays)} arrays: save the labels in a file of their own.")
        array = arrays[0]
    else:
        return read_csv(path, (), count)
    return labels_from(array, count)


def labels_from(array: StoredArray, count: int) -> Columns:
    """The labels or values of `count` images in an array. Raises UserError unless it has one, or a row, for each."""
    if array.shape[:1] != (count,) or (len(array.shape) > 2 and math.prod(array.shape[1:]) != 1):
        raise UserError(
            f"{array.path}: the labels {array.name} have shape {array.shape}; there has to be one for each image, "
            f"({count},)."
        )
    values = array.whole()
    return columns_of(values.reshape(count) if values.size == count else values, array.name)


def stamp_of(*paths: Path | None) -> tuple[Any, ...]:
    """Paths, sizes and times of the files, which change when a file changes. Raises UserError."""
    try:
        return tuple(
            (str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths if path is not None
        )
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read: {error.strerror}.") from error


def _columns(chosen: Sequence[Chosen]) -> Columns:
    """The labels of all parts; images of a part without labels have none."""
    counts = [one.images.shape[0] for one in chosen]
    if all(one.labels is None for one in chosen):
        return no_columns(sum(counts))
    found = [
        None if one.labels is None else _named(labels_from(one.labels, one.images.shape[0]), one.class_names)
        for one in chosen
    ]
    like = next(columns for columns in found if columns is not None)
    return joined([like.unknown(n) if own is None else own for own, n in zip(found, counts, strict=True)], counts)


def _named(columns: Columns, names: StoredArray | None) -> Columns:
    """The columns with the classes 0 and so on called by texts, if there is a text for each."""
    if names is None or not all(name.isdecimal() and int(name) < names.shape[0] for name in columns.class_names):
        note = () if names is None else (f"Not used: {names.name}, which does not name each class.",)
        return replace(columns, notes=(*columns.notes, *note))
    texts = names.whole()
    if texts.dtype.kind == "S":
        texts = np.char.decode(texts, "utf-8", "replace")
    called = tuple(printable(str(texts[int(name)])) for name in columns.class_names)
    return replace(columns, class_names=called) if len(set(called)) == len(called) else columns


def _numbers(array: StoredArray, count: int) -> Columns:
    """The numbers of `count` images in an array, a column for each number of an image."""
    values = array.whole().reshape(count, -1)
    several = values.shape[1] > 1
    names = tuple(f"{array.name} {number}" if several else array.name for number in range(values.shape[1]))
    with np.errstate(over="ignore"):
        return Columns(None, (), values.astype(np.float32), names)


def _kind_of(path: Path) -> tuple[str, Callable[[Path], dict[str, StoredArray]]]:
    """What an archive of arrays is, and the function that opens it."""
    suffix = path.suffix.lower()
    if suffix == SUFFIX:
        return MATLAB, open_hdf5 if is_hdf5(path) else open_matlab
    return ("HDF5 arrays", open_hdf5) if suffix in SUFFIXES else ("NumPy arrays", open_npz)


def _matlab_notes(kind: str, columns: Columns) -> tuple[str, ...]:
    """That the class 10 may be the digit 0, where classes are counted from 1, as MATLAB does."""
    if kind == MATLAB and columns.class_names == tuple(map(str, range(1, 11))):
        return ("The classes are counted from 1 as in MATLAB: of digits, 10 is the digit 0.",)
    return ()


def _given(labels: Path | None, stacks: tuple[Stack, ...]) -> Columns | None:
    return None if labels is None else read_labels(labels, sum(stack.array.shape[0] for stack in stacks))


def _beside(path: Path, stacks: tuple[Stack, ...]) -> Columns | None:
    found = _labels_beside(path)
    return None if found is None else read_labels(found, stacks[0].array.shape[0])


def _labels_beside(path: Path) -> Path | None:
    candidates = (path.with_name(f"{path.stem}-labels{ending}") for ending in (".npy", ".csv"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _set(
    path: Path,
    kind: str,
    stacks: tuple[Stack, ...],
    columns: Columns,
    labels: Path | None,
    notes: tuple[str, ...] = (),
) -> StackedImages:
    stamp = stamp_of(path, labels, _labels_beside(path))
    return StackedImages(printable(path.stem), str(path.resolve()), kind, stacks, columns, stamp, notes=notes)
