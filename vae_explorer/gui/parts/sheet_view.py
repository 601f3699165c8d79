"""Many small images side by side, enlarged to fill the widget."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vae_explorer.array_types import Bytes
from vae_explorer.gui.parts.decoded_image import to_qimage


class SheetView(QWidget):
    """Rows of images, enlarged by a whole factor; below a factor of two, scaled smoothly."""

    def __init__(self, name: str, title: str, least: QSize) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setMinimumSize(least)
        self.sheet = QImage()

    def show_images(self, images: Bytes) -> None:
        """images: (rows, columns, H, W, C) uint8."""
        rows, columns, height, width, channels = images.shape
        self.sheet = to_qimage(images.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels))
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self.sheet = QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.sheet.isNull():
            return
        ratio = self.devicePixelRatioF()
        factor = min(self.width() * ratio / self.sheet.width(), self.height() * ratio / self.sheet.height())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, factor < 2)
        factor = (float(int(factor)) if factor >= 2 else factor) / ratio
        painter.drawImage(QRectF(0, 0, self.sheet.width() * factor, self.sheet.height() * factor), self.sheet)
