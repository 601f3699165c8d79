"""The panel of what is around the handle, built when it is first wanted."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.selecting.grouping import Grouping
from vae_explorer.gui.explorer.shelf import Shelf
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.latent.plane import Plane

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.around.item import PlacesItem
    from vae_explorer.gui.explorer.around.panel import AroundPanel


class AroundSide(QObject):
    """Passes what the map shows on to the panel while it is open, and repeats its signals."""

    code_wanted = Signal(object, int)  # a latent code (latent_dim,) to go to, and the number of the drag that does
    errored = Signal(str)

    def __init__(self, shelf: Shelf, view: LatentView, grouping: Grouping, parent: QObject) -> None:
        """shelf: gets the panel. grouping: the groups that can make a direction."""
        super().__init__(parent)
        self._shelf, self._view, self._grouping = shelf, view, grouping
        self._subject: Subject | None = None
        self._plane: Plane | None = None
        self._theme = LIGHT
        self._code: Floats = np.zeros(2, np.float32)
        self.panel: AroundPanel | None = None
        self.places: PlacesItem | None = None
        grouping.changed.connect(self._show_groups)

    @property
    def _open(self) -> "AroundPanel | None":
        """The panel if it is open."""
        return self.panel if self.panel is not None and not self.panel.isHidden() else None

    def show_subject(self, subject: Subject) -> None:
        self._subject = subject
        if self._open is not None:
            self._open.show_subject(subject)
            self._show_groups()

    def decoder_changed(self) -> None:
        if self._open is not None:
            self._open.decoder_changed()

    def go(self, code: Floats, plane: Plane) -> None:
        """The handle is at this latent code (latent_dim,), and the map shows this plane through it."""
        self._code, self._plane = code, plane
        if self._open is not None:
            self._open.go(code)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.places is not None:
            self.places.theme = theme

    def toggle(self) -> None:
        """Open or close the panel."""
        if self._open is not None:
            self._close()
        elif self._subject is not None:
            self.panel = self.panel or self._build()
            self.panel.show_subject(self._subject)
            self.panel.go(self._code)
            self.panel.show_groups(self._grouping.groups)
            self.panel.show()

    def end(self) -> None:
        """Stop decoding."""
        if self.panel is not None:
            self.panel.end()

    def _show_groups(self) -> None:
        if self._open is not None:
            self._open.show_groups(self._grouping.groups)

    def _point_at(self, row: int, column: int) -> None:
        """Mark on the map where the image lies that the pointer is at, and those along its direction."""
        if self.panel is None or self.places is None or self._plane is None:
            return
        around = self.panel.images.around
        if around is None or row < 0:
            places = np.zeros((0, 2), np.float32)
        else:
            places = around.codes[row] @ self._plane.directions.T
        self.places.put(places, column)

    def _close(self) -> None:
        if self.panel is not None:
            self.panel.hide()
        self._view.setFocus()

    def _build(self) -> "AroundPanel":
        from vae_explorer.gui.explorer.around.item import PlacesItem
        from vae_explorer.gui.explorer.around.panel import AroundPanel

        panel, self.places = AroundPanel(), PlacesItem()
        self.places.theme = self._theme
        self._view.addItem(self.places, ignoreBounds=True)
        panel.images.pointed.connect(self._point_at)
        self._shelf.add(panel, self._close)
        panel.code_wanted.connect(self.code_wanted)
        panel.errored.connect(self.errored)
        panel.closed.connect(self._close)
        return panel
