"""A slider over epochs, with their numbers below it."""

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QVBoxLayout, QWidget

FINE = 256  # positions of the handle between two epochs
APART = 34  # pixels, minimum distance of two numbers
STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -5,
    Qt.Key.Key_PageUp: 5,
}


class EpochSlider(QSlider):
    """Its value is an epoch; its handle can be drawn between two epochs. A click moves the handle to the pointer."""

    stepped = Signal(int)  # number of snapshots to go forward (negative: back), by the keyboard

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("timeSlider")
        self.setAccessibleName("Epoch")
        self.setAccessibleDescription("Left and right go from snapshot to snapshot, the space bar plays.")
        self.setToolTip("Shows the map, the grid and the decoded image after this epoch of the training")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._between = 0.0

    def draw_at(self, epoch: float) -> None:
        """Draw the handle at this epoch, between the value and the next whole epoch."""
        self._between = epoch - self.value()
        self.update()

    def position_of(self, epoch: int) -> int:
        """Pixels from the left edge to the middle of the handle at an epoch."""
        length = self._handle_length()
        span = self.width() - length
        return length // 2 + QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), epoch, span)

    def initStyleOption(self, option: QStyleOptionSlider) -> None:
        super().initStyleOption(option)
        if self._between:
            option.maximum = (self.maximum() - self.minimum()) * FINE
            option.sliderPosition = round((self.value() + self._between - self.minimum()) * FINE)
            option.minimum = 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().toPoint())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go_to(event.position().toPoint())
            event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in STEPS:
            self.stepped.emit(STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _go_to(self, position: QPoint) -> None:
        length = self._handle_length()
        span = self.width() - length
        at = position.x() - length // 2
        self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, span))

    def _handle_length(self) -> int:
        return self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, None, self)


class _Numbers(QWidget):
    """The numbers of epochs below the slider, as many as fit; the last one always."""

    def __init__(self, slider: EpochSlider) -> None:
        super().__init__()
        self._slider = slider
        self.setFixedHeight(self.fontMetrics().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(self.fontMetrics().height())

    def shown(self) -> list[int]:
        first, last = self._slider.minimum(), self._slider.maximum()
        room = max(2, self.width() // APART)
        step = next((step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if (last - first) / step < room), 1000)
        numbers = [epoch for epoch in range(first, last) if epoch % step == 0 and last - epoch >= step]
        return [*numbers, last]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().placeholderText().color())
        for epoch in self.shown():
            text = str(epoch)
            half = self.fontMetrics().horizontalAdvance(text) // 2
            x = min(max(self._slider.position_of(epoch) - half, 0), self.width() - 2 * half - 1)
            painter.drawText(x, self.fontMetrics().ascent(), text)


class LabelledSlider(QWidget):
    """An EpochSlider above its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.slider = EpochSlider()
        self.numbers = _Numbers(self.slider)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.slider)
        layout.addWidget(self.numbers)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.slider.sizeHint().height() + self.numbers.height())
