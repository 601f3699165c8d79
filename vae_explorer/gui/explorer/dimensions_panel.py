"""The panel for more than two latent dimensions: the plane of the map, and the value of each dimension."""

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Floats, ImageShape
from vae_explorer.exploring.decoded import Traversals, traverse
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.collapsed_note import CollapsedNote
from vae_explorer.gui.explorer.dimension_row import DimensionRow
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.latent.plane import FIRST_TWO, Plane

STRIP_WIDTH = 196  # pixels
MOST_ROWS = 64  # dimensions that are listed; of more, those that say most about the images, or those searched for
PAUSE = 40  # milliseconds between two updates of the panel while the handle moves


class DimensionsPanel(QWidget):
    """Shows the latent code at the handle; its signals report the values and the plane that the person chooses."""

    plane_wanted = Signal(object)  # PlaneChoice
    value_wanted = Signal(int, float, bool)  # dimension counted from 0, its value, whether it is undone alone
    reset_wanted = Signal()
    errored = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dimensionsPanel")
        self._subject: Subject | None = None
        self._code = np.empty(0, np.float32)
        self._shape = (0, 0, 0)  # shape of the images in the rows
        self._axes = FIRST_TWO  # the two dimensions on the map, or the last two before principal components
        self._marks: dict[int, str] = {}  # by dimension counted from 1: its direction on the map
        self._generation = 0  # the newest request for strips
        self._first_generation = 0  # the first request for this subject
        self.rows: dict[int, DimensionRow] = {}  # by dimension, counted from 0; made when it is first listed
        self.worker = LatestWorker(traverse, "decoding the traversals", self)
        self.worker.answered.connect(self._show_traversals)
        self.worker.errored.connect(self.errored)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._soon.timeout.connect(self._refresh)
        self.across, self.up = self._axis("across"), self._axis("up")
        plane = QHBoxLayout()
        plane.setSpacing(4)
        plane.addWidget(self.across, 1)
        plane.addWidget(QLabel("×"))
        plane.addWidget(self.up, 1)
        self.principal = QCheckBox("Principal components")
        self.principal.setObjectName("principalCheck")
        self.principal.toggled.connect(self._principal_toggled)
        self.reset = QPushButton("Reset")
        self.reset.setObjectName("resetHeldButton")
        self.reset.setToolTip("Set the dimensions outside the plane of the map to 0, where the prior is densest")
        self.reset.clicked.connect(self.reset_wanted)
        self.traversals = QCheckBox("Traversals")
        self.traversals.setObjectName("traversalsCheck")
        self.traversals.setToolTip("Images decoded along each dimension, from where the handle is")
        self.traversals.setChecked(True)
        self.traversals.toggled.connect(self._show_strips)
        self.search = QLineEdit()
        self.search.setObjectName("dimensionSearch")
        self.search.setAccessibleName("Search for a dimension")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip(
            f"The {MOST_ROWS} dimensions that say most about the images are listed; type a number to find others"
        )
        self.search.textChanged.connect(self._list_rows)
        self.collapsed = CollapsedNote()
        foot = QHBoxLayout()
        foot.addWidget(self.traversals, 1)
        foot.addWidget(self.reset)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 2, 6, 2)
        self._list.setSpacing(6)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._list)
        column.addStretch()
        self.area = QScrollArea()
        self.area.setAccessibleName("Dimensions of z")
        self.area.setObjectName("dimensionsScroll")
        self.area.setAccessibleName("Dimensions of z, the one that says most about the images first")
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setWidget(inside)
        self.area.verticalScrollBar().valueChanged.connect(self._soon.start)
        self.area.viewport().installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(plane)
        layout.addWidget(self.principal)
        layout.addLayout(foot)
        layout.addWidget(self.collapsed)
        layout.addWidget(self.search)
        layout.addWidget(self.area, 1)
        self.setFixedWidth(STRIP_WIDTH + 6 + self.area.verticalScrollBar().sizeHint().width())

    def _axis(self, way: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(f"{way}Combo")
        combo.setAccessibleName(f"Dimension that goes {way}")
        combo.setToolTip(f"The dimension of z that goes {way} on the map")
        combo.currentIndexChanged.connect(lambda _: self._axis_chosen(combo))
        return combo

    def show_subject(self, subject: Subject) -> None:
        """List the dimensions of this subject, which has more than two, by their information, and show its plane."""
        self._subject = subject
        self._first_generation = self._generation + 1
        latent_dim = subject.decoder.latent_dim
        self._prepare(latent_dim, subject.image_shape)
        self.collapsed.show_subject(subject)
        self.search.setVisible(latent_dim > MOST_ROWS)
        self.search.setPlaceholderText(f"Find one of {latent_dim} dimensions")
        with QSignalBlocker(self.search):
            self.search.clear()
        for row in self.rows.values():
            self._describe(row)
        self._list_rows()
        few = len(subject.z_mean) < 2
        self.principal.setEnabled(not few)
        self.principal.setToolTip(
            "Principal components need at least two latent codes"
            if few
            else "Show the latent codes in the plane of their first two principal components, where they vary most"
        )
        self._show_plane(subject.drawn_in)

    def show_code(self, code: Floats, plane: Plane) -> None:
        """code: (latent_dim,), the latent code at the handle; plane: the plane of the map through it."""
        self._code = code
        self.reset.setEnabled(bool(plane.held.any()))
        if not self._soon.isActive():  # not restarted, so that a moving code is shown every PAUSE milliseconds
            self._soon.start()

    def follow(self, subject: Subject) -> None:
        """Show another moment of the same training; the order of the dimensions stays."""
        self._subject = subject
        if not self._soon.isActive():
            self._soon.start()

    def end(self) -> None:
        """Stop decoding."""
        self._soon.stop()
        self.worker.end()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:  # other rows of the list are now in view
            self._soon.start()
        return super().eventFilter(watched, event)

    def _prepare(self, latent_dim: int, shape: ImageShape) -> None:
        if self.across.count() == latent_dim and self._shape == shape:
            return
        self._shape = shape
        for old in self.rows.values():
            self._list.removeWidget(old)
            old.deleteLater()
        self.rows = {}
        names = [f"z{dimension}" for dimension in range(1, latent_dim + 1)]
        for combo in (self.across, self.up):
            with QSignalBlocker(combo):
                combo.clear()
                combo.addItems(names)

    def _list_rows(self) -> None:
        """Show a row for each dimension that is searched for, or else for those that say most about the images."""
        if self._subject is None:
            return
        number = self.search.text().strip().lower().removeprefix("z")
        order = self._subject.dimensions.order.tolist()
        listed = [dimension for dimension in order if str(dimension + 1).startswith(number)][:MOST_ROWS]
        for position, dimension in enumerate(listed):
            if dimension not in self.rows:
                self.rows[dimension] = self._row(dimension)
            if self._list.indexOf(self.rows[dimension]) != position:
                self._list.insertWidget(position, self.rows[dimension])
        for dimension, row in self.rows.items():
            row.setVisible(dimension in listed)
        self._soon.start()

    def _row(self, dimension: int) -> DimensionRow:
        row = DimensionRow(dimension, self._shape, STRIP_WIDTH)
        row.moved.connect(partial(self._value_chosen, dimension, False))
        row.jumped.connect(partial(self._value_chosen, dimension, True))
        row.strip.setVisible(self.traversals.isChecked())
        row.show_axis(self._marks.get(dimension + 1, ""))
        self._describe(row)
        return row

    def _describe(self, row: DimensionRow) -> None:
        assert self._subject is not None
        dimensions, index = self._subject.dimensions, row.dimension
        kl, information = float(dimensions.kl[index]), float(dimensions.information[index])
        row.describe(kl, information, bool(dimensions.active[index]), float(dimensions.reach[index]))

    def _show_plane(self, plane: Plane) -> None:
        self._axes = plane.axes or self._axes
        if max(self._axes) > self.across.count():
            self._axes = FIRST_TWO
        for combo, dimension in zip((self.across, self.up), self._axes, strict=True):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(dimension - 1)
            combo.setEnabled(plane.axes is not None)
        with QSignalBlocker(self.principal):
            self.principal.setChecked(plane.axes is None)
        self._marks = dict(zip(plane.axes or (), "↔↕", strict=False))
        for row in self.rows.values():
            row.show_axis(self._marks.get(row.dimension + 1, ""))

    def _axis_chosen(self, chosen: QComboBox) -> None:
        across, up = self.across.currentIndex() + 1, self.up.currentIndex() + 1
        if across == up:  # swap the two axes
            across, up = (across, self._axes[0]) if chosen is self.across else (self._axes[1], up)
        self.plane_wanted.emit((across, up))

    def _principal_toggled(self, on: bool) -> None:
        self.plane_wanted.emit("pca" if on else self._axes)

    def _value_chosen(self, dimension: int, jump: bool, value: float) -> None:
        self.value_wanted.emit(dimension, value, jump)

    def _show_strips(self, on: bool) -> None:
        for row in self.rows.values():
            row.strip.setVisible(on)
        self._soon.start()

    def _refresh(self) -> None:
        """Show the latent code in the visible rows, and request their decoded images."""
        if self._subject is None or not self.isVisible() or len(self._code) != self.across.count():
            return
        view = self.area.viewport().rect()
        seen = []
        for row in self.rows.values():
            rectangle = QRect(row.mapTo(self.area.viewport(), QPoint()), row.size())
            if not row.isHidden() and rectangle.intersects(view):
                row.show_value(float(self._code[row.dimension]))
                seen.append(row)
        if seen and self.traversals.isChecked():
            values = np.stack([row.values for row in seen])
            which = tuple(row.dimension for row in seen)
            self._generation = self.worker.request(self._subject.decoder, self._code, which, values)

    def _show_traversals(self, generation: int, found: Traversals) -> None:
        if generation >= self._first_generation:
            for dimension, images in zip(found.dimensions, found.images, strict=True):
                self.rows[dimension].strip.show_images(images)
