"""The table of runs as a widget: one row for each, sorted by a column."""

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from vae_explorer.gui.dialogs.runs_model import COLUMNS, NAME, NOTE, RunsModel, SortedRuns
from vae_explorer.run.records import RunRecord

DATE = next(number for number, column in enumerate(COLUMNS) if column.title == "Date")


class RunsTable(QTableView):
    """Shows runs, the newest first until another order is chosen. Any number of them can be selected."""

    def __init__(self) -> None:
        super().__init__()
        self.runs, self.order = RunsModel(), SortedRuns(self)
        self.runs.setParent(self)
        self.order.setSourceModel(self.runs)
        self.setObjectName("runsTable")
        self.setAccessibleName("Runs")
        self.setModel(self.order)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setStyleSheet("QTableView::item { padding: 0 4px; }")
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(1.7 * self.fontMetrics().height()))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(36)
        self.setSortingEnabled(True)
        self.sortByColumn(DATE, Qt.SortOrder.DescendingOrder)

    def selected(self) -> list[RunRecord]:
        """The runs that are selected, from top to bottom."""
        rows = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
        return [self.order.record(index) for index in rows]

    def select(self, *paths: Path) -> None:
        """Select these runs."""
        chosen = self.selectionModel()
        chosen.clearSelection()
        kind = QItemSelectionModel.SelectionFlag
        for row in range(self.order.rowCount()):
            index = self.order.index(row, NAME)
            if self.order.record(index).path in paths:
                chosen.select(index, kind.Select | kind.Rows)
                chosen.setCurrentIndex(index, kind.NoUpdate)
