"""The legend of the points: classes or clusters by name, or the range of a column's values."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_explorer.exploring.colouring import Colouring, range_texts
from vae_explorer.gui.explorer.class_legend import ClassLegend
from vae_explorer.gui.explorer.colour_bar import ColourBar


class PointsLegend(QWidget):
    """Shows what suits a colouring; where all points have one colour, neither part."""

    def __init__(self) -> None:
        super().__init__()
        self.classes, self.bar = ClassLegend(), ColourBar()
        self._colouring: Colouring | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.classes)
        layout.addWidget(self.bar)

    @property
    def needed(self) -> bool:
        """Whether there is anything to explain."""
        return not (self.classes.isHidden() and self.bar.isHidden())

    def show_colouring(self, colouring: Colouring, pale: bool) -> None:
        """pale: whether some of the points are not held-out ones, and so drawn pale."""
        before, self._colouring = self._colouring, colouring
        if before is None or (before.kind, before.names) != (colouring.kind, colouring.names):
            self.classes.set_classes(colouring.names, colouring.kind)
        note = "held-out strong,\ntraining pale" if pale else ""
        if colouring.incomplete:
            note += "\n"[: len(note)] + ("grey: unknown" if colouring.kind == "value" else f"grey: no {colouring.kind}")
        if colouring.range is not None:
            self.bar.show_range(colouring.title, *range_texts(colouring.range, colouring.title))
        else:
            self.bar.hide()
        for part in (self.classes, self.bar):
            part.explain(note)

    def set_colours(self, colours: list[str]) -> None:
        """As "#rrggbb": of the classes, or from the lowest to the highest value."""
        self.classes.set_colours(colours)
        self.bar.set_colours(colours)
