"""A preview of the model in training: reconstructions, KL of each dimension, a small latent map and a decoded grid."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from vae_explorer.array_types import Bytes, Ints
from vae_explorer.gui.parts.points_item import PointsItem
from vae_explorer.gui.parts.sheet_view import SheetView
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.gui.training.kl_bars import KLBars
from vae_explorer.latent.collapse import collapse_note
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.latent.plane import to_plane
from vae_explorer.training.events import Preview

OPACITY = 0.8  # of a point, 0 to 1


class TrainingPreview(QWidget):
    """Shows previews of a training; it is empty until the first one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._z_mean = np.empty((0, 2), np.float32)
        self._labels = np.empty(0, np.int32)
        self._classes = 0
        self._originals: Bytes | None = None
        self.strip = SheetView("reconstructionStrip", "Held-out originals above their reconstructions", QSize(240, 48))
        self.bars = KLBars()
        self.collapsed = QLabel()
        self.collapsed.setObjectName("collapseNote")
        self.collapsed.setWordWrap(True)
        self.collapsed.hide()
        self.grid = SheetView(
            "decodedGrid", "Images decoded over the latent plane", QSize(160, 160)
        )  # room for the note beside
        self._map: pg.PlotWidget | None = None
        left, middle, self._right = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        for column, title, view, share in (
            (left, "Held-out, reconstructed", self.strip, 3),
            (left, "KL by latent dimension, nats", self.bars, 2),
            (middle, "Decoded grid", self.grid, 1),
        ):
            column.addWidget(self._caption(title))
            column.addWidget(view, share)
        left.addWidget(self.collapsed)
        self._right.addWidget(self._caption("Held-out latent codes"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for column, share in ((left, 3), (middle, 2), (self._right, 2)):
            column.setSpacing(4)
            layout.addLayout(column, share)

    def showEvent(self, event: QShowEvent) -> None:
        """Build the map when it is first shown, which makes the launch quicker."""
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
        self._map.setMinimumSize(150, 150)
        self._map.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._right.addWidget(self._map, 1)

    def start(self, originals: Bytes, labels: Ints, classes: int) -> None:
        """originals: (n, H, W, C); labels: (M,), -1: none."""
        self._originals, self._labels, self._classes = originals, labels, classes

    def clear(self) -> None:
        """Show nothing until the next preview."""
        self._originals = None
        self.strip.clear()
        self.grid.clear()
        self.bars.show_kl(np.empty(0, np.float32))
        self.collapsed.hide()
        self._z_mean, self._labels = np.empty((0, 2), np.float32), np.empty(0, np.int32)
        self._colour()

    def show_preview(self, preview: Preview, trained: bool) -> None:
        """trained: whether an epoch is over; in the first one, no dimension can be said to have collapsed."""
        if self._originals is not None:
            self.strip.show_images(np.stack([self._originals, preview.reconstructions]))
        self.grid.show_images(preview.grid)
        self.bars.show_kl(preview.dimensions.kl if len(preview.z_mean) else np.empty(0, np.float32))
        note = collapse_note(preview.dimensions.active) if trained else ""
        self.collapsed.setText(note)
        self.collapsed.setVisible(bool(note))
        self._z_mean = to_plane(preview.z_mean)
        self._fit()
        self._colour()

    def end(self) -> None:
        """Draw no more points."""
        if self._map is not None:
            self._points.end()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.bars.set_theme(theme)
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
