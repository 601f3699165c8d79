"""How often the values of a set occur, and which of them become black and white."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from vae_explorer.data.value_range import Histogram

HEIGHT = 64
MARGIN = 8  # pixels at the left and the right
NEAR = 12  # pixels from an end of the range within which the mouse takes it


class ValueHistogram(QWidget):
    """Two marks stand where black and white are; `chosen` is emitted when the mouse has moved one of them."""

    chosen = Signal(float, float)  # the values of black and white

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataHistogram")
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setToolTip(
            "How often each value occurs in a sample. Drag the marks to choose which become black and white"
        )
        self._histogram: Histogram | None = None
        self._ends = [0.0, 1.0]
        self._taken: int | None = None  # the end that the mouse holds

    def show_histogram(self, histogram: Histogram) -> None:
        self._histogram = histogram
        self._ends, self._taken = [histogram.black, histogram.white], None
        self.setAccessibleName(
            f"Histogram of the {histogram.name}: {self._ends[0]:g} becomes black and {self._ends[1]:g} white"
        )
        self.update()

    def place(self, value: float) -> float:
        """Where a value is, in pixels from the left."""
        assert self._histogram is not None
        low, high = self._histogram.low, self._histogram.high
        return MARGIN + (value - low) / (high - low) * (self.width() - 2 * MARGIN)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._histogram is None:
            return
        painter, palette = QPainter(self), self.palette()
        text = palette.color(QPalette.ColorRole.WindowText)
        line = self.fontMetrics().height()
        ground = float(self.height() - line - 2)
        counts = self._histogram.counts
        most, wide = max(1, *counts), (self.width() - 2 * MARGIN) / len(counts)
        for index, count in enumerate(counts):  # square roots, so that rare values are seen beside a large background
            high = (ground - 2) * (count / most) ** 0.5
            painter.fillRect(
                QRectF(MARGIN + index * wide, ground - high, max(1.0, wide - 0.5), high),
                palette.color(QPalette.ColorRole.Highlight),
            )
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(QPointF(MARGIN, ground), QPointF(self.width() - MARGIN, ground))
        for index, (value, colour) in enumerate(zip(self._ends, ("black", "white"), strict=True)):
            x = self.place(value)
            painter.setPen(text)
            painter.drawLine(QPointF(x, 0), QPointF(x, ground))
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QPointF(x, ground), 4, 4)
            side = Qt.AlignmentFlag.AlignLeft if index == 0 else Qt.AlignmentFlag.AlignRight
            half = self.width() / 2
            painter.drawText(QRectF(index * half, ground + 2, half, line), side, f"{colour} {value:g}")
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._histogram is not None and event.button() == Qt.MouseButton.LeftButton:
            self._taken = self._near(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._histogram is None:
            return
        x = event.position().x()
        if self._taken is None:
            near = self._near(x) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)
            return
        low, high = self._histogram.low, self._histogram.high
        share = min(1.0, max(0.0, (x - MARGIN) / (self.width() - 2 * MARGIN)))
        value = float(f"{low + share * (high - low):.4g}")
        if (value < self._ends[1]) if self._taken == 0 else (value > self._ends[0]):
            self._ends[self._taken] = value
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        taken, self._taken = self._taken, None
        assert taken is None or self._histogram is not None
        if taken is not None and self._histogram and self._ends != [self._histogram.black, self._histogram.white]:
            self.chosen.emit(*self._ends)

    def _near(self, x: float) -> int | None:
        """The end of the range that is near, 0 for black and 1 for white; None: none is."""
        far = [abs(self.place(value) - x) for value in self._ends]
        nearest = far.index(min(far))
        return nearest if far[nearest] <= NEAR else None
