"""All points of a map as one cached image in a pyqtgraph plot."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from vae_explorer.array_types import Bytes, Floats, Ints
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.picture_item import DrawnItem
from vae_explorer.latent.raster import COARSE, Points, View, arrange, draw


@dataclass(frozen=True, slots=True, eq=False)
class _Cloud:
    """The points to draw."""

    plane: Floats  # (N, 2)
    style: Ints  # (N,)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """How each style is drawn."""

    rgb: Bytes  # (S, 3)
    opacity: Floats  # (S,)
    ring: Bytes | None  # (3,), colour of the rings; None: there are none


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
    cloud: _Cloud
    look: _Look
    view: View
    coarse: bool
    image: QImage


class PointsItem(DrawnItem):
    """Draws points with `raster` in a separate thread, only when the view, the points or their look change.

    Until a new drawing is ready, the last one is shown, moved and scaled to fit the view.
    """

    def __init__(self) -> None:
        super().__init__()
        self._cloud = _Cloud(np.empty((0, 2), np.float32), np.empty(0, np.int32))
        self._look = _Look(np.empty((0, 3), np.uint8), np.empty(0, np.float32), None)
        self._count_of = np.zeros(0, np.int64)  # number of points of each style
        self._drawing: _Drawing | None = None
        self._asked: tuple[object, ...] = ()
        self._worker = LatestWorker(_Draughtsman(), "drawing the points")
        self._worker.answered.connect(self._show)

    def set_points(
        self,
        plane: Floats,
        style: Ints,
        rgb: Bytes,
        opacity: Floats,
        ring: Bytes | None = None,
    ) -> None:
        """plane: (N, 2) in plot coordinates; style: (N,), row index into rgb (S, 3) and opacity (S,) in [0, 1).

        ring: (3,), colour of a ring around each point; None: there are none. Points of opacity 0 are left out. If plane
        and style are the same objects as before, only the look changes.
        """
        if plane is not self._cloud.plane or style is not self._cloud.style:
            self._cloud = _Cloud(plane, style)
            self._count_of = np.bincount(style, minlength=len(opacity))
        self._look = _Look(rgb, opacity, ring)
        self.update()

    @property
    def count(self) -> int:
        """Number of points drawn, inside and outside the view."""
        return int(self._count_of[: len(self._look.opacity)][self._look.opacity > 0].sum())

    @property
    def exact(self) -> bool:
        """Whether the drawing shown has all current points in the current view."""
        drawing = self._drawing
        return drawing is not None and not drawing.coarse and self._is_current(drawing)

    def end(self) -> None:
        """Stop drawing."""
        self._worker.end()

    def _ask(self) -> None:
        """Request the current drawing, unless it is ready or already requested."""
        many = len(self._cloud.plane) > COARSE or (self._view is not None and self._view.coarser() != self._view)
        coarse = self._still.isActive() and many
        wanted = self._cloud, self._look, self._view, coarse
        there = self._drawing is not None and self._is_current(self._drawing) and self._drawing.coarse <= coarse
        if not there and wanted != self._asked:
            self._asked = wanted
            self._worker.request(*wanted)

    def _is_current(self, drawing: _Drawing) -> bool:
        return (drawing.cloud, drawing.look, drawing.view) == (self._cloud, self._look, self._view)

    def _show(self, _generation: int, drawing: _Drawing) -> None:
        self._drawing = drawing
        self.show_picture(drawing.image, drawing.view.coarser() if drawing.coarse else drawing.view)


class _Draughtsman:
    """Draws in the worker's thread, and keeps the arranged points for the next drawing."""

    def __init__(self) -> None:
        self._cloud: _Cloud | None = None
        self._points: Points

    def __call__(self, cloud: _Cloud, look: _Look, view: View, coarse: bool) -> _Drawing:
        if cloud is not self._cloud:
            self._points, self._cloud = arrange(cloud.plane, cloud.style), cloud
        pixels = draw(self._points, look.rgb, look.opacity, view.coarser() if coarse else view, coarse, look.ring)
        height, width, _ = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied)
        image = image.convertToFormat(
            QImage.Format.Format_ARGB32_Premultiplied
        )  # a copy, in the format that is painted fastest
        image.setDevicePixelRatio(view.ratio)
        return _Drawing(cloud, look, view, coarse, image)
