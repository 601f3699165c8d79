"""The legend over the losses, in as many lines as it needs."""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

TOP = 2.0  # pixels
LONGEST = 320.0  # longest text, pixels; of a longer one the middle is left out


class LossLegend:
    """Texts, each beside a piece of the line that it names."""

    def __init__(self, entries: Iterable[tuple[str, QPen]], left: float, width: float, metrics: QFontMetricsF) -> None:
        self._metrics = metrics
        self.entries = list(self._flow(entries, left, width))

    @property
    def bottom(self) -> float:
        """Below its last line, pixels."""
        return (self.entries[-1][0].y() if self.entries else 0) + self._metrics.height()

    def draw(self, painter: QPainter, colour: QColor) -> None:
        """colour: of the texts."""
        for corner, text, pen in self.entries:
            middle = corner.y() + self._metrics.height() / 2
            painter.setPen(pen)
            painter.drawLine(QPointF(corner.x(), middle), QPointF(corner.x() + 18, middle))
            painter.setPen(colour)
            painter.drawText(QPointF(corner.x() + 23, corner.y() + self._metrics.ascent()), text)

    def _flow(
        self, entries: Iterable[tuple[str, QPen]], left: float, width: float
    ) -> Iterator[tuple[QPointF, str, QPen]]:
        """The upper left corner, text and pen of each entry, in lines of at most `width` pixels."""
        x, y = left, TOP
        for text, pen in entries:
            shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, min(LONGEST, width - 40))
            wide = self._metrics.horizontalAdvance(shown) + 38
            if x > left and x + wide - 14 > left + width:
                x, y = left, y + self._metrics.height()
            yield QPointF(x, y), shown, pen
            x += wide
