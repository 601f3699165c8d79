"""The statistics of the selected images against all, and two images that stand for them."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Floats, Indices
from vae_explorer.exploring.image_figures import FIGURES
from vae_explorer.exploring.mean_image import MeanImages, mean_images
from vae_explorer.exploring.statistics import Statistics, describe
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.decoded_image import DecodedImage
from vae_explorer.gui.parts.plain_text import safe_tip
from vae_explorer.progress import Progress
from vae_explorer.run.errors import kept_errors

LEAST, ACROSS = 56, 110  # pixels, sides of the two images
HEADINGS = "", "selected", "all"
WAIT = 5  # seconds for a computation to end with the window
Computed = tuple[Statistics, MeanImages, bool]  # the last one: whether reconstruction errors could be measured


class StatisticsPage(QWidget):
    """Computes in the background. Reconstruction errors are measured only if the person asks for it."""

    errored = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("selectionStatistics")
        self._task: BackgroundTask | None = None
        self._asked: tuple[Subject, Indices, str] | None = None
        self.table = StatisticsTable()
        self.mean, self.decoded = DecodedImage(LEAST), DecodedImage(LEAST)
        self.mean.setAccessibleName("Mean of the originals")
        self.decoded.setAccessibleName("Decoded at the mean code")
        self.mean.setToolTip("The mean of the pixels of the original images that are at hand")
        self.decoded.setToolTip("What the decoder draws at the mean of the latent codes")
        self.mean_said, self.decoded_said, self.note = QLabel(), QLabel(), QLabel()
        for label in (self.mean_said, self.decoded_said, self.note):
            label.setProperty("muted", True)
            label.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.RichText)
        self.note.linkActivated.connect(self._follow_link)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout()
        column.setSpacing(2)
        for image, said in ((self.mean, self.mean_said), (self.decoded, self.decoded_said)):
            image.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
            image.setFixedWidth(ACROSS)
            image.setMaximumHeight(ACROSS)
            said.setFixedWidth(ACROSS)
            column.addWidget(image, 1)
            column.addWidget(said)
        column.addStretch()
        row.addLayout(column)
        right = QVBoxLayout()
        right.addWidget(self.table, 1)
        right.addWidget(self.note)
        row.addLayout(right, 1)

    def show_rows(self, subject: Subject, rows: Indices, whose: str, measure: bool = False) -> None:
        """Show the statistics of the images in rows (M,). measure: also the errors if they are not known yet.

        whose: "selected" or "shown", the heading of their column.
        """
        self.stop()
        self._asked = subject, rows, whose
        self.table.name_column(whose)
        if not len(rows):
            self.table.show_rows([])
            self.note.setText("There are no images to describe.")
            return
        task = self._task = BackgroundTask(partial(_compute, subject, rows, measure))
        self.note.setText("Computing…")
        task.progressed.connect(lambda text, share: self._say(task, f"{text}: {share:.0%}".replace("%", " %")))
        task.returned.connect(lambda answer: self._show(task, answer))
        task.errored.connect(self.errored)
        task.start()

    def stop(self) -> None:
        """Give up the computation that runs."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def end(self) -> None:
        """Give up the computation that runs, and wait for it."""
        task = self._task
        self.stop()
        if task is not None:
            task.wait(WAIT)

    def _say(self, task: BackgroundTask, text: str) -> None:
        if task is self._task:
            self.note.setText(f'{text} <a href="cancel">Cancel</a>')

    def _show(self, task: BackgroundTask, answer: Computed) -> None:
        if task is not self._task or self._asked is None:
            return
        self._task = None
        found, images, can_measure = answer
        self.table.show_rows(found.rows())
        copy = '<a href="copy">Copy the table</a>'
        measure = ' &nbsp; <a href="measure">Measure the reconstruction errors</a>' if can_measure else ""
        self.note.setText(copy + measure)
        for image, pixels in ((self.mean, images.originals), (self.decoded, images.decoded)):
            if pixels is None:
                image.clear()
            else:
                image.show_pixels(pixels)
        rest = "" if images.at_hand == found.selected else f" of {found.selected:,}"
        self.mean_said.setText(f"mean of {images.at_hand:,}{rest} originals")
        chosen, subject = "", self._asked[0]
        if subject.decoded_class is not None:
            chosen = " (of the chosen class)"
        self.decoded_said.setText(f"decoded at the mean code{chosen}")

    def _follow_link(self, link: str) -> None:
        if link == "copy":
            self.table.copy()
        elif link == "cancel":
            self.stop()
            self.note.setText("Cancelled.")
        elif self._asked is not None:
            self.show_rows(*self._asked, measure=link == "measure")


class StatisticsTable(QTableWidget):
    """Three columns; Ctrl+C copies the marked rows, or all, as text with tabs."""

    def __init__(self) -> None:
        super().__init__(0, len(HEADINGS))
        self.setObjectName("statisticsTable")
        self.setAccessibleName("Statistics of the selection against all images")
        self.setHorizontalHeaderLabels(HEADINGS)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 4)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)

    def show_rows(self, rows: list[tuple[str, str, str]]) -> None:
        """Show these rows of texts."""
        self.clearSelection()
        self.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(safe_tip(text))
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)

    def name_column(self, whose: str) -> None:
        """Give the column of the selected images this heading."""
        self.setHorizontalHeaderLabels(("", whose, "all"))

    def copy(self) -> None:
        """Copy the marked rows, or all if none is, with the headings."""
        marked = sorted({index.row() for index in self.selectedIndexes()}) or list(range(self.rowCount()))
        headings = (self.horizontalHeaderItem(column) for column in range(len(HEADINGS)))
        lines = ["\t".join(item.text() for item in headings)]
        for row in marked:
            items = (self.item(row, column) for column in range(len(HEADINGS)))
            lines.append("\t".join(item.text().replace("\t", " ") if item is not None else "" for item in items))
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def event(self, event: QEvent) -> bool:
        # Elsewhere in the tab Ctrl+C copies the decoded image.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)


def _compute(subject: Subject, rows: Indices, measure: bool, progress: Progress) -> Computed:
    progress("Computing", 0.0)
    figures: dict[str, Floats] = {}
    error, kl = FIGURES["error"], FIGURES["kl"]
    can_measure = not error.missing(subject)
    kept = kept_errors(subject.run) if subject.run is not None else None
    if can_measure and measure:
        kept = error.measure(subject, progress)
    if kept is not None and len(kept) == len(subject.z_mean):
        figures[error.title] = kept
    if not kl.missing(subject):
        figures["KL, nats"] = kl.measure(subject, progress)
    return describe(subject, rows, figures), mean_images(subject, rows, progress), can_measure and kept is None
