"""The rows of the legend: a click anywhere in one hides or shows its class, one on its end shows the class alone."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from vae_explorer.gui.parts.plain_text import safe_tip

WIDEST = 180  # pixels, maximum width of a name
DOT = 10  # pixels, diameter
GAP = 6  # pixels between the edge, the dot, the name and the word at the end
ONLY = "only"
LEFT = Qt.MouseButton.LeftButton
Checked, Unchecked = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class ClassList(QListWidget):
    """One row a class, checked while the class is shown. Tab reaches it; a click leaves the keys with the map."""

    toggled = Signal(int)  # position of the class to hide or to show
    only_wanted = Signal(int)  # position of the class to show alone
    pointed = Signal(int)  # position of the class under the pointer; -1: none
    menu_wanted = Signal(int, QPoint)  # position of a class, and a place on the screen

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("classList")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleDescription("Space hides or shows a class; the context menu shows one alone.")
        self.viewport().setAutoFillBackground(False)
        self.setItemDelegate(_Row(self))
        self.colours: list[str] = []
        self._under = -1  # the row under the pointer
        self._doubled = False  # whether the press that is not released yet is the second of a double click

    def set_names(self, names: tuple[str, ...], kind: str) -> None:
        """List these, all checked. kind: the word for one of them."""
        self.clear()
        self._under = -1
        for name in names:
            item = QListWidgetItem(name)
            item.setCheckState(Checked)
            title = name if name.startswith(kind) else f"{kind.capitalize()} {name}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, title)
            self.addItem(item)
        self._width = max(map(self.fontMetrics().horizontalAdvance, names), default=0)

    def show_hidden(self, hidden: frozenset[int]) -> None:
        """Check all rows but these."""
        with QSignalBlocker(self.model()):  # which would update the view for each row
            for row in range(self.count()):
                self.item(row).setCheckState(Unchecked if row in hidden else Checked)
        self.viewport().update()

    def search(self, text: str) -> list[int]:
        """List only the rows whose name contains this text, in any case; returns them."""
        found = [row for row in range(self.count()) if text.casefold() in self.item(row).text().casefold()]
        listed = set(found)
        for row in range(self.count()):
            self.setRowHidden(row, row not in listed)
        return found

    def wanted(self, most: int) -> QSize:
        """The size in pixels that shows all rows, but at most so many."""
        metrics = self.fontMetrics()
        width = min(self._width, WIDEST) + DOT + 4 * GAP + metrics.horizontalAdvance(ONLY)
        return QSize(width, min(self.count(), most) * self.sizeHintForRow(0))

    def only_rect(self, row: int) -> QRect:
        """Where a click shows the class of this row alone."""
        rect = self.visualItemRect(self.item(row))
        rect.setLeft(rect.right() - self.fontMetrics().horizontalAdvance(ONLY) - 2 * GAP)
        return rect

    def name_rect(self, row: int) -> QRect:
        """Where the name is drawn."""
        rect = self.visualItemRect(self.item(row))
        end = self.only_rect(row).left() if row == self._under else rect.right() - GAP
        return QRect(QPoint(rect.left() + DOT + 2 * GAP, rect.top()), QPoint(end, rect.bottom()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._row_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._doubled = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        row = self._row_at(at)
        if event.button() == LEFT and row >= 0 and not self._doubled:
            (self.only_wanted if self.only_rect(row).contains(at) else self.toggled).emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        row = self._row_at(at)
        if event.button() == LEFT and row >= 0 and not self.only_rect(row).contains(at):
            self._doubled = True
            self.only_wanted.emit(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        row = self.currentRow() if keyboard else self._row_at(event.pos())
        if row >= 0:
            middle = self.viewport().mapToGlobal(self.visualItemRect(self.item(row)).center())
            self.menu_wanted.emit(row, middle if keyboard else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.toggled.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(-1)
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self._row_at(event.pos())
            name = self.item(row).text() if row >= 0 else ""
            cut = self.fontMetrics().horizontalAdvance(name) > self.name_rect(row).width()
            QToolTip.showText(event.globalPos(), safe_tip(name) if cut else "", self.viewport())
            return True
        return super().viewportEvent(event)

    @property
    def under(self) -> int:
        """The row under the pointer; -1: none."""
        return self._under

    def _row_at(self, at: QPoint) -> int:
        return self.indexAt(at).row()

    def _point_at(self, row: int) -> None:
        if row != self._under:
            self._under = row
            self.viewport().update()
            self.pointed.emit(row)


class _Row(QStyledItemDelegate):
    """Draws a dot in the colour of the class, its name, and the word at the end of the row under the pointer."""

    def __init__(self, rows: ClassList) -> None:
        super().__init__(rows)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, option.fontMetrics.height() + 5)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rows, rect, palette = self._rows, QRect(option.rect), self._rows.palette()
        row, on = index.row(), index.data(Qt.ItemDataRole.CheckStateRole) in (Checked, Checked.value)
        under = row == rows.under
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if under or option.state & QStyle.StateFlag.State_HasFocus:
            ground = QColor(palette.color(QPalette.ColorRole.Highlight))
            ground.setAlpha(46)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(rect, 3, 3)
        colour = QColor(rows.colours[row] if row < len(rows.colours) else palette.color(QPalette.ColorRole.Text))
        painter.setPen(QPen(colour, 1.2))
        painter.setBrush(colour if on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRect(rect.left() + GAP, rect.center().y() - DOT // 2 + 1, DOT, DOT))
        end = rows.only_rect(row)
        words = rows.name_rect(row)
        role = QPalette.ColorRole.WindowText if on else QPalette.ColorRole.PlaceholderText
        painter.setPen(palette.color(role))
        middle = Qt.AlignmentFlag.AlignVCenter
        text = rows.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words, middle | Qt.TextFlag.TextSingleLine, text)
        if under:
            painter.setPen(palette.color(QPalette.ColorRole.Link))
            painter.drawText(end.adjusted(0, 0, -GAP, 0), middle | Qt.AlignmentFlag.AlignRight, ONLY)
        painter.restore()
