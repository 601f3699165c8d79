"""An image drawn large by nearest neighbour, in proportion, with pixels of equal size."""

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.gui.parts.image_look import PLAIN, ImageLook

FRAME = QColor(128, 128, 128, 90)


def to_qimage(pixels: Bytes) -> QImage:
    """Convert pixels, (H, W, 1 or 3) uint8."""
    pixels = np.ascontiguousarray(pixels)
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, channels * width, kind).copy()


class DecodedImage(QWidget):
    """Shows one image and stores the latent code it was decoded from."""

    painted = Signal()

    def __init__(self, least: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = least
        self._pixels: Bytes | None = None
        self._code: Floats | None = None
        self._picture = QImage()
        self._look = PLAIN
        self.setMinimumSize(least, least)

    def show_pixels(self, pixels: Bytes, code: Floats | None = None) -> None:
        """pixels: (H, W, C) uint8; code: the latent code, (latent_dim,)."""
        self._pixels, self._code = pixels, code
        self._draw()

    def set_look(self, look: ImageLook) -> None:
        """Show the image in other levels or colours; `pixels` stays what it is."""
        self._look = look
        self._draw()

    def _draw(self) -> None:
        if self._pixels is not None:
            picture = to_qimage(self._look.applied(self._pixels))
            self._picture = picture.convertToFormat(QImage.Format.Format_RGB32)  # the format that is enlarged fastest
        self.update()

    def clear(self) -> None:
        self._pixels = self._code = None
        self._picture = QImage()
        self.update()

    def pixels(self) -> Bytes | None:
        """The pixels of the image, (H, W, C) uint8, whatever the levels and colours in which it is shown."""
        return self._pixels

    def code(self) -> Floats | None:
        """The latent code it was decoded from, (latent_dim,)."""
        return self._code

    def sizeHint(self) -> QSize:
        return QSize(self._least, self._least)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._picture.isNull():
            painter.fillRect(self.rect(), self.palette().midlight())
            return
        # With a whole number of device pixels per image pixel, all image pixels have the same size.
        factor = min(self.width() * ratio / self._picture.width(), self.height() * ratio / self._picture.height())
        factor = max(1, int(factor)) / ratio
        size = QSize(round(self._picture.width() * factor), round(self._picture.height() * factor))
        corner = QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2)
        painter.drawImage(QRect(corner, size), self._picture)
        right, bottom = corner.x() + size.width() - 1, corner.y() + size.height() - 1
        for x, y, width, height in (
            (corner.x(), corner.y(), size.width(), 1),
            (corner.x(), bottom, size.width(), 1),
            (corner.x(), corner.y(), 1, size.height()),
            (right, corner.y(), 1, size.height()),
        ):
            painter.fillRect(x, y, width, height, FRAME)  # six times as fast as drawRect
        self.painted.emit()
