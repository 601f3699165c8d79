"""The losses of a training as it runs: batches as thin lines, epochs as bold ones; hovering shows their values."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from vae_explorer.array_types import Doubles, Longs
from vae_explorer.gui.parts.hover_card import HoverCard
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.gui.training.cut_off import CutOffButton
from vae_explorer.gui.training.loss_chart import COLUMNS, TITLES, Look, LossChart, Losses, Reference
from vae_explorer.gui.training.loss_history import LossHistory
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.segments import best_epoch

REDRAW_PAUSE = 1000  # milliseconds between two drawings, which take time from the training
NEAR = 8  # greatest distance in pixels at which hovering also shows the losses of an epoch
SMALLER = 0.92  # size of the text relative to the window's font


class LossPlot(QWidget):
    """Keeps its drawing as a picture, made when it is visible and remade for new losses once per REDRAW_PAUSE."""

    epochs_changed = Signal(int)  # the number of epochs

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossPlot")
        self.setAccessibleName("Loss plot")
        self.setMinimumSize(320, 200)
        self.setMouseTracking(True)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._redraw)
        self._theme, self.look = LIGHT, Look()
        self._references: Sequence[Reference] = ()
        self._empty = ""
        self._picture: QPixmap | None = None
        self._line = QFrame(self)  # a separate widget: moving it redraws no curve
        self._line.setObjectName("hoverLine")
        self._line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._line.setAutoFillBackground(True)
        self._line.hide()
        self._card = HoverCard(self)
        self.cut_off = CutOffButton(self)
        self.cut_off.toggled.connect(lambda on: self.set_look(whole=on))
        self.clear(1)

    def clear(self, steps_per_epoch: int, first_comparable: int = 0, seams: tuple[int, ...] = ()) -> None:
        """Forget the last training and prepare for one with `steps_per_epoch`.

        first_comparable: epochs that cannot be the best; seams: epochs after which it was trained further.
        """
        self.first_comparable, self.seams = first_comparable, seams
        self._steps_per_epoch = steps_per_epoch
        self._batches, self._epochs = LossHistory(len(TITLES)), LossHistory(len(COLUMNS))
        self.records: list[EpochRecord] = []
        self.best: EpochRecord | None = None
        self.epochs_changed.emit(0)
        self._redraw()

    def show_history(
        self, steps_per_epoch: int, history: Sequence[EpochRecord], first_comparable: int, seams: tuple[int, ...]
    ) -> None:
        """Show the epochs of a run whose single batches are not known. See `clear`."""
        self.clear(steps_per_epoch, first_comparable, seams)
        for record in history:
            self.add_epoch(record)
        self._redraw()

    def set_empty(self, text: str) -> None:
        """Show this text while there are no losses."""
        self._empty = text
        self._redraw()

    def add_batches(self, steps: Longs, losses: Doubles) -> None:
        """steps: (n,); losses: (n, 3): loss, reconstruction loss, KL."""
        self._batches.add(steps, losses)
        self._redraw_soon()

    def add_epoch(self, record: EpochRecord, best: EpochRecord | None = None) -> None:
        """best: the best epoch so far; None: the one with the least validation loss that can be the best."""
        self.records.append(record)
        self._epochs.add(
            np.array([record.epoch * self._steps_per_epoch]), np.array([[getattr(record, name) for name in COLUMNS]])
        )
        known = [other for other in (self.best, record) if other and other.epoch > self.first_comparable]
        self.best = best or best_epoch(known, 0)
        self.epochs_changed.emit(len(self.records))
        self._redraw_soon()

    def set_look(self, **changes: object) -> None:
        """Change how the losses are shown: see `Look`."""
        self.look = replace(self.look, **changes)  # type: ignore[arg-type]
        self._redraw()

    def set_references(self, references: Sequence[Reference]) -> None:
        """Draw the losses of earlier runs under those of the training."""
        self._references = references
        self._redraw()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        palette = self._line.palette()
        palette.setColor(self._line.backgroundRole(), theme.muted)
        self._line.setPalette(palette)
        self._redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    def _redraw_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start(REDRAW_PAUSE)

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        QPainter(self).drawPixmap(0, 0, self._picture)

    def _drawn(self) -> QPixmap:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * SMALLER)
        losses = Losses(self._steps_per_epoch, self._batches, self._epochs, self.best, self._references, self.seams)
        size = QSizeF(self.size())
        self._chart = LossChart(losses, self.look, self._theme, size, QFontMetricsF(font))
        ratio = self.devicePixelRatioF()
        picture = QPixmap((size * ratio).toSize())
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._theme.base)
        painter = QPainter(picture)
        painter.setFont(font)
        if len(self._batches.whole) or self.records or self._references:
            self._chart.draw(painter)
            self.cut_off.follow(self._chart)
        else:
            self.cut_off.hide()
            painter.setPen(self._theme.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._empty)
        painter.end()
        return picture

    # Reading values

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._read(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        self._line.hide()
        self._card.hide()

    def _read(self, pointer: QPoint) -> None:
        """Show the values at the step under the pointer."""
        if self._picture is None or not (len(self._batches.whole) or self.records):
            return
        chart = self._chart
        lines: list[str] = []
        if chart.upper.left() <= pointer.x() <= chart.upper.right():
            step = chart.across.value(pointer.x()) * chart.unit
            lines = [*self._batch_at(step), *self._epoch_at(step)]
        self._line.setVisible(bool(lines))
        self._card.setVisible(bool(lines))
        if lines:
            top = round(chart.upper.top())
            self._line.setGeometry(pointer.x(), top, 1, round(chart.lower.bottom()) - top)
            self._card.show_at(pointer, "\n".join(lines), None)

    def _batch_at(self, step: float) -> list[str]:
        """The losses of the batches at a step, a line each; none if single batches are not known."""
        batches = self._chart.batches
        if not len(batches):
            return []
        index = min(int(np.searchsorted(batches.last, step)), len(batches) - 1)
        bucket = batches[index : index + 1]
        first, last = int(bucket.first[0]), int(bucket.last[0])
        epoch = (last - 1) // self._steps_per_epoch + 1
        steps = f"step {first:,}" if first == last else f"steps {first:,} to {last:,}, their mean (least to most)"
        lines = [f"epoch {epoch}, {steps}"]
        for title, mean, low, high in zip(TITLES, bucket.mean[0], bucket.low[0], bucket.high[0], strict=True):
            span = "" if first == last else f"  ({figure(low)} to {figure(high)})"
            lines.append(f"{title} {figure(mean)}{span}")
        return lines

    def _epoch_at(self, step: float) -> list[str]:
        """The losses of the epoch that ends at a step; without single batches, of the epoch that ends nearest to it."""
        chart = self._chart
        if not len(chart.epochs):
            return []
        ends = chart.epochs.middle
        nearest = int(np.abs(ends - step).argmin())
        here, there = chart.across.pixels([step / chart.unit, ends[nearest] / chart.unit])
        if abs(here - there) > NEAR and len(chart.batches):
            return []
        means = [figure(mean) for mean in chart.epochs.mean[nearest]]
        return [
            f"end of epoch {int(ends[nearest]) // self._steps_per_epoch}: loss, reconstruction, KL",
            f"  training {', '.join(means[:3])}",
            f"  validation {', '.join(means[3:])}",
            f"  validation, negative ELBO {figure(chart.epochs.mean[nearest, 4:].sum())}",
        ]


def figure(value: float) -> str:
    """A loss as text: three digits, or one decimal from 100 on."""
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:#.3g}"
