"""The KL of each latent dimension as a bar, in nats per image; collapsed dimensions are named."""

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from vae_explorer.array_types import Floats
from vae_explorer.gui.parts.bar_names import BarNames
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.latent.palette import LOSSES, LOSSES_ON_DARK

LEAST = 0.01  # nats per image; the longest bar stands for no less
WIDEST = 34.0  # greatest width of a bar, pixels


class KLBars(QWidget):
    """Empty until it is given values."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("klBars")
        self.setAccessibleName("KL of each latent dimension")
        self.setMinimumHeight(44)
        self._kl = np.empty(0, np.float32)
        self._theme = LIGHT

    def show_kl(self, kl: Floats) -> None:
        """kl: (latent_dim,), nats."""
        self._kl = kl
        text = ", ".join(f"z{i} {value:.2f}" for i, value in enumerate(kl, 1))
        self.setAccessibleDescription(text)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self._kl):
            return
        painter = QPainter(self)
        text = painter.fontMetrics()
        wide = self._pitch
        values, names = [f"{value:.2f}" for value in self._kl], BarNames(self.font(), self._names, wide)
        above = text.height() if max(map(text.horizontalAdvance, values)) + 4 <= wide else 0
        foot = self.height() - names.height
        gap = 3 if wide > 8 else 1
        bar = QColor((LOSSES_ON_DARK if self._theme.dark else LOSSES)[2])
        painter.setPen(QColor(self._theme.muted))
        for i, kl in enumerate(self._kl):
            length = max(1.0, (foot - above) * float(kl) / max(float(self._kl.max()), LEAST))
            painter.fillRect(QRectF(i * wide, foot - length, wide - gap, length), bar)
            if above:
                box = QRectF(i * wide, foot - length - above, wide - gap, above)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, values[i])
        names.draw(painter, [(i + 0.5) * wide - gap / 2 for i in range(len(self._kl))], foot)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """The tooltip names the bar under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = int(event.pos().x() // self._pitch) if len(self._kl) else -1
            if 0 <= index < len(self._kl):
                QToolTip.showText(event.globalPos(), f"{self._names[index]}: KL {self._kl[index]:.3f} nats", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    @property
    def _pitch(self) -> float:
        """Pixels from one bar to the next."""
        return min(WIDEST, self.width() / max(1, len(self._kl)))

    @property
    def _names(self) -> list[str]:
        return [f"z{i}" for i in range(1, len(self._kl) + 1)]
