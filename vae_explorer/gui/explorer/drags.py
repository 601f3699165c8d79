"""What a drag with the mouse does on the map, from the press to the release."""

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, Qt

from vae_explorer.gui.explorer.handle import LatentHandle

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
