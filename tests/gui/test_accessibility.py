"""What a screen reader says of every widget that the keyboard reaches, in which order it is reached, and text sizes."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.gui.about import show_keyboard_help, show_messages
from vae_explorer.gui.entries import ask_import, show_quality
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.text_size import show_text_size

DIALOGS: dict[str, Callable[[MainWindow], object]] = {
    "pictureDialog": lambda window: window.exports.export_picture(),
    "pageDialog": lambda window: window.exports.ask_page(),
    "animationDialog": lambda window: window.exports.ask_animation(),
    "importDialog": ask_import,
    "dataDialog": lambda window: window.images.ask(),
    "qualityDialog": show_quality,
    "keyboardHelp": show_keyboard_help,
    "messagesDialog": show_messages,
    "runsDialog": lambda window: window.all_runs.show_table(),
    "bookmarksDialog": lambda window: window.bookmarks.show(),
    "furtherDialog": lambda window: window.training.ask_further(window.training.run),
}


@pytest.fixture
def text_size() -> Iterator[None]:
    yield
    show_text_size("normal")


def spoken(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface else ""


def stops(root: QWidget) -> list[QWidget]:
    """The widgets at which the key Tab stops, in its order. The parts of a widget give their focus to it."""
    found, widget = [], root.nextInFocusChain()
    while widget is not root:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(root) and not widget.focusProxy():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return [widget for widget in found if widget.window() is root and widget.objectName() != "qt_spinbox_lineedit"]


def unnamed(root: QWidget) -> list[str]:
    return [f"{type(widget).__name__} {widget.objectName()}" for widget in stops(root) if not spoken(widget)]


def test_every_widget_of_the_window_has_a_name_and_tab_goes_through_them_in_order(window: MainWindow) -> None:
    for name in ("tourAction", "aroundAction", "imageDisplayAction"):
        window.findChild(QAction, name).trigger()
    assert unnamed(window) == []
    window.explorer.layers_panel.toggle()
    window.explorer.selecting.toggle()
    window.explorer.path.open()
    assert unnamed(window) == []
    names = [widget.objectName() for widget in stops(window)]
    expected = ["latentView", "toolExploreButton", "toolPathButton", "z1Spin", "z2Spin", "randomButton", "saveButton",
                "timeSlider", "colorCombo", "splitsCombo"]  # fmt: skip
    assert [name for name in names if name in expected] == expected
    window.show_training()
    assert unnamed(window) == []
    names = [widget.objectName() for widget in stops(window)]
    expected = ["datasetCombo", "presetCombo", "latentDimSpin", "epochsSpin", "startButton", "compareButton"]
    assert [name for name in names if name in expected] == expected


def test_every_widget_of_the_dialogs_has_a_name(qtbot: QtBot, window: MainWindow) -> None:
    for name, show in DIALOGS.items():
        before = set(QApplication.topLevelWidgets())
        show(window)
        opened = [widget for widget in QApplication.topLevelWidgets() if widget not in before and widget.isVisible()]
        assert opened, name
        for dialog in opened:
            assert unnamed(dialog) == [], name
            dialog.close()


def test_texts_grow_at_once_and_everything_still_fits(qtbot: QtBot, window: MainWindow, text_size: None) -> None:
    small = window.explorer.fontMetrics().height()
    window.findChild(QAction, "textLargestAction").trigger()
    QApplication.processEvents()
    assert window.explorer.fontMetrics().height() > 1.2 * small
    assert window.minimumSizeHint().width() <= 1100
    # So that the window fits a screen of 1366 x 768; layouts take a moment to pass on what their widgets need.
    qtbot.waitUntil(lambda: window.explorer.minimumSizeHint().height() <= 700, timeout=5_000)
    assert window.explorer.image.height() >= 290
    for name in ("randomButton", "homeButton", "saveButton"):
        button = window.findChild(QWidget, name)
        assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()), name


def test_the_window_has_an_icon_that_is_sharp_at_any_size(window: MainWindow) -> None:
    icon = QApplication.windowIcon()
    for side in (16, 64, 256):
        picture = icon.pixmap(side, side).toImage()
        assert picture.width() == side
        assert picture.pixelColor(side // 2, side // 8).alpha() == 255
