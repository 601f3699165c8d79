"""The step on beta: the two small runs, trained, kept, shown and compared."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.data.dataset import Dataset
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.tour import small_runs
from vae_explorer.gui.tour.small_runs import SmallRuns, small_runs_folder
from vae_explorer.gui.tour.two_runs import BUSY, TwoRuns
from vae_explorer.run.run import Run


@pytest.fixture
def two_runs(qtbot: QtBot, window: MainWindow) -> TwoRuns:
    widget = TwoRuns(window)
    qtbot.addWidget(widget)
    return widget


def test_they_are_shown_on_one_scale_and_compared(
    qtbot: QtBot, window: MainWindow, two_runs: TwoRuns, tiny_run: Run, deep_run: Run, digits: Dataset
) -> None:
    assert two_runs.text == "&Train both"
    with qtbot.waitSignal(two_runs.trained):
        two_runs._take(SmallRuns((tiny_run, deep_run), digits))
    said = two_runs.findChild(QLabel, "tourActivedeep")
    assert said is not None
    assert "of 4 dimensions are active" in said.text()
    first, second = two_runs.findChildren(QWidget, "qualityBars")
    assert first._most == second._most
    assert two_runs.text == "&Compare"
    two_runs.train_or_compare()
    qtbot.waitUntil(lambda: len(window.all_runs.windows) == 1, timeout=10_000)
    assert window.all_runs.windows[0].linked.runs[1].folder == deep_run.folder
    window.all_runs.windows[0].close()


def test_they_wait_for_another_training(window: MainWindow, two_runs: TwoRuns) -> None:
    window.shown.set_training(True)
    two_runs.train_or_compare()
    assert two_runs.note.text() == BUSY
    assert two_runs.text == "&Train both"
    window.shown.set_training(False)


def test_a_folder_that_cannot_be_written_is_one_sentence(
    qtbot: QtBot, two_runs: TwoRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_runs, "let_the_window_go_first", lambda: None)
    small_runs_folder().parent.mkdir(parents=True)
    small_runs_folder().write_text("in the way")
    two_runs.train_or_compare()
    assert two_runs.text == ""
    qtbot.waitUntil(lambda: two_runs.text != "", timeout=20_000)
    assert str(small_runs_folder()) in two_runs.note.text()
    assert two_runs.bar.isHidden()


@pytest.mark.long
@pytest.mark.timeout(900)  # two trainings that give way to all else
def test_they_are_trained_shown_and_kept(
    qtbot: QtBot, open_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_runs, "let_the_window_go_first", lambda: None)
    for name, value in (("TRAINED_ON", 3000), ("HELD_OUT", 60), ("EPOCHS", 3)):
        monkeypatch.setattr(small_runs, name, value)
    window = open_window("builtin")
    window.tours.open(6)
    tour = window.tours.tour
    assert tour is not None
    card, widget = tour.card, tour.stage.two_runs
    qtbot.mouseClick(card.show_me, Qt.MouseButton.LeftButton)
    assert not card.show_me.isEnabled()
    qtbot.waitUntil(lambda: widget.bar.value() > 0, timeout=200_000)
    qtbot.mouseClick(widget.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.show_me.isEnabled, timeout=200_000)
    assert widget.note.text() == "Cancelled."
    assert not list(small_runs_folder().iterdir())
    qtbot.mouseClick(card.show_me, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: widget.text == "&Compare", timeout=400_000)
    assert "tried" in card.progress.text()
    found = widget._found
    assert found is not None
    kl = [run.info.held_out.kl_loss for run in found.runs if run.info.held_out is not None]
    assert kl[0] > 4 * kl[1] > 0
    assert [run.info.status for run in found.runs] == ["finished", "finished"]
    tour.card.close()
    window.tours.open(6)
    assert window.tours.tour is not None
    again = window.tours.tour.stage.two_runs
    again.train_or_compare()
    qtbot.waitUntil(lambda: again.text == "&Compare", timeout=20_000)
    assert again._found is not None
    assert [run.info.created for run in again._found.runs] == [run.info.created for run in found.runs]
