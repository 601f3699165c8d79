"""The rows and columns of the table of runs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor

from vae_explorer.errors import UserError
from vae_explorer.gui.parts.plain_text import safe_tip
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.info import RunInfo
from vae_explorer.run.naming import keep_note, rename_run, why_fixed
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.records import RunRecord

AnyIndex = QModelIndex | QPersistentModelIndex
NAME, NOTE = 0, 7  # columns that can be edited
NOTHING = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    title: str
    tip: str
    text: Callable[[RunRecord], str]
    key: Callable[[RunRecord], Any]  # by which it is sorted; None: unknown, and last
    number: bool = False  # whether it is aligned to the right


def _of(get: Callable[[RunInfo], Any]) -> Callable[[RunRecord], Any]:
    return lambda record: None if record.info is None else get(record.info)


def _text(get: Callable[[RunInfo], str]) -> Callable[[RunRecord], str]:
    return lambda record: "" if record.info is None else get(record.info)


def _loss(info: RunInfo) -> str:
    if info.held_out is None:
        return "–"
    figure = info.quality.negative_elbo if info.quality is not None else f"{info.held_out.negative_elbo:.1f}"
    return f"{figure}{info.pixels_note.replace(' pixels', '')}"


def _epochs(info: RunInfo) -> str:
    return str(info.epochs) if isinstance(info.origin, TrainingConfig) else "–"


def _name(record: RunRecord) -> str:
    return f"{record.name} (built-in)" if record.path == find_run(BUILTIN) else record.name


COLUMNS = (
    Column("Name", "The name of the run", _name, lambda record: record.name.casefold()),
    Column("Images", "The images that it was trained on", _text(lambda info: info.dataset.name),
           _of(lambda info: info.dataset.name.casefold())),
    Column("Model", "The preset, or the file that it was imported from", _text(lambda info: info.model_name),
           _of(lambda info: info.model_name)),
    Column("z", "The number of latent dimensions", _text(lambda info: str(info.latent_dim)),
           _of(lambda info: info.latent_dim), number=True),
    Column("Beta", "The weight of the KL term in the training",
           _text(lambda info: "–" if info.beta is None else f"{info.beta:g}"), _of(lambda info: info.beta),
           number=True),
    Column("Epochs", "How many epochs it was trained", _text(_epochs),
           _of(lambda info: info.epochs if isinstance(info.origin, TrainingConfig) else None), number=True),
    Column("Negative ELBO", "Of its held-out images, in nats per image, with the standard error; lower is better",
           _text(_loss), _of(lambda info: None if info.held_out is None else info.held_out.negative_elbo),
           number=True),
    Column("Note", "Press F2 or double-click to write a note, which is kept in note.txt beside the run",
           lambda record: record.note, lambda record: record.note.casefold() or None),
    Column("Date", "When it was made",
           lambda record: f"{record.date.astimezone():%Y-%m-%d}",
           lambda record: record.date),
    Column("Size", "Of all its files on disk", lambda record: QLocale().formattedDataSize(record.size, 1),
           lambda record: record.size, number=True),
)  # fmt: skip


class RunsModel(QAbstractTableModel):
    """One row for each run. Names and notes are written to the disk when they are edited."""

    renamed = Signal(object)  # Path of a run that has another name now
    errored = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.records: list[RunRecord] = []
        self.error_colour = QColor()

    def show_records(self, records: list[RunRecord]) -> None:
        self.beginResetModel()
        self.records = records
        self.endResetModel()

    def damaged(self, path: Path, reason: str) -> None:
        """Show that a run cannot be opened."""
        for row, record in enumerate(self.records):
            if record.path == path:
                self._replace(row, replace(record, reason=reason, status="damaged"))

    def remove(self, path: Path) -> None:
        """Leave out a run."""
        for row, record in enumerate(self.records):
            if record.path == path:
                self.beginRemoveRows(NOTHING, row, row)
                del self.records[row]
                self.endRemoveRows()
                return

    def add(self, record: RunRecord) -> None:
        self.beginInsertRows(NOTHING, len(self.records), len(self.records))
        self.records.append(record)
        self.endInsertRows()

    def rowCount(self, parent: AnyIndex = NOTHING) -> int:
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: AnyIndex = NOTHING) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.tip}.get(
            Qt.ItemDataRole(role)
        )

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        record, column = self.records[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return record.status if record.reason and column.title == "Model" else column.text(record)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return safe_tip(record.reason or (column.text(record) if index.column() == NOTE else str(record.path)))
        if role == Qt.ItemDataRole.ForegroundRole and record.status == "damaged" and index.column() < NOTE:
            return self.error_colour
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        record = self.records[index.row()]
        fixed = why_fixed(record.path) or record.status == "in training" or (index.column() == NAME and record.reason)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (NAME, NOTE) and not fixed else flags

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        record, text = self.records[index.row()], str(value).strip()
        name = index.column() == NAME
        if text == (record.name if name else record.note):
            return False
        try:
            if name:
                rename_run(record.path, text)
            else:
                keep_note(record.path, text)
        except UserError as error:
            self.errored.emit(str(error))
            return False
        self._replace(index.row(), replace(record, name=text) if name else replace(record, note=text))
        if name:
            self.renamed.emit(record.path)
        return True

    def _replace(self, row: int, record: RunRecord) -> None:
        self.records[row] = record
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))


class SortedRuns(QSortFilterProxyModel):
    """The runs in the order of a column; those of which it is not known come last."""

    def record(self, index: AnyIndex) -> RunRecord:
        """The run in a row of this order."""
        model = self.sourceModel()
        assert isinstance(model, RunsModel)
        return model.records[self.mapToSource(index).row()]

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:
        model = self.sourceModel()
        assert isinstance(model, RunsModel)
        key = COLUMNS[left.column()].key
        one, two = key(model.records[left.row()]), key(model.records[right.row()])
        if one is None or two is None:
            last = two is None and one is not None
            return last if self.sortOrder() == Qt.SortOrder.AscendingOrder else one is None and two is not None
        return bool(one < two)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
