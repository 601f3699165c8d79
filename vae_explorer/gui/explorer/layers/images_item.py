"""Decoded images that fill the view of a plot, decoded and drawn in a separate thread."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter

from vae_explorer.array_types import Words
from vae_explorer.exploring.image_cells import ImageSource
from vae_explorer.exploring.image_map import PAD, Drawing, ImageMap
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.view_item import ViewItem
from vae_explorer.latent.cells import Area
from vae_explorer.latent.raster import View


class _Picture:
    """A drawing as images that are painted fast."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.image = _to_qimage(drawing.pixels)
        self.coarse = None if drawing.coarse is None else _to_qimage(drawing.coarse)


def _to_qimage(words: Words) -> QImage:
    height, width = words.shape
    kind = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(words.data, width, height, 4 * width, kind).copy()


class ImagesItem(ViewItem):
    """Asks for one step of an `ImageMap` at a time, as long as the images of the present view are not complete.

    While new images come, the last complete drawing is shown below them, moved and scaled to fit the view. A drawing
    that has been begun is completed before the next source's, so that the map also follows a fast replay.
    """

    errored = Signal(str)
    filled = Signal(object)  # Drawing in which the view is whole

    def __init__(self) -> None:
        super().__init__()
        self._map = ImageMap()
        self._source: ImageSource | None = None
        self._side = 0
        self.point = 0.0, 0.0  # the images nearest to it come first
        self._view: View | None = None
        self._newest: _Picture | None = None
        self._whole: _Picture | None = None  # the newest one in which the view was whole
        self._first_generation = 0  # answers of earlier generations belong to another run
        self._asked = 0  # generation of the request that is not answered yet; 0: there is none
        self._failed: ImageSource | None = None
        self._worker = LatestWorker(_pictures(self._map), "decoding the images of the map", gives_way=True)
        self._worker.answered.connect(self._show)
        self._worker.errored.connect(self._fail)

    @property
    def complete(self) -> bool:
        """Whether the newest drawing has all images of the present source in the present view."""
        return self._newest is not None and self._is_current(self._newest.drawing) and self._newest.drawing.done

    @property
    def drawing(self) -> Drawing | None:
        """The newest drawing; None: there is none yet."""
        return None if self._newest is None else self._newest.drawing

    def show_source(self, source: ImageSource, point: tuple[float, float]) -> None:
        """Show images of this source, those nearest to a point of the plane first."""
        before, self._source, self.point = self._source, source, point
        if source is not before:  # a drag of the handle alone draws nothing anew
            self.update()

    def use_side(self, side: int) -> None:
        """side: of an image on the screen, about, in pixels."""
        if side != self._side:
            self._side = side
            self.update()

    def forget(self) -> None:
        """Show no image that was decoded before."""
        self._newest = self._whole = None
        self._first_generation = self._worker.newest + 1
        self.update()

    def free(self) -> None:
        """Forget all images, also those that were decoded beyond the view."""
        self.forget()
        self._map.forget()

    def end(self) -> None:
        self._worker.end()

    def paint(self, painter: QPainter, *_: object) -> None:
        box, widget = self.getViewBox(), self.getViewWidget()
        rect = widget.viewportTransform().mapRect(box.mapRectToScene(box.rect()))
        ratio = painter.device().devicePixelRatioF()
        (left, right), (low, high) = box.viewRange()
        size = max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio))
        self._view = View(left, right, low, high, *size, ratio)
        self._ask()
        painter.resetTransform()
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        newest, whole = self._newest, self._whole
        if newest is not None and newest.coarse is not None:
            self._paint(painter, rect, newest.drawing, newest.coarse)
        if whole is not None and whole is not newest:
            self._paint(painter, rect, whole.drawing, whole.image)
        if newest is not None:
            self._paint(painter, rect, newest.drawing, newest.image)

    def _paint(self, painter: QPainter, rect: QRectF, drawing: Drawing, image: QImage) -> None:
        view, area = self._view, drawing.area
        assert view is not None
        across, up = rect.width() / (view.right - view.left), rect.height() / (view.high - view.low)
        corner = QPointF(rect.left() + (area.left - view.left) * across, rect.top() + (view.high - area.high) * up)
        if _same_scale(drawing.view, view):
            ratio = view.ratio
            corner = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
            image.setDevicePixelRatio(ratio)
            painter.drawImage(corner, image)
            return
        size = QSizeF((area.right - area.left) * across, (area.high - area.low) * up)
        painter.drawImage(QRectF(corner, size), image, QRectF(image.rect()))

    def _ask(self) -> None:
        """Request the next step, unless one is under way or all images are there."""
        source, view = self._source, self._view
        if self._asked or source is None or view is None or source is self._failed or not self._side:
            return
        newest = self._newest
        if newest is not None:
            drawing = newest.drawing
            if self._is_current(drawing) and drawing.done:
                return
            unfinished = not drawing.whole and drawing.source is not source and drawing.source is not self._failed
            if unfinished and drawing.view == view and drawing.side == self._side:
                source = drawing.source
        self._asked = self._worker.request(source, view, self._side, self.point)

    def _is_current(self, drawing: Drawing) -> bool:
        """Whether the drawing is of the present source, and its pixels are right for the present view."""
        view = self._view
        if drawing.source is not self._source or drawing.side != self._side or view is None:
            return False
        if drawing.view == view:
            return True
        seen = Area(view.left, view.right, view.low, view.high)
        return _same_scale(drawing.view, view) and drawing.area.wider(-PAD / 2).contains(seen)

    def _show(self, generation: int, picture: _Picture) -> None:
        self._asked = 0
        if generation >= self._first_generation:
            self._newest = picture
            if picture.drawing.whole:
                self._whole = picture
                self.filled.emit(picture.drawing)
        self.update()

    def _fail(self, text: str) -> None:
        self._asked, self._failed = 0, self._source
        self.errored.emit(text)


def _pictures(image_map: ImageMap) -> Callable[..., _Picture]:
    return lambda *wanted: _Picture(image_map.step(*wanted))


def _same_scale(one: View, other: View) -> bool:
    """Whether a pixel is the same length in the plane in both views."""
    if one.ratio != other.ratio:
        return False
    lengths = (one.right - one.left) / one.width, (other.right - other.left) / other.width
    return abs(lengths[0] / lengths[1] - 1) * max(one.width, other.width) < 1 / 4
