"""A card over the map with the likeliest classes of the image at the handle."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from vae_explorer.array_types import Floats

SHOWN = 3  # classes
NAME, BAR, SHARE, HEIGHT, GAP = 84, 60, 44, 17, 6  # pixels: width of name, bar and share, height of a line, between


class HandleClasses(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("handleClasses")
        self.setAccessibleName("Classes at the handle, by the classifier")
        self.setProperty("card", True)
        title = QLabel("Classifier at the handle")
        title.setProperty("muted", True)
        self._rows = _Rows()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(9, 6, 9, 7)
        layout.setSpacing(3)
        layout.addWidget(title)
        layout.addWidget(self._rows)

    def show_classes(self, names: Sequence[str], colours: Sequence[str], probabilities: Floats) -> None:
        """names, colours "#rrggbb" and probabilities (K,) of all classes."""
        order = np.argsort(-probabilities, kind="stable")[:SHOWN].tolist()
        rows = [(names[number], colours[number], float(probabilities[number])) for number in order]
        if rows != self._rows.rows:
            self._rows.rows = rows
            self._rows.updateGeometry()
            self._rows.update()
            self.setAccessibleDescription(self.text)

    @property
    def text(self) -> str:
        """What it says, for tests and assistive tools."""
        return ", ".join(f"{name} {percent(share)}" for name, _, share in self._rows.rows)


def percent(share: float) -> str:
    """A share of 0 to 1 as text."""
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


class _Rows(QWidget):
    """Paints itself, so that a drag lays out nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, str, float]] = []

    def sizeHint(self) -> QSize:
        return QSize(NAME + BAR + SHARE + 2 * GAP, HEIGHT * max(1, len(self.rows)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text, metrics = self.palette().text().color(), painter.fontMetrics()
        for number, (name, colour, share) in enumerate(self.rows):
            top = number * HEIGHT
            painter.setPen(text)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, NAME)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, NAME, HEIGHT), middle | Qt.AlignmentFlag.AlignLeft, shown)
            right = QRectF(NAME + BAR + 2 * GAP, top, SHARE, HEIGHT)
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, percent(share))
            painter.setPen(Qt.PenStyle.NoPen)
            for width, opacity in ((BAR, 0.18), (BAR * share, 1.0)):
                fill = QColor(colour)
                fill.setAlphaF(opacity)
                painter.setBrush(fill)
                painter.drawRoundedRect(QRectF(NAME + GAP, top + 4, width, HEIGHT - 8), 2, 2)
