"""The KL of each latent dimension as bars; the collapsed ones are pale, and named below."""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QToolTip, QWidget

from vae_explorer.gui.parts.bar_names import BarNames
from vae_explorer.run.quality import Quality

HEIGHT = 96


class QualityBars(QWidget):
    """Shows bars with their figures as tooltips."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("qualityBars")
        self.setFixedHeight(HEIGHT)
        self._quality: Quality | None = None
        self._most: float | None = None

    def show_quality(self, quality: Quality, most: float | None = None) -> None:
        """Show these figures. most: the KL of the highest bar, so that bars can be compared; None: the largest one."""
        self._quality, self._most = quality, most
        self.setAccessibleName("KL of each dimension in nats per image: " + ", ".join(self.texts()))
        self.update()

    def texts(self) -> list[str]:
        """The tooltip of each dimension."""
        if self._quality is None:
            return []
        pairs = zip(self._quality.kl_by_dimension, self._quality.active, strict=True)
        return [
            f"z{number}: {figure} nats{'' if active else ', collapsed'}"
            for number, (figure, active) in enumerate(pairs, start=1)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._quality is None:
            return
        values = [figure.value for figure in self._quality.kl_by_dimension]
        most = self._most or max((value for value in values if 0 < value < math.inf), default=1.0)
        painter, palette = QPainter(self), self.palette()
        names = BarNames(
            self.font(), [f"z{number}" for number in range(1, len(values) + 1)], self._bar(0).width() / 0.8
        )
        ground = self.height() - names.height - 2
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(QPointF(0, ground), QPointF(self.width(), ground))
        for index, (value, active) in enumerate(zip(values, self._quality.active, strict=True)):
            bar = self._bar(index)
            height = max(1.0, (ground - 2) * (value / most if 0 <= value <= most else 1.0))
            colour = QColor(palette.color(QPalette.ColorRole.Highlight))
            colour.setAlphaF(1.0 if active else 0.35)
            painter.fillRect(QRectF(bar.x(), ground - height, bar.width(), height), colour)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        names.draw(painter, [self._bar(index).center().x() for index in range(len(values))], ground + 2)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for index, text in enumerate(self.texts()):
                if self._bar(index).left() <= event.pos().x() <= self._bar(index).right():
                    QToolTip.showText(event.globalPos(), text, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    @property
    def _pitch(self) -> float:
        """Pixels from one bar to the next."""
        assert self._quality is not None
        return min(48.0, self.width() / len(self._quality.kl_by_dimension))

    def _bar(self, index: int) -> QRectF:
        return QRectF(index * self._pitch, 0, max(1.0, 0.8 * self._pitch), self.height())
