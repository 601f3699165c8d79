"""Help > Tour: leads through the steps on the built-in run, and gives the person's own state back at the end."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from vae_explorer.gui.parts.kept_states import keep_state
from vae_explorer.gui.tour.card import TourCard
from vae_explorer.gui.tour.home import Home, go_home, home_of
from vae_explorer.gui.tour.stage import Stage
from vae_explorer.gui.tour.steps import STEPS
from vae_explorer.gui.tour.watch import Watch
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow

TABS = 700  # pixels to which the tabs can shrink beside the card, so that the window fits into a small screen
BACK_AT_END = "The tour uses the built-in run. {} comes back at its end."
OTHER_RUN = "Another run is open. Each step opens the built-in one again."


class Tour(QObject):
    """One tour, from its first step to its end."""

    ended = Signal()

    def __init__(self, window: "MainWindow", back_to: Path | None) -> None:
        """back_to: the run or page that is opened at the end; None: the one that is open now."""
        super().__init__(window)
        self._window, self._shown, self._explorer = window, window.shown, window.explorer
        run = self._shown.run
        self._builtin = find_run(BUILTIN)
        self._back_to = back_to or (run.folder if run is not None else self._builtin)
        self._live = self._shown.shows_live  # whether the model in training is shown again at the end
        # The built-in run as it was opened, and what its map was like; None: it has not been shown yet.
        self._home: tuple[Run, Home] | None = None
        self._step = 0  # index in STEPS
        self._waiting = False  # for the built-in run, to prepare the step
        self._watch = Watch(self)  # of the present step
        self.stage = Stage(window, self)
        self.stage.two_runs.changed.connect(self._name_show)
        self.card = TourCard([step.title for step in STEPS], self.stage.two_runs, window)
        self.card.step_wanted.connect(self.go)
        self.card.show_wanted.connect(self._show)
        self.card.closed.connect(self.end)
        self._shown.changed.connect(self._follow)
        window.states.pause()
        window.centralWidget().setMinimumWidth(TABS)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.card)

    def go(self, number: int) -> None:
        """Show the step with this number, from 1, and prepare the window for it; behind the last one, end."""
        if number > len(STEPS):
            self.card.close()
            return
        self._leave()
        self._step = number - 1
        step = STEPS[self._step]
        self.card.show_step(number, step.aim, step.see, step.equation, step.source)
        self.card.extra.setVisible(step.trains)
        self._name_show()
        self._say()
        if self._ready:
            self._prepare()
        else:
            self._waiting = True
            self._window.open_run(self._builtin)

    def end(self, closing: bool = False) -> None:
        """Give the state back and end the tour. closing: the window closes, so no run is opened any more."""
        self._shown.changed.disconnect(self._follow)
        self.stage.two_runs.cancel()
        self._leave()
        home, shown = self._home, self._shown
        on_builtin = shown.run is None or shown.run.folder == self._builtin
        if home is not None and self._ready:
            go_home(self._explorer, home[1])
        elif home is not None:
            keep_state(home[0], home[1].state)
        self._window.states.go_on()
        if on_builtin and closing:
            self._window.runs.remember_last(self._back_to)
        elif on_builtin and self._live and shown.live_available:
            shown.want_live(True)
        elif on_builtin and self._back_to != self._builtin:
            self._window.open_run(self._back_to, self._builtin)
        self.card.closed.disconnect(self.end)
        self._window.removeDockWidget(self.card)
        self._window.centralWidget().setMinimumWidth(0)  # what is in it decides again
        self.card.deleteLater()
        self.ended.emit()
        self.deleteLater()

    @property
    def _ready(self) -> bool:
        """Whether the final model of the built-in run is shown."""
        shown = self._shown
        return shown.shown_run is not None and shown.shown_run.folder == self._builtin and not shown.replaying

    def _follow(self) -> None:
        if self._waiting and self._ready:
            self._prepare()
        self._say()

    def _prepare(self) -> None:
        self._waiting = False
        if self._home is None and self._shown.shown_run is not None:
            self._home = self._shown.shown_run, home_of(self._explorer)
        step = STEPS[self._step]
        step.prepare(self.stage)
        self._watch = Watch(self)
        self._watch.tried.connect(partial(self.card.tick, self._step + 1))
        self._watch.follow(step.signals(self.stage), step.counts)
        if not self.card.isAncestorOf(self._window.focusWidget() or self._explorer):
            self._explorer.view.setFocus()

    def _leave(self) -> None:
        self._waiting = False
        self._watch.end()
        self.stage.clear()

    def _show(self) -> None:
        if self._ready and not self._waiting:
            STEPS[self._step].show(self.stage)
        else:
            self.go(self._step + 1)

    def _name_show(self) -> None:
        self.card.name_show(self.stage.two_runs.text if STEPS[self._step].trains else "&Show me")

    def _say(self) -> None:
        run = self._shown.run
        if run is not None and run.folder != self._builtin and not self._waiting:
            self.card.say(OTHER_RUN)
        elif self._live or self._back_to != self._builtin:
            self.card.say(BACK_AT_END.format("The model in training" if self._live else "Your own"))
        else:
            self.card.say("")
