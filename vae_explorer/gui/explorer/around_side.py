"""The panel of what is around the handle, built when it is first wanted."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.selecting.grouping import Grouping
from vae_explorer.gui.explorer.shelf import Shelf

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.around.panel import AroundPanel


class AroundSide(QObject):
    """Passes what the map shows on to the panel while it is open, and repeats its signals."""

    code_wanted = Signal(object, int)  # a latent code (latent_dim,) to go to, and the number of the drag that does
    errored = Signal(str)

    def __init__(self, shelf: Shelf, grouping: Grouping, parent: QObject) -> None:
        """shelf: gets the panel. grouping: the groups that can make a direction."""
        super().__init__(parent)
        self._shelf, self._grouping = shelf, grouping
        self._subject: Subject | None = None
        self._code: Floats = np.zeros(2, np.float32)
        self.panel: AroundPanel | None = None
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

    def go(self, code: Floats) -> None:
        """The handle is at this latent code (latent_dim,)."""
        self._code = code
        if self._open is not None:
            self._open.go(code)

    def toggle(self) -> None:
        """Open or close the panel."""
        if self._open is not None:
            self._open.hide()
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

    def _build(self) -> "AroundPanel":
        from vae_explorer.gui.explorer.around.panel import AroundPanel

        panel = AroundPanel()
        self._shelf.add(panel, panel.hide)
        panel.code_wanted.connect(self.code_wanted)
        panel.errored.connect(self.errored)
        panel.closed.connect(panel.hide)
        return panel
