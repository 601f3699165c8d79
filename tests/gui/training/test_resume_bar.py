"""Resuming, pausing and postponing trainings that were cut off, in the window."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.training.test_resume import cut_off
from vae_explorer.data.dataset import Dataset
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.chosen_set import ChosenSet
from vae_explorer.gui.parts.settings import open_settings, remember_training
from vae_explorer.run.config import training_config
from vae_explorer.run.folder import is_unfinished
from vae_explorer.run.places import is_run
from vae_explorer.run.run import Run

CONFIG = training_config("dense", epochs=3, limit=128, batch_size=64, patience=2)


@pytest.fixture(scope="module")
def cut_once(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut") / "interrupted"
    cut_off(CONFIG, digits, folder, 1)
    return folder


@pytest.fixture
def offered(
    qtbot: QtBot, cut_once: Path, tmp_path: Path, open_window: Callable[..., MainWindow], tiny_run: Run, digits: Dataset
) -> tuple[MainWindow, Path]:
    """A window that has found a training that was cut off."""
    folder = Path(shutil.copytree(cut_once, tmp_path / "interrupted"))
    remember_training(open_settings(), folder)
    window = open_window(tiny_run.folder)
    qtbot.waitUntil(lambda: window.training.resume_bar.first is not None, timeout=10_000)
    window.tabs.setCurrentWidget(window.training)
    return window, folder


def test_what_was_cut_off_is_offered_and_can_be_left(qtbot: QtBot, offered: tuple[MainWindow, Path]) -> None:
    window, folder = offered
    bar = window.training.resume_bar
    assert bar.isVisible()
    said = "interrupted was cut off after 1 of 3 epochs of dense on MNIST-512."
    assert bar.text.toolTip() == str(folder)
    assert said in window.toast.text.text()
    qtbot.mouseClick(bar.later, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    assert is_unfinished(folder)


def test_a_window_that_was_closed_looks_for_none(
    qtbot: QtBot, cut_once: Path, tmp_path: Path, open_window: Callable[..., MainWindow], tiny_run: Run
) -> None:
    remember_training(open_settings(), Path(shutil.copytree(cut_once, tmp_path / "interrupted")))
    window = open_window(tiny_run.folder)
    window.close()
    qtbot.wait(1500)
    assert not window._tasks
    assert window.training.resume_bar.first is None


@pytest.mark.long
def test_resuming_ends_in_a_run(qtbot: QtBot, offered: tuple[MainWindow, Path], digits: Dataset) -> None:
    window, folder = offered
    window.training._data.of_source = lambda *_: digits  # type: ignore[method-assign]  # no file holds these images
    qtbot.mouseClick(window.training.resume_bar.resume, Qt.MouseButton.LeftButton)
    assert not window.training.resume_bar.isVisible()
    qtbot.waitUntil(lambda: is_run(folder) and not window.training.worker.running, timeout=60_000)
    assert [record.epoch for record in window.training.plot.records] == [1, 2, 3]
    qtbot.waitUntil(lambda: window.shown.run is not None and window.shown.run.folder == folder, timeout=20_000)


def test_discarding_asks_and_removes(
    qtbot: QtBot, offered: tuple[MainWindow, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    window, folder = offered

    def answer() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, QMessageBox)
        next(button for button in question.buttons() if button.text() == "Discard").click()

    QTimer.singleShot(200, answer)
    qtbot.mouseClick(window.training.resume_bar.discard, Qt.MouseButton.LeftButton)
    assert not folder.exists()
    assert not window.training.resume_bar.isVisible()


def test_one_that_goes_on_elsewhere_is_shown_and_not_touched(qtbot: QtBot, offered: tuple[MainWindow, Path]) -> None:
    window, folder = offered
    hold = "import filelock,sys; lock = filelock.FileLock(sys.argv[1]); lock.acquire(); print(1, flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", hold, str(folder / ".lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.readline()
    window.unfinished.look()
    bar = window.training.resume_bar
    qtbot.waitUntil(lambda: bar.first is not None and bar.first.locked, timeout=10_000)
    assert not bar.resume.isVisible()
    assert not bar.discard.isVisible()
    other.communicate(b"\n", timeout=20)
    assert is_unfinished(folder)


@pytest.mark.long
def test_a_pause_holds_the_training_and_continue_goes_on(
    qtbot: QtBot, window: MainWindow, npz: Path, tmp_path: Path
) -> None:
    tab = window.training
    tab.settings.choose_dataset(ChosenSet(str(npz)))
    tab.settings.folder.setText(str(tmp_path / "paused"))
    tab.settings.epochs.setValue(10_000)
    tab.settings.batch_size.setValue(64)
    window.tabs.setCurrentWidget(tab)
    qtbot.mouseClick(tab.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(tab.plot.records) >= 1, timeout=60_000)
    qtbot.mouseClick(tab.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.pause.text() == "Continue", timeout=20_000)
    qtbot.wait(300)
    epochs = len(tab.plot.records)
    assert tab.state.text().startswith("Paused in epoch")
    qtbot.wait(600)
    assert len(tab.plot.records) == epochs
    qtbot.mouseClick(tab.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(tab.plot.records) > epochs, timeout=20_000)
    assert tab.pause.text() == "Pause"
    qtbot.mouseClick(tab.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.pause.text() == "Continue", timeout=20_000)
    qtbot.mouseClick(tab.stop, Qt.MouseButton.LeftButton)  # a paused training can be stopped, too
    qtbot.waitUntil(lambda: not tab.worker.running, timeout=60_000)
    assert is_run(tmp_path / "paused")


def test_the_settings_of_a_run_are_taken_back(
    qtbot: QtBot, open_window: Callable[..., MainWindow], thin_run: Run
) -> None:
    window = open_window(thin_run.folder)
    window.training.settings.epochs.setValue(99)
    window.findChild(QAction, "takeSettingsAction").trigger()
    assert window.toast.text.text().startswith("The settings are those of thin. Its images were not found")
    found = window.training.settings.config()
    config = thin_run.info.origin
    assert config is not None
    rounded = {name: pytest.approx(getattr(config, name), abs=1e-6) for name in ("learning_rate", "validation_share")}
    assert asdict(found) == asdict(config) | rounded
    assert window.tabs.currentWidget() is window.training
