"""The latent map as a picture: its layers within axes, with a legend."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from vae_explorer.array_types import Bytes, Floats, ImageShape, Ints
from vae_explorer.data.dataset import SPLITS
from vae_explorer.errors import UserError
from vae_explorer.exploring.colouring import Colouring, range_texts, value_text
from vae_explorer.exporting.figure import (
    BELOW_AXES,
    MOST_DOTS,
    SMALL,
    TEXT,
    Margins,
    Page,
    Paper,
    drawing,
    room,
    text_width,
)
from vae_explorer.exporting.legend import Entry, Legend
from vae_explorer.exporting.map_content import MapContent, MapLayerPicture
from vae_explorer.exporting.map_layers import LAYERS, check_layers
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.latent.plane import FIRST_TWO, Plane, axes_plane, to_plane
from vae_explorer.latent.raster import View
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from vae_explorer.exploring.subject import Subject
    from vae_explorer.model.classifier import Classifier
    from vae_explorer.model.decoder import Decoder

Split = Literal["all", "training", "validation", "held-out"]

NO_CLASS = "#9aa3b0"
FLAT = 0.3  # height of the map of one dimension, as a share of its width
LAYOUT_DPI = 96  # DPI of the pixels in which the raster measures the radius of a point
NEARLY_ALL = 3.0  # standard deviations of the prior that a map without points shows
ROOM_OUTSIDE = 0.04  # space on each side, as a share of the extent of the points


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
    named = list(colours.named)
    if colours.none_named and not row.all():
        named.append((colours.none_named, colours.none))
    of_points: list[Entry] = [
        (name, {"linestyle": "", "marker": "o", "markersize": 5, "color": colour}) for name, colour in named
    ]
    rgb = as_rgb([colours.none, *colours.colours])
    left, right, low, high = extent = _extent(points, latent_dim)
    content = MapContent(points, row, rgb, tuple(of_points), plane, extent, decoder, image_shape, subject, progress,
                         classifier)  # fmt: skip
    layers = [LAYERS[name](content) for name in options.layers]
    entries = [entry for layer in layers for entry in layer.entries]
    with drawing():
        across, up = plane.names
        x_ticks, y_ticks = _ticks(left, right), _ticks(low, high) if latent_dim > 1 else {}
        label_width = max((text_width(text, SMALL) for text in y_ticks.values()), default=0)
        beside = text_width(up, TEXT) + label_width + 12 if y_ticks else 0
        width = room(paper, Margins(left=beside, bottom=BELOW_AXES))
        shape = (high - low) / (right - left) if latent_dim > 1 else FLAT
        width, height = min(width, int(MOST_DOTS / shape)), max(1, round(min(width * shape, MOST_DOTS)))
        legend = Legend(entries, beside + paper.points(width), mark=5)
        margins = Margins(left=beside, bottom=BELOW_AXES + legend.height)
        page = Page(paper, width, height, margins, _note(plane))
        axes = page.axes(0, 0, width, height)
        _add_layers(axes, layers, View(*extent, width, height, max(1.0, paper.dpi / LAYOUT_DPI)))
        axes.set(xlim=(left, right), ylim=(low, high), xlabel=across)
        axes.set_xticks(list(x_ticks), list(x_ticks.values()))
        axes.set_yticks(list(y_ticks), list(y_ticks.values()))
        axes.set_ylabel(up if y_ticks else "", rotation=0, ha="right", va="center")
        legend.add_to(page, -paper.dots(beside), height + paper.dots(BELOW_AXES))
    progress("Drawing the map", 1.0)
    return page.figure


def _extent(points: Floats, latent_dim: int) -> tuple[float, float, float, float]:
    """The area of the plane that is drawn, as (left, right, low, high): all points, with some space around.

    Neither side is more than twice the other. Without points it is nearly all of the prior. For one dimension the
    height is that of the points of `to_plane`.
    """
    if not len(points):
        points = np.array([(-NEARLY_ALL, -NEARLY_ALL), (NEARLY_ALL, NEARLY_ALL)], np.float32)
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    half, middle = (high - low) * (0.5 + ROOM_OUTSIDE), (high + low) / 2
    half = np.maximum(half, max(half.max() / 2, 1e-3))
    if latent_dim == 1:
        half[1], middle[1] = 1.1, 0
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    return left, right, bottom, top


def _ticks(low: float, high: float) -> dict[float, str]:
    """The coordinates of the ticks within the range, each with its text."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(8, steps=[1, 2, 5, 10]).tick_values(low, high)
    return {float(value): f"{value:.6g}".replace("-", "−") for value in values if low <= value <= high}


def _add_layers(axes: "Axes", layers: list[MapLayerPicture], view: View) -> None:
    """Draw the layers, the lowest first: all images as one, and lines above it. view: what the axes show."""
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


def _note(plane: Plane) -> str:
    if plane.latent_dim == 1:
        return "One latent dimension: the height of a point has no meaning."
    if plane.axes is None:
        return f"The two principal components of the codes, of {plane.latent_dim} dimensions."
    return f"{plane.names[0]} and {plane.names[1]} of {plane.latent_dim} dimensions." if plane.latent_dim > 2 else ""
