"""What is shown: the open run, the model in training, or a moment of a replay."""

from PySide6.QtCore import QObject, Signal

from vae_explorer.exploring.subject import Subject, decode_class, live_subject
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_epochs
from vae_explorer.training.events import Event, Preview, Started


class Shown(QObject):
    """Holds what can be shown and what is shown. `changed` is emitted after each change.

    All views read it here. Only the methods of this class write the attributes.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: Run | None = None  # the open run, also while something else is shown
        self.snapshots: tuple[int, ...] = ()  # epochs of the open run's snapshots
        self.images_missing = False  # whether the open run's data set was not found
        self.training = False  # whether a training runs
        self.live_wanted = False  # whether to show the model in training once there is one
        self.replaying = False  # whether a moment of the open run's training is shown instead of its final model
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
        """The run that is shown; None while the model in training is shown."""
        return None if self.shows_live else self.run

    @property
    def subject(self) -> Subject | None:
        """The subject that is shown; during a replay, the replayed run."""
        return self._live if self.shows_live else self._run_subject

    @property
    def source(self) -> Run | Started | None:
        """The run or training of the subject: subjects of one source differ only in latent codes, images or weights."""
        return self._started if self.shows_live else self.run

    @property
    def label(self) -> int | None:
        """The label of the class that the open run's decoder is given; None: it takes none."""
        return self._run_subject.decoded_class if self._run_subject is not None else None

    @property
    def can_locate(self) -> bool:
        """Whether the images of what is shown are missing."""
        return self.images_missing and not self.shows_live and not self.replaying

    def open_run(self, run: Run, subject: Subject) -> None:
        """Show a run, and end showing a model in training or a replay."""
        self.run, self._run_subject = run, subject
        self.snapshots = snapshot_epochs(run.folder)
        self.images_missing = self.live_wanted = self.replaying = False
        self._changed()

    def images_found(self, run: Run, subject: Subject) -> None:
        """Replace the run by the same run with its images, unless another run has been opened since."""
        if run is self.run:
            self._run_subject, self.images_missing = decode_class(subject, self.label), False
            self._changed()

    def choose_class(self, label: int) -> None:
        """Decode images of the class with this label, if the open run's decoder knows it."""
        if self._run_subject is not None:
            self._run_subject = decode_class(self._run_subject, label)
            self._changed()

    def images_not_found(self, run: Run) -> None:
        """Record that a run's data set was not found, unless another run has been opened since."""
        if run is self.run:
            self.images_missing = True
            self._changed()

    def set_training(self, running: bool) -> None:
        """Record that a training begins, or that it has ended; then the open run is shown again."""
        self.training = running
        if not running:
            self._started = self._live = None
            self.live_wanted = False
        self._changed()

    def follow(self, event: Event) -> None:
        """Take the new model or the newest latent codes from a training's event."""
        if isinstance(event, Started):
            self._started, self._live, self.live_wanted = event, None, True
            self._changed()
        elif isinstance(event, Preview) and self._started is not None:
            self._live = _subject_of(self._started, event)
            self._changed()

    def want_live(self, on: bool) -> None:
        """Show the model in training or the open run; without a training, the open run."""
        self.live_wanted = on and self.live_available
        self._changed()

    def set_replaying(self, on: bool) -> None:
        """Record whether a moment of the open run's training is shown instead of its final model."""
        self.replaying = on
        self._changed()

    def _changed(self) -> None:
        if self.shows_live:  # a replay shows the open run
            self.replaying = False
        self.changed.emit()


def title_of(run: Run, apart: str = "") -> str:
    """A run in a few words: its name, what tells it apart, data set, model and held-out loss."""
    info = run.info
    name = "built-in" if run.folder == find_run(BUILTIN) else info.name
    loss = f", {info.held_out.negative_elbo:.1f} nats held-out" if info.held_out else ""
    partial = f", {info.stopped_note}" if info.stopped_note else ""
    name += f" ({apart})" if apart else ""
    return f"{name}: {info.dataset.name}{info.pixels_note}, {info.model_name}{loss}{partial}"


def _subject_of(started: Started, event: Preview) -> Subject:
    return live_subject(started.decoder, event.z_mean, event.dimensions, started.columns, started.sample)
