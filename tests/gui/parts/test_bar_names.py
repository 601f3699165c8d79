"""Names below bars, for any number of bars."""

import pytest
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.bar_names import BarNames


@pytest.mark.parametrize(
    ("count", "width", "every"), [(2, 80, 1), (16, 400, 1), (64, 640, 1), (64, 420, 1), (64, 270, 2), (64, 130, 4)]
)
def test_as_many_are_named_as_can_be_read(qtbot: QtBot, count: int, width: int, every: int) -> None:
    names = [f"z{number}" for number in range(1, count + 1)]
    found = BarNames(QFont(), names, width / count)
    assert list(found.shown) == names[::every]
    picture = QPixmap(width, 40)
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    found.draw(painter, [(index + 0.5) * width / count for index in range(count)], 0)
    painter.end()
    image = picture.toImage()
    rows = [y for y in range(40) if any(image.pixelColor(x, y).lightness() < 200 for x in range(width))]
    assert rows
    assert max(rows) <= found.height + 1
