"""The posteriors of the selected images as thin ellipses."""

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem

from vae_explorer.array_types import Indices
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.selecting.selection import NONE
from vae_explorer.gui.parts.theme import LIGHT
from vae_explorer.gui.parts.view_item import ViewItem
from vae_explorer.latent.posterior import projected_posterior

MOST = 300  # ellipses that can be told from each other, and drawn within a frame
STEPS = 48  # corners of an ellipse
CIRCLE = np.column_stack([f(np.linspace(0, 2 * np.pi, STEPS + 1)) for f in (np.cos, np.sin)])
# Opacity of the ellipses at 1 and at 2 standard deviations, 0 to 255.
OPACITIES = {1: 230, 2: 110}


class SelectedEllipsesItem(ViewItem):
    """Traced once, since the plane, the codes and the selection seldom change."""

    def __init__(self, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self.theme = LIGHT
        self.note = ""  # why not all selected images have an ellipse, one sentence
        self.count = 0  # of images with ellipses
        self._of: tuple[Subject | None, Indices] = None, NONE
        self._paths: dict[int, QPainterPath] = {}  # by the number of standard deviations

    def put(self, subject: Subject | None, rows: Indices) -> None:
        """Draw the ellipses of these images (M,), rows of the subject's codes; None: nothing."""
        before, of_rows = self._of
        if subject is before and rows is of_rows:
            return
        self._of = subject, rows
        self._paths, self.note, self.count = {}, "", 0
        if subject is not None and len(rows) > MOST:
            self.note = f"{len(rows):,} images are selected; at most {MOST} of them would have ellipses."
        elif subject is not None and subject.z_log_var is not None and len(rows):
            self._trace(subject, rows)
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, width in ((self.theme.base, 3.0), (self.theme.text, 1.2)):
            for deviations, path in self._paths.items():
                colour = QColor(name)
                colour.setAlpha(OPACITIES[deviations])
                pen = QPen(colour, width)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawPath(path)

    def _trace(self, subject: Subject, rows: Indices) -> None:
        assert subject.z_log_var is not None
        self._paths = {deviations: QPainterPath() for deviations in OPACITIES}
        for row in rows.tolist():
            ellipse = projected_posterior(subject.z_mean[row], subject.z_log_var[row], subject.drawn_in)
            ring = CIRCLE @ ellipse.half_axes
            if not np.isfinite(ring).all():
                self.note = "Some of the selected images have a posterior that is not finite."
                continue
            self.count += 1
            for deviations, path in self._paths.items():
                points = subject.plane[row] + deviations * ring
                path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points.tolist()]))
