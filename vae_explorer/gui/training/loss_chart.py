"""The losses as a picture for the screen: its layout and its drawing.

A QPainter draws it, because pyqtgraph takes three times as long for the same curves, most of it for its axes.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from vae_explorer.array_types import Doubles, Longs
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.gui.training.chart_axis import LEAST, Axis
from vae_explorer.gui.training.free_place import free_place
from vae_explorer.gui.training.loss_history import Buckets, LossHistory
from vae_explorer.gui.training.loss_legend import LossLegend
from vae_explorer.gui.training.loss_range import Extent, extent_of
from vae_explorer.gui.training.point_label import draw_point_label
from vae_explorer.latent.palette import LOSSES, LOSSES_ON_DARK, class_colours
from vae_explorer.run.history import EpochRecord

TITLES = ("loss", "reconstruction", "KL")
LEFT, RIGHT, BELOW, BETWEEN = 68.0, 10.0, 36.0, 12.0  # margins of the panels, pixels
LOWER = 0.28  # share of the height that the KL panel takes
DOTS = 60  # most epochs in view that are drawn with dots
SOLID, DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine
FAINT = 80  # opacity of single batches, 0 to 255
COLUMNS = ("loss", "reconstruction_loss", "kl_loss", "val_loss", "val_reconstruction_loss", "val_kl_loss")


@dataclass(frozen=True, slots=True)
class Look:
    """How a person wants the losses to be shown."""

    log: bool = False
    by_epoch: bool = False
    newest: int | None = None  # the newest steps in view; None: all
    smoothing: int = 0  # percent of the steps in view over which the running mean is taken
    whole: bool = False  # whether the losses of the first steps are in view, which lie far off


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The validation losses of another run, which are drawn under those of the run that is shown."""

    name: str
    epochs: Longs  # (n,)
    steps_per_epoch: float
    losses: Doubles  # (n, 3); NaN: cannot be compared


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """Everything that the chart shows of a training."""

    steps_per_epoch: int
    batches: LossHistory  # of `TITLES`
    epochs: LossHistory  # of `COLUMNS`, at the last steps of the epochs
    best: EpochRecord | None
    references: Sequence[Reference]
    seams: Sequence[int] = ()  # epochs after which it was trained further


