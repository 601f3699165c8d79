"""Shows the open run in the Training tab while nothing is in training."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vae_explorer.data.dataset import TRAINING
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.training.run_comparison import Present
from vae_explorer.gui.training.views import TrainingViews, clock
from vae_explorer.progress import Progress
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.info import RunInfo
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage

if TYPE_CHECKING:
    from vae_explorer.training.previewed import RunPreview

HOW = "Choose images and a preset at the left and press Start: its losses appear here."


class OpenRun(QObject):
    """Its losses are shown at once. What its networks make of its sample is decoded when the tab is first seen."""

    errored = Signal(str)

    def __init__(self, views: TrainingViews, parent: QObject) -> None:
        super().__init__(parent)
        self._views = views
        self._run: Run | None = None
        self._due = False  # whether the preview has to be decoded

    def show(self, run: Run, curves: bool = True) -> None:
        """Show a run; without curves, those that are shown already are its own, with the losses of single batches."""
        self._run, self._due = run, True
        views, info = self._views, run.info
        views.header.show_run(info)
        views.controls.run_name = info.name
        views.controls.comparison.set_present(
            Present(info.dataset, info.beta, info.pixels, info.likelihood, run.folder)
        )
        if curves:
            views.plot.show_history(steps_per_epoch(run), run.history, info.first_comparable, info.seams)
            views.plot.set_empty(f"{why_no_losses(run)}\n{HOW}")
            views.end(summary(run))
        if views.isVisible():
            self.seen()

    def leave(self) -> None:
        """Show it no more, since a training begins or the window closes."""
        self._run, self._due = None, False

    def seen(self) -> None:
        """Decode what the preview shows, if that is due."""
        if not self._due or self._run is None:
            return
        self._due, run = False, self._run

        def decode(_: Progress) -> object:
            from vae_explorer.model.decoder import run_decoder
            from vae_explorer.training.previewed import preview_of_run  # which the launch does not need

            return preview_of_run(run, run_decoder(run))

        def decoded(found: "RunPreview") -> None:
            if run is self._run:
                self._views.preview.start(found.originals, found.labels, len(run.info.dataset.class_names))
                self._views.preview.show_preview(found.preview, trained=True)

        task = BackgroundTask(decode)
        task.returned.connect(decoded)
        task.errored.connect(self.errored)
        task.start()


def why_no_losses(run: Run) -> str:
    """A sentence for the place of the losses of a run that has none."""
    if isinstance(run.info.origin, TrainingConfig):
        return "The training of this run was stopped before its first epoch was whole."
    return "This model was imported, so the losses of its training are not known."


def summary(run: Run) -> str:
    """How long a run was trained, and its best epoch."""
    info = run.info
    if not isinstance(info.origin, TrainingConfig):
        return "Imported"
    if not run.history:
        return info.stopped_note.capitalize() or "Not trained for a whole epoch"
    seconds = sum(record.seconds for record in run.history)
    text = info.stopped_note.capitalize() or f"Trained for {info.epochs:,} epochs"
    return f"{text}, in {clock(seconds)}"


def outcome(info: RunInfo) -> str:
    """How the training of a run has ended, and its negative ELBO."""
    held_out = info.held_out
    figure = f": held-out negative ELBO {held_out.negative_elbo:.1f} nats per image" if held_out else ""
    return f"{info.stopped_note.capitalize() or 'Done'}{figure}{info.pixels_note}"


def steps_per_epoch(run: Run) -> int:
    """The steps of the optimizer in an epoch of a run that was trained."""
    info = run.info
    if not isinstance(info.origin, TrainingConfig):
        return 1
    if isinstance(run.storage, InPage):  # which holds the codes of some of the images only
        return max(1, round(info.steps / max(1, info.epochs)))
    images = int((run.codes.split == TRAINING).sum())
    return max(1, -(-images // info.origin.batch_size))  # also of a training that was stopped
