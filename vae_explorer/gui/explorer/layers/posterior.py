"""The posterior of the image at the handle as ellipses."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion, QTextOption

from vae_explorer.array_types import Floats, Indices
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.explorer.layers.scale_key import ScaleKey
from vae_explorer.gui.explorer.layers.selected_ellipses import SelectedEllipsesItem
from vae_explorer.gui.explorer.posterior_samples import PosteriorSamples
from vae_explorer.gui.explorer.selecting.selection import NONE
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.latent.plane import Plane
from vae_explorer.latent.posterior import Ellipse, projected_posterior

DEVIATIONS = 1, 2  # standard deviations at which an ellipse is drawn
LEAST = 14  # pixels, distance of the first label from the centre below which there is none
END = 5  # pixels, half the height of the bars at the ends of a posterior of one dimension
AROUND = 40.0  # pixels around the ellipses, in which their lines and labels lie


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is drawn for a subject."""

    subject: Subject
    row: int  # of the latent code
    ellipse: Ellipse


class PosteriorLayer(MapLayer):
    """Off unless the person switches it on. It finds the image in the background, so that a drag does not wait."""

    name = "posterior"
    title = "Posterior of the image"
    sentence = (
        "q(z|x) of the image that was clicked, or of the one whose code is nearest to the handle in all of z: ellipses "
        "at 1 and 2 standard deviations around its mean, which hold 39 % and 86 % of it. Often they are smaller than "
        "the handle: zoom in. Those of the selected images are drawn thin, if at most 300 are selected. It is normal "
        "because the encoder says so; the true posterior may have another shape. In more than two dimensions it is "
        "projected: it sums over the others, and its mean may be far from the plane of the handle."
    )

    def __init__(self) -> None:
        self._ellipses, self._key = EllipsesItem(), ScaleKey("", (0.0, 0.0))
        self.samples = PosteriorSamples(columns=4)
        self.samples.setProperty("card", True)
        super().__init__(self._ellipses, legend=self.samples, key=self._key)
        self._selected = SelectedEllipsesItem(self._ellipses)
        self._rows = NONE
        self._default_on = False
        self._posterior: Posterior | None = None
        self._subject: Subject | None = None
        self._at: tuple[Floats, Plane] | None = None
        self._worker = LatestWorker(_posterior_at, "finding the posterior at the handle")
        self._worker.answered.connect(self._show_posterior)
        self._worker.errored.connect(self._key.say)
        self.show_or_hide()

    def show(self, subject: Subject) -> None:
        self._subject = subject
        self._show_selected()
        self._offer(_missing(subject), default_on=False)
        self._ask()

    def go(self, code: Floats, plane: Plane) -> None:
        self._at = code, plane
        self._ask()

    def set_theme(self, theme: Theme) -> None:
        self._ellipses.theme = self._selected.theme = theme
        self._ellipses.moved()
        self._selected.update()

    def show_rows(self, rows: Indices) -> None:
        """Draw the posteriors of these images (M,), too, which are selected and not hidden by a filter."""
        if rows is not self._rows:
            self._rows = rows
            self._show_selected()
            if self.active:
                self._say(self.posterior)

    def state_changed(self) -> None:
        self._show_selected()
        self._ask()

    def decoder_changed(self) -> None:
        self.samples.decode_again()

    def end(self) -> None:
        self._worker.end()
        self.samples.end()

    @property
    def posterior(self) -> Posterior | None:
        """What is drawn; None: nothing yet."""
        return self._posterior

    def _ask(self) -> None:
        subject = self._subject
        if not self.active or subject is None or self._at is None or len(self._at[0]) != subject.decoder.latent_dim:
            self._put(None)
            return
        self._worker.request(subject, *self._at)

    def _show_posterior(self, _generation: int, posterior: Posterior | None) -> None:
        if not self.active or (posterior is not None and posterior.subject is not self._subject):
            return
        self._put(posterior)
        self._say(posterior)

    def _show_selected(self) -> None:
        self._selected.put(self._subject if self.active else None, self._rows)

    def _say(self, posterior: Posterior | None) -> None:
        before, selected = self._key.sizeHint(), self._selected
        drawn = f"Thin: {selected.count:,} selected." if selected.count else ""
        self._key.say(" ".join(part for part in (_describe(posterior), drawn, selected.note) if part))
        if self._key.sizeHint() != before:
            self.changed.emit()

    def _put(self, posterior: Posterior | None) -> None:
        self._posterior = posterior
        self._ellipses.put(posterior.ellipse if posterior is not None else None)
        subject = posterior.subject if posterior is not None else None
        if posterior is None or subject is None or subject.z_log_var is None:
            self.samples.clear()
        else:
            row = posterior.row
            self.samples.show_posterior(subject.decoder, subject.z_mean[row], subject.z_log_var[row])
        self._has_something(True, explained=posterior is not None)


