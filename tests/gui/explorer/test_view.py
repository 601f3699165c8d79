"""Hovering over the map, and how fast the handle follows the pointer."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import mouse
from vae_explorer.data.dataset import HELD_OUT
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.hover_card import HoverCard
from vae_explorer.run.run import Run

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
SLOW = 0.05  # seconds


class SlowDecoder:
    """A run's decoder, made slow on purpose."""

    engine = "slow"

    def __init__(self, subject: Subject) -> None:
        self.latent_dim, self._decoder = subject.decoder.latent_dim, subject.decoder

    def __call__(self, z: np.ndarray) -> np.ndarray:
        time.sleep(SLOW)
        return self._decoder(z)


@pytest.fixture
def lonely(window: MainWindow, tiny_run: Run) -> int:
    """The row of a held-out point far from all others; it is in the middle of the view."""
    codes = tiny_run.codes
    held_out = np.flatnonzero(codes.split == HELD_OUT)
    row = int(held_out[np.argmax(np.square(codes.z_mean[held_out] - np.median(codes.z_mean, axis=0)).sum(axis=1))])
    x, y = codes.z_mean[row].tolist()
    window.explorer.view.getPlotItem().setRange(xRange=(x - 0.1, x + 0.1), yRange=(y - 0.1, y + 0.1))
    QApplication.processEvents()
    return row


def hover(window: MainWindow, row: int, right: float = 0) -> HoverCard:
    view = window.explorer.view
    at = view.to_pixels(*window.explorer._subject.plane[row].tolist()) + QPointF(right, 0)
    mouse(view.viewport(), QEvent.Type.MouseMove, at, NONE)
    card = view.findChild(HoverCard, "hoverCard")
    assert card is not None
    return card


def test_hovering_a_point_shows_its_image_class_and_coordinates(window: MainWindow, tiny_run: Run, lonely: int) -> None:
    card, codes = hover(window, lonely), tiny_run.codes
    assert card.isVisible()
    x, y = codes.z_mean[lonely].tolist()
    number = f"image {codes.index[lonely]:,}"
    assert card.text.text() == f"class {codes.label[lonely]}, held-out\nz1 {x:.3f}   z2 {y:.3f}\n{number}"
    index = int(np.flatnonzero(tiny_run.sample.index == codes.index[lonely])[0])
    np.testing.assert_array_equal(card.image.pixels(), tiny_run.sample.images[index])


def test_the_card_goes_when_the_pointer_leaves_the_point(window: MainWindow, lonely: int) -> None:
    assert hover(window, lonely).isVisible()
    assert not hover(window, lonely, right=9).isVisible()


def test_the_card_goes_when_the_pointer_leaves_the_map(window: MainWindow, lonely: int) -> None:
    card = hover(window, lonely)
    QApplication.sendEvent(window.explorer.view.viewport(), QEvent(QEvent.Type.Leave))
    assert not card.isVisible()


def test_the_card_goes_when_the_map_moves_under_the_pointer(qtbot: QtBot, window: MainWindow, lonely: int) -> None:
    card = hover(window, lonely)
    assert card.isVisible()
    qtbot.keyClick(window.explorer.view, "+")
    assert not card.isVisible()


def test_the_card_stays_inside_the_map(window: MainWindow, lonely: int) -> None:
    view = window.explorer.view
    (left, right), (low, high) = view.viewRange()
    x, y = window.explorer._subject.plane[lonely].tolist()
    view.getPlotItem().setRange(xRange=(x - (right - left) * 0.98, x + 0.001), yRange=(y - 0.001, y + high - low))
    QApplication.processEvents()
    card = hover(window, lonely)
    assert card.isVisible()
    assert view.viewport().rect().contains(card.geometry())


def test_a_hidden_point_is_not_hovered(window: MainWindow, tiny_run: Run, lonely: int) -> None:
    window.explorer.view.points.classes.toggle(int(tiny_run.codes.label[lonely]))
    assert not hover(window, lonely).isVisible()


