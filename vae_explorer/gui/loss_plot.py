"""The losses of a training as it runs: every batch thin, every epoch bold."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGraphicsItem, QLabel, QVBoxLayout, QWidget

from vae_explorer.gui.grid_lines import GridLines
from vae_explorer.gui.theme import LIGHT, Theme
from vae_explorer.palette import LOSSES, LOSSES_ON_DARK
from vae_explorer.run import EpochRecord

REDRAW_PAUSE = 1000  # milliseconds: drawing takes time from the training
TITLES = ("loss", "reconstruction", "KL")


class LossPlot(QWidget):
    """Loss and reconstruction above, KL, which is far smaller, below; nats per image over steps or epochs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossPlot")
        self.setAccessibleName("Loss plot")
        self._graphics: pg.GraphicsLayoutWidget | None = None
        QVBoxLayout(self).setContentsMargins(0, 0, 0, 0)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._redraw)
        self._theme = LIGHT
        self._log = self._by_epoch = False
        self._hint = QLabel("The losses appear here once training has started.", self)
        self._hint.setProperty("muted", True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.clear(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is built or drawn while the plot is hidden: it takes time from the launch, and from the training."""
        super().showEvent(event)
        if self._graphics is None:
            self._build()
            self.set_theme(self._theme)
            self.set_log(self._log)
        self._redraw()

    def _build(self) -> None:
        self._graphics = pg.GraphicsLayoutWidget()
        self.layout().addWidget(self._graphics)
        self._hint.raise_()
        self._upper, self._lower = (self._graphics.addPlot(row, 0, enableMenu=False) for row in (0, 1))
        self._graphics.ci.layout.setRowStretchFactor(0, 5)
        self._graphics.ci.layout.setRowStretchFactor(1, 2)
        self._graphics.ci.setSpacing(0)
        self._lower.setXLink(self._upper)
        self._upper.setLabel("left", "nats per image")
        self._lower.setLabel("left", "KL, nats")
        self._legend = self._upper.addLegend(offset=(-12, 8))
        self._grid = {plot: GridLines() for plot in (self._upper, self._lower)}
        plots = (self._upper, self._upper, self._lower)
        for plot in (self._upper, self._lower):
            plot.hideButtons()
            plot.addItem(self._grid[plot], ignoreBounds=True)
            plot.getAxis("left").setWidth(62)
            for name in ("left", "bottom"):
                plot.getAxis(name).enableAutoSIPrefix(False)
                plot.getAxis(name).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            plot.getViewBox().setMouseEnabled(x=False, y=False)
        self._upper.getAxis("bottom").setStyle(showValues=False)
        self._batches = [plot.plot() for plot in plots]
        self._training = [plot.plot(symbol="o", symbolSize=5) for plot in plots]
        self._validation = [plot.plot(symbol="o", symbolSize=6) for plot in plots]
        self._best = pg.TextItem(anchor=(0.5, 1.15))
        self._upper.addItem(self._best, ignoreBounds=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint.setGeometry(self.rect())

    def clear(self, steps_per_epoch: int) -> None:
        """Forget the last training; the next one has so many steps an epoch."""
        self._steps_per_epoch, self._steps_shown = steps_per_epoch, 0
        self._steps, self._losses = np.empty(0), np.empty((0, 3))
        self._records: list[EpochRecord] = []
        self._redraw()

    def add_batches(self, steps: NDArray[np.int64], losses: NDArray[np.float64]) -> None:
        """steps: (n,); losses: (n, 3): loss, reconstruction loss, KL."""
        self._steps = np.concatenate([self._steps, steps])
        self._losses = np.concatenate([self._losses, losses])
        if not self._soon.isActive():
            self._soon.start(REDRAW_PAUSE)

    def add_epoch(self, record: EpochRecord) -> None:
        self._records.append(record)
        if not self._soon.isActive():
            self._soon.start(REDRAW_PAUSE)

    def set_log(self, on: bool) -> None:
        self._log = on
        if self._graphics is not None:
            for plot in (self._upper, self._lower):
                plot.setLogMode(y=on)
            self._redraw()

    def set_by_epoch(self, on: bool) -> None:
        self._by_epoch = on
        self._redraw()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._graphics is None:
            return
        self._graphics.setBackground(theme.base)
        for plot, grid in self._grid.items():
            grid.theme = theme
            for name in ("left", "bottom"):
                axis = plot.getAxis(name)
                axis.setPen(theme.line)
                axis.setTextPen(theme.muted)
        colours = LOSSES_ON_DARK if theme.dark else LOSSES
        self._legend.clear()
        self._legend.setLabelTextColor(theme.text)
        for title, colour, batches, training, validation in zip(
            TITLES, colours, self._batches, self._training, self._validation, strict=True
        ):
            thin = QColor(colour)
            thin.setAlpha(90)
            batches.setPen(pg.mkPen(thin, width=1))
            training.setPen(pg.mkPen(colour, width=1.6, style=Qt.PenStyle.DashLine))
            validation.setPen(pg.mkPen(colour, width=2.6))
            for curve, filled in ((training, False), (validation, True)):
                for points in (
                    curve.setSymbolPen,
                    curve.scatter.setPen,
                ):  # the legend asks the second, also without data
                    points(pg.mkPen(colour))
                for points in (curve.setSymbolBrush, curve.scatter.setBrush):
                    points(colour if filled else theme.base)
            self._legend.addItem(validation, f"{title}, validation")
            self._legend.addItem(training, f"{title}, training")
        self._best.setColor(theme.text)
        self._best.fill = pg.mkBrush(theme.base)
        self._redraw()

    def _redraw(self) -> None:
        if self._graphics is None or not self.isVisible():
            return
        empty = not len(self._steps)
        if empty is self._hint.isHidden():  # axes are drawn again for each setting, even for one that they have
            self._hint.setVisible(empty)
            self._legend.setVisible(not empty)
            for axis in (self._upper.getAxis("left"), self._lower.getAxis("left"), self._lower.getAxis("bottom")):
                axis.setStyle(showValues=not empty)
        scale = 1 / self._steps_per_epoch if self._by_epoch else 1.0
        unit = "epoch" if self._by_epoch else "step"
        if self._lower.getAxis("bottom").labelText != unit:
            self._lower.setLabel("bottom", unit)
        at = np.array([record.epoch for record in self._records]) * self._steps_per_epoch * scale
        for i, name in enumerate(("loss", "reconstruction_loss", "kl_loss")):
            self._batches[i].setData(self._steps * scale, self._losses[:, i])
            self._training[i].setData(at, np.array([getattr(record, name) for record in self._records]))
            self._validation[i].setData(at, np.array([getattr(record, f"val_{name}") for record in self._records]))
        self._fit_steps()
        self._upper.setXRange(0, self._steps_shown * scale, padding=0.01)
        self._fit_range(self._upper, slice(0, 2), ("loss", "reconstruction_loss"))
        self._fit_range(self._lower, slice(2, 3), ("kl_loss",))
        self._mark_best(scale)

    def _fit_steps(self) -> None:
        """Steps in view grow by a fifth at a time: axes that stand still are not drawn again."""
        steps = int(self._steps[-1]) if len(self._steps) else 1
        if not steps <= self._steps_shown <= 2 * steps:
            self._steps_shown = max(20, steps * 6 // 5)

    def _fit_range(self, plot: pg.PlotItem, columns: slice, names: tuple[str, ...]) -> None:
        """Outliers, most of them in the first steps, are left out of the range, not out of the curves."""
        values = self._losses[:, columns]
        values = values[len(values) // 20 :].ravel()
        if not len(values):
            return
        low, high = np.percentile(values, [0.5, 98])
        shown = [
            getattr(record, prefix + name) for record in self._records[1:] for name in names for prefix in ("", "val_")
        ]
        low, high = min([low, *shown]), max([high, *shown])
        if self._log:
            low, high = np.log10(max(low, 1e-3)), np.log10(max(high, 2e-3))
        bottom, top = plot.viewRange()[1]
        spread = max(high - low, 1e-3)
        inside = bottom < low and high < top and top - bottom < 1.5 * spread
        if not inside:
            plot.setYRange(low - 0.1 * spread, high + 0.12 * spread, padding=0)

    def _mark_best(self, scale: float) -> None:
        self._best.setVisible(bool(self._records))
        if self._records:
            best = min(self._records, key=lambda record: record.val_loss)
            self._best.setText(f"best {best.val_loss:.1f}")
            height = np.log10(best.val_loss) if self._log else best.val_loss
            self._best.setPos(best.epoch * self._steps_per_epoch * scale, height)
