"""The right part of the panel: the gallery and the statistics of the selected images, or of all that are shown."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from vae_explorer.array_types import Floats, Indices
from vae_explorer.errors import UserError
from vae_explorer.exploring.original_file import original_file
from vae_explorer.gui.explorer.handle import LatentHandle
from vae_explorer.gui.explorer.layers.points import PointsLayer
from vae_explorer.gui.explorer.selecting.gallery import SIDES, Gallery
from vae_explorer.gui.explorer.selecting.gallery_head import GalleryHead
from vae_explorer.gui.explorer.selecting.selection import Combine, Selection
from vae_explorer.gui.explorer.selecting.sorting import Sorting
from vae_explorer.gui.explorer.selecting.statistics_page import StatisticsPage

AFTER = 250  # milliseconds from the last of many changes, as in a drag or a replay, until the images are sorted again


class GallerySide(QWidget):
    """Shows the selected images; if none is, or the person wants to, all that the filters of the map let through.

    It does nothing while it is hidden, and follows neither a drag nor a replay before they rest.
    """

    row_chosen = Signal(int)  # the row of the image whose code the handle is to jump to
    export_wanted = Signal()
    locate_wanted = Signal()
    errored = Signal(str)

    def __init__(
        self, selection: Selection, points: PointsLayer, handle: LatentHandle, code: Callable[[], Floats]
    ) -> None:
        """code: returns the latent code at the handle (latent_dim,)."""
        super().__init__()
        self._selection, self._points, self._handle, self._code = selection, points, handle, code
        self._stale = True  # whether what is shown is not what it should be, because the panel is hidden
        self.head = GalleryHead()
        self.note = self.head.note
        self.gallery, self.statistics, self.sorting = Gallery(), StatisticsPage(), Sorting()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.gallery)
        self.pages.addWidget(self.statistics)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.head)
        layout.addWidget(self.pages, 1)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(AFTER)
        self._later.timeout.connect(self._follow_at_rest)
        self._wire()

    def _wire(self) -> None:
        selection, gallery, head = self._selection, self.gallery, self.head
        selection.changed.connect(self._selection_changed)
        self._points.shown_changed.connect(self._refresh)
        head.order_changed.connect(self._refresh)
        head.all_changed.connect(self._refresh)
        head.page_changed.connect(self._turn_to)
        head.side_changed.connect(lambda step: gallery.set_side(head.side_after(SIDES, gallery.side, step)))
        head.reconstructions_changed.connect(self._show_reconstructions)
        head.export_wanted.connect(self.export_wanted)
        self.note.locate_wanted.connect(self.locate_wanted)
        self.note.cancelled.connect(self._cancel)
        self.sorting.done.connect(self._show)
        self.sorting.progressed.connect(self.note.show_progress)
        self.sorting.failed.connect(self.errored)
        gallery.chosen.connect(self.row_chosen)
        gallery.toggled.connect(lambda row: self._combine(np.array([row]), Combine.TOGGLE))
        gallery.range_chosen.connect(lambda rows: self._combine(rows, Combine.ADD))
        gallery.removed.connect(self._remove)
        gallery.open_wanted.connect(self.open_file)
        gallery.menu_wanted.connect(self._open_menu)
        self.statistics.errored.connect(self.errored)

    @property
    def rows(self) -> Indices:
        """The rows (M,) of the images that the gallery shows or is about to show, in any order."""
        selected, shown = self._selection.rows, self._points.shown
        if len(selected) and not self.head.all_wanted:
            return selected
        subject = self._selection.subject
        if subject is None or len(shown) != len(subject.z_mean):
            return np.arange(0 if subject is None else len(subject.z_mean))
        return np.flatnonzero(shown)

    @property
    def rows_in_order(self) -> Indices:
        """The same rows, in the order of the gallery if it is open."""
        shown = self.gallery.rows
        return shown if np.array_equal(np.sort(shown), self.rows) else self.rows

    def show_locate(self, on: bool) -> None:
        """Whether images that are missing can be located."""
        self.note.can_locate = on
        self._say()

    def sort_by(self, name: str, descending: bool) -> None:
        """Sort by the order of this name."""
        self.head.choose_order(name)
        self.head.direction.setChecked(descending)

    def handle_moved(self) -> None:
        """Sort by the distance to the handle again, once it rests."""
        if self.head.order.name == "handle" and self.isVisible():
            self._later.start()

    def end(self) -> None:
        """Stop sorting, decoding and measuring."""
        self._later.stop()
        self.sorting.end()
        self.gallery.cards.end()
        self.statistics.end()

    def open_file(self, row: int) -> None:
        """Open the original file of an image in the system's program for it, or report why there is none."""
        subject = self._selection.subject
        if subject is None:
            return
        try:
            path = original_file(subject, row)
        except UserError as error:
            self.errored.emit(str(error))
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.errored.emit(f"The system has no program that opens {path}.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def _selection_changed(self) -> None:
        subject = self._selection.subject
        if subject is None:
            return
        before = self.gallery.subject
        if before is not None and before is not subject and before.images_key == subject.images_key:
            self._stale = True
            self._later.start()  # the next moment of a replay, or of a training, or the same images in another plane
        else:
            self._refresh()

    def _follow_at_rest(self) -> None:
        if self._handle.drag:
            self._later.start()
        else:
            self._refresh()

    def _refresh(self) -> None:
        """Show what should be shown."""
        self._stale = not self.isVisible()
        subject = self._selection.subject
        if self._stale or subject is None:
            return
        self.head.show_subject(subject, bool(len(self._selection.rows)))
        self.gallery.show_selected(self._selection.flags if self._shows_all else np.empty(0, bool))
        self.sorting.sort(subject, self.rows, self.head.order, self.head.descending, self._code())
        self._describe()

    @property
    def _shows_all(self) -> bool:
        return self.head.all_wanted or not len(self._selection.rows)

    def _show(self, rows: Indices, values: Floats | None) -> None:
        subject = self._selection.subject
        if subject is not None:
            self.gallery.show_rows(subject, rows, values)
            self._say()

    def _say(self) -> None:
        subject, rows = self._selection.subject, self.gallery.rows
        if subject is None or self.sorting.running:
            return
        if len(rows) and int(rows.max()) >= len(subject.image_of):
            return  # the gallery is about to show the images of another subject
        missing = int((subject.image_of[rows] < 0).sum())
        self.note.show_counts(len(rows), len(subject.z_mean), self._shows_all, missing)

    def _cancel(self) -> None:
        self.sorting.cancel()
        self.head.choose_order("index")

    def _turn_to(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self._describe()

    def _describe(self) -> None:
        """Show the statistics, if they are in view."""
        subject = self._selection.subject
        if subject is not None and self.pages.currentWidget() is self.statistics:
            self.statistics.show_rows(subject, self.rows, "shown" if self._shows_all else "selected")

    def _show_reconstructions(self, on: bool) -> None:
        self.gallery.cards.reconstructions = on
        self.gallery.set_side(self.gallery.side)

    def _combine(self, rows: Indices, how: Combine) -> None:
        """Change the selection, and go on showing all images if they were shown."""
        if self._shows_all:
            self.head.want_all()
        self._selection.select(rows, how)

    def _remove(self, rows: Indices) -> None:
        self._selection.select(np.setdiff1d(self._selection.rows, rows))

    def _open_menu(self, place: QPoint) -> None:
        gallery, marked, row = self.gallery, self.gallery.marked, self.gallery.current
        menu = QMenu(gallery)
        menu.setObjectName("galleryMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        several = f"these {len(marked):,} images" if len(marked) > 1 else "this image"
        inside = np.isin(marked, self._selection.rows)
        menu.addAction("Go to its code\tReturn", lambda: self.row_chosen.emit(row))
        menu.addAction("Open the original file\tCtrl+Return", lambda: self.open_file(row))
        menu.addSeparator()
        menu.addAction(f"Select only {several}", lambda: self._selection.select(marked))
        if not inside.all():
            menu.addAction(f"Add {several} to the selection", lambda: self._combine(marked, Combine.ADD))
        if inside.any():
            menu.addAction(f"Remove {several} from the selection\tDel", lambda: self._remove(marked))
        menu.popup(place)
