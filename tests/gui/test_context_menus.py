"""The menus of a right click on points and images: what they offer, and what that does."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.run import Run


def opened(window: MainWindow, name: str) -> QMenu:
    menu = window.findChildren(QMenu, name)[-1]
    assert menu.isVisible()
    return menu


def choose(menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text().replace("&", "") == text)
    assert action.isEnabled(), action.toolTip()
    action.trigger()
    menu.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def row(window: MainWindow, tiny_run: Run) -> int:
    """The row of a point far from all others, in the middle of the view."""
    codes = tiny_run.codes.z_mean
    row = int(np.argmax(np.square(codes - np.median(codes, axis=0)).sum(axis=1)))
    x, y = codes[row].tolist()
    window.explorer.view.getPlotItem().setRange(xRange=(x - 0.1, x + 0.1), yRange=(y - 0.1, y + 0.1))
    QApplication.processEvents()
    return row


def on_point(window: MainWindow, row: int) -> QMenu:
    view = window.explorer.view
    at = view.to_pixels(*window.explorer._subject.plane[row].tolist())
    view.menu_wanted.emit(view.mapToGlobal(at).toPoint())
    return opened(window, "imageMenu")


def test_a_point_offers_what_can_be_done_with_its_image(window: MainWindow, tiny_run: Run, row: int) -> None:
    explorer, label = window.explorer, int(tiny_run.codes.label[row])
    menu = on_point(window, row)
    assert f"class {label}" in menu.actions()[0].text()
    choose(menu, "Go to its code")
    np.testing.assert_array_equal(explorer.code, tiny_run.codes.z_mean[row])
    explorer.go_home()
    choose(on_point(window, row), "Add to the selection")
    assert explorer.selection.rows.tolist() == [row]
    choose(on_point(window, row), "Remove from the selection")
    assert not len(explorer.selection.rows)
    choose(on_point(window, row), f"Only class {label}")
    assert explorer.view.points_shown == np.count_nonzero(tiny_run.codes.label == label)
    choose(on_point(window, row), f"Hide class {label}")
    assert not explorer.view.points_shown
    window.explorer.view.points.classes.show_all()
    choose(on_point(window, row), "Add to the path")
    np.testing.assert_array_equal(explorer.path.paths.anchors.codes[-1], tiny_run.codes.z_mean[row])


def test_what_cannot_be_done_with_an_image_says_why(window: MainWindow, row: int) -> None:
    menu = on_point(window, row)
    disabled = {action.text().replace("&", ""): action.toolTip() for action in menu.actions() if not action.isEnabled()}
    assert "were not read from files" in disabled["Open the original file"]
    assert menu.actions()[-1].menu() is window.menus.on_map
    menu.close()


def test_beside_the_points_the_map_has_its_own_menu(window: MainWindow, row: int) -> None:
    view = window.explorer.view
    view.menu_wanted.emit(view.mapToGlobal(view.viewport().rect().center() + QPoint(60, 0)))
    assert window.menus.on_map.isVisible()
    window.menus.on_map.close()


def test_the_images_beside_the_map_have_menus(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.explorer.panel
    QGuiApplication.clipboard().clear()
    panel.image.customContextMenuRequested.emit(QPoint(5, 5))
    menu = opened(window, "decodedImageMenu")
    assert window.findChild(QAction, "saveImageAction") in menu.actions()
    choose(menu, "Copy image")
    assert not QGuiApplication.clipboard().image().isNull()
    assert window.toast.text.text() == "Copied the decoded image."
    nearest = panel.nearest.rows
    panel.nearest.customContextMenuRequested.emit(panel.nearest.square(2).center().toPoint())
    choose(opened(window, "imageMenu"), "Copy the original image")
    assert window.toast.text.text() == "Copied the original image."
    panel.original.customContextMenuRequested.emit(QPoint(5, 5))
    choose(opened(window, "imageMenu"), "Add to the selection")
    assert window.explorer.selection.rows.tolist() == nearest[:1]
    assert panel.nearest.row_at(QPointF(-5, 0)) == -1


def test_the_loss_plot_offers_what_the_row_over_it_does(window: MainWindow) -> None:
    window.show_training()
    views = window.training.views
    views.plot.show_history(1, (), 1, ())
    views.plot.customContextMenuRequested.emit(QPoint(50, 50))
    menu = opened(window, "lossMenu")
    save = next(action for action in menu.actions() if action.text().startswith("&Save"))
    assert not save.isEnabled()
    assert save.toolTip() == "No epoch has been trained yet."
    choose(menu, "Log")
    assert views.plot.look.log
    views.plot.customContextMenuRequested.emit(QPoint(50, 50))
    choose(opened(window, "lossMenu"), "Copy the plot")
    assert not QGuiApplication.clipboard().image().isNull()
    assert window.toast.text.text() == "Copied the loss plot."
