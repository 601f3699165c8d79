"""Classes from the values that an array or a table holds: single labels, one-hot rows and sets of labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.data.columns import Columns
from vae_explorer.data.names import natural_order, printable
from vae_explorer.errors import UserError

MOST_CLASSES = 1000  # a column with more different values is a column of numbers or is not used
FEW = 20  # so many different whole numbers that are stored as floats are classes
ONE_HOT = 0.9  # share of the rows that have exactly one class; the others may have none


def columns_of(array: NDArray[Any], name: str) -> Columns:
    """Columns from an array (N,) with one value per image, or (N, K) with one for each of K classes.

    Whole numbers or texts with at most MOST_CLASSES different values are labels, and so are floats that are whole and
    few; other numbers are a column of values with this name. Rows with a single 1 among zeros are labels, other rows K
    columns of values. Raises UserError for other arrays.
    """
    if array.ndim == 2 and array.shape[1] > 1:
        return _from_rows(array, name)
    array = np.ascontiguousarray(array).reshape(-1)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    if array.dtype.kind == "f" and are_classes(array.astype(np.float64)):
        return of_texts([f"{value:.0f}" if value == value else "" for value in array.tolist()])
    if array.dtype.kind in "biuU":
        values, indices = np.unique(array, return_inverse=True)
        if len(values) <= MOST_CLASSES:
            texts = [str(value) for value in values.tolist()]
            order = sorted(range(len(texts)), key=lambda number: natural_order(texts[number]))
            labels = np.argsort(order)[indices.reshape(-1)].astype(np.int32)
            names = tuple(printable(texts[number]) for number in order)
            return Columns(labels, names, np.empty((len(array), 0), np.float32))
    if array.dtype.kind in "biuf":
        with np.errstate(over="ignore"):
            return Columns(None, (), array.astype(np.float32)[:, None], (printable(name),))
    raise UserError(f"{name} holds {array.dtype} values: labels are whole numbers or up to {MOST_CLASSES:,} texts.")


def of_texts(texts: Sequence[str]) -> Columns:
    """Labels of N images from texts, in the order in which a person counts; "": no class."""
    names = sorted({text for text in texts if text}, key=natural_order)
    index = {text: number for number, text in enumerate(names)}
    labels = np.array([index.get(text, -1) for text in texts], np.int32)
    return Columns(labels, tuple(map(printable, names)), np.empty((len(texts), 0), np.float32))


def are_classes(numbers: Doubles) -> bool:
    """Whether numbers (N,), NaN for unknown ones, are more likely classes than measurements.

    They are if they are whole, fewer than the images, and either up to FEW or counted from 0 or 1.
    """
    known = numbers[np.isfinite(numbers)]
    if not len(known) or np.isinf(numbers).any() or (known % 1 != 0).any():
        return False
    different = np.unique(known)
    counted = different[0] in (0, 1) and different[-1] - different[0] == len(different) - 1
    return 2 <= len(different) <= (min(MOST_CLASSES, len(known) / 2) if counted else min(FEW, len(known) / 2))


def is_one_hot(rows: NDArray[Any]) -> bool:
    """Whether rows (N, K) of 0 and 1 name one class each; some may name none."""
    ones = rows.sum(axis=1)
    return bool(rows.shape[1] > 1 and ones.max(initial=0) == 1 and (ones == 1).mean() >= ONE_HOT)


def of_one_hot(rows: NDArray[Any]) -> NDArray[np.int32]:
    """Labels (N,) from one-hot rows (N, K), -1 where a row has no 1."""
    labels: NDArray[np.int32] = np.where(rows.any(axis=1), rows.argmax(axis=1), -1).astype(np.int32)
    return labels


def _from_rows(array: NDArray[Any], name: str) -> Columns:
    count, width = array.shape
    if array.dtype.kind not in "biuf" or width > MOST_CLASSES:
        raise UserError(
            f"{name} holds {width:,} {array.dtype} values for each image: labels are up to {MOST_CLASSES:,} numbers."
        )
    binary = bool(((array == 0) | (array == 1)).all())
    if binary and is_one_hot(array):
        return Columns(of_one_hot(array), tuple(map(str, range(width))), np.empty((count, 0), np.float32))
    values: Floats = array.astype(np.float32)
    kind = "several labels" if binary else "several numbers"
    note = f"{printable(name)} holds {kind} for an image: each of its {width} columns is one to colour by, not a class."
    return Columns(None, (), values, tuple(printable(f"{name} {number}") for number in range(width)), notes=(note,))
