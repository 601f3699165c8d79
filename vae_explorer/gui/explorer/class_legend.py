"""The legend of the classes over the map: a click hides or shows a class, hovering emphasises it."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

NOTE_INDENT = 8  # pixels beside the note, both sides together
BESIDE = 120  # pixels of the map's height that the class names do not use


class ClassLegend(QFrame):
    """Hidden where there are no classes."""

    filtered = Signal(object)  # frozenset of the indices of the classes to hide
    hovered = Signal(int)  # index of the class; -1: none

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("classLegend")
        self.setProperty("card", True)
        self._hidden: frozenset[int] = frozenset()
        self._buttons: list[QToolButton] = []
        self._map_height = 0  # pixels
        self._least = 0  # pixels, minimum width of the names
        self._scroll = QScrollArea(self)
        self._scroll.setAccessibleName("Classes shown")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self._scroll)
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._note.setContentsMargins(NOTE_INDENT // 2, 0, NOTE_INDENT // 2, 2)
        layout.addWidget(self._note)
        self.hide()

    def set_classes(self, names: tuple[str, ...], kind: str = "class") -> None:
        """List these classes, all visible. kind: the word for one of them, "class", "cluster" or "group"."""
        self._hidden = frozenset()
        self._buttons = []
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for position, name in enumerate(names):
            button = QToolButton()
            button.setText((name if len(name) <= 24 else name[:23] + "…").replace("&", "&&"))
            button.setAccessibleName(name if name.startswith(kind) else f"{kind.capitalize()} {name}")
            button.setToolTip(f"Click to hide or show this {kind}; double-click to show it alone")
            button.setCheckable(True)
            button.setChecked(True)
            button.setAutoRaise(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setStyleSheet("QToolButton { border: 0; padding: 1px 4px; background: transparent; }")
            button.clicked.connect(lambda shown, position=position: self._toggle(position, shown))
            button.setProperty("position", position)
            button.installEventFilter(self)
            rows.addWidget(button)
            self._buttons.append(button)
        rows.addStretch()
        self._scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        self.setVisible(bool(names))
        self._fit_names()

    def explain(self, note: str) -> None:
        """Show a note below the classes; "" hides it."""
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._fit_names()

    def keep_room_for(self, text: str) -> None:
        """Be wide enough for a line of the note, so that a click on a class does not move it from the pointer."""
        self._least = self._note.fontMetrics().horizontalAdvance(text) + NOTE_INDENT
        self._fit_names()

    def set_colours(self, colours: list[str]) -> None:
        self._colours = colours
        for button in self._buttons:
            self._paint_icon(button)

    def show_hidden(self, hidden: frozenset[int]) -> None:
        """Mark the classes with these indices as hidden."""
        self._hidden = hidden
        for position, button in enumerate(self._buttons):
            button.setChecked(position not in hidden)
            self._paint_icon(button)

    def keep_to(self, height: int) -> None:
        """Fit the legend into a map of this height in pixels; if there are too many classes, they scroll."""
        if height != self._map_height:
            self._map_height = height
            self._fit_names()

    def _fit_names(self) -> None:
        if not self._buttons:
            return
        inside = self._scroll.widget()
        wanted = inside.sizeHint()
        room = max(60, self._map_height - BESIDE)
        scrolls = wanted.height() > room
        width = max(wanted.width(), self._note.sizeHint().width(), self._least) + (18 if scrolls else 2)
        self._scroll.setFixedSize(width, min(wanted.height(), room))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        position = watched.property("position")
        if event.type() == QEvent.Type.Enter:
            self.hovered.emit(position)
        elif event.type() == QEvent.Type.Leave:
            self.hovered.emit(-1)
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self._show_alone(position)
            return True
        return False

    def _toggle(self, position: int, shown: bool) -> None:
        self.filtered.emit(self._hidden - {position} if shown else self._hidden | {position})

    def _show_alone(self, position: int) -> None:
        others = frozenset(range(len(self._buttons))) - {position}
        self.filtered.emit(frozenset() if self._hidden >= others else others)

    def _paint_icon(self, button: QToolButton) -> None:
        ratio = self.devicePixelRatioF()
        icon = QPixmap(round(14 * ratio), round(14 * ratio))
        icon.setDevicePixelRatio(ratio)
        icon.fill(Qt.GlobalColor.transparent)
        painter = QPainter(icon)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self._colours[button.property("position")])
        painter.setPen(colour)
        painter.setBrush(colour if button.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(2, 2, 10, 10)
        painter.end()
        button.setIcon(QIcon(icon))
