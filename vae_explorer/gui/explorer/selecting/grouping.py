"""The groups of the images that are shown: each change is a step of the map's history, and is kept with the run."""

import threading
from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QObject, Signal

from vae_explorer.errors import UserError
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.history import Change, History
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.run.groups import Groups, no_groups
from vae_explorer.run.groups_file import keep_groups
from vae_explorer.run.run import Run

NO_RUN = "Groups are kept with a run: open it to group its images."


class _Keeper:
    """Keeps the groups of one run, in any thread, one after the other."""

    def __init__(self, run: Run, groups: Groups) -> None:
        """groups: as they were read."""
        self.run, self._kept, self._lock = run, groups, threading.Lock()
        self.newest = groups  # what is to be kept

    @property
    def done(self) -> bool:
        """Whether the newest groups are kept."""
        return self.newest is self._kept

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
    """Shows the groups that were read with a run. They stay while its images do, also after a replay."""

    changed = Signal()  # the groups, or the subject whose groups they are
    errored = Signal(str)

    def __init__(self, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self._shown: tuple[Hashable, Run | None] | None = None  # the images and the run
        self._key: Hashable = None  # of the images and the run
        self._keepers: dict[Hashable, _Keeper] = {}  # of the run that was shown last, and of those still to be kept
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
        run = subject.run
        if self._shown is not None and self._shown[0] == subject.images_key and self._shown[1] is run:
            return  # such as a moment of a replay
        self._shown = subject.images_key, run
        self._key = subject.images_key, run.folder if run is not None else None
        keeper = self._keeper_of(run) if run is not None else None
        self._groups = keeper.newest if keeper is not None else no_groups(len(subject.z_mean))
        self._reason = "" if keeper is not None else (run.why_no_groups if run is not None else "") or NO_RUN
        if run is not None and run.why_no_groups:  # the file stays as it is
            self.errored.emit(run.why_no_groups)
        self.changed.emit()

    def _keeper_of(self, run: Run) -> _Keeper | None:
        """Of the groups that were read with this run, or were changed since; None: they could not be read."""
        keeper = self._keepers.get(self._key)
        if keeper is None or (keeper.run is not run and keeper.done):  # the run was opened again
            keeper = _Keeper(run, run.groups) if run.groups is not None else None
        self._keepers = {key: each for key, each in self._keepers.items() if not each.done}
        if keeper is not None:
            self._keepers[self._key] = keeper
        return keeper

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
        for _, kept in _keep(tuple(self._keepers.values())):
            if isinstance(kept, UserError):
                self.errored.emit(str(kept))

    def _show(self, state: tuple[Hashable, Groups]) -> None:
        """state: the key of the images and the run, and the groups; nothing happens if another run is shown by now."""
        key, groups = state
        if key != self._key or key not in self._keepers:
            return
        self._groups = self._keepers[key].newest = groups
        if self._worker is None:
            self._worker = LatestWorker(_keep, "keeping the groups", self)
            self._worker.answered.connect(self._take)
            self._worker.errored.connect(self.errored)
        self._worker.request(tuple(self._keepers.values()))
        self.changed.emit()

    def _take(self, _generation: int, answers: "Sequence[tuple[_Keeper, Groups | UserError]]") -> None:
        for keeper, kept in answers:
            if isinstance(kept, UserError):
                self.errored.emit(str(kept))
            elif keeper is self._keepers.get(self._key) and keeper.newest is kept and kept is not self._groups:
                self._groups = kept  # with what another window has changed
                self.changed.emit()


def _keep(keepers: Sequence[_Keeper]) -> "list[tuple[_Keeper, Groups | UserError]]":
    return [(keeper, keeper.keep()) for keeper in keepers if not keeper.done]
