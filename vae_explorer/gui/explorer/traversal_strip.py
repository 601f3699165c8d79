"""Images decoded along one dimension of z, side by side below its slider; a click chooses one."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vae_explorer.array_types import Bytes, ImageShape
from vae_explorer.gui.parts.decoded_image import to_qimage

STEPS = 7  # number of images in a strip; odd, so that one of them is at 0


class TraversalStrip(QWidget):
    """Shows STEPS images in a row; its height follows from its width."""

    chosen = Signal(int)  # index of the image that was clicked

    def __init__(self, image_shape: ImageShape, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = image_shape
        self._sheet = QImage()

    def show_images(self, images: Bytes) -> None:
        """images: (STEPS, H, W, C) uint8."""
        steps, height, width, channels = images.shape
        self._sheet = to_qimage(images.transpose(1, 0, 2, 3).reshape(height, steps * width, channels))
        self.update()

    @property
    def sheet(self) -> QImage:
        """The images side by side in one image, not enlarged."""
        return self._sheet

    def heightForWidth(self, width: int) -> int:
        height, across, _ = self._shape
        return max(1, round(width / STEPS * height / across))

    def sizeHint(self) -> QSize:
        return QSize(STEPS * 28, self.heightForWidth(STEPS * 28))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._sheet.isNull():
            self.chosen.emit(int(np.clip(event.position().x() * STEPS / self.width(), 0, STEPS - 1)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._sheet.isNull():
            painter.fillRect(self.rect(), self.palette().midlight())
            return
        ratio = self.devicePixelRatioF()
        factor = self.width() * ratio / self._sheet.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, factor != round(factor))
        painter.drawImage(QRectF(self.rect()), self._sheet)
