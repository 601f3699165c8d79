"""Images side by side."""

import numpy as np
import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.sheet_view import SheetView


@pytest.fixture
def view(qtbot: QtBot) -> SheetView:
    """Two rows of three images of 4 x 5, each of one brightness."""
    view = SheetView("sheet", "Images", QSize(10, 10))
    qtbot.addWidget(view)
    images = np.arange(6, dtype=np.uint8).reshape(2, 3, 1, 1, 1) * 40 + np.zeros((1, 1, 4, 5, 1), np.uint8)
    view.show_images(images)
    return view


def test_rows_and_columns_are_kept(view: SheetView) -> None:
    shown = [[view.sheet.pixelColor(5 * column + 2, 4 * row + 1).red() for column in range(3)] for row in range(2)]
    assert shown == [[0, 40, 80], [120, 160, 200]]


def test_pixels_take_whole_device_pixels_where_there_is_room(view: SheetView) -> None:
    view.resize(50, 40)  # three times as large, with some pixels left over
    image = view.grab().toImage()
    assert [image.pixelColor(x, 40 // 2).red() for x in (14, 15, 29, 30, 44)] == [120, 160, 160, 200, 200]


def test_without_room_the_images_are_reduced_to_what_there_is(view: SheetView) -> None:
    view.resize(10, 10)
    image = view.grab().toImage()
    assert image.pixelColor(8, 4).red() > 150
