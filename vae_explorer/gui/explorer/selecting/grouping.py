"""The groups of the images that are shown: each change is a step of the map's history, and is kept with the run."""

import threading
from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, Signal

from vae_explorer.errors import UserError
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.history import Change, History
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.run.groups import Groups, keep_groups, no_groups, read_groups
from vae_explorer.run.run import Run

NO_RUN = "Groups are kept with a run: open it to group its images."


class _Keeper:
    """Keeps the groups of one run, in any thread, one after the other."""

    def __init__(self, run: Run, groups: Groups) -> None:
        """groups: as they were read."""
        self.run, self._kept, self._lock = run, groups, threading.Lock()
        self.newest = groups  # what is to be kept

    def keep(self) -> "Groups | UserError":
        """Keep the newest groups, if they are not kept yet; returns what is kept."""
        with self._lock:
            newest = self.newest
            if newest is not self._kept:
                try:
                    self._kept = keep_groups(self.run, self._kept, newest)
                except UserError as error:
                    return error
                if self.newest is newest:
                    self.newest = self._kept
            return self._kept


class Grouping(QObject):
    """Reads the groups of a run when it is shown. They stay while the images do, such as in a replay."""

    changed = Signal()  # the groups, or the subject whose groups they are
    errored = Signal(str)

    def __init__(self, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self._images_key: Hashable = None
        self._key: Hashable = None  # of the images and the run
        self._keeper: _Keeper | None = None
        self._groups = no_groups(0)
        self._reason = NO_RUN
        self._worker: LatestWorker | None = None  # begins with the first change

    @property
    def groups(self) -> Groups:
        return self._groups

    @property
    def reason(self) -> str:
        """Why there can be no groups, one sentence; "": there can be some."""
        return self._reason

    def show_subject(self, subject: Subject) -> None:
        """Show the groups of this subject's images."""
        before = self._keeper
        if subject.images_key == self._images_key and (
            subject.run is None or (before is not None and before.run.folder == subject.run.folder)
        ):
            return  # such as a moment of a replay
        self._keep_now()
        folder = subject.run.folder if subject.run is not None else None
        self._images_key, self._key, self._keeper = subject.images_key, (subject.images_key, folder), None
        self._groups, self._reason = no_groups(len(subject.z_mean)), NO_RUN
        if subject.run is not None:
            try:
                self._groups, self._reason = read_groups(subject.run), ""
                self._keeper = _Keeper(subject.run, self._groups)
            except UserError as error:  # the file stays as it is
                self._reason = str(error)
                self.errored.emit(str(error))
        self.changed.emit()

    def change(self, text: str, make: Callable[[Groups], Groups]) -> bool:
        """Change the groups as the person asked. text: what is changed. Returns whether it could be done."""
        try:
            after = make(self._groups)
        except UserError as error:
            self.errored.emit(str(error))
            return False
        self._history.do(Change(text, (self._key, self._groups), (self._key, after), self._show))
        return True

    def end(self) -> None:
        """Keep what is not kept yet."""
        if self._worker is not None:
            self._worker.end()
        self._keep_now()

    def _show(self, state: tuple[Hashable, Groups]) -> None:
        """state: the key of the images and the run, and the groups; nothing happens if another run is shown by now."""
        key, groups = state
        if key != self._key or self._keeper is None:
            return
        self._groups = self._keeper.newest = groups
        if self._worker is None:
            self._worker = LatestWorker(lambda keeper: (keeper, keeper.keep()), "keeping the groups", self)
            self._worker.answered.connect(self._take)
            self._worker.errored.connect(self.errored)
        self._worker.request(self._keeper)
        self.changed.emit()

    def _take(self, _generation: int, answer: "tuple[_Keeper, Groups | UserError]") -> None:
        keeper, kept = answer
        if isinstance(kept, UserError):
            self.errored.emit(str(kept))
        elif keeper is self._keeper and keeper.newest is kept and kept is not self._groups:
            self._groups = kept  # with what another window has changed
            self.changed.emit()

    def _keep_now(self) -> None:
        if self._keeper is not None:
            kept = self._keeper.keep()
            if isinstance(kept, UserError):
                self.errored.emit(str(kept))
