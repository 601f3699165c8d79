"""The grid lines of the map are at the ticks of its axes."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.layers.grid_lines import GridLines


def test_lines_are_at_the_ticks_and_nowhere_else(qtbot: QtBot) -> None:
    plot = pg.PlotWidget(enableMenu=False, background="w")
    qtbot.addWidget(plot)
    plot.resize(400, 400)
    plot.addItem(GridLines(), ignoreBounds=True)
    plot.setRange(xRange=(-2.2, 2.2), yRange=(-2.2, 2.2), padding=0)
    plot.show()
    qtbot.waitExposed(plot)
    box = plot.getViewBox()
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)[:, : image.width()]
    area = box.mapRectToScene(box.rect()).toAlignedRect()
    inside = rows[area.top() + 2 : area.bottom() - 2, area.left() + 2 : area.right() - 2]
    dark = np.flatnonzero((inside < 255).all(axis=0)) + area.left() + 2
    levels = plot.getAxis("bottom").tickValues(-2.2, 2.2, area.width())[:2]
    ticks = [box.mapViewToScene(pg.Point(value, 0)).x() for _, values in levels for value in values]
    expected = sorted(round(x) for x in ticks if area.left() + 2 < x < area.right() - 2)
    assert len(expected) > 4
    np.testing.assert_allclose(dark, expected, atol=1)
