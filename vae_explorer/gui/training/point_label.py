"""A point of a curve with a ring around it and a label, which may lie some way off."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

RADIUS = 5.5  # of the ring, pixels
NEAR = 18.0  # greatest distance in pixels of a label that needs no line to its point


def draw_point_label(painter: QPainter, text: str, at: QPointF, label: QRectF, colour: str, line: str) -> None:
    """Draw the ring and the label, with a line between them if they are not near. colour: of ring and text."""
    painter.setPen(QColor(colour))
    painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawEllipse(at, RADIUS, RADIUS)
    across = min(max(at.x(), label.left() + 4), label.right() - 4)
    end = QPointF(across, label.bottom() if label.top() < at.y() else label.top())
    way = end - at
    length = math.hypot(way.x(), way.y())
    if length > NEAR:
        painter.setPen(QPen(QColor(line), 1))
        painter.drawLine(at + way * (RADIUS / length), end)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
