"""What the map shows without latent codes: the prior, and images decoded from a lattice in the plane."""

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
PER_SIDE = 7  # decoded images per side, at whole standard deviations from -3 to 3
SHARE = 0.86  # side of an image as a share of the distance to the next
OPACITY = 0.55


class PriorItem(ViewItem):
    """Rings around the origin at 1, 2 and 3 standard deviations, over the decoded images."""

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
        side, half = unit * SHARE, (PER_SIDE - 1) // 2
        painter.setOpacity(opacity * OPACITY)
        for index, image in enumerate(self.images):
            row, column = divmod(index, PER_SIDE) if len(self.images) > PER_SIDE else (half, index)
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
            # Below the centre, because a narrow map cuts off the left and right ends of the rings.
            below = QPointF(centre.x() - box.width() / 2 + 3, centre.y() + ring * unit + 5)
            back = QColor(self.theme.base)
            back.setAlpha(200)
            painter.fillRect(QRectF(box).translated(below), back)
            painter.setPen(QPen(QColor(self.theme.text)))
            painter.drawText(below, text)


class PriorLayer(MapLayer):
    """Shows the prior, and also decoded images for a subject without latent codes; decodes in the background."""

    name = "prior"
    title = "Prior"
    sentence = "Circles at 1, 2 and 3 standard deviations of the prior N(0, I), which is the same in every plane."

    def __init__(self) -> None:
        self._rings = PriorItem()
        super().__init__(self._rings)
        self._subject: Subject | None = None
        self._offer(default_on=False)

    @property
    def images(self) -> list[QImage]:
        """The decoded images, row by row from the top; empty until they are decoded."""
        return self._rings.images

    def show(self, subject: Subject) -> None:
        self._rings.images, self._subject = [], subject
        empty = not len(subject.plane)
        self._offer(default_on=empty)
        if not empty:
            return
        plane, decoder = subject.drawn_in, subject.decoder
        codes = lattice_codes(decoder.latent_dim, plane.directions, plane.held)

        def decoded(pixels: Bytes) -> None:
            if self._subject is subject:  # no other subject has been shown meanwhile
                self._rings.images = [to_qimage(image) for image in pixels]
                self._rings.update()

        task = BackgroundTask(lambda _: as_pixels(decoder(codes)))
        task.returned.connect(decoded)
        task.start()

    def set_theme(self, theme: Theme) -> None:
        self._rings.theme = theme
        self._rings.update()


def lattice_codes(latent_dim: int, directions: Floats, held: Floats) -> Floats:
    """The latent codes of the images in a plane, (49, latent_dim) float32, or (7, 1) for one dimension.

    The code at (x, y) is held + x * directions[0] + y * directions[1], as in `latent.Plane`.
    """
    half = (PER_SIDE - 1) // 2
    steps = np.arange(-half, half + 1, dtype=np.float32)
    across, up = np.meshgrid(steps, steps[::-1] if latent_dim > 1 else steps[half : half + 1])
    points = np.stack([across.ravel(), up.ravel()], axis=1)
    codes: Floats = (held + points @ directions).astype(np.float32)
    return codes
