"""File > Import model; the dialog is imported only when it is opened."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from vae_explorer.gui.dialogs.import_dialog import ImportDialog


def ask_import(parent: QWidget, opened: Callable[[Path], None], noted: Callable[[str], None]) -> "ImportDialog":
    """Show the dialog; `opened` is called with the folder of the new run, `noted` with a message."""
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
