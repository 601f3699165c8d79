"""What a picture of the map shows, and how one of its layers is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vae_explorer.array_types import Bytes, Floats, ImageShape, Ints
from vae_explorer.exporting.legend import Entry
from vae_explorer.latent.grid import Rectangle
from vae_explorer.latent.plane import Plane
from vae_explorer.latent.raster import View
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vae_explorer.exploring.subject import Subject
    from vae_explorer.model.classifier import Classifier
    from vae_explorer.model.decoder import Decoder


@dataclass(frozen=True, slots=True, eq=False)
class MapContent:
    """What a map shows."""

    points: Floats  # (N, 2), the latent codes in the plane
    style: Ints  # (N,), row in rgb
    rgb: Bytes  # (S, 3)
    entries: tuple[Entry, ...]  # of the legend of the points
    plane: Plane
    rectangle: Rectangle  # of the plane, which the axes show
    decoder: "Decoder | None" = None  # None: images cannot be decoded
    image_shape: ImageShape | None = None
    subject: "Subject | None" = None  # None: it is not known where the map can be trusted
    progress: Progress = no_progress
    classifier: "Classifier | None" = None


@dataclass(frozen=True, slots=True)
class MapLayerPicture:
    """How one layer is drawn: as an image, or as lines and shapes, which lie above all images."""

    entries: tuple[Entry, ...] = ()  # in the legend
    raster: Callable[[View], Bytes] | None = None  # premultiplied RGBA (height, width, 4) of a view
    lines: "Callable[[Axes, View], None] | None" = None
