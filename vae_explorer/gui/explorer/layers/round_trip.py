"""The round trip: how far from a code the encoder puts what the decoder draws, and at the handle where."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QRegion

from vae_explorer.array_types import Floats
from vae_explorer.exploring.fields import OPACITIES, RoundTripField
from vae_explorer.exploring.round_trip import round_trip
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.field_layer import FieldLayer
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.explorer.layers.scale_key import ScaleKey
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.latent.plane import Plane

HEAD = 9.0  # pixels, length of the arrow's head
AROUND = 120.0  # pixels around the arrow, in which its length is written
SHORTEST = 4.0  # pixels, length below which only a dot is drawn


class RoundTripLayer(FieldLayer):
    name = "roundtrip"
    title = "Length of the round trip"
    decodes = True
    sentence = (
        "How far from z the encoder puts the image that is decoded from z, in standard deviations of the prior. Long "
        "where the decoder draws what the encoder never saw. Short does not mean that the image is good: an encoder "
        "may recognise a blurred one. In more than two dimensions the length is in all of z, in the plane through the "
        "handle."
    )

    def __init__(self) -> None:
        super().__init__(RoundTripField(), ScaleKey("round trip", OPACITIES))


class ArrowLayer(MapLayer):
    """Above the points."""

    name = "roundtrip-arrow"
    title = "Round trip at the handle"
    sentence = (
        "An arrow from the handle to where the encoder puts the decoded image. In more than two dimensions its end is "
        "projected, so the number beside it, the length in all of z, may be larger than the arrow is long."
    )

    def __init__(self) -> None:
        self._arrow = ArrowItem()
        super().__init__(self._arrow)
        self._default_on = False
        self._subject: Subject | None = None
        self._at: tuple[Floats, Plane] | None = None
        self._worker = LatestWorker(_end_of, "the round trip at the handle")
        self._worker.answered.connect(self._show_end)
        self._worker.errored.connect(self._fail)
        self.show_or_hide()

    def show(self, subject: Subject) -> None:
        self._subject = subject
        self._offer(subject.why_no_encoder if subject.encoder is None else "", default_on=False)
        self._ask()

    def go(self, code: Floats, plane: Plane) -> None:
        self._at = code, plane
        self._ask()

    def set_theme(self, theme: Theme) -> None:
        self._arrow.theme = theme
        self._arrow.moved()

    def state_changed(self) -> None:
        self._ask()

    def end(self) -> None:
        self._worker.end()

    @property
    def arrow(self) -> tuple[tuple[float, float], tuple[float, float], float] | None:
        """Begin and end in the plane, and length in z; None: not known yet."""
        return self._arrow.arrow

    def _ask(self) -> None:
        subject = self._subject
        if not self.active or subject is None or self._at is None or len(self._at[0]) != subject.decoder.latent_dim:
            self._arrow.put(None)
            return
        self._worker.request(subject, *self._at)

    def _show_end(self, _generation: int, answer: tuple[Subject, Floats, Floats, Plane]) -> None:
        subject, code, end, plane = answer
        if self.active and subject is self._subject:
            self._arrow.put((plane.point(code), plane.point(end), float(np.linalg.norm(end - code))))

    def _fail(self, sentence: str) -> None:
        self._offer(sentence, default_on=False)


class ArrowItem(MovingItem):
    """The arrow, with its length beside its end."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.arrow: tuple[tuple[float, float], tuple[float, float], float] | None = None

    def put(self, arrow: tuple[tuple[float, float], tuple[float, float], float] | None) -> None:
        """Draw an arrow from one point of the plane to another, with the length that is written beside it."""
        if arrow != self.arrow:
            self.arrow = arrow
            self.moved()

    def region(self) -> QRegion:
        if self.arrow is None:
            return QRegion()
        begin, end, _ = self.arrow
        return self.around(QRectF(QPointF(*begin), QPointF(*end)).normalized(), AROUND)

    def paint(self, painter: QPainter, *_: object) -> None:
        if self.arrow is None:
            return
        begin, end, length = self.arrow
        to_pixels = painter.worldTransform()
        start, tip = to_pixels.map(QPointF(*begin)), to_pixels.map(QPointF(*end))
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath(start)
        way = tip - start
        pixels = math.hypot(way.x(), way.y())
        if pixels > SHORTEST:
            path.lineTo(tip)
            angle = math.atan2(way.y(), way.x())
            for side in (-0.42, 0.42):
                path.moveTo(tip)
                path.lineTo(tip.x() - HEAD * math.cos(angle + side), tip.y() - HEAD * math.sin(angle + side))
        else:
            path.addEllipse(tip, 2, 2)
        for colour, width in ((self.theme.base, 5.0), (self.theme.error, 2.2)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawPath(path)
        text = f"{length:.2f} sd"
        metrics = painter.fontMetrics()
        box = QRectF(tip.x() + 8, tip.y() + 8, metrics.horizontalAdvance(text) + 10, metrics.height() + 2)
        back = QColor(self.theme.base)
        back.setAlpha(215)
        painter.fillRect(box, back)
        painter.setPen(QColor(self.theme.error))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _end_of(subject: Subject, code: Floats, plane: Plane) -> tuple[Subject, Floats, Floats, Plane]:
    assert subject.encoder is not None
    return subject, code, round_trip(subject.decoder, subject.encoder, code[None].astype(np.float32))[0], plane
