"""An image of the person's own in the real window: drawn, pasted, dropped."""

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import mouse
from vae_explorer.array_types import Bytes
from vae_explorer.gui.explorer.draw_pad import DrawPad
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.decoded_image import to_qimage
from vae_explorer.run.run import Run

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def stroke(pad: DrawPad) -> None:
    canvas = pad.canvas
    middle = QPointF(canvas.rect().center())
    mouse(canvas, QEvent.Type.MouseButtonPress, middle, LEFT)
    mouse(canvas, QEvent.Type.MouseMove, middle + QPointF(0, 60), LEFT)
    mouse(canvas, QEvent.Type.MouseButtonRelease, middle + QPointF(0, 60), NONE)


def drop_on_map(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    map_ = window.explorer.view
    at = map_.mapTo(window, map_.rect().center())
    copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(at, copy, data, LEFT, keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(at), copy, data, LEFT, keys))


def wait_for(qtbot: QtBot, window: MainWindow, pixels: Bytes) -> None:
    own = window.own
    qtbot.waitUntil(lambda: own._own is not None and bool((own._own.pixels == pixels).all()), timeout=10_000)


def test_a_stroke_is_encoded_and_shown_without_a_step_of_the_map_s_history(qtbot: QtBot, window: MainWindow) -> None:
    pad = window.own.draw()
    assert pad is not None
    stroke(pad)
    qtbot.waitUntil(lambda: window.own.layer.ellipse is not None, timeout=10_000)
    assert window.own.layer.active
    assert "nats per image" in pad.figures.text()
    assert pad.reconstruction.pixels() is not None
    assert pad.canvas.changes.count() == 1
    assert window.explorer.moves.count() == 0
    pad.go.click()
    assert window.explorer.moves.count() == 1
    pad.to_path.click()
    paths = window.explorer.path.paths
    assert paths is not None
    np.testing.assert_array_equal(paths.anchors.codes, [window.explorer.code])
    pad.undo.click()
    assert pad.canvas.empty
    assert window.own.layer.ellipse is None
    assert not pad.go.isEnabled()
    assert not pad.to_path.isEnabled()


def test_a_drawing_is_prepared_unless_the_person_does_not_want_it(qtbot: QtBot, window: MainWindow) -> None:
    pad = window.own.draw()
    assert pad is not None
    assert "centred by mass in a 20x20 box" in pad.prepare.text()
    stroke(pad)
    prepared = pad.pixels()
    assert prepared is not None
    assert np.ptp(np.nonzero(prepared)[0]) == 19
    pad.prepare.click()
    np.testing.assert_array_equal(pad.pixels(), pad.canvas.pixels())


def test_an_image_file_that_is_dropped_on_the_map_is_encoded(
    qtbot: QtBot, window: MainWindow, tiny_run: Run, tmp_path: Path
) -> None:
    digit = tiny_run.sample.images[0]
    Image.fromarray(digit[..., 0]).save(tmp_path / "a.png")
    drop_on_map(window, tmp_path / "a.png")
    wait_for(qtbot, window, digit)


def test_an_image_on_the_clipboard_is_encoded(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    digit = tiny_run.sample.images[1]
    QApplication.clipboard().setImage(to_qimage(digit))
    window.own.paste()
    wait_for(qtbot, window, digit)


def test_an_empty_clipboard_is_said(qtbot: QtBot, window: MainWindow) -> None:
    QApplication.clipboard().clear()
    with qtbot.waitSignal(window.own.errored) as said:
        window.own.paste()
    assert said.args == ["There is no image on the clipboard."]


def test_samples_move_until_something_else_is_done(qtbot: QtBot, window: MainWindow) -> None:
    pad = window.own.draw()
    assert pad is not None
    stroke(pad)
    samples = pad.samples
    qtbot.waitUntil(lambda: len(samples.pictures.images) == 8, timeout=10_000)
    before = samples.pictures.images
    samples.button.click()
    qtbot.waitUntil(lambda: samples.pictures.images != before, timeout=10_000)
    mouse(window.explorer.image, QEvent.Type.MouseButtonPress, QPointF(5, 5), LEFT)
    assert not samples.moving
