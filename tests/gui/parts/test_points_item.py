"""Points on a map: the old drawing follows the view until a new one is ready."""

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.points_item import PointsItem
from vae_explorer.latent.raster import COARSE

RGB = np.array([[220, 30, 30], [30, 30, 220]], np.uint8)
HALF = np.array([0.5, 0.5], np.float32)


@pytest.fixture
def plot(qtbot: QtBot) -> pg.PlotWidget:
    widget = pg.PlotWidget(enableMenu=False, background="w")
    qtbot.addWidget(widget)
    widget.resize(300, 300)
    widget.hideAxis("left")
    widget.hideAxis("bottom")
    widget.setRange(xRange=(-3, 3), yRange=(-3, 3), padding=0)
    widget.show()
    return widget


@pytest.fixture
def item(plot: pg.PlotWidget) -> Iterator[PointsItem]:
    points = PointsItem()
    plot.addItem(points, ignoreBounds=True)
    yield points
    points.end()


def colours(plot: pg.PlotWidget) -> np.ndarray:
    """The pixels on the screen, (H, W, 3)."""
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGBX8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[:, : image.width(), :3].astype(int)


def wait_until_exact(qtbot: QtBot, plot: pg.PlotWidget, item: PointsItem) -> None:
    plot.viewport().repaint()
    qtbot.waitUntil(lambda: item.exact, timeout=10_000)


def dark(plot: pg.PlotWidget) -> tuple[float, float]:
    """Centre of the drawn points, (x, y) in pixels."""
    y, x = np.argwhere(colours(plot).min(axis=2) < 200).mean(axis=0)
    return float(x), float(y)


def test_points_are_where_they_belong_in_their_colours(qtbot: QtBot, plot: pg.PlotWidget, item: PointsItem) -> None:
    plane, style = np.array([[-2, 2], [2, -2]], np.float32), np.array([0, 1], np.int32)
    item.set_points(plane, style, RGB, HALF)
    wait_until_exact(qtbot, plot, item)
    shown = colours(plot)
    for row, (x, y) in enumerate(plane.tolist()):
        pixel = plot.mapFromScene(plot.getViewBox().mapViewToScene(pg.Point(x, y)))
        expected = 255 - (255 - RGB[row].astype(int)) / 2
        np.testing.assert_allclose(shown[round(pixel.y()), round(pixel.x())], expected, atol=2)


def test_what_is_shown_moves_with_the_view_before_it_is_drawn_again(
    qtbot: QtBot, plot: pg.PlotWidget, item: PointsItem
) -> None:
    item.set_points(np.zeros((1, 2), np.float32), np.zeros(1, np.int32), RGB, HALF)
    wait_until_exact(qtbot, plot, item)
    x, y = dark(plot)
    plot.setRange(xRange=(-4, 2), yRange=(-3, 3), padding=0)
    moved = dark(plot)
    assert not item.exact
    assert moved == (pytest.approx(x + 50, abs=1), pytest.approx(y, abs=1))
    wait_until_exact(qtbot, plot, item)
    assert dark(plot) == (pytest.approx(moved[0], abs=1), pytest.approx(moved[1], abs=1))


def test_a_filter_changes_the_count_at_once_and_the_picture_soon(
    qtbot: QtBot, plot: pg.PlotWidget, item: PointsItem
) -> None:
    plane, style = np.array([[-2, 2], [2, -2], [2, 2]], np.float32), np.array([0, 1, 1], np.int32)
    item.set_points(plane, style, RGB, HALF)
    assert item.count == 3
    wait_until_exact(qtbot, plot, item)
    item.set_points(plane, style, RGB, np.array([0.5, 0], np.float32))
    assert item.count == 1
    wait_until_exact(qtbot, plot, item)
    shown = colours(plot)
    assert shown[..., 2].min() < 200  # red takes from blue
    assert shown[..., 0].min() > 230


def test_many_points_are_drawn_coarse_while_the_view_moves_and_exact_when_it_stands(
    qtbot: QtBot, plot: pg.PlotWidget, item: PointsItem
) -> None:
    plane = np.random.default_rng(0).normal(size=(COARSE + 1, 2)).astype(np.float32)
    item.set_points(plane, np.zeros(len(plane), np.int32), RGB, HALF / 20)
    wait_until_exact(qtbot, plot, item)
    drawn = []
    item._worker.answered.connect(lambda _, drawing: drawn.append(drawing.coarse))
    plot.setRange(xRange=(-2, 2), yRange=(-2, 2), padding=0)
    wait_until_exact(qtbot, plot, item)
    qtbot.waitUntil(lambda: len(drawn) == 2, timeout=5000)
    assert drawn == [True, False]


def test_no_points_are_no_error(qtbot: QtBot, plot: pg.PlotWidget, item: PointsItem) -> None:
    item.set_points(np.empty((0, 2), np.float32), np.empty(0, np.int32), RGB, HALF)
    wait_until_exact(qtbot, plot, item)
    assert item.count == 0
    assert colours(plot).min() == 255
