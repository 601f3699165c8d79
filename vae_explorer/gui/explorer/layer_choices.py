"""The choices about the layers of the map: each is a step of the history, and they are kept in the settings."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, QSettings, Signal

from vae_explorer.gui.explorer.history import Change, History, Run
from vae_explorer.gui.explorer.layers.layer import LayerState, MapLayer
from vae_explorer.gui.explorer.layers.stack import LayerStack
from vae_explorer.gui.explorer.layers_panel import LayersPanel


class LayerChoices(QObject):
    """Applies what the person chooses in the panel to the layers, through the history."""

    changed = Signal()  # the number of points shown may have changed

    def __init__(self, layers: LayerStack, panel: LayersPanel, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._layers, self._history = layers, history
        panel.wanted.connect(self._wanted)

    def store(self, settings: QSettings) -> None:
        """Remember the states of all layers for the next launch."""
        for name, text in self.texts().items():
            settings.setValue(f"layers/{name}", text)

    def restore(self, settings: QSettings) -> None:
        """Set all layers to their remembered states."""
        self.put({layer.name: settings.value(f"layers/{layer.name}") for layer in self._layers})

    def texts(self) -> dict[str, str]:
        """The state of each layer as a text, by the name of the layer."""
        return {layer.name: to_text(layer.state) for layer in self._layers}

    def put(self, texts: Mapping[str, object]) -> None:
        """Set the layers to these states, without a step of the history; one that is not valid is the default."""
        for layer in self._layers:
            layer.set_state(from_text(texts.get(layer.name)))

    def _wanted(self, layer: MapLayer, state: LayerState, run: Run | None) -> None:
        def show(wanted: LayerState) -> None:
            layer.set_state(wanted)
            self.changed.emit()

        self._history.do(Change(f"layer {layer.title}", layer.state, state, show, run))


def to_text(state: LayerState) -> str:
    """The state as a text for the settings, such as "on 0.80 small"."""
    on = {None: "default", True: "on", False: "off"}[state.on]
    return f"{on} {state.opacity:.2f} {state.choice}".strip()


def from_text(text: object) -> LayerState:
    """The state that `to_text` wrote; the default one if the text is not valid."""
    on, opacity, choice = [*str(text).split(" ", 2), "", "", ""][:3]
    try:
        return LayerState({"default": None, "on": True, "off": False}[on], min(max(float(opacity), 0.0), 1.0), choice)
    except (KeyError, ValueError):
        return LayerState()
