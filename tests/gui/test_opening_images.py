"""Dropped or chosen images, and the images of a run, reach the training form."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drop
from vae_explorer.data.dataset import Dataset
from vae_explorer.data.options import ImageOptions
from vae_explorer.gui.dialogs.data_dialog import DataDialog
from vae_explorer.gui.entries import take_settings
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.chosen_set import MNIST, ChosenSet, recent_sets
from vae_explorer.gui.training.dataset_combo import OPEN
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Run


@pytest.fixture
def folder(digits: Dataset, tmp_path: Path) -> Path:
    """Coloured images in two sub-folders."""
    path = tmp_path / "coloured"
    for row in range(40):
        image_path = path / ("even", "odd")[row % 2] / f"{row}.png"
        image_path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.repeat(digits.images[row], 3, axis=2)
        pixels[..., row % 3] = 255
        Image.fromarray(pixels).save(image_path)
    return path


def dialog_of(qtbot: QtBot, window: MainWindow) -> DataDialog:
    """The dialog, after it has read its images."""
    dialog = window.findChild(DataDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog._report is not None and dialog._task is None, timeout=20_000)
    return dialog


def use(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(dialog_of(qtbot, window).use, Qt.MouseButton.LeftButton)


def test_a_dropped_folder_becomes_the_set_of_the_form(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    drop(window, folder)
    dialog = dialog_of(qtbot, window)
    dialog.form.size_combo.setCurrentText("32 x 32")
    dialog.form.validation_share.setValue(20)
    qtbot.waitUntil(lambda: dialog._report is None)
    use(qtbot, window)
    form = window.training.settings
    assert (form.source, form.options) == (str(folder), ImageOptions(size=(32, 32)))
    assert form.dataset.currentText() == "coloured"
    assert form.config().validation_share == pytest.approx(0.2)
    assert form.preset.currentData() == "conv"  # the default for colour
    assert window.tabs.currentWidget() is window.training
    assert [each.source for each in recent_sets(window._settings)] == [str(folder)]


def test_the_set_and_its_options_are_there_at_the_next_launch(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run: Run, folder: Path
) -> None:
    window = open_window(tiny_run.folder)
    chosen = ChosenSet(str(folder), ImageOptions(size=(48, 32), color="grey", value_range=(0, 200)), "coloured")
    window.training.settings.choose_dataset(chosen)
    window.close()
    again = open_window(tiny_run.folder).training.settings
    assert again.dataset.chosen() == chosen


def test_the_form_opens_the_dialog_and_keeps_its_set_if_it_is_cancelled(qtbot: QtBot, window: MainWindow) -> None:
    combo = window.training.settings.dataset
    combo.setCurrentIndex(combo.findData(OPEN))
    combo.activated.emit(combo.currentIndex())
    dialog = window.findChild(DataDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()
    assert combo.chosen() == MNIST
    assert combo.currentText() == "MNIST (built in)"


def test_the_menu_opens_the_dialog_but_not_while_a_training_runs(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = window.findChild(QAction, "openImagesAction")
    action.trigger()
    dialog = window.findChild(DataDialog)
    assert dialog is not None
    dialog.reject()
    qtbot.waitUntil(lambda: window.findChild(DataDialog) is None)
    monkeypatch.setattr(type(window.training.worker), "running", True)
    action.trigger()
    assert window.findChild(DataDialog) is None
    assert "A training has not ended yet" in window.toast.text.text()
    monkeypatch.undo()


@pytest.mark.long
def test_a_training_on_chosen_images_keeps_its_options_and_gives_them_back(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path
) -> None:
    form = window.training.settings
    chosen = ChosenSet(str(folder), ImageOptions(size=(16, 16), color="grey", invert=True), "coloured")
    form.choose_dataset(chosen, (16, 16, 1))
    assert form.preset.currentData() == "deep"
    form.epochs.setValue(1)
    form.folder.setText(str(tmp_path / "run"))
    with qtbot.waitSignal(window.training.worker.finished, timeout=120_000):
        qtbot.mouseClick(window.findChild(QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    info = open_run(tmp_path / "run").info
    assert info.dataset.options == chosen.options
    assert info.dataset.image_shape == (16, 16, 1)
    form.choose_dataset(MNIST)
    shown = window.shown
    qtbot.waitUntil(lambda: shown.run is not None and shown.run.folder == tmp_path / "run", timeout=20_000)
    qtbot.waitUntil(lambda: not window._tasks, timeout=20_000)
    assert not window.explorer.locate.isVisible()  # the images were found again, read with these options
    take_settings(window)
    assert form.dataset.chosen() == chosen


def test_the_reading_of_a_large_set_is_shown_and_can_be_ended(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(source, options, progress):
        while True:
            progress("Reading images", 0.25)

    monkeypatch.setattr("vae_explorer.data.reading.load_dataset", slowly)
    tab = window.training
    tab.settings.choose_dataset(ChosenSet(str(folder)))
    tab.settings.folder.setText(str(tmp_path / "run"))
    qtbot.mouseClick(tab.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.state.text() == "Reading the images: 25%", timeout=20_000)
    assert tab.progress.value() == 250
    with qtbot.waitSignal(tab.worker.finished, timeout=20_000):
        qtbot.mouseClick(tab.stop, Qt.MouseButton.LeftButton)
    assert tab.state.text() == "Stopped before anything was learned"
    assert not (tmp_path / "run").exists()


def test_locating_the_data_asks_for_a_folder_or_a_file(qtbot: QtBot, window: MainWindow, npz: Path) -> None:
    qtbot.waitUntil(lambda: window.explorer.locate.isVisible(), timeout=10_000)
    window.explorer.locate.click()
    menu = window.explorer.locate.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == [
        "A &folder of images…",
        "A f&ile, .npz, .npy, HDF5, CSV or IDX…",
    ]
    menu.close()
