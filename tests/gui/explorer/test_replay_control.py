"""Replaying the training of a run in the window."""

import shutil
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag
from vae_explorer.exploring.replay import load_replay
from vae_explorer.exporting.animation import FilmOptions
from vae_explorer.gui.explorer.replay_control import decoded_grid
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import PLACE


def go_to(qtbot: QtBot, window: MainWindow, epoch: int) -> None:
    window.explorer.time_bar.slider.setValue(epoch)
    qtbot.waitUntil(lambda: window.replay.active, timeout=10_000)


def wait_for_image(qtbot: QtBot, window: MainWindow, run: Run, epoch: int, z: list[float]) -> None:
    expected = as_pixels(load_replay(run).subject_at(epoch).decoder(np.array([z], np.float32)))[0]
    qtbot.waitUntil(lambda: np.array_equal(window.explorer.image.pixels(), expected), timeout=10_000)


def test_only_a_run_with_snapshots_has_a_bar(
    qtbot: QtBot, window: MainWindow, tiny_run_folder: Path, tmp_path: Path
) -> None:
    assert window.explorer.time_bar.isVisible()
    assert window.replay._replay is None  # the snapshots are not read before the bar is used
    without = shutil.copytree(tiny_run_folder, tmp_path / "without", ignore=shutil.ignore_patterns(PLACE))
    window.open_run(without)
    qtbot.waitUntil(lambda: not window.explorer.time_bar.isVisible(), timeout=20_000)


def test_the_slider_moves_points_grid_and_image(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    explorer = window.explorer
    for epoch in (1, 0):
        go_to(qtbot, window, epoch)
        wait_for_image(qtbot, window, tiny_run, epoch, [0, 0])
        subject = load_replay(tiny_run).subject_at(epoch)
        np.testing.assert_array_equal(explorer.view._subject.plane, subject.plane)
        sheet = as_pixels(np.float32(decoded_grid(subject.decoder, subject.drawn_in)) / 255)
        qtbot.waitUntil(lambda: window.replay._card is not None and window.replay._card.isVisible(), timeout=10_000)
        corner = sheet[0, 0].ravel()

        def shows_it(corner: np.ndarray = corner) -> bool:
            image = window.replay._card.sheet.sheet
            return all(image.pixelColor(x, 9).red() == corner[9 * 28 + x] for x in range(28))

        qtbot.waitUntil(shows_it, timeout=10_000)
    assert explorer.view.points_shown == len(tiny_run.sample.index)


def test_dragging_decodes_with_the_decoder_of_the_epoch(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    go_to(qtbot, window, 1)
    handle = window.explorer.view.findChild(QObject, "latentHandle")
    assert handle is not None
    start = QPointF(handle.property("position"))
    drag(window.explorer.view.viewport(), start, start + QPointF(60, -40))
    wait_for_image(qtbot, window, tiny_run, 1, [handle.property("z1"), handle.property("z2")])
    assert "distance" in window.explorer.panel.nearest_note.text()


def test_playing_goes_through_the_training_and_ends_with_its_last_epoch(
    qtbot: QtBot, window: MainWindow, tiny_run: Run
) -> None:
    bar = window.explorer.time_bar
    bar.slider.setFocus()
    qtbot.keyClick(bar.slider, Qt.Key.Key_Space)
    assert bar.playing
    qtbot.waitUntil(lambda: window.replay.active and 0 < bar.epoch < 2, timeout=10_000)
    qtbot.waitUntil(lambda: not bar.playing, timeout=20_000)
    wait_for_image(qtbot, window, tiny_run, 2, [0, 0])


def test_the_final_model_comes_back_with_all_its_points(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    qtbot.keyClick(window.explorer.view, "+")
    go_to(qtbot, window, 0)
    before = window.explorer.view.viewRange()
    qtbot.mouseClick(window.explorer.time_bar.final, Qt.MouseButton.LeftButton)
    assert not window.replay.active
    assert window.explorer.view.points_shown == len(tiny_run.codes.index)
    assert window.explorer.view.viewRange() == before
    assert window.replay._card is None or not window.replay._card.isVisible()
    assert window.explorer.time_bar.epoch == 2


def test_the_grid_can_be_hidden(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, 1)
    qtbot.waitUntil(lambda: window.replay._card is not None and window.replay._card.isVisible(), timeout=10_000)
    assert window.replay._card is not None
    window.explorer.time_bar.grid.click()
    assert not window.replay._card.isVisible()
    window.explorer.time_bar.grid.click()
    qtbot.waitUntil(window.replay._card.isVisible, timeout=10_000)


def test_another_run_ends_the_replay(qtbot: QtBot, window: MainWindow) -> None:
    go_to(qtbot, window, 1)
    window.explorer.time_bar.toggle()
    window.open_run(find_run(BUILTIN))
    qtbot.waitUntil(lambda: window.explorer.view.points_shown == 70_000, timeout=20_000)
    assert not window.replay.active
    assert not window.explorer.time_bar.playing


def test_damaged_snapshots_are_named_and_left_out(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run_folder: Path
) -> None:
    (tiny_run_folder / PLACE / "epoch-0001/codes.npz").write_bytes(b"nothing")
    window = open_window(tiny_run_folder)
    go_to(qtbot, window, 1)
    assert "the snapshots of epochs 1" in window.toast.text.text()
    assert window.explorer.time_bar.epoch in (0, 2)


def test_a_run_that_cannot_be_replayed_says_why(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run_folder: Path
) -> None:
    for path in (tiny_run_folder / PLACE).rglob("codes.npz"):
        path.unlink()
    window = open_window(tiny_run_folder)
    window.explorer.time_bar.toggle()
    qtbot.waitUntil(lambda: "cannot be replayed" in window.toast.text.text(), timeout=10_000)
    assert not window.explorer.time_bar.playing


def test_the_dialog_exports_an_animation(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.mp4"
    monkeypatch.setattr("vae_explorer.gui.dialogs.animation_dialog.ask_where", lambda *_: path)
    dialog = window.exports.ask_animation()
    assert dialog is not None
    dialog.fps.setValue(5)
    dialog.seconds.setValue(1.0)
    dialog.width_.setValue(320)
    assert dialog.note.text().startswith("5 frames")
    assert dialog.options() == FilmOptions(5, 1.0, 320)
    dialog._ask()
    qtbot.waitUntil(lambda: window.toast.text.text().startswith(f"Wrote {path}"), timeout=30_000)
    with av.open(str(path)) as film:
        assert (film.streams.video[0].frames, film.duration / av.time_base) == (5, 1.0)


def test_without_snapshots_no_animation_is_offered(
    open_window: Callable[..., MainWindow], tiny_run_folder: Path
) -> None:
    shutil.rmtree(tiny_run_folder / PLACE)
    window = open_window(tiny_run_folder)
    action = window.findChild(QAction, "exportAnimationAction")
    assert action is not None
    assert not action.isEnabled()
    assert "no snapshots" in action.toolTip()
