"""The mouse on the map, from press to release: decides which drag it is, or whether it is a click."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from vae_explorer.gui.explorer.drags import Drag, HandleDrag, OutlineDrag, PanDrag
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.explorer.frame_moves import FrameMoves
from vae_explorer.gui.explorer.selecting.selection import Combine, combine_of
from vae_explorer.gui.explorer.tools import EXPLORE, Tool, click_with_keys

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.view import LatentView

CLICK_SLACK = 4  # pixels that the pointer may move in a click
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NEAR_HANDLE, ON_ARROW = Qt.CursorShape.SizeAllCursor, Qt.CursorShape.PointingHandCursor


class MapMouse(QObject):
    """Follows one button at a time. Its methods return whether they handled the event; see `gestures` for the table."""

    menu_wanted = Signal(QPoint)  # position on the screen

    def __init__(self, view: "LatentView", clock: FrameClock) -> None:
        super().__init__(view)
        self.tool: Tool = EXPLORE
        self._view, self._clock = view, clock
        self._button: Qt.MouseButton | None = None  # the one that is pressed
        self._pressed_at = QPointF()
        self._pans = False  # whether this press pans with any tool
        self._how = Combine.REPLACE  # by the keys that were held at the press
        self._drag: Drag | None = None
        self.moves = FrameMoves(self._move_drag, self)

    def use(self, tool: Tool) -> None:
        """Use this tool for the left button."""
        self.tool = tool
        self._view.viewport().setCursor(tool.cursor)

    @property
    def pressed(self) -> bool:
        """Whether a button is pressed that began on the map."""
        return self._button is not None

    def press(self, event: QMouseEvent) -> bool:
        if self._button is not None:
            return True  # another button in the middle of a drag
        if event.button() not in (LEFT, MIDDLE, RIGHT) or not self._view.covers(event.position()):
            return False
        self._button, self._pressed_at = event.button(), event.position()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._pans = alt or event.button() != LEFT
        self._how = combine_of(event.modifiers())
        offset = self._offset(event.position())
        if offset is not None and not self._pans and self._how is Combine.REPLACE:
            self._begin(HandleDrag(self._view, offset))
        return True

    def move(self, event: QMouseEvent) -> bool:
        if self._button is None:
            if not event.buttons():
                self._hover(event.position())
            return False
        if not event.buttons() & self._button:  # it was released outside the window, without an event
            self._end(event.position())
            return True
        if self._drag is None:
            if (event.position() - self._pressed_at).manhattanLength() <= CLICK_SLACK:
                return True  # it may still become a click
            view, at = self._view, self._pressed_at
            self._begin(PanDrag(view, at) if self._pans else self.tool.drag(view, at, self._how))
        if self._drag is not None and self._drag.decodes:
            self._clock.event_arrived()
        self.moves.move_to(event.position())
        return True

    def release(self, event: QMouseEvent) -> bool:
        if self._button is None:
            return False
        if event.button() == self._button:
            clicked = self._drag is None
            self._end(event.position())
            if clicked and event.button() == RIGHT:
                if self.tool.removes is not None and self.tool.removes(self._view, event.position()):
                    return True
                self.menu_wanted.emit(event.globalPosition().toPoint())
            elif clicked and event.button() == LEFT and self._view.beyond.at(event.position()):
                self._view.show_handle()
            elif clicked and not self._pans and self._how is Combine.REPLACE:
                self.tool.click(self._view, event.position())
            elif clicked and event.button() == LEFT and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
                click_with_keys(self._view, event.position(), self._how)
        return True

    def cancel(self) -> bool:
        """Give the outline up that is being drawn; returns whether there was one."""
        if not isinstance(self._drag, OutlineDrag):
            return False
        self._drag.cancel()
        self._button = self._drag = None
        return True

    def _begin(self, drag: Drag) -> None:
        self._drag = drag
        self._view.viewport().setCursor(drag.cursor)

    def _move_drag(self, pixels: QPointF) -> None:
        if self._drag is not None:
            self._drag.move(pixels)

    def _end(self, position: QPointF) -> None:
        self.moves.flush()
        if self._drag is not None:
            self._drag.end()
        self._button = self._drag = None
        self._show_cursor(position)

    def _show_cursor(self, position: QPointF) -> bool:
        """Set the cursor for this position; returns whether a press here is for the handle or the arrow to it."""
        near, arrow = self._offset(position) is not None, self._view.beyond.at(position)
        self._view.viewport().setCursor(NEAR_HANDLE if near else ON_ARROW if arrow else self.tool.cursor)
        return near or arrow

    def _offset(self, position: QPointF) -> QPointF | None:
        """The way from a position to the handle's centre; None: a press here does not take the handle."""
        return self._view.handle.offset(position) if self.tool.takes_handle else None

    def _hover(self, position: QPointF) -> None:
        if self._show_cursor(position):
            self._view.hover.leave()
        else:
            self._view.hover.move_to(position)
