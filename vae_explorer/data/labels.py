"""Labels and numbers of images from a CSV file or an array."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Doubles, Longs
from vae_explorer.data.columns import Columns, no_columns
from vae_explorer.data.image_set import printable
from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most

MOST_CLASSES = 1000  # a column with more different values is a column of numbers or is not used
MOST_BYTES = 500_000_000  # limit for a CSV file
# Usual names of the columns of file names and of labels, in lower case.
FILE_WORDS = ("filename", "file", "file_name", "path", "filepath", "file_path", "image", "image_name", "name", "id")
LABEL_WORDS = ("label", "labels", "class", "classes", "category", "target", "y")


def columns_of(array: NDArray[Any], name: str) -> Columns:
    """Columns from an array with one value per image.

    Whole numbers or texts with at most MOST_CLASSES different values are labels, other numbers are a column of values
    with this name. Raises UserError for other arrays.
    """
    array = np.ascontiguousarray(array).reshape(-1)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    if array.dtype.kind in "biuU":
        values, indices = np.unique(array, return_inverse=True)
        if len(values) <= MOST_CLASSES:
            names = tuple(printable(str(value)) for value in values.tolist())
            return Columns(indices.reshape(-1).astype(np.int32), names, np.empty((len(array), 0), np.float32))
    if array.dtype.kind in "biuf":
        with np.errstate(over="ignore"):
            return Columns(None, (), array.astype(np.float32)[:, None], (printable(name),))
    raise UserError(f"{name} holds {array.dtype} values: labels are whole numbers or up to {MOST_CLASSES:,} texts.")


def read_csv(path: Path, names: Sequence[str], count: int) -> Columns:
    """Labels and numbers of `count` images from a CSV file.

    names: paths of the image files below their folder; empty: the images are not files. A column of file names assigns
    the rows to images; without one, rows and images are in the same order. The labels are the column with a usual name,
    or the first one with few different texts. Other numeric columns are values. Raises UserError.
    """
    header, rows = _table(path)
    columns = list(zip(*rows, strict=True))
    file_column = _file_column(header, columns, names)
    if file_column is None:
        if len(rows) != count:
            raise UserError(
                f"{path} has {len(rows):,} rows for {count:,} images: add a column of file names, or give one row per "
                "image."
            )
        order = np.arange(count)
    else:
        order = _rows_of(names, columns[file_column])
        if (order < 0).all():
            raise UserError(f"{path} names none of the images in its column {header[file_column]!r}.")
    label = _label_column(header, columns, file_column)
    values, value_names = [], []
    for number, (name, column) in enumerate(zip(header, columns, strict=True)):
        numbers = _numbers(column) if number not in (file_column, label) else None
        if numbers is not None:
            values.append(np.where(order >= 0, numbers[order], np.nan))
            value_names.append(printable(name))
    known = np.stack(values, axis=1).astype(np.float32) if values else np.empty((count, 0), np.float32)
    if label is None:
        return Columns(None, (), known, tuple(value_names))
    texts = sorted({text for text in columns[label] if text}, key=_in_order)
    index = {text: number for number, text in enumerate(texts)}
    labels = np.array([index.get(text, -1) for text in columns[label]], np.int32)
    return Columns(
        np.where(order >= 0, labels[order], -1).astype(np.int32),
        tuple(printable(text) for text in texts),
        known,
        tuple(value_names),
    )


def merged(first: Columns, second: Columns) -> Columns:
    """The numbers of both; the labels of the first, or of the second if the first has none."""
    own = first if first.labels is not None else second
    values = np.concatenate([first.values, second.values], axis=1)
    return Columns(own.labels, own.class_names, values, (*first.value_names, *second.value_names))


def joined(splits: Sequence[Columns], counts: Sequence[int]) -> Columns:
    """The columns of several splits of a set, with these counts of images, one after the other.

    If a split has no labels, the result has none. If their value names differ, it has no numbers.
    """
    if any(split.value_names != splits[0].value_names for split in splits):
        splits = [
            Columns(split.labels, split.class_names, no_columns(count).values)
            for split, count in zip(splits, counts, strict=True)
        ]
    values = np.concatenate([split.values for split in splits])
    if any(split.labels is None for split in splits):
        return Columns(None, (), values, splits[0].value_names)
    names = sorted({name for split in splits for name in split.class_names}, key=_in_order)
    indices = [np.array([names.index(name) for name in split.class_names], np.int32) for split in splits]
    labels = [
        np.where(split.label >= 0, index[split.label], -1).astype(np.int32)
        for split, index in zip(splits, indices, strict=True)
    ]
    return Columns(np.concatenate(labels), tuple(names), values, splits[0].value_names)


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header of a CSV file, or "column 1" and so on if it has none, and the rows, all as long as the header."""
    text = read_at_most(path, MOST_BYTES, "a file of labels").decode("utf-8-sig", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise UserError(f"{path} cannot be read as a table: {error}.") from error
    rows = [row for row in rows if any(row)]
    if not rows:
        raise UserError(f"{path} holds no rows.")
    width = len(rows[0])
    uneven = next((number for number, row in enumerate(rows, start=1) if len(row) != width), None)
    if uneven is not None:
        raise UserError(f"{path}: row {uneven:,} has {len(rows[uneven - 1])} cells, the first has {width}.")
    if width > 1000:
        raise UserError(f"{path} has {width:,} columns: up to 1,000 are read.")
    if _is_header(rows):
        return rows[0], rows[1:]
    return [f"column {number}" if width > 1 else "label" for number in range(1, width + 1)], rows


def _is_header(rows: list[list[str]]) -> bool:
    words = {cell.lower() for cell in rows[0]}
    if words & {*FILE_WORDS, *LABEL_WORDS}:
        return True
    below = list(zip(*rows[1:101], strict=True))
    return any(
        _number(cell) is None and all(_number(text) is not None for text in column)
        for cell, column in zip(rows[0], below, strict=False)
    )


def _file_column(header: list[str], columns: list[tuple[str, ...]], names: Sequence[str]) -> int | None:
    """Index of the column of file names; None: there is none.

    It has a usual name or names images in at least half of its cells. If there are several, the one that names the
    most images is taken.
    """
    if not names or not columns:
        return None
    known = set(names) | {PurePosixPath(name).name for name in names} | {PurePosixPath(name).stem for name in names}
    hits = [sum(_normal(cell) in known or PurePosixPath(_normal(cell)).name in known for cell in column)
            for column in columns]  # fmt: skip
    wanted = [
        number
        for number, name in enumerate(header)
        if hits[number] and (name.lower() in FILE_WORDS or hits[number] * 2 >= len(columns[number]))
    ]
    return max(wanted, key=lambda number: hits[number], default=None)


def _rows_of(names: Sequence[str], cells: Sequence[str]) -> Longs:
    """For each image the row that names it, -1: none. A cell may be a path, a file name, or one without its suffix."""
    whole = {_normal(cell): row for row, cell in enumerate(cells)}
    last = {PurePosixPath(name).name: row for name, row in whole.items()}
    files = [PurePosixPath(name) for name in names]
    often = Counter(file.name for file in files)
    stems = Counter(file.stem for file in files)
    found = np.full(len(names), -1, np.int64)
    for number, file in enumerate(files):
        row = whole.get(str(file), -1)
        if row < 0 and often[file.name] == 1:
            row = last.get(file.name, -1)
        if row < 0 and stems[file.stem] == 1:
            row = whole.get(file.stem, -1)
        found[number] = row
    return found


def _label_column(header: list[str], columns: list[tuple[str, ...]], file_column: int | None) -> int | None:
    others = [number for number in range(len(columns)) if number != file_column]
    few = [number for number in others if len(set(columns[number])) <= MOST_CLASSES]
    named = [number for number in few if header[number].lower() in LABEL_WORDS and not _is_measured(columns[number])]
    texts = [
        number
        for number in few
        if _numbers(columns[number]) is None and len(set(columns[number])) <= max(2, len(columns[number]) * 3 // 4)
    ]
    return next(iter([*named, *texts]), None)


def _is_measured(column: Sequence[str]) -> bool:
    """Whether a column holds numbers with fractions."""
    numbers = _numbers(column)
    return numbers is not None and bool((numbers[np.isfinite(numbers)] % 1 != 0).any())


def _numbers(column: Sequence[str]) -> Doubles | None:
    """A column as numbers, NaN for an empty cell; None if another cell is not a number, or all are empty."""
    numbers = [np.nan if not cell else _number(cell) for cell in column]
    if not any(column) or any(number is None for number in numbers):
        return None
    found = np.array(numbers, np.float64)
    return np.where(np.abs(found) < np.finfo(np.float32).max, found, np.nan)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _in_order(text: str) -> tuple[bool, float, str]:
    number = _number(text)
    return (number is None or number != number, number if number is not None and number == number else 0.0, text)


def _normal(cell: str) -> str:
    return cell.replace("\\", "/").removeprefix("./")
