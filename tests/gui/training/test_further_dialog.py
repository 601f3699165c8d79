"""Train further… in the window."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from tests.run.test_imported import MODEL
from vae_explorer.data.dataset import Dataset
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.training.further_dialog import REPLACE, FurtherDialog
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run


@pytest.fixture
def opened(open_window: Callable[..., MainWindow], tiny_run_folder: Path, digits: Dataset) -> MainWindow:
    window = open_window(tiny_run_folder)
    window.training._data.of_source = lambda *_: digits  # type: ignore[method-assign]  # no file holds these images
    return window


def ask(window: MainWindow) -> FurtherDialog:
    window.findChild(QAction, "trainFurtherAction").trigger()
    dialog = window.training.findChild(FurtherDialog)
    assert dialog is not None
    return dialog


def agree(qtbot: QtBot, dialog: FurtherDialog) -> None:
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.long
def test_a_run_is_trained_further_into_a_new_one(qtbot: QtBot, opened: MainWindow, tiny_run: Run) -> None:
    assert opened.training.further.isEnabled()
    dialog = ask(opened)
    assert (dialog.epochs.value(), dialog.rate.value()) == (2, 0.0035)
    dialog.epochs.setValue(1)
    dialog.rate.setValue(0.001)
    dialog.note.setText("once more")
    with qtbot.waitSignal(opened.training.worker.finished, timeout=90_000):
        agree(qtbot, dialog)
        assert not opened.training.further.isEnabled()
    assert opened.training.plot.seams == (2,)
    assert [record.epoch for record in opened.training.plot.records] == [1, 2, 3]
    assert opened.training.plot.best is opened.training.plot.records[2]
    qtbot.waitUntil(lambda: opened.shown.run is not None and opened.shown.run.info.epochs == 3, timeout=20_000)
    run = opened.shown.run
    assert run is not None
    assert (run.info.note, run.info.segments[-1].learning_rate) == ("once more", 0.001)
    assert run.folder.name.endswith("-further")
    opened.findChild(QAction, "takeSettingsAction").trigger()
    assert "the last of its 2 segments" in opened.toast.text.text()
    assert opened.training.settings.epochs.value() == 3


@pytest.mark.long
def test_it_can_replace_the_run(qtbot: QtBot, opened: MainWindow, tiny_run_folder: Path) -> None:
    dialog = ask(opened)
    dialog.epochs.setValue(1)
    dialog.place.setCurrentIndex(dialog.place.findData(REPLACE))
    with qtbot.waitSignal(opened.training.worker.finished, timeout=90_000):
        agree(qtbot, dialog)
    assert open_run(tiny_run_folder).info.epochs == 3


def test_the_built_in_run_is_not_replaced(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = FurtherDialog(open_run(find_run(BUILTIN)), parent)
    assert dialog.place.count() == 1


def test_the_epochs_that_a_stopped_training_left_out_are_offered(qtbot: QtBot, tiny_run: Run) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    config = replace(tiny_run.info.trained_with(), epochs=7)
    stopped = replace(tiny_run, info=replace(tiny_run.info, origin=config, status="stopped"))
    assert FurtherDialog(stopped, parent).epochs.value() == 7 - tiny_run.info.epochs
    assert FurtherDialog(tiny_run, parent).epochs.value() == tiny_run.info.epochs


def test_a_value_out_of_range_is_reported_in_the_dialog(qtbot: QtBot, opened: MainWindow) -> None:
    dialog = ask(opened)
    dialog.epochs.setValue(100_000)
    agree(qtbot, dialog)
    assert dialog.isVisible()
    assert "epochs has to be between" in dialog.refusal.text()
    dialog.reject()
    assert not opened.training.worker.running


def test_an_imported_model_cannot_be_trained_further(qtbot: QtBot, opened: MainWindow) -> None:
    assert opened.training.run is not None
    opened.training.set_run(replace(opened.training.run, info=replace(opened.training.run.info, origin=MODEL)))
    with qtbot.waitSignal(opened.training.noted) as said:
        opened.training.ask_further(opened.training.run)
    assert said.args == ["This model was imported, so it cannot be trained further."]
    assert opened.training.findChild(FurtherDialog) is None
