"""All points of a map as one cached image in a pyqtgraph plot."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, QTimer
from PySide6.QtGui import QImage, QPainter

from vae_explorer.gui.view_item import ViewItem
from vae_explorer.raster import rasterize

MOVING_PAUSE = 80  # milliseconds between two exact drawings while the view moves


class PointsItem(ViewItem):
    """Draws points through `raster`, again only when the view, the points or their look change.

    While the view moves, the last drawing is moved along and a new one made a few times a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._positions = np.empty((0, 2), np.float32)
        self._rgb = np.empty((0, 3), np.uint8)
        self._opacity = np.empty(0, np.float32)
        self._version = 0
        self._drawn_for: tuple[object, ...] = ()
        self._drawn_range = (0.0, 1.0, 0.0, 1.0)
        self._moving = QTimer()
        self._moving.setSingleShot(True)
        self._moving.timeout.connect(self.update)
        self._image = QImage()

    def set_points(self, positions: NDArray[np.float32], rgb: NDArray[np.uint8], opacity: NDArray[np.float32]) -> None:
        """positions (N, 2) in plot coordinates, rgb (N, 3), opacity (N,) in (0, 1); 0 leaves a point out."""
        shown = opacity > 0
        self._positions, self._rgb, self._opacity = positions[shown], rgb[shown], opacity[shown]
        self._version += 1
        self.update()

    @property
    def count(self) -> int:
        """Points that are drawn, in view or not."""
        return len(self._positions)

    def paint(self, painter: QPainter, *_: object) -> None:
        box, view = self.getViewBox(), self.getViewWidget()
        place = view.viewportTransform().mapRect(box.mapRectToScene(box.rect()))
        ratio = painter.device().devicePixelRatioF()
        (left, right), (low, high) = box.viewRange()
        wanted = (self._version, place.width(), place.height(), ratio)
        range_now = (left, right, low, high)
        moved = range_now != self._drawn_range
        if wanted != self._drawn_for or (moved and not self._moving.isActive()):
            self._draw(left, right, low, high, place, ratio)
            self._drawn_for, self._drawn_range = wanted, range_now
            self._moving.start(MOVING_PAUSE)
            moved = False
        painter.resetTransform()
        painter.setClipRect(place)
        if moved:  # the last drawing, put where it belongs now: exact again at the next pause
            old_left, old_right, old_low, old_high = self._drawn_range
            across, up = place.width() / (right - left), place.height() / (high - low)
            corner = QPointF(place.left() + (old_left - left) * across, place.top() + (high - old_high) * up)
            size = QSizeF((old_right - old_left) * across, (old_high - old_low) * up)
            painter.drawImage(QRectF(corner, size), self._image)
        else:
            painter.drawImage(place.topLeft(), self._image)

    def _draw(self, left: float, right: float, low: float, high: float, place: QRectF, ratio: float) -> None:
        width, height = max(1, round(place.width() * ratio)), max(1, round(place.height() * ratio))
        x = (self._positions[:, 0] - left) * (width / (right - left))
        y = (high - self._positions[:, 1]) * (height / (high - low))
        # Points grow from a pixel to dots as fewer of them share the view.
        in_view = np.count_nonzero((x >= 0) & (x < width) & (y >= 0) & (y < height))
        radius = ratio * float(np.clip(0.35 * np.sqrt(place.width() * place.height() / (in_view + 1)), 1.1, 4.0))
        pixels = rasterize(x, y, self._rgb, self._opacity, (width, height), radius)
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied)
        self._image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # what is painted fastest
        self._image.setDevicePixelRatio(ratio)
