"""Sets of labels in the cells of a table, such as "cat|dog"."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from vae_explorer.data.classes import MOST_CLASSES
from vae_explorer.data.columns import Columns
from vae_explorer.data.names import natural_order, printable

SEPARATORS = "|;,"  # between the labels of an image that has several


def label_sets(cells: Sequence[str]) -> Columns | None:
    """A column of 0 and 1 for each label, if cells hold sets of labels such as "cat|dog"; None: they do not."""
    different = set(cells)
    separator = separator_of(different)
    if separator is None:
        return None
    names = sorted({label for cell in different for label in _divided(cell, separator)}, key=natural_order)
    index = {name: number for number, name in enumerate(names)}
    values = np.zeros((len(cells), len(names)), np.float32)
    for row, cell in enumerate(cells):
        if cell:
            values[row, [index[label] for label in _divided(cell, separator)]] = 1
        else:
            values[row] = np.nan
    return Columns(None, (), values, tuple(map(printable, names)))


def separator_of(different: set[str]) -> str | None:
    """What divides the labels in cells such as "cat|dog": most of the labels are in several different cells."""
    for separator in SEPARATORS:
        often = Counter(label for cell in different for label in _divided(cell, separator))
        repeated = sum(times > 1 for times in often.values())
        if any(separator in cell for cell in different) and len(often) <= MOST_CLASSES and repeated * 2 >= len(often):
            return separator
    return None


def _divided(cell: str, separator: str) -> set[str]:
    return {label.strip() for label in cell.split(separator) if label.strip()}
