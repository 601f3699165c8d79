"""The panel of the dimensions beside the map, built for the first subject with more than two dimensions."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QBoxLayout, QCheckBox

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.plane import Plane

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.dimensions_panel import DimensionsPanel


class DimensionsSide(QObject):
    """Passes the subject and the latent code to the panel if there is one, and repeats the panel's signals."""

    plane_wanted = Signal(object)  # PlaneChoice
    value_wanted = Signal(int, float, bool)  # dimension counted from 0, its value, whether it is undone alone
    reset_wanted = Signal()
    errored = Signal(str)

    def __init__(self, maps: QBoxLayout, check: QCheckBox, parent: QObject) -> None:
        """maps: the layout of the map, which gets the panel as its first widget; check: shows and hides the panel."""
        super().__init__(parent)
        self._maps, self._check = maps, check
        self.panel: DimensionsPanel | None = None

    def show_subject(self, subject: Subject) -> None:
        """Show the panel if this subject has more than two dimensions."""
        many = subject.decoder.latent_dim > 2
        self._check.setVisible(many)
        if many and self.panel is None:
            self.panel = self._build()
        if self.panel is not None:
            self.panel.setVisible(many and self._check.isChecked())
            if many:
                self.panel.show_subject(subject)

    def show_code(self, code: Floats, plane: Plane) -> None:
        """code: (latent_dim,), the latent code at the handle; plane: the plane of the map through it."""
        if self.panel is not None:
            self.panel.show_code(code, plane)

    def follow(self, subject: Subject) -> None:
        """Show another moment of the same training."""
        if self.panel is not None:
            self.panel.follow(subject)

    def end(self) -> None:
        """Stop decoding."""
        if self.panel is not None:
            self.panel.end()

    def _build(self) -> "DimensionsPanel":
        from vae_explorer.gui.explorer.dimensions_panel import DimensionsPanel

        panel = DimensionsPanel()
        panel.plane_wanted.connect(self.plane_wanted)
        panel.value_wanted.connect(self.value_wanted)
        panel.reset_wanted.connect(self.reset_wanted)
        panel.errored.connect(self.errored)
        self._check.toggled.connect(panel.setVisible)
        self._maps.insertWidget(0, panel)
        return panel
