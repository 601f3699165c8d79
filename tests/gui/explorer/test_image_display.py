"""Brightness, contrast and colours of the images beside the map; nothing that is copied or saved changes."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QColor, QEnterEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.image_look import PLAIN, ImageLook


def test_the_images_are_shown_in_other_levels_and_stay_what_they_are(qtbot: QtBot, tab: ExplorerTab) -> None:
    display, image = tab.panel.display, tab.image
    pixels = image.pixels()
    assert pixels is not None
    tab.copy_image()
    copied = QApplication.clipboard().image()
    before = image._picture.copy(), tab.panel.nearest.pictures[0].copy()
    display.open()
    card = display.card
    assert card is not None
    assert card.isVisible()
    card.colours.setCurrentText("viridis")
    card.automatic.setChecked(True)
    assert not card.low.isEnabled()
    assert image._picture != before[0]
    assert tab.panel.nearest.pictures[0] != before[1]
    darkest = np.unravel_index(pixels[..., 0].argmin(), pixels.shape[:2])
    assert image._picture.pixelColor(int(darkest[1]), int(darkest[0])) == QColor(68, 1, 84)
    np.testing.assert_array_equal(image.pixels(), pixels)
    tab.copy_image()
    assert QApplication.clipboard().image() == copied
    card.findChild(QPushButton, "imageResetButton").click()
    assert display.look == PLAIN
    assert image._picture == before[0]
    card.close()


def test_black_stays_below_white(tab: ExplorerTab) -> None:
    display = tab.panel.display
    display.open()
    card = display.card
    assert card is not None
    card.high.setValue(100)
    card.low.setValue(150)
    assert (display.look.low, display.look.high) == (150, 151)
    card.high.setValue(20)
    assert (display.look.low, display.look.high) == (19, 20)
    card.close()


def test_channels_are_offered_for_images_in_colour_alone(tab: ExplorerTab) -> None:
    display = tab.panel.display
    display.open()
    card = display.card
    assert card is not None
    assert not card.channel.isVisible()
    assert card.colours.isEnabled()
    tab.image.show_pixels(np.full((4, 4, 3), 9, np.uint8))
    display.open()
    assert card.channel.isVisible()
    assert not card.colours.isEnabled()  # colours are for one channel
    card.channel.setCurrentText("green")
    assert card.colours.isEnabled()
    assert display.look.channel == 1
    card.close()


def test_a_new_image_keeps_the_look(tab: ExplorerTab) -> None:
    display = tab.panel.display
    display.open()
    assert display.card is not None
    display.card.high.setValue(128)
    tab.image.show_pixels(np.full((4, 4, 1), 128, np.uint8))
    assert tab.image._picture.pixelColor(0, 0) == QColor("white")
    display.card.close()


def test_the_button_is_seen_while_the_pointer_is_on_the_image_or_the_image_is_changed(tab: ExplorerTab) -> None:
    display, at = tab.panel.display, QPointF(5, 5)
    assert not display.button.isVisible()
    QApplication.sendEvent(tab.image, QEnterEvent(at, at, at))
    assert display.button.isVisible()
    QApplication.sendEvent(tab.image, QEvent(QEvent.Type.Leave))
    assert not display.button.isVisible()
    display.change(ImageLook(high=100))
    QApplication.sendEvent(tab.image, QEvent(QEvent.Type.Leave))
    assert display.button.isVisible()
