"""The outline that a lasso or a box draws on the map."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT

MARGIN = 3.0  # pixels around an area that a line at its edge covers
FILL = 36  # opacity of the area, 0 to 255


class OutlineItem(MovingItem):
    """A closed line through corners in the plane, over a faint area. After a change only a part is drawn again."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.corners: list[tuple[float, float]] = []
        self.setZValue(12)
        self.hide()

    def begin(self, corner: tuple[float, float]) -> None:
        self.corners = [corner]
        self.show()

    def add(self, corner: tuple[float, float]) -> None:
        """Add a corner. What changes is inside the triangle with the first corner and the last one."""
        self._draw_again([self.corners[0], self.corners[-1], corner])
        if corner != self.corners[-1]:
            self.corners.append(corner)

    def stretch(self, corner: tuple[float, float]) -> None:
        """Make a box from the first corner to this one. What changes is between the old and the new sides."""
        (x0, y0), (x, y) = self.corners[0], corner
        old_x, old_y = self.corners[2] if len(self.corners) == 4 else (x0, y0)
        self._draw_again([(old_x, y0), (x, y), (x, old_y)])
        self._draw_again([(x0, old_y), (x, y), (old_x, y)])
        self.corners = [(x0, y0), (x, y0), (x, y), (x0, y)]

    def end(self) -> None:
        self.corners = []
        self.hide()

    def region(self) -> QRegion:
        return self._around(self.corners) if self.corners else QRegion()

    def paint(self, painter: QPainter, *_: object) -> None:
        if not self.corners:
            return
        outline = painter.worldTransform().map(QPolygonF([QPointF(*corner) for corner in self.corners]))
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QColor(self.theme.accent)
        area.setAlpha(FILL)
        painter.setBrush(area)
        painter.setPen(QPen(QColor(self.theme.base), 3))
        painter.drawPolygon(outline, Qt.FillRule.OddEvenFill)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.accent), 1.5))
        painter.drawPolygon(outline)

    def _draw_again(self, corners: list[tuple[float, float]]) -> None:
        self.getViewWidget().viewport().update(self._around(corners))

    def _around(self, corners: list[tuple[float, float]]) -> QRegion:
        polygon = QPolygonF([QPointF(*corner) for corner in corners])
        return self.around(polygon.boundingRect(), MARGIN)
