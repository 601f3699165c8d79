"""The base of the layers that say where the map can be trusted: a field, computed in the background for the view."""

import numpy as np
from PySide6.QtCore import QTimer

from vae_explorer.array_types import Floats
from vae_explorer.exploring.fields import Field, FieldKind
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.field_item import FieldItem, Task
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.explorer.layers.scale_key import ScaleKey
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.latent.plane import Plane

AFTER_WEIGHTS = 1000  # milliseconds from newer weights of a model in training until the field is computed again


class FieldLayer(MapLayer):
    """Off unless the person switches it on. It computes only while it is on."""

    decodes = False  # whether the field depends on the decoder, and on where in z the plane is

    def __init__(self, kind: FieldKind, key: ScaleKey) -> None:
        self.field = FieldItem(kind, self.title.lower(), rough_first=self.decodes)
        super().__init__(self.field, key=key, over=self.field.contours)
        self._kind, self._scale = kind, key
        self._subject: Subject | None = None
        self._plane: Plane | None = None
        self._theme = LIGHT
        self._default_on = False
        self.field.drawn.connect(self._explain)
        self.field.progressed.connect(lambda text, share: key.say(f"{text}: {share:.0%}"))
        self.field.errored.connect(key.say)
        self._newer_weights = QTimer(self)
        self._newer_weights.setSingleShot(True)
        self._newer_weights.setInterval(AFTER_WEIGHTS)
        self._newer_weights.timeout.connect(self._begin)
        self.show_or_hide()

    def show(self, subject: Subject) -> None:
        self._subject = subject
        if self._plane is None or self._plane.latent_dim != subject.decoder.latent_dim:
            self._plane = subject.drawn_in
        self._offer(self._kind.missing(subject), default_on=False)
        self._begin()

    def go(self, code: Floats, plane: Plane) -> None:
        before, self._plane = self._plane, plane
        other = before is None or before.choice != plane.choice or not np.array_equal(before.held, plane.held)
        if other and self.decodes:
            self._begin()

    def decoder_changed(self) -> None:
        if self.decodes and not self._newer_weights.isActive():
            self._newer_weights.start()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._scale.set_dark(theme.dark)
        self._begin()

    def state_changed(self) -> None:
        self._begin()

    def end(self) -> None:
        self._newer_weights.stop()
        self.field.end()

    def _begin(self) -> None:
        if self.active and self._subject is not None and self._plane is not None:
            self.field.show_task(Task(self._subject, self._plane, self._theme))
        else:
            self.field.show_task(None)

    def _explain(self, field: Field) -> None:
        before = self._scale.sizeHint()
        self._scale.show_ends(field.ends, field.note)
        if self._scale.sizeHint() != before:
            self.changed.emit()
