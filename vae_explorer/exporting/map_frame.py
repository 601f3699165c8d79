"""The frame of a picture of the map: axes of one scale, their ticks and names, the legend and a note below."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.exporting.figure import BELOW_AXES, MOST_DOTS, SMALL, TEXT, Margins, Page, Paper, room, text_width
from vae_explorer.exporting.legend import Entry, Legend
from vae_explorer.latent.plane import Plane
from vae_explorer.latent.raster import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FLAT = 0.3  # height of the map of one dimension, as a share of its width
LAYOUT_DPI = 96  # DPI of the pixels in which the raster measures the radius of a point
NEARLY_ALL = 3.0  # standard deviations of the prior that a map without points shows
ROOM_OUTSIDE = 0.04  # space on each side, as a share of the extent of the points

Extent = tuple[float, float, float, float]  # left, right, low, high


@dataclass(frozen=True, slots=True)
class MapFrame:
    """A figure whose axes wait for the layers of the map."""

    figure: "Figure"
    axes: "Axes"
    view: View  # what the axes show


def frame_of(extent: Extent, entries: list[Entry], plane: Plane, paper: Paper) -> MapFrame:
    """The frame around this part of the plane, with these entries in the legend. To be called within `drawing`."""
    latent_dim, (left, right, low, high) = plane.latent_dim, extent
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
    axes.set(xlim=(left, right), ylim=(low, high), xlabel=across)
    axes.set_xticks(list(x_ticks), list(x_ticks.values()))
    axes.set_yticks(list(y_ticks), list(y_ticks.values()))
    axes.set_ylabel(up if y_ticks else "", rotation=0, ha="right", va="center")
    legend.add_to(page, -paper.dots(beside), height + paper.dots(BELOW_AXES))
    return MapFrame(page.figure, axes, View(*extent, width, height, max(1.0, paper.dpi / LAYOUT_DPI)))


def extent_of(points: Floats, latent_dim: int) -> Extent:
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


def _note(plane: Plane) -> str:
    if plane.latent_dim == 1:
        return "One latent dimension: the height of a point has no meaning."
    if plane.axes is None:
        return f"The two principal components of the codes, of {plane.latent_dim} dimensions."
    return f"{plane.names[0]} and {plane.names[1]} of {plane.latent_dim} dimensions." if plane.latent_dim > 2 else ""
