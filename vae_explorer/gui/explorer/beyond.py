"""The arrow at the edge of the map that points to a handle beyond the view."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from vae_explorer.gui.explorer.handle import LatentHandle
from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT

RADIUS = 13.0  # pixels, of the disc with the arrow
INSIDE = 22.0  # pixels from the edge of the map to the middle of the disc
STEPS = 16  # places that are tried between the edge and the middle of the map
ARROW = ((7.0, 0.0), (-3.5, -5.5), (-1.0, 0.0), (-3.5, 5.5))  # pixels, corners of an arrow to the right


class BeyondItem(MovingItem):
    """Drawn only while the handle is beyond the view."""

    def __init__(self, handle: LatentHandle) -> None:
        super().__init__()
        self._handle = handle
        self.theme = LIGHT
        self.setZValue(12)
        handle.placed.connect(self.moved)

    @property
    def needed(self) -> bool:
        """Whether the handle is beyond the view."""
        return self._middle() is not None

    def at(self, pixels: QPointF) -> bool:
        """Whether the arrow is at a position in the view."""
        middle = self._middle()
        return middle is not None and math.dist(middle.toTuple(), pixels.toTuple()) <= RADIUS

    def region(self) -> QRegion:
        middle, reach = self._middle(), QPointF(RADIUS + 2, RADIUS + 2)
        return QRegion() if middle is None else QRegion(QRectF(middle - reach, middle + reach).toAlignedRect())

    def paint(self, painter: QPainter, *_: object) -> None:
        middle = self._middle()
        if middle is None:
            return
        way = self._pixels(*self._handle.point) - middle
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(middle)
        painter.setPen(QPen(QColor(self.theme.base), 2))
        painter.setBrush(QColor(self.theme.accent))
        painter.drawEllipse(QPointF(0, 0), RADIUS, RADIUS)
        painter.rotate(math.degrees(math.atan2(way.y(), way.x())))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.on_accent))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in ARROW]))

    def _pixels(self, x: float, y: float) -> QPointF:
        """The position of a point of the plane in the view."""
        return self.deviceTransform(self.getViewWidget().viewportTransform()).map(QPointF(x, y))

    def _middle(self) -> QPointF | None:
        """The middle of the disc in pixels of the view; None: the handle is in view.

        It is where the map comes nearest to the handle, or the next place on the way to the map's middle that neither a
        legend nor another card covers.
        """
        whole, view = self.boundingRect(), self.getViewWidget()
        if view is None or whole.contains(QPointF(*self._handle.point)):
            return None
        box = QRectF(self._pixels(whole.left(), whole.bottom()), self._pixels(whole.right(), whole.top())).normalized()
        box.adjust(INSIDE, INSIDE, -INSIDE, -INSIDE)
        handle = self._pixels(*self._handle.point)
        nearest = QPointF(min(max(handle.x(), box.left()), box.right()), min(max(handle.y(), box.top()), box.bottom()))
        way = (box.center() - nearest) / STEPS
        places = (nearest + way * step for step in range(STEPS))
        return next((place for place in places if view.childAt(place.toPoint()) in (None, view.viewport())), nearest)
