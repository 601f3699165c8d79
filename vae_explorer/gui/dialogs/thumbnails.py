"""Some images of a set side by side, as a training would see them."""

import math

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from vae_explorer.array_types import Bytes
from vae_explorer.gui.parts.decoded_image import to_qimage
from vae_explorer.gui.parts.plain_text import safe_tip

GAP = 4  # pixels
LARGEST = 112  # greatest length of the longer side of an image, pixels
SMOOTH = 2  # device pixels per image pixel below which images are smoothed; above, the scale is a whole number


class Thumbnails(QWidget):
    """Shows images as large as the widget allows, up to LARGEST; hovering over one shows its class."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataThumbnails")
        self.setAccessibleName("Some of the images, as a training would see them")
        self.setMinimumSize(240, 120)
        self._pictures: list[QImage] = []
        self._texts: list[str] = []

    def show_images(self, images: Bytes, texts: list[str]) -> None:
        """images: (T, H, W, C); texts: the plain text for each."""
        self._pictures, self._texts = [to_qimage(image) for image in images], texts
        self.update()

    def boxes(self) -> list[QRectF]:
        """The rectangle in which each image is drawn."""
        if not self._pictures:
            return []
        count = len(self._pictures)
        width, height = self._pictures[0].width(), self._pictures[0].height()
        room, high = self.width() + GAP, self.height() + GAP

        def scale_with(columns: int) -> float:
            rows = -(-count // columns)
            return min((room / columns - GAP) / width, (high / rows - GAP) / height, LARGEST / max(width, height))

        columns = max(range(1, count + 1), key=scale_with)
        ratio = self.devicePixelRatioF()
        dots = scale_with(columns) * ratio
        scale = (math.floor(dots) if dots >= SMOOTH else max(dots, 0.01)) / ratio
        across, down = width * scale, height * scale
        return [
            QRectF(index % columns * (across + GAP), index // columns * (down + GAP), across, down)
            for index in range(count)
        ]

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = event.pos().toPointF()
            found = next((index for index, where in enumerate(self.boxes()) if where.contains(at)), None)
            if found is not None and self._texts[found]:
                QToolTip.showText(event.globalPos(), safe_tip(self._texts[found]), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        for picture, where in zip(self._pictures, self.boxes(), strict=True):
            smooth = where.width() * self.devicePixelRatioF() < SMOOTH * picture.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(where, picture)
