"""What the model in training makes of its held-out sample: reconstructions and a small latent map."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vae_explorer.gui.decoded_image import to_qimage
from vae_explorer.gui.points_item import PointsItem
from vae_explorer.gui.theme import LIGHT, Theme
from vae_explorer.latent import to_plane
from vae_explorer.palette import as_rgb, class_colours

OPACITY = 0.8  # of a point


class _Strip(QWidget):
    """Originals in a row, their reconstructions below."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("reconstructionStrip")
        self.setAccessibleName("Held-out originals above their reconstructions")
        self._rows: list[NDArray[np.uint8]] = []

    def show_rows(self, rows: list[NDArray[np.uint8]]) -> None:
        """rows: each (n, H, W, C) uint8."""
        self._rows = rows
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        count, height, width, channels = self._rows[0].shape
        sheet = np.concatenate(
            [row.transpose(1, 0, 2, 3).reshape(height, count * width, channels) for row in self._rows]
        )
        ratio = self.devicePixelRatioF()
        factor = min(self.width() * ratio / sheet.shape[1], self.height() * ratio / sheet.shape[0])
        factor = max(1.0, float(int(factor))) / ratio
        QPainter(self).drawImage(
            QRect(0, 0, round(sheet.shape[1] * factor), round(sheet.shape[0] * factor)), to_qimage(sheet)
        )


class TrainingPreview(QWidget):
    """Empty until a training shows something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._z_mean = np.empty((0, 2), np.float32)
        self._labels = np.empty(0, np.int32)
        self._classes = 0
        self._originals: NDArray[np.uint8] | None = None
        self._strip = _Strip()
        self._map: pg.PlotWidget | None = None
        left = QVBoxLayout()
        left.addWidget(self._caption("Held-out originals over reconstructions"))
        left.addWidget(self._strip, 1)
        self._right = QVBoxLayout()
        self._right.addWidget(self._caption("Codes of the held-out sample now"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(left, 1)
        layout.addLayout(self._right)

    def showEvent(self, event: QShowEvent) -> None:
        """The map is built when it is first seen: the launch is the quicker for it."""
        super().showEvent(event)
        if self._map is None:
            self._build_map()
            self.set_theme(self._theme)
            self._fit()

    def _build_map(self) -> None:
        self._map = pg.PlotWidget(enableMenu=False)
        self._map.setAccessibleName("Latent codes of the held-out sample")
        plot = self._map.getPlotItem()
        plot.setAspectLocked(True)
        for name in ("bottom", "left"):
            plot.getAxis(name).enableAutoSIPrefix(False)
        plot.hideButtons()
        plot.getViewBox().setMouseEnabled(x=False, y=False)
        plot.setRange(xRange=(-3, 3), yRange=(-3, 3))
        self._points = PointsItem()
        self._map.addItem(self._points, ignoreBounds=True)
        self._map.setFixedWidth(270)
        self._right.addWidget(self._map, 1)

    def start(self, originals: NDArray[np.uint8], labels: NDArray[np.int32], classes: int) -> None:
        """originals: (n, H, W, C); labels: (M,), -1: none."""
        self._originals, self._labels, self._classes = originals, labels, classes

    def show_preview(self, z_mean: NDArray[np.float32], reconstructions: NDArray[np.uint8]) -> None:
        """z_mean: (M, latent_dim); reconstructions: (n, H, W, C)."""
        if self._originals is not None:
            self._strip.show_rows([self._originals, reconstructions])
        self._z_mean = to_plane(z_mean)
        self._fit()
        self._colour()

    def end(self) -> None:
        """Draw no more points."""
        if self._map is not None:
            self._points.end()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._map is None:
            return
        self._map.setBackground(theme.base)
        for name in ("left", "bottom"):
            self._map.getAxis(name).setPen(theme.line)
            self._map.getAxis(name).setTextPen(theme.muted)
        self._colour()

    def _fit(self) -> None:
        if self._map is not None and len(self._z_mean):
            low, high = np.percentile(self._z_mean, [1, 99], axis=0)
            self._map.getPlotItem().setRange(xRange=(low[0], high[0]), yRange=(low[1], high[1]), padding=0.1)

    def _colour(self) -> None:
        if self._map is not None and len(self._z_mean) == len(self._labels):
            colours = class_colours(self._classes, self._theme.dark)
            rgb = as_rgb([colours[0] if len(colours) == 1 else self._theme.muted, *colours])
            self._points.set_points(self._z_mean, self._labels + 1, rgb, np.full(len(rgb), OPACITY, np.float32))

    def _caption(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("muted", True)
        label.setAlignment(Qt.AlignmentFlag.AlignLeft)
        return label
