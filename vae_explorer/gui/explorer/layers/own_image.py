"""Where the encoder puts an image of the person's own: its mean as a diamond, its posterior as ellipses."""

import numpy as np
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from vae_explorer.array_types import Floats
from vae_explorer.exploring.own_image import OwnImage
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.explorer.layers.posterior import EllipsesItem
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.plane import Plane
from vae_explorer.latent.posterior import Ellipse, projected_posterior

SIZE = 6.5  # pixels from the middle of the diamond to its corners
NONE_YET = "There is no own image yet: draw one (Ctrl+D), paste one (Ctrl+V), or drop an image file on the map."


class OwnImageLayer(MapLayer):
    """On as soon as there is such an image. It computes nothing but a projection, and only for a new image or plane."""

    subject_shown = Signal(object)  # Subject

    name = "own"
    title = "Your own image"
    sentence = (
        "A diamond where the encoder puts the image that you drew, pasted or dropped (the mean of q(z|x)), with "
        "ellipses at 1 and 2 standard deviations. The encoder answers for any image, also for one unlike all that it "
        "was trained on: compare image and reconstruction. In more than two dimensions it is projected."
    )

    def __init__(self) -> None:
        self._item = OwnItem()
        super().__init__(self._item)
        self._own: OwnImage | None = None
        self._subject: Subject | None = None
        self._plane: Plane | None = None
        self._offer(NONE_YET)

    def show(self, subject: Subject) -> None:
        self._subject = subject
        self.subject_shown.emit(subject)
        self._draw()

    def go(self, code: Floats, plane: Plane) -> None:
        if self._plane is None or plane.directions is not self._plane.directions:
            self._plane = plane
            self._draw()

    def set_theme(self, theme: Theme) -> None:
        self._item.theme = theme
        self._item.moved()

    def put(self, own: OwnImage | None) -> None:
        """Show this image; None: there is none."""
        self._own = own
        self._draw()

    @property
    def shown(self) -> Floats | None:
        """The latent code (latent_dim,) at which the diamond is drawn; None: there is none."""
        return self._own.z_mean if self._own is not None and self.active and self._item.ellipse is not None else None

    @property
    def ellipse(self) -> Ellipse | None:
        """What is drawn; None: nothing."""
        return self._item.ellipse

    def _draw(self) -> None:
        subject, own, plane = self._subject, self._own, self._plane
        without = subject.why_no_encoder if subject is not None and subject.encoder is None else ""
        self._offer(without or ("" if own is not None else NONE_YET))
        if without or own is None or plane is None or plane.latent_dim != len(own.z_mean):
            self._item.put(None)
            return
        known = own.z_log_var is not None and bool(np.isfinite(own.z_log_var).all())
        log_var = own.z_log_var if known and own.z_log_var is not None else np.full_like(own.z_mean, -np.inf)
        ellipse = projected_posterior(own.z_mean, log_var, plane)
        self._item.put(ellipse if np.isfinite(ellipse.centre).all() else None)


class OwnItem(EllipsesItem):
    """Ellipses, unless their deviations are 0, and the diamond."""

    def paint(self, painter: QPainter, *_: object) -> None:
        if self.ellipse is None:
            return
        to_pixels = painter.worldTransform()
        if self.ellipse.deviations[0] > 0:
            super().paint(painter)
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = to_pixels.map(QPointF(*self.ellipse.centre.tolist()))
        corners = [QPointF(SIZE, 0), QPointF(0, SIZE), QPointF(-SIZE, 0), QPointF(0, -SIZE)]
        diamond = QPolygonF([centre + corner for corner in corners])
        painter.setBrush(QColor(self.theme.error))
        painter.setPen(QPen(QColor(self.theme.base), 2.5))
        painter.drawPolygon(diamond)
