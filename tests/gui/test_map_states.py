"""Each run is shown as it was left: in the same session, and at the next launch."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.map_state import put_back, state_of
from vae_explorer.gui.explorer.tools import LASSO
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.kept_states import MOST, _path, keep_state, kept_state
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InFolder

Open = Callable[..., MainWindow]


def change_everything(window: MainWindow) -> dict[str, Any]:
    """Set all that is kept to something unusual; returns the state."""
    tab = window.explorer
    tab.view.points.classes.toggle(3)
    tab.splits.setCurrentText("held-out only")
    tab.layers_panel.rows["prior"].check.click()
    tab.layers_panel.rows["points"].opacity.setValue(55)
    tab.selecting.toggle()
    tab.go_to(0.5, -1.25)
    tab.path.open()
    assert tab.path.paths is not None
    tab.path.paths.load(np.array([[0, 0], [1, 0.5]], np.float32), "spherical")
    tab.view.use_tool(LASSO)
    QApplication.processEvents()  # the map has the height that the panel of the selection leaves it
    tab.view.pan(0.7, 0.2)
    return state_of(tab)


def test_the_map_comes_back_at_the_next_launch(open_window: Open) -> None:
    window = open_window(BUILTIN)
    state = change_everything(window)
    points = window.explorer.view.points_shown
    window.close()
    tab = open_window(BUILTIN).explorer
    assert state_of(tab) == state
    assert tab.view.points_shown == points
    assert tab.view.handle_point == pytest.approx((0.5, -1.25))
    assert tab.moves.count() == 0  # nothing of it is a step to undo


def test_each_run_comes_back_as_it_was_left_in_the_same_session(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window = open_window(BUILTIN)
    tab, other = window.explorer, Path(shutil.copytree(find_run(BUILTIN), tmp_path / "other"))

    def open_it(folder: Path) -> None:
        window.open_run(folder)
        qtbot.waitUntil(lambda: window.shown.run is not None and window.shown.run.folder == folder, timeout=20_000)

    state = change_everything(window)
    open_it(other)
    np.testing.assert_array_equal(tab.code, np.float32([0.5, -1.25]))  # a new run is compared at the same place
    tab.go_home()
    tab.view.points.classes.toggle(4)
    left = state_of(tab)
    open_it(find_run(BUILTIN))
    assert state_of(tab) == state
    open_it(other)
    assert state_of(tab) == left


WRONG = {
    "code": ([0.5], [0.5, float("nan")], [1e9, 0], "12", None, [True, 0]),
    "plane": ([1, 3], [1, 1], [1], "other", 5),
    "part": ([0, 0, 0, 1], [0, 0, 1], [0, 0, float("inf"), 1]),
    "colours": (["class"], [1, 2], ["class", "2"], None),
    "filter": ([["a"]], [[1], [0]], None, [["a"], ["b"]]),
    "split": (9, "1", -1),
    "layers": (None, [1], {"prior": 3}),
    "tool": ("Sword", None),
    "selection": (1, None),
    "class": (-1, "a"),
    "path": (
        "straight",
        ["straight", [], True],
        ["straight", [[0.5]], True],
        ["other", [[0, 0]], True],
        ["straight", [[0, 0]], 1],
        ["straight", [[0, float("nan")]], True],
    ),
}


def test_what_is_damaged_or_of_another_latent_space_is_ignored(open_window: Open) -> None:
    tab = open_window(BUILTIN).explorer
    before = state_of(tab)
    other = {**before, "code": [1.5, 0.5], "tool": "Hand", "split": 1}
    for key, values in WRONG.items():
        for value in values:
            put_back(tab, {**other, key: value})
            assert state_of(tab) == before, (key, value)
    for state in (None, [], "state", {}, {**other, "code": [1.5, 0.5, 0.5]}):
        put_back(tab, state)
        assert state_of(tab) == before, state
    put_back(tab, other)
    assert state_of(tab) == other


def test_a_damaged_file_stops_nothing(open_window: Open) -> None:
    for content in (b"{nonsense", b"[1, 2]", b"\xff\xfe", b"[" * 100_000):
        _path().parent.mkdir(parents=True, exist_ok=True)
        _path().write_bytes(content)
        assert kept_state(open_run(find_run(BUILTIN))) is None
    window = open_window(BUILTIN)
    window.explorer.go_to(0.5, 0.5)
    window.close()
    assert kept_state(open_run(find_run(BUILTIN)))["code"] == [0.5, 0.5]


def test_only_the_newest_runs_are_kept(tmp_path: Path) -> None:
    run = open_run(find_run(BUILTIN))

    def in_folder(number: int) -> Run:
        return replace(run, storage=InFolder(tmp_path / str(number)))

    for number in range(MOST + 2):
        keep_state(in_folder(number), {"number": number})
    keep_state(in_folder(5), {"number": 500})
    assert kept_state(in_folder(1)) is None
    assert kept_state(in_folder(2)) == {"number": 2}
    assert kept_state(in_folder(5)) == {"number": 500}


def test_a_run_trained_in_the_folder_of_another_does_not_get_its_state() -> None:
    run = open_run(find_run(BUILTIN))
    keep_state(run, {"code": [1, 2]})
    assert kept_state(replace(run, info=replace(run.info, name="renamed"))) == {"code": [1, 2]}
    assert kept_state(replace(run, info=replace(run.info, created="2026-01-01T00:00:00+00:00"))) is None
    other = replace(run.info, dataset=replace(run.info.dataset, fingerprint="other"))
    assert kept_state(replace(run, info=other)) is None


@pytest.mark.long
def test_a_window_that_is_killed_has_kept_its_state_while_it_rested(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(BUILTIN)
    window.keeping.timer.setInterval(20)
    state = change_everything(window)
    window.training.settings.note.setText("a note")
    window.update()
    run = window.shown.run
    assert run is not None
    kept = json.loads(json.dumps(state))  # tuples are lists there
    qtbot.waitUntil(lambda: kept_state(run) == kept, timeout=20_000)
    other = open_window(BUILTIN)  # the first was not closed
    assert state_of(other.explorer) == state
    assert other.training.settings.note.text() == "a note"
