"""The losses of a training of any length in bounded memory: every spike is kept, and no value is made up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Doubles, Longs

MOST = 4096  # most buckets: more than a window has pixels across
NEWEST = 10_000  # newest steps, which are also kept one by one


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Neighbouring steps merged into n buckets, with a column for each of k losses."""

    first: Longs  # (n,), the steps that a bucket spans
    last: Longs
    count: Longs  # (n,), values in it
    low: Doubles  # (n, k)
    high: Doubles
    total: Doubles

    @classmethod
    def single(cls, steps: Longs, values: Doubles) -> "Buckets":
        """A bucket for each of n steps. values: (n, k)."""
        return cls(steps, steps, np.ones(len(steps), np.int64), values, values, values)

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, part: slice) -> "Buckets":
        return Buckets(*(array[part] for array in self._arrays()))

    def __add__(self, later: "Buckets") -> "Buckets":
        return Buckets(*map(np.concatenate, zip(self._arrays(), later._arrays(), strict=True)))

    @property
    def mean(self) -> Doubles:
        """(n, k): the mean of each bucket."""
        return np.clip(self.total / self.count[:, None], self.low, self.high)  # against rounding

    @property
    def middle(self) -> Doubles:
        """(n,): the middle step of each bucket."""
        return (self.first + self.last) / 2

    def merged(self, starts: Longs) -> "Buckets":
        """Merge the buckets from each start up to the next one. starts: ascending indices, the first is 0."""
        if not len(self):
            return self
        ends = np.append(starts[1:], len(self)) - 1
        count, total = (np.add.reduceat(array, starts) for array in (self.count, self.total))
        low, high = np.minimum.reduceat(self.low, starts), np.maximum.reduceat(self.high, starts)
        return Buckets(self.first[starts], self.last[ends], count, low, high, total)

    def fewer(self, most: int) -> "Buckets":
        """The same values in at most `most` buckets."""
        width = -(-len(self) // max(1, most))
        return self if width <= 1 else self.merged(np.arange(0, len(self), width))

    def within(self, first: float, last: float) -> "Buckets":
        """The buckets in a range of steps and one more at either end, so that lines reach the edges."""
        start, end = np.searchsorted(self.last, first), np.searchsorted(self.first, last, "right")
        return self[max(0, int(start) - 1) : int(end) + 1]

    def smoothed(self, reach: int) -> Doubles:
        """(n, k): the mean of each bucket and of up to `reach` more on either side."""
        if not len(self):
            return self.total
        kernel = np.ones(min(2 * reach + 1, 2 * ((len(self) - 1) // 2) + 1))
        totals = [np.convolve(column, kernel, "same") for column in self.total.T]
        return np.column_stack(totals) / np.convolve(self.count, kernel, "same")[:, None]

    def _arrays(self) -> Iterator[NDArray[Any]]:
        return (getattr(self, name) for name in self.__slots__)


class LossHistory:
    """Collects values. When there are too many buckets, neighbours are merged, so that each spans twice as many steps.

    Adding n values takes time in proportion to n, and the memory is bounded.
    """

    def __init__(self, columns: int) -> None:
        nothing = Buckets.single(np.empty(0, np.int64), np.empty((0, columns)))
        self.whole, self._newest = nothing, nothing
        self._width = 1  # values in a full bucket

    def add(self, steps: Longs, values: Doubles) -> None:
        """steps: (n,), ascending; values: (n, columns)."""
        more = Buckets.single(steps, values)
        self._newest = (self._newest + more)[-NEWEST:]
        filled = int(self.whole.count[-1]) % self._width if len(self.whole) else 0
        if filled:  # the last bucket has room left
            more, self.whole = self.whole[-1:] + more, self.whole[:-1]
            starts = np.append(0, np.arange(1 + self._width - filled, len(more), self._width))
        else:
            starts = np.arange(0, len(more), self._width)
        self.whole += more.merged(starts)
        while len(self.whole) > MOST:
            self.whole = self.whole.fewer(-(-len(self.whole) // 2))
            self._width *= 2

    def newest(self, steps: int) -> Buckets:
        """The newest `steps` steps, at most `NEWEST`, each in a bucket."""
        if not len(self._newest):
            return self._newest
        return self._newest[int(np.searchsorted(self._newest.first, self._newest.last[-1] - steps, "right")) :]
