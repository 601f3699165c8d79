"""Opening, refusing, remembering and exporting, in the window."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QPalette
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu
from pytestqt.qtbot import QtBot

from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.settings import open_settings, recent_runs, remember_run, run_to_open
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.writing import write_info


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))


def test_built_in_run_opens_with_its_images_and_says_what_it_is(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(find_run(BUILTIN))
    held_out = open_run(find_run(BUILTIN)).info.held_out
    assert held_out is not None
    assert window.title.text() == f"built-in: MNIST, dense, {held_out.negative_elbo:.1f} nats held-out"
    assert window.explorer.view.points_shown == 70_000
    assert not window.explorer.locate.isVisible()


@pytest.mark.parametrize("break_it", ["missing", "damaged", "newer", "no run"])
def test_a_run_that_cannot_be_opened_is_explained_and_the_built_in_one_shown(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run_folder: Path, break_it: str
) -> None:
    if break_it == "missing":
        (tiny_run_folder / "codes.npz").unlink()
    elif break_it == "damaged":
        model = tiny_run_folder / "model/decoder.tflite"
        content = bytearray(model.read_bytes())
        content[len(content) // 2] ^= 1
        model.write_bytes(content)
    elif break_it == "newer":
        toml = tiny_run_folder / "run.toml"
        toml.write_text(toml.read_text().replace("format = 1", "format = 9"))
    else:
        (tiny_run_folder / "run.toml").unlink()
    window = open_window(tiny_run_folder)
    expected = {
        "missing": "codes.npz is missing", "damaged": "decoder.tflite is not the file", "newer": "newer version",
        "no run": "is not a run",
    }[break_it]  # fmt: skip
    assert expected in window.toast.text.text()
    assert window.title.text().startswith("built-in")


@pytest.mark.parametrize(
    ("missing", "engine"),
    [
        (("decoder.tflite",), "numpy"),
        (("decoder.tflite", "decoder.npz"), "TensorFlow (LiteRT cannot convert this decoder)"),
    ],
)
def test_a_run_without_a_decoder_for_litert_says_how_it_is_decoded(
    open_window: Callable[..., MainWindow], tiny_run: Run, tiny_run_folder: Path, missing: tuple[str, ...], engine: str
) -> None:
    for name in missing:
        (tiny_run_folder / "model" / name).unlink()
    write_info(tiny_run_folder, tiny_run.info)
    window = open_window(tiny_run_folder)
    assert window.explorer.figures.text().startswith(f"{engine}: decode ")


def test_missing_data_set_is_replaced_by_the_sample_and_can_be_located(
    qtbot: QtBot, window: MainWindow, npz: Path
) -> None:
    qtbot.waitUntil(lambda: window.explorer.locate.isVisible(), timeout=10_000)
    assert "sample stands in" in window.toast.text.text()
    run = window._run
    assert run is not None
    window._find_images(run, str(npz))
    qtbot.waitUntil(lambda: not window.explorer.locate.isVisible(), timeout=10_000)
    assert window._run_subject is not None
    assert (window._run_subject.image_of >= 0).all()


def test_locating_other_images_is_refused(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", x_train=np.zeros((40, 28, 28), np.uint8))
    run = window._run
    assert run is not None
    window._find_images(run, str(tmp_path / "other.npz"))
    qtbot.waitUntil(lambda: "does not hold the images" in window.toast.text.text(), timeout=10_000)


def test_dropping_a_run_folder_opens_it(qtbot: QtBot, window: MainWindow, tiny_run_folder: Path) -> None:
    renamed = tiny_run_folder.rename(tiny_run_folder.with_name("dropped"))
    drop(window, renamed)
    qtbot.waitUntil(lambda: window._run is not None and window._run.folder == renamed, timeout=10_000)


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


def test_recent_runs_list_newest_first_without_those_that_are_gone(tmp_path: Path) -> None:
    settings = open_settings()
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        remember_run(settings, tmp_path / name)
    remember_run(settings, tmp_path / "a")
    (tmp_path / "b").rmdir()
    settings.sync()
    assert recent_runs(open_settings()) == [tmp_path / "a", tmp_path / "c"]


def test_recent_menu_opens_a_run(qtbot: QtBot, window: MainWindow, tiny_run_folder: Path) -> None:
    remember_run(window._settings, tiny_run_folder)
    window._fill_recent()
    window.recent.actions()[0].trigger()
    qtbot.waitUntil(lambda: window._run is not None and window._run.folder == tiny_run_folder, timeout=10_000)


def test_last_run_is_opened_next_unless_it_is_gone(tiny_run_folder: Path) -> None:
    settings = open_settings()
    assert run_to_open(None, settings) == (find_run(BUILTIN), None)
    settings.setValue("lastRun", str(tiny_run_folder))
    assert run_to_open(None, settings)[0] == tiny_run_folder
    shutil.rmtree(tiny_run_folder)
    assert run_to_open(None, settings)[0] == find_run(BUILTIN)


def test_the_menu_opens_the_pictures_of_what_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    window.findChild(QAction, "exportGridAction").trigger()
    dialog = window.findChild(QDialog, "pictureDialog")
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


def test_page_is_exported_in_the_background(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.exports.export_html(tmp_path / "page.html", PageOptions())
    qtbot.waitUntil(lambda: "Wrote" in window.toast.text.text(), timeout=60_000)
    assert "<!DOCTYPE html>" in (tmp_path / "page.html").read_text(encoding="utf-8")[:200]


def test_unwritable_picture_is_explained_and_nothing_written(window: MainWindow, tmp_path: Path) -> None:
    window.exports.write_image(tmp_path / "nowhere" / "image.png")
    assert "does not exist" in window.toast.text.text()
    assert not (tmp_path / "nowhere").exists()


def test_every_control_can_be_named_by_a_screen_reader(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit

    nameless = []
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit):
        for widget in window.findChildren(kind):
            inner = widget.objectName().startswith("qt_") or isinstance(widget.parent(), QMenu | QAbstractSpinBox)
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
print(json.dumps([name for name in ("tensorflow", "keras", "bokeh", "matplotlib") if name in sys.modules]))
window.close()
import os; sys.stdout.flush(); os._exit(0)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(found.stdout) == []


def test_run_asked_for_later_wins(qtbot: QtBot, window: MainWindow, tiny_run_folder: Path) -> None:
    other = Path(shutil.copytree(tiny_run_folder, tiny_run_folder.with_name("other")))
    window.open_run(find_run(BUILTIN))
    window.open_run(other)
    qtbot.waitUntil(lambda: not window._tasks, timeout=20_000)
    assert window._run is not None
    assert window._run.folder == other


def test_a_note_does_not_take_an_error_away(window: MainWindow) -> None:
    window.toast.error("The loss stopped being a finite number.")
    window.toast.note("The run is saved.")
    assert "finite number" in window.toast.text.text()
    assert "is saved" in window.toast.text.text()
    assert not window.toast._timer.isActive()


def test_letters_move_the_handle_only_where_the_map_has_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.explorer.splits.setFocus()
    qtbot.keyClick(window.explorer.splits, Qt.Key.Key_R)
    assert window.explorer.view.handle_point == (0.0, 0.0)
    window.explorer.view.setFocus()
    qtbot.keyClick(window.explorer.view, Qt.Key.Key_R)
    assert window.explorer.view.handle_point != (0.0, 0.0)


def test_no_letter_or_chord_means_two_things(window: MainWindow) -> None:
    bar = window.menuBar()
    for menu in [bar, *bar.findChildren(QMenu)]:
        letters = [letter for action in menu.actions() if (letter := mnemonic(action.text()))]
        assert len(letters) == len(set(letters)), letters
    labels = [label.text() for label in window.training.findChildren(QLabel) if label.buddy() is not None]
    letters = [letter for text in labels if (letter := mnemonic(text))] + [
        mnemonic(each.text()) for each in bar.actions()
    ]
    assert len(letters) == len(set(letters)), letters
    chords = [action.shortcut().toString() for action in window.findChildren(QAction) if action.shortcut().toString()]
    assert len(chords) == len(set(chords)), chords


def mnemonic(text: str) -> str:
    return text.replace("&&", "").partition("&")[2][:1].lower()
