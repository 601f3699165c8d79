"""The Explorer tab: the latent map, the decoded image at its handle, the nearest real image beside it."""

import threading

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

from vae_explorer.data import SPLITS
from vae_explorer.exploring import Answer, Subject, explore
from vae_explorer.gui.colour_chooser import ColourChooser
from vae_explorer.gui.decoded_image import DecodedImage, to_qimage
from vae_explorer.gui.elided_label import ElidedLabel
from vae_explorer.gui.frame_clock import FrameClock
from vae_explorer.gui.latent_view import LatentView
from vae_explorer.gui.latest_worker import LatestWorker
from vae_explorer.gui.moves import Move, Place
from vae_explorer.gui.performance_overlay import PerformanceOverlay
from vae_explorer.gui.theme import Theme
from vae_explorer.latent import on_plane, plane_note

PANEL_WIDTHS = 290, 440  # pixels, least and most
THUMBNAIL = 84  # pixels, least
INDEX_PAUSE = 500  # milliseconds that a subject is explored before searches in it are made fast
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
        self._place = Place((0.0, 0.0))
        self.moves = QUndoStack(self)
        self.worker = LatestWorker(explore, "decoding", self)
        self.worker.answered.connect(self._show_answer)
        self.worker.errored.connect(self.errored)
        self.clock = FrameClock()
        self.view = LatentView(self.clock, self)
        self.view.moved.connect(lambda x, y: self._push(Place((x, y)), jump=False))
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
        layout.addWidget(self.view, 0, 0)
        layout.addWidget(self._build_panel(), 0, 1)
        layout.addLayout(self._build_foot(), 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)

    def _build_panel(self) -> QWidget:
        self.image = DecodedImage(PANEL_WIDTHS[0])
        self.image.setObjectName("decodedImage")
        self.image.setAccessibleName("Decoded image")
        self.image.painted.connect(lambda: self.clock.image_painted(self._generation))
        self.image.setToolTip("What the decoder draws at the handle: the mean of p(x|z)")
        self.z1, self.z2 = self._coordinate("z1"), self._coordinate("z2")
        spins = QHBoxLayout()
        for name, spin in (("z1", self.z1), ("z2", self.z2)):
            label = QLabel(name)
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
        self.plane_note = QLabel()
        self.plane_note.setProperty("muted", True)
        self.plane_note.setWordWrap(True)

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
        self._height_of_the_rest = panel.sizeHint().height() - PANEL_WIDTHS[0] - THUMBNAIL
        self.side.setMinimumHeight(panel.sizeHint().height())
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
        foot.addWidget(self.figures, 1)
        return foot

    def set_theme(self, theme: Theme) -> None:
        self.view.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The decoded image takes the height there is, and leaves room for the pair below it."""
        super().resizeEvent(event)
        room = self.height() - self.splits.height() - 30 - self._height_of_the_rest
        width = max(PANEL_WIDTHS[0], min(PANEL_WIDTHS[1], room * 2 // 3))
        side = max(THUMBNAIL, min((width - 8) // 2, room - width))
        self.side.setFixedWidth(width)
        self.panel.setGeometry(0, 0, width, self.side.height())
        self.image.setFixedSize(width, width)
        # A fixed size: else each new text would have the tab laid out, and all of it painted.
        self.nearest_note.setFixedSize(width, 3 * self.fontMetrics().height())
        for image in (self.original, self.reconstruction):
            image.setFixedSize(side, side)

    def show_subject(self, subject: Subject, same: bool = False, images_missing: bool = False) -> None:
        """Explore this; `same` keeps the view too: only codes, images or weights are newer.

        The handle stays where it is, so that two models can be compared there, unless the dimensions differ.
        """
        latent_dim = subject.decoder.latent_dim
        other_space = self._subject is None or self._subject.decoder.latent_dim != latent_dim
        self._subject = subject
        self.view.colour_by(self.colours.show_subject(subject))
        self.z2.setEnabled(latent_dim > 1)
        self.locate.setVisible(images_missing)
        self.view.show_subject(subject, fit=not same)
        if other_space:
            self.moves.clear()
            self._go(Place((0.0, 0.0)))
        self._first_generation = self._decode()
        self._index_soon.start()

    def end(self) -> None:
        """Decode and draw no more."""
        self._index_soon.stop()
        self.worker.end()
        self.view.end()
        self.colours.end()

    def set_live(self, available: bool, on: bool) -> None:
        """Offer the Live switch while there is a model in training."""
        self.live.blockSignals(True)
        self.live.setEnabled(available)
        self.live.setChecked(available and on)
        self.live.blockSignals(False)

    def decode_again(self) -> None:
        """The decoder has changed under the handle."""
        self._decode()

    def go_to(self, x: float, y: float) -> None:
        """Jump to a point of the plane and decode there."""
        self._push(Place((x, y)), jump=True)

    def go_home(self) -> None:
        self.go_to(0.0, 0.0)

    def go_random(self) -> None:
        """Jump to a draw from the prior, of all dimensions."""
        if self._subject is not None:
            code = np.random.default_rng().standard_normal(self._subject.decoder.latent_dim, np.float32)
            self._push(Place((float(code[0]), float(code[1:2].sum())), code), jump=True)

    def copy_image(self) -> None:
        """Put the decoded image on the clipboard, enlarged by a whole factor to be seen where it is pasted."""
        pixels = self.image.pixels()
        if pixels is not None:
            factor = max(1, -(-COPY_SIDE // max(pixels.shape[:2])))
            enlarged = pixels.repeat(factor, axis=0).repeat(factor, axis=1)
            QApplication.clipboard().setImage(to_qimage(enlarged))

    def _push(self, place: Place, jump: bool) -> None:
        self.moves.push(Move(self._go, self._place, place, jump))

    def _go(self, place: Place) -> None:
        self.view.move_handle(*place.point)
        self._place = Place(self.view.handle_point, place.code)
        for spin, value in zip((self.z1, self.z2), self.view.handle_point, strict=True):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)
        self._show_plane_note()
        self._decode()

    def _spins_changed(self) -> None:
        self._push(Place((self.z1.value(), self.z2.value())), jump=False)

    def _jump_to_code(self, row: int) -> None:
        if self._subject is not None:
            x, y = self._subject.plane[row].tolist()
            self._push(Place((x, y), self._subject.z_mean[row]), jump=True)

    def _show_plane_note(self) -> None:
        latent_dim = self._subject.decoder.latent_dim if self._subject is not None else 2
        note = plane_note(latent_dim)
        if latent_dim > 2 and self._place.code is not None:
            note = f"Showing z1 and z2; z3 to z{latent_dim} are those of the chosen code."
        self.plane_note.setText(note)
        self.plane_note.setVisible(bool(note))

    def _split_chosen(self) -> None:
        self.view.show_split(self.splits.currentData())
        self._show_figures()

    def _decode(self) -> int:
        if self._subject is None:
            return 0
        z = self._place.code
        if z is None:
            z = on_plane(np.array([self.view.handle_point], np.float32), self._subject.decoder.latent_dim)[0]
        generation = self.worker.request(self._subject, z)
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
