"""Which losses an axis spans: those that can be told apart, without the first steps, which lie far off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_explorer.gui.training.loss_history import Buckets

FEW = 5  # most epochs of which none is left out


@dataclass(frozen=True, slots=True)
class Extent:
    """The range that is shown, and the least and the greatest of all values in view."""

    low: float
    high: float
    least: float
    most: float

    @property
    def cuts_off(self) -> tuple[bool, bool]:
        """Whether values lie outside the range, below and above, so far that it is seen."""
        room = 0.1 * (self.high - self.low)
        return self.least < self.low - room, self.most > self.high + room

    @property
    def whole(self) -> "Extent":
        """The range of all values."""
        return Extent(self.least, self.most, self.least, self.most)


def extent_of(
    batches: Buckets, epochs: Buckets, references: Sequence[NDArray[np.floating]], columns: Sequence[int]
) -> Extent:
    """The range of the losses in some columns.

    batches: of (loss, reconstruction, KL); epochs: of these in training, then in validation; references: (n, 3) each,
    the validation losses of other runs in view; NaN: cannot be compared. With them the training losses are not drawn.
    """
    chosen = list(columns)
    ends: list[float] = []
    values: list[NDArray[np.floating]] = [batches.low[:, chosen], batches.high[:, chosen]]
    late = batches[len(batches) // 20 :]
    if len(late):
        ends += [*np.percentile(late.low[:, chosen], 0.5, axis=0)]
        ends += [*np.percentile(late.high[:, chosen], 98, axis=0)]
    both = [i + part for i in chosen for part in ((3,) if references else (0, 3))]
    for curve in (epochs.mean[:, both], *(losses[:, chosen] for losses in references)):
        values.append(curve)
        few = len(curve) <= FEW
        for column in curve[0 if few and not len(late) else 1 :].T:
            known = column[np.isfinite(column)]
            if len(known):
                ends += [known.min(), np.percentile(known, 100 if few else 95)]
    everything = np.concatenate([some.ravel() for some in values])
    everything = everything[np.isfinite(everything)]
    if not ends or not len(everything):
        return Extent(0.0, 1.0, 0.0, 1.0)
    return Extent(float(min(ends)), float(max(ends)), float(everything.min()), float(everything.max()))
