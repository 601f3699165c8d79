"""Compare…: other runs whose losses are drawn under those of the run that is shown."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton

from vae_explorer.data.dataset import TRAINING, DatasetInfo
from vae_explorer.errors import UserError
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.settings import open_settings, recent_runs
from vae_explorer.gui.training.loss_chart import Reference
from vae_explorer.run.info import RunInfo, parse_info
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run, is_run
from vae_explorer.run.run import Run


@dataclass(frozen=True, slots=True)
class Present:
    """What other runs are compared with: the open run, or the training that runs."""

    dataset: DatasetInfo
    beta: float | None  # None: not known, of an imported model
    pixels: str = "grey"
    likelihood: str = "bernoulli"
    folder: Path | None = None  # that is not offered


class RunComparison(QPushButton):
    """A menu of the recent runs and the built-in one; any number of them can be chosen."""

    changed = Signal(object)  # the list of References
    errored = Signal(str)

    def __init__(self) -> None:
        super().__init__("Compare…")
        self.setObjectName("compareButton")
        self.setToolTip("Draw the validation losses of other runs under those of this one")
        self._present: Present | None = None
        self._chosen: dict[Path, Run | None] = {}  # None: being read
        menu = _StayingMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    def set_present(self, present: Present) -> None:
        """Compare other runs with this one."""
        self._present = present
        self._emit_references()

    def _fill(self) -> None:
        self.menu().clear()
        for folder, info in _offered():
            if self._is_shown(folder):
                continue
            action = self.menu().addAction(label(info, self._present).replace("&", "&&"))
            action.setToolTip(str(folder))
            action.setCheckable(True)
            if not has_same_pixels(info, self._present):
                action.setEnabled(False)
                action.setToolTip("Losses of binarized and of other pixels cannot be compared")
            action.setChecked(folder in self._chosen)
            action.toggled.connect(lambda on, folder=folder, action=action: self._choose(folder, on, action))
        if self.menu().isEmpty():
            self.menu().addAction("No other runs yet").setEnabled(False)

    def _choose(self, folder: Path, on: bool, action: QAction) -> None:
        if not on:
            self._chosen.pop(folder, None)
            self._emit_references()
            return
        self._chosen[folder] = None
        task = BackgroundTask(lambda _: open_run(folder))
        task.returned.connect(self._take)
        task.errored.connect(lambda text: self._fail(folder, text))
        task.start()

    def _take(self, run: Run) -> None:
        if run.folder in self._chosen:  # it may have been deselected while it was read
            self._chosen[run.folder] = run
            self._emit_references()

    def _fail(self, folder: Path, text: str) -> None:
        self._chosen.pop(folder, None)
        self.errored.emit(text)

    def _is_shown(self, folder: Path) -> bool:
        """Whether a run is the one that others are compared with."""
        return self._present is not None and folder == self._present.folder

    def _emit_references(self) -> None:
        chosen = [run for run in self._chosen.values() if run and run.history and not self._is_shown(run.folder)]
        same = [run for run in chosen if has_same_pixels(run.info, self._present)]
        self.changed.emit([reference(run, self._present) for run in same])


class _StayingMenu(QMenu):
    """Stays open while one entry after another is chosen."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)


def _offered() -> Iterator[tuple[Path, RunInfo]]:
    """Runs that can be read and have a whole epoch, newest first, the built-in one last."""
    builtin = find_run(BUILTIN)
    for folder in [*(folder for folder in recent_runs(open_settings()) if folder != builtin), builtin]:
        path = folder / "run.toml"
        try:
            info = parse_info(path, tomllib.loads(path.read_text(encoding="utf-8"))) if is_run(folder) else None
        except (OSError, ValueError, UserError):
            continue  # opening the run shows the error
        if info and info.epochs:
            yield folder, info


def has_same_pixels(info: RunInfo, present: Present | None) -> bool:
    """Whether a run's losses can be compared with those of the present training, or without one, of grey pixels."""
    return info.pixels == (present.pixels if present else "grey")


def label(info: RunInfo, present: Present | None) -> str:
    """The run's name, and what keeps it from being compared."""
    notes = []
    if present and info.dataset.fingerprint != present.dataset.fingerprint:
        notes.append("other data")
    if not has_same_pixels(info, present):
        notes.append(f"{info.pixels_name} pixels")
    if present and info.likelihood != present.likelihood:
        notes.append(f"likelihood {info.likelihood}")
    if present and info.beta is not None and info.beta != present.beta:
        notes.append(f"beta {info.beta:g}")
    return f"{info.name} ({', '.join(notes)})" if notes else info.name


def reference(run: Run, present: Present | None) -> Reference:
    """A run's validation losses. The loss itself is NaN if beta differs, since beta is the weight of its KL term.

    If the likelihood differs, the reconstruction loss is NaN, too: only the KL can be compared.
    """
    losses = np.array([(record.val_loss, record.val_reconstruction_loss, record.val_kl_loss) for record in run.history])
    if present and run.info.beta != present.beta:
        losses[:, 0] = np.nan
    if present and run.info.likelihood != present.likelihood:
        losses[:, :2] = np.nan
    epochs = np.array([record.epoch for record in run.history])
    batch_size = run.info.trained_with().batch_size
    steps = -(-int((run.codes.split == TRAINING).sum()) // batch_size)  # also of one that was stopped
    return Reference(label(run.info, present), epochs, steps, losses)
