"""The tools of the map: what the left button does away from the handle. TOOLS lists them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from vae_explorer.gui.explorer.drags import Drag, HandleDrag, PanDrag

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.view import LatentView


@dataclass(frozen=True, slots=True)
class Tool:
    """What a drag and a click with the left button do."""

    title: str
    key: Qt.Key
    cursor: Qt.CursorShape  # over the map
    drag: Callable[["LatentView", QPointF], Drag]  # begins a drag from a position in the view
    click: Callable[["LatentView", QPointF], None]  # carries out a click at a position in the view


def _explore_drag(view: "LatentView", _pressed_at: QPointF) -> Drag:
    return HandleDrag(view)


def _jump(view: "LatentView", position: QPointF) -> None:
    row = view.hover.row_at(position)
    if row is not None:
        view.picked.emit(row)
    else:
        view.jumped.emit(*view.to_plane(position))


def _jump_to_point(view: "LatentView", position: QPointF) -> None:
    row = view.hover.row_at(position)
    if row is not None:
        view.picked.emit(row)


EXPLORE = Tool("Explore", Qt.Key.Key_E, Qt.CursorShape.CrossCursor, _explore_drag, _jump)
HAND = Tool("Hand", Qt.Key.Key_V, Qt.CursorShape.OpenHandCursor, PanDrag, _jump_to_point)
TOOLS = (EXPLORE, HAND)
