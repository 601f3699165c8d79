"""The line that joins the codes of one image on two maps."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.view import LatentView

RADIUS = 6  # pixels, of the ring around the code


class JoinItem(MovingItem):
    """On one map, a ring around the code and the part of the line that lies on this map."""

    def __init__(self, own: "LatentView", other: "LatentView") -> None:
        super().__init__()
        self._own, self._other = own, other
        self._ends = (0.0, 0.0), (0.0, 0.0)
        self.theme = LIGHT
        self.setZValue(12)
        self.hide()

    def join(self, own: tuple[float, float], other: tuple[float, float]) -> None:
        """Join a point of this map with one of the other map."""
        self._ends = own, other
        self.show()
        self.moved()

    def region(self) -> QRegion:
        start, end = self._line()
        around = QRectF(start, end).normalized().adjusted(-2, -2, 2, 2).toAlignedRect()
        ring = QRectF(start, start).adjusted(-RADIUS - 2, -RADIUS - 2, RADIUS + 2, RADIUS + 2).toAlignedRect()
        return (QRegion(around) + QRegion(ring)) & QRegion(self._own.viewport().rect())

    def paint(self, painter: QPainter, *_: object) -> None:
        start, end = self._line()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.base), 3.5))
        painter.drawLine(start, end)
        painter.setPen(QPen(QColor(self.theme.accent), 1.5))
        painter.drawLine(start, end)
        painter.drawEllipse(start, RADIUS, RADIUS)

    def _line(self) -> tuple[QPointF, QPointF]:
        """Both ends in pixels of this map."""
        own, other = self._ends
        end = self._own.mapFromGlobal(self._other.mapToGlobal(self._other.to_pixels(*other)))
        return self._own.to_pixels(*own), end
