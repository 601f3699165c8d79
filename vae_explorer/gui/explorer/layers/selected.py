"""The selected images on the map: their points with rings, over all other points, which are paler meanwhile."""

import numpy as np

from vae_explorer.array_types import Indices
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.explorer.layers.points import PointsLayer
from vae_explorer.gui.explorer.selecting.selection import NONE
from vae_explorer.gui.parts.points_item import PointsItem

OPACITY = 0.95
MANY = 2000  # selected images from which they are drawn as pale as others usually are, so that one sees their density


class SelectedLayer(MapLayer):
    """Follows the points layer: its places and colours. It is seen also where that layer is off."""

    name = "selected"
    title = "Selected images"
    sentence = (
        "The points of the selected images, with rings. Those that the legend or the choice of splits hides are left "
        "out; they stay selected."
    )

    def __init__(self) -> None:
        self.drawing = PointsItem()
        super().__init__(self.drawing)
        self._points: PointsLayer | None = None
        self._rows = NONE
        self._tell()

    def follow(self, points: PointsLayer) -> None:
        """Draw the points that this layer draws."""
        self._points = points
        points.drawn.connect(self._draw)

    def show_rows(self, rows: Indices) -> None:
        """Draw the points of these images (M,), which are selected and not hidden by a filter."""
        if rows is not self._rows:
            self._rows, before = rows, self.reason
            self._tell()
            if self.reason == before:  # else the change of the state has drawn them
                self._draw()

    def state_changed(self) -> None:
        self._draw()

    def end(self) -> None:
        self.drawing.end()

    def _tell(self) -> None:
        self._has_something(drawn=len(self._rows) > 0, explained=False)
        self._offer("" if len(self._rows) else "No image that is shown is selected.")

    def _draw(self) -> None:
        points = self._points
        if points is None:
            return
        over = self.active and len(self._rows) > 0
        points.stay_behind(over)
        if over:
            plane, style, rgb, usual = points.look_of(self._rows)
            opacity = usual if len(plane) > MANY else np.full(len(rgb), OPACITY, np.float32)
            self.drawing.set_points(plane, style, rgb, opacity, points.ring_colour)
