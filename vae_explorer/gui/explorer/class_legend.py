"""The legend over the map: a click on a class hides or shows it, hovering brings it out."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

MARGIN = 10  # pixels from the corner of the map


class ClassLegend(QFrame):
    """Hidden where there are no classes."""

    filtered = Signal()
    hovered = Signal(int)  # position of the class, -1: none

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("classLegend")
        self.setProperty("card", True)
        self.hidden_classes: set[int] = set()
        self._buttons: list[QToolButton] = []
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self._scroll)
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._note.setContentsMargins(4, 0, 4, 2)
        layout.addWidget(self._note)
        self.hide()

    def set_classes(self, names: tuple[str, ...], kind: str = "class") -> None:
        """Show these classes, all visible. kind: what they are, a word."""
        self.hidden_classes = set()
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
            button.toggled.connect(lambda shown, position=position: self._toggle(position, shown))
            button.setProperty("position", position)
            button.installEventFilter(self)
            rows.addWidget(button)
            self._buttons.append(button)
        rows.addStretch()
        self._scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        self.setVisible(bool(names))
        self.move_to_corner()

    def explain(self, note: str) -> None:
        """What else is to be said of the points."""
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.move_to_corner()

    def set_colours(self, colours: list[str]) -> None:
        self._colours = colours
        for button in self._buttons:
            self._paint_icon(button)
        self.move_to_corner()

    def move_to_corner(self) -> None:
        """Keep to the upper right corner, no higher than the map."""
        if not self._buttons:
            return
        inside = self._scroll.widget()
        wanted = inside.sizeHint()
        room = max(60, self.parentWidget().height() - 120)
        scrolls = wanted.height() > room
        width = max(wanted.width(), self._note.sizeHint().width()) + (18 if scrolls else 2)
        self._scroll.setFixedSize(width, min(wanted.height(), room))
        self.adjustSize()
        self.move(self.parentWidget().width() - self.width() - MARGIN, MARGIN)

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
        (self.hidden_classes.discard if shown else self.hidden_classes.add)(position)
        self._paint_icon(self._buttons[position])
        self.filtered.emit()

    def _show_alone(self, position: int) -> None:
        alone = self.hidden_classes >= set(range(len(self._buttons))) - {position}
        self.blockSignals(True)
        for other, button in enumerate(self._buttons):
            button.setChecked(alone or other == position)
        self.blockSignals(False)
        self.filtered.emit()

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
