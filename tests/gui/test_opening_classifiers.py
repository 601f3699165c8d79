"""File > Open classifier: its file and its range of pixels are kept with the run, and warily opened again."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from tests.classifier_file import brightness_classifier
from vae_explorer.gui.explorer.layers.classifier import ClassifierLayer
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.run import Run


@pytest.mark.long
def test_the_classifier_of_a_run_comes_back_with_it(
    qtbot: QtBot, window: MainWindow, tiny_run: Run, tmp_path: Path
) -> None:
    layer = window.explorer.view.layers.find(ClassifierLayer)
    file = brightness_classifier(tmp_path / "c.onnx", (28, 28, 1))
    window.classifiers.open(file)
    qtbot.waitUntil(lambda: layer.active, timeout=20_000)
    layer.set_state(replace(layer.state, choice="pixels 0 to 255"))
    qtbot.waitUntil(lambda: any("0 to 255, as was chosen" in note for note in layer.notes), timeout=20_000)

    layer.use(None)
    window.open_run(tiny_run.folder)
    qtbot.waitUntil(lambda: any("0 to 255, as was chosen" in note for note in layer.notes), timeout=20_000)

    said: list[str] = []
    window.classifiers.noted.connect(said.append)
    for spoil, text in ((lambda: file.write_bytes(b"other"), "has changed"), (file.unlink, "is not there")):
        layer.use(None)
        spoil()
        window.open_run(tiny_run.folder)
        qtbot.waitUntil(lambda text=text: any(text in each for each in said), timeout=20_000)  # type: ignore[misc]
        assert layer.notes == ()
    brightness_classifier(file, (28, 28, 1))
    window.classifiers.open(file)
    qtbot.waitUntil(lambda: layer.active, timeout=20_000)
    window.findChild(QAction, "removeClassifierAction").trigger()
    said.clear()
    window.open_run(tiny_run.folder)
    qtbot.waitUntil(lambda: not window._tasks, timeout=20_000)
    assert not said
    assert not layer.active
