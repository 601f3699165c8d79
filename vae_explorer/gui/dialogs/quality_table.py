"""The figures of quality as a table that can be read and copied."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableWidget, QTableWidgetItem

from vae_explorer.exploring.quality_judged import Judgement
from vae_explorer.run.quality import Quality, figures, meanings

COLUMNS = ("Figure", "Value ± error", "Unit", "What it means", "For these images")
ABSENT = "–"
# Told apart on light and dark ground, and named, so that the colour is not needed.
COLOURS = {"good": "#2e9e5b", "fair": "#c98a00", "poor": "#d9503f"}
PADDING = 20  # pixels


class QualityTable(QTableWidget):
    """A row for each figure. Ctrl+C copies the cells that are selected, with tabs between them."""

    def __init__(self, likelihood: str) -> None:
        """likelihood: of the run's pixels."""
        fields = meanings(likelihood)
        super().__init__(len(fields), len(COLUMNS))
        self.setObjectName("qualityTable")
        self.setAccessibleName("Figures of quality")
        self.setHorizontalHeaderLabels(COLUMNS)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setStyleSheet("QTableWidget::item { padding: 2px 3px; }")
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column, mode in enumerate((*(QHeaderView.ResizeMode.Fixed,) * 3, *(QHeaderView.ResizeMode.Stretch,) * 2)):
            header.setSectionResizeMode(column, mode)
        self._rows = {field: row for row, field in enumerate(fields)}
        for row, meaning in enumerate(fields.values()):
            for column, text in enumerate((meaning.name, ABSENT, meaning.unit, meaning.sentence, "")):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                self.setItem(row, column, item)
        QShortcut(QKeySequence.StandardKey.Copy, self, self.copy_selected, context=Qt.ShortcutContext.WidgetShortcut)
        self._fit_columns()

    def show_quality(self, quality: Quality, judgements: dict[str, Judgement]) -> None:
        """Show the figures, and what is known of them."""
        for field, meaning, figure in figures(quality):
            samples = f", {quality.samples:,} samples" if field == "log_likelihood" else ""
            more = "" if figure is None else f" ({figure.images:,} images{samples})"
            judgement = judgements.get(field, Judgement("", ""))
            self._cell(field, 1).setText(ABSENT if figure is None else str(figure))
            self._cell(field, 2).setText(meaning.unit + more)
            known = "" if figure is None else str(judgement)
            self._cell(field, 4).setText(known)
            colour = COLOURS.get(judgement.verdict)
            if colour and known:
                self._cell(field, 1).setForeground(QColor(colour))
        self._fit_columns()
        self.resizeRowsToContents()

    def text_of(self, field: str, column: int) -> str:
        """The text of a figure in a column of `COLUMNS`."""
        return self._cell(field, column).text()

    def copy_selected(self) -> None:
        """Put the selected cells on the clipboard; nothing if none is selected."""
        chosen = sorted((index.row(), index.column()) for index in self.selectedIndexes())
        rows = {row: [self.item(row, column).text() for at, column in chosen if at == row] for row, _ in chosen}
        if rows:
            QApplication.clipboard().setText("\n".join("\t".join(texts) for texts in rows.values()))

    def copy_all(self) -> None:
        """Put the whole table on the clipboard, with the names of its columns."""
        rows = [[self.item(row, column).text() for column in range(len(COLUMNS))] for row in range(self.rowCount())]
        QApplication.clipboard().setText("\n".join("\t".join(texts) for texts in [list(COLUMNS), *rows]))

    def sizeHint(self) -> QSize:
        height = self.horizontalHeader().height() + 2 * self.frameWidth()
        return QSize(super().sizeHint().width(), height + sum(map(self.rowHeight, range(self.rowCount()))))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.resizeRowsToContents()

    def _cell(self, field: str, column: int) -> QTableWidgetItem:
        cell = self.item(self._rows[field], column)
        assert cell is not None
        return cell

    def _fit_columns(self) -> None:
        """Make the values as wide as the longest one, and the names and units as wide as their longest word or so."""
        metrics = QFontMetrics(self.font())
        values = [self.item(row, 1).text() for row in range(self.rowCount())]
        self.setColumnWidth(0, metrics.horizontalAdvance("Importance-weighted") + PADDING)
        self.setColumnWidth(1, max(map(metrics.horizontalAdvance, [*values, COLUMNS[1]])) + PADDING)
        self.setColumnWidth(2, metrics.horizontalAdvance("root mean square,") + PADDING)
