"""What the tool Path does on the map: sets anchors, drags them, and removes them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.own_image import OwnImageLayer
from vae_explorer.gui.explorer.paths.anchors import Anchors

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.view import LatentView
    from vae_explorer.latent.plane import Plane

REACH = 12.0  # pixels from the middle of an anchor, or of the own image's diamond, within which a press takes it


class AnchorHands:
    """Anchors are set at the code of what is pressed: an own image, the handle, a point, or the plane itself."""

    def __init__(
        self, view: "LatentView", anchors: Anchors, code: Callable[[], Floats], plane: Callable[[], "Plane"]
    ) -> None:
        """code: returns the latent code at the handle (latent_dim,). plane: returns the plane through it."""
        self._view, self._anchors, self._code, self._plane = view, anchors, code, plane
        self.subject: Subject | None = None
        self._drag = 0  # number of the present drag
        self._held = -1  # the anchor that is dragged
        self._offset: Floats = np.zeros(2, np.float32)  # of its code from the point of the plane under the pointer

    def click(self, position: QPointF) -> None:
        """Mark the anchor here, or set one."""
        number = self.anchor_at(position)
        if number >= 0:
            self._anchors.mark(number)
        else:
            self._anchors.add(self.code_at(position))

    def grab(self, position: QPointF) -> None:
        """Begin to drag the anchor here, or set one and drag it."""
        self._drag -= 1  # numbers of its own, since those of the handle's drags are positive
        self._held = self.anchor_at(position)
        if self._held < 0:
            self._anchors.add(self.code_at(position), self._drag)
            self._held = len(self._anchors.codes) - 1
        self._anchors.mark(self._held)
        self._offset = self._anchors.codes[self._held] - self._on_plane(position)

    def move(self, position: QPointF) -> None:
        """Drag in the plane of the map; what the code has beside the plane stays as it is."""
        self._anchors.move(self._held, self._on_plane(position) + self._offset, self._drag)

    def remove_at(self, position: QPointF) -> bool:
        """Remove the anchor here; returns whether there is one."""
        number = self.anchor_at(position)
        if number >= 0:
            self._anchors.remove(number)
        return number >= 0

    def remove_marked(self) -> None:
        """Remove the anchor that was touched last."""
        if self._anchors.marked >= 0:
            self._anchors.remove(self._anchors.marked)

    def anchor_at(self, position: QPointF) -> int:
        """The number of the anchor at a position in the view, the uppermost first; -1: there is none."""
        plane = self._plane()
        for number in reversed(range(len(self._anchors.codes))):
            if self._near(plane.point(self._anchors.codes[number]), position):
                return number
        return -1

    def code_at(self, position: QPointF) -> Floats:
        """The latent code (latent_dim,) of what is at a position in the view."""
        own = self._view.layers.find(OwnImageLayer).shown
        if own is not None and self._near(self._plane().point(own), position):
            return own
        if self._view.handle.offset(position) is not None:
            return self._code()
        row = self._view.hover.row_at(position)
        if row is not None and self.subject is not None:
            return self.subject.z_mean[row]
        return self._on_plane(position)

    def _near(self, point: tuple[float, float], position: QPointF) -> bool:
        return (self._view.to_pixels(*point) - position).manhattanLength() <= REACH

    def _on_plane(self, position: QPointF) -> Floats:
        plane = self._plane()
        return (plane.held + np.array(self._view.to_plane(position), np.float32) @ plane.directions).astype(np.float32)
