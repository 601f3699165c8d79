"""The Explorer tab: the latent map, the decoded image at its handle, the nearest real image beside it."""

import threading
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Floats
from vae_explorer.data.dataset import SPLITS
from vae_explorer.errors import UserError
from vae_explorer.exploring.decoded import Answer, explore
from vae_explorer.exploring.subject import Subject, draw_in
from vae_explorer.gui.explorer.colour_chooser import ColourChooser
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.explorer.moves import Move, Place
from vae_explorer.gui.explorer.performance_overlay import PerformanceOverlay
from vae_explorer.gui.explorer.time_bar import TimeBar
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.decoded_image import DecodedImage, to_qimage
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.dimensions import telling_axes
from vae_explorer.latent.plane import FIRST_TWO, PlaneChoice, axes_plane, chosen_plane, on_plane, plane_note

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.dimensions_panel import DimensionsPanel

PANEL_WIDTHS = 290, 440  # pixels, least and most
THUMBNAIL = 84  # pixels, least
NOTE_LINES = 3  # that class, split and distance of the nearest image take at most
INDEX_PAUSE = 500  # milliseconds that a subject is explored before searches in it are made fast
ROUNDING = 1e-5  # that a code moves off the plane while the handle moves along it
COPY_SIDE = 280  # pixels: a copied image is enlarged to this at least


