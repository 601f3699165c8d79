"""Asks where to save; the file ending is added before the system asks about overwriting."""

import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """The path that the person chose; None if the dialog was cancelled.

    kinds: for example "PNG pictures (*.png)"; several are separated by ";;". The name has the ending of the first kind.
    Choosing another kind changes the ending, and a typed name without an ending gets one.
    """
    dialog = QFileDialog(parent, title, name, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.selectFile(name)

    def take_ending(kind: str) -> None:
        found = re.search(r"\*(\.\w+)", kind)
        if found:
            dialog.setDefaultSuffix(found[1])
            chosen = dialog.selectedFiles()
            dialog.selectFile(Path(chosen[0] if chosen else name).with_suffix(found[1]).name)

    dialog.filterSelected.connect(take_ending)
    chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return chosen
