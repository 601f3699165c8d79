"""The map as images: what is painted are the decoder's images, also after panning, zooming and for a newer network."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag
from vae_explorer.array_types import Floats
from vae_explorer.exploring.replay import load_replay
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.images import ImagesLayer
from vae_explorer.gui.explorer.layers.layer import LayerState
from vae_explorer.gui.explorer.layers.prior import PriorLayer
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.latent.cells import centres, covering, level_of
from vae_explorer.latent.plane import on_plane
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.run import Run

RIGHT = Qt.MouseButton.RightButton


class Grey:
    """Decodes everything to one grey."""

    engine = "test"

    def __init__(self, level: int, latent_dim: int = 2, fails: bool = False) -> None:
        self.level, self.latent_dim, self.fails = level, latent_dim, fails

    def __call__(self, z: Floats) -> Floats:
        if self.fails:
            raise ValueError("no such kernel")
        return np.full((len(z), 28, 28, 1), self.level / 255, np.float32)


@pytest.fixture
def layer(tab: ExplorerTab) -> ImagesLayer:
    """The layer, switched on, alone on the map."""
    for other in tab.view.layers:
        other.switch(other.name == "images")
    return tab.view.layers.find(ImagesLayer)


@pytest.fixture
def wait(qtbot: QtBot, layer: ImagesLayer) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: layer.images.complete, timeout=20_000)


def shown_at(tab: ExplorerTab, x: float, y: float) -> int:
    """The grey level that is painted at a point of the plane."""
    image = tab.view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return image.pixelColor(tab.view.to_pixels(x, y).toPoint()).red()


def check_pixels(tab: ExplorerTab) -> None:
    """The averages of the cells that are painted are those of the images decoded at their centres."""
    subject, (width, _) = tab._subject, tab.view.getViewBox().viewPixelSize()
    assert subject is not None
    level = level_of(40 * width)
    at = centres(covering(tab.view.layers.find(ImagesLayer).images.drawing.area, level).indices(), level)
    image = tab.view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    half, checked = 2.0**level / 2, 0
    expected = as_pixels(subject.decoder(on_plane(at.astype(np.float32), tab.plane)))
    corner = tab.view.map_corner()
    for (x, y), wanted in zip(at.tolist(), expected, strict=True):
        first, last = tab.view.to_pixels(x - half, y + half), tab.view.to_pixels(x + half, y - half)
        inside = first.x() > corner.x() + 1 and last.x() < tab.view.width() - 200 and last.y() < corner.y() - 1
        near = (first + last) / 2 - tab.view.to_pixels(*tab.view.handle_point)
        crossed = min(abs(near.x()), abs(near.y())) < 60  # by the handle and its cross-hair
        if inside and first.y() > 60 and not crossed:
            found = pixels[round(first.y()) : round(last.y()), round(first.x()) : round(last.x())]
            assert abs(found.mean() - wanted.mean()) < 4
            checked += 1
    assert checked > 20


def test_the_map_is_painted_with_the_decoders_images(tab: ExplorerTab, wait: Callable[[], None]) -> None:
    wait()
    check_pixels(tab)


def test_it_follows_real_panning_and_zooming(tab: ExplorerTab, wait: Callable[[], None]) -> None:
    wait()
    viewport = tab.view.viewport()
    drag(viewport, QPointF(300, 300), QPointF(420, 350), button=RIGHT)
    wait()
    check_pixels(tab)
    for turn in (120, 120, -240, -480):
        at, keys = QPointF(300, 300), Qt.KeyboardModifier.NoModifier
        where, phase = QPointF(viewport.mapToGlobal(at)), Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, where, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, keys, phase, False)
        QApplication.sendEvent(viewport, event)
        tab.view.grab()
        wait()
        check_pixels(tab)


def test_a_small_pan_over_complete_images_draws_nothing_anew(
    tab: ExplorerTab, layer: ImagesLayer, wait: Callable[[], None]
) -> None:
    wait()
    before = layer.images.drawing
    tab.view.pan(0.05, 0.05)
    tab.view.grab()
    assert layer.images.complete
    assert layer.images.drawing is before
    check_pixels(tab)


def test_a_newer_network_replaces_all_images(
    tab: ExplorerTab, subject: Subject, layer: ImagesLayer, wait: Callable[[], None]
) -> None:
    wait()
    for level in (40, 80, 120):  # as in a replay, without waiting
        tab.show_moment(replace(subject, decoder=Grey(level)))
        tab.view.grab()
    wait()
    assert layer.images.drawing is not None
    assert layer.images.drawing.source.decoder.level == 120  # type: ignore[attr-defined]
    assert shown_at(tab, 1.3, 1.3) == 120


def test_new_weights_of_a_training_replace_all_images(
    tab: ExplorerTab, subject: Subject, wait: Callable[[], None]
) -> None:
    decoder = Grey(40)
    tab.show_subject(replace(subject, decoder=decoder), same=True)
    tab.view.grab()
    wait()
    assert shown_at(tab, 1.3, 1.3) == 40
    decoder.level = 200
    tab.decode_again()
    tab.view.grab()
    wait()
    assert shown_at(tab, 1.3, 1.3) == 200


def test_images_of_another_run_are_gone_at_once(tab: ExplorerTab, subject: Subject, wait: Callable[[], None]) -> None:
    wait()
    layer = tab.view.layers.find(ImagesLayer)
    layer.images._asked = 1  # as if a step were under way
    tab.show_subject(replace(subject, decoder=Grey(90), images_key="another"))
    assert layer.images.drawing is None
    layer.images._asked = 0
    tab.view.grab()
    wait()
    assert shown_at(tab, 1.3, 1.3) == 90


def test_a_decoder_that_fails_disables_the_layer_with_the_reason(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject, layer: ImagesLayer, wait: Callable[[], None]
) -> None:
    tab.worker.errored.disconnect(tab.errored)
    tab.show_subject(replace(subject, decoder=Grey(0, fails=True)), same=True)
    qtbot.waitUntil(lambda: bool(layer.reason), timeout=10_000)
    assert "no such kernel" in layer.reason
    assert not layer.active
    tab.show_subject(subject, same=True)
    assert layer.active
    tab.view.grab()
    wait()


def test_a_larger_choice_shows_fewer_images(tab: ExplorerTab, layer: ImagesLayer, wait: Callable[[], None]) -> None:
    wait()
    layer.set_state(LayerState(True, 1.0, "64 px"))
    assert not layer.images.complete
    tab.view.grab()
    wait()
    assert layer.images.drawing is not None
    assert layer.images.drawing.side == 64


def test_it_is_off_over_codes_and_on_with_the_prior_where_there_are_none(tab: ExplorerTab, subject: Subject) -> None:
    layer, prior = tab.view.layers.find(ImagesLayer), tab.view.layers.find(PriorLayer)
    assert not layer.on
    assert layer.images.drawing is None
    nothing = replace(
        subject, z_mean=subject.z_mean[:0], plane=subject.plane[:0], split=subject.split[:0], images_key="none"
    )
    layer.show(nothing)
    prior.show(nothing)
    assert layer.on
    assert prior.on
    layer.switch(False)
    layer.show(nothing)
    assert not layer.on


def test_switched_off_it_frees_its_images(tab: ExplorerTab, layer: ImagesLayer, wait: Callable[[], None]) -> None:
    wait()
    layer.switch(False)
    assert layer.images.drawing is None
    assert layer.images._map._cells is None


def test_points_have_colours_that_are_seen_on_the_images(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject, layer: ImagesLayer
) -> None:
    grounds: list[bool | None] = []
    layer.ground_changed.connect(grounds.append)
    for level, dark in ((20, True), (125, True), (230, False), (125, False)):
        tab.show_subject(replace(subject, decoder=Grey(level)), same=True)
        tab.view.grab()
        qtbot.waitUntil(lambda: layer.images.complete, timeout=10_000)
        assert grounds[-1] is dark
        assert tab.view.points._dark is dark
    layer.set_opacity(0.3)
    assert grounds[-1] is None
    layer.set_opacity(1.0)
    assert grounds[-1] is False
    layer.switch(False)
    assert grounds[-1] is None


@pytest.mark.long
def test_the_map_follows_a_replay_and_ends_at_its_last_moment(
    qtbot: QtBot, tab: ExplorerTab, tiny_run: Run, layer: ImagesLayer
) -> None:
    filled: list[object] = []
    layer.images.filled.connect(lambda drawing: filled.append(drawing.source))
    replay = load_replay(tiny_run)
    moments = itertools.cycle(np.linspace(replay.epochs[0], replay.epochs[-1], 300))

    def play() -> bool:
        tab.show_moment(replay.subject_at(next(moments)))
        return len(set(filled)) > 2  # it does not begin each moment and complete none

    qtbot.waitUntil(play, timeout=60_000)
    tab.show_moment(replay.subject_at(replay.epochs[-1]))
    tab.view.grab()
    qtbot.waitUntil(lambda: layer.images.complete, timeout=10_000)
    check_pixels(tab)
