"""A sample of the values of a data set, from which the value range is decided."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.fitting import Kind

SAMPLE = 1000  # images that are looked at, at least, or all of a smaller set
MOST_VALUES = 2**21  # of one kind, kept for the percentiles


@dataclass(slots=True)
class Values:
    """Values of one kind: their exact extremes and number, and a random sample."""

    low: float = math.inf
    high: float = -math.inf
    count: int = 0
    parts: list[NDArray[Any]] = field(default_factory=list)

    def sample(self) -> NDArray[np.float64]:
        return np.concatenate(self.parts).astype(np.float64)

    def add(self, other: "Values") -> None:
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.count += other.count
        self.parts += other.parts


def picked(images: NDArray[np.generic], each: int, seed: int) -> Values:
    """The values of some images, not bool: (n, ...), finite. each: how many of an image are picked, if it has more."""
    if not images.size:
        return Values(parts=[np.empty(0, np.float64)])
    flat = images.reshape(len(images), -1)
    low, high = float(np.min(flat)), float(np.max(flat))
    count = flat.size
    if flat.shape[1] > each:
        where = np.random.default_rng(seed).integers(flat.shape[1], size=(len(flat), each))
        flat = np.take_along_axis(flat, where, axis=1)
    return Values(low, high, count, [flat.astype(flat.dtype.newbyteorder("=")).ravel()])


@dataclass(slots=True)
class ValueSample:
    """The values that were seen in images, by kind. expected: number of images that will be taken, about."""

    expected: int
    kinds: dict[Kind, Values] = field(default_factory=dict)
    photographs: bool = False  # whether most images are in colour or JPEG files, as masks and counts are not

    @property
    def each(self) -> int:
        """How many values of an image are kept."""
        return max(1, MOST_VALUES // max(1, self.expected))

    def add(self, kind: Kind, values: Values) -> None:
        """Include values of a kind."""
        if values.count:
            self.kinds.setdefault(kind, Values()).add(values)

    def count(self, kind: Kind) -> int:
        """How many values of a kind were seen."""
        return self.kinds[kind].count if kind in self.kinds else 0
