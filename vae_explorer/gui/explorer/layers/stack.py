"""The list of the map's layers, and the stack that adds them to a plot."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.classifier import ClassifierLayer
from vae_explorer.gui.explorer.layers.density import DensityLayer
from vae_explorer.gui.explorer.layers.errors import ErrorLayer
from vae_explorer.gui.explorer.layers.grid_lines import GridLinesLayer
from vae_explorer.gui.explorer.layers.images import ImagesLayer
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.explorer.layers.magnification import MagnificationLayer
from vae_explorer.gui.explorer.layers.own_image import OwnImageLayer
from vae_explorer.gui.explorer.layers.points import PointsLayer
from vae_explorer.gui.explorer.layers.posterior import PosteriorLayer
from vae_explorer.gui.explorer.layers.prior import PriorLayer
from vae_explorer.gui.explorer.layers.regions import RegionsLayer
from vae_explorer.gui.explorer.layers.round_trip import ArrowLayer, RoundTripLayer
from vae_explorer.gui.explorer.layers.selected import SelectedLayer
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.plane import Plane

LAYERS: tuple[Callable[[], MapLayer], ...] = (  # from the lowest to the uppermost
    GridLinesLayer,
    ImagesLayer,
    RegionsLayer,
    ClassifierLayer,
    ErrorLayer,
    MagnificationLayer,
    RoundTripLayer,
    DensityLayer,
    PriorLayer,
    PointsLayer,
    SelectedLayer,
    PosteriorLayer,
    OwnImageLayer,
    ArrowLayer,
)
MARGIN = 10  # pixels between the corner of the map and the first legend, and between legends
# Events of a legend after which the legends are arranged again.
CHANGES = {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize, QEvent.Type.LayoutRequest}

Layer = TypeVar("Layer", bound=MapLayer)


class LayerStack(QObject):
    """Passes the subject, the handle, the theme and the view to every layer, and arranges the legends."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        """Make the layers and add their items to the plot, with negative z-values so that they are below the rest."""
        super().__init__(plot)
        self._plot = plot
        self._layers = [make() for make in LAYERS]
        for height, layer in enumerate(self._layers):
            layer.setParent(self)
            layer.item.setZValue(height - len(self._layers))
            for item in layer.items:
                plot.addItem(item, ignoreBounds=True)
            if layer.over is not None:
                layer.over.setZValue(-0.5)  # above the uppermost layer, whose z-value is -1
            if layer.legend is not None:
                layer.legend.setParent(plot)
                layer.show_or_hide()  # setParent hides the legend
                layer.legend.installEventFilter(self)
        plot.getViewBox().sigRangeChanged.connect(self.view_changed)

    def __iter__(self) -> Iterator[MapLayer]:
        return iter(self._layers)

    def find(self, kind: type[Layer]) -> Layer:
        """The layer of this class."""
        return next(layer for layer in self._layers if isinstance(layer, kind))

    def show(self, subject: Subject) -> None:
        for layer in self._layers:
            layer.show(subject)

    def go(self, code: Floats, plane: Plane) -> None:
        for layer in self._layers:
            layer.go(code, plane)

    def decoder_changed(self) -> None:
        for layer in self._layers:
            layer.decoder_changed()

    def set_theme(self, theme: Theme) -> None:
        for layer in self._layers:
            layer.set_theme(theme)

    def view_changed(self) -> None:
        for layer in self._layers:
            layer.view_changed()

    def end(self) -> None:
        for layer in self._layers:
            layer.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in CHANGES:
            self.arrange_legends()
        return False

    def arrange_legends(self) -> None:
        """Put the legends below each other in the upper right corner."""
        top = MARGIN
        for legend in self._shown_legends():
            legend.adjustSize()
            legend.move(self._plot.width() - legend.width() - MARGIN, top)
            top += legend.height() + MARGIN

    def covered(self) -> int:
        """The width in pixels that the legends cover at the right of the map."""
        self.arrange_legends()
        return max((legend.width() + MARGIN for legend in self._shown_legends()), default=0)

    def _shown_legends(self) -> list[QWidget]:
        legends = [layer.legend for layer in self._layers if layer.legend is not None]
        return [legend for legend in legends if legend.isVisibleTo(self._plot)]
