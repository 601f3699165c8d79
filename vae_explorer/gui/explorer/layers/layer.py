"""What every layer of the map has: an item, a switch, an opacity, a legend, and how it follows the map."""

from PySide6.QtWidgets import QGraphicsItem, QWidget

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.theme import Theme


class MapLayer:
    """One thing that the map draws. A subclass draws in its item, in the plot's coordinates, and overrides what it
    follows; the stack calls these methods, always in the GUI thread.
    """

    title = ""  # the name that people know it by

    def __init__(self, item: QGraphicsItem, legend: QWidget | None = None) -> None:
        """legend: a widget that lies over the map while the layer is on and has something to explain."""
        self.item, self.legend = item, legend
        self._on = self._drawn = self._explained = True

    def show(self, subject: Subject) -> None:
        """Draw what is explored now; called 30 times a second while a training is replayed."""

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of this theme."""

    def view_changed(self) -> None:
        """The map shows another part of the plane, or has another size."""

    def end(self) -> None:
        """Stop what works in the background: the window closes."""

    @property
    def on(self) -> bool:
        """Whether the layer is switched on, also where it has nothing to draw."""
        return self._on

    def switch(self, on: bool) -> None:
        """Show the layer and its legend, or neither."""
        self._on = on
        self._update_visible()

    @property
    def opacity(self) -> float:
        return self.item.opacity()

    def set_opacity(self, opacity: float) -> None:
        """opacity: from 0, invisible, to 1, as it is drawn."""
        self.item.setOpacity(opacity)

    def _has_something(self, drawn: bool, explained: bool) -> None:
        """Whether there is anything to draw, and anything to explain, of the present subject."""
        self._drawn, self._explained = drawn, explained
        self._update_visible()

    def _update_visible(self) -> None:
        self.item.setVisible(self._on and self._drawn)
        if self.legend is not None and self.legend.parent() is not None:  # else it would be a window of its own
            self.legend.setVisible(self._on and self._explained)
