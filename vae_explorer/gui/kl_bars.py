"""How much each latent dimension tells of an image: a bar for each, in nats; one that tells nothing is named."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vae_explorer.gui.theme import LIGHT, Theme
from vae_explorer.palette import LOSSES, LOSSES_ON_DARK

COLLAPSED = 0.01  # nats, below which a dimension tells nothing
WIDEST = 34.0  # pixels of a bar
NAMED = 5  # collapsed dimensions that are named one by one


class KLBars(QWidget):
    """Empty until it is given values."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("klBars")
        self.setAccessibleName("KL of each latent dimension")
        self.setMinimumHeight(44)
        self._kl = np.empty(0, np.float32)
        self._theme = LIGHT

    def show_kl(self, kl: NDArray[np.float32]) -> None:
        """kl: (latent_dim,), nats."""
        self._kl = kl
        text = ", ".join(f"z{i} {value:.2f}" for i, value in enumerate(kl, 1))
        self.setToolTip(f"KL of each latent dimension, nats: {text}")
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
        values = [f"{value:.2f}" for value in self._kl]
        wide = min(WIDEST, self.width() / len(values))
        needed = max(map(text.horizontalAdvance, [*values, f"z{len(values)}"])) + 4
        has_text = wide >= needed
        room = self.height() - (2 * text.height() if has_text else 0)
        bar = QColor((LOSSES_ON_DARK if self._theme.dark else LOSSES)[2])
        muted, centred = QColor(self._theme.muted), Qt.AlignmentFlag.AlignCenter
        for i, (kl, value) in enumerate(zip(self._kl, values, strict=True)):
            length = max(1.0, room * float(kl) / max(float(self._kl.max()), COLLAPSED))
            foot = self.height() - (text.height() if has_text else 0)
            gap = 3 if wide > 8 else 1
            painter.fillRect(QRectF(i * wide, foot - length, wide - gap, length), bar)
            if has_text:
                painter.setPen(muted)
                painter.drawText(QRectF(i * wide, foot, wide - gap, text.height()), centred, f"z{i + 1}")
                above = QRectF(i * wide, foot - length - text.height(), wide - gap, text.height())
                painter.drawText(above, centred, value)


def collapse_note(kl: NDArray[np.float32]) -> str:
    """A sentence on the dimensions that have collapsed; "" if none has."""
    names = [f"z{i}" for i, value in enumerate(kl, 1) if value < COLLAPSED]
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} has collapsed: it carries less than {COLLAPSED} nats"
    if len(names) > NAMED:
        names[NAMED - 1 :] = [f"{len(names) - NAMED + 1} more"]
    return f"{', '.join(names[:-1])} and {names[-1]} have collapsed: each carries less than {COLLAPSED} nats"
