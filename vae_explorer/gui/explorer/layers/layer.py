"""The base of the map's layers: item, state, legend, and the methods through which a layer follows the map."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGraphicsItem, QWidget

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.plane import Plane


@dataclass(frozen=True, slots=True)
class LayerState:
    """What a person chose for a layer."""

    on: bool | None = None  # None: nothing was chosen, so the layer's default for the subject holds
    opacity: float = 1.0  # 0 (invisible) to 1
    choice: str = ""  # one of the layer's choices; "": the default one


class MapLayer(QObject):
    """One layer of the map. A subclass draws in its item, in plot coordinates, and overrides the methods it needs.

    The stack calls these methods, always in the GUI thread; whatever takes longer than a millisecond belongs in
    another thread. A layer that is not `active` should not compute.
    """

    changed = Signal()  # the reason, the key or the default may have changed

    name = ""  # one word, by which the settings and the command line know it
    title = ""  # the name shown to people
    sentence = ""  # what it shows, in which unit, and when it misleads
    choices: tuple[str, ...] = ()  # texts of the one further choice that it has
    usual_choice = ""  # the default one of them; "": the first

    def __init__(
        self,
        item: QGraphicsItem,
        legend: QWidget | None = None,
        key: QWidget | None = None,
        over: QGraphicsItem | None = None,
    ) -> None:
        """legend: a widget shown over the map while the layer is on and there is something to explain.

        key: a small view in the layer's row of the panel, while it is on: a colour bar with its unit, or swatches.
        over: what the layer draws above all layers, such as lines that points would cover.
        """
        super().__init__()
        self.item, self.legend, self.key, self.over = item, legend, key, over
        self._state = LayerState()
        self._drawn = self._explained = self._default_on = True
        self._reason = ""

    def show(self, subject: Subject) -> None:
        """Draw this subject; called 30 times per second during a replay."""

    def go(self, code: Floats, plane: Plane) -> None:
        """The handle is at this latent code (latent_dim,), in this plane; called after each `show`, too."""

    def decoder_changed(self) -> None:
        """The subject's decoder has other weights than before, because the model is in training."""

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of this theme."""

    def view_changed(self) -> None:
        """Called when the map shows another part of the plane or has another size."""

    def end(self) -> None:
        """Stop background work, because the window closes."""

    def state_changed(self) -> None:
        """Called when the state, the reason or the default has changed, for example to begin to compute."""

    @property
    def items(self) -> list[QGraphicsItem]:
        """What it draws: its item, and what lies above all layers."""
        return [self.item] if self.over is None else [self.item, self.over]

    @property
    def reason(self) -> str:
        """Why the layer cannot be shown for the present subject, one sentence; "": it can."""
        return self._reason

    @property
    def on(self) -> bool:
        """Whether the layer is switched on, even if it has nothing to draw."""
        return self._default_on if self._state.on is None else self._state.on

    @property
    def active(self) -> bool:
        """Whether the layer is on and can be shown."""
        return self.on and not self._reason

    @property
    def opacity(self) -> float:
        return self._state.opacity

    @property
    def choice(self) -> str:
        """The chosen one of `choices`; "" if there are none."""
        usual = self.usual_choice or next(iter(self.choices), "")
        return self._state.choice if self._state.choice in self.choices else usual

    @property
    def state(self) -> LayerState:
        """What the person chose."""
        return self._state

    def set_state(self, state: LayerState) -> None:
        """Apply what a person chose."""
        self._state = state
        for item in self.items:
            item.setOpacity(state.opacity)
        self._update()

    def switch(self, on: bool) -> None:
        """Switch the layer and its legend on or off."""
        self.set_state(replace(self._state, on=on))

    def set_opacity(self, opacity: float) -> None:
        """opacity: from 0 (invisible) to 1 (unchanged)."""
        self.set_state(replace(self._state, opacity=opacity))

    def _offer(self, reason: str = "", default_on: bool = True) -> None:
        """Set why the present subject cannot be shown, and whether the layer is on unless the person chose."""
        if (reason, default_on) != (self._reason, self._default_on):
            self._reason, self._default_on = reason, default_on
            self._update()

    def _has_something(self, drawn: bool, explained: bool) -> None:
        """Set whether the present subject has something to draw, and something for the legend to explain."""
        self._drawn, self._explained = drawn, explained
        self.show_or_hide()

    def show_or_hide(self) -> None:
        """Show the item and the legend if there is a reason to."""
        for item in self.items:
            item.setVisible(self.active and self._drawn)
        if self.legend is not None and self.legend.parent() is not None:  # without a parent it would open as a window
            self.legend.setVisible(self.active and self._explained)

    def _update(self) -> None:
        self.show_or_hide()
        self.state_changed()
        self.changed.emit()
