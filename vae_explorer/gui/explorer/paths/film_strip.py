"""The images along the path side by side; a click on one travels there."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vae_explorer.array_types import Bytes
from vae_explorer.gui.parts.decoded_image import FRAME, to_qimage

GAP = 3  # pixels between two images
LEAST = 40  # pixels, height


class FilmStrip(QWidget):
    """As many rows as make the images largest, each read from left to right."""

    chosen = Signal(int)  # index of the image that was clicked

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pathStrip")
        self.setAccessibleName("Images along the path")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._pictures: list[QImage] = []
        self._marked = -1

    @property
    def pictures(self) -> list[QImage]:
        """The images, not enlarged."""
        return self._pictures

    def show_images(self, images: Bytes) -> None:
        """images: (N, H, W, C) uint8; N = 0: none."""
        self._pictures = [to_qimage(image) for image in images]
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._pictures else Qt.CursorShape.ArrowCursor)
        self.update()

    def mark(self, index: int) -> None:
        """Mark the image that is nearest to where the path is travelled; -1: none."""
        if index != self._marked:
            self._marked = index
            self.update()

    def box(self, index: int) -> QRectF:
        """Where an image is drawn."""
        columns, width, height = self._grid()
        row, column = divmod(index, columns)
        return QRectF(column * (width + GAP), row * (height + GAP), width, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * LEAST, LEAST)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            index = self._index_at(event.position())
            if index >= 0:
                self.chosen.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, picture in enumerate(self._pictures):
            box = self.box(index)
            smooth = box.width() * self.devicePixelRatioF() < 2 * picture.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(box, picture)
            marked = index == self._marked
            painter.setPen(QPen(self.palette().highlight().color() if marked else FRAME, 2 if marked else 1))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    def _grid(self) -> tuple[int, float, float]:
        """The number of columns, and width and height of an image in pixels."""
        count, picture = len(self._pictures), self._pictures[0]
        ratio = picture.height() / picture.width()
        widths = {}
        for rows in range(1, count + 1):
            columns = math.ceil(count / rows)
            across = (self.width() - (columns - 1) * GAP) / columns
            down = (self.height() - (rows - 1) * GAP) / rows / ratio
            widths[columns] = max(min(across, down), 1.0)
        columns = max(widths, key=lambda each: (round(widths[each], 3), each))
        width = float(np.floor(widths[columns]))
        return columns, max(width, 1.0), max(float(np.floor(width * ratio)), 1.0)

    def _index_at(self, position: QPointF) -> int:
        found = (index for index in range(len(self._pictures)) if self.box(index).contains(position))
        return next(found, -1)
