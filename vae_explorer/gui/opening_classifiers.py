"""File > Open classifier: reading somebody's classifier of the images in the background, for a layer of the map."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from vae_explorer.errors import UserError
from vae_explorer.exploring.classifying import open_classifier
from vae_explorer.files import sha256
from vae_explorer.gui.explorer.history import Change, History
from vae_explorer.gui.explorer.layers.classifier import ClassifierLayer
from vae_explorer.gui.explorer.layers.stack import LayerStack
from vae_explorer.gui.opening_runs import RunsOpener
from vae_explorer.gui.parts.kept_classifiers import KeptClassifier, keep_classifier, kept_classifier
from vae_explorer.gui.parts.progress_dialog import run_with_progress
from vae_explorer.gui.running_tasks import RunningTasks
from vae_explorer.gui.shown import Shown
from vae_explorer.model.classifier import Classifier
from vae_explorer.progress import Progress
from vae_explorer.run.imported import InputRange
from vae_explorer.run.run import Run


@dataclass(frozen=True, slots=True, eq=False)
class _Used:
    """The classifier that the map shows, and whether its layer is on."""

    run: Run | None  # that is shown with it
    classifier: Classifier | None = None
    kept: KeptClassifier | None = None  # its file, and the range of pixels that the person chose
    on: bool | None = None


class ClassifierOpener(QObject):
    """Opens and removes the one classifier that the map shows, as steps of the history of the map.

    The one of a run is opened again with the run.
    """

    noted = Signal(str)
    errored = Signal(str)

    def __init__(
        self,
        shown: Shown,
        layers: LayerStack,
        history: History,
        runs: RunsOpener,
        settings: QSettings,
        tasks: RunningTasks,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._shown, self._runs, self._settings, self._tasks, self._window = shown, runs, settings, tasks, window
        self._layer, self._history = layers.find(ClassifierLayer), history
        self._path = Path.home() / "classifier"
        self._used = _Used(None)
        self._layer.range_wanted.connect(self._read_again)
        runs.opened.connect(self.restore)

    def ask(self) -> None:
        """Ask for a file, and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open a classifier of these images",
            str(self._path.parent),
            "Classifiers (*.keras *.h5 *.hdf5 *.onnx)",
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Read a classifier of the shown images in the background, switch its layer on, and keep it with the run."""

        def use(used: _Used) -> None:
            before = replace(self._used, run=used.run, on=self._layer.state.on)
            self._history.do(Change("classifier", before, used, self._use))

        self._read(path, None, use)

    def _read_again(self, input_range: InputRange | None) -> None:
        """Read it with another range of the pixels, whose choice is a step of the history."""
        self._read(self._path, input_range, self._use)

    def _read(self, path: Path, input_range: InputRange | None, use: Callable[[_Used], None]) -> None:
        """input_range: the range of the pixels that it takes; None: it is found out."""
        subject, run = self._shown.subject, self._shown.shown_run
        if subject is None:
            return

        def read(progress: Progress) -> tuple[Classifier, str]:
            classifier = open_classifier(path, subject, input_range, progress)
            return classifier, sha256(path.read_bytes())

        def take(found: Any) -> None:
            classifier, digest = found
            use(_Used(run, classifier, KeptClassifier(path.absolute(), digest, input_range), on=True))
            self.noted.emit(" ".join([f"Opened {path.name}.", *self._layer.notes]))

        run_with_progress(self._window, "Opening the classifier", read, take, self.errored.emit)

    def restore(self, run: Run) -> None:
        """Open the classifier that is kept with this run, if there is one, once the first image is seen."""
        kept, subject = kept_classifier(self._settings, run.folder), self._shown.subject
        if kept is None or subject is None:
            return

        def read(progress: Progress) -> Classifier:
            self._runs.wait_for_first_image()
            if not kept.path.is_file():
                raise UserError(f"The classifier of this run, {kept.path}, is not there: File > Open classifier…")
            if sha256(kept.path.read_bytes()) != kept.sha256:
                raise UserError(f"The classifier of this run, {kept.path}, has changed: File > Open classifier…")
            return open_classifier(kept.path, subject, kept.input_range, progress)

        def take(classifier: Classifier) -> None:
            if self._shown.run is run:
                self._use(_Used(run, classifier, kept, self._layer.state.on))

        self._tasks.start(read, take, self.noted.emit)

    def removing(self) -> QAction:
        """The action that removes the classifier, enabled while there is one."""
        action = QAction("Remo&ve the classifier", self._window)
        action.triggered.connect(self._remove)
        action.setEnabled(False)
        self._layer.used.connect(action.setEnabled)
        return action

    def _remove(self) -> None:
        run, on = self._shown.shown_run, self._layer.state.on
        before = replace(self._used, run=run, on=on)
        self._history.do(Change("removing the classifier", before, _Used(run, on=on), self._use))

    def _use(self, used: _Used) -> None:
        """Nothing happens if another run is shown by now."""
        if self._shown.shown_run is not used.run:
            return
        self._used, kept = used, used.kept
        self._path = kept.path if kept is not None else self._path
        self._layer.use(used.classifier, kept.input_range if kept is not None else None)
        self._layer.set_state(replace(self._layer.state, on=used.on))
        if used.run is not None:
            keep_classifier(self._settings, used.run.folder, kept)
