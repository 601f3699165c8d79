"""The loss plot: what it draws, when, and what it reads out."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import mouse
from vae_explorer.gui.parts.theme import DARK, LIGHT
from vae_explorer.gui.training.loss_chart import Reference
from vae_explorer.gui.training.loss_plot import LossPlot
from vae_explorer.latent.palette import LOSSES
from vae_explorer.run.history import EpochRecord

NONE = Qt.MouseButton.NoButton


def some_losses(first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    steps = np.arange(first, first + count)
    return steps, np.column_stack([200 - steps / 10, 190 - steps / 10, np.full(count, 10.0)]).astype(float)


def epoch(number: int, val_loss: float) -> EpochRecord:
    return EpochRecord(number, 150.0, 140.0, 10.0, val_loss, val_loss - 10, 10.0, 1.0, 1e-3)


@pytest.fixture
def plot(qtbot: QtBot) -> LossPlot:
    """A visible plot after one epoch of 100 steps."""
    plot = LossPlot()
    qtbot.addWidget(plot)
    plot.resize(700, 420)
    plot.clear(100)
    plot.show()
    qtbot.waitExposed(plot)
    plot.add_batches(*some_losses(1, 100))
    plot.add_epoch(epoch(1, 191.5))
    plot.set_look()
    QApplication.processEvents()
    return plot


def picture(plot: LossPlot) -> np.ndarray:
    """(height, width, 3) uint8."""
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def coloured(plot: LossPlot, colour: str) -> np.ndarray:
    """(height, width) bool: pixels of the upper panel that nearly have a colour."""
    wanted = QColor(colour)
    distance = np.abs(picture(plot).astype(int) - [wanted.red(), wanted.green(), wanted.blue()]).max(axis=2)
    inside = np.zeros(distance.shape, bool)
    panel = plot._chart.upper.toRect()
    inside[panel.top() : panel.bottom(), panel.left() : panel.right()] = True
    return (distance < 40) & inside


def hover(plot: LossPlot, step: float) -> str:
    """Move the pointer over a step and return the text of the card."""
    chart = plot._chart
    x = float(chart.across.pixels(step / chart.unit))
    mouse(plot, QEvent.Type.MouseMove, QPointF(round(x), chart.upper.center().y()), NONE)
    assert plot._card.isVisible()
    return plot._card.text.text()


def test_nothing_is_drawn_before_it_is_seen_and_then_all_is_there(qtbot: QtBot) -> None:
    plot = LossPlot()
    qtbot.addWidget(plot)
    plot.set_theme(DARK)
    plot.clear(100)
    plot.add_batches(*some_losses(1, 50))
    plot._redraw()
    QApplication.processEvents()
    assert plot._picture is None
    plot.show()
    qtbot.waitUntil(lambda: plot._picture is not None)
    assert len(plot._chart.batches) == 50
    assert picture(plot).mean() < 80


def test_what_comes_while_it_is_hidden_is_drawn_when_it_is_seen_again(qtbot: QtBot, plot: LossPlot) -> None:
    plot.hide()
    plot.add_batches(*some_losses(101, 50))
    qtbot.waitUntil(lambda: not plot._soon.isActive(), timeout=5000)
    assert len(plot._chart.batches) == 100
    plot.show()
    qtbot.waitUntil(lambda: len(plot._chart.batches) == 150, timeout=5000)


def test_it_is_drawn_again_at_most_once_a_pause(qtbot: QtBot, plot: LossPlot) -> None:
    drawn, draw, began = [], plot._drawn, time.monotonic()
    plot._drawn = lambda: drawn.append(1) or draw()  # type: ignore[method-assign, func-returns-value]
    for i in range(10):
        plot.add_batches(*some_losses(101 + i, 1))
        QTest.qWait(20)
    qtbot.waitUntil(lambda: bool(drawn), timeout=5000)
    assert len(drawn) <= 1 + (time.monotonic() - began) * 1000 / plot._soon.interval()


def test_no_more_buckets_are_drawn_than_there_are_pixels(plot: LossPlot) -> None:
    for start in range(101, 100_000, 9990):
        plot.add_batches(*some_losses(start, 9990))  # 10 times
    plot.set_look()
    plot.repaint()
    assert len(plot._chart.batches) <= plot.width()
    assert plot._chart.batches.count.sum() == 100_000


def test_the_newest_steps_alone_are_in_view_when_they_are_wanted(plot: LossPlot) -> None:
    plot.add_batches(*some_losses(101, 4900))
    plot.set_look(newest=1000)
    plot.repaint()
    assert (plot._chart.across.low, plot._chart.across.high) == (4000, 5000)
    assert plot._chart.batches.first[0] == 4001


def test_by_epoch_the_axis_counts_epochs(plot: LossPlot) -> None:
    plot.set_look(by_epoch=True)
    plot.repaint()
    assert 1 <= plot._chart.across.high <= 1.2


def test_an_outlier_is_drawn_beyond_the_range_and_stays_in_the_data(plot: LossPlot) -> None:
    steps, losses = some_losses(101, 900)
    losses[500, 0] = 1e9
    plot.add_batches(steps, losses)
    plot.set_look()
    plot.repaint()
    assert plot._chart._up[0].high < 300
    assert plot._batches.whole.high.max() == 1e9
    x = int(plot._chart.across.pixels(601.0))
    assert coloured(plot, "#bed2f5")[: int(plot._chart.upper.top()) + 20, x - 2 : x + 3].any()


def test_logarithmic_losses_keep_those_of_zero_out_of_sight(plot: LossPlot) -> None:
    steps, losses = some_losses(101, 900)
    losses[500] = 0
    plot.add_batches(steps, losses)
    plot.set_look(log=True)
    plot.repaint()
    assert plot._chart._up[0].low > 50


def test_losses_below_zero_are_drawn_and_have_no_logarithms(plot: LossPlot) -> None:
    plot.clear(100)
    steps = np.arange(1, 501)
    falling = 3000 - 20.0 * steps
    plot.add_batches(steps, np.column_stack([falling, falling - 10, np.full(500, 10.0)]))
    plot.add_epoch(epoch(1, -1234.5))
    plot.set_look(log=True)
    plot.repaint()
    upper, lower = plot._chart._up
    assert not upper.log
    assert lower.log
    assert upper.low < -6900
    assert upper.high > 2500
    assert coloured(plot, "#bed2f5").any()
    assert "validation -1,234.5" in hover(plot, 100)


def test_smoothing_lays_a_line_over_the_batches_within_them(plot: LossPlot) -> None:
    rng = np.random.default_rng(0)
    plot.add_batches(np.arange(101, 3001), 150 + rng.normal(0, 10, (2900, 3)))
    plot.set_look(newest=1000)
    raw = coloured(plot, LOSSES[0])
    plot.set_look(smoothing=20)
    smooth = coloured(plot, LOSSES[0]) & ~raw
    assert smooth.sum() > 150
    rows = np.flatnonzero(smooth.any(axis=1))
    middle = float(plot._chart._up[0].pixels(150.0))
    assert np.abs(rows - middle).max() < 25


def test_the_best_epoch_is_the_one_of_the_least_validation_loss_unless_it_is_given(plot: LossPlot) -> None:
    plot.add_epoch(epoch(2, 150.0))
    plot.add_epoch(epoch(3, 160.0))
    assert plot.best is not None
    assert plot.best.epoch == 2
    plot.add_epoch(epoch(4, 170.0), best=epoch(1, 191.5))
    assert plot.best.epoch == 1


def test_no_epoch_is_the_best_while_beta_rises_or_in_an_earlier_segment(plot: LossPlot) -> None:
    plot.clear(100, first_comparable=2)
    plot.add_epoch(epoch(1, 150.0))
    plot.add_epoch(epoch(2, 151.0))
    assert plot.best is None
    plot.add_epoch(epoch(3, 160.0))
    assert plot.best is not None
    assert plot.best.epoch == 3


def test_a_line_goes_down_where_it_was_trained_further(plot: LossPlot) -> None:
    plot.clear(100, 1, (1,))
    plot.add_batches(*some_losses(101, 100))
    plot.add_epoch(epoch(1, 191.5))
    plot.add_epoch(epoch(2, 181.5))
    plot.set_look()
    with_seam = picture(plot)
    plot.seams = ()
    plot.set_look()
    columns = (with_seam != picture(plot)).any(axis=2)
    assert columns[:, round(float(plot._chart.across.pixels(100.0)))].sum() > 100


def test_the_best_epoch_is_marked_where_it_is(plot: LossPlot) -> None:
    at = [int(plot._chart.across.pixels(100.0)), int(plot._chart._up[0].pixels(191.5))]
    text = QColor(LIGHT.text).lightness()
    ring = picture(plot)[at[1] - 7 : at[1] + 8, at[0] - 7 : at[0] + 8]
    assert (ring.max(axis=2) < text + 90).sum() > 8


def test_runs_underneath_are_drawn_and_named(plot: LossPlot) -> None:
    before = picture(plot)
    losses = np.column_stack([np.linspace(198, 192, 20), np.linspace(188, 182, 20), np.full(20, 10.0)])
    plot.set_references([Reference("an earlier run", np.arange(1, 21), 5.0, losses)])
    after = picture(plot)
    assert "an earlier run" in [text for _, text, _ in plot._chart.legend.entries]
    panel = plot._chart.upper.toRect()
    inside = slice(panel.top() + 2, panel.bottom()), slice(panel.left() + 2, panel.right())
    assert (before[inside] != after[inside]).any()


@pytest.mark.parametrize(("by_epoch", "least"), [(False, 100), (True, 20)])
def test_without_a_training_the_runs_underneath_are_in_view_whole(plot: LossPlot, by_epoch: bool, least: float) -> None:
    plot.clear(1)
    plot.set_references([Reference("an earlier run", np.arange(1, 21), 5.0, np.ones((20, 3)))])
    plot.set_look(by_epoch=by_epoch)
    plot.repaint()
    assert least <= plot._chart.across.high <= 1.25 * least


def test_a_loss_that_is_not_to_be_compared_is_left_out(plot: LossPlot) -> None:
    losses = np.column_stack([np.full(20, np.nan), np.linspace(188, 182, 20), np.full(20, 10.0)])
    plot.set_references([Reference("another beta", np.arange(1, 21), 5.0, losses)])
    plot.repaint()
    assert np.isfinite([plot._chart._up[0].low, plot._chart._up[0].high]).all()


def test_hovering_reads_the_batch_there(plot: LossPlot) -> None:
    text = hover(plot, 50)
    step = int(text.split()[3].rstrip())
    assert text.startswith("epoch 1, step ")
    assert step == pytest.approx(50, abs=1)
    assert text.splitlines()[1:] == [f"loss {200 - step / 10:.1f}", f"reconstruction {190 - step / 10:.1f}", "KL 10.0"]


def test_hovering_at_an_epochs_end_reads_its_validation_too(plot: LossPlot) -> None:
    text = hover(plot, 100)
    assert "end of epoch 1" in text
    assert "validation 191.5, 181.5, 10" in text


def test_hovering_over_many_steps_reads_their_mean_and_extremes(plot: LossPlot) -> None:
    plot.add_batches(*some_losses(101, 9900))
    plot.set_look()
    plot.repaint()
    pointed = plot._chart.across.value(round(float(plot._chart.across.pixels(5000.0))))
    index = int(np.searchsorted(plot._chart.batches.last, pointed))
    bucket = plot._chart.batches[index : index + 1]
    text = hover(plot, 5000.0)
    assert f"steps {bucket.first[0]:,} to {bucket.last[0]:,}" in text
    assert f"loss {bucket.mean[0, 0]:.1f}  ({bucket.low[0, 0]:.1f} to {bucket.high[0, 0]:.1f})" in text


def test_hovering_draws_no_curve_again(plot: LossPlot) -> None:
    drawn = plot._picture
    for step in range(10, 90, 10):
        hover(plot, step)
        QApplication.processEvents()
    assert plot._picture is drawn


def test_the_card_goes_when_the_pointer_leaves(plot: LossPlot) -> None:
    hover(plot, 50)
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert not plot._card.isVisible()
    assert not plot._line.isVisible()


def test_clearing_forgets_the_last_training(plot: LossPlot) -> None:
    plot.clear(10)
    assert plot.best is None
    assert not plot.records
    assert not len(plot._batches.whole)


def with_outlier(plot: LossPlot) -> None:
    """Add steps of which the first is far off."""
    plot.clear(100)
    steps, losses = some_losses(1, 900)
    losses[0] += 1000
    plot.add_batches(steps, losses)
    plot.set_look()
    plot.repaint()


def test_what_is_cut_off_is_said_and_one_click_shows_it(plot: LossPlot) -> None:
    plot.clear(100)
    plot.add_batches(*some_losses(1, 900))
    plot.set_look()
    plot.repaint()
    assert not plot.cut_off.isVisible()
    with_outlier(plot)
    assert plot.cut_off.isVisible()
    assert "up to 1,200 nats" in plot.cut_off.text()
    assert plot._chart._up[0].high < 300
    plot.cut_off.click()
    plot.repaint()
    assert plot._chart._up[0].high > 1199
    plot.cut_off.click()
    plot.repaint()
    assert plot._chart._up[0].high < 300


def test_the_label_of_the_best_epoch_covers_no_curve(plot: LossPlot) -> None:
    plot.clear(100)
    plot.add_batches(*some_losses(1, 900))
    for number in range(1, 10):
        plot.add_epoch(epoch(number, 200 - 10 * number))
    plot.set_look()
    plot.repaint()
    before = picture(plot)
    label = plot._chart._labels[1]
    plot.best = None
    plot.set_look()
    after = picture(plot)
    inside = slice(round(label.top()), round(label.bottom())), slice(round(label.left()), round(label.right()))
    ground = QColor(LIGHT.base)
    grid = (np.abs(after[inside].astype(int) - [ground.red(), ground.green(), ground.blue()]).max(axis=2) > 30).sum()
    assert grid == 0  # nothing was there but the ground and pale lines
    assert (before[inside] != after[inside]).any()


def test_a_run_whose_batches_are_not_known_is_drawn_by_its_epochs(plot: LossPlot) -> None:
    plot.show_history(100, [epoch(number, 200 - number) for number in range(1, 9)], 0, ())
    plot.repaint()
    assert plot._chart.across.high >= 800
    assert "batches" not in [text for _, text, _ in plot._chart.legend.entries]
    text = hover(plot, 400)
    assert text.startswith("end of epoch 4")
    assert "validation 196.0" in text


def test_each_compared_run_has_one_colour_and_dashes_for_its_reconstruction_loss(plot: LossPlot) -> None:
    losses = np.column_stack([np.linspace(198, 192, 20), np.linspace(188, 182, 20), np.full(20, 10.0)])
    plot.set_references([Reference("another", np.arange(1, 21), 5.0, losses)])
    plot.repaint()
    pens = {text: pen for _, text, pen in plot._chart.legend.entries}
    assert list(pens)[:2] == ["this run", "another"]
    assert pens["reconstruction"].style() == Qt.PenStyle.DashLine
    assert not coloured(plot, LOSSES[1]).any()
    assert coloured(plot, pens["another"].color().name()).sum() > 100


def test_a_text_stands_in_the_place_of_losses(plot: LossPlot) -> None:
    plot.clear(1)
    plot.set_empty("")
    before = picture(plot)
    plot.set_empty("Nothing is known.")
    assert (picture(plot) != before).any()
    assert not plot.cut_off.isVisible()
