"""The orders in which images can be looked at: by index, name, class, a figure of each, or distance to the handle."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Floats, Indices
from vae_explorer.data.names import natural_order
from vae_explorer.exploring.image_figures import FIGURES, ImageFigure
from vae_explorer.exploring.subject import Subject
from vae_explorer.progress import Progress, no_progress

INDEX, NAME, CLASS, HANDLE = "index", "name", "class", "handle"


@dataclass(frozen=True, slots=True)
class Order:
    """One of the orders. figure: the figure by which it sorts, if it does so by one of each image."""

    name: str
    title: str
    figure: ImageFigure | None = None

    def missing(self, subject: Subject) -> str:
        """Why the images of a subject cannot be sorted so, one sentence; "": they can."""
        if self.figure is not None:
            return self.figure.missing(subject)
        if self.name == NAME and subject.columns.names is None:
            return "These images are not files with names."
        if self.name == CLASS and subject.columns.labels is None:
            return "The images have no classes."
        return ""


ORDERS = (
    Order(INDEX, "index"),
    Order(NAME, "name"),
    Order(CLASS, "class"),
    *(Order(figure.name, figure.title, figure) for figure in FIGURES.values()),
    Order(HANDLE, "distance to the handle"),
)


def measured(
    order: Order, subject: Subject, code: Floats | None = None, progress: Progress = no_progress
) -> Floats | None:
    """The values (N,) by which an order sorts; None: it sorts by something that is no number.

    code: (latent_dim,), at the handle; needed for HANDLE. `progress` may raise an exception to end the computation.
    """
    if order.name == HANDLE:
        assert code is not None
        with np.errstate(over="ignore", invalid="ignore"):  # a training that diverged may give such codes
            distances: Floats = np.sqrt(np.square(subject.z_mean - code).sum(axis=1))
        return distances
    return order.figure.measure(subject, progress) if order.figure is not None else None


def in_order(order: Order, descending: bool, subject: Subject, rows: Indices, values: Floats | None) -> Indices:
    """Some rows (M,) in this order. values: as `measured` returns them.

    Equal ones are in the order of the data set; images whose value is not known come last, either way.
    """
    if not len(rows):
        return rows
    rows = rows[np.argsort(subject.index[rows], kind="stable")]
    if order.name == INDEX:
        return rows[::-1] if descending else rows
    if order.name == NAME:
        assert subject.columns.names is not None
        names = subject.columns.names.take(rows)
        keys = [natural_order(names[row]) for row in range(len(rows))]
        return rows[np.array(sorted(range(len(rows)), key=keys.__getitem__, reverse=descending), np.intp)]
    keyed = subject.label[rows].astype(np.float64) if values is None else values[rows].astype(np.float64)
    unknown = keyed < 0 if values is None else np.isnan(keyed)
    keyed = np.where(unknown, np.inf, -keyed if descending else keyed)
    return rows[np.argsort(keyed, kind="stable")]
