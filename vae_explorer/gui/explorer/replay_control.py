"""Replays the training of a run in the explorer, controlled by the time bar."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Bytes
from vae_explorer.gui.explorer.grid_card import GridCard
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.latent.plane import GRID_SIDE, Plane, axis_positions, lattice
from vae_explorer.model.decoder import Decoder, as_pixels
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_epochs

if TYPE_CHECKING:
    from vae_explorer.exploring.replay import Replay


class ReplayControl(QObject):
    """Offers the open run's snapshots in the time bar, and reads them when the bar is first used."""

    begun = Signal()  # the explorer now shows a moment of the training instead of the run
    ended = Signal()  # the person left the replay
    noted = Signal(str)
    errored = Signal(str)

    def __init__(self, explorer: ExplorerTab) -> None:
        super().__init__(explorer)
        self._explorer, self.bar = explorer, explorer.time_bar
        self._run: Run | None = None
        self._replay: Replay | None = None
        self._task: BackgroundTask | None = None
        self._card: GridCard | None = None
        self._worker: LatestWorker | None = None
        self._first_generation = 0  # earlier generations of the grid belong to another replay
        self.active = False  # whether the explorer shows a moment of the training
        self.bar.moved.connect(self._show)
        self.bar.left.connect(self._leave)
        self.bar.grid_toggled.connect(self._show_card)

    def offer(self, run: Run | None) -> None:
        """End a replay, and offer the snapshots of this run; None: there is no run to replay."""
        self.active = False
        self._hide_card()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if run is not self._run:
            self._run, self._replay = run, None
        losses = {record.epoch: record.val_loss for record in run.history} if run is not None else {}
        self.bar.offer(snapshot_epochs(run.folder) if run is not None else (), losses)

    def end(self) -> None:
        """Stop playing, reading and decoding."""
        self.bar.pause()
        if self._task is not None:
            self._task.cancel()
        if self._worker is not None:
            self._worker.end()

    def _show(self, epoch: float) -> None:
        replay = self._replay
        if replay is None:
            self._load()
            return
        subject = replay.subject_at(epoch)
        self._explorer.show_moment(subject)
        first, self.active = not self.active, True
        self.bar.ready = True
        self.bar.final.setEnabled(True)
        if self.bar.grid.isChecked():
            self._ask_grid(subject.decoder)
        if first:
            self.begun.emit()

    def _load(self) -> None:
        run = self._run
        if run is None or self._task is not None:
            return

        def load(progress: object) -> object:
            from vae_explorer.exploring.replay import load_replay  # not needed at launch

            return load_replay(run, progress)  # type: ignore[arg-type]

        def loaded(replay: "Replay") -> None:
            if self._task is not task:
                return
            self._replay = replay
            if replay.left_out:
                self.noted.emit(replay.left_out)
            self.bar.keep_to(replay.epochs)
            self._show(self.bar.epoch)

        def failed(text: str) -> None:
            if self._task is task:
                self.bar.pause()
                self.errored.emit(text)

        def finished() -> None:
            if self._task is task:
                self._task = None

        task = self._task = BackgroundTask(load)
        task.returned.connect(loaded)
        task.errored.connect(failed)
        task.finished.connect(finished)
        task.start()

    def _leave(self) -> None:
        self.ended.emit()

    def _ask_grid(self, decoder: Decoder) -> None:
        if self._worker is None:
            self._worker = LatestWorker(decoded_grid, "decoding the grid", self)
            self._worker.answered.connect(self._show_grid)
            self._worker.errored.connect(self.errored)
        self._worker.request(decoder, self._explorer.plane)

    def _show_grid(self, generation: int, images: Bytes) -> None:
        if not self.active or generation < self._first_generation or not self.bar.grid.isChecked():
            return
        if self._card is None:
            self._card = GridCard(self._explorer.view)
        self._card.show_images(images)
        self._card.show()

    def _show_card(self, on: bool) -> None:
        if not on and self._card is not None:
            self._card.hide()
        elif on and self.active:
            self._show(self.bar.epoch)

    def _hide_card(self) -> None:
        """Hide the grid, and drop grids that are still being decoded."""
        if self._worker is not None:
            self._first_generation = self._worker.newest + 1
        if self._card is not None:
            self._card.hide()


def decoded_grid(decoder: Decoder, plane: Plane) -> Bytes:
    """Images at quantiles of the prior in the plane, (rows, GRID_SIDE, H, W, C) uint8, the top row first."""
    positions = axis_positions(GRID_SIDE, "quantile")
    codes = lattice(positions, positions if decoder.latent_dim > 1 else positions[:1], plane)
    images = as_pixels(decoder(codes))
    return images.reshape(-1, GRID_SIDE, *images.shape[1:])
