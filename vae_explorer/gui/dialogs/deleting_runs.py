"""Deleting a run: whether it may be deleted, and how if there is no trash."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from vae_explorer.errors import UserError
from vae_explorer.run.folder import is_locked
from vae_explorer.run.places import BUILTIN, find_run


def why_not_delete(path: Path, opened: Sequence[Path]) -> str:
    """Why a run must not be deleted, one sentence; "": it may. opened: the runs that are open now."""
    if path == find_run(BUILTIN):
        return "The built-in run belongs to the program."
    if path in opened:
        return "It is open: open another run first, and close the windows that compare it."
    try:
        training = is_locked(path)
    except OSError:
        training = False
    return "It is being trained: stop the training first." if training else ""


def delete_for_good(path: Path, name: str, parent: QWidget) -> bool:
    """Ask whether to delete a run that cannot be moved to the trash; returns whether it was deleted.

    Raises UserError if it cannot be deleted.
    """
    text = f"{name} cannot be moved to the trash. Delete it for good?"
    question = QMessageBox(QMessageBox.Icon.Warning, "Delete a run", text, parent=parent)
    question.setObjectName("deleteQuestion")
    question.setInformativeText(str(path))
    sure = question.addButton("Delete for good", QMessageBox.ButtonRole.DestructiveRole)
    question.setDefaultButton(question.addButton("Cancel", QMessageBox.ButtonRole.RejectRole))
    question.exec()
    clicked = question.clickedButton()
    question.deleteLater()
    if clicked is not sure:
        return False
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise UserError(f"{path} cannot be deleted: {error.strerror or error}.") from error
    return True