def test_moves_between_two_frames_are_merged(qtbot: QtBot, window: MainWindow) -> None:
    view = window.explorer.view
    centre = view.to_pixels(*view.handle_point)
    qtbot.wait(50)
    moves: list[tuple[float, float]] = []
    view.moved.connect(lambda x, y: moves.append((x, y)))
    mouse(view.viewport(), QEvent.Type.MouseButtonPress, centre, LEFT)
    for i in range(1, 8):
        mouse(view.viewport(), QEvent.Type.MouseMove, centre + QPointF(i, 0), LEFT)
    assert len(moves) == 1
    qtbot.waitUntil(lambda: len(moves) == 2, timeout=5000)
    assert moves[-1] == pytest.approx(view.to_plane(centre + QPointF(7, 0)))
    mouse(view.viewport(), QEvent.Type.MouseButtonRelease, centre + QPointF(7, 0), LEFT)
    assert len(moves) == 2


def test_a_drag_ends_at_the_release_even_before_the_next_frame(window: MainWindow) -> None:
    view = window.explorer.view
    centre = view.to_pixels(*view.handle_point)
    mouse(view.viewport(), QEvent.Type.MouseButtonPress, centre, LEFT)
    for i in (5, 31):
        mouse(view.viewport(), QEvent.Type.MouseMove, centre + QPointF(i, 0), LEFT)
    mouse(view.viewport(), QEvent.Type.MouseButtonRelease, centre + QPointF(31, 0), LEFT)
    assert view.handle_point == pytest.approx(view.to_plane(centre + QPointF(31, 0)), abs=0.02)


def test_with_a_slow_decoder_the_handle_follows_each_frame_and_the_image_comes_after(
    qtbot: QtBot, window: MainWindow
) -> None:
    explorer, view = window.explorer, window.explorer.view
    subject = explorer._subject
    assert subject is not None
    explorer.show_subject(replace(subject, decoder=SlowDecoder(subject)), same=True)
    qtbot.wait(300)
    shown: list[int] = []
    explorer.worker.answered.connect(lambda generation, _: shown.append(generation))
    centre = view.to_pixels(*view.handle_point)
    mouse(view.viewport(), QEvent.Type.MouseButtonPress, centre, LEFT)
    handle = view.findChild(QObject, "latentHandle")
    assert handle is not None
    began, moves = time.perf_counter(), 40
    for i in range(1, moves + 1):
        pointer = centre + QPointF(2 * i, -i)
        mouse(view.viewport(), QEvent.Type.MouseMove, pointer, LEFT)
        qtbot.wait(10)  # about one frame
        assert (QPointF(handle.property("position")) - pointer).manhattanLength() <= 2
    seconds = time.perf_counter() - began
    mouse(view.viewport(), QEvent.Type.MouseButtonRelease, pointer, LEFT)
    code = np.array(view.handle_point, np.float32)
    qtbot.waitUntil(lambda: np.array_equal(explorer.image.code(), code), timeout=5000)
    assert shown == sorted(shown)
    assert len(shown) <= seconds / SLOW + 3  # one image at a time; requests in between were dropped
    assert len(shown) < moves


def test_the_overlay_shows_the_latency(qtbot: QtBot, window: MainWindow) -> None:
    view, overlay = window.explorer.view, window.explorer.overlay
    assert not overlay.isVisible()
    action = window.findChild(QAction, "performanceOverlayAction")
    assert action is not None
    action.trigger()
    assert overlay.isVisible()
    centre = view.to_pixels(*view.handle_point)
    mouse(view.viewport(), QEvent.Type.MouseButtonPress, centre, LEFT)
    mouse(view.viewport(), QEvent.Type.MouseMove, centre + QPointF(20, 0), LEFT)
    mouse(view.viewport(), QEvent.Type.MouseButtonRelease, centre + QPointF(20, 0), LEFT)
    qtbot.waitUntil(lambda: "median" in overlay.text(), timeout=5000)
    assert "LiteRT: decode" in overlay.text()
    assert f"{view.points_shown:,} points" in overlay.text()
    assert view.rect().contains(overlay.geometry())
    action.trigger()
    assert not overlay.isVisible()


class Painted(QObject):
    """Adds up the pixels that a widget paints."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.pixels = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.pixels += sum(rect.width() * rect.height() for rect in event.region())
        return False


def test_a_move_of_the_handle_draws_little_of_the_map_again(qtbot: QtBot, window: MainWindow) -> None:
    view = window.explorer.view
    for layer in view.layers:
        if layer.name == "images":
            layer.switch(True)
    qtbot.wait(500)  # until the images are there
    painted = Painted(view.viewport())
    view.handle.move(1.0, -0.5)
    qtbot.waitUntil(lambda: painted.pixels > 0, timeout=5_000)
    QApplication.processEvents()
    assert painted.pixels < 0.15 * view.viewport().width() * view.viewport().height()
