"""gui/copying.py: what is shown is copied as a script of its own."""

import numpy as np
from PySide6.QtGui import QAction, QGuiApplication
from pytestqt.qtbot import QtBot

from vae_explorer.exporting.grid import GridOptions
from vae_explorer.exporting.map_script import ShownMap, map_script
from vae_explorer.exporting.script import grid_script, image_script, path_script
from vae_explorer.gui.copying import NO_PATH
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.run import Run


def copied(window: MainWindow, name: str) -> str:
    action = window.findChild(QAction, name)
    assert isinstance(action, QAction)
    action.trigger()
    return QGuiApplication.clipboard().text()


def test_image_and_grid_are_those_at_the_handle(window: MainWindow, tiny_run: Run) -> None:
    code = np.array([0.5, -1.25], np.float32)
    window.explorer.go_to_code(code)
    assert copied(window, "copyImageScriptAction") == image_script(tiny_run, code)
    grid = copied(window, "copyGridScriptAction")
    assert grid == grid_script(tiny_run, GridOptions(plane=window.explorer.plane))
    assert window.toast.text.text() == "Copied a Python script of the decoded grid."


def test_a_path_needs_to_be_there(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    QGuiApplication.clipboard().setText("before")
    assert copied(window, "copyPathScriptAction") == "before"
    assert window.toast.text.text() == NO_PATH
    window.explorer.path.open()
    paths = window.explorer.path.paths
    assert paths is not None
    paths.anchors.put(np.array([[0, 0], [1, 0.5]], np.float32))
    qtbot.waitUntil(lambda: paths.chosen is not None, timeout=20_000)
    codes = np.linspace((0, 0), (1, 0.5), 12).astype(np.float32)
    script = copied(window, "copyPathScriptAction")
    assert script.partition("\nz = [")[0] == path_script(tiny_run, codes).partition("\nz = [")[0]
    assert "[1.0, 0.5],\n]\n" in script


def test_the_map_is_copied_as_it_is_filtered_and_what_is_left_out_is_said(
    qtbot: QtBot, window: MainWindow, tiny_run: Run
) -> None:
    explorer = window.explorer
    explorer.view.points.classes.toggle(3)
    explorer.splits.setCurrentText("held-out only")
    explorer.layers_panel.rows["prior"].check.click()
    explorer.layers_panel.rows["density"].check.click()
    explorer.go_to(0.5, -1.25)
    colouring = explorer.view.colouring
    assert colouring is not None
    hidden = explorer.choices.filter.hidden
    assert hidden
    QGuiApplication.clipboard().setText("")
    copied(window, "copyMapScriptAction")
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() != "", timeout=20_000)
    layers = ("points", "prior")
    expected = ShownMap(explorer.plane, colouring, layers, 2, hidden, explorer.view.handle_point)
    assert QGuiApplication.clipboard().text() == map_script(tiny_run, expected)
    assert window.toast.text.text().endswith("These layers of the map are not in it: Density of the codes.")
