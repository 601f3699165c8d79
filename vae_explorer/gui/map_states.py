"""Each run is shown as it was left: in this session, and at the next launch, even if the program is killed."""

from vae_explorer.gui.explorer.map_state import put_back, state_of
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.kept_states import keep_state, kept_state
from vae_explorer.run.run import Run


class MapStates:
    """Keeps the state of the map when another run is shown and at the end, and puts it back with the run."""

    def __init__(self, explorer: ExplorerTab) -> None:
        self._explorer = explorer
        self._run: Run | None = None  # the run that is shown; None: a model in training is
        self._paused = False
        self._kept: object = None  # the state that was kept last
        self._last: tuple[object, int] | None = None  # folder and number of latent dimensions of the run shown last

    def leave(self) -> None:
        """Keep the state of the map, before something else is shown or the window closes."""
        self.keep()
        self._run = None

    def keep(self) -> None:
        """Keep the state of the map, which goes on to be shown, unless it is kept already."""
        state = self.state
        if self._run is not None and state is not None and state != self._kept:
            keep_state(self._run, state_of(self._explorer))
            self._kept = state

    @property
    def state(self) -> object:
        """The run and the state that would be kept; None: nothing would be, such as of a model in training."""
        return None if self._run is None or self._paused else (self._run.folder, state_of(self._explorer))

    def pause(self) -> None:
        """Keep the state of now, but nothing of what follows, as in a tour: it is not what the person set."""
        self.keep()
        self._paused = True

    def go_on(self) -> None:
        """Keep states again."""
        self._paused = False

    def enter(self, run: Run | None) -> None:
        """Put the map back as it was left with this run; None: a model in training is shown, at the same handle.

        A run that was shown last stays at the handle, too, so that a model in training can be compared to it.
        """
        self._run, last = run, self._last
        if run is not None:
            self._last = run.folder, len(self._explorer.code)
            if self._last != last:
                put_back(self._explorer, kept_state(run))
        elif last is not None and last[1] != len(self._explorer.code):
            self._last = None  # the model in training has another latent space, so the handle was moved
