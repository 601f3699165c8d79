"""The tour as a whole: through its steps with keys and mouse, and back to what the person had."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.layers.prior import PriorLayer
from vae_explorer.gui.explorer.map_state import state_of
from vae_explorer.gui.explorer.tools import HAND
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.kept_states import kept_state
from vae_explorer.gui.parts.settings import open_settings
from vae_explorer.gui.tour.tour import OTHER_RUN, Tour
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.training.events import Preview, Started

SMALL = 1000, 700  # pixels, of the smallest screen that is supported


def tour_of(window: MainWindow) -> Tour:
    """Begin the tour from the menu."""
    action = window.findChild(QAction, "tourAction")
    assert action is not None
    action.trigger()
    assert window.tours.tour is not None
    return window.tours.tour


def on_builtin(window: MainWindow) -> bool:
    return window.shown.run is not None and window.shown.run.folder == find_run(BUILTIN)


def kept_of_builtin() -> Any:
    """The state that is kept for the built-in run."""
    return kept_state(open_run(find_run(BUILTIN)))


def go_elsewhere(window: MainWindow) -> None:
    """Leave the map as a person might before the tour."""
    window.explorer.layers_panel.rows[PriorLayer.name].check.click()
    window.explorer.go_to_code(np.array((0.5, -0.25), np.float32))
    window.explorer.view.use_tool(HAND)


def test_it_leads_through_the_steps_and_ends(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> None:
    window = open_window("builtin")
    card = tour_of(window).card
    assert not card.back.isEnabled()
    qtbot.mouseClick(card.next, Qt.MouseButton.LeftButton)
    assert card.progress.text().startswith("2 of 8")
    assert window.explorer.view.hasFocus() or not window.isActiveWindow()  # so that the keys of the map work
    qtbot.mouseClick(card.back, Qt.MouseButton.LeftButton)
    assert card.progress.text().startswith("1 of 8")
    qtbot.mouseClick(card.numbers[7], Qt.MouseButton.LeftButton)
    assert card.title.text() == "What the ELBO counts"
    assert card.next.text() == "&Finish"
    qtbot.mouseClick(card.next, Qt.MouseButton.LeftButton)
    assert window.tours.tour is None


def test_escape_ends_it_and_it_can_be_begun_again(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> None:
    window = open_window("builtin")
    card = tour_of(window).card
    qtbot.keyClick(card.show_me, Qt.Key.Key_Escape)
    assert window.tours.tour is None
    again = tour_of(window).card
    assert again is not card
    assert again.isVisible()


def test_each_control_has_a_name(open_window: Callable[..., MainWindow]) -> None:
    card = tour_of(open_window("builtin")).card
    own = [button for button in card.findChildren(QAbstractButton) if not button.objectName().startswith("qt_")]
    assert len(own) >= 11
    assert all(button.accessibleName() or button.text() for button in own)


def test_it_fits_into_a_small_window(open_window: Callable[..., MainWindow]) -> None:
    window = open_window("builtin", SMALL)
    tour = tour_of(window)
    for number in range(1, 9):
        tour.go(number)
        QApplication.processEvents()
        assert (window.width(), window.height()) == SMALL
    tour.card.close()
    assert window.centralWidget().minimumWidth() == 0


def test_the_map_of_the_built_in_run_comes_back_with_its_history(open_window: Callable[..., MainWindow]) -> None:
    window = open_window("builtin")
    go_elsewhere(window)
    moves = window.explorer.moves
    before, steps = state_of(window.explorer), moves.index()
    tour = tour_of(window)
    for number in (2, 5, 7, 4):
        tour.go(number)
    tour.card.close()
    assert state_of(window.explorer) == before
    assert moves.index() == steps
    moves.undo()
    moves.undo()
    assert not window.explorer.code.any()
    assert not window.explorer.view.layers.find(PriorLayer).on


def test_anchors_of_the_person_come_back(open_window: Callable[..., MainWindow]) -> None:
    window = open_window("builtin")
    window.explorer.path.add_handle()
    paths = window.explorer.path.paths
    assert paths is not None
    before = paths.anchors.codes
    tour = tour_of(window)
    tour.go(5)
    assert len(paths.anchors.codes) == 2
    tour.card.close()
    assert paths.anchors.codes is before
    assert not paths.panel.isHidden()


def test_the_run_of_the_person_comes_back_as_it_was(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    go_elsewhere(window)
    before = state_of(window.explorer)
    tour = tour_of(window)
    qtbot.waitUntil(lambda: on_builtin(window))
    assert "comes back" in tour.card.note.text()
    tour.go(7)
    tour.card.close()
    qtbot.waitUntil(lambda: window.shown.run is not None and window.shown.run.folder == tiny_run.folder)
    assert state_of(window.explorer) == before
    assert kept_of_builtin()["layers"]["density"].startswith("default")


def test_a_window_closed_in_the_tour_opens_next_as_it_was(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    go_elsewhere(window)
    code = window.explorer.code.tolist()
    tour = tour_of(window)
    qtbot.waitUntil(lambda: on_builtin(window))
    tour.go(7)
    window.states.keep()
    assert kept_state(open_run(find_run(BUILTIN))) is None  # what a tour sets is not kept, should it be cut off
    assert kept_state(tiny_run)["code"] == code
    assert window.close()
    assert open_settings().value("lastRun") == str(tiny_run.folder)
    assert kept_state(tiny_run)["code"] == code
    assert kept_of_builtin()["layers"]["density"].startswith("default")


@pytest.mark.long
def test_another_run_can_be_opened_meanwhile_and_stays(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run: Run
) -> None:
    window = open_window("builtin")
    tour = tour_of(window)
    tour.go(7)
    window.open_run(tiny_run.folder)
    qtbot.waitUntil(lambda: not on_builtin(window))
    assert tour.card.note.text() == OTHER_RUN
    qtbot.mouseClick(tour.card.show_me, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: on_builtin(window))
    assert tour.card.note.text() == ""
    window.open_run(tiny_run.folder)
    qtbot.waitUntil(lambda: not on_builtin(window))
    tour.card.close()
    assert not on_builtin(window)
    assert kept_of_builtin()["layers"]["density"].startswith("default")


def test_the_model_in_training_is_shown_again(
    qtbot: QtBot, window: MainWindow, started: Started, preview: Preview
) -> None:
    window.shown.follow(started)
    window.shown.follow(preview)
    assert window.shown.shows_live
    tour = tour_of(window)
    qtbot.waitUntil(lambda: on_builtin(window) and not window.shown.shows_live)
    assert "model in training" in tour.card.note.text()
    tour.card.close()
    assert window.shown.shows_live


def test_a_replay_ends_for_the_tour(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> None:
    window = open_window("builtin")
    window.shown.set_replaying(True)
    tour_of(window)
    qtbot.waitUntil(lambda: not window.shown.replaying)
    assert window.own.pad is not None  # the first step is prepared


def test_the_window_can_be_opened_on_a_step(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run: Run
) -> None:
    window = open_window(tiny_run.folder, tour=4)
    qtbot.waitUntil(lambda: window.tours.tour is not None)
    assert on_builtin(window)
    tour = window.tours.tour
    assert tour is not None
    assert tour.card.title.text() == "Decode"
    assert window.explorer.code == pytest.approx((0.62, 0.33))
    tour.card.close()
    qtbot.waitUntil(lambda: window.shown.run is not None and window.shown.run.folder == tiny_run.folder)
