"""The path on the map: its curve, those of other kinds, the places of its images, and its anchors."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QRegion, QTransform

from vae_explorer.array_types import Floats
from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT

RADIUS = 8.0  # pixels, of an anchor
STEP = 2.2  # pixels, radius of the place of an image
AROUND = RADIUS + 3  # pixels around all points that the drawing covers
PALE = 110  # opacity of a curve that is not of these anchors any more, 0 to 255


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """What is drawn, all in the plane."""

    anchors: Floats  # (A, 2)
    marked: int  # number of the anchor that is marked, -1: none
    curve: Floats  # (N, 2), of the chosen kind; empty: not found yet
    current: bool  # whether the curve is of these anchors
    others: tuple[Floats, ...]  # curves (M, 2) of other kinds
    steps: Floats  # (S, 2), places of the images


NOTHING = np.zeros((0, 2), np.float32)
EMPTY = Drawing(NOTHING, -1, NOTHING, True, (), NOTHING)


class PathItem(MovingItem):
    """Below the handle, which travels it."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.drawing = EMPTY
        self.setZValue(9)

    def put(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.moved()

    def region(self) -> QRegion:
        drawing = self.drawing
        points = np.concatenate([drawing.anchors, drawing.curve, *drawing.others])
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return QRegion()
        (left, low), (right, high) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return self.around(QRectF(left, low, right - left, high - low), AROUND)

    def paint(self, painter: QPainter, *_: object) -> None:
        drawing, to_pixels = self.drawing, painter.worldTransform()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for other in drawing.others:
            self._line(painter, to_pixels, other, self.theme.text, 1.2, 150, Qt.PenStyle.DotLine)
        if len(drawing.curve):
            self._line(painter, to_pixels, drawing.curve, self.theme.accent, 2.4, 255 if drawing.current else PALE)
        if not (len(drawing.curve) and drawing.current):
            self._line(painter, to_pixels, drawing.anchors, self.theme.accent, 1.4, 255, Qt.PenStyle.DashLine)
        painter.setBrush(QColor(self.theme.base))
        painter.setPen(QPen(QColor(self.theme.accent), 1.2))
        for step in _pixels(drawing.steps, to_pixels):
            painter.drawEllipse(step, STEP, STEP)
        self._anchors(painter, to_pixels)

    def _line(
        self, painter: QPainter, to_pixels: QTransform, points: Floats, name: str, width: float, opacity: int,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:  # fmt: skip
        """Draw a line on a wider one of the ground's colour, so that it is seen on any points."""
        line = QPolygonF(_pixels(points, to_pixels))
        for each, wide, how in ((self.theme.base, width + 2.2, Qt.PenStyle.SolidLine), (name, width, style)):
            colour = QColor(each)
            colour.setAlpha(opacity)
            pen = QPen(colour, wide, how)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(line)

    def _anchors(self, painter: QPainter, to_pixels: QTransform) -> None:
        font = QFont(painter.font())
        font.setPixelSize(10)
        font.setBold(True)
        painter.setFont(font)
        for number, centre in enumerate(_pixels(self.drawing.anchors, to_pixels)):
            marked = number == self.drawing.marked
            painter.setBrush(QColor(self.theme.accent if marked else self.theme.base))
            painter.setPen(QPen(QColor(self.theme.base), 4))
            painter.drawEllipse(centre, RADIUS, RADIUS)
            painter.setPen(QPen(QColor(self.theme.accent), 1.8))
            painter.drawEllipse(centre, RADIUS, RADIUS)
            painter.setPen(QColor(self.theme.on_accent if marked else self.theme.text))
            box = QRectF(centre.x() - 2 * RADIUS, centre.y() - RADIUS, 4 * RADIUS, 2 * RADIUS)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{number + 1}")


def _pixels(points: Floats, to_pixels: QTransform) -> list[QPointF]:
    return [to_pixels.map(QPointF(x, y)) for x, y in points.tolist() if np.isfinite([x, y]).all()]
