"""A line of text that is elided if it does not fit; the tooltip shows all of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from vae_explorer.gui.parts.plain_text import safe_tip


class ElidedLabel(QLabel):
    """Plain text, aligned to the right unless another alignment is set.

    With the horizontal size policy Ignored, a new text repaints only this label. Use it for texts that change many
    times per second, because a new layout repaints the whole window.
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def setText(self, text: str) -> None:
        self._text = text
        self.setToolTip(safe_tip(text))
        if self.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Ignored:
            self.updateGeometry()
        self.update()

    def text(self) -> str:
        return self._text

    def clear(self) -> None:
        self.setText("")

    def sizeHint(self) -> QSize:
        margins, metrics = self.contentsMargins(), self.fontMetrics()
        width = metrics.horizontalAdvance(self._text) + margins.left() + margins.right() + 2
        return QSize(width, metrics.height() + margins.top() + margins.bottom())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(room, self.alignment(), text)
