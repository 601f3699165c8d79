"""The window as a whole: drops, appearance, names, and which modules its launch may import."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drop
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.run import Run


def test_dropping_a_run_folder_opens_it(qtbot: QtBot, window: MainWindow, tiny_run_folder: Path) -> None:
    renamed = tiny_run_folder.rename(tiny_run_folder.with_name("dropped"))
    drop(window, renamed)
    qtbot.waitUntil(lambda: window.shown.run is not None and window.shown.run.folder == renamed, timeout=10_000)


def test_appearance_changes_live_and_comes_back(open_window: Callable[..., MainWindow], tiny_run: Run) -> None:
    window = open_window(tiny_run.folder)
    window.findChild(QAction, "appearanceDarkAction").trigger()
    dark = QApplication.palette().color(QPalette.ColorRole.Window).lightness()
    window.findChild(QAction, "appearanceLightAction").trigger()
    light = QApplication.palette().color(QPalette.ColorRole.Window).lightness()
    assert dark < 80
    assert light > 200
    window.findChild(QAction, "appearanceDarkAction").trigger()
    window.close()
    open_window(tiny_run.folder)
    assert QApplication.palette().color(QPalette.ColorRole.Window).lightness() == dark


def test_every_plot_takes_the_appearance(window: MainWindow) -> None:
    window.tabs.setCurrentWidget(window.training)
    window.findChild(QAction, "appearanceDarkAction").trigger()
    for plot in (window.explorer.view, window.training.preview._map):
        assert plot.backgroundBrush().color().lightness() < 80
    assert window.training.plot.grab().toImage().pixelColor(2, 2).lightness() < 80


def test_every_control_can_be_named_by_a_screen_reader(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit

    nameless = []
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit):
        for widget in window.findChildren(kind):
            inner = widget.objectName().startswith("qt_") or isinstance(
                widget.parent(), QMenu | QAbstractSpinBox | QLineEdit
            )
            if not inner and not (widget.accessibleName() or getattr(widget, "text", lambda: "")()):
                nameless.append((type(widget).__name__, widget.objectName()))
    assert nameless == []


def test_window_needs_no_tensorflow_bokeh_or_dataset_to_show_its_first_image(tmp_path: Path) -> None:
    code = """
import sys, time, json
from vae_explorer.gui.app import create_app
from PySide6.QtWidgets import QApplication
window = create_app(["vae-explorer"], exec_app=False)
while window.explorer.image.pixels() is None:
    QApplication.processEvents(); time.sleep(0.001)
names = "tensorflow", "keras", "bokeh", "matplotlib", "vae_explorer.data.sources"
print(json.dumps([name for name in names if name in sys.modules]))
window.close()
import os; sys.stdout.flush(); os._exit(0)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(found.stdout) == []


def test_a_note_does_not_take_an_error_away(window: MainWindow) -> None:
    window.toast.error("The loss stopped being a finite number.")
    window.toast.note("The run is saved.")
    assert "finite number" in window.toast.text.text()
    assert "is saved" in window.toast.text.text()
    assert not window.toast._timer.isActive()
