"""The tools of the map: what the left button does away from the handle. TOOLS lists them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from vae_explorer.gui.explorer.drags import AnchorDrag, BoxDrag, Drag, HandleDrag, LassoDrag, PanDrag
from vae_explorer.gui.explorer.selecting.selection import Combine

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.view import LatentView


@dataclass(frozen=True, slots=True)
class Tool:
    """What a drag and a click with the left button do."""

    title: str
    key: Qt.Key
    sentence: str  # what it does, for its button
    cursor: Qt.CursorShape  # over the map
    drag: Callable[["LatentView", QPointF, Combine], Drag]  # begins a drag from a position in the view
    click: Callable[["LatentView", QPointF], None]  # carries out a click, without keys, at a position in the view
    removes: Callable[["LatentView", QPointF], bool] | None = None  # by a right click; returns whether it removed
    takes_handle: bool = False  # whether a press on the handle drags it, instead of what the tool does elsewhere


def _explore_drag(view: "LatentView", _pressed_at: QPointF, _how: Combine) -> Drag:
    return HandleDrag(view)


def _pan_drag(view: "LatentView", pressed_at: QPointF, _how: Combine) -> Drag:
    return PanDrag(view, pressed_at)


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


def _select(view: "LatentView", position: QPointF) -> None:
    view.chosen.emit(view.hover.row_at(position), Combine.REPLACE)


def _set_anchor(view: "LatentView", position: QPointF) -> None:
    if view.anchors is not None:
        view.anchors.click(position)


def _remove_anchor(view: "LatentView", position: QPointF) -> bool:
    return view.anchors is not None and view.anchors.remove_at(position)


def click_with_keys(view: "LatentView", position: QPointF, how: Combine) -> None:
    """What a click with Shift or Ctrl does, with any tool. Beside a point it does nothing: the selection stays."""
    row = view.hover.row_at(position)
    if row is not None:
        view.chosen.emit(row, how)


EXPLORE = Tool(
    "Explore", Qt.Key.Key_E, "Drag or click to move the handle, and see what is decoded there.",
    Qt.CursorShape.CrossCursor, _explore_drag, _jump, takes_handle=True,
)  # fmt: skip
HAND = Tool(
    "Hand", Qt.Key.Key_V, "Drag to move the map.", Qt.CursorShape.OpenHandCursor, _pan_drag, _jump_to_point,
    takes_handle=True,
)  # fmt: skip
LASSO = Tool(
    "Lasso", Qt.Key.Key_L, "Drag around points to select their images, or click one. Shift adds, Ctrl toggles.",
    Qt.CursorShape.PointingHandCursor, LassoDrag, _select,
)  # fmt: skip
BOX = Tool(
    "Box", Qt.Key.Key_B, "Drag a box over points to select their images, or click one. Shift adds, Ctrl toggles.",
    Qt.CursorShape.ArrowCursor, BoxDrag, _select,
)  # fmt: skip
PATH = Tool(
    "Path", Qt.Key.Key_P, "Click to set anchors of a path, on points or beside them. Drag them; Delete removes one.",
    Qt.CursorShape.DragCopyCursor, AnchorDrag, _set_anchor, _remove_anchor,
)  # fmt: skip
TOOLS = (EXPLORE, HAND, LASSO, BOX, PATH)
