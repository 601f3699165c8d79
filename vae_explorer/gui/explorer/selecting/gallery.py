"""The images of a selection, in rows, as cards of one size. Only the visible ones are read and drawn."""

import math

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from vae_explorer.array_types import Flags, Floats, Indices
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.selecting.cards import GAP, Cards
from vae_explorer.gui.parts.plain_text import safe_tip

Key, Keys = Qt.Key, Qt.KeyboardModifier
SIDES = 48, 72, 112, 176  # pixels of an image
NOTHING = np.empty(0, np.intp)


class Gallery(QAbstractScrollArea):
    """Shows images in the order of their rows. A click never changes what is selected; with Ctrl or Shift it does.

    The present image has a thick frame; it and those up to where it was before Shift was held are marked.
    """

    chosen = Signal(int)  # the row of the image that the person clicked
    toggled = Signal(int)  # the row of the image to select, or not to select any more
    range_chosen = Signal(object)  # rows (M,) to select, too
    removed = Signal(object)  # rows (M,) not to select any more
    open_wanted = Signal(int)  # the row of the image whose file is to be opened
    menu_wanted = Signal(QPoint)  # a place on the screen

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gallery")
        self.setAccessibleName("Gallery of images")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMinimumHeight(SIDES[0] + 50)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self._subject: Subject | None = None
        self._rows = NOTHING
        self._selected: Flags = np.empty(0, bool)
        self._current = self._anchor = -1  # places among the rows, -1: none
        self.side = SIDES[1]
        self.cards = Cards()
        self.cards.came.connect(self.viewport().update)

    @property
    def subject(self) -> Subject | None:
        """The subject whose images are shown; None before the first one."""
        return self._subject

    @property
    def rows(self) -> Indices:
        """The rows (M,) of the images, in the order in which they are shown."""
        return self._rows

    @property
    def current(self) -> int:
        """The row of the present image, -1: none."""
        return int(self._rows[self._current]) if self._current >= 0 else -1

    @property
    def marked(self) -> Indices:
        """The rows of the marked images."""
        if self._current < 0:
            return NOTHING
        low, high = sorted((self._anchor, self._current))
        return self._rows[low : high + 1]

    def show_rows(self, subject: Subject, rows: Indices, values: Floats | None) -> None:
        """Show the images in these rows (M,), in this order. values: (N,), to be written below them; None: nothing."""
        before, anchor = self.current, int(self._rows[self._anchor]) if self._anchor >= 0 else -1
        place, other = max(self._current, 0), self._subject is None or self._subject.images_key != subject.images_key
        self._subject, self._rows = subject, rows
        self.cards.show_subject(subject, values)
        again = np.flatnonzero(rows == before) if before >= 0 and not other else NOTHING
        if len(again):
            self._current = int(again[0])
            found = np.flatnonzero(rows == anchor)
            self._anchor = int(found[0]) if len(found) else self._current
        else:  # the image is gone: that in its place is the present one, so that the next one can be removed, too
            keep = before >= 0 and not other and len(rows)
            self._current = self._anchor = min(place, len(rows) - 1) if keep else -1
        self._fit()
        if other:
            self.verticalScrollBar().setValue(0)

    def show_selected(self, flags: Flags) -> None:
        """Which of all images (N,) get the mark of the selected ones; empty: none."""
        self._selected = flags
        self.viewport().update()

    def set_side(self, side: int) -> None:
        """Show images of this side in pixels; the first visible one stays visible."""
        first = self.verticalScrollBar().value() // self._cell.height() * self._columns
        self.side = side
        self._fit()
        self.verticalScrollBar().setValue(first // self._columns * self._cell.height())

    def box_of(self, place: int) -> QRect:
        """Where the card at a place is drawn, in pixels of the viewport."""
        down, across = divmod(place, self._columns)
        corner = QPoint(across * self._cell.width(), down * self._cell.height() - self.verticalScrollBar().value())
        return QRect(corner, self._cell).adjusted(0, 0, -GAP, -GAP)

    def place_at(self, position: QPoint) -> int:
        """The place of the card at a position in the viewport, -1: there is none."""
        across = position.x() // self._cell.width()
        down = (position.y() + self.verticalScrollBar().value()) // self._cell.height()
        place = down * self._columns + across
        return place if 0 <= across < self._columns and 0 <= place < len(self._rows) else -1

    @property
    def visible(self) -> Indices:
        """The rows of the images that are visible."""
        top, cell = self.verticalScrollBar().value(), self._cell.height()
        first, last = top // cell, (top + self.viewport().height() - 1) // cell
        return self._rows[first * self._columns : (last + 1) * self._columns]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().window())
        if self._subject is None:
            return
        first = self.verticalScrollBar().value() // self._cell.height() * self._columns
        low, high = sorted((self._anchor, self._current))
        visible = self.visible.tolist()
        self.cards.prepare(visible, self.side, self.fontMetrics())
        for place, row in enumerate(visible, start=first):
            selected = len(self._selected) > row and bool(self._selected[row])
            self.cards.draw(painter, self.box_of(place), self.side, row, selected, self.palette())
            if low <= place <= high and place >= 0:
                here = place == self._current
                colour = self.palette().color(QPalette.ColorRole.Highlight)
                colour.setAlpha(255 if here and self.hasFocus() else 140)
                pen = painter.pen()
                pen.setColor(colour)
                pen.setWidth(2)
                painter.setPen(pen)
                painter.drawRect(self.box_of(place).adjusted(1, 1, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def scrollContentsBy(self, across: int, down: int) -> None:
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place < 0 or event.button() == Qt.MouseButton.MiddleButton:
            return
        keys = event.modifiers()
        if event.button() == Qt.MouseButton.RightButton:
            if not np.isin(self._rows[place], self.marked):
                self._go(place)
        elif keys & Keys.ControlModifier:
            self._go(place)
            self.toggled.emit(self.current)
        elif keys & Keys.ShiftModifier:
            self._go(place, extend=True)
            self.range_chosen.emit(self.marked)
        else:
            self._go(place)
            self.chosen.emit(self.current)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.place_at(event.position().toPoint()) >= 0:
            self.open_wanted.emit(self.current)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._current >= 0:
            keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
            place = self.viewport().mapToGlobal(self.box_of(self._current).center()) if keyboard else event.globalPos()
            self.menu_wanted.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = event.key(), event.modifiers()
        page = max(1, self.viewport().height() // self._cell.height()) * self._columns
        steps = {
            Key.Key_Left: -1, Key.Key_Right: 1, Key.Key_Up: -self._columns, Key.Key_Down: self._columns,
            Key.Key_PageUp: -page, Key.Key_PageDown: page, Key.Key_Home: -len(self._rows), Key.Key_End: len(self._rows),
        }  # fmt: skip
        if key in steps and len(self._rows):
            place = 0 if self._current < 0 else self._current + steps[Key(key)]
            self._go(min(max(place, 0), len(self._rows) - 1), extend=bool(keys & Keys.ShiftModifier))
        elif self._current < 0:
            super().keyPressEvent(event)
        elif key in (Key.Key_Return, Key.Key_Enter):
            (self.open_wanted if keys & Keys.ControlModifier else self.chosen).emit(self.current)
        elif key == Key.Key_Space:
            self.toggled.emit(self.current)
        elif key in (Key.Key_Delete, Key.Key_Backspace):
            self.removed.emit(self.marked)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos())
            text = self.cards.tip(int(self._rows[place])) if place >= 0 else ""
            QToolTip.showText(event.globalPos(), safe_tip(text), self.viewport(), self.box_of(max(place, 0)))
            return True
        return super().viewportEvent(event)

    @property
    def _cell(self) -> QSize:
        """The size of a card with the gap behind it."""
        return self.cards.size(self.side, self.fontMetrics()) + QSize(GAP, GAP)

    @property
    def _columns(self) -> int:
        return max(1, (self.viewport().width() + GAP) // self._cell.width())

    def _fit(self) -> None:
        bar, cell = self.verticalScrollBar(), self._cell.height()
        whole = math.ceil(len(self._rows) / self._columns) * cell - GAP
        bar.setRange(0, max(0, whole - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(1, cell // 3))
        self.viewport().update()

    def _go(self, place: int, extend: bool = False) -> None:
        """Make the image at this place the present one, and scroll to it. extend: the marked ones reach to it."""
        self._current = place
        if not extend or self._anchor < 0:
            self._anchor = place
        box, bar = self.box_of(place), self.verticalScrollBar()
        if box.top() < 0 or box.height() > self.viewport().height():
            bar.setValue(bar.value() + box.top())
        elif box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + box.bottom() - self.viewport().height() + 1)
        self.setAccessibleDescription(self.cards.tip(int(self._rows[place])))
        self.viewport().update()
