"""A new layer needs only its own class and one entry in the list of layers."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.data.dataset import HELD_OUT
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.explorer.layers import stack
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.explorer.layers.points import PointsLayer
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.theme import DARK, LIGHT, Theme
from vae_explorer.gui.parts.view_item import ViewItem

COLOUR = (200, 30, 10)


class Square(ViewItem):
    """A square from 0 to 1 in both directions."""

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.fillRect(QRectF(0, 0, 1, 1), QColor(*COLOUR))


class SquareLayer(MapLayer):
    """Records the calls of its methods."""

    title = "A square"

    def __init__(self) -> None:
        super().__init__(Square(), QLabel("a red square"))
        self.calls: list[object] = []

    def show(self, subject: Subject) -> None:
        self.calls.append(subject)

    def set_theme(self, theme: Theme) -> None:
        self.calls.append(theme)

    def view_changed(self) -> None:
        self.calls.append("view")

    def end(self) -> None:
        self.calls.append("end")


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, subject: Subject) -> Iterator[LatentView]:
    monkeypatch.setattr(stack, "LAYERS", (*stack.LAYERS, SquareLayer))
    around = QWidget()  # pyqtgraph destroys a plot that is closed as a window
    qtbot.addWidget(around)
    around.resize(900, 700)
    made = LatentView(FrameClock(), around)
    made.set_theme(LIGHT)
    made.resize(700, 500)
    around.show()
    made.show_subject(subject, fit=True)
    made.move_handle(-3, -3)
    qtbot.waitUntil(lambda: made.points.drawing.exact, timeout=10_000)
    yield made
    made.end()


@pytest.fixture
def square(view: LatentView) -> SquareLayer:
    return view.layers.find(SquareLayer)


def colour_at(view: LatentView, x: float, y: float) -> tuple[int, int, int]:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colour = image.pixelColor(view.to_pixels(x, y).toPoint())
    return colour.red(), colour.green(), colour.blue()


def test_it_is_drawn_above_the_others_and_below_the_handle(view: LatentView, square: SquareLayer) -> None:
    titles = [layer.title for layer in view.layers]
    assert (titles[0], titles[-1]) == ("Grid lines", "A square")
    heights = [layer.item.zValue() for layer in view.layers]
    assert heights == sorted(heights)
    assert heights[-1] < view.handle.item.zValue()
    assert colour_at(view, 0.5, 0.5) == COLOUR
    view.move_handle(0.5, 0.5)
    assert colour_at(view, 0.5, 0.5) != COLOUR


def test_it_follows_subject_theme_view_and_end(view: LatentView, square: SquareLayer, subject: Subject) -> None:
    assert LIGHT in square.calls
    assert subject in square.calls
    for act, call in (
        (lambda: view.set_theme(DARK), DARK),
        (lambda: view.show_subject(subject, fit=False), subject),
        (lambda: view.pan(1, 0), "view"),
        (lambda: view.resize(720, 500), "view"),
        (lambda: view.layers.end(), "end"),
    ):
        square.calls.clear()
        act()
        assert call in square.calls


def test_its_switch_hides_it_with_its_legend(view: LatentView, square: SquareLayer) -> None:
    assert square.legend is not None
    assert square.legend.isVisible()
    square.switch(False)
    assert not square.legend.isVisible()
    assert colour_at(view, 0.5, 0.5) != COLOUR
    square.switch(True)
    assert square.legend.isVisible()
    assert colour_at(view, 0.5, 0.5) == COLOUR


def test_its_opacity_is_drawn(view: LatentView, square: SquareLayer) -> None:
    view.layers.find(PointsLayer).switch(False)
    square.set_opacity(0.5)
    assert square.opacity == pytest.approx(0.5)
    np.testing.assert_allclose(colour_at(view, 0.52, 0.48), [(c + 255) / 2 for c in COLOUR], atol=12)


def test_its_legend_is_below_the_points_legend_inside_the_map(
    qtbot: QtBot, view: LatentView, square: SquareLayer
) -> None:
    points = view.points.legend
    assert points is not None
    assert square.legend is not None
    for width in (700, 820):
        view.resize(width, 520)
        assert points.geometry().right() < view.width()
        assert not points.geometry().intersects(square.legend.geometry())
        assert square.legend.geometry().right() == points.geometry().right()
        assert square.legend.y() > points.y()
    view.points.switch(False)
    qtbot.waitUntil(lambda: square.legend.y() == points.y())


def test_points_that_are_switched_off_are_not_drawn_picked_or_counted(view: LatentView, subject: Subject) -> None:
    at = view.to_pixels(*subject.plane[0].tolist())
    assert view.hover.row_at(at) is not None
    assert view.points_shown == len(subject.plane)
    view.points.switch(False)
    assert view.hover.row_at(at) is None
    assert view.points_shown == 0
    assert not view.points.classes.isVisible()
    view.points.switch(True)
    assert view.points_shown == len(subject.plane)
    assert view.points.classes.isVisible()


def test_the_points_keep_colours_and_filter_while_the_same_images_move(view: LatentView, subject: Subject) -> None:
    view.points.show_filter(replace(view.points.filter, hidden=frozenset({2})))
    some, colouring = view.points_shown, view.colouring
    view.points.colour_by(colouring)
    moved = replace(subject, z_mean=subject.z_mean + 1, plane=subject.plane + np.float32(1))
    view.show_subject(moved, fit=False)
    assert view.colouring is colouring
    assert view.points_shown == some < len(subject.plane)


def test_the_rows_that_the_filters_show_are_one_value(view: LatentView, subject: Subject) -> None:
    points, told = view.points, []
    width = points.classes.sizeHint().width()
    points.shown_changed.connect(lambda: told.append(points.shown))
    assert points.shown.all()
    points.show_filter(replace(points.filter, hidden=frozenset({2})))
    np.testing.assert_array_equal(points.shown, subject.label != 2)
    note = points.classes._note
    assert note.text().startswith(f"{(subject.label != 2).sum():,} of\n{len(subject.label):,} shown\nheld-out strong")
    assert points.classes.sizeHint().width() == width  # so that the second click of a double click meets the same class
    points.show_split(HELD_OUT)
    np.testing.assert_array_equal(points.shown, (subject.label != 2) & (subject.split == HELD_OUT))
    points.switch(False)  # what is not drawn is still let through
    points.show_split(None)
    points.show_filter(replace(points.filter, hidden=frozenset()))
    assert points.shown.all()
    assert note.text().startswith("held-out strong")
    assert len(told) == 4
    assert told[-1] is points.shown
    points.show_split(None)
    assert len(told) == 4
