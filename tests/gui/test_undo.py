"""Undo and redo of everything that is done to the map, each by what a person would click."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from tests.classifier_file import brightness_classifier
from vae_explorer.gui.explorer.colour_chooser import ColourChoice
from vae_explorer.gui.explorer.layers.classifier import ClassifierLayer
from vae_explorer.gui.explorer.map_state import state_of
from vae_explorer.gui.main_window import MainWindow

VIEW = "part", "tool", "selection", "dimensions"  # what is looked at, and with what in hand: no change of the map


def state(window: MainWindow) -> dict[str, Any]:
    """All that can be done to the map."""
    tab, groups = window.explorer, window.explorer.selecting.grouping.groups
    return {key: value for key, value in state_of(tab).items() if key not in VIEW} | {
        "selected": tab.selection.rows.tolist(),
        "groups": [(name, groups.colours[at], groups.rows(at).tolist()) for at, name in enumerate(groups.names)],
        "bookmarks": [mark.name for mark in window.bookmarks.marks()],
        "classifier": tab.view.layers.find(ClassifierLayer).notes,
    }  # fmt: skip


def test_everything_that_is_done_to_the_map_is_undone_and_redone(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run_folder: Path, tmp_path: Path
) -> None:
    window = open_window(tiny_run_folder)
    tab, moves, rows = window.explorer, window.explorer.moves, window.explorer.layers_panel.rows
    tab.path.open()
    paths = tab.path.paths
    assert paths is not None
    codes = np.array([[0, 0], [1, 0.5]], np.float32)
    layer = tab.view.layers.find(ClassifierLayer)
    file = brightness_classifier(tmp_path / "c.onnx", (28, 28, 1))

    def trigger(name: str) -> None:
        window.findChild(QAction, name).trigger()

    def open_classifier() -> None:
        window.classifiers.open(file)
        qtbot.waitUntil(lambda: layer.active, timeout=20_000)

    def find_clusters() -> None:
        tab.colours.wanted.emit(ColourChoice("cluster", 3))
        qtbot.waitUntil(lambda: len(tab.choices.filter.names) == 3, timeout=20_000)

    def wait_for(name: str, wanted: dict[str, Any]) -> None:
        """Clusters and others are computed in the background."""
        with suppress(qtbot.TimeoutError):
            qtbot.waitUntil(lambda: state(window) == wanted, timeout=10_000)
        assert state(window) == wanted, name

    acts: dict[str, Callable[[], object]] = {
        "move": lambda: tab.go_to(0.5, -1),
        "home": tab.go_home,
        "random": tab.go_random,
        "plane": lambda: tab.show_plane((2, 1)),
        "class hidden": lambda: tab.view.points.classes.toggle(3),
        "split": lambda: tab.splits.setCurrentText("held-out only"),
        "colours": find_clusters,
        "layer": lambda: rows["prior"].check.click(),
        "opacity": lambda: rows["points"].opacity.setValue(55),
        "selected": lambda: tab.selection.select(np.arange(5)),
        "group": tab.selecting.make_group,
        "colour of a group": lambda: tab.selecting.groups._paint("#aa0011"),
        "group gone": lambda: tab.selecting.grouping.change("removing", lambda groups: groups.without([0])),
        "anchor": lambda: paths.anchors.add(codes[0]),
        "loaded path": lambda: paths.load(codes, "data"),
        "kind": lambda: paths.panel.kinds.buttons["spherical"].click(),
        "anchors gone": lambda: paths.panel.clear_wanted.emit(),
        "bookmark": lambda: trigger("addBookmarkAction"),
        "renamed": lambda: window.bookmarks.rename(window.bookmarks.marks()[0], "other"),
        "bookmark gone": lambda: window.bookmarks.remove(window.bookmarks.marks()[0]),
        "classifier": open_classifier,
        "classifier gone": lambda: trigger("removeClassifierAction"),
    }
    seen, steps = [state(window)], []
    for name, act in acts.items():
        before = moves.index()
        act()
        steps.append(moves.index() - before)
        assert steps[-1] >= 1, name
        seen.append(state(window))
        assert seen[-1] != seen[-2], name
    done = list(zip(acts, steps, seen, seen[1:], strict=False))
    for name, count, before, _ in reversed(done):
        for _ in range(count):
            moves.undo()
        wait_for(name, before)
    for name, count, _, after in done:
        for _ in range(count):
            moves.redo()
        wait_for(name, after)
