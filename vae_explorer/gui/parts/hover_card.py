"""A card beside the pointer: the image, class and coordinates of the point under it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from vae_explorer.array_types import Bytes
from vae_explorer.gui.parts.decoded_image import DecodedImage

SIDE = 56  # width and height of the image, pixels
AWAY = 16  # distance from the pointer, pixels


class HoverCard(QFrame):
    """A card over its parent that ignores the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hoverCard")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("card", True)
        self.image = DecodedImage(SIDE)
        self.image.setFixedSize(SIDE, SIDE)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 6, 8, 6)
        layout.setSpacing(8)
        layout.addWidget(self.image)
        layout.addWidget(self.text)
        self.hide()

    def show_at(self, pointer: QPoint, text: str, image: Bytes | None) -> None:
        """image: (H, W, C) uint8, None if not available. The card is to the lower right of the pointer if it fits."""
        self.text.setText(text)
        self.image.setVisible(image is not None)
        if image is not None:
            self.image.show_pixels(image)
        self.adjustSize()
        room = self.parentWidget().rect()
        x, y = pointer.x() + AWAY, pointer.y() + AWAY
        if x + self.width() > room.right():
            x = pointer.x() - AWAY - self.width()
        if y + self.height() > room.bottom():
            y = pointer.y() - AWAY - self.height()
        self.move(max(0, x), max(0, y))
        self.show()