class ExplorerTab(QWidget):
    """Shows a subject. `live_wanted` tells that the person switched between the training model and the open run."""

    errored = Signal(str)
    live_wanted = Signal(bool)
    locate_data_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explorerTab")
        self._subject: Subject | None = None
        self._first_generation = 0  # answers of earlier ones belong to another subject
        self._generation = 0  # of the answer that is shown
        self._milliseconds = 0.0
        self._place = Place(np.zeros(2, np.float32))
        self.plane = axes_plane(FIRST_TWO, 2)  # through the place
        self._plane_chosen = False  # by the person; else it follows what the model tells most in
        self.dimensions: DimensionsPanel | None = None  # there is none before it is needed
        self.moves = QUndoStack(self)
        self.worker = LatestWorker(explore, "decoding", self)
        self.worker.answered.connect(self._show_answer)
        self.worker.errored.connect(self.errored)
        self.clock = FrameClock()
        self.view = LatentView(self.clock, self)
        self.view.moved.connect(lambda x, y: self._push(self._place_at(x, y), jump=False))
        self.view.jumped.connect(self.go_to)
        self.view.picked.connect(self._jump_to_code)

        self.overlay = PerformanceOverlay(
            self.clock, self._decoding, lambda: self.view.points_shown, self.view.map_corner, self.view
        )
        self._index_soon = QTimer(self)
        self._index_soon.setSingleShot(True)
        self._index_soon.setInterval(INDEX_PAUSE)
        self._index_soon.timeout.connect(self._build_trees)

        layout = QGridLayout(self)
        layout.setContentsMargins(10, 10, 10, 6)
        layout.setHorizontalSpacing(12)
        self._maps = QHBoxLayout()
        self._maps.setSpacing(12)
        self._maps.addWidget(self.view, 1)
        layout.addLayout(self._maps, 0, 0)
        layout.addWidget(self._build_panel(), 0, 1, 2, 1)
        self.time_bar = TimeBar()
        layout.addWidget(self.time_bar, 1, 0)
        layout.addLayout(self._build_foot(), 2, 0, 1, 2)
        layout.setRowStretch(0, 1)
        layout.setColumnStretch(0, 1)

    def _build_panel(self) -> QWidget:
        self.image = DecodedImage(PANEL_WIDTHS[0])
        self.image.setObjectName("decodedImage")
        self.image.setAccessibleName("Decoded image")
        self.image.painted.connect(lambda: self.clock.image_painted(self._generation))
        self.image.setToolTip("What the decoder draws at the handle: the mean of p(x|z)")
        self.z1, self.z2 = self._coordinate("z1"), self._coordinate("z2")
        spins = QHBoxLayout()
        self.axis_names = QLabel("z1"), QLabel("z2")
        for label, spin in zip(self.axis_names, (self.z1, self.z2), strict=True):
            label.setBuddy(spin)
            spins.addWidget(label)
            spins.addWidget(spin, 1)
        buttons = QHBoxLayout()
        for text, tip, action in (
            ("Random", "Draw z from the prior N(0, I)  (R)", self.go_random),
            ("Home", "Go to z = 0, the centre of the prior  (H)", self.go_home),
            ("Copy", "Copy the decoded image, enlarged  (Ctrl+C)", self.copy_image),
            ("Save…", "Save the decoded image, pixel by pixel  (Ctrl+S)", self.save_wanted.emit),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setObjectName(text.strip("…").lower() + "Button")
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(action)
            buttons.addWidget(button, 1)

        self.original, self.reconstruction = DecodedImage(THUMBNAIL), DecodedImage(THUMBNAIL)
        self.original.setObjectName("nearestImage")
        self.original.setAccessibleName("Nearest real image")
        self.reconstruction.setObjectName("reconstructionImage")
        self.reconstruction.setAccessibleName("Its reconstruction")
        self.nearest_title = QLabel("Nearest real image")
        self.nearest_note = QLabel()
        self.nearest_note.setObjectName("nearestNote")
        self.nearest_note.setTextFormat(Qt.TextFormat.PlainText)
        self.nearest_note.setWordWrap(True)
        self.nearest_note.setAlignment(Qt.AlignmentFlag.AlignTop)
        pair = QGridLayout()
        pair.setHorizontalSpacing(8)
        pair.setVerticalSpacing(3)
        for column, (text, image) in enumerate((("original", self.original), ("reconstruction", self.reconstruction))):
            label = QLabel(text)
            label.setProperty("muted", True)
            pair.addWidget(image, 0, column)
            pair.addWidget(label, 1, column, Qt.AlignmentFlag.AlignHCenter)
        self.locate = QPushButton("Locate the data…")
        self.locate.setObjectName("locateDataButton")
        self.locate.setToolTip("Its data set is not where it was: the nearest image is looked for in the run's sample")
        self.locate.clicked.connect(self.locate_data_wanted)
        self.locate.hide()
        self.plane_note = ElidedLabel()
        self.plane_note.setObjectName("planeNote")
        self.plane_note.setProperty("muted", True)
        self.plane_note.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.plane_note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

        self.side = QWidget()  # the panel lies in it free of a layout, which would not let the window shrink again
        panel = self.panel = QWidget(self.side)
        column_layout = QVBoxLayout(panel)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(8)
        column_layout.addWidget(self.image)
        column_layout.addLayout(spins)
        column_layout.addWidget(self.plane_note)
        column_layout.addLayout(buttons)
        column_layout.addSpacing(4)
        column_layout.addWidget(self.nearest_title)
        column_layout.addLayout(pair)
        column_layout.addWidget(self.nearest_note)
        column_layout.addWidget(self.locate)
        column_layout.addStretch()
        self.plane_note.hide()  # until there is something to say
        return self.side

    def _coordinate(self, name: str) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        spin.setObjectName(f"{name}Spin")
        spin.setAccessibleName(f"Coordinate {name}")
        spin.setToolTip(f"{name} of the handle, in standard deviations of the prior")
        spin.setRange(-1000, 1000)
        spin.setDecimals(3)
        spin.setSingleStep(0.05)
        spin.valueChanged.connect(self._spins_changed)
        return spin

    def _build_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        self.splits = QComboBox()
        self.splits.setObjectName("splitsCombo")
        self.splits.setAccessibleName("Splits shown")
        self.splits.addItem("all splits", None)
        for position, split in enumerate(SPLITS):
            self.splits.addItem(f"{split} only", position)
        self.splits.setToolTip("Which images' codes are drawn: those trained on, validated on, or held out")
        self.splits.currentIndexChanged.connect(self._split_chosen)
        self.live = QCheckBox("Live")
        self.live.setObjectName("liveCheck")
        self.live.setToolTip("Explore the model in training; off: the open run")
        self.live.setEnabled(False)
        self.live.toggled.connect(self.live_wanted)
        self.dimensions_check = QCheckBox("Dimensions")
        self.dimensions_check.setObjectName("dimensionsCheck")
        self.dimensions_check.setToolTip("Which plane the map shows, and where each dimension of z is")
        self.dimensions_check.setChecked(True)
        self.dimensions_check.hide()
        self.figures = ElidedLabel()
        self.figures.setObjectName("explorerFigures")
        self.figures.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.figures.setProperty("muted", True)
        self.colours = ColourChooser()
        self.colours.chosen.connect(self.view.colour_by)
        self.colours.errored.connect(self.errored)
        foot.addWidget(self.colours)
        foot.addSpacing(10)
        foot.addWidget(self.splits)
        foot.addSpacing(10)
        foot.addWidget(self.live)
        foot.addSpacing(10)
        foot.addWidget(self.dimensions_check)
        foot.addWidget(self.figures, 1)
        return foot

    def set_theme(self, theme: Theme) -> None:
        self.view.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_panel()

    def _fit_panel(self) -> None:
        """The decoded image takes the height there is, and leaves room for the pair below it."""
        # A fixed size: else each new text would have the tab laid out, and all of it painted.
        self.nearest_note.setFixedHeight(NOTE_LINES * self.fontMetrics().height())
        for image in (self.image, self.original, self.reconstruction):
            image.setFixedSize(0, 0)  # so that the panel tells the height of all else that it shows at present
        column = self.panel.layout()
        column.invalidate()
        column.activate()  # with the layouts inside it, which remember their heights
        rest = column.minimumSize().height()
        self.side.setMinimumHeight(rest + PANEL_WIDTHS[0] + THUMBNAIL)
        room = self.height() - self.splits.height() - 30 - rest
        width = max(PANEL_WIDTHS[0], min(PANEL_WIDTHS[1], room * 2 // 3))
        side = max(THUMBNAIL, min((width - 8) // 2, room - width))
        self.side.setFixedWidth(width)
        self.panel.setGeometry(0, 0, width, self.side.height())
        self.image.setFixedSize(width, width)
        self.nearest_note.setFixedWidth(width)
        for image in (self.original, self.reconstruction):
            image.setFixedSize(side, side)

    def show_subject(self, subject: Subject, same: bool = False, images_missing: bool = False) -> None:
        """Explore this; `same` keeps the view too: only codes, images or weights are newer.

        The handle stays where it is, so that two models can be compared there, unless the dimensions differ.
        """
        latent_dim = subject.decoder.latent_dim
        other_space = self._subject is None or self._subject.decoder.latent_dim != latent_dim
        if other_space:
            self._plane_chosen = False
        keeps = (same or self._plane_chosen) and not other_space
        choice = self.plane.choice if keeps else telling_axes(subject.dimensions.kl)
        self.view.colour_by(self.colours.show_subject(subject))
        self.z2.setEnabled(latent_dim > 1)
        self.show_locate(images_missing)
        if other_space:
            self.moves.clear()
            self._place = Place(np.zeros(latent_dim, np.float32))
        subject = self._draw_in(subject, choice, fit=not same)
        self._show_dimensions(subject)
        if other_space or latent_dim > 2:  # the plane has turned below the handle, if it follows the codes
            self._go(self._place)
        self._first_generation = self._decode()
        self._index_soon.start()

    def show_moment(self, subject: Subject) -> None:
        """Explore one moment of a training that is replayed. All its moments are of the same images, row by row, so

        that an answer from the one before is still shown: at 30 moments a second there may be no newer one in time.
        """
        if self._subject is None or subject.images_key != self._subject.images_key:
            self.show_subject(subject, same=True)
            return
        self._subject = draw_in(subject, self._subject.drawn_in)
        self.view.move_points(self._subject)
        if self.dimensions is not None:
            self.dimensions.follow(self._subject)
        self._decode()

    def end(self) -> None:
        """Decode and draw no more."""
        self._index_soon.stop()
        self.worker.end()
        self.view.end()
        self.colours.end()
        if self.dimensions is not None:
            self.dimensions.end()

    def set_live(self, available: bool, on: bool) -> None:
        """Offer the Live switch while there is a model in training."""
        self.live.blockSignals(True)
        self.live.setEnabled(available)
        self.live.setChecked(available and on)
        self.live.blockSignals(False)

    def decode_again(self) -> None:
        """The decoder has changed under the handle."""
        self._decode()
        if self.dimensions is not None:
            self.dimensions.show_code(self._place.code, self.plane)

    def go_to(self, x: float, y: float) -> None:
        """Jump to a point of the plane and decode there."""
        self._push(self._place_at(x, y), jump=True)

    def go_home(self) -> None:
        """Jump to z = 0."""
        self._push(Place(np.zeros_like(self._place.code)), jump=True)

    def go_random(self) -> None:
        """Jump to a draw from the prior, of all dimensions."""
        code = np.random.default_rng().standard_normal(len(self._place.code), np.float32)
        self._push(Place(code), jump=True)

    def show_plane(self, choice: PlaneChoice) -> None:
        """Draw the codes in another plane, through the same code."""
        if self._subject is None:
            return
        self._plane_chosen = True
        self._show_dimensions(self._draw_in(self._subject, choice, fit=True))
        self._go(self._place)

    def copy_image(self) -> None:
        """Put the decoded image on the clipboard, enlarged by a whole factor to be seen where it is pasted."""
        pixels = self.image.pixels()
        if pixels is not None:
            factor = max(1, -(-COPY_SIDE // max(pixels.shape[:2])))
            enlarged = pixels.repeat(factor, axis=0).repeat(factor, axis=1)
            QApplication.clipboard().setImage(to_qimage(enlarged))

    def _draw_in(self, subject: Subject, choice: PlaneChoice, fit: bool) -> Subject:
        """Show the subject in the plane of this choice, through the present place; as it is shown then."""
        try:
            plane = chosen_plane(choice, subject.z_mean)
        except UserError as error:  # a model may come without codes, or with such as are no numbers
            self.errored.emit(str(error))
            plane = subject.drawn_in
        if plane.choice == "pca" or plane.choice != subject.drawn_in.choice:
            subject = draw_in(subject, plane)
        self._subject, self.plane = subject, plane.through(self._place.code)
        for label, spin, name in zip(self.axis_names, (self.z1, self.z2), plane.names, strict=True):
            label.setText(name)
            spin.setAccessibleName(f"Coordinate {name}")
            spin.setToolTip(f"{name} of the handle, in standard deviations of the prior")
        self.view.show_subject(subject, fit)
        return subject

    def _show_dimensions(self, subject: Subject) -> None:
        """Of more than two dimensions, say what each carries, and let each be moved."""
        many = subject.decoder.latent_dim > 2
        self.dimensions_check.setVisible(many)
        if many and self.dimensions is None:
            from vae_explorer.gui.explorer.dimensions_panel import DimensionsPanel

            self.dimensions = DimensionsPanel()
            self.dimensions.plane_wanted.connect(self.show_plane)
            self.dimensions.value_wanted.connect(self._move_dimension)
            self.dimensions.reset_wanted.connect(self._reset_held)
            self.dimensions.errored.connect(self.errored)
            self.dimensions_check.toggled.connect(self.dimensions.setVisible)
            self._maps.insertWidget(0, self.dimensions)
        if self.dimensions is not None:
            self.dimensions.setVisible(many and self.dimensions_check.isChecked())
            if many:
                self.dimensions.show_subject(subject)

    def _move_dimension(self, dimension: int, value: float, jump: bool) -> None:
        code = self._place.code.copy()
        code[dimension] = value
        self._push(Place(code), jump)

    def _reset_held(self) -> None:
        self._push(Place(self._place.code - self.plane.held), jump=True)

    def _place_at(self, x: float, y: float) -> Place:
        return Place(on_plane(np.array([(x, y)], np.float32), self.plane)[0])

    def _push(self, place: Place, jump: bool) -> None:
        self.moves.push(Move(self._go, self._place, place, jump))

    def _go(self, place: Place) -> None:
        self._place = place
        if len(place.code) > 2:
            self._hold(place.code)
        self.view.move_handle(*self.plane.point(place.code))
        for spin, value in zip((self.z1, self.z2), self.view.handle_point, strict=True):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)
        self._show_plane_note()
        self._decode()

    def _spins_changed(self) -> None:
        self._push(self._place_at(self.z1.value(), self.z2.value()), jump=False)

    def _jump_to_code(self, row: int) -> None:
        if self._subject is not None:
            self._push(Place(self._subject.z_mean[row]), jump=True)

    def _hold(self, code: Floats) -> None:
        """Have the plane go through this code; one that only moves along the plane, but for rounding, leaves it."""
        plane = self.plane.through(code)
        if np.abs(plane.held - self.plane.held).max() > ROUNDING:
            self.plane = plane
        if self.dimensions is not None:
            self.dimensions.show_code(code, self.plane)

    def show_locate(self, on: bool) -> None:
        """Offer to locate the images, which are not where they were."""
        if self.locate.isHidden() == on:
            self.locate.setVisible(on)
            self._fit_panel()

    def _show_plane_note(self) -> None:
        note = plane_note(self.plane)
        self.plane_note.setText(note)
        if self.plane_note.isHidden() == bool(note):
            self.plane_note.setVisible(bool(note))
            self._fit_panel()

    def _split_chosen(self) -> None:
        self.view.show_split(self.splits.currentData())
        self._show_figures()

    def _decode(self) -> int:
        if self._subject is None:
            return 0
        generation = self.worker.request(self._subject, self._place.code)
        self.clock.image_asked(generation)
        return generation

    def _show_answer(self, generation: int, answer: Answer) -> None:
        if self._subject is None or generation < self._first_generation:
            return
        self._generation = generation
        self.image.show_pixels(answer.pixels, answer.z)
        self._milliseconds = answer.milliseconds
        self._show_nearest(self._subject, answer)
        self._show_figures()

    def _show_nearest(self, subject: Subject, answer: Answer) -> None:
        if answer.nearest < 0 or answer.reconstruction is None:
            self.original.clear()
            self.reconstruction.clear()
            self.nearest_note.setText("No image is at hand.")
            return
        row = answer.nearest
        self.original.show_pixels(subject.images[subject.image_of[row]])
        self.reconstruction.show_pixels(answer.reconstruction, subject.z_mean[row])
        name = subject.class_names[subject.label[row]] if subject.label[row] >= 0 and subject.class_names else ""
        parts = [f"class {name}" if name else "", SPLITS[subject.split[row]], f"distance {answer.distance:.3f}"]
        self.nearest_note.setText(", ".join(filter(None, parts)))

    def _build_trees(self) -> None:
        if self._subject is not None:
            threading.Thread(target=self._subject.build_trees, name="trees", daemon=True).start()

    def _decoding(self) -> str:
        engine = self._subject.decoder.engine if self._subject is not None else ""
        return f"{engine}: decode {self._milliseconds:.2f} ms"

    def _show_figures(self) -> None:
        if self._generation:
            self.figures.setText(f"{self._decoding()}     {self.view.points_shown:,} points")
