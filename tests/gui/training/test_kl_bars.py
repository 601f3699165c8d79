"""KL by latent dimension as bars."""

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from vae_explorer.gui.training.kl_bars import KLBars
from vae_explorer.latent.palette import LOSSES


@pytest.mark.parametrize("count", [1, 3, 64])
def test_bars_are_as_high_as_their_values(qtbot: QtBot, count: int) -> None:
    bars = KLBars()
    qtbot.addWidget(bars)
    bars.resize(300, 90)
    kl = np.full(count, 1.0, np.float32)
    kl[0] = 4.0
    bars.show_kl(kl)
    image = bars.grab().toImage()
    left = min(34, int(300 / count))
    heights = [
        sum(image.pixelColor(i * left + 2, y) == QColor(LOSSES[2]) for y in range(90)) for i in range(min(count, 2))
    ]
    assert heights[0] > 40
    assert heights[1:] == [pytest.approx(heights[0] / 4, abs=1)] * (count > 1)


def test_values_are_read_out(qtbot: QtBot) -> None:
    bars = KLBars()
    qtbot.addWidget(bars)
    bars.show_kl(np.array([3.25, 0.5], np.float32))
    assert bars.accessibleDescription() == "z1 3.25, z2 0.50"
