"""gui/explorer/position.py: the handle's position, copied and asked for."""

import numpy as np
from PySide6.QtGui import QAction, QGuiApplication
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.position import PositionDialog
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.run import Run


def trigger(window: MainWindow, name: str) -> None:
    action = window.findChild(QAction, name)
    assert isinstance(action, QAction)
    action.trigger()


def asked(window: MainWindow) -> PositionDialog:
    trigger(window, "goToAction")
    dialog = window.explorer.findChild(PositionDialog, "positionDialog")
    assert isinstance(dialog, PositionDialog)
    return dialog


def test_a_copied_position_leads_back_to_it_and_is_undone(window: MainWindow) -> None:
    window.explorer.go_to_code(np.array([0.71, -1.79], np.float32))
    trigger(window, "copyPositionAction")
    copied = QGuiApplication.clipboard().text()
    assert copied == "#z=0.71,-1.79"
    assert copied in window.toast.text.text()
    window.explorer.go_home()
    dialog = asked(window)
    dialog.setTextValue(copied)
    dialog.accept()
    np.testing.assert_allclose(window.explorer.code, [0.71, -1.79], rtol=1e-6)
    window.explorer.moves.undo()
    assert window.explorer.code.tolist() == [0, 0]


def test_what_is_no_position_is_explained_in_the_open_dialog(window: MainWindow) -> None:
    dialog = asked(window)
    dialog.setTextValue("1,2,3")
    dialog.accept()
    assert dialog.isVisible()
    assert dialog.labelText().startswith("These are 3 numbers.")
    assert window.explorer.code.tolist() == [0, 0]
    dialog.reject()


def test_two_numbers_are_a_point_of_the_map_in_more_dimensions(qtbot: QtBot, open_window, deep_run: Run) -> None:
    window = open_window(deep_run.folder)
    dialog = asked(window)
    dialog.setTextValue("#z=0.5,0.25")
    dialog.accept()
    np.testing.assert_allclose(window.explorer.plane.point(window.explorer.code), [0.5, 0.25], atol=1e-6)
