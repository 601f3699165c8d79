"""File > Open classifier: reading somebody's classifier of the images in the background, for a layer of the map."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from vae_explorer.exploring.classifying import open_classifier
from vae_explorer.gui.explorer.layers.classifier import ClassifierLayer
from vae_explorer.gui.explorer.layers.stack import LayerStack
from vae_explorer.gui.parts.progress_dialog import run_with_progress
from vae_explorer.gui.shown import Shown


class ClassifierOpener(QObject):
    """Opens and removes the one classifier that the map shows."""

    noted = Signal(str)
    errored = Signal(str)

    def __init__(self, shown: Shown, layers: LayerStack, window: QWidget) -> None:
        super().__init__(window)
        self._shown, self._window = shown, window
        self._layer = layers.find(ClassifierLayer)
        self._folder = Path.home()

    def ask(self) -> None:
        """Ask for a file, and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open a classifier of these images",
            str(self._folder),
            "Classifiers (*.keras *.h5 *.hdf5 *.onnx)",
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Read a classifier of the shown images in the background, and switch its layer on."""
        subject = self._shown.subject
        if subject is None:
            return
        self._folder = path.parent

        def take(classifier: object) -> None:
            self._layer.use(classifier)
            self._layer.switch(True)
            self.noted.emit(" ".join([f"Opened {path.name}.", *self._layer.notes]))

        read = partial(open_classifier, path, subject)
        run_with_progress(
            self._window,
            "Opening the classifier",
            lambda progress: read(progress=progress),
            take,
            self.errored.emit,
        )

    def removing(self) -> QAction:
        """The action that removes the classifier, enabled while there is one."""
        action = QAction("Remo&ve the classifier", self._window)
        action.triggered.connect(lambda: self._layer.use(None))
        action.setEnabled(False)
        self._layer.used.connect(action.setEnabled)
        return action
