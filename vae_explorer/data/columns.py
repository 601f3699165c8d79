"""Labels, numbers and names that belong to images."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats, Ints
from vae_explorer.data.names import Names


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The classes of N images, columns of numbers with one number per image, and the names of the images."""

    labels: Ints | None  # (N,), index in class_names, -1: no class; None: no image has a label
    class_names: tuple[str, ...]
    values: Floats  # (N, K), one column per value name, NaN: unknown
    value_names: tuple[str, ...] = ()
    names: Names | None = None  # N paths below the folder of the images; None: they are not files
    notes: tuple[str, ...] = ()  # sentences on how labels were matched to images, and what was left unused
    warnings: tuple[str, ...] = ()  # sentences on labels that are probably not as their owner wants them

    @property
    def label(self) -> Ints:
        """The labels (N,), all -1 if no image has one."""
        return self.labels if self.labels is not None else np.full(len(self.values), -1, np.int32)

    def value(self, name: str) -> Floats:
        """The column (N,) of a value name. Raises ValueError if there is none of that name."""
        column: Floats = self.values[:, self.value_names.index(name)]
        return column

    def class_of(self, row: int) -> str:
        """The class name of the image with index `row`, "" if it has none."""
        label = -1 if self.labels is None else int(self.labels[row])
        return self.class_names[label] if label >= 0 and self.class_names else ""

    def unknown(self, count: int) -> "Columns":
        """Columns of `count` other images with these names, without a class and with unknown numbers."""
        labels = None if self.labels is None else np.full(count, -1, np.int32)
        values = np.full((count, len(self.value_names)), np.nan, np.float32)
        return Columns(labels, self.class_names, values, self.value_names)

    def take(self, rows: Any) -> "Columns":
        """Labels, numbers and names of some of the images. rows: anything that indexes an array."""
        labels = None if self.labels is None else self.labels[rows]
        names = None if self.names is None else self.names.take(rows)
        return replace(self, labels=labels, values=self.values[rows], names=names)


def no_columns(count: int) -> Columns:
    """Columns of `count` images without labels and numbers."""
    return Columns(None, (), np.empty((count, 0), np.float32))
