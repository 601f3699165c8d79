"""The part of the plane in view: all, the codes or the prior, or what the person chose by zooming and panning."""

from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QRectF

from vae_explorer.array_types import Doubles, Floats

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.view import LatentView

Fit = Literal["all", "codes", "prior"]

ENOUGH = 10_000  # number of points from which the extent of all is estimated
EDGE = 0.04  # room around what is fitted, as a share of its size
GROWTH = 0.2  # the same around codes that spread while the person looks on, so that the view seldom changes
SMALL = 0.5  # what takes up less than this share of the view has shrunk so much that it is fitted again
LEAST = 0.01  # standard deviations of the prior, least extent of the codes that is fitted


class Fitting:
    """Fits the view, again after each change of its size, until the person zooms or pans."""

    def __init__(self, view: "LatentView") -> None:
        self._view = view
        self._fit: Fit | None = "all"  # what is in view; None: what the person chose
        self._part: QRectF | None = None  # what a new size brings into view again, until the person zooms or pans
        self._plane: Floats | None = None  # (N, 2), the points

    @property
    def part(self) -> QRectF | None:
        """The part of the plane in view, if the person chose it; None: it is fitted."""
        return None if self._fit is not None else self._part or self._view.getViewBox().viewRect()

    def fit(self, what: Fit, room: float = EDGE) -> None:
        """Bring this into view, except for the farthest few points in a thousand."""
        self._fit = what
        low, high = self._extent(what)
        box, layers = self._view.getViewBox(), self._view.layers
        share = min(0.4, layers.covered() / max(box.width(), 1))  # share of the width that legends cover
        # If the height limits the scale, there is space at both sides, and the points are centred beside the legends.
        aspect = (high[0] - low[0]) / (1 - share) / (high[1] - low[1]) * box.height() / max(box.width(), 1)
        across = (high[0] - low[0]) / (1 - share) / min(1.0, aspect)
        left = (low[0] + high[0]) / 2 - across * (1 - share) / 2
        self._view.getPlotItem().setRange(xRange=(left, left + across), yRange=(low[1], high[1]), padding=room)

    def show_part(self, part: QRectF) -> None:
        """Bring this part of the plane into view, as if the person had chosen it."""
        self._part, self._fit = part, None
        self._view.getViewBox().setRange(part, padding=0)

    def show_points(self, plane: Floats, anew: bool) -> None:
        """plane: (N, 2), the points. anew: fit all; else fit again only if they have outgrown what was fitted."""
        self._plane = plane
        if anew:
            self.fit("all")
        elif self._fit is not None and not self._view.busy and self._misfits(self._fit):
            self.fit(self._fit, GROWTH)

    def resized(self) -> None:
        """The view has another size."""
        if self._fit is not None:
            self.fit(self._fit)
        elif self._part is not None:
            self.show_part(self._part)

    def leave(self) -> None:
        """The person has zoomed or panned."""
        self._fit = self._part = None

    def _misfits(self, what: Fit) -> bool:
        (left, right), (bottom, top) = self._view.viewRange()
        low, high = self._extent(what)
        outside = low[0] < left or high[0] > right or low[1] < bottom or high[1] > top
        return bool(outside or max((high[0] - low[0]) / (right - left), (high[1] - low[1]) / (top - bottom)) < SMALL)

    def _extent(self, what: Fit) -> tuple[Doubles, Doubles]:
        """The lowest and the highest coordinates (2,) of what is to be in view."""
        low, high = np.array([-3.0, -3.0]), np.array([3.0, 3.0])  # contains nearly all of the prior
        if what == "prior" or self._plane is None or not len(self._plane):
            return low, high
        # np.percentile would take 15 ms to import
        ordered = np.sort(self._plane[:: max(1, len(self._plane) // ENOUGH)].astype(np.float64), axis=0)
        rest = len(ordered) // 500
        lowest, highest = ordered[rest], ordered[-1 - rest]
        if what == "all":
            return np.minimum(low, lowest), np.maximum(high, highest)
        middle, half = (lowest + highest) / 2, np.maximum((highest - lowest) / 2, LEAST / 2)
        return middle - half, middle + half
