"""The panel of the path, below the map: its kinds, the strip of its images, and the slider that travels it."""

import time
from typing import get_args

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Bytes
from vae_explorer.exploring.paths import MOST_IMAGES, Equal
from vae_explorer.gui.explorer.paths.film_strip import FilmStrip
from vae_explorer.gui.explorer.paths.kinds_table import KindsTable
from vae_explorer.gui.explorer.time_bar import FRAME, PlayButton
from vae_explorer.gui.parts.elided_label import ElidedLabel

STEPS = 1000  # of the slider
SECONDS = 4.0  # in which the path is played
NARROW = 84  # pixels to which the fields can shrink, so that the window fits into a small screen
ROOM = 540  # pixels of the panel below which it has no fields and does not load
PATIENCE = 250  # milliseconds before a progress bar appears
EQUAL: dict[Equal, str] = {"z": "equal in z", "image": "equal in images"}


class PathPanel(QWidget):
    """Shows what it is told, and tells what the person wants."""

    travelled = Signal(float, int)  # the share of the way, 0 to 1, and the number of the drag
    images_changed = Signal()  # another number of images, or other steps between them
    again_wanted = Signal()
    cancel_wanted = Signal()
    save_wanted = Signal()
    load_wanted = Signal()
    clear_wanted = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pathPanel")
        self.setAccessibleName("Path")
        self.kinds, self.strip = KindsTable(), FilmStrip()
        self.strip.chosen.connect(self._go_to_image)
        self.count = QSpinBox()
        self.count.setObjectName("pathCountSpin")
        self.count.setAccessibleName("Number of images")
        self.count.setToolTip("How many images the strip has")
        self.count.setRange(2, MOST_IMAGES)
        self.count.setValue(12)
        self.count.setSuffix(" images")
        self.count.valueChanged.connect(self.images_changed)
        self.equal = QComboBox()
        self.equal.setObjectName("pathEqualCombo")
        self.equal.setAccessibleName("Equal steps")
        self.equal.setToolTip(
            "<p>The steps between two images, and of the travel: equally long in z, or of equal change of the image</p>"
        )
        for equal in get_args(Equal):
            self.equal.addItem(EQUAL[equal], equal)
        self.equal.currentIndexChanged.connect(self.images_changed)
        for field in (self.count, self.equal):
            field.setMinimumWidth(NARROW)
        self.play = PlayButton("pathPlayButton", "Travel the path  (Space)", "Pause  (Space)")
        self.play.clicked.connect(self.toggle)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("pathSlider")
        self.slider.setAccessibleName("Way along the path")
        self.slider.setToolTip("Travel the path: the handle follows")
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.slider.setSingleStep(STEPS // 100)
        self.slider.sliderPressed.connect(self._begin)
        self.slider.valueChanged.connect(self._slid)
        self.note = ElidedLabel()
        self.note.setObjectName("pathNote")
        self.note.setProperty("muted", True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.bar = QProgressBar()
        self.bar.setObjectName("pathProgress")
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(110, 8)
        self.again = self._button("Find again", "pathAgainButton", "Find the path with the model that is shown now")
        self.again.clicked.connect(self.again_wanted)
        self.stop = self._button("Cancel", "pathCancelButton", "Give up finding this path")
        self.stop.clicked.connect(self.cancel_wanted)
        self.share = 0.0  # of the way that is travelled
        self._drags = 0
        self._before = 0.0  # time of the last move while playing, in seconds
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._tick)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(lambda: self._show_bar(True))
        self._lay_out()
        self._show_bar(False)
        self.again.hide()
        self.enable(False)

    def _lay_out(self) -> None:
        self.save = self._button("Save…", "pathSaveButton", "As a strip, a film, or a table of coordinates")
        self.load = self._button("Load…", "pathLoadButton", "The anchors in a table of latent codes")
        self.clear = self._button("Clear", "pathClearButton", "Remove all anchors")
        close = self._button("×", "pathCloseButton", "Close the panel, and hide the path")
        close.setAccessibleName("Close the path")
        for button, signal in (
            (self.save, self.save_wanted), (self.load, self.load_wanted), (self.clear, self.clear_wanted),
            (close, self.closed),
        ):  # fmt: skip
            button.clicked.connect(signal)
        head, way, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.count)
        head.addWidget(self.equal)
        head.addStretch()
        for button in (self.save, self.load, close):
            head.addWidget(button)
        way.addWidget(self.play)
        way.addWidget(self.slider, 1)
        for widget in (self.bar, self.stop, self.again):
            foot.addWidget(widget)
        foot.addWidget(self.note, 1)
        right = QVBoxLayout()
        right.setSpacing(5)
        right.addLayout(head)
        right.addWidget(self.strip, 1)
        right.addLayout(way)
        right.addLayout(foot)
        left = QVBoxLayout()
        title, top = QLabel("Path"), QHBoxLayout()
        title.setStyleSheet("font-weight: 600")
        top.addWidget(title, 1)
        top.addWidget(self.clear)
        left.addLayout(top)
        left.addWidget(self.kinds)
        left.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 4)
        row.setSpacing(10)
        row.addLayout(left)
        row.addLayout(right, 1)

    def _button(self, text: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setObjectName(name)
        button.setToolTip(tip)
        return button

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def images(self) -> tuple[int, Equal]:
        """How many images are wanted, and what is equal between them."""
        return self.count.value(), self.equal.currentData()

    def enable(self, on: bool) -> None:
        """Whether there is a path to travel and to save."""
        for widget in (self.play, self.slider, self.save):
            widget.setEnabled(on)
        if not on:
            self.pause()

    def show_images(self, images: Bytes) -> None:
        """The images (N, H, W, C) uint8 along the path."""
        self.strip.show_images(images)
        self._mark()

    def show_note(self, note: str, again: bool = False) -> None:
        """A sentence below the slider. again: offer to find the path again."""
        self.note.setText(note)
        self.again.setVisible(again)

    def show_progress(self, share: float) -> None:
        """Something is being found, which shows after a while. share: 0 to 1."""
        self.bar.setValue(round(share * STEPS))
        if self.bar.isHidden() and not self._patience.isActive():
            self._patience.start()

    def hide_progress(self) -> None:
        """Nothing is being found any more."""
        self._patience.stop()
        self._show_bar(False)

    def toggle(self) -> None:
        """Play, from the start if it is at the end; or pause."""
        if self.playing:
            self.pause()
            return
        self._begin()
        if self.share >= 1:
            self._go(0.0)
        self._before = time.perf_counter()
        self._timer.start()
        self.play.set_playing(True)

    def pause(self) -> None:
        self._timer.stop()
        self.play.set_playing(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for field in (self.count, self.equal, self.load):
            field.setVisible(self.width() >= ROOM)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.play.isEnabled():
            self.toggle()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _show_bar(self, on: bool) -> None:
        self.bar.setVisible(on)
        self.stop.setVisible(on)

    def _begin(self) -> None:
        """What follows is one step of the history."""
        self.pause()
        self._drags += 1

    def _slid(self, value: int) -> None:
        if not self.slider.isSliderDown():
            self._begin()  # a key or a click is a step of its own
        self._go(value / STEPS)

    def _go_to_image(self, index: int) -> None:
        self._begin()
        self._go(index / (self.count.value() - 1))

    def _tick(self) -> None:
        now = time.perf_counter()
        passed, self._before = now - self._before, now
        share = min(self.share + passed / SECONDS, 1.0)
        if share >= 1:
            self.pause()
        self._go(share)

    def _go(self, share: float) -> None:
        self.share = share
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(share * STEPS))
        self._mark()
        self.travelled.emit(share, self._drags)

    def _mark(self) -> None:
        self.strip.mark(round(self.share * (self.count.value() - 1)) if self.strip.pictures else -1)
