"""The window that compares two runs: their maps, what they decode, their figures and settings."""

import math

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QSplitter, QTextBrowser, QWidget

from vae_explorer.exploring.comparing import compare_runs
from vae_explorer.exploring.linking import DecodedPair, Linked, decode_pair
from vae_explorer.gui.comparing.report import report
from vae_explorer.gui.comparing.two_maps import TwoMaps
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.decoded_image import DecodedImage
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.theme import LIGHT, Theme

IMAGE = 96  # pixels, least side of an image
MARGIN = 40  # pixels by which it is smaller than the main window


class ComparingWindow(QDialog):
    """Compares two runs that are linked. The figures are measured in the background."""

    errored = Signal(str)

    def __init__(self, linked: Linked, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("comparingWindow")
        names = " and ".join(run.info.name for run in linked.runs)
        self.setWindowTitle(f"Compare {names} – VAE Explorer")
        self.linked = linked
        self.clock = FrameClock()
        self._theme = LIGHT
        self._generation = 0  # of the images that are shown
        self.maps = TwoMaps(linked, self.clock)
        self.original, self.decoded = DecodedImage(IMAGE), (DecodedImage(IMAGE), DecodedImage(IMAGE))
        self.difference = DecodedImage(IMAGE)
        self.difference_title = ElidedLabel()
        self.original_title = ElidedLabel()
        self.text = QTextBrowser()
        self.text.setObjectName("comparison")
        self.text.setAccessibleName("Figures of quality and settings of both runs")
        self.text.setHtml("Measuring both runs on the same images…")
        self._lay_out()
        self.maps.moved.connect(self._decode)
        self.maps.image_chosen.connect(self._show_original)
        self.decoded[1].painted.connect(lambda: self.clock.image_painted(self._generation))
        self.worker = LatestWorker(decode_pair, "decoding by both runs", self)
        self.worker.answered.connect(self._show_decoded)
        self.worker.errored.connect(self.errored)
        self._task = BackgroundTask(lambda progress: report(compare_runs(*linked.runs, progress)))
        self._task.returned.connect(self.text.setHtml)
        self._task.errored.connect(self.text.setPlainText)
        self._show_original(0, -1)
        self._decode()
        self.resize(parent.width() - MARGIN, parent.height() - MARGIN)
        self._task.start()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.maps.set_theme(theme)
        self._decode()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:  # all is painted
            self.clock.frame_painted()
        return done

    def done(self, result: int) -> None:
        """Stop decoding, drawing and measuring, and close."""
        self._task.cancel()
        self.worker.end()
        self.maps.end()
        super().done(result)

    def _lay_out(self) -> None:
        images = QGridLayout()
        images.setContentsMargins(0, 0, 0, 0)
        titles = [self.original_title, ElidedLabel(), ElidedLabel(), self.difference_title]
        titles[1].setText("A decodes")
        titles[2].setText("B decodes")
        shown = self.original, *self.decoded, self.difference
        for column, (image, title) in enumerate(zip(shown, titles, strict=True)):
            name = ("original", "decodedA", "decodedB", "difference")[column]
            image.setObjectName(f"{name}Image")
            image.setAccessibleName(("Original image", "Decoded by A", "Decoded by B", "Difference of both")[column])
            title.setObjectName(f"{name}Title")
            title.setProperty("muted", True)
            title.setAlignment(Qt.AlignmentFlag.AlignCenter)
            title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # all columns are as wide
            images.addWidget(image, 0, column)
            images.addWidget(title, 1, column)
            images.setColumnStretch(column, 1)
        images.setRowStretch(0, 1)
        kept = self.original.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.original.setSizePolicy(kept)
        self.key = QLabel("Click on a point to see its image. Orange: B is brighter. Blue: B is darker.")
        self.key.setProperty("muted", True)
        self.key.setWordWrap(True)
        self.key.setAlignment(Qt.AlignmentFlag.AlignRight)
        images.addWidget(self.key, 2, 0, 1, 4)
        left, below, both = QWidget(), QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        left.setLayout(images)
        for split, parts, shares in ((below, (left, self.text), (4, 5)), (both, (self.maps, below), (2, 1))):
            split.setChildrenCollapsible(False)
            for number, (part, share) in enumerate(zip(parts, shares, strict=True)):
                split.addWidget(part)
                split.setStretchFactor(number, share)
            split.setSizes([100 * share for share in shares])
        layout = QHBoxLayout(self)
        layout.addWidget(both)

    def _decode(self) -> None:
        ground = QColor(self._theme.base)
        generation = self.worker.request(
            self.linked, tuple(self.maps.codes), (ground.red(), ground.green(), ground.blue())
        )
        self.clock.image_asked(generation)

    def _show_decoded(self, generation: int, pair: DecodedPair) -> None:
        self._generation = generation
        for image, pixels in zip(self.decoded, pair.images, strict=True):
            image.show_pixels(pixels)
        if pair.difference is None:
            self.difference.clear()
        else:
            self.difference.show_pixels(pair.difference)
        self.difference_title.setText("other sizes" if math.isnan(pair.rms) else f"B − A: {pair.rms:.3f}")

    def _show_original(self, side: int, row: int) -> None:
        subject = self.linked.subjects[side]
        there = row >= 0 and bool(subject.image_of[row] >= 0)
        if there:
            self.original.show_pixels(np.asarray(subject.images[subject.image_of[row]]))
        self.original.setVisible(there)
        name = subject.name_of(row) if row >= 0 else "original"
        self.original_title.setText(name if there or row < 0 else f"{name}: its pixels are not at hand")
