"""What can be done with one image of the data: from its point on the map, or from its picture."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from vae_explorer.data.dataset import SPLITS
from vae_explorer.data.names import printable
from vae_explorer.errors import UserError
from vae_explorer.exploring.original_file import original_file
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.selecting.selection import Combine
from vae_explorer.gui.explorer.tab import ExplorerTab


class ImageMenu(QMenu):
    """Deletes itself after use. What cannot be done is disabled, and its tooltip says why."""

    def __init__(self, explorer: ExplorerTab, subject: Subject, row: int) -> None:
        """row: of the image's latent code in `subject`."""
        super().__init__(explorer)
        self.setObjectName("imageMenu")
        self.setToolTipsVisible(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._explorer, self._subject, self._row = explorer, subject, row
        self.addAction(_title(subject, row)).setEnabled(False)
        self.addSeparator()
        self.addAction("&Go to its code", lambda: explorer.go_to_code(subject.z_mean[row]))
        selected = explorer.selection.flags[row]
        self.addAction(
            "&Remove from the selection" if selected else "&Add to the selection",
            lambda: explorer.selection.select(np.array([row]), Combine.TOGGLE),
        )
        self.addAction("Add to the &path", self._add_to_path)
        self._offer_its_class()
        self.addSeparator()
        self._offer("&Copy the original image", self._copy, self._why_not_copied())
        self._offer("&Open the original file", lambda: explorer.gallery.open_file(row), self._why_no_file())

    def _offer(self, text: str, do: Callable[[], object], reason: str) -> None:
        action = self.addAction(text, do)
        action.setEnabled(not reason)
        action.setToolTip(reason)

    def _offer_its_class(self) -> None:
        """Offer to show its class alone, or to hide it, if the points are coloured by classes, clusters or groups."""
        points, colouring = self._explorer.view.points, self._explorer.view.colouring
        if colouring is None or not colouring.names or colouring.style[self._row] < 0:
            return
        own, hidden = int(colouring.style[self._row]), points.filter.hidden
        name = printable(colouring.names[own]).replace("&", "&&")
        name = name if name.startswith(colouring.kind) else f"{colouring.kind} {name}"
        self.addAction(f"&Only {name}", lambda: points.classes.show_only(own))
        self.addAction(f"&Hide {name}", lambda: points.classes.filtered.emit(hidden | {own}))

    def _add_to_path(self) -> None:
        paths = self._explorer.path.open()
        if paths is not None:
            paths.anchors.add(self._subject.z_mean[self._row])

    def _copy(self) -> None:
        self._explorer.copy_pixels(self._subject.images[self._subject.image_of[self._row]], "the original image")

    def _why_not_copied(self) -> str:
        missing = self._subject.image_of[self._row] < 0
        return "The images of this run were not found: locate the data first." if missing else ""

    def _why_no_file(self) -> str:
        try:
            original_file(self._subject, self._row)
        except UserError as error:
            return str(error)
        return ""


def _title(subject: Subject, row: int) -> str:
    """The image's name, class and split."""
    name = subject.columns.class_of(row)
    facts = ", ".join(filter(None, [f"class {printable(name)}" if name else "", SPLITS[subject.split[row]]]))
    return f"{printable(subject.name_of(row))}: {facts}".replace("&", "&&")
