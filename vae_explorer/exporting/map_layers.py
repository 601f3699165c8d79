"""The layers of the map as a picture; LAYERS lists them by name."""

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.errors import UserError
from vae_explorer.exporting.legend import Entry
from vae_explorer.exporting.map_content import MapContent, MapLayerPicture
from vae_explorer.latent.raster import View, arrange, draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_VECTORS = 10_000  # most points drawn as shapes; more are drawn as one image within the axes
OPACITY = 0.8  # of a point, 0 to 1
IMAGE_SIDE = 24  # about the side of a decoded image, in pixels of the layout
FIELDS = "density", "regions", "classifier", "error", "magnification", "roundtrip"  # where the map can be trusted
RINGS = 1, 2, 3  # standard deviations of the prior
RING = "#2f6fde"


def point_size(count: int, view: View) -> float:
    """The area of each of `count` points drawn as shapes, in square points."""
    room_each = view.width * view.height / view.ratio**2 / max(1, count)
    return (2 * float(np.clip(0.25 * math.sqrt(room_each), 0.6, 2.5))) ** 2


def _points(content: MapContent) -> MapLayerPicture:
    """The points: few as shapes, many as an image."""
    points, style, rgb = content.points, content.style, content.rgb
    if len(points) > MOST_VECTORS:
        opacity = np.full(len(rgb), OPACITY)
        return MapLayerPicture(content.entries, lambda view: draw(arrange(points, style), rgb, opacity, view))

    def add(axes: "Axes", view: View) -> None:
        order = np.random.default_rng(0).permutation(len(points))  # shuffled, so that no class covers another
        x, y = points[order].T
        axes.scatter(x, y, s=point_size(len(points), view), color=rgb[style[order]] / 255, alpha=OPACITY, linewidths=0)

    return MapLayerPicture(content.entries, lines=add)


def _images(content: MapContent) -> MapLayerPicture:
    """Images decoded everywhere in the plane, side by side. Raises UserError without a decoder."""
    from vae_explorer.exploring.image_cells import ImageSource
    from vae_explorer.exploring.image_map import decode_view

    decoder, image_shape = content.decoder, content.image_shape
    if decoder is None or image_shape is None:
        raise UserError("The layer images needs a decoder: open a run that has one.")
    source = ImageSource(decoder, image_shape, content.plane)

    def raster(view: View) -> Bytes:
        words = decode_view(source, view, IMAGE_SIDE, content.progress)
        return np.ascontiguousarray(words.astype("<u4").view(np.uint8).reshape(*words.shape, 4)[..., [2, 1, 0, 3]])

    return MapLayerPicture(raster=raster)


def _prior(_: MapContent) -> MapLayerPicture:
    """Circles at 1, 2 and 3 standard deviations of the prior."""

    def add(axes: "Axes", _: View) -> None:
        from matplotlib.patches import Circle

        for ring in RINGS:
            axes.add_patch(Circle((0, 0), ring, fill=False, edgecolor=RING, linewidth=0.8, zorder=3))

    named: Entry = ("prior: 1, 2, 3 sd", {"color": RING, "linewidth": 0.8})
    return MapLayerPicture((named,), lines=add)


def _field(content: MapContent, name: str) -> MapLayerPicture:
    from vae_explorer.exporting.map_fields import field_picture

    if content.subject is None:
        raise UserError(f"The layer {name} needs a run.")
    kind = None
    if name == "classifier":
        from vae_explorer.exploring.classifying import ClassifierField

        if content.classifier is None:
            raise UserError("The layer classifier needs a classifier: name its file with --classifier.")
        kind = ClassifierField(content.classifier)
    return field_picture(name, content.subject, content.plane, content.rectangle, content.progress, kind)


LAYERS: dict[str, Callable[[MapContent], MapLayerPicture]] = {
    "images": _images,
    "points": _points,
    "prior": _prior,
    **{name: partial(_field, name=name) for name in FIELDS},
}


def check_layers(names: tuple[str, ...]) -> None:
    """Raises UserError unless there is at least one name, and all are names of layers."""
    for name in names or ("",):
        if name not in LAYERS:
            raise UserError(f"There is no layer {name!r} of the map: choose from {', '.join(LAYERS)}.")
