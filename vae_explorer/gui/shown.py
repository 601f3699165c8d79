"""What is shown: the open run, the model in training, or a moment of a replay."""

from PySide6.QtCore import QObject, Signal

from vae_explorer.exploring.subject import Subject, live_subject
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_epochs
from vae_explorer.training.events import Event, Preview, Started


class Shown(QObject):
    """All that can be shown, and which of it is. `changed` follows each change of any of it.

    Whoever shows something reads it here. The attributes are written by the methods of this class alone.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: Run | None = None  # that is open, also while something else is shown
        self.snapshots: tuple[int, ...] = ()  # the epochs of which the open run has kept one
        self.images_missing = False  # of the open run, whose data set was not found
        self.training = False  # whether a training runs
        self.live_wanted = False  # whether its model is to be shown, as soon as there is one
        self.replaying = False  # whether a moment of the open run's training is shown in place of it
        self._run_subject: Subject | None = None
        self._started: Started | None = None
        self._live: Subject | None = None  # the model in training as of its newest Preview

    @property
    def live_available(self) -> bool:
        """Whether there is a model in training."""
        return self._started is not None

    @property
    def shows_live(self) -> bool:
        """Whether the model in training is shown."""
        return self._live is not None and self.live_wanted

    @property
    def shown_run(self) -> Run | None:
        """The run that is shown; None while the model in training is, which has none yet."""
        return None if self.shows_live else self.run

    @property
    def subject(self) -> Subject | None:
        """What is shown, as something to explore; while a replay goes on, the run that is replayed."""
        return self._live if self.shows_live else self._run_subject

    @property
    def source(self) -> Run | Started | None:
        """What the subject is of: two subjects of one source differ in codes, images or weights alone."""
        return self._started if self.shows_live else self.run

    @property
    def can_locate(self) -> bool:
        """Whether the images that are missing are those of what is shown."""
        return self.images_missing and not self.shows_live and not self.replaying

    def open_run(self, run: Run, subject: Subject) -> None:
        """Show a run, in place of a model in training and of a replay too."""
        self.run, self._run_subject = run, subject
        self.snapshots = snapshot_epochs(run.folder)
        self.images_missing = self.live_wanted = self.replaying = False
        self._changed()

    def images_found(self, run: Run, subject: Subject) -> None:
        """Have the run with its images, unless another one has been opened meanwhile."""
        if run is self.run:
            self._run_subject, self.images_missing = subject, False
            self._changed()

    def images_not_found(self, run: Run) -> None:
        """The data set of a run is not where it was; of no interest if another run has been opened meanwhile."""
        if run is self.run:
            self.images_missing = True
            self._changed()

    def set_training(self, running: bool) -> None:
        """A training begins, or it has ended and its model gives way to the open run."""
        self.training = running
        if not running:
            self._started = self._live = None
            self.live_wanted = False
        self._changed()

    def follow(self, event: Event) -> None:
        """Take from a training's event what there is to show: the model that it has begun, and its newest codes."""
        if isinstance(event, Started):
            self._started, self._live, self.live_wanted = event, None, True
            self._changed()
        elif isinstance(event, Preview) and self._started is not None:
            self._live = _subject_of(self._started, event)
            self._changed()

    def want_live(self, on: bool) -> None:
        """Show the model in training, or the open run; without a training, the run stays."""
        self.live_wanted = on and self.live_available
        self._changed()

    def set_replaying(self, on: bool) -> None:
        """A moment of the open run's training is shown in place of it, or no longer."""
        self.replaying = on
        self._changed()

    def _changed(self) -> None:
        if self.shows_live:  # a replay is of the open run
            self.replaying = False
        self.changed.emit()


def title_of(run: Run) -> str:
    """A run in a few words: its name, images, model, and how good it is."""
    info = run.info
    name = "built-in" if run.folder == find_run(BUILTIN) else info.name
    loss = f", {info.held_out.negative_elbo:.1f} nats held-out" if info.held_out else ""
    partial = f", stopped after {info.epochs} epochs" if info.status == "stopped" else ""
    return f"{name}: {info.dataset.name}{info.pixels_note}, {info.model_name}{loss}{partial}"


def _subject_of(started: Started, event: Preview) -> Subject:
    return live_subject(started.decoder, event.z_mean, event.kl, started.columns, started.sample)
