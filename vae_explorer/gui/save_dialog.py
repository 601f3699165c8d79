"""Asking where to save: the file's ending is there before the system asks about overwriting."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(parent: QWidget, title: str, name: str, kind: str) -> Path | None:
    """The path that the person chose, ending as `name` does; None if they did not. kind: "PNG pictures (*.png)"."""
    dialog = QFileDialog(parent, title, name, kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.selectFile(name)
    chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return chosen
