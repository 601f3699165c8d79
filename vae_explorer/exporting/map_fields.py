"""The layers that say where the map can be trusted, as a picture: fields of one hue, and contours with their labels."""

from typing import TYPE_CHECKING, Any

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.errors import UserError
from vae_explorer.exploring.fields import (
    DensityField,
    ErrorField,
    Field,
    FieldKind,
    MagnificationField,
    Place,
    RegionsField,
    RoundTripField,
)
from vae_explorer.exploring.subject import Subject
from vae_explorer.exporting.legend import Entry
from vae_explorer.exporting.map_content import MapLayerPicture
from vae_explorer.latent.grid import Rectangle
from vae_explorer.latent.palette import SHADES
from vae_explorer.latent.plane import Plane
from vae_explorer.latent.raster import View
from vae_explorer.progress import Progress

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE, PRIOR = "#1c2026", "#2f6fde"  # colours of the contours of the codes and of the prior
WIDTH = 0.8  # points
# Of each layer the kind of field, its hue in `SHADES` and its name in the legend.
KINDS: dict[str, tuple[type[Any], str, str]] = {
    "density": (DensityField, "density", "density"),
    "regions": (RegionsField, "", ""),
    "error": (ErrorField, "error", "reconstruction error"),
    "magnification": (MagnificationField, "magnification", "magnification"),
    "roundtrip": (RoundTripField, "round trip", "round trip"),
}


def field_picture(
    name: str,
    subject: Subject,
    plane: Plane,
    rectangle: Rectangle,
    progress: Progress,
    kind: FieldKind | None = None,
) -> MapLayerPicture:
    """The layer of this name over a rectangle of the plane, in which the subject is drawn.

    kind: what computes it; None: the usual one for this name. Raises UserError without what the layer needs.
    """
    shade = title = ""
    if kind is None:
        make, shade, title = KINDS[name]
        kind = make()
    assert kind is not None
    if kind.missing(subject):
        raise UserError(f"The layer {name} cannot be drawn: {kind.missing(subject)}")
    field = kind(Place(subject, plane, rectangle, dark=False), progress)
    entries: list[Entry] = []
    if title:
        low, high = field.ends
        note = f" ({field.note[0].lower()}{field.note[1:]})" if field.note else ""
        square = {"linestyle": "", "marker": "s", "markersize": 6, "color": SHADES[shade][False], "alpha": 0.7}
        entries.append((f"{title} {low} to {high}{note}", square))
    for dashed, text in ((False, "50, 80, 95 % of the codes"), (True, "of the prior")):
        if any(contour.label and contour.dashed is dashed for contour in field.contours):
            line = {"color": PRIOR if dashed else LINE, "linewidth": WIDTH, "linestyle": "--" if dashed else "-"}
            entries.append((text, line))
    lines = (lambda axes, view: _add_contours(field, axes, view)) if field.contours or field.names else None
    return MapLayerPicture(tuple(entries), lambda view: _stretched(field, view), lines)


def _stretched(field: Field, view: View) -> Bytes:
    """The field in the pixels of the view, premultiplied."""
    from PIL import Image

    rgba = field.rgba.astype(np.float32)
    rgba[..., :3] *= rgba[..., 3:] / 255  # before it is stretched, so that no colour leaks out of transparent cells
    stretched = np.empty((view.height, view.width, 4), np.uint8)
    for channel in range(4):  # as floats, whose steps cannot be seen
        small = Image.fromarray(np.ascontiguousarray(rgba[..., channel]))
        large = np.asarray(small.resize((view.width, view.height), Image.Resampling.BILINEAR))
        stretched[..., channel] = np.rint(large)
    return stretched


def _add_contours(field: Field, axes: "Axes", view: View) -> None:
    for contour in field.contours:
        colour, dashes = (PRIOR, "--") if contour.dashed else (LINE, "-")
        for x, y in (line.T for line in contour.lines):
            axes.plot(x, y, dashes, color=colour, linewidth=WIDTH, zorder=4)
        if not contour.label:
            continue
        inside = [line[_well_inside(line, view)] for line in contour.lines]
        longest = max(inside, key=len, default=np.empty((0, 2)))
        if len(longest):
            x, y = longest[longest[:, 1].argmin() if contour.dashed else longest[:, 1].argmax()].tolist()
            _write(axes, contour.label, x, y, colour)
    for name, x, y in field.names:
        _write(axes, name, x, y, LINE)


def _write(axes: "Axes", text: str, x: float, y: float, colour: str) -> None:
    box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    axes.text(x, y, text, size=6, color=colour, ha="center", va="center", bbox=box, zorder=5, parse_math=False)


def _well_inside(line: Any, view: View) -> Any:
    across, up = 0.05 * (view.right - view.left), 0.03 * (view.high - view.low)
    x, y = line.T
    return (x > view.left + across) & (x < view.right - across) & (y > view.low + up) & (y < view.high - up)
