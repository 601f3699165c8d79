"""What the steps of the tour use of the window, and how they set the map."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRectF, Signal

from vae_explorer.gui.explorer.colour_chooser import ColourChoice
from vae_explorer.gui.explorer.handle_hint import HandleHint
from vae_explorer.gui.explorer.layers.layer import LayerState
from vae_explorer.gui.explorer.tools import EXPLORE
from vae_explorer.gui.tour.two_runs import TwoRuns
from vae_explorer.latent.plane import FIRST_TWO

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow


class Stage(QObject):
    """The window while the built-in run is shown."""

    done = Signal()  # a step was done for the person, and no other signal of the window says so

    def __init__(self, window: "MainWindow", parent: QObject) -> None:
        super().__init__(parent)
        self.window, self.explorer = window, window.explorer
        self.two_runs = TwoRuns(window)
        self._closing: list[Callable[[], object]] = []

    def at_the_end(self, close: Callable[[], object]) -> None:
        """Call this when the step is left."""
        self._closing.append(close)

    def clear(self) -> None:
        """Close what the step has opened."""
        while self._closing:
            self._closing.pop()()

    def arrange(self, at: tuple[float, float], layers: tuple[str, ...] = (), part: QRectF | None = None) -> None:
        """Show the plain map with these layers besides the usual ones, in one step of the history.

        at: the place of the handle. part: of the plane, None: all points are in view.
        """
        explorer, view = self.explorer, self.explorer.view
        self.window.show_explorer()
        for hint in view.findChildren(HandleHint):  # the tour tells the same
            hint.close_button.click()
        explorer.moves.beginMacro("the tour's step")
        if explorer.plane.choice != FIRST_TWO:
            explorer.show_plane(FIRST_TWO)
        for layer in view.layers:
            self.set(layer.name, LayerState(on=True) if layer.name in layers else LayerState())
        if explorer.choices.split is not None:
            explorer.foot.split_wanted.emit(None)
        if explorer.choices.colours != ColourChoice():
            explorer.colours.wanted.emit(ColourChoice())
        if explorer.choices.filter.hidden:
            view.points.classes.filtered.emit(frozenset())
        self.go(*at)
        explorer.moves.endMacro()
        view.use_tool(EXPLORE)
        if part is None:
            view.fit()
        else:
            view.show_part(part)

    def set(self, name: str, state: LayerState) -> None:
        """Set a layer to this state, as the person would in the panel."""
        layer = next(layer for layer in self.explorer.view.layers if layer.name == name)
        if layer.state != state:
            self.explorer.layers_panel.wanted.emit(layer, state, None)

    def go(self, x: float, y: float) -> None:
        """Move the handle."""
        self.explorer.go_to_code(np.array((x, y), np.float32))
