"""What the layers of the map that say where it can be trusted show in a rectangle of the plane: pictures and contours.

Each class below computes one kind of field, and keeps what does not depend on the rectangle for its next call. One
thread at a time may call an object. `progress` may raise an exception to end a computation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Bytes, Doubles, Floats
from vae_explorer.exploring.errors import image_errors, why_no_errors
from vae_explorer.exploring.magnification import magnification
from vae_explorer.exploring.round_trip import round_trip
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.averages import ENOUGH, averages_on
from vae_explorer.latent.density import MASSES, Gaussians, cells_for, density_on, kernels_at, levels_of, posteriors_in
from vae_explorer.latent.grid import Grid, Rectangle, extent_of, grid_over
from vae_explorer.latent.palette import SHADES, as_rgb, class_colours
from vae_explorer.latent.plane import Plane, on_plane
from vae_explorer.latent.regions import class_regions
from vae_explorer.progress import Progress, no_progress

FINE, COARSE = 160, 56  # cells along the longer side: of fields from latent codes, and of fields that need a decoder
ROUGH = 20  # cells along the longer side of a field that needs a decoder and is to be there at once
OPACITIES = 0.12, 0.75  # of the lowest and the highest value; 0 is left for where nothing is known
REGION, SHADE = 0.5, 0.5  # largest opacity of a class region, and of the density
MARGIN = 1.0  # standard deviations around the codes in which the contours' levels are measured
ENDS = 2, 98  # percentiles of a field at the ends of its scale


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    label: str
    lines: tuple[Doubles, ...]  # (n, 2) each, points of the plane
    dashed: bool = False  # a contour of the prior


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field in a rectangle of the plane, ready to be drawn."""

    rectangle: Rectangle
    rgba: Bytes  # (H, W, 4), row by row from the top; not premultiplied
    contours: tuple[Contour, ...] = ()
    ends: tuple[str, str] = ("", "")  # what the palest and the strongest colour mean, with the unit
    note: str = ""  # what it was computed from; "": nothing to be said
    names: tuple[tuple[str, float, float], ...] = ()  # texts that are written at points of the plane


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a field is wanted, and on which background."""

    subject: Subject
    plane: Plane  # goes through the handle
    rectangle: Rectangle
    dark: bool
    rough: bool = False  # few cells, so that it is there sooner


class FieldKind(Protocol):
    """Computes the field at a place."""

    def missing(self, subject: Subject) -> str:
        """Why the field of this subject cannot be computed, one sentence; "": it can."""
        ...

    def __call__(self, place: Place, progress: Progress = no_progress) -> Field: ...


class DensityField:
    """The density of the aggregated posterior: its posteriors, or kernels of one width where only means are known."""

    def __init__(self) -> None:
        self._of: tuple[Any, ...] = ()
        self._gaussians: Gaussians
        self._levels: tuple[float, ...]
        self._highest: float

    def missing(self, subject: Subject) -> str:
        return "" if len(subject.z_mean) else "There are no latent codes."

    def __call__(self, place: Place, progress: Progress = no_progress) -> Field:
        subject, flat = place.subject, place.plane.latent_dim == 1
        of = subject.z_mean, subject.z_log_var, subject.drawn_in
        if len(self._of) != len(of) or any(old is not new for old, new in zip(self._of, of, strict=True)):
            progress("Measuring the density", 0.0)
            self._measure(subject)
            self._of = of
        grid = grid_over(place.rectangle, cells_for(self._gaussians, place.rectangle))
        density = density_on(grid, self._gaussians)
        contours = [
            Contour(f"{mass:.0%}".replace("%", " %"), contour_lines(grid, density, level))
            for mass, level in zip(MASSES, self._levels, strict=True)
            if level > 0
        ]
        prior = np.add.outer(0 * grid.y if flat else np.square(grid.y), np.square(grid.x))
        for mass in MASSES:
            squared = NormalDist().inv_cdf((1 + mass) / 2) ** 2 if flat else -2 * np.log(1 - mass)
            label = f"prior {mass:.0%}".replace("%", " %")
            contours.append(Contour(label, contour_lines(grid, prior, squared), dashed=True))
        share = np.sqrt(np.clip(density / max(self._highest, 1e-300), 0, 1))
        ends = "0", f"{self._highest:.3g} per unit of {'z1' if flat else 'area'}"
        note = "" if subject.z_log_var is not None else f"Kernel estimate from {len(subject.z_mean):,} codes"
        return Field(place.rectangle, shaded("density", place.dark, share * SHADE), tuple(contours), ends, note)

    def _measure(self, subject: Subject) -> None:
        plane, log_var = subject.drawn_in, subject.z_log_var
        if log_var is not None:
            self._gaussians = posteriors_in(plane, subject.z_mean, log_var)
        else:
            self._gaussians = kernels_at(plane, subject.z_mean)
        everywhere = extent_of(self._gaussians.mean, MARGIN)
        density = density_on(grid_over(everywhere, cells_for(self._gaussians, everywhere)), self._gaussians)
        self._levels, self._highest = levels_of(density), float(density.max(initial=0))


class RegionsField:
    """The classes of the nearest codes."""

    def missing(self, subject: Subject) -> str:
        return "" if (subject.label >= 0).any() else "The images have no classes."

    def __call__(self, place: Place, progress: Progress = no_progress) -> Field:
        progress("Counting the votes", 0.0)
        grid = grid_over(place.rectangle, FINE)
        colours = as_rgb(class_colours(len(place.subject.columns.class_names), place.dark))
        regions = class_regions(grid, place.subject.plane, place.subject.label, colours)
        rgba = np.concatenate([regions.rgb, 255 * REGION * regions.strength[..., None]], axis=2)
        return Field(place.rectangle, np.rint(rgba).astype(np.uint8))


class ErrorField:
    """The reconstruction error, averaged over the images near each point."""

    def __init__(self) -> None:
        self._of: tuple[Any, Any] = None, None  # codes and images that the errors belong to
        self._errors: Floats

    def missing(self, subject: Subject) -> str:
        return why_no_errors(subject)

    def __call__(self, place: Place, progress: Progress = no_progress) -> Field:
        subject = place.subject
        if self._of[0] is not subject.z_mean or self._of[1] is not subject.images:
            self._errors = image_errors(subject, progress)
            self._of = subject.z_mean, subject.images
        known = np.isfinite(self._errors) & np.isfinite(subject.z_mean).all(axis=1)
        grid, errors = grid_over(place.rectangle, FINE), self._errors[known]
        averages = averages_on(grid, kernels_at(subject.drawn_in, subject.z_mean[known]), errors)
        low, high = ends_of(averages.mean[averages.codes >= ENOUGH])
        opacity = ramp((averages.mean - low) / max(high - low, 1e-12)) * np.clip(averages.codes / ENOUGH, 0, 1)
        note = "" if known.all() else f"From {np.count_nonzero(known):,} of {len(known):,} images"
        ends = f"{low:.3f}", f"{high:.3f} pixels, 0 to 1"
        return Field(place.rectangle, shaded("error", place.dark, opacity), (), ends, note)


class MagnificationField:
    """How much the decoder stretches the plane, on a logarithmic scale."""

    def missing(self, subject: Subject) -> str:  # noqa: ARG002  every subject has a decoder
        return ""

    def __call__(self, place: Place, progress: Progress = no_progress) -> Field:
        grid = decoded_grid(place)
        values = int(np.prod(place.subject.image_shape))
        factors = magnification(place.subject.decoder, grid.points(), place.plane, values, progress).reshape(grid.shape)
        positive = np.maximum(factors, 1e-6)
        low, high = ends_of(positive)
        opacity = ramp(np.log(positive / low) / max(np.log(high / low), 1e-12))
        unit = "pixel values per unit of z1" if place.plane.latent_dim == 1 else "(pixel values)² per unit of area"
        ends = f"{low:.3g}", f"{high:.3g} {unit}"
        return Field(place.rectangle, shaded("magnification", place.dark, opacity), (), ends)


class RoundTripField:
    """How far from a code the encoder puts the image that is decoded from it."""

    def missing(self, subject: Subject) -> str:
        return "" if subject.encoder is not None else subject.why_no_encoder

    def __call__(self, place: Place, progress: Progress = no_progress) -> Field:
        assert place.subject.encoder is not None
        grid = decoded_grid(place)
        codes = on_plane(grid.points(), place.plane)
        back = round_trip(place.subject.decoder, place.subject.encoder, codes, progress)
        lengths = np.linalg.norm(back - codes, axis=1).reshape(grid.shape)
        _, high = ends_of(lengths)
        opacity = ramp(lengths / max(high, 1e-12))
        return Field(
            place.rectangle, shaded("round trip", place.dark, opacity), (), ("0", f"{high:.2g} standard deviations")
        )


def contour_lines(grid: Grid, values: NDArray[Any], level: float) -> tuple[Doubles, ...]:
    """The lines (n, 2) in the plane on which values (H, W) over a grid have this level."""
    if min(values.shape) < 2:
        return ()
    from contourpy import contour_generator  # 20 ms that the launch does not need

    lines: Any = contour_generator(grid.x, grid.y, values).lines(level)
    return tuple(lines)


def ramp(share: NDArray[Any]) -> NDArray[Any]:
    """The opacity of values as shares of the scale, 0 to 1; NaN is transparent."""
    low, high = OPACITIES
    return np.where(np.isfinite(share), low + (high - low) * np.clip(np.nan_to_num(share), 0, 1), 0.0)


def shaded(name: str, dark: bool, opacity: NDArray[Any]) -> Bytes:
    """A picture (H, W, 4) in one hue of `SHADES`, with an opacity (H, W) of 0 to 1."""
    picture = np.empty((*opacity.shape, 4), np.uint8)
    picture[..., :3] = as_rgb([SHADES[name][dark]])[0]
    picture[..., 3] = np.rint(255 * opacity)
    return picture


def ends_of(values: NDArray[Any]) -> tuple[float, float]:
    """The ends of the scale for these values, without the few extreme ones; (0, 1) if none is finite."""
    finite: Sequence[float] = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = np.percentile(finite, ENDS).tolist()
    return low, high


def decoded_grid(place: Place) -> Grid:
    """A grid for what is decoded; with one latent dimension all its rows would be equal, so it has one."""
    grid = grid_over(place.rectangle, ROUGH if place.rough else COARSE)
    return grid if place.plane.latent_dim > 1 else replace(grid, y=np.zeros(1))
