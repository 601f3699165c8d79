"""What selected images have in common, against all images: classes, figures of each image, and latent codes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Floats, Indices
from vae_explorer.exploring.subject import Subject

DIMENSIONS = 8  # of z that are described


@dataclass(frozen=True, slots=True)
class Moments:
    """Of the values that are known."""

    count: int
    mean: float  # NaN: no value is known
    deviation: float  # the standard deviation, with count - 1; NaN for fewer than two values


@dataclass(frozen=True, slots=True)
class ClassShare:
    """How many of the selected images, and of all, belong to a class."""

    name: str
    selected: int
    total: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of M selected images, against all N. The pairs are of the selected images, and of all."""

    selected: int
    total: int
    classes: tuple[ClassShare, ...]  # those with a selected image, the most frequent first
    unlabelled: int  # selected images without a class; 0 if no image has one
    figures: tuple[tuple[str, Moments, Moments], ...]  # with their names
    dimensions: tuple[tuple[Moments, Moments], ...]  # of z, the first ones

    def rows(self) -> list[tuple[str, str, str]]:
        """A table in words: what it is, of the selected images, and of all images."""
        table = [("images", f"{self.selected:,}", f"{self.total:,}")]
        for share in self.classes:
            table.append(
                (
                    f"class {share.name}",
                    _share(share.selected, self.selected),
                    _share(share.total, self.total),
                )
            )
        if self.unlabelled:
            table.append(("without a class", _share(self.unlabelled, self.selected), ""))
        table += [(name, _words(selected), _words(total)) for name, selected, total in self.figures]
        table += [
            (f"z{number}", _words(selected), _words(total))
            for number, (selected, total) in enumerate(self.dimensions, start=1)
        ]
        return table


def moments(values: Floats) -> Moments:
    """Of values (n,); those that are not finite are left out."""
    known = values[np.isfinite(values)].astype(np.float64)
    return Moments(
        len(known),
        float(known.mean()) if len(known) else float("nan"),
        float(known.std(ddof=1)) if len(known) > 1 else float("nan"),
    )


def describe(subject: Subject, rows: Indices, figures: Mapping[str, Floats]) -> Statistics:
    """The statistics of the images in some rows (M,). figures: their names, and the values (N,) of all images."""
    columns, count = subject.columns, len(subject.z_mean)
    classes: list[ClassShare] = []
    unlabelled = 0
    if columns.labels is not None and columns.class_names:
        known = len(columns.class_names)
        # One more, at the beginning, counts those without a class.
        of_selected = np.bincount(columns.labels[rows] + 1, minlength=known + 1)
        of_all = np.bincount(columns.labels + 1, minlength=known + 1)
        unlabelled = int(of_selected[0])
        classes = [
            ClassShare(columns.class_names[label], int(of_selected[label + 1]), int(of_all[label + 1]))
            for label in np.argsort(-of_selected[1:], kind="stable").tolist()
            if of_selected[label + 1]
        ]
    return Statistics(
        selected=len(rows),
        total=count,
        classes=tuple(classes),
        unlabelled=unlabelled,
        figures=tuple((name, moments(values[rows]), moments(values)) for name, values in figures.items()),
        dimensions=tuple(
            (moments(subject.z_mean[rows, dimension]), moments(subject.z_mean[:, dimension]))
            for dimension in range(min(DIMENSIONS, subject.z_mean.shape[1]))
        ),
    )


def _share(count: int, total: int) -> str:
    return f"{count:,} ({count / total:.1%})".replace("%", " %") if total else "0"


def _words(found: Moments) -> str:
    if not found.count:
        return "not known"
    return f"{found.mean:.3g}" if found.count == 1 else f"{found.mean:.3g} ± {found.deviation:.3g}"
