"""Images in a CSV with a pixel in each cell, as Kaggle publishes them: "label,pixel0,...", also without a header.

With a header the pixels are the columns whose names differ in numbers alone, as those of most columns do.

The text is read in blocks; only the numbers, as small as they allow, are kept in memory.
"""

import math
import re
from collections import Counter
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


def open_pixels(path: Path, shape: tuple[int, ...] | None) -> tuple[dict[str, StoredArray], tuple[str, ...]]:
    """The arrays "images" (N, K) and, if there is a column for them, "labels" (N,), and sentences. Raises UserError."""
    with reading(path), path.open(encoding="utf-8-sig", newline=None) as file:
        first = file.readline()
        delimiter = max(",;\t", key=first.count)
        cells = [cell.strip().strip('"').lower() for cell in first.split(delimiter)]
        named = not all(_is_number(cell) for cell in cells)
        header = named or cells == list(map(str, range(len(cells))))  # pandas numbers columns that have no names
        label = _label_column(cells, named, shape)
        pixels = _pixel_columns(cells, named, label)
        if len(pixels) < LEAST:
            raise UserError(
                f"{path} is no table of pixels, with an image in each row: give the folder of its images, and the "
                "table as their labels."
            )
        blocks: list[NDArray[np.generic]] = []
        labels: list[str] = []
        total = 0
        lines = [] if header else [first]
        while lines := [*lines, *islice(file, LINES)]:
            lines = [line for line in lines if line.strip()]
            if not lines:
                continue
            values = np.loadtxt(lines, np.float32, delimiter=delimiter, ndmin=2, usecols=pixels, quotechar='"')
            if label is not None:
                labels += [line.split(delimiter)[label].strip().strip('"') for line in lines]
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
        arrays["labels"] = _as_numbers(labels)
    left = [printable(cells[number]) or f"column {number + 1}" for number in range(len(cells))
            if number not in {label, *pixels}]  # fmt: skip
    notes = (f"Not used: {', '.join(left[:20])}.",) if left else ()
    return {name: held_array(f"{name} of {printable(path.name)}", array) for name, array in arrays.items()}, notes


def _label_column(cells: list[str], header: bool, shape: tuple[int, ...] | None) -> int | None:
    """The column of labels: by its name, or without a header the first one, if the others are an image."""
    if header:
        return next((number for number, cell in enumerate(cells) if parse_name(cell).kind == "labels"), None)
    count = len(cells) - 1
    return 0 if (math.isqrt(count) ** 2 == count if shape is None else math.prod(shape) == count) else None


def _pixel_columns(cells: list[str], header: bool, label: int | None) -> list[int]:
    """The columns of pixels: all but the labels, or those with the most usual name except for numbers in it."""
    others = [number for number in range(len(cells)) if number != label]
    if not header:
        return others
    kinds = {number: re.sub(r"\d+", "#", cells[number]) for number in others}
    usual, times = Counter(kinds.values()).most_common(1)[0] if kinds else ("", 0)
    return [number for number in others if kinds[number] == usual] if times * 2 > len(others) else others


def _as_numbers(texts: list[str]) -> NDArray[np.generic]:
    """Labels as numbers if all are, whole ones without a decimal point; otherwise as they are."""
    try:
        numbers = np.array(texts, np.float64)
    except ValueError:
        return np.array(texts)
    return numbers.astype(np.int64) if (numbers % 1 == 0).all() else numbers


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
