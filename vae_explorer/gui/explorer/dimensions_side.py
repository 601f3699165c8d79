"""The panel of the dimensions beside the map, built when a subject first has more than two of them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QBoxLayout, QCheckBox

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.plane import Plane

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.dimensions_panel import DimensionsPanel


class DimensionsSide(QObject):
    """Passes on to the panel what is explored, and from it what the person wants, where there is a panel."""

    plane_wanted = Signal(object)  # PlaneChoice
    value_wanted = Signal(int, float, bool)  # dimension from 0, its value, whether that is a jump
    reset_wanted = Signal()
    errored = Signal(str)

    def __init__(self, maps: QBoxLayout, check: QCheckBox, parent: QObject) -> None:
        """maps: where the panel is put, before the map; check: whether the person wants to see it."""
        super().__init__(parent)
        self._maps, self._check = maps, check
        self.panel: DimensionsPanel | None = None

    def show_subject(self, subject: Subject) -> None:
        """Of more than two dimensions, say what each carries, and let each be moved."""
        many = subject.decoder.latent_dim > 2
        self._check.setVisible(many)
        if many and self.panel is None:
            self.panel = self._build()
        if self.panel is not None:
            self.panel.setVisible(many and self._check.isChecked())
            if many:
                self.panel.show_subject(subject)

    def show_code(self, code: Floats, plane: Plane) -> None:
        """code: (latent_dim,), through which the plane goes."""
        if self.panel is not None:
            self.panel.show_code(code, plane)

    def follow(self, subject: Subject) -> None:
        """Another moment of the same training."""
        if self.panel is not None:
            self.panel.follow(subject)

    def end(self) -> None:
        """Decode no more."""
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
