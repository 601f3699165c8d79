"""File > Runs: a table of all runs, which can be opened, compared, renamed and deleted there."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.errors import UserError
from vae_explorer.gui.dialogs.deleting_runs import delete_for_good, why_not_delete
from vae_explorer.gui.dialogs.runs_model import NAME, NOTE
from vae_explorer.gui.dialogs.runs_table import RunsTable
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.gui.parts.trash import Trashed, move_to_trash, take_back
from vae_explorer.progress import Progress
from vae_explorer.run.naming import why_fixed
from vae_explorer.run.opening import check_files
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.records import RunRecord, find_paths, read_record

SIZE = 1120, 520  # most pixels
MARGIN = 24  # pixels at each side of the window around it


class RunsDialog(QDialog):
    """Lists the runs of a folder, the built-in one and others. What is read of them is read in the background."""

    open_wanted = Signal(object)  # Path
    compare_wanted = Signal(object, object)  # Path, Path
    renamed = Signal(object)  # Path

    def __init__(
        self, folder: Path, others: Sequence[Path], opened: Callable[[], Sequence[Path]], parent: QWidget
    ) -> None:
        """opened: gives the paths of the runs that are open now, the one of the main window first."""
        super().__init__(parent)
        self.setObjectName("runsDialog")
        self.setWindowTitle("Runs")
        self._folder, self._others, self._opened = folder, others, opened
        self._prompt = "Select one run to open it, or two to compare them: hold Ctrl for the second."
        self._trashed: list[Trashed] = []
        self._tasks: list[BackgroundTask] = []
        self.table = RunsTable()
        self.model, self.order = self.table.runs, self.table.order
        self.table.doubleClicked.connect(self._double_clicked)
        self.said = QLabel("Reading the runs…")
        self.said.setObjectName("runsSaid")
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.said)
        layout.addLayout(self._build_buttons())
        self.model.errored.connect(self._say)
        self.model.renamed.connect(self.renamed)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._follow())
        self.resize(min(SIZE[0], parent.width() - 2 * MARGIN), min(SIZE[1], parent.height() - 2 * MARGIN))
        self._follow()
        self._start(self._read, self._show)

    def set_theme(self, theme: Theme) -> None:
        self.model.error_colour = QColor(theme.error)
        self.table.viewport().update()

    def ask_other(self, name: str) -> None:
        """Ask which run is compared with the open one, which has this name."""
        self._prompt = f"Select the run that {name} is compared with, and press Compare."
        self.table.clearSelection()
        self._follow()

    def delete(self) -> None:
        """Move the selected runs to the trash, up to the first that is refused."""
        for record in self.table.selected():
            try:
                deleted = self._delete(record)
            except UserError as error:
                self._say(f"{record.name} was not deleted. {error}")
                break
            if not deleted:
                break
        self.undo_button.setVisible(bool(self._trashed))

    def undo_delete(self) -> None:
        """Take the run that was deleted last back from the trash."""
        trashed = self._trashed.pop()
        try:
            take_back(trashed)
        except UserError as error:
            self._say(str(error))
        else:
            self.model.add(read_record(trashed.path))
            self.table.select(trashed.path)
        self.undo_button.setVisible(bool(self._trashed))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.delete_button.isEnabled():
            self.delete()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.open_button.isEnabled():
            self._open()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        for task in self._tasks:
            task.cancel()
        super().done(result)

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.open_button = self._button(row, "&Open", "openRunButton", self._open)
        self.compare_button = self._button(row, "&Compare", "compareRunsButton", self._compare)
        self.rename_button = self._button(row, "&Rename", "renameRunButton", self._rename)
        self.folder_button = self._button(row, "Open &folder", "openFolderButton", self._open_folder)
        self.delete_button = self._button(row, "&Delete", "deleteRunButton", self.delete)
        self.undo_button = self._button(row, "&Undo delete", "undoDeleteButton", self.undo_delete)
        self.undo_button.hide()
        row.addStretch()
        self._button(row, "Close", "closeRunsButton", self.reject)
        return row

    def _button(self, row: QHBoxLayout, text: str, name: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _=False: do())
        row.addWidget(button)
        return button

    def _read(self, progress: Progress) -> list[RunRecord]:
        paths, records = find_paths(self._folder, [*self._others, find_run(BUILTIN)]), []
        for number, path in enumerate(paths):
            records.append(read_record(path))
            progress("Reading the runs", (number + 1) / len(paths))
        return records

    def _show(self, records: object) -> None:
        assert isinstance(records, list)
        self.model.show_records(records)
        self._follow()
        whole = [record.path for record in records if not record.reason and record.path.is_dir()]

        def check(progress: Progress) -> dict[Path, str]:
            reasons = {}
            for number, path in enumerate(whole):
                try:
                    check_files(path)
                except UserError as error:
                    reasons[path] = str(error)
                progress("Checking the runs", (number + 1) / len(whole))
            return reasons

        self._start(check, self._show_damaged)

    def _show_damaged(self, reasons: object) -> None:
        assert isinstance(reasons, dict)
        for path, reason in reasons.items():
            self.model.damaged(path, reason)
        self._follow()

    def _delete(self, record: RunRecord) -> bool:
        """Whether the run was deleted, or the person has changed their mind. Raises UserError if it cannot be."""
        why = why_not_delete(record.path, self._opened())
        if why:
            raise UserError(why)
        trashed = move_to_trash(record.path)
        if trashed is None and not delete_for_good(record.path, record.name, self):
            return False
        if trashed is not None:
            self._trashed.append(trashed)
        self.model.remove(record.path)
        self._say(f"{record.name} was {'moved to the trash' if trashed is not None else 'deleted'}.")
        return True

    def _start(self, function: Callable[[Progress], object], returned: Callable[[object], None]) -> None:
        task = BackgroundTask(function)
        self._tasks.append(task)
        task.returned.connect(returned)
        task.errored.connect(self._say)
        task.finished.connect(lambda: self._tasks.remove(task))
        task.start()

    def _follow(self) -> None:
        """Enable the buttons that fit what is selected; the tooltips of the others say why they are disabled."""
        chosen, opened = self.table.selected(), self._opened()
        one = chosen[0] if len(chosen) == 1 else None
        self._enable(self.open_button, _unless_one(one))
        self._enable(self.compare_button, self._why_not_compare(chosen, opened))
        self.compare_button.setText("&Compare with the open run" if one is not None and opened else "&Compare")
        self._enable(self.rename_button, _unless_one(one) or (why_fixed(one.path) if one is not None else ""))
        self._enable(self.folder_button, "" if one is not None else "Select one run.")
        reasons = [why for why in (why_not_delete(each.path, opened) for each in chosen) if why]
        self._enable(self.delete_button, reasons[0] if reasons else ("" if chosen else "Select the runs to delete."))
        if one is not None:
            self._say(f"{one.path}\n{one.reason}")
        elif len(chosen) > 1:
            self._say(f"{len(chosen)} runs are selected.")
        elif self.model.records:
            self._say(self._prompt)

    def _enable(self, button: QPushButton, why_not: str) -> None:
        button.setEnabled(not why_not)
        button.setToolTip(why_not)

    def _why_not_compare(self, chosen: Sequence[RunRecord], opened: Sequence[Path]) -> str:
        if any(record.reason for record in chosen):
            return "A run that cannot be opened cannot be compared."
        if len(chosen) == 1 and opened:
            return "" if chosen[0].path != opened[0] else "This run is the open one: select another one."
        return "" if len(chosen) == 2 else "Select two runs, or one to compare it with the open run."

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() == NOTE:
            self.table.edit(index)
        elif self.open_button.isEnabled():
            self._open()

    def _open(self) -> None:
        self.open_wanted.emit(self.table.selected()[0].path)
        self.accept()

    def _compare(self) -> None:
        paths = [record.path for record in self.table.selected()]
        one, two = paths if len(paths) == 2 else (self._opened()[0], paths[0])
        self.compare_wanted.emit(one, two)

    def _rename(self) -> None:
        [index] = self.table.selectionModel().selectedRows(NAME)
        self.table.edit(index)

    def _open_folder(self) -> None:
        path = self.table.selected()[0].path
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path if path.is_dir() else path.parent)))

    def _say(self, text: str) -> None:
        self.said.setText(text)


def _unless_one(record: RunRecord | None) -> str:
    """Why what needs one whole run is not possible with this one, or with none or several; "": it is."""
    if record is None:
        return "Select one run."
    return record.reason
