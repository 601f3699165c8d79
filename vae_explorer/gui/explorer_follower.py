"""The explorer and its time bar follow what is shown, and each run is shown as it was left."""

from PySide6.QtCore import QObject

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.replay_control import ReplayControl
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.map_states import MapStates
from vae_explorer.gui.shown import Shown
from vae_explorer.run.run import Run
from vae_explorer.training.events import Started


class ExplorerFollower(QObject):
    """Updates the explorer whenever `shown` differs from what the explorer shows."""

    def __init__(self, shown: Shown, explorer: ExplorerTab, replay: ReplayControl, states: MapStates) -> None:
        super().__init__(explorer)
        self._shown, self._explorer, self._replay, self._states = shown, explorer, replay, states
        self._source: Run | Started | None = None  # the run or training that the explorer shows
        self._subject: Subject | None = None  # what the explorer shows; None: it must be shown again
        self._replaying = False
        shown.changed.connect(self._follow)
        explorer.live_wanted.connect(shown.want_live)
        explorer.class_wanted.connect(shown.choose_class)
        replay.begun.connect(lambda: shown.set_replaying(True))
        replay.ended.connect(lambda: shown.set_replaying(False))

    def _follow(self) -> None:
        shown = self._shown
        self._explorer.set_live(available=shown.live_available, on=shown.live_wanted)
        other = shown.source is not self._source
        if other:
            self._states.leave()
        replayed, self._replaying = self._replaying, shown.replaying
        if other or (replayed and not shown.replaying):
            self._replay.offer(shown.shown_run)
        self._source = shown.source
        if shown.replaying:  # the replay shows its moments itself
            self._subject = None
        elif shown.subject is not None and (other or shown.subject is not self._subject):
            self._subject = shown.subject
            self._explorer.show_subject(shown.subject, same=not other, images_missing=shown.can_locate)
            if other:
                self._states.enter(shown.shown_run)
            return
        self._explorer.show_locate(shown.can_locate)
