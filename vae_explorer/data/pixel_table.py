"""Images in a CSV with a pixel in each cell, as Kaggle publishes them: "label,pixel0,...", also without a header.

The text is read in blocks; only the numbers, as small as they allow, are kept in memory.
"""

import math
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.names import printable
from vae_explorer.data.naming import parse_name
from vae_explorer.data.stored_array import WHOLE, StoredArray, held_array, reading
from vae_explorer.errors import UserError

LINES = 2000  # that are read at once
LEAST = 64  # pixels of an image


def open_pixels(path: Path, shape: tuple[int, ...] | None) -> dict[str, StoredArray]:
    """The arrays "images" (N, K) and, if there is a column for them, "labels" (N,). Raises UserError."""
    with reading(path), path.open(encoding="utf-8-sig", newline=None) as file:
        first = file.readline()
        cells = [cell.strip().strip('"').lower() for cell in first.split(",")]
        header = not all(_is_number(cell) for cell in cells)
        label = _label_column(cells, header, shape)
        pixels = len(cells) - (label is not None)
        if pixels < LEAST:
            raise UserError(
                f"{path} is no table of pixels, with an image in each row: give the folder of its images, and the "
                "table as their labels."
            )
        blocks: list[NDArray[np.generic]] = []
        labels: list[NDArray[np.generic]] = []
        total = 0
        lines = [] if header else [first]
        while lines := [*lines, *islice(file, LINES)]:
            values = np.loadtxt(lines, np.float32, delimiter=",", ndmin=2)
            if label is not None:
                labels.append(values[:, label])
                values = np.delete(values, label, axis=1)
            small = (values >= 0).all() and (values <= 255).all() and (values % 1 == 0).all()
            blocks.append(values.astype(np.uint8) if small else values)
            total += blocks[-1].nbytes
            if total > WHOLE:
                raise UserError(f"{path} holds more than {WHOLE / 1e9:.0f} GB of numbers: save it as .npy.")
            lines = []
    if not blocks:
        raise UserError(f"{path} holds no rows of pixels.")
    arrays = {"images": np.concatenate(blocks)}
    if labels:
        column = np.concatenate(labels)
        arrays["labels"] = column.astype(np.int64) if (column % 1 == 0).all() else column
    return {name: held_array(f"{name} of {printable(path.name)}", array) for name, array in arrays.items()}


def _label_column(cells: list[str], header: bool, shape: tuple[int, ...] | None) -> int | None:
    """The column of labels: by its name, or without a header the first one, if the others are an image."""
    if header:
        return next((number for number, cell in enumerate(cells) if parse_name(cell).kind == "labels"), None)
    count = len(cells) - 1
    return 0 if (math.isqrt(count) ** 2 == count if shape is None else math.prod(shape) == count) else None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
