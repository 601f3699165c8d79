"""The grid of a map: a line at each tick of its axes."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.gui.parts.view_item import ViewItem

ALPHAS = 26, 12  # alpha, 0 to 255, of the lines at major and minor ticks


class GridLines(ViewItem):
    """The lines. pyqtgraph's own grid is not used because it takes 10 ms for each move of the view."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT

    def paint(self, painter: QPainter, *_: object) -> None:
        box = self.getViewBox()
        to_pixels = painter.worldTransform()
        area = to_pixels.mapRect(self.boundingRect())
        (left, right), (low, high) = box.viewRange()
        axes = {name: box.parentItem().getAxis(name) for name in ("bottom", "left")}
        painter.resetTransform()
        colour = QColor(self.theme.muted)
        levels = zip(
            ALPHAS,
            axes["bottom"].tickValues(left, right, area.width()),
            axes["left"].tickValues(low, high, area.height()),
            strict=False,
        )
        for alpha, (_, across), (_, up) in levels:
            colour.setAlpha(alpha)
            for x in across:
                at = to_pixels.map(QPointF(x, low)).x()
                painter.fillRect(round(at), round(area.top()), 1, round(area.height()), colour)
            for y in up:
                at = to_pixels.map(QPointF(left, y)).y()
                painter.fillRect(round(area.left()), round(at), round(area.width()), 1, colour)


class GridLinesLayer(MapLayer):
    """The lowest layer."""

    name = "grid-lines"
    title = "Grid lines"
    sentence = "A line at each tick of the axes, whose unit is one standard deviation of the prior."

    def __init__(self) -> None:
        self._lines = GridLines()
        super().__init__(self._lines)

    def set_theme(self, theme: Theme) -> None:
        self._lines.theme = theme
        self._lines.update()
