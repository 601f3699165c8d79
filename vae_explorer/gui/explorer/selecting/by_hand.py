"""Selecting with the tools of the map: what is inside an outline, and what is clicked."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Doubles, Indices
from vae_explorer.gui.explorer.selecting.selection import NONE, Combine, Selection
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.latent.polygon import in_polygon


class HandSelecting(QObject):
    """Selects, as the person asks on the map, among the images whose points are shown."""

    selected = Signal()  # the person selected images with a tool

    def __init__(self, view: LatentView, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._selection = view, selection
        view.chosen.connect(self._select_row)
        view.outlined.connect(self._select_inside)

    def select_all(self) -> None:
        """Select all images that are shown."""
        self._selection.select(np.flatnonzero(self._view.points.shown))

    def invert(self) -> None:
        """Select what is not selected, of the images that are shown."""
        self._selection.select(np.flatnonzero(self._view.points.shown & ~self._selection.flags))

    def _select_row(self, row: int | None, how: Combine) -> None:
        self._select(NONE if row is None else np.array([row]), how)

    def _select_inside(self, corners: Doubles, how: Combine) -> None:
        subject, shown = self._selection.subject, self._view.points.shown
        if subject is not None and self._view.points.on:
            self._select(np.flatnonzero(in_polygon(subject.plane, corners) & shown), how)

    def _select(self, rows: Indices, how: Combine) -> None:
        self._selection.select(rows, how)
        if len(self._selection.rows):
            self.selected.emit()
