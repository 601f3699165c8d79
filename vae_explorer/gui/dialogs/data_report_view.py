"""Shows what a data set holds and how a training would read it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.data.report import DataReport
from vae_explorer.gui.dialogs.thumbnails import Thumbnails
from vae_explorer.gui.dialogs.value_histogram import ValueHistogram
from vae_explorer.gui.parts.plain_text import safe_tip, shown
from vae_explorer.sizes import size_text

FEW = 4  # most kinds that are named one by one
MOST_ROWS = 2000  # most rows of a list
WIDEST_NAME = 200  # greatest width in pixels of a name in a list; its tooltip has the whole name


class DataReportView(QWidget):
    """All its texts are plain, because names of files and classes are not to be trusted."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataReport")
        self.thumbnails = Thumbnails()
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(4)
        names = ("Warnings", "Source", "Images", "Sizes", "Formats", "Values", "Brought to", "Numbers", "Notes")
        self.histogram = ValueHistogram()
        self.facts = {}
        for name in names:
            self.facts[name] = self._fact(name)
            if name == "Values":
                self._form.addRow("", self.histogram)
        self.classes = _table("dataClasses", "Classes and their images", "Class", "Images")
        self.skipped = _table("dataSkipped", "What is left out, and why", "Skipped", "Why")
        self.classes.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.classes.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.classes.header().setStretchLastSection(False)
        lists = QHBoxLayout()
        lists.setSpacing(10)
        lists.addWidget(self.classes, 1)
        lists.addWidget(self.skipped, 2)  # more room, since its reasons are sentences
        inside = QWidget()
        inside.setLayout(self._form)
        area = QScrollArea()  # in a small dialog, long sentences would overlap
        area.setAccessibleName("What the images are")
        area.setObjectName("dataFacts")
        area.setAccessibleName("What the images are and how they are read")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.thumbnails, 3)
        layout.addWidget(area, 4)
        layout.addLayout(lists, 2)

    def show_report(self, report: DataReport) -> None:
        self._put("Source", f"{report.name}, {report.kind}")
        self._put("Images", f"{report.count:,}, of which {report.held_out:,} are held out ({report.held_out_note})")
        self._put("Sizes", counted([(size_text(high, wide), images) for (high, wide), images in report.sizes]))
        self._put("Formats", counted(report.formats))
        self._put("Values", report.range_note.rstrip("."))
        self._form.setRowVisible(self.histogram, bool(report.histograms))
        if report.histograms:  # of a set with several kinds of numbers, that of the most frequent
            self.histogram.show_histogram(max(report.histograms, key=lambda each: sum(each.counts)))
        self._put("Brought to", report.shape_note.rstrip("."))
        self._put("Numbers", ", ".join(report.value_names))
        self._put("Warnings", " ".join(report.warnings))
        self._put("Notes", " ".join(report.notes))
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

    def _put(self, name: str, text: str) -> None:
        self.facts[name].setText(shown(text))
        self._form.setRowVisible(self.facts[name], bool(text))


def counted(kinds: Sequence[tuple[str, int]]) -> str:
    """The kinds with their counts in one line. kinds: names and counts, the most frequent first."""
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
