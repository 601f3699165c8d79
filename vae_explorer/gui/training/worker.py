"""Runs a training in a separate thread and emits its events as Qt signals."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vae_explorer.data.dataset import Dataset, DatasetInfo
from vae_explorer.data.options import AS_FOUND, ImageOptions
from vae_explorer.errors import UserError
from vae_explorer.gui.parts.priority import let_the_window_go_first
from vae_explorer.gui.parts.settings import LOG_HAS_MORE
from vae_explorer.progress import LeftError, Progress
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.run import Run
from vae_explorer.training.events import Control, Event

if TYPE_CHECKING:
    from vae_explorer.gui.training.further_dialog import Further

LEAST_STEP = 0.005  # smallest change of the share read that is reported

log = logging.getLogger(__name__)


class TrainingWorker(QObject):
    """Runs one training at a time. `returned` brings the Run, or None if it was discarded; `finished` always comes."""

    reported = Signal(object)  # an event of `training`
    loading = Signal(float)  # the share of the data set that is read
    loaded = Signal(object)  # the Dataset
    returned = Signal(object)
    errored = Signal(str)
    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self.control = Control()

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(
        self,
        config: TrainingConfig,
        source: str,
        folder: Path,
        dataset: Dataset | None,
        note: str = "",
        tensorboard: bool = False,
        options: ImageOptions = AS_FOUND,
    ) -> None:
        """Train on `dataset`, or, if it is None, on the images that are read from `source` with `options`."""

        def begin(dataset: Dataset, control: Control) -> Run | None:
            from vae_explorer.training.start import train  # which the launch does not need

            return train(config, dataset, folder, self._report, control, note=note, tensorboard=tensorboard)

        def load(progress: Progress) -> Dataset:
            from vae_explorer.data.reading import load_dataset

            return load_dataset(source, options, progress)

        self._start(begin, dataset, load)

    def resume(self, folder: Path, images: DatasetInfo, dataset: Dataset | None) -> None:
        """Resume the training in `folder`. dataset: its images; None: they are read again, as `images` says."""

        def begin(dataset: Dataset, control: Control) -> Run | None:
            from vae_explorer.training.start import resume

            return resume(folder, dataset, self._report, control)

        self._start(begin, dataset, partial(_load_again, images))

    def further(self, run: Run, wanted: "Further", dataset: Dataset | None) -> None:
        """Train a run for more epochs. dataset: its images; None: they are read again."""

        def begin(dataset: Dataset, control: Control) -> Run | None:
            from vae_explorer.training.start import train_further

            return train_further(
                run,
                wanted.config,
                wanted.folder,
                dataset,
                self._report,
                control,
                overwrite=wanted.overwrite,
                note=wanted.note,
                tensorboard=wanted.tensorboard,
            )

        self._start(begin, dataset, partial(_load_again, run.info.dataset))

    def _start(
        self,
        begin: Callable[[Dataset, Control], Run | None],
        dataset: Dataset | None,
        load: Callable[[Progress], Dataset],
    ) -> None:
        self.control = Control()
        arguments = begin, dataset, load, self.control
        self._thread = threading.Thread(target=self._run, args=arguments, name="training", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait for the training, at most this long. Returns whether it has ended."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.running

    def _report(self, event: Event) -> None:
        self.reported.emit(event)

    def _loading(self, control: Control) -> Progress:
        """A function that reports visible changes of the share read. It raises LeftError if the training is ended."""
        reported = -1.0

        def progress(_task: str, share: float) -> None:
            nonlocal reported
            if control.request in ("stop", "discard"):
                raise LeftError
            if share - reported >= LEAST_STEP or share < reported:
                reported = share
                self.loading.emit(share)

        return progress

    def _run(
        self,
        begin: Callable[[Dataset, Control], Run | None],
        dataset: Dataset | None,
        load: Callable[[Progress], Dataset],
        control: Control,
    ) -> None:
        try:
            let_the_window_go_first()
            if dataset is None:
                dataset = load(self._loading(control))
            self.loaded.emit(dataset)
            self.returned.emit(begin(dataset, control))
        except LeftError:
            self.returned.emit(None)
        except UserError as error:
            self.errored.emit(str(error))
        except Exception as error:
            log.exception("training failed")
            self.errored.emit(f"Training failed: {type(error).__name__}: {error} ({LOG_HAS_MORE})")
        finally:
            self.finished.emit()


def _load_again(images: DatasetInfo, progress: Progress) -> Dataset:
    from vae_explorer.data.reading import load_again  # which the launch does not need

    return load_again(images, None, progress)
