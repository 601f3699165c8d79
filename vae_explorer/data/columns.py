"""Labels, numbers and names that belong to images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vae_explorer.array_types import Flags, Floats, Ints
from vae_explorer.data.names import Names, natural_order


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
    held_out: Flags | None = None  # (N,), where a column says which images are for test; None: it does not

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
        held_out = None if self.held_out is None else self.held_out[rows]
        return replace(self, labels=labels, values=self.values[rows], names=names, held_out=held_out)


def no_columns(count: int) -> Columns:
    """Columns of `count` images without labels and numbers."""
    return Columns(None, (), np.empty((count, 0), np.float32))


def merged(first: Columns, second: Columns) -> Columns:
    """The numbers of both; the labels of the first, or of the second if the first has none."""
    own = first if first.labels is not None else second
    values = np.concatenate([first.values, second.values], axis=1)
    return Columns(
        own.labels, own.class_names, values, (*first.value_names, *second.value_names), first.names or second.names,
        (*first.notes, *second.notes), (*first.warnings, *second.warnings),
        first.held_out if first.held_out is not None else second.held_out,
    )  # fmt: skip


def joined(splits: Sequence[Columns], counts: Sequence[int]) -> Columns:
    """The columns of several splits of a set, with these counts of images, one after the other; without their names.

    If a split has no labels, the result has none. If their value names differ, it has no numbers.
    """
    notes = tuple(dict.fromkeys(note for split in splits for note in split.notes))
    warnings = tuple(dict.fromkeys(warning for split in splits for warning in split.warnings))
    if any(split.value_names != splits[0].value_names for split in splits):
        splits = [
            Columns(split.labels, split.class_names, no_columns(count).values)
            for split, count in zip(splits, counts, strict=True)
        ]
    values = np.concatenate([split.values for split in splits])
    if any(split.labels is None for split in splits):
        return Columns(None, (), values, splits[0].value_names, notes=notes, warnings=warnings)
    names = sorted({name for split in splits for name in split.class_names}, key=natural_order)
    # The -1 at the end is the position that a label of -1, no class, points to.
    indices = [np.array([*map(names.index, split.class_names), -1], np.int32) for split in splits]
    labels = [index[split.label] for split, index in zip(splits, indices, strict=True)]
    return Columns(np.concatenate(labels), tuple(names), values, splits[0].value_names, notes=notes, warnings=warnings)
