"""Runs a long task with a dialog that shows its progress and can cancel it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.progress import Progress

PATIENCE = 400  # milliseconds before the dialog appears; shorter tasks show none


def run_with_progress(
    parent: QWidget,
    title: str,
    function: Callable[[Progress], object],
    returned: Callable[[object], None],
    errored: Callable[[str], None],
) -> BackgroundTask:
    """Run `function(progress)` in the background; `returned` or `errored` is called unless it is cancelled."""
    dialog = QProgressDialog(title, "Cancel", 0, 1000, parent)
    dialog.setWindowTitle(title)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setMinimumWidth(360)
    dialog.setMinimumDuration(PATIENCE)
    dialog.setAutoClose(False)
    dialog.setAutoReset(False)
    task = BackgroundTask(function)

    def show_progress(text: str, share: float) -> None:
        if not dialog.wasCanceled():
            dialog.setLabelText(f"{title}: {text}")
            dialog.setValue(round(share * 1000))

    task.progressed.connect(show_progress)
    task.returned.connect(returned)
    task.errored.connect(errored)
    task.finished.connect(dialog.deleteLater)
    dialog.canceled.connect(task.cancel)
    task.start()
    return task
