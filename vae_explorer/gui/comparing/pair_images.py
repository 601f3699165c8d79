"""An original image, what two runs decode, and the difference of both."""

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from vae_explorer.exploring.linking import DecodedPair
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.decoded_image import DecodedImage
from vae_explorer.gui.parts.elided_label import ElidedLabel

LEAST = 84  # pixels, side of an image
SPACING = 6  # pixels between two images
NAMES = (  # object name, accessible name, title
    ("original", "Original image", "original"),
    ("decodedA", "Decoded by A", "A decodes"),
    ("decodedB", "Decoded by B", "B decodes"),
    ("difference", "Difference of what both decode", "B − A"),
)


class PairImages(QWidget):
    """Four images of one size in a row, with a title below each."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setHorizontalSpacing(SPACING)
        self._images, self._titles = [DecodedImage(LEAST) for _ in NAMES], [ElidedLabel() for _ in NAMES]
        for column, (image, title, (name, accessible, text)) in enumerate(
            zip(self._images, self._titles, NAMES, strict=True)
        ):
            image.setObjectName(f"{name}Image")
            image.setAccessibleName(accessible)
            title.setObjectName(f"{name}Title")
            title.setProperty("muted", True)
            title.setAlignment(Qt.AlignmentFlag.AlignCenter)
            title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            title.setText(text)
            self._grid.addWidget(image, 0, column)
            self._grid.addWidget(title, 1, column)
            self._grid.setColumnStretch(column, 1)
        self.original, *decoded, self.difference = self._images
        self.original_title, *_, self.difference_title = self._titles
        self.decoded = decoded[0], decoded[1]
        for image in self._images:  # one that is not known leaves its place empty
            kept = image.sizePolicy()
            kept.setRetainSizeWhenHidden(True)
            image.setSizePolicy(kept)
        self.difference_title.setToolTip("Root mean square difference of what both decode, pixels 0 to 1")
        key = QLabel("Click on a point to see its image. Orange: B is brighter. Blue: B is darker.")
        key.setProperty("muted", True)
        key.setWordWrap(True)
        key.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(key, 2, 0, 1, len(NAMES))
        self._grid.setRowStretch(0, 1)
        self._grid.setRowStretch(3, 1)

    def show_pair(self, pair: DecodedPair) -> None:
        """Show what both runs decode, and the difference."""
        for image, pixels in zip(self.decoded, pair.images, strict=True):
            image.show_pixels(pixels)
        if pair.difference is not None:
            self.difference.show_pixels(pair.difference)
        self.difference.setVisible(pair.difference is not None)
        self.difference_title.setText("other sizes" if math.isnan(pair.rms) else f"B − A: {pair.rms:.3f}")

    def show_original(self, subject: Subject, row: int, alone: str = "") -> None:
        """Show the image in a row of a run; row -1: none. alone: the only run that knows it, "": both know it."""
        there = row >= 0 and bool(subject.image_of[row] >= 0)
        if there:
            self.original.show_pixels(np.asarray(subject.images[subject.image_of[row]]))
        self.original.setVisible(there)
        name = subject.name_of(row) if row >= 0 else "original"
        said = f"only in {alone}: {name}" if alone else name
        self.original_title.setText(said if there or row < 0 else f"{said}, whose pixels are not at hand")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give all columns the same width, so that all images are enlarged by the same factor, and no more height."""
        super().resizeEvent(event)
        across, rest = divmod(self.width() - (len(NAMES) - 1) * SPACING, len(NAMES))
        self._grid.setContentsMargins(0, 0, rest, 0)
        for image in self._images:
            image.setMaximumHeight(max(LEAST, across))  # so that the titles are right below
