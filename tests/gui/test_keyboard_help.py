"""Help > Keyboard and mouse: all keys of the menus and all gestures, as text that can be copied."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vae_explorer.gui.actions import MENUS
from vae_explorer.gui.explorer.gestures import GESTURES
from vae_explorer.gui.explorer.pad_keys import PAD_KEYS
from vae_explorer.gui.keyboard_help import key_rows
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.menus import actions_of, key_text, plain
from vae_explorer.gui.text_dialog import TextDialog


def test_each_key_of_the_records_has_a_row() -> None:
    with_keys = [record for record in actions_of(MENUS) if record.keys]
    rows = key_rows(MENUS)
    of_menus, of_pad = rows[: len(with_keys)], rows[len(with_keys) :]
    assert [row[:2] for row in of_menus] == [(key_text(record.keys), plain(record.text)) for record in with_keys]
    assert ("]", "Larger brush", "on the drawing pad") in of_pad
    assert len(of_pad) == len(PAD_KEYS)
    assert ("R", "Go to a random point", "on the map") in rows
    assert ("Ctrl+C", "Copy image", "in the Explorer") in rows
    assert ("Ctrl+O", "Open run", "") in rows


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> TextDialog:
    window.findChild(QAction, "keyboardHelpAction").trigger()
    dialog = window.findChild(TextDialog, "keyboardHelp")
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def test_the_dialog_lists_keys_and_gestures_and_can_be_copied(qtbot: QtBot, dialog: TextDialog) -> None:
    dialog.text.setFocus()
    qtbot.keyClick(dialog.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(dialog.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().text()
    for keys, text, where in key_rows(MENUS):
        for each in (keys, text, where):
            assert each in copied
    for gesture in GESTURES:
        assert gesture.gesture in copied
        assert gesture.effect in copied


def test_the_window_can_be_used_beside_it(dialog: TextDialog) -> None:
    assert not dialog.isModal()


@pytest.mark.parametrize(("appearance", "dark"), [("Dark", True), ("Light", False)])
def test_it_follows_the_appearance(
    qtbot: QtBot, window: MainWindow, dialog: TextDialog, appearance: str, dark: bool
) -> None:
    window.findChild(QAction, f"appearance{appearance}Action").trigger()
    QApplication.processEvents()
    image = dialog.text.viewport().grab().toImage()
    assert (image.pixelColor(3, 3).lightness() < 100) == dark
    lights = {image.pixelColor(x, y).lightness() for x in range(0, image.width(), 2) for y in range(0, 200)}
    assert max(lights) - min(lights) > 120  # the text contrasts with its background
