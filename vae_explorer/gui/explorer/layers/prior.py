"""The prior as circles around the origin."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.gui.parts.view_item import ViewItem

RINGS = 1, 2, 3  # standard deviations of the prior


class PriorItem(ViewItem):
    """Rings around the origin at 1, 2 and 3 standard deviations."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT

    def paint(self, painter: QPainter, *_: object) -> None:
        to_pixels = painter.worldTransform()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = to_pixels.map(QPointF(0, 0))
        unit = abs(to_pixels.map(QPointF(1, 0)).x() - centre.x())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = QColor(self.theme.accent)
        for ring in RINGS:
            painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine))
            painter.drawEllipse(centre, ring * unit, ring * unit)
            text = f"{ring} sd of the prior" if ring == RINGS[-1] else f"{ring} sd"
            box = painter.fontMetrics().boundingRect(text).adjusted(-3, -1, 3, 1)
            # Below the centre, because a narrow map cuts off the left and right ends of the rings.
            below = QPointF(centre.x() - box.width() / 2 + 3, centre.y() + ring * unit + 5)
            back = QColor(self.theme.base)
            back.setAlpha(200)
            painter.fillRect(QRectF(box).translated(below), back)
            painter.setPen(QPen(QColor(self.theme.text)))
            painter.drawText(below, text)


class PriorLayer(MapLayer):
    """Off over latent codes until somebody wants it; on for a subject without any."""

    name = "prior"
    title = "Prior"
    sentence = "Circles at 1, 2 and 3 standard deviations of the prior N(0, I), which is the same in every plane."

    def __init__(self) -> None:
        self._rings = PriorItem()
        super().__init__(self._rings)
        self._offer(default_on=False)

    def show(self, subject: Subject) -> None:
        self._offer(default_on=not len(subject.plane))

    def set_theme(self, theme: Theme) -> None:
        self._rings.theme = theme
        self._rings.update()
