"""Moving items over a picture of the scene: what is drawn again, and what is seen."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.still_picture import StillPicture
from vae_explorer.gui.parts.view_item import ViewItem


class Ground(ViewItem):
    def __init__(self) -> None:
        super().__init__()
        self.colour, self.paints = QColor("blue"), 0

    def paint(self, painter: QPainter, *_: object) -> None:
        self.paints += 1
        painter.fillRect(self.boundingRect(), self.colour)


class Square(MovingItem):
    x = 0.0

    def region(self) -> QRegion:
        return self.around(QRectF(self.x - 1, -1, 2, 2), 2)

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.fillRect(QRectF(self.x - 1, -1, 2, 2), QColor("red"))

    def put(self, x: float) -> None:
        self.x = x
        self.moved()


class Plot(pg.PlotWidget):
    def __init__(self) -> None:
        super().__init__()
        self.still = StillPicture(self)
        self.ground, self.square = Ground(), Square()
        for item in (self.ground, self.square):
            self.addItem(item, ignoreBounds=True)
        self.setRange(xRange=(-10, 10), yRange=(-10, 10), padding=0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self.still.draw(painter, self.viewport().rect())
        painter.end()

    def pixels(self) -> np.ndarray:
        QApplication.processEvents()
        image = self.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1].copy()


@pytest.fixture
def plot(qtbot: QtBot) -> Plot:
    plot = Plot()
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def test_a_move_draws_nothing_else_again_and_leaves_no_trace(qtbot: QtBot, plot: Plot) -> None:
    plot.pixels()
    before = plot.pixels()
    paints = plot.ground.paints
    plot.square.put(5.0)
    moved = plot.pixels()
    assert (moved != before).any()
    plot.square.put(0.0)
    np.testing.assert_array_equal(plot.pixels(), before)
    assert plot.ground.paints == paints


def test_a_change_of_the_scene_is_seen(plot: Plot) -> None:
    plot.pixels()
    plot.ground.colour = QColor("lime")
    plot.ground.update()
    assert (plot.pixels() == [0, 255, 0]).all(axis=-1).mean() > 0.5


def test_what_the_scene_does_not_know_of_is_seen_when_it_is_forgotten(plot: Plot) -> None:
    before = plot.pixels()
    plot.setBackground("white")
    plot.still.forget()
    assert (plot.pixels() != before).any()


def test_visibility_and_opacity_are_drawn(plot: Plot) -> None:
    full = plot.pixels()
    plot.square.setOpacity(0.5)
    half = plot.pixels()
    plot.square.hide()
    hidden = plot.pixels()
    assert (full != half).any()
    assert (half != hidden).any()
    assert not (hidden == [255, 0, 0]).all(axis=-1).any()


def test_another_view_and_size_are_drawn(plot: Plot) -> None:
    paints = plot.ground.paints
    plot.setRange(xRange=(-5, 5), yRange=(-5, 5), padding=0)
    red = (plot.pixels() == [255, 0, 0]).all(axis=-1).sum()
    plot.resize(200, 200)
    assert 0 < (plot.pixels() == [255, 0, 0]).all(axis=-1).sum() < red
    assert plot.ground.paints >= paints + 2


def test_a_report_of_no_changes_draws_nothing_again(plot: Plot) -> None:
    plot.pixels()
    plot.pixels()
    paints = plot.ground.paints
    plot.scene().changed.emit([])
    plot.pixels()
    assert plot.ground.paints == paints
