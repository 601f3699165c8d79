"""What menu entries do that takes more than one part of the window."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from vae_explorer.gui.dialogs.import_dialog import ImportDialog
    from vae_explorer.gui.dialogs.quality_dialog import QualityDialog
    from vae_explorer.gui.main_window import MainWindow
    from vae_explorer.run.run import Run


def ask_import(window: "MainWindow") -> "ImportDialog":
    """Ask for the files of a model, and explore the run made from them."""
    from vae_explorer.gui import imports

    def explore(folder: Path) -> None:
        window.show_explorer()  # the Training tab has nothing to show of an imported model
        window.open_run(folder)

    return imports.ask_import(window, explore, window.toast.note)


def train_further(window: "MainWindow", run: "Run | None" = None) -> None:
    """Ask how many more epochs to train a run; None: the open one."""
    window.show_training()
    window.training.ask_further(run or window.shown.run)


def take_settings(window: "MainWindow") -> None:
    """Copy the open run's settings into the form of the Training tab."""
    run = window.shown.run
    if run is not None and window.training.take_settings(run):
        window.show_training()


def show_image_display(window: "MainWindow") -> None:
    """Ask for the brightness, contrast and colours of the images beside the map."""
    window.show_explorer()
    window.explorer.panel.display.open()


def show_quality(window: "MainWindow") -> "QualityDialog | None":
    """Show the open run's quality measures, also while the explorer shows the model in training."""
    from vae_explorer.gui.dialogs.quality_dialog import QualityDialog

    if window.shown.run is None:
        return None
    dialog = QualityDialog(window.shown.run, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
