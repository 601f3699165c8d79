"""What a map shows where there are no codes: the prior, and what the decoder makes of its places."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.decoded_image import to_qimage
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.gui.parts.view_item import ViewItem
from vae_explorer.model.decoder import as_pixels

RINGS = 1, 2, 3  # standard deviations of the prior
PLACES = 7  # decoded images per side, one a standard deviation, from -3 to 3
SHARE = 0.86  # of the way to the next one that an image takes
OPACITY = 0.55


class PriorItem(ViewItem):
    """Rings about the origin at 1, 2 and 3 standard deviations, over decoded images at whole ones."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.images: list[QImage] = []  # 49 or 7, or none yet

    def paint(self, painter: QPainter, *_: object) -> None:
        to_pixels = painter.worldTransform()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = to_pixels.map(QPointF(0, 0))
        unit = abs(to_pixels.map(QPointF(1, 0)).x() - centre.x())
        opacity = painter.opacity()  # of the layer
        side, half = unit * SHARE, (PLACES - 1) // 2
        painter.setOpacity(opacity * OPACITY)
        for place, image in enumerate(self.images):
            row, column = divmod(place, PLACES) if len(self.images) > PLACES else (half, place)
            x, y = centre.x() + (column - half) * unit, centre.y() + (row - half) * unit
            painter.drawImage(QRectF(x - side / 2, y - side / 2, side, side), image)
        painter.setOpacity(opacity)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = QColor(self.theme.accent)
        for ring in RINGS:
            painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine))
            painter.drawEllipse(centre, ring * unit, ring * unit)
            text = f"{ring} sd of the prior" if ring == RINGS[-1] else f"{ring} sd"
            box = painter.fontMetrics().boundingRect(text).adjusted(-3, -1, 3, 1)
            # On the ring below the centre: a narrow map cuts what is left and right.
            below = QPointF(centre.x() - box.width() / 2 + 3, centre.y() + ring * unit + 5)
            back = QColor(self.theme.base)
            back.setAlpha(200)
            painter.fillRect(QRectF(box).translated(below), back)
            painter.setPen(QPen(QColor(self.theme.text)))
            painter.drawText(below, text)


class PriorLayer(MapLayer):
    """Of a subject without codes, the prior and what the decoder draws in the plane, decoded in the background."""

    title = "Prior"

    def __init__(self) -> None:
        self._rings = PriorItem()
        super().__init__(self._rings)
        self._subject: Subject | None = None
        self._has_something(drawn=False, explained=False)

    @property
    def images(self) -> list[QImage]:
        """What is decoded so far, from above downwards."""
        return self._rings.images

    def show(self, subject: Subject) -> None:
        self._rings.images, self._subject = [], subject
        empty = not len(subject.plane)
        self._has_something(drawn=empty, explained=False)
        if not empty:
            return
        plane, decoder = subject.drawn_in, subject.decoder
        codes = lattice_codes(decoder.latent_dim, plane.directions, plane.held)

        def decoded(pixels: Bytes) -> None:
            if self._subject is subject:  # and no other one was asked for meanwhile
                self._rings.images = [to_qimage(image) for image in pixels]
                self._rings.update()

        task = BackgroundTask(lambda _: as_pixels(decoder(codes)))
        task.returned.connect(decoded)
        task.start()

    def set_theme(self, theme: Theme) -> None:
        self._rings.theme = theme
        self._rings.update()


def lattice_codes(latent_dim: int, directions: Floats, held: Floats) -> Floats:
    """The codes of the item's images in a plane, (49 or 7, latent_dim).

    Those at (x, y) are held + x * directions[0] + y * directions[1], as in `latent.Plane`.
    """
    half = (PLACES - 1) // 2
    steps = np.arange(-half, half + 1, dtype=np.float32)
    across, up = np.meshgrid(steps, steps[::-1] if latent_dim > 1 else steps[half : half + 1])
    points = np.stack([across.ravel(), up.ravel()], axis=1)
    codes: Floats = (held + points @ directions).astype(np.float32)
    return codes
