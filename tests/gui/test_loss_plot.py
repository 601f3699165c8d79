"""The loss plot, shown and hidden."""

import numpy as np
from pytestqt.qtbot import QtBot

from vae_explorer.gui.loss_plot import LossPlot
from vae_explorer.gui.theme import DARK


def some_losses(first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    steps = np.arange(first, first + count)
    return steps, np.column_stack([200 - steps, 190 - steps, np.full(count, 10.0)]).astype(float)


def test_nothing_is_built_before_it_is_seen_and_then_all_is_there(qtbot: QtBot) -> None:
    plot = LossPlot()
    qtbot.addWidget(plot)
    plot.set_theme(DARK)
    plot.set_log(True)
    plot.clear(100)
    plot.add_batches(*some_losses(1, 50))
    assert plot._graphics is None
    plot.show()
    qtbot.waitExposed(plot)
    x, y = plot._batches[0].getData()
    np.testing.assert_array_equal(x, np.arange(1, 51))
    np.testing.assert_allclose(y, np.log10(200 - np.arange(1, 51)))
    assert plot._graphics.backgroundBrush().color().lightness() < 80


def test_what_comes_while_it_is_hidden_is_drawn_when_it_is_seen_again(qtbot: QtBot) -> None:
    plot = LossPlot()
    qtbot.addWidget(plot)
    plot.clear(100)
    plot.show()
    qtbot.waitExposed(plot)
    plot.add_batches(*some_losses(1, 50))
    qtbot.waitUntil(lambda: plot._batches[0].getData()[0] is not None, timeout=5000)
    plot.hide()
    plot.add_batches(*some_losses(51, 50))
    qtbot.waitUntil(lambda: not plot._soon.isActive(), timeout=5000)
    assert len(plot._batches[0].getData()[0]) == 50
    plot.show()
    assert len(plot._batches[0].getData()[0]) == 100
