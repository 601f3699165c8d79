"""The base of the map's layers: item, switch, opacity, legend, and the methods through which it follows the map."""

from PySide6.QtWidgets import QGraphicsItem, QWidget

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.theme import Theme


class MapLayer:
    """One layer of the map. A subclass draws in its item, in plot coordinates, and overrides the methods it needs.

    The stack calls these methods, always in the GUI thread.
    """

    title = ""  # the name shown to people

    def __init__(self, item: QGraphicsItem, legend: QWidget | None = None) -> None:
        """legend: a widget shown over the map while the layer is on and there is something to explain."""
        self.item, self.legend = item, legend
        self._on = self._drawn = self._explained = True

    def show(self, subject: Subject) -> None:
        """Draw this subject; called 30 times per second during a replay."""

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of this theme."""

    def view_changed(self) -> None:
        """Called when the map shows another part of the plane or has another size."""

    def end(self) -> None:
        """Stop background work, because the window closes."""

    @property
    def on(self) -> bool:
        """Whether the layer is switched on, even if it has nothing to draw."""
        return self._on

    def switch(self, on: bool) -> None:
        """Switch the layer and its legend on or off."""
        self._on = on
        self._update_visible()

    @property
    def opacity(self) -> float:
        return self.item.opacity()

    def set_opacity(self, opacity: float) -> None:
        """opacity: from 0 (invisible) to 1 (unchanged)."""
        self.item.setOpacity(opacity)

    def _has_something(self, drawn: bool, explained: bool) -> None:
        """Set whether the present subject has something to draw, and something for the legend to explain."""
        self._drawn, self._explained = drawn, explained
        self._update_visible()

    def _update_visible(self) -> None:
        self.item.setVisible(self._on and self._drawn)
        if self.legend is not None and self.legend.parent() is not None:  # without a parent it would open as a window
            self.legend.setVisible(self._on and self._explained)