class EllipsesItem(MovingItem):
    """The mean as a dot, an ellipse at each of DEVIATIONS, and their labels."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.ellipse: Ellipse | None = None

    def put(self, ellipse: Ellipse | None) -> None:
        """Draw this ellipse; None: nothing."""
        if ellipse is not self.ellipse:
            self.ellipse = ellipse
            self.moved()

    def region(self) -> QRegion:
        if self.ellipse is None:
            return QRegion()
        ellipse = self.ellipse
        (x, y), (across, up) = ellipse.centre, max(DEVIATIONS) * np.linalg.norm(ellipse.half_axes, axis=0)
        return self.around(QRectF(x - across, y - up, 2 * across, 2 * up), AROUND)

    def paint(self, painter: QPainter, *_: object) -> None:
        if self.ellipse is None:
            return
        to_pixels = painter.worldTransform()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zero = to_pixels.map(QPointF(0, 0))
        centre = to_pixels.map(QPointF(*self.ellipse.centre.tolist()))
        longer, shorter = (to_pixels.map(QPointF(*axis)) - zero for axis in self.ellipse.half_axes.tolist())
        flat = self.ellipse.deviations[1] == 0
        for colour, width in ((self.theme.base, 4.5), (self.theme.text, 1.8)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(centre, 1, 1)
            for radius in DEVIATIONS:
                if flat:
                    _draw_bar(painter, centre - longer * radius, centre + longer * radius)
                else:
                    _draw_ellipse(painter, centre, longer * radius, shorter * radius)
        for radius in DEVIATIONS:
            to_lowest = QPointF(abs(longer.x()), 0) if flat else _to_lowest(longer, shorter)
            if to_lowest.manhattanLength() >= LEAST:
                self._label(painter, f"{radius} sd", centre + to_lowest * radius + QPointF(0, END if flat else 0))

    def _label(self, painter: QPainter, text: str, below: QPointF) -> None:
        box = painter.fontMetrics().boundingRect(text).adjusted(-3, -1, 3, 1).toRectF()
        box.moveCenter(QPointF(below.x(), below.y() + box.height() / 2 + 2))
        back = QColor(self.theme.base)
        back.setAlpha(200)
        painter.fillRect(box, back)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(box, text, QTextOption(Qt.AlignmentFlag.AlignCenter))


def _draw_ellipse(painter: QPainter, centre: QPointF, longer: QPointF, shorter: QPointF) -> None:
    """Draw the ellipse with these half axes, in pixels: ten times as fast as the same as a path of corners."""
    painter.save()
    painter.translate(centre)
    painter.rotate(math.degrees(math.atan2(longer.y(), longer.x())))
    painter.drawEllipse(QPointF(0, 0), math.hypot(longer.x(), longer.y()), math.hypot(shorter.x(), shorter.y()))
    painter.restore()


def _draw_bar(painter: QPainter, begin: QPointF, end: QPointF) -> None:
    """Draw a line with an upright stroke at both ends."""
    painter.drawLine(begin, end)
    for point in (begin, end):
        painter.drawLine(point - QPointF(0, END), point + QPointF(0, END))


def _to_lowest(longer: QPointF, shorter: QPointF) -> QPointF:
    """The way in pixels from the centre of the ellipse with these half axes to its lowest point on the screen."""
    down = math.hypot(longer.y(), shorter.y())
    return QPointF((longer.x() * longer.y() + shorter.x() * shorter.y()) / down, down)


def _missing(subject: Subject) -> str:
    """Why there are no posteriors, one sentence; "": there are."""
    if subject.z_log_var is not None:
        return "" if len(subject.z_mean) else "There are no latent codes."
    if subject.run is None:
        return "During a replay and a training only the means of the posteriors are known."
    return "The variances of the posteriors are not known."


def _posterior_at(subject: Subject, code: Floats, plane: Plane) -> Posterior | None:
    """The posterior of the image whose latent code is nearest; None: there is none, or it is not finite."""
    row, _ = subject.nearby.nearest(code)
    if row < 0 or subject.z_log_var is None:
        return None
    ellipse = projected_posterior(subject.z_mean[row], subject.z_log_var[row], plane)
    if plane.latent_dim == 1:  # codes of one dimension are spread along the unused axis
        ellipse = Ellipse(subject.plane[row].astype(np.float64), ellipse.half_axes)
    return Posterior(subject, row, ellipse) if np.isfinite(ellipse.half_axes).all() else None


def _describe(posterior: Posterior | None) -> str:
    if posterior is None:
        return "The posterior of the nearest image is not finite."
    subject, row = posterior.subject, posterior.row
    name, (longer, shorter) = subject.columns.class_of(row), posterior.ellipse.deviations
    of = f"{subject.name_of(row)}, class {name}" if name else subject.name_of(row)
    sizes = f"{longer:.3g}" if subject.decoder.latent_dim == 1 else f"{longer:.3g} and {shorter:.3g}"
    return f"{of}: standard deviations {sizes} along its axes, those of the prior being 1."
