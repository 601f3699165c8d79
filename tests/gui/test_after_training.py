"""What the window does when a training has ended: it opens the run, unless the person explores another."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.settings import open_settings, recent_runs
from vae_explorer.gui.training.further_dialog import FurtherDialog
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Run
from vae_explorer.training.events import Preview, Started


@pytest.fixture
def ended(tiny_run_folder: Path) -> Run:
    """A run that was trained while another was open."""
    return open_run(Path(tiny_run_folder.rename(tiny_run_folder.with_name("ended"))))


@pytest.fixture
def end(window: MainWindow) -> Callable[[Run], None]:
    """Begin a training in the Training tab, with the given tab in front at its end, and let it end."""

    def end_training(run: Run, exploring: bool = True) -> None:
        tab = window.training
        tab._begin(run.info.trained_with(), run.folder, run.info.dataset.name)
        window.tabs.setCurrentWidget(window.explorer if exploring else tab)
        tab.worker.returned.emit(run)
        tab.worker.finished.emit()

    return end_training


def opens(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    qtbot.waitUntil(lambda: window.shown.run is not None and window.shown.run.folder == folder, timeout=20_000)


def test_a_run_that_is_explored_stays_and_the_trained_one_is_offered(
    qtbot: QtBot, window: MainWindow, end: Callable[..., None], tiny_run: Run, ended: Run
) -> None:
    end(ended)
    assert not window._tasks  # nothing is being opened
    assert window.shown.run is not None
    assert window.shown.run.folder == tiny_run.folder
    assert "The training has ended" in window.toast.text.text()
    assert [window.toast.follow.text(), window.toast.second.text()] == ["Open it", "Open folder"]
    assert recent_runs(open_settings())[0] == ended.folder
    # The Training tab shows what was trained, and its buttons are about that run.
    header, form = window.training.views.header, window.training.settings
    assert header.name.text() == ended.info.name
    assert window.training.state.text().startswith("Done: held-out negative ELBO")
    form.epochs.setValue(77)
    window.training.findChild(QPushButton, "useSettingsButton").click()
    assert form.epochs.value() == ended.info.epochs
    window.training.further.click()
    dialog = window.findChild(FurtherDialog)
    assert dialog is not None
    assert dialog._run is ended
    dialog.reject()
    end(ended)
    qtbot.mouseClick(window.toast.follow, Qt.MouseButton.LeftButton)
    opens(qtbot, window, ended.folder)
    assert header.name.text() == ended.info.name
    assert window.training.state.text().startswith("Done: held-out negative ELBO")  # it is not read anew
    window.open_run(tiny_run.folder)
    opens(qtbot, window, tiny_run.folder)
    assert header.name.text() == tiny_run.info.name
    assert window.training.state.text().startswith("Trained for 2 epochs")


def test_in_the_training_tab_the_run_is_opened(
    qtbot: QtBot, window: MainWindow, end: Callable[..., None], ended: Run
) -> None:
    end(ended, exploring=False)
    assert window.toast.text.text() == f"The run is saved in {ended.folder}"
    assert window.toast.follow.text() == "Open folder"
    opens(qtbot, window, ended.folder)


def test_who_explores_the_model_in_training_goes_on_with_its_run(
    qtbot: QtBot, window: MainWindow, end: Callable[..., None], ended: Run, started: Started, preview: Preview
) -> None:
    window.shown.follow(started)
    window.shown.follow(preview)
    assert window.shown.shows_live
    end(ended)
    opens(qtbot, window, ended.folder)


def test_who_explores_the_run_that_is_replaced_sees_the_new_one(
    qtbot: QtBot, window: MainWindow, end: Callable[..., None], tiny_run: Run
) -> None:
    before = window.shown.run
    end(tiny_run)
    assert window.toast.text.text().startswith("The run is saved")
    qtbot.waitUntil(lambda: window.shown.run is not before, timeout=20_000)


def test_after_a_stop_further_training_is_offered(
    qtbot: QtBot, window: MainWindow, end: Callable[..., None], ended: Run
) -> None:
    config = replace(ended.info.trained_with(), epochs=5)
    stopped = replace(ended, info=replace(ended.info, status="stopped", origin=config))
    end(stopped, exploring=False)
    assert [window.toast.follow.text(), window.toast.second.text()] == ["Train further…", "Open folder"]
    window.show_explorer()
    qtbot.mouseClick(window.toast.follow, Qt.MouseButton.LeftButton)
    assert window.tabs.currentWidget() is window.training
    dialog = window.findChild(FurtherDialog)
    assert dialog is not None
    assert dialog.epochs.value() == 5 - ended.info.epochs
    dialog.reject()


def test_a_discarded_training_opens_nothing(window: MainWindow, tiny_run: Run) -> None:
    window.training.worker.returned.emit(None)
    assert not window._tasks
    assert window.shown.run is not None
    assert window.shown.run.folder == tiny_run.folder
