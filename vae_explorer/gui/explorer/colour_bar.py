"""The legend over the map when points are coloured by a number: a bar of the colours with both ends labelled."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

WIDTH, HEIGHT = 16, 132  # pixels of the bar
WIDEST = 170  # pixels, maximum width of the title


class ColourBar(QFrame):
    """Hidden until `show_range` is called."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("colourBar")
        self.setProperty("card", True)
        self.title, self.unit, self.high, self.low, self.note = QLabel(), QLabel(), QLabel(), QLabel(), QLabel()
        self._bar = _Bar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(3)
        for label in (self.title, self.unit, self.high, self.low, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.unit.setProperty("muted", True)
        self.note.setProperty("muted", True)
        for widget in (self.title, self.unit, self.high, self._bar, self.low, self.note):
            layout.addWidget(widget)
        self.hide()

    def show_range(self, title: str, unit: str, low: str, high: str) -> None:
        """Show the bar with a title, the unit ("": none is known), and the labels of its ends."""
        metrics: QFontMetrics = self.title.fontMetrics()
        self.title.setText(metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, WIDEST))
        self.unit.setText(metrics.elidedText(unit, Qt.TextElideMode.ElideRight, WIDEST))
        self.unit.setVisible(bool(unit))
        self.low.setText(low)
        self.high.setText(high)
        self.setAccessibleName(f"{title} from {low} to {high} {unit}".rstrip())
        self.show()

    def explain(self, note: str) -> None:
        """Show a note below the bar; "" hides it."""
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def set_colours(self, colours: list[str]) -> None:
        """colours: "#rrggbb", from the lowest to the highest value."""
        self._bar.colours = colours
        self._bar.update()


class _Bar(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.colours: list[str] = []
        self.setFixedSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if len(self.colours) < 2:
            return
        gradient = QLinearGradient(0, self.height(), 0, 0)
        for index, colour in enumerate(self.colours):
            gradient.setColorAt(index / (len(self.colours) - 1), QColor(colour))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
