"""Bookmarks of the open run: set at the handle, gone to, renamed and removed, each as a step of the map's history."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vae_explorer.errors import UserError
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.history import Change
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.toast import Follow
from vae_explorer.gui.shown import Shown
from vae_explorer.run.bookmarks import Bookmark, as_code, bookmark_name, exchange_bookmark, read_bookmarks
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.gui.bookmarks_dialog import BookmarksDialog

NAMED = 4  # most numbers of a code in an automatic name

Exchange = tuple[Run, Bookmark | None, Bookmark | None, int]  # run, what is there, what takes its place, position


class Bookmarks(QObject):
    """The bookmarks lie in a file, which is read whenever they are needed: another window may have changed it."""

    changed = Signal()  # the bookmarks
    offered = Signal(str, object)  # a sentence, and the Follows that may follow
    errored = Signal(str)

    def __init__(self, shown: Shown, explorer: ExplorerTab, window: QWidget) -> None:
        super().__init__(window)
        self._shown, self._explorer, self._window = shown, explorer, window

    @property
    def subject(self) -> Subject | None:
        """What is shown of the open run; its decoder draws the thumbnails."""
        return self._shown.subject if self._shown.shown_run is not None else None

    def marks(self) -> tuple[Bookmark, ...]:
        """The bookmarks of the open run; none if their file is damaged, which is then explained."""
        run = self._shown.shown_run
        try:
            return read_bookmarks(run) if run is not None else ()
        except UserError as error:
            self.errored.emit(str(error))
            return ()

    def add(self) -> None:
        """Set a bookmark at the handle."""
        subject = self.subject
        if subject is None:
            return
        label = subject.decoded_class
        class_name = "" if label is None else subject.class_names[label]
        marks = self.marks()
        name = self._free_name(subject, {mark.name for mark in marks})
        mark = Bookmark(name, as_code(self._explorer.code.tolist()), class_name)
        if self._exchange("bookmark", None, mark, len(marks)):
            undo = Follow("Undo", lambda: self.remove(mark))
            self.offered.emit(f"Bookmarked as {name}. Bookmarks are listed by Ctrl+Shift+B.", [undo])

    def rename(self, mark: Bookmark, name: str) -> None:
        """Give a bookmark another name."""
        try:
            new = Bookmark(bookmark_name(name), mark.code, mark.class_name)
        except UserError as error:
            self.errored.emit(str(error))
            self.changed.emit()
            return
        if new != mark:
            self._exchange("name of a bookmark", mark, new, self._position(mark))

    def remove(self, mark: Bookmark) -> None:
        """Remove a bookmark."""
        self._exchange("removing a bookmark", mark, None, self._position(mark))

    def go(self, mark: Bookmark) -> None:
        """Move the handle to a bookmark, and decode its class."""
        subject = self.subject
        if subject is None or len(mark.code) != len(self._explorer.code):
            return
        self._explorer.moves.beginMacro("going to a bookmark")
        if mark.class_name in subject.class_names:
            self._explorer.choose_class(subject.class_names.index(mark.class_name))
        self._explorer.go_to_code(np.array(mark.code, np.float32))
        self._explorer.moves.endMacro()

    def show(self) -> "BookmarksDialog":
        """List the bookmarks in a dialog that does not block the window."""
        from vae_explorer.gui.bookmarks_dialog import BookmarksDialog

        dialog = BookmarksDialog(self, self._shown, self._window)
        dialog.show()
        return dialog

    def _position(self, mark: Bookmark) -> int:
        marks = self.marks()
        return marks.index(mark) if mark in marks else len(marks)

    def _exchange(self, text: str, old: Bookmark | None, new: Bookmark | None, at: int) -> bool:
        """Do it as a step of the history. Returns whether it could be done."""
        run = self._shown.shown_run
        if run is None:
            return False
        before, after = (run, new, old, at), (run, old, new, at)
        return self._explorer.moves.do(Change(text, before, after, self._apply))

    def _apply(self, exchange: Exchange) -> None:
        """Nothing happens if another run is shown by now. Raises UserError for what cannot be written."""
        run = self._shown.shown_run
        if run is None or run.folder != exchange[0].folder:
            return
        try:
            exchange_bookmark(*exchange)
        finally:
            self.changed.emit()  # also if it was refused: the list may show a name that is not kept

    def _free_name(self, subject: Subject, taken: set[str]) -> str:
        """The class of the nearest image, or the position, with a number if another bookmark has that name."""
        code = self._explorer.code
        rows, _ = subject.nearby.closest(code, 1)
        label = int(subject.label[rows[0]]) if len(rows) else -1
        numbers = ", ".join(f"{value:.2f}" for value in code[:NAMED]) + (", …" if len(code) > NAMED else "")
        stem = subject.columns.class_names[label].strip()[:80] if label >= 0 else numbers
        stem = stem if stem.isprintable() and stem else numbers
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem} ({number})", number + 1
        return name
