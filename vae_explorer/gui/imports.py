"""File > Import model, wired to the window; the dialog is loaded only when it is asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from vae_explorer.gui.dialogs.import_dialog import ImportDialog


def ask_import(parent: QWidget, opened: Callable[[Path], None], noted: Callable[[str], None]) -> "ImportDialog":
    """Show the dialog; `opened` gets the folder of the run that it wrote, `noted` a sentence."""
    from vae_explorer.gui.dialogs.import_dialog import ImportDialog

    def take(folder: Path, sentences: list[str]) -> None:
        opened(folder)
        if sentences:
            noted(" ".join(sentences))

    dialog = ImportDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.imported.connect(take)
    dialog.open()
    return dialog
