"""The point under the pointer on the map, and the card beside it."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from vae_explorer.data.dataset import SPLITS
from vae_explorer.exploring.colouring import Colouring, value_text
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.points import PointsLayer
from vae_explorer.gui.parts.hover_card import HoverCard
from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.view import LatentView

RADIUS = 5  # pixels, of the ring
PICK_RADIUS = 6  # pixels, maximum distance of the pointer from a point that it selects


class RingItem(MovingItem):
    """A ring around the point that is under the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self.point = (0.0, 0.0)
        self.theme = LIGHT
        self.setZValue(11)
        self.hide()

    def region(self) -> QRegion:
        return self.around(QRectF(*self.point, 0, 0), RADIUS + 2)

    def paint(self, painter: QPainter, *_: object) -> None:
        centre = painter.worldTransform().map(QPointF(*self.point))
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.text), 1.5))
        painter.drawEllipse(centre, RADIUS, RADIUS)


class Hover:
    """Finds the point under the pointer, rings it, and shows its image, class, coordinates and name."""

    def __init__(self, view: "LatentView", points: PointsLayer) -> None:
        self._view, self._points = view, points
        self._subject: Subject | None = None
        self._card = HoverCard(view.viewport())
        self.ring = RingItem()

    def show_subject(self, subject: Subject) -> None:
        """Use the points of this subject from now on."""
        self._subject = subject
        self.leave()

    def row_at(self, position: QPointF, wait: bool = True) -> int | None:
        """The row of the point at a position in the view. With wait=False, None if a search would take too long."""
        (left, right), _ = self._view.viewRange()
        reach = PICK_RADIUS * (right - left) / max(self._view.getViewBox().width(), 1)
        return self._points.nearest(np.array(self._view.to_plane(position), np.float32), reach, wait)

    def move_to(self, position: QPointF) -> None:
        """Show the point at this position in the view, if there is one."""
        subject, row = self._subject, self.row_at(position, wait=False)
        if subject is None or row is None:
            self.leave()
            return
        image = subject.images[subject.image_of[row]] if subject.image_of[row] >= 0 else None
        self._card.show_at(position.toPoint(), _describe(subject, row, self._points.colouring), image)
        x, y = subject.plane[row].tolist()
        if not self.ring.isVisible() or self.ring.point != (x, y):
            self.ring.point = x, y
            self.ring.show()
            self.ring.moved()
            self._view.hovered.emit(row)

    def leave(self) -> None:
        """Hide the ring and the card."""
        if self.ring.isVisible():
            self.ring.hide()
            self._card.hide()
            self._view.hovered.emit(-1)


def _describe(subject: Subject, row: int, colouring: Colouring | None) -> str:
    """Lines on the point in this row: its value or cluster, class and split, its coordinates, and its image's name."""
    class_name, (across, up) = subject.columns.class_of(row), subject.drawn_in.names
    name = f"class {class_name}, " if class_name else ""
    x, y = subject.plane[row].tolist()
    one = subject.z_mean.shape[1] == 1
    coordinates = f"{across} {x:.3f}" if one else f"{across} {x:.3f}   {up} {y:.3f}"
    first = f"{_colour_text(row, colouring)}{name}{SPLITS[subject.split[row]]}"
    return f"{first}\n{coordinates}\n{subject.name_of(row)}"


def _colour_text(row: int, colouring: Colouring | None) -> str:
    """The value or cluster that the point is coloured by; "" if there is none."""
    if colouring is None:
        return ""
    if colouring.values is not None:
        return f"{colouring.title} {value_text(float(colouring.values[row]), colouring.title)}, "
    if colouring.kind in ("cluster", "group") and colouring.style[row] >= 0:
        return f"{colouring.names[colouring.style[row]]}, "
    return ""
