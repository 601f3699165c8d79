"""Images in a CSV with all grey values of an image in one cell, separated by blanks, as FER2013 has them."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.names import printable
from vae_explorer.data.options import SMALLEST
from vae_explorer.data.stored_array import WHOLE, StoredArray, held_array, reading
from vae_explorer.data.table import Table
from vae_explorer.errors import UserError

MOST_LETTERS = 2**24  # of a cell


def pixel_column(path: Path) -> int | None:
    """The column that holds the values of whole images; None: there is none. Raises UserError."""
    with _rows(path) as rows:
        next(rows, None)
        cells = next(rows, [])
    return next((number for number, cell in enumerate(cells) if _is_image(cell)), None)


def open_cells(path: Path, column: int) -> tuple[StoredArray, Table]:
    """The images (N, K), and a table of the other columns, which may be none. Raises UserError."""
    images: list[NDArray[np.generic]] = []
    others: list[list[str]] = []
    total = 0
    with _rows(path) as rows:
        header = [cell.strip() for cell in next(rows)]
        for row in rows:
            if not any(row):
                continue
            if len(row) != len(header):
                raise UserError(f"{path}: row {len(images) + 1:,} has {len(row)} cells, the header has {len(header)}.")
            values = np.array(row.pop(column).split(), np.float32)
            small = (values >= 0).all() and (values <= 255).all() and (values % 1 == 0).all()
            images.append(values.astype(np.uint8) if small else values)
            others.append([cell.strip() for cell in row])
            if len(values) != len(images[0]):
                raise UserError(
                    f"{path}: row {len(images):,} has {len(values):,} grey values, the first has {len(images[0]):,}."
                )
            total += images[-1].nbytes
            if total > WHOLE:
                raise UserError(f"{path} holds more than {WHOLE / 1e9:.0f} GB of numbers: save it as .npy.")
    name = header.pop(column)
    table = Table(tuple(header), tuple(zip(*others, strict=True)), ())
    return held_array(f"{printable(name)} of {printable(path.name)}", np.stack(images)), table


def _is_image(cell: str) -> bool:
    """Whether a cell holds so many numbers, separated by blanks, that they are an image."""
    words = cell.split()
    return len(words) >= SMALLEST**2 and all(word.replace(".", "", 1).isdecimal() for word in words)


@contextmanager
def _rows(path: Path) -> Iterator[Iterator[list[str]]]:
    """The rows of a CSV whose cells may be long."""
    before = csv.field_size_limit(MOST_LETTERS)
    try:
        with reading(path), path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            try:
                yield csv.reader(file, skipinitialspace=True)
            except csv.Error as error:
                raise UserError(f"{path} cannot be read as a table: {error}.") from error
    finally:
        csv.field_size_limit(before)
