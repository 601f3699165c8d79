"""What a drag with the mouse does on the map, from the press to the release."""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QPointF, Qt

from vae_explorer.gui.explorer.handle import LatentHandle
from vae_explorer.gui.explorer.selecting.selection import Combine

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.view import LatentView

NO_OFFSET = QPointF(0, 0)


class Drag(Protocol):
    """One drag, made when it begins; `move` is called at most once per frame."""

    cursor: Qt.CursorShape
    decodes: bool  # whether each move requests a decoded image

    def move(self, pixels: QPointF) -> None:
        """Follow the pointer to this position in the view. Must cause a paint of the view."""

    def end(self) -> None:
        """Called after the last move, when the button is released."""


class HandleDrag:
    """The handle follows the pointer."""

    cursor = Qt.CursorShape.SizeAllCursor
    decodes = True

    def __init__(self, view: "LatentView", offset: QPointF = NO_OFFSET) -> None:
        """offset: from the pointer to the handle's centre."""
        self._view, self._offset = view, offset
        self._handle: LatentHandle = view.handle
        self._handle.begin_drag()

    def move(self, pixels: QPointF) -> None:
        self._handle.move(*self._view.to_plane(pixels + self._offset))

    def end(self) -> None:
        self._handle.end_drag()


class PanDrag:
    """The map follows the pointer: the point of the plane that was pressed stays under it."""

    cursor = Qt.CursorShape.ClosedHandCursor
    decodes = False

    def __init__(self, view: "LatentView", pressed_at: QPointF) -> None:
        self._view, self._anchor = view, view.to_plane(pressed_at)

    def move(self, pixels: QPointF) -> None:
        x, y = self._view.to_plane(pixels)
        self._view.pan(self._anchor[0] - x, self._anchor[1] - y)

    def end(self) -> None:
        """Nothing to do."""


class OutlineDrag:
    """Draws an outline, and asks to select what is in it. A move draws only what it has changed of the map again."""

    cursor = Qt.CursorShape.CrossCursor
    decodes = False

    def __init__(self, view: "LatentView", pressed_at: QPointF, how: Combine) -> None:
        """how: to combine what is in the outline with what is selected."""
        self._view, self._outline, self._how = view, view.outline, how
        self._outline.begin(view.to_plane(pressed_at))

    def move(self, pixels: QPointF) -> None:
        raise NotImplementedError

    def end(self) -> None:
        corners = np.array(self._outline.corners, np.float64)
        self._outline.end()
        self._view.outlined.emit(corners, self._how)

    def cancel(self) -> None:
        """Called instead of `end` if the person gives the drag up."""
        self._outline.end()


class AnchorDrag:
    """An anchor of the path follows the pointer; where there is none, one is set."""

    cursor = Qt.CursorShape.SizeAllCursor
    decodes = False

    def __init__(self, view: "LatentView", pressed_at: QPointF, _how: Combine) -> None:
        self._view = view
        if view.anchors is not None:
            view.anchors.grab(pressed_at)

    def move(self, pixels: QPointF) -> None:
        if self._view.anchors is not None:
            self._view.anchors.move(self._view.on_map(pixels))
        self._view.viewport().update()

    def end(self) -> None:
        """Nothing to do."""


class LassoDrag(OutlineDrag):
    """The outline follows the pointer."""

    def move(self, pixels: QPointF) -> None:
        self._outline.add(self._view.to_plane(self._view.on_map(pixels)))


class BoxDrag(OutlineDrag):
    """A rectangle from the press to the pointer."""

    def move(self, pixels: QPointF) -> None:
        self._outline.stretch(self._view.to_plane(self._view.on_map(pixels)))