class LossChart:
    """Loss and reconstruction above, KL, which is far smaller, below; nats per image over steps or epochs."""

    def __init__(self, losses: Losses, look: Look, theme: Theme, size: QSizeF, metrics: QFontMetricsF) -> None:
        self._losses, self._look, self._theme, self._metrics = losses, look, theme, metrics
        self._colours = LOSSES_ON_DARK if theme.dark else LOSSES
        ten = class_colours(10, theme.dark)
        self._others = [ten[i] for i in (8, 4, 6, 5, 7)] * 3  # for earlier runs: unlike those of the losses
        width = max(40.0, size.width() - LEFT - RIGHT)
        batches = losses.batches.newest(look.newest) if look.newest else losses.batches.whole
        self.batches = batches.fewer(int(width))
        self.legend = LossLegend(self._entries(), LEFT, width, metrics)
        top = self.legend.bottom + 6
        height = max(40.0, size.height() - top - BELOW - BETWEEN)
        self.upper = QRectF(LEFT, top, width, height * (1 - LOWER))
        self.lower = QRectF(LEFT, self.upper.bottom() + BETWEEN, width, height * LOWER)
        self.unit = losses.steps_per_epoch if look.by_epoch else 1
        self._references = [
            (reference, reference.epochs * (1.0 if look.by_epoch else reference.steps_per_epoch))
            for reference in losses.references
        ]
        ends = [buckets.last[-1] for buckets in (batches, losses.epochs.whole) if len(buckets)]
        ends = ends or [x[-1] * self.unit for _, x in self._references]
        last = int(max(ends, default=1))
        first = max(0, last - look.newest) if look.newest else 0
        if not look.newest:  # The range grows by a fifth at a time, so that the axis stands still in between.
            last = round(20 * 1.2 ** math.ceil(math.log(max(20, last) / 20, 1.2)))
        self.across = Axis(first / self.unit, last / self.unit, self.upper.left(), self.upper.right())
        self.epochs = losses.epochs.whole.within(first, last).fewer(int(width))
        self._panel = self.upper  # the panel that is drawn
        self._lines: list[tuple[Doubles, Doubles]] = []  # what is drawn in the upper panel, in pixels
        self._labels: list[QRectF] = []
        in_view = [
            reference.losses[(self.across.low <= x) & (x <= self.across.high)] for reference, x in self._references
        ]
        self.extents = [extent_of(self.batches, self.epochs, in_view, columns) for columns in ((0, 1), (2,))]
        self._up = [self._axis(*both) for both in zip((self.upper, self.lower), self.extents, strict=True)]

    def _axis(self, panel: QRectF, extent: Extent) -> Axis:
        """The vertical axis of a panel."""
        extent = extent.whole if self._look.whole else extent
        low, high = extent.low, extent.high
        if self._look.log and low >= 0:  # losses of a density can be negative
            low, high = max(low, LEAST), max(high, 2 * LEAST)
            room = (max(high / low, 1.01)) ** 0.08
            return Axis(low / room, high * room, panel.bottom(), panel.top(), log=True)
        room = 0.08 * max(high - low, 1e-3)
        return Axis(low - room, high + room, panel.bottom(), panel.top())

    def draw(self, painter: QPainter) -> None:
        """Draw the chart. The background must already have the colour `theme.base`."""
        for panel, up, columns in zip((self.upper, self.lower), self._up, ((0, 1), (2,)), strict=True):
            self._draw_grid(painter, panel, up)
            painter.setClipRect(panel)
            self._panel = panel
            for column in columns:
                self._draw_curves(painter, up, column)
            painter.setClipping(False)
        self._draw_seams(painter)
        self._draw_best(painter)
        self.legend.draw(painter, QColor(self._theme.text))

    def free_place(self, size: QSizeF, near: QPointF) -> QRectF:
        """A place in the upper panel, as near as possible to a point, where a label covers nothing. After `draw`."""
        area = self.upper.adjusted(3, 3, -3, -3)
        place = free_place(self._lines, self._labels, area, size, near)
        self._labels.append(place)
        return place

    def _draw_grid(self, painter: QPainter, panel: QRectF, up: Axis) -> None:
        line, muted = QColor(self._theme.line), QColor(self._theme.muted)
        faint = mixed(self._theme.line, self._theme.base)  # opaque lines are drawn ten times as fast
        text, height = self._metrics, self._metrics.height()
        painter.setPen(muted)
        for pixel, name in up.ticks():
            painter.fillRect(QRectF(panel.left(), round(pixel), panel.width(), 1), faint)
            box = QRectF(0, pixel - height / 2, LEFT - 6, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
        for pixel, name in self.across.ticks(3):
            painter.fillRect(QRectF(round(pixel), panel.top(), 1, panel.height()), faint)
            if panel is self.lower:
                half = text.horizontalAdvance(name) / 2
                left = min(pixel - half, panel.right() + RIGHT - 2 * half)
                painter.drawText(QPointF(left, panel.bottom() + 3 + text.ascent()), name)
        painter.fillRect(QRectF(panel.left(), panel.top(), 1, panel.height()), line)
        painter.fillRect(QRectF(panel.left(), panel.bottom(), panel.width(), 1), line)
        painter.save()
        painter.rotate(-90)
        unit = "KL, nats" if panel is self.lower else "nats per image"
        unit += ", linear" if self._look.log and not up.log else ""
        beside = QRectF(-panel.bottom(), 1, panel.height(), height)
        painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, unit)
        painter.restore()
        if panel is self.lower:
            below = QRectF(panel.left(), panel.bottom() + height + 2, panel.width(), height)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "epoch" if self._look.by_epoch else "step")

    def _draw_curves(self, painter: QPainter, up: Axis, column: int) -> None:
        colour = QColor(self._colours[0 if self._references else column])
        faint = QColor(colour)
        faint.setAlpha(FAINT)
        self._draw_line(painter, QPen(faint, 1), *self._through(self.batches, up, column))
        if self._look.smoothing and len(self.batches):
            x = self.batches.middle / self.unit
            smooth = self.batches.smoothed(max(1, len(x) * self._look.smoothing // 200))[:, column]
            self._draw_line(painter, QPen(colour, 1), x, up.pixels(smooth))
        for (reference, at), other in zip(self._references, self._others, strict=False):
            shown = np.isfinite(reference.losses[:, column])
            pen = QPen(QColor(other), 1.2, DASHED if column == 1 else SOLID)
            self._draw_line(painter, pen, at[shown], up.pixels(reference.losses[shown, column]))
        if self._references:  # dashes tell the parts of the loss of each run, so none are left for the training
            self._draw_epochs(painter, QPen(colour, 2.6, DASHED if column == 1 else SOLID), up, column + 3)
            return
        for shift, width in ((0, 1.6), (3, 2.6)):
            pen = QPen(colour, width, SOLID if shift else DASHED)
            self._draw_epochs(painter, pen, up, column + shift)

    def _draw_epochs(self, painter: QPainter, pen: QPen, up: Axis, column: int) -> None:
        """Draw dots and a smooth line, or for many epochs thin lines: a wide one takes ten times as long."""
        x, y = self._through(self.epochs, up, column)
        if len(self.epochs) > DOTS:
            for shift in (-1, 0, 1) if pen.style() == SOLID else (0,):
                self._draw_line(painter, QPen(pen.color(), 1, pen.style()), x, y + shift)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_line(painter, pen, x, y)
        painter.setPen(QPen(pen.color(), 1.2))
        painter.setBrush(pen.color() if pen.style() == SOLID else QColor(self._theme.base))
        for at in zip(self.across.pixels(x), y, strict=True):
            painter.drawEllipse(QPointF(*at), 2.6, 2.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _through(self, buckets: Buckets, up: Axis, column: int) -> tuple[Doubles, Doubles]:
        """A line through the highest and the lowest value of each bucket, so that no spike is left out.

        The line goes down in one bucket and up in the next: going both ways in each would make it twice as long.
        """
        x = buckets.middle / self.unit
        ends = up.pixels(np.column_stack([buckets.high[:, column], buckets.low[:, column]]))
        if (ends[:, 0] == ends[:, 1]).all():
            return x, ends[:, 0]
        ends[1::2] = ends[1::2, ::-1]
        return np.repeat(x, 2), ends.ravel()

    def _draw_line(self, painter: QPainter, pen: QPen, x: NDArray[np.floating] | Longs, y: Doubles) -> None:
        """Draw a line through points. x: in the unit of the axis; y: in pixels."""
        at = self.across.pixels(x)
        if self._panel is self.upper:
            self._lines.append((at, y))
        if len(x) > 1:
            painter.setPen(pen)
            painter.drawPath(pg.arrayToQPath(at, y))

    def _draw_seams(self, painter: QPainter) -> None:
        """Draw a vertical line at each step where the run was trained further."""
        text = "trained further"
        wide, height = self._metrics.horizontalAdvance(text), self._metrics.height()
        for seam in self._losses.seams:
            step = seam * self._losses.steps_per_epoch / self.unit
            if not self.across.low <= step <= self.across.high:
                continue
            pixel = round(float(self.across.pixels(step)))
            painter.setPen(QPen(QColor(self._theme.muted), 1, Qt.PenStyle.DashDotLine))
            for panel in (self.upper, self.lower):
                painter.drawLine(QPointF(pixel, panel.top()), QPointF(pixel, panel.bottom()))
            left = pixel + 4 if pixel + 4 + wide < self.upper.right() else pixel - 4 - wide
            painter.drawText(QPointF(left, self.lower.top() + height), text)

    def _draw_best(self, painter: QPainter) -> None:
        best = self._losses.best
        if best is None:
            return
        step = best.epoch * self._losses.steps_per_epoch / self.unit
        if not self.across.low <= step <= self.across.high:
            return
        at = QPointF(float(self.across.pixels(step)), float(self._up[0].pixels(best.val_loss)))
        text = f"best {best.val_loss:.1f}, epoch {best.epoch}"
        if abs(best.val_negative_elbo - best.val_loss) >= 0.05:  # beta is not 1
            text += f" (negative ELBO {best.val_negative_elbo:.1f})"
        size = QSizeF(self._metrics.horizontalAdvance(text) + 8, self._metrics.height() + 2)
        self._labels.append(QRectF(at.x() - 6, at.y() - 6, 12, 12))
        label = self.free_place(size, at - QPointF(0, size.height() / 2 + 10))
        if self.upper.contains(at):
            draw_point_label(painter, text, at, label, self._theme.text, self._theme.muted)
        else:  # the curve is cut off there
            painter.setPen(QColor(self._theme.text))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)

    def _entries(self) -> Iterator[tuple[str, QPen]]:
        """The texts of the legend, each with the pen of the line that it names."""
        muted = QColor(self._theme.muted)
        if self._losses.references:
            yield "this run", QPen(QColor(self._colours[0]), 2.6)
            for reference, colour in zip(self._losses.references, self._others, strict=False):
                yield reference.name, QPen(QColor(colour), 1.6)
            yield "validation loss, KL", QPen(muted, 1.6)
            yield "reconstruction", QPen(muted, 1.6, DASHED)
        else:
            for title, colour in zip(TITLES, self._colours, strict=True):
                yield title, QPen(QColor(colour), 2.6)
            yield "validation", QPen(muted, 2.6)
            yield "training", QPen(muted, 1.6, DASHED)
        if len(self.batches):
            yield "smoothed batches" if self._look.smoothing else "batches", QPen(muted, 1)


def mixed(one: str, other: str) -> QColor:
    """The mean of two colours."""
    a, b = QColor(one), QColor(other)
    return QColor((a.red() + b.red()) // 2, (a.green() + b.green()) // 2, (a.blue() + b.blue()) // 2)
