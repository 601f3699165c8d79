"""Opening images to train on: the dialog, and applying the choice to the training form."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from vae_explorer.data.report import DataReport
from vae_explorer.gui.parts.chosen_set import ChosenSet, recent_sets, remember_set
from vae_explorer.gui.training.tab import TrainingTab

if TYPE_CHECKING:
    from vae_explorer.gui.dialogs.data_dialog import DataDialog


class ImagesOpener(QObject):
    """Opens the dialog for images. `opened` is emitted when the training form has a new data set."""

    opened = Signal()
    noted = Signal(str)

    def __init__(self, training: TrainingTab, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._training, self._settings, self._window = training, settings, window
        training.images_wanted.connect(self.ask)

    def ask(self, source: str = "") -> "DataDialog | None":
        """Open the dialog, with a source if one is given; not while a training runs."""
        from vae_explorer.gui.dialogs.data_dialog import DataDialog  # imported late

        if self._training.running:
            self.noted.emit("A training has not ended yet: open the images again when it has.")
            return None
        dialog = DataDialog(recent_sets(self._settings), self._training.validation_share, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._take)
        dialog.open()
        if source:
            dialog.open_source(source)
        return dialog

    def _take(self, chosen: ChosenSet, report: DataReport, validation_share: float) -> None:
        self._training.take_images(chosen, report.image_shape, validation_share)
        remember_set(self._settings, chosen)
        self.opened.emit()


def ask_where_images_are(button: QWidget, found: Callable[[str], object]) -> QMenu:
    """Ask for the folder or file of the images, with a menu below the button."""
    menu = QMenu(button)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def folder() -> None:
        name = QFileDialog.getExistingDirectory(button, "Locate the folder of the images", str(Path.home()))
        if name:
            found(name)

    def file() -> None:
        name, _ = QFileDialog.getOpenFileName(button, "Locate the file of the images", str(Path.home()), "All (*)")
        if name:
            found(name)

    menu.addAction("A &folder of images…").triggered.connect(folder)
    menu.addAction("A f&ile, .npz, .npy, HDF5, CSV or IDX…").triggered.connect(file)
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return menu
