"""Images in .npz and .npy files: finding the arrays that are images and those that are labels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vae_explorer.data.columns import Columns, no_columns
from vae_explorer.data.image_set import printable
from vae_explorer.data.labels import columns_of, joined, read_csv
from vae_explorer.data.stacked import Stack, StackedImages, check_stacks
from vae_explorer.data.stored_array import StoredArray, open_npy, open_npz
from vae_explorer.errors import UserError

# Usual names of the arrays in an .npz file: for each convention its splits as (images, labels, held out).
NAMINGS: tuple[tuple[tuple[str, str, bool], ...], ...] = (
    (("x_train", "y_train", False), ("x_val", "y_val", False), ("x_test", "y_test", True)),
    (
        ("train_images", "train_labels", False),
        ("val_images", "val_labels", False),
        ("test_images", "test_labels", True),
    ),
    (("images", "labels", False),),
    (("images", "label", False),),
    (("images", "y", False),),
    (("x", "y", False),),
    (("data", "labels", False),),
    (("data", "target", False),),
    (("imgs", "labels", False),),
)


def find_npz(path: Path, labels: Path | None) -> StackedImages:
    """The images of an .npz file: the arrays with usual names, or else the only array that can be images.

    labels: a file of labels to use instead of those in the arrays. Raises UserError if the .npz has no images or is
    damaged.
    """
    arrays = open_npz(path)
    lower = {name.lower(): array for name, array in arrays.items()}
    splits = _splits(lower)
    if not splits:
        found = [array for array in arrays.values() if len(array.shape) in (3, 4)]
        if len(found) != 1:
            names = ", ".join(f"{printable(name)} {array.shape}" for name, array in list(arrays.items())[:10])
            raise UserError(
                f"{path} has no array x_train or images, and not exactly one array that could be images: it holds "
                f"{names or 'none'}."
            )
        splits = [(found[0], None, False)]
    stacks = check_stacks([Stack(images, held_out) for images, _, held_out in splits])
    columns = _given(labels, stacks)
    if columns is None and len(splits) == 1 and splits[0][1] is None:
        columns = _beside(path, stacks)
    if columns is None:
        columns = _columns([(images, own) for images, own, _ in splits])
    return _set(path, "NumPy arrays", stacks, columns, labels)


def find_npy(path: Path, labels: Path | None) -> StackedImages:
    """The images of an .npy file, with NAME-labels.npy or NAME-labels.csv beside it. Raises UserError."""
    stacks = check_stacks([Stack(open_npy(path))])
    columns = _given(labels, stacks) or _beside(path, stacks) or no_columns(stacks[0].array.shape[0])
    return _set(path, "NumPy array", stacks, columns, labels)


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
    if array.shape[:1] != (count,) or len(array.shape) > 2:
        raise UserError(
            f"{array.path}: the labels {array.name} have shape {array.shape}; there has to be one for each image, "
            f"({count},)."
        )
    return columns_of(array.whole(), array.name)


def stamp_of(*paths: Path | None) -> tuple[Any, ...]:
    """Paths, sizes and times of the files, which change when a file changes. Raises UserError."""
    try:
        return tuple(
            (str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths if path is not None
        )
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read: {error.strerror}.") from error


def _splits(arrays: Mapping[str, StoredArray]) -> list[tuple[StoredArray, StoredArray | None, bool]]:
    for naming in NAMINGS:
        first, label, _ = naming[0]
        if first in arrays and (len(naming) > 1 or label in arrays):
            return [
                (arrays[images], arrays.get(labels), held_out)
                for images, labels, held_out in naming
                if images in arrays
            ]
    return []


def _columns(splits: list[tuple[StoredArray, StoredArray | None]]) -> Columns:
    counts = [images.shape[0] for images, _ in splits]
    if any(labels is None for _, labels in splits):
        return no_columns(sum(counts))
    found = [labels_from(labels, n) for (_, labels), n in zip(splits, counts, strict=True) if labels is not None]
    return joined(found, counts)


def _given(labels: Path | None, stacks: tuple[Stack, ...]) -> Columns | None:
    return None if labels is None else read_labels(labels, sum(stack.array.shape[0] for stack in stacks))


def _beside(path: Path, stacks: tuple[Stack, ...]) -> Columns | None:
    found = _labels_beside(path)
    return None if found is None else read_labels(found, stacks[0].array.shape[0])


def _labels_beside(path: Path) -> Path | None:
    candidates = (path.with_name(f"{path.stem}-labels{ending}") for ending in (".npy", ".csv"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _set(path: Path, kind: str, stacks: tuple[Stack, ...], columns: Columns, labels: Path | None) -> StackedImages:
    stamp = stamp_of(path, labels, _labels_beside(path))
    return StackedImages(printable(path.stem), str(path.resolve()), kind, stacks, columns, stamp)
