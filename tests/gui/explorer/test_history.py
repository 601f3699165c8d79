"""Changes that can be undone, alone and in the tab."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from vae_explorer.data.dataset import HELD_OUT
from vae_explorer.errors import UserError
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer import history as module
from vae_explorer.gui.explorer.history import Change, History, Run, drag_run
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.run.run import Run as TrainedRun


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])

    def pass_seconds(seconds: float) -> None:
        now[0] += seconds

    return pass_seconds


class Counter:
    """A state, and its history."""

    def __init__(self) -> None:
        self.value, self.history = 0, History()

    def go(self, value: int, run: Run | None = None) -> None:
        self.history.do(Change("count", self.value, value, self._take, run))

    def _take(self, value: int) -> None:
        self.value = value


def test_a_run_is_one_step_until_a_pause_ends_it(qapp: object, later: Callable[[float], None]) -> None:
    counter, strokes = Counter(), Run("strokes", pause=1)
    for value, seconds in ((1, 0.9), (2, 0.9), (3, 1.1), (4, 0)):
        counter.go(value, strokes)
        later(seconds)
    assert counter.history.count() == 2
    counter.history.undo()
    assert counter.value == 3
    counter.history.undo()
    assert counter.value == 0
    counter.history.redo()
    assert counter.value == 3


def test_what_is_refused_is_no_step_and_a_step_that_is_refused_stays_where_it_was(qapp: object) -> None:
    counter, said, refuses = Counter(), list[str](), False
    history = counter.history
    history.refused.connect(said.append)
    undo, redo = history.createUndoAction(history), history.createRedoAction(history)

    def take(value: int) -> None:
        if refuses:
            raise UserError("The disk is full.")
        counter.value = value

    for value in (1, 2):
        assert history.do(Change("count", value - 1, value, take))
    undo.trigger()
    for refuses in (True, False, True):
        for action, after, index in ((redo, 2, 2), (undo, 1, 1)):
            action.trigger()
            assert (counter.value, history.index(), history.count()) == ((1, 1, 2) if refuses else (after, index, 2))
            assert undo.isEnabled()
            assert redo.isEnabled() == (history.index() < 2)
    assert said.count("The disk is full.") == len(said) == 4
    assert not history.do(Change("count", 1, 5, take))
    assert (counter.value, history.index(), history.count()) == (1, 1, 2)


def test_a_drag_is_one_step_however_long_the_hand_rests_and_the_next_one_another(
    qapp: object, later: Callable[[float], None]
) -> None:
    counter = Counter()
    for value in (1, 2):
        counter.go(value, drag_run(1))
        later(60)
    counter.go(3, drag_run(2))
    counter.history.undo()
    assert counter.value == 2
    counter.history.undo()
    assert counter.value == 0


def test_a_change_without_a_run_is_undone_alone(qapp: object) -> None:
    counter = Counter()
    counter.go(1)
    counter.go(2)
    counter.go(3, drag_run(1))
    assert counter.history.count() == 3


def walk(history: History, state: Callable[[], object]) -> list[object]:
    """The states from the first to the last. Undoes and redoes all steps, and checks that this adds no step."""
    count = history.count()
    while history.canUndo():
        history.undo()
    states = [state()]
    while history.canRedo():
        history.redo()
        states.append(state())
    assert history.count() == count
    return states


def test_splits_can_be_undone(tab: ExplorerTab, subject: Subject) -> None:
    everything, held_out = len(subject.split), int((subject.split == HELD_OUT).sum())
    tab.splits.setCurrentText("held-out only")
    assert tab.moves.undoText() == "splits"
    states = walk(tab.moves, lambda: (tab.splits.currentText(), tab.view.points_shown))
    assert states == [("all splits", everything), ("held-out only", held_out)]


def test_the_filter_of_the_legend_can_be_undone_class_by_class(tab: ExplorerTab, subject: Subject) -> None:
    classes = tab.view.points.classes
    for position in (3, 5):
        classes.toggle(position)
    assert tab.moves.undoText() == "filter"
    counts = [int((~np.isin(subject.label, hidden)).sum()) for hidden in ((), (3,), (3, 5))]
    assert walk(tab.moves, lambda: tab.view.points_shown) == counts
    tab.moves.undo()
    shown = [classes.list.item(row).checkState().value > 0 for row in (3, 4, 5)]
    assert shown == [False, True, True]


def choose(tab: ExplorerTab, text: str) -> None:
    tab.colours.combo.setCurrentText(text)
    tab.colours.combo.activated.emit(tab.colours.combo.currentIndex())


def test_colours_can_be_undone_with_what_was_hidden_under_them(tab: ExplorerTab) -> None:
    points = tab.view.points
    points.classes.toggle(4)
    some = tab.view.points_shown
    choose(tab, "one colour")
    assert tab.moves.undoText() == "colours"
    assert points.colouring is not None
    assert points.colouring.kind == "plain"
    tab.moves.undo()
    assert (tab.colours.combo.currentText(), points.colouring.kind) == ("class", "class")
    assert tab.view.points_shown == some
    assert points.classes.isVisible()
    tab.moves.redo()
    assert (tab.colours.combo.currentText(), points.colouring.kind) == ("one colour", "plain")


def test_choosing_the_present_choice_again_is_not_a_step(tab: ExplorerTab) -> None:
    choose(tab, "class")
    assert tab.moves.count() == 0


@pytest.mark.long
def test_the_number_of_clusters_can_be_undone_and_counting_up_is_one_step(qtbot: QtBot, tab: ExplorerTab) -> None:
    choose(tab, "cluster")
    for count in (2, 3, 4):
        tab.colours.clusters.setValue(count)
    assert tab.moves.count() == 2
    qtbot.waitUntil(lambda: len(tab.view.points.filter.names) == 4, timeout=60_000)
    tab.moves.undo()
    assert tab.colours.clusters.value() == 1
    tab.moves.undo()
    assert tab.colours.combo.currentText() == "class"
    assert not tab.colours.clusters.isVisible()


def test_the_plane_can_be_undone_and_goes_through_the_same_code(
    tab: ExplorerTab, deep_run: TrainedRun, subject: Subject
) -> None:
    tab.show_subject(run_subject(deep_run, None))
    first = tab.plane.choice
    tab.go_random()
    code = tab.code
    other = (4, 3) if first != (4, 3) else (1, 2)
    for choice in (other, "pca"):
        tab.show_plane(choice)
    assert tab.moves.undoText() == "plane"
    states = walk(tab.moves, lambda: tab.plane.choice)
    assert states == [first, first, other, "pca"]
    tab.moves.undo()
    np.testing.assert_array_equal(tab.code, code)
    assert tab.view.handle_point == pytest.approx(tab.plane.point(code), abs=1e-5)
    tab.show_subject(subject)  # has another number of latent dimensions
    assert tab.moves.count() == 0


def test_a_plane_that_is_not_there_is_no_step(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    none = subject.z_mean[:0]
    tab.show_subject(
        replace(
            subject,
            z_mean=none,
            plane=none,
            columns=subject.columns.take(slice(0)),
            split=subject.split[:0],
            images_key="none",
        )
    )
    with qtbot.waitSignal(tab.errored):
        tab.show_plane("pca")
    assert tab.moves.count() == 0
    assert tab.plane.choice == (1, 2)
