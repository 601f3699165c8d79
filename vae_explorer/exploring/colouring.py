"""The colours of latent codes: by class, by cluster, by group, by a number of each image, or all the same."""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vae_explorer.array_types import Floats, Ints
from vae_explorer.exploring.image_figures import ImageFigure
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.palette import class_colours, value_colours, with_chosen
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.groups import Groups

Kind = Literal["class", "cluster", "group", "value", "plain"]

LEVELS = 64  # colours of a range of values
OUTLIERS = 0.01  # share of the values at each end that may be left out of the range
FAR = 1.5  # outliers are left out if all values span more than this many times the range of the others
TIME = "time"  # name of the column of the files' times, in seconds since the earliest


@dataclass(frozen=True, slots=True)
class Range:
    """The values of the first and of the last colour."""

    low: float
    high: float
    cut_low: bool = False  # lower values exist and have the first colour
    cut_high: bool = False  # higher values exist and have the last colour


@dataclass(frozen=True, slots=True, eq=False)
class Colouring:
    """The colour of each of N latent codes, as an index among `count` colours."""

    kind: Kind
    title: str
    style: Ints  # (N,), position among the colours, -1: none
    names: tuple[str, ...] = ()  # of the colours, of classes, clusters and groups
    range: Range | None = None  # of values
    images_key: Hashable = None  # of the subject that it is of
    values: Floats | None = None  # (N,), those that the colours stand for, NaN: unknown
    unit: str = ""  # of the values
    chosen: tuple[str, ...] = ()  # colours that the person chose for the names, "#rrggbb", "": the usual one

    def fits(self, subject: Subject) -> bool:
        """Whether it is of the images of this subject, wherever their codes are by now."""
        return self.images_key == subject.images_key

    @property
    def count(self) -> int:
        """The number of colours, without the one for codes that have none."""
        return LEVELS if self.kind == "value" else max(1, len(self.names))

    @property
    def heading(self) -> str:
        """The title, with the unit if there is one."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    @property
    def incomplete(self) -> bool:
        """Whether some latent codes have a colour and others have none."""
        return self.kind != "plain" and bool((self.style < 0).any())

    def colours(self, dark: bool = False) -> list[str]:
        """The colours as "#rrggbb"."""
        if self.kind == "value":
            return value_colours(LEVELS, dark)
        return with_chosen(class_colours(len(self.names), dark), self.chosen)


def plainly(label: Ints, images_key: Hashable = None) -> Colouring:
    """All in one colour."""
    return Colouring("plain", "", np.full(len(label), -1, np.int32), images_key=images_key)


def by_class(label: Ints, class_names: tuple[str, ...], images_key: Hashable = None) -> Colouring:
    """By the labels (N,), positions in class_names, -1: none; plainly where there are no classes."""
    if not class_names:
        return plainly(label, images_key)
    return Colouring("class", "class", label, class_names, images_key=images_key)


def by_value(name: str, values: Floats, images_key: Hashable = None, unit: str = "") -> Colouring:
    """By numbers (N,); codes whose value is not known, NaN, have no colour."""
    found = find_range(values)
    style = np.full(len(values), -1, np.int32)
    if found is not None:
        known = np.isfinite(values)
        share = (values[known].astype(np.float64) - found.low) / ((found.high - found.low) or 1)
        style[known] = np.clip(share * LEVELS, 0, LEVELS - 1).astype(np.int32)
    return Colouring("value", name, style, range=found, images_key=images_key, values=values, unit=unit)


def by_cluster(cluster: Ints, images_key: Hashable = None) -> Colouring:
    """By clusters (N,), counted from 0, -1: none."""
    names = tuple(f"cluster {number + 1}" for number in range(int(cluster.max(initial=-1)) + 1))
    return Colouring("cluster", "cluster", cluster, names, images_key=images_key)


def by_group(groups: Groups, images_key: Hashable = None) -> Colouring:
    """By the groups that a person made; images in no group have no colour."""
    return Colouring("group", "group", groups.member, groups.names, images_key=images_key, chosen=groups.colours)


def by_figure(figure: ImageFigure, subject: Subject, progress: Progress = no_progress) -> Colouring:
    """By a figure of each image, which is measured now. `progress` may raise an exception to end it."""
    return by_value(figure.title, figure.measure(subject, progress), subject.images_key, figure.unit)


def find_range(values: Floats) -> Range | None:
    """The range of colours for values (N,); None if no value is known.

    It runs from the lowest to the highest value, but without the share OUTLIERS at each end if that would leave few
    colours for the other values.
    """
    known = np.sort(values[np.isfinite(values)]).astype(np.float64)
    if not len(known):
        return None
    low, high = float(known[0]), float(known[-1])
    outliers = int(len(known) * OUTLIERS)
    usual_low, usual_high = float(known[outliers]), float(known[-1 - outliers])
    if usual_high > usual_low and high - low > FAR * (usual_high - usual_low):
        return Range(usual_low, usual_high, usual_low > low, usual_high < high)
    return Range(low, high)


def range_texts(found: Range, name: str) -> tuple[str, str]:
    """The texts at the low and at the high end of the colours of a column."""
    if name == TIME and found.low >= 0:
        low, high = _duration(found.low), _duration(found.high)
    else:
        low, high = as_text(found.low), as_text(found.high)
    return ("≤ " if found.cut_low else "") + low, ("≥ " if found.cut_high else "") + high


def as_text(value: float) -> str:
    """A number with at most four significant digits, or whole with thousands separators."""
    if not math.isfinite(value):
        return "unknown"
    text = f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e7 else f"{value:.4g}"
    return text.replace("-", "−")


def value_text(value: float, name: str) -> str:
    """The value of a column for one image."""
    return _duration(value) if name == TIME and value >= 0 else as_text(value)


def _duration(seconds: float) -> str:
    if seconds == 0:
        return "earliest"
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {unit} later"
    return f"{seconds:.0f} s later"
