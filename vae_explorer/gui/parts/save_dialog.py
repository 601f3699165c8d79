"""Asks where to save, first in the folder where the person last did.

The file ending is added before the system asks about overwriting.
"""

import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from vae_explorer.gui.parts.settings import last_folder, remember_folder

ENDING = re.compile(r"\.[A-Za-z]\w*")


def ask_where(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """The path that the person chose; None if the dialog was cancelled.

    kinds: for example "PNG pictures (*.png)"; several are separated by ";;". The name has the ending of the first kind.
    Choosing another kind changes the ending, and a typed name without an ending gets one.
    """
    dialog = QFileDialog(parent, title, last_folder(), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.selectFile(name)

    def take_ending(kind: str) -> None:
        found = re.search(r"\*(\.\w+)", kind)
        if found:
            dialog.setDefaultSuffix(found[1])
            chosen = dialog.selectedFiles()
            dialog.selectFile(_with_ending(Path(chosen[0] if chosen else name), found[1]).name)

    dialog.filterSelected.connect(take_ending)
    chosen = None
    while chosen is None and dialog.exec():
        chosen = Path(dialog.selectedFiles()[0])
        if not ENDING.fullmatch(chosen.suffix):  # Qt takes the decimals of a number for an ending, and adds none
            chosen = chosen.with_name(f"{chosen.name}.{dialog.defaultSuffix()}")
            if chosen.exists():  # of which Qt has not asked
                dialog.selectFile(chosen.name)
                chosen = None
    dialog.deleteLater()
    if chosen is not None:
        remember_folder(chosen.parent)
    return chosen


def _with_ending(path: Path, ending: str) -> Path:
    """The path with another ending; the decimals of a number at its end, as in "z=0.71,1.79", are none."""
    return path.with_suffix(ending) if ENDING.fullmatch(path.suffix) else path.with_name(path.name + ending)
