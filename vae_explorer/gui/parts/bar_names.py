"""Names below bars: across where they fit, or else in smaller letters that run downwards, if need be not all."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

SMALLEST, LARGEST = 7, 11  # height in pixels of letters that run downwards
ROOM = 4.0  # pixels between two names


class BarNames:
    """The names of bars at a distance of `pitch` pixels from each other."""

    def __init__(self, font: QFont, names: Sequence[str], pitch: float) -> None:
        self._names, self._font = names, QFont(font)
        metrics = QFontMetricsF(font)
        widest = max(map(metrics.horizontalAdvance, names), default=0.0)
        self._across = widest + ROOM <= pitch
        if self._across:
            self._every, self.height = 1, metrics.height()
            return
        self._font.setPixelSize(int(min(LARGEST, max(SMALLEST, pitch))))
        self._every = max(1, math.ceil((SMALLEST - 0.5) / pitch))
        self.height = max(map(QFontMetricsF(self._font).horizontalAdvance, names)) + 3

    @property
    def shown(self) -> Sequence[str]:
        """The names that are drawn."""
        return self._names[:: self._every]

    def draw(self, painter: QPainter, middles: Sequence[float], top: float) -> None:
        """Draw them below `top`, in the colour of the painter's pen. middles: of all bars, in pixels."""
        painter.save()
        painter.setFont(self._font)
        for name, middle in zip(self.shown, middles[:: self._every], strict=True):
            if self._across:
                box = QRectF(middle - 100, top, 200, self.height)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
                continue
            painter.save()
            painter.translate(QPointF(middle, top + 2))
            painter.rotate(90)
            wide = painter.fontMetrics().height()
            box = QRectF(0, -wide / 2, self.height, wide)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            painter.restore()
        painter.restore()
