"""What a data set holds, and what would become of it, for a person to look at."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.data.report import DataReport
from vae_explorer.gui.dialogs.thumbnails import Thumbnails
from vae_explorer.gui.parts.plain_text import safe_tip, shown

FEW = 4  # kinds that are named one by one
MOST_ROWS = 2000  # of a list
WIDEST_NAME = 200  # pixels of a list, where the rest stands in the tooltip


class DataReportView(QWidget):
    """All text is plain: it holds names of files and classes, which anyone may have written."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataReport")
        self.thumbnails = Thumbnails()
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(4)
        names = ("Source", "Images", "Sizes", "Formats", "Values", "Brought to", "Numbers")
        self.facts = {name: self._fact(name) for name in names}
        self.classes = _table("dataClasses", "Classes and their images", "Class", "Images")
        self.skipped = _table("dataSkipped", "What is left out, and why", "Skipped", "Why")
        self.classes.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.classes.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.classes.header().setStretchLastSection(False)
        lists = QHBoxLayout()
        lists.setSpacing(10)
        lists.addWidget(self.classes, 1)
        lists.addWidget(self.skipped, 2)  # whose reasons are sentences
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.thumbnails, 3)
        layout.addLayout(self._form)
        layout.addLayout(lists, 2)

    def show_report(self, report: DataReport) -> None:
        height, width, channels = report.image_shape
        colour = "grey" if channels == 1 else "colour"
        self._tell("Source", f"{report.name}, {report.kind}")
        self._tell("Images", f"{report.count:,}, of which {report.held_out:,} are held out ({report.held_out_note})")
        self._tell("Sizes", counted([(f"{high}x{wide}", images) for (high, wide), images in report.sizes]))
        self._tell("Formats", counted(report.formats))
        self._tell("Values", report.range_note.rstrip("."))
        self._tell("Brought to", f"{height}x{width} {colour}: {report.shape_note.rstrip('.')}")
        self._tell("Numbers", ", ".join(report.value_names))
        names = [name for name, _ in report.class_counts]
        labels = report.thumbnail_labels.tolist()
        self.thumbnails.show_images(
            report.thumbnails, [shown(f"class {names[label]}") if 0 <= label < len(names) else "" for label in labels]
        )
        rows = [(name, f"{images:,}") for name, images in report.class_counts]
        if report.unlabelled:
            rows.append(("no class", f"{report.unlabelled:,}"))
        self.classes.headerItem().setText(0, f"{len(names):,} classes" if len(names) != 1 else "1 class")
        _fill(self.classes, rows)
        self.classes.setVisible(bool(names))
        count = len(report.skipped)
        self.skipped.headerItem().setText(0, f"{count:,} skipped" + ("" if report.decoded else " so far"))
        _fill(self.skipped, [(each.name, each.reason) for each in report.skipped])
        self.skipped.setVisible(bool(count))

    def _fact(self, name: str) -> QLabel:
        label = QLabel()
        label.setObjectName(f"data{name.replace(' ', '')}Label")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._form.addRow(name, label)
        self._form.labelForField(label).setProperty("muted", True)
        return label

    def _tell(self, name: str, text: str) -> None:
        self.facts[name].setText(shown(text))
        self._form.setRowVisible(self.facts[name], bool(text))


def counted(kinds: Sequence[tuple[str, int]]) -> str:
    """Kinds with their counts, the commonest first, in one line."""
    if len(kinds) == 1:
        return kinds[0][0]
    named = ", ".join(f"{name}: {images:,}" for name, images in kinds[:FEW])
    others = sum(images for _, images in kinds[FEW:])
    return named + (f", and {len(kinds) - FEW:,} others: {others:,}" if others else "")


def _table(name: str, title: str, *columns: str) -> QTreeWidget:
    table = QTreeWidget()
    table.setObjectName(name)
    table.setAccessibleName(title)
    table.setHeaderLabels(list(columns))
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setFrameShape(QFrame.Shape.StyledPanel)
    table.setMinimumHeight(92)
    return table


def _fill(table: QTreeWidget, rows: Sequence[tuple[str, str]]) -> None:
    table.clear()
    items = []
    for first, second in rows[:MOST_ROWS]:
        item = QTreeWidgetItem([shown(first), shown(second)])
        for column, text in enumerate((first, second)):
            item.setToolTip(column, safe_tip(shown(text)))
        items.append(item)
    if len(rows) > MOST_ROWS:
        items.append(QTreeWidgetItem([f"and {len(rows) - MOST_ROWS:,} more", ""]))
    table.addTopLevelItems(items)
    table.resizeColumnToContents(0)
    table.setColumnWidth(0, min(table.columnWidth(0), WIDEST_NAME))
