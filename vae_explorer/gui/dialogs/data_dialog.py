"""File > Open images: chooses images and shows them as a training would see them."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.data.dataset import BUILTIN, KERAS_NAMES
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.reading import inspect_data
from vae_explorer.data.report import DataReport
from vae_explorer.errors import UserError
from vae_explorer.gui.dialogs.data_options_form import DataOptionsForm
from vae_explorer.gui.dialogs.data_report_view import DataReportView
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.chosen_set import ChosenSet
from vae_explorer.gui.parts.plain_text import safe_tip, shown
from vae_explorer.gui.parts.text_size import scaled
from vae_explorer.progress import Progress

PAUSE = 300  # milliseconds without a change before the images are read again
NAMED = {BUILTIN: "MNIST, built in"} | {name: f"{name}, downloaded once by Keras" for name in KERAS_NAMES}
EMPTY = "Choose a folder of images or a file, or drop one here."


class DataDialog(QDialog):
    """Asks for a data set. `chosen` brings the ChosenSet, its DataReport and the share for validation in percent."""

    chosen = Signal(object, object, float)

    def __init__(self, recent: list[ChosenSet], validation_share: float, parent: QWidget | None = None) -> None:
        """validation_share: in percent."""
        super().__init__(parent)
        self.setObjectName("dataDialog")
        self.setWindowTitle("Open images")
        self.setAcceptDrops(True)
        room = self.screen().availableGeometry()
        self.resize(min(980, room.width() - 40), min(720, room.height() - 60))
        self._recent = recent
        self._task: BackgroundTask | None = None
        self._wanted: tuple[str, ImageOptions] | None = None  # the source and options that are inspected, or were last
        self._report: DataReport | None = None  # the report on `_wanted`
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._soon.timeout.connect(self.inspect)
        self.form = DataOptionsForm()
        self.form.setFixedWidth(scaled(300))
        self.form.validation_share.setValue(validation_share)
        self.form.changed.connect(self._change)
        self.report = DataReportView()
        self.report.histogram.chosen.connect(self.form.choose_range)
        self.message = QLabel(EMPTY)
        self.message.setObjectName("dataMessage")
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.message)
        self.pages.addWidget(self.report)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.use = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.use.setText("&Use for training")
        self.use.setObjectName("dataUseButton")
        self.use.setToolTip("Select this set in the form of the Training tab; the training is started there")
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._show_state()

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(18)
        left = QVBoxLayout()
        left.addWidget(self.form)
        left.addStretch()
        middle.addLayout(left)
        middle.addWidget(self.pages, 1)
        foot = QHBoxLayout()
        foot.addLayout(self._build_progress(), 1)
        foot.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(self._build_source())
        layout.addLayout(middle, 1)
        layout.addLayout(foot)

    def _build_source(self) -> QHBoxLayout:
        self.source = QComboBox()
        self.source.setObjectName("dataSourceCombo")
        self.source.setAccessibleName("Where the images come from")
        self.source.setToolTip(
            "The path of a folder of images, of an .npz, .npy, HDF5, CSV or IDX file, or the name of a set"
        )
        self.source.setEditable(True)
        self.source.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.source.lineEdit().setPlaceholderText("A folder, an .npz, .npy, HDF5, CSV or IDX file, or a listed name")
        model = self.source.model()
        assert isinstance(model, QStandardItemModel)
        for each in self._recent:
            self.source.addItem(each.source)
            model.item(self.source.count() - 1).setToolTip(safe_tip(each.title))
        for name, tip in NAMED.items():
            if self.source.findText(name) < 0:
                self.source.addItem(name)
                model.item(self.source.count() - 1).setToolTip(tip)
        self.source.setCurrentIndex(-1)
        self.source.lineEdit().textEdited.connect(lambda _: self._show_state())
        self.source.lineEdit().editingFinished.connect(self._source_typed)
        self.source.activated.connect(self._source_activated)
        label = QLabel("I&mages from")
        label.setBuddy(self.source)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.source, 1)
        for text, name, tip, slot in (
            ("Fol&der…", "dataFolderButton", "Choose a folder of images; sub-folders become classes", self._ask_folder),
            ("Fil&e…", "dataFileButton", "Choose a file of arrays: .npz, .npy, HDF5, CSV or IDX", self._ask_file),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    def _build_progress(self) -> QHBoxLayout:
        self.state = QLabel()
        self.state.setObjectName("dataState")
        self.state.setProperty("muted", True)
        self.progress = QProgressBar()
        self.progress.setObjectName("dataProgress")
        self.progress.setAccessibleName("Progress of reading the images")
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setMaximumWidth(220)
        self.stop = QPushButton("&Stop")
        self.stop.setObjectName("dataStopButton")
        self.stop.setToolTip("Stop reading these images; another choice reads them again")
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(self._stop)
        row = QHBoxLayout()
        row.addWidget(self.state)
        row.addWidget(self.progress, 1)
        row.addWidget(self.stop)
        row.addStretch()
        return row

    # Where the images come from

    def open_source(self, source: str) -> None:
        """Inspect these images, with the options of the last time if they were opened before."""
        known = next((each for each in self._recent if each.source == source), None)
        self.source.setEditText(source)
        if known is not None:
            self.form.set_options(known.options)
        self.inspect()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        url = next(url for url in event.mimeData().urls() if url.isLocalFile())
        self.open_source(str(Path(url.toLocalFile())))

    def _source_typed(self) -> None:
        if self._wanted is None or self._wanted[0] != self._typed():
            self.open_source(self._typed())

    def _source_activated(self) -> None:
        self.open_source(self._typed())

    def _typed(self) -> str:
        return self.source.currentText().strip()

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a folder of images", self._first_folder())
        if name:
            self.open_source(name)

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            "Choose a file of images",
            self._first_folder(),
            "Arrays (*.npz *.npy *.h5 *.hdf5 *.mat *.csv *.gz *ubyte* *.tif *.tiff);;All (*)",
        )
        if name:
            self.open_source(name)

    def _first_folder(self) -> str:
        """The folder in which a file dialog begins."""
        typed = Path(self._typed())
        return str(typed.parent if typed.is_absolute() and typed.parent.is_dir() else Path.home())

    # Inspecting the images

    def inspect(self) -> None:
        """Inspect the images in the background; an inspection that is still running is cancelled."""
        self._soon.stop()
        self._leave_task()
        self._report = self._wanted = None
        source = self._typed()
        if not source:
            self._say(EMPTY)
            return
        try:
            options = self.form.options()
        except UserError as error:
            self._say(str(error))
            return
        self._wanted = source, options
        task = BackgroundTask(partial(_inspect, source, options))
        self._task = task
        task.progressed.connect(lambda _, share: self._show_progress(task, share))
        task.returned.connect(lambda report: self._take_report(task, report))
        task.errored.connect(lambda text: self._refuse(task, text))
        task.finished.connect(lambda: self._finish(task))
        self.progress.setRange(0, 0)
        self.report.setEnabled(False)
        if self.pages.currentWidget() is self.message:
            self.message.setText("Looking at the images…")
        self._show_state()
        task.start()

    def _change(self) -> None:
        self._leave_task()
        self._report = None
        self._soon.start()
        self._show_state()

    def _leave_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _stop(self) -> None:
        self._leave_task()
        self._wanted = None
        self._say("Stopped. Another choice reads the images again.")

    def _show_progress(self, task: BackgroundTask, share: float) -> None:
        if task is self._task:
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(share * 1000))

    def _take_report(self, task: BackgroundTask, report: DataReport) -> None:
        if task is not self._task:
            return
        self._report = report
        self.report.show_report(report)
        self.report.setEnabled(True)
        self.pages.setCurrentWidget(self.report)

    def _refuse(self, task: BackgroundTask, text: str) -> None:
        if task is self._task:
            self._say(text)

    def _finish(self, task: BackgroundTask) -> None:
        if task is self._task:
            self._task = None
            self._show_state()

    def _say(self, text: str) -> None:
        self.message.setText(shown(text))
        self.pages.setCurrentWidget(self.message)
        self._show_state()

    def _show_state(self) -> None:
        busy = self._task is not None
        fits = self._wanted is not None and self._wanted[0] == self._typed()
        self.use.setEnabled(self._report is not None and not busy and fits)
        for widget in (self.progress, self.stop):
            widget.setVisible(busy)
        self.state.setText("Looking at the images…" if busy else "")

    def _choose(self) -> None:
        if self._report is None or self._wanted is None or not self.use.isEnabled():
            return
        chosen = ChosenSet(self._report.source, self._wanted[1], self._report.name)
        self.chosen.emit(chosen, self._report, self.form.validation_share.value())
        self.accept()

    def done(self, result: int) -> None:
        super().done(result)  # hiding the dialog ends the editing, which may start an inspection
        self._soon.stop()
        self._leave_task()


def _inspect(source: str, options: ImageOptions, progress: Progress) -> DataReport:
    """Called in the task's thread; `progress` raises LeftError when the task is cancelled."""
    return inspect_data(source, options, progress)
