"""The legend of the points: the names of classes or clusters, or the range of a column's values."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_explorer.exploring.colouring import Colouring, range_texts
from vae_explorer.gui.explorer.class_legend import ClassLegend
from vae_explorer.gui.explorer.colour_bar import ColourBar


class PointsLegend(QWidget):
    """Shows the class legend or the colour bar, whichever fits the colouring; neither if all points have one colour."""

    def __init__(self) -> None:
        super().__init__()
        self.classes, self.bar = ClassLegend(), ColourBar()
        self._colouring: Colouring | None = None
        self._note = self._counted = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.classes)
        layout.addWidget(self.bar)

    @property
    def needed(self) -> bool:
        """Whether there is anything to explain."""
        return not (self.classes.isHidden() and self.bar.isHidden())

    def show_colouring(self, colouring: Colouring, pale: bool) -> None:
        """pale: whether there are points other than held-out ones, which are drawn pale."""
        before, self._colouring = self._colouring, colouring
        if before is None or (before.kind, before.names) != (colouring.kind, colouring.names):
            self.classes.set_classes(colouring.names, colouring.kind)
        note = "held-out strong,\nthe others pale" if pale else ""
        if colouring.incomplete:
            note += "\n"[: len(note)] + ("grey: unknown" if colouring.kind == "value" else f"grey: no {colouring.kind}")
        if colouring.range is not None:
            self.bar.show_range(colouring.title, colouring.unit, *range_texts(colouring.range, colouring.title))
        else:
            self.bar.hide()
        self._note = note
        self._explain()

    def show_count(self, count: int, total: int) -> None:
        """Say how many of all images are shown, unless all are."""
        self._counted = f"{count:,} of\n{total:,} shown" if count < total else ""
        self.classes.keep_room_for(f"{total:,} shown")
        self._explain()

    def _explain(self) -> None:
        note = "\n".join(filter(None, [self._counted, self._note]))
        for legend in (self.classes, self.bar):
            legend.explain(note)

    def set_colours(self, colours: list[str]) -> None:
        """colours: "#rrggbb", one per class, or from the lowest to the highest value."""
        self.classes.set_colours(colours)
        self.bar.set_colours(colours)
