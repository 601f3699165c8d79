"""Where the images along one direction lie on the map, and which of them the pointer is at."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from vae_explorer.array_types import Floats
from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT

PLACE, MARKED = 2.6, 5.0  # pixels, radius of a place and of the marked one
COVERED = MARKED + 3  # pixels around all places that the drawing covers
NOWHERE = np.zeros((0, 2), np.float32)


class PlacesItem(MovingItem):
    """Over the handle, since the places are often close to it."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.places, self.marked = NOWHERE, -1
        self.setZValue(11)

    def put(self, places: Floats, marked: int) -> None:
        """places: (S, 2), in the plane; none: nothing is drawn. marked: one of them."""
        self.places, self.marked = places[np.isfinite(places).all(axis=1)], marked
        self.moved()

    def region(self) -> QRegion:
        if not len(self.places):
            return QRegion()
        (left, low), (right, high) = self.places.min(axis=0).tolist(), self.places.max(axis=0).tolist()
        return self.around(QRectF(left, low, right - left, high - low), COVERED)

    def paint(self, painter: QPainter, *_: object) -> None:
        to_pixels = painter.worldTransform()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = [to_pixels.map(QPointF(x, y)) for x, y in self.places.tolist()]
        for name, wide in ((self.theme.base, 4.0), (self.theme.text, 1.4)):
            painter.setPen(QPen(QColor(name), wide))
            painter.drawPolyline(QPolygonF(places))
        painter.setPen(QPen(QColor(self.theme.base), 1.5))
        for number, place in enumerate(places):
            marked = number == self.marked
            painter.setBrush(QColor(self.theme.accent if marked else self.theme.text))
            painter.drawEllipse(place, *(2 * [MARKED if marked else PLACE]))
