"""The latent map as a picture: its layers within axes, with a legend."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from vae_explorer.array_types import Bytes, Floats, ImageShape, Ints
from vae_explorer.data.dataset import SPLITS
from vae_explorer.errors import UserError
from vae_explorer.exploring.colouring import Colouring, range_texts, value_text
from vae_explorer.exporting.figure import Paper, drawing
from vae_explorer.exporting.legend import Entry
from vae_explorer.exporting.map_content import MapContent, MapLayerPicture
from vae_explorer.exporting.map_frame import MapFrame, extent_of, frame_of
from vae_explorer.exporting.map_layers import LAYERS, check_layers
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.latent.plane import FIRST_TWO, Plane, axes_plane, to_plane
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae_explorer.exploring.subject import Subject
    from vae_explorer.model.classifier import Classifier
    from vae_explorer.model.decoder import Decoder

Split = Literal["all", "training", "validation", "held-out"]

NO_CLASS = "#9aa3b0"


@dataclass(frozen=True, slots=True)
class MapOptions:
    """What is drawn. Raises UserError for an unknown split or layer."""

    plane: Plane | None = None  # of the latent space; None: that of the first two dimensions
    split: Split = "all"
    layers: tuple[str, ...] = ("points",)  # names in LAYERS, the lowest first

    def __post_init__(self) -> None:
        if self.split not in ("all", *SPLITS):
            raise UserError(f"There is no split {self.split!r}: choose all, {', '.join(SPLITS)}.")
        check_layers(self.layers)


@dataclass(frozen=True, slots=True)
class MapColours:
    """The colours of latent codes as "#rrggbb", and the legend."""

    colours: tuple[str, ...]
    none: str = NO_CLASS  # of codes without one of the colours
    named: tuple[tuple[str, str], ...] = ()  # names and colours in the legend
    none_named: str = ""  # name in the legend of codes without a colour, if there are any; "": they have no entry

    def entries(self, incomplete: bool) -> list[Entry]:
        """The legend of the points. incomplete: whether some of them have no colour."""
        without = [(self.none_named, self.none)] if self.none_named and incomplete else []
        return [
            (name, {"linestyle": "", "marker": "o", "markersize": 5, "color": colour})
            for name, colour in (*self.named, *without)
        ]


def class_map_colours(class_names: tuple[str, ...]) -> MapColours:
    """A colour for each class; one for all codes if there are no classes."""
    colours = tuple(class_colours(len(class_names)))
    if not class_names:
        return MapColours(colours, colours[0])
    return MapColours(colours, NO_CLASS, tuple(zip(class_names, colours, strict=True)), "no class")


def map_colours(colouring: Colouring) -> MapColours:
    """The colours of a map on light ground; the legend of a column of values shows five of them."""
    colours = tuple(colouring.colours())
    if colouring.kind != "value":
        named = class_map_colours(colouring.names)
        return replace(named, none_named=f"no {colouring.kind}" if named.named else "")
    named_values: list[tuple[str, str]] = []
    if colouring.range is not None:
        low, high = range_texts(colouring.range, colouring.title)
        span = colouring.range.high - colouring.range.low
        between = [value_text(colouring.range.low + span * quarter / 4, colouring.title) for quarter in (1, 2, 3)]
        indices = [round(quarter / 4 * (len(colours) - 1)) for quarter in range(5)]
        texts = [f"{colouring.heading} {low}", *between, high]
        named_values = [(text, colours[index]) for text, index in zip(texts, indices, strict=True)]
    return MapColours(colours, named=tuple(named_values), none_named="unknown")


def draw_map(
    z_mean: Floats,
    style: Ints,
    split: Bytes,
    colours: MapColours,
    options: MapOptions,
    paper: Paper,
    progress: Progress = no_progress,
    decoder: "Decoder | None" = None,
    image_shape: ImageShape | None = None,
    subject: "Subject | None" = None,
    classifier: "Classifier | None" = None,
) -> "Figure":
    """The map of latent codes z_mean (N, latent_dim) on light ground, with a legend below.

    style: (N,), index in colours.colours, -1: none. split: (N,). decoder and image_shape: for the layer images.
    subject: for the layers that say where the map can be trusted. classifier: for the layer of that name. Both axes
    have the same scale. Raises UserError if the points are wanted and the split has no codes, or if a layer needs what
    is not given.
    """
    progress("Drawing the map", 0.0)
    chosen = slice(None) if options.split == "all" else split == SPLITS.index(options.split)
    latent_dim = z_mean.shape[1]
    plane = options.plane or axes_plane(FIRST_TWO, latent_dim)
    points, row = to_plane(z_mean[chosen], plane), style[chosen] + 1
    if not len(points) and "points" in options.layers:
        raise UserError(f"There are no codes to draw (split: {options.split}).")
    of_points = colours.entries(incomplete=not row.all())
    rgb = as_rgb([colours.none, *colours.colours])
    extent = extent_of(points, latent_dim)
    content = MapContent(points, row, rgb, tuple(of_points), plane, extent, decoder, image_shape, subject, progress,
                         classifier)  # fmt: skip
    layers = [LAYERS[name](content) for name in options.layers]
    entries = [entry for layer in layers for entry in layer.entries]
    with drawing():
        frame = frame_of(extent, entries, plane, paper)
        _add_layers(frame, layers)
    progress("Drawing the map", 1.0)
    return frame.figure


def _add_layers(frame: MapFrame, layers: list[MapLayerPicture]) -> None:
    """Draw the layers, the lowest first: all images as one, and lines above it."""
    axes, view = frame.axes, frame.view
    ground: Bytes | None = None
    for layer in layers:
        if layer.raster is not None:
            ground = _over(layer.raster(view), ground)
    if ground is not None:
        axes.imshow(ground, interpolation="none", aspect="auto", extent=(view.left, view.right, view.low, view.high))
    for layer in layers:
        if layer.lines is not None:
            layer.lines(axes, view)


def _over(rgba: Bytes, ground: Bytes | None) -> Bytes:
    """Premultiplied RGBA (H, W, 4) uint8 on a ground (H, W, 3) uint8; None: on white."""
    if ground is None:
        return np.minimum(rgba[..., :3] + (255 - rgba[..., 3:]).astype(np.uint16), 255).astype(np.uint8)
    for rows, below in zip(rgba, ground, strict=True):
        below[:] = np.minimum(rows[..., :3] + (below * (255 - rows[..., 3:]).astype(np.uint16) + 127) // 255, 255)
    return ground
