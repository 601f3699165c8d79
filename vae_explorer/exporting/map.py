"""The latent map as a picture: the latent codes of a run's images in their colours, with a legend."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Ints
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
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.latent.plane import FIRST_TWO, Plane, axes_plane, to_plane
from vae_explorer.latent.raster import View, arrange, draw
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Split = Literal["all", "training", "validation", "held-out"]

MOST_VECTORS = 10_000  # most points drawn as shapes; more are drawn as one image within the axes
OPACITY = 0.8  # of a point, 0 to 1
NO_CLASS = "#9aa3b0"
FLAT = 0.3  # height of the map of one dimension, as a share of its width
LAYOUT_DPI = 96  # DPI of the pixels in which the raster measures the radius of a point
ROOM_OUTSIDE = 0.04  # space on each side, as a share of the extent of the points


@dataclass(frozen=True, slots=True)
class MapOptions:
    """Which latent codes are drawn. Raises UserError for an unknown split."""

    plane: Plane | None = None  # of the latent space; None: that of the first two dimensions
    split: Split = "all"

    def __post_init__(self) -> None:
        if self.split not in ("all", *SPLITS):
            raise UserError(f"There is no split {self.split!r}: choose all, {', '.join(SPLITS)}.")


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
        texts = [f"{colouring.title} {low}", *between, high]
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
) -> "Figure":
    """The map of latent codes z_mean (N, latent_dim) on light ground, with a legend below.

    style: (N,), index in colours.colours, -1: none. split: (N,). Both axes have the same scale. Raises UserError if
    the split has no codes.
    """
    progress("Drawing the map", 0.0)
    chosen = slice(None) if options.split == "all" else split == SPLITS.index(options.split)
    latent_dim = z_mean.shape[1]
    plane = options.plane or axes_plane(FIRST_TWO, latent_dim)
    points, row = to_plane(z_mean[chosen], plane), style[chosen] + 1
    if not len(points):
        raise UserError(f"There are no codes to draw (split: {options.split}).")
    named = list(colours.named)
    if colours.none_named and not row.all():
        named.append((colours.none_named, colours.none))
    entries: list[Entry] = [
        (name, {"linestyle": "", "marker": "o", "markersize": 5, "color": colour}) for name, colour in named
    ]
    left, right, low, high = extent = _extent(points, latent_dim)
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
        rgb = as_rgb([colours.none, *colours.colours])
        _add_points(axes, points, row, rgb, View(*extent, width, height, max(1.0, paper.dpi / LAYOUT_DPI)))
        axes.set(xlim=(left, right), ylim=(low, high), xlabel=across)
        axes.set_xticks(list(x_ticks), list(x_ticks.values()))
        axes.set_yticks(list(y_ticks), list(y_ticks.values()))
        axes.set_ylabel(up if y_ticks else "", rotation=0, ha="right", va="center")
        legend.add_to(page, -paper.dots(beside), height + paper.dots(BELOW_AXES))
    progress("Drawing the map", 1.0)
    return page.figure


def _extent(points: Floats, latent_dim: int) -> tuple[float, float, float, float]:
    """The area of the plane that is drawn, as (left, right, low, high): all points, with some space around.

    Neither side is more than twice the other. For one dimension the height is that of the points of `to_plane`.
    """
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


def _add_points(axes: "Axes", points: Floats, style: Ints, rgb: Bytes, view: View) -> None:
    """Draw points (N, 2) in the colours rgb[style]: few as shapes, many as an image. view: what the axes show."""
    if len(points) > MOST_VECTORS:
        shown = draw(arrange(points, style), rgb, np.full(len(rgb), OPACITY), view)
        extent = (view.left, view.right, view.low, view.high)
        axes.imshow(_on_white(shown), interpolation="none", aspect="auto", extent=extent)
        return
    order = np.random.default_rng(0).permutation(len(points))  # shuffled, so that no class covers another
    room_each = view.width * view.height / view.ratio**2 / len(points)
    size = (2 * float(np.clip(0.25 * math.sqrt(room_each), 0.6, 2.5))) ** 2
    x, y = points[order].T
    axes.scatter(x, y, s=size, color=rgb[style[order]] / 255, alpha=OPACITY, linewidths=0)


def _on_white(rgba: Bytes) -> Bytes:
    """Premultiplied RGBA (H, W, 4) uint8 on white ground: (H, W, 3) uint8."""
    return np.minimum(rgba[..., :3] + (255 - rgba[..., 3:]).astype(np.uint16), 255).astype(np.uint8)


def _note(plane: Plane) -> str:
    if plane.latent_dim == 1:
        return "One latent dimension: the height of a point has no meaning."
    if plane.axes is None:
        return f"The two principal components of the codes, of {plane.latent_dim} dimensions."
    return f"{plane.names[0]} and {plane.names[1]} of {plane.latent_dim} dimensions." if plane.latent_dim > 2 else ""
