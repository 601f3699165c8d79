"""Edit > Bookmarks: the bookmarks of the open run as thumbnails with names."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Bytes
from vae_explorer.exploring.subject import Subject, decode_class
from vae_explorer.gui.parts.decoded_image import to_qimage
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.shown import Shown
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.bookmarks import Bookmark

if TYPE_CHECKING:
    from vae_explorer.gui.bookmarks import Bookmarks

SIDE = 72  # pixels, of a thumbnail
ABOUT = "Click goes there, F2 renames, Delete removes. Ctrl+B sets a bookmark at the handle."


class BookmarksDialog(QDialog):
    """Stays open beside the map, and follows the bookmarks and the decoder."""

    def __init__(self, bookmarks: "Bookmarks", shown: Shown, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bookmarksDialog")
        self.setWindowTitle("Bookmarks")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bookmarks = bookmarks
        self._subject: Subject | None = None
        self._marks: tuple[Bookmark, ...] = ()
        self._worker = LatestWorker(_decoded, "decoding the bookmarks", self, gives_way=True)
        self._worker.answered.connect(self._show_images)
        self._worker.errored.connect(bookmarks.errored)
        self.list = QListWidget()
        self.list.setObjectName("bookmarksList")
        self.list.setAccessibleName("Bookmarks")
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.list.setGridSize(QSize(SIDE + 40, SIDE + 36))
        self.list.setEditTriggers(QListWidget.EditTrigger.EditKeyPressed)
        self.list.itemClicked.connect(lambda item: self._bookmarks.go(self._mark(item)))
        self.list.itemActivated.connect(lambda item: self._bookmarks.go(self._mark(item)))
        self.list.itemChanged.connect(lambda item: self._bookmarks.rename(self._mark(item), item.text()))
        about = QLabel(ABOUT)
        about.setWordWrap(True)
        about.setProperty("muted", True)
        self.rename, self.remove = QPushButton("Rename"), QPushButton("Remove")
        self.rename.clicked.connect(self._edit)
        self.remove.clicked.connect(self._remove)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list, self._remove)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.rename, self.remove):
            button.setAutoDefault(False)  # Enter goes to the bookmark
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        self.resize(420, 360)
        bookmarks.changed.connect(self._fill)
        shown.changed.connect(self._follow)
        self.finished.connect(lambda _: self._worker.end())
        self._follow()

    def _follow(self) -> None:
        """Show the bookmarks of another run, or the same ones by another decoder."""
        subject = self._bookmarks.subject
        if subject is not self._subject:
            self._subject = subject
            self._fill()

    def _fill(self) -> None:
        self._marks = self._bookmarks.marks()
        current = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for mark in self._marks:
            item = QListWidgetItem(mark.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip("  ".join(f"z{number} {value:.2f}" for number, value in enumerate(mark.code[:8], start=1)))
            self.list.addItem(item)
        self.list.setCurrentRow(min(current, len(self._marks) - 1))
        self.list.blockSignals(False)
        for button in (self.rename, self.remove):
            button.setEnabled(bool(self._marks))
        if self._subject is not None and self._marks:
            self._worker.request(self._subject, self._marks)

    def _show_images(self, generation: int, images: list[Bytes]) -> None:
        if generation != self._worker.newest or len(images) != self.list.count():
            return
        self.list.blockSignals(True)
        for row, pixels in enumerate(images):
            scaled = QPixmap(to_qimage(pixels)).scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio)
            self.list.item(row).setIcon(QIcon(scaled))
        self.list.blockSignals(False)

    def _edit(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.list.editItem(item)

    def _remove(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._bookmarks.remove(self._mark(item))

    def _mark(self, item: QListWidgetItem) -> Bookmark:
        return self._marks[self.list.row(item)]


def _decoded(subject: Subject, marks: tuple[Bookmark, ...]) -> list[Bytes]:
    """The image of each bookmark (H, W, C), decoded of its class."""
    images = []
    for mark in marks:
        known = mark.class_name in subject.class_names
        label = subject.class_names.index(mark.class_name) if known else None
        images.append(as_pixels(decode_class(subject, label).decoder(np.array([mark.code], np.float32)))[0])
    return images
