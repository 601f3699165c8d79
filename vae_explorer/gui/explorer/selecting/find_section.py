"""The section of the panel in which images are found and selected: a search box, and the menu Select."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Floats, Indices
from vae_explorer.exploring.finding import Found
from vae_explorer.exploring.ways import Asked, Way
from vae_explorer.gui.explorer.layers.points import PointsLayer
from vae_explorer.gui.explorer.selecting.image_search import ImageSearch
from vae_explorer.gui.explorer.selecting.select_menu import SelectMenu
from vae_explorer.gui.explorer.selecting.selection import Combine, Selection, combine_of
from vae_explorer.gui.parts.background_task import BackgroundTask

PATIENCE = 300  # milliseconds before the progress appears
WAIT = 5  # seconds for a computation to end with the window


class FindSection(QWidget):
    """Selects only images that are shown. What takes long runs in the background, and can be cancelled."""

    order_wanted = Signal(str, bool)  # name of the order that suits what was selected, and whether it is descending
    errored = Signal(str)

    def __init__(self, selection: Selection, points: PointsLayer, code: Callable[[], Floats]) -> None:
        """code: returns the latent code at the handle (latent_dim,)."""
        super().__init__()
        self.setObjectName("findSection")
        self._selection, self._points, self._code = selection, points, code
        self._task: BackgroundTask | None = None
        self._task_of: object = None  # the key of the images that the task selects from
        self.search, self.menu = ImageSearch(), SelectMenu(self)
        self.button = QPushButton()
        self.button.setObjectName("selectButton")
        self.button.setText("Select")
        self.button.setToolTip("Select a class, the nearest, the worst reconstructed, …")
        self.button.setMenu(self.menu)
        self.bar, self.cancel, self.note = QProgressBar(), QToolButton(), QLabel()
        self._patience = QTimer(self)  # what is ready sooner shows no progress
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._show_bar)
        self._lay_out()
        self.menu.aboutToShow.connect(lambda: self.menu.show_subject(selection.subject, points.shown))
        self.menu.rows_wanted.connect(self._select)
        self.menu.way_wanted.connect(self._begin)
        self.search.found.connect(self._select_found)
        self.search.missed.connect(self._say)
        self.search.errored.connect(self.errored)
        self.search.textEdited.connect(lambda: self._say(""))
        self.cancel.clicked.connect(self.stop)
        selection.changed.connect(self._follow)

    def _lay_out(self) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setObjectName("selectProgress")
        self.bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.cancel.setText("Cancel")
        self.cancel.setObjectName("cancelSelectButton")
        self.note.setObjectName("selectNote")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        for widgets in ((self.search, self.button), (self.bar, self.cancel)):
            row = QHBoxLayout()
            row.addWidget(widgets[0], 1)
            row.addWidget(widgets[1])
            rows.addLayout(row)
        rows.addWidget(self.note)
        for widget in (self.bar, self.cancel, self.note):
            widget.hide()

    @property
    def running(self) -> bool:
        """Whether images are being measured, to select some of them."""
        return self._task is not None

    def stop(self) -> None:
        """Give up the computation that runs, if one does."""
        if self._task is not None:
            self._task.cancel()
            self._ended(self._task)

    def end(self) -> None:
        """Stop searching and computing."""
        task = self._task
        self.stop()
        self.search.stop()
        if task is not None:
            task.wait(WAIT)

    def _follow(self) -> None:
        subject = self._selection.subject
        self.search.show_subject(subject)
        if subject is None or subject.images_key != self._task_of:
            self.stop()

    def _begin(self, way: Way) -> None:
        subject, shown = self._selection.subject, self._points.shown
        if subject is None or len(shown) != len(subject.z_mean):
            return
        self.stop()
        self._say("")
        how = combine_of(QApplication.keyboardModifiers())
        task = BackgroundTask(partial(way.rows, Asked(subject, self._code(), shown)))
        self._task, self._task_of = task, subject.images_key
        task.progressed.connect(lambda text, share: self._show_progress(task, text, share))
        task.returned.connect(lambda rows: self._select_by(way, rows, how))
        task.errored.connect(self._say)
        task.finished.connect(lambda: self._ended(task))
        task.start()
        self._patience.start()

    def _show_progress(self, task: BackgroundTask, text: str, share: float) -> None:
        if task is self._task:
            self.bar.setFormat(f"{text}: %p%")
            self.bar.setToolTip(text)
            self.bar.setValue(round(share * 1000))

    def _show_bar(self) -> None:
        self.bar.show()
        self.cancel.show()

    def _ended(self, task: BackgroundTask) -> None:
        if task is self._task:
            self._task = None
            self._patience.stop()
            self.bar.hide()
            self.cancel.hide()

    def _select_found(self, found: Found) -> None:
        rows = found.rows[self._points.shown[found.rows]]
        if len(rows):
            self._select(rows)
        hidden, total = len(found.rows) - len(rows), len(found.rows)
        if hidden:
            which = f"{hidden:,} of {total:,} images are" if total > 1 else f"{found.text} is"
            self._say(f"{which} hidden by the filters of the map.")

    def _select(self, rows: Indices, how: Combine | None = None) -> None:
        """how: None for the keys that are held now."""
        self._say("")
        self._selection.select(rows, combine_of(QApplication.keyboardModifiers()) if how is None else how)

    def _select_by(self, way: Way, rows: Indices, how: Combine) -> None:
        if way.order[0] and how is Combine.REPLACE:
            self.order_wanted.emit(*way.order)
        self._select(rows, how)

    def _say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))
