"""What is known of images besides their pixels."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The classes of N images, and numbers that belong to each."""

    labels: Ints | None  # (N,), index in class_names, -1: no class; None: there are no labels at all
    class_names: tuple[str, ...]
    values: Floats  # (N, K), a column for each of the value names, NaN: unknown
    value_names: tuple[str, ...] = ()

    @property
    def label(self) -> Ints:
        """The labels (N,), -1 for each image where there are none at all."""
        return self.labels if self.labels is not None else np.full(len(self.values), -1, np.int32)

    def value(self, name: str) -> Floats:
        """The numbers (N,) of one of the value names."""
        column: Floats = self.values[:, self.value_names.index(name)]
        return column

    def class_of(self, row: int) -> str:
        """The name of an image's class, "" if it has none."""
        label = -1 if self.labels is None else int(self.labels[row])
        return self.class_names[label] if label >= 0 and self.class_names else ""

    def take(self, rows: Any) -> "Columns":
        """What is known of some of the images, by anything that indexes an array."""
        labels = None if self.labels is None else self.labels[rows]
        return Columns(labels, self.class_names, self.values[rows], self.value_names)


def no_columns(count: int) -> Columns:
    """Nothing is known of so many images."""
    return Columns(None, (), np.empty((count, 0), np.float32))
