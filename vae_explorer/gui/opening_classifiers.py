"""File > Open classifier: reading somebody's classifier of the images in the background, for a layer of the map."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from vae_explorer.errors import UserError
from vae_explorer.exploring.classifying import open_classifier
from vae_explorer.files import sha256
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


class ClassifierOpener(QObject):
    """Opens and removes the one classifier that the map shows. The one of a run is opened again with the run."""

    noted = Signal(str)
    errored = Signal(str)

    def __init__(
        self,
        shown: Shown,
        layers: LayerStack,
        runs: RunsOpener,
        settings: QSettings,
        tasks: RunningTasks,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._shown, self._runs, self._settings, self._tasks, self._window = shown, runs, settings, tasks, window
        self._layer = layers.find(ClassifierLayer)
        self._path = Path.home() / "classifier"
        self._layer.range_wanted.connect(lambda input_range: self.open(self._path, input_range))
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

    def open(self, path: Path, input_range: InputRange | None = None) -> None:
        """Read a classifier of the shown images in the background, switch its layer on, and keep it with the run.

        input_range: the range of the pixels that it takes; None: it is found out.
        """
        subject, run = self._shown.subject, self._shown.shown_run
        if subject is None:
            return
        self._path = path

        def read(progress: Progress) -> tuple[Classifier, str]:
            classifier = open_classifier(path, subject, input_range, progress)
            return classifier, sha256(path.read_bytes())

        def take(found: Any) -> None:
            classifier, digest = found
            self._layer.use(classifier, input_range)
            self._layer.switch(True)
            self.noted.emit(" ".join([f"Opened {path.name}.", *self._layer.notes]))
            if run is not None:
                keep_classifier(self._settings, run.folder, KeptClassifier(path.absolute(), digest, input_range))

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
                self._path = kept.path
                self._layer.use(classifier, kept.input_range)

        self._tasks.start(read, take, self.noted.emit)

    def removing(self) -> QAction:
        """The action that removes the classifier, enabled while there is one."""
        action = QAction("Remo&ve the classifier", self._window)
        action.triggered.connect(self._remove)
        action.setEnabled(False)
        self._layer.used.connect(action.setEnabled)
        return action

    def _remove(self) -> None:
        self._layer.use(None)
        if self._shown.shown_run is not None:
            keep_classifier(self._settings, self._shown.shown_run.folder, None)
