"""The panel beside the map: the decoded image, the coordinates of the handle, and the nearest real images."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
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

from vae_explorer.data.names import printable
from vae_explorer.exploring.decoded import Answer
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.collapsed_note import CollapsedNote
from vae_explorer.gui.explorer.gauge import GaugeLine
from vae_explorer.gui.explorer.image_display import ImageDisplay
from vae_explorer.gui.explorer.nearest_strip import NearestStrip, facts_of, title_of
from vae_explorer.gui.parts.decoded_image import DecodedImage
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.parts.number_spin import NumberSpin
from vae_explorer.gui.parts.plain_text import safe_tip
from vae_explorer.gui.parts.text_size import scaled

WIDTHS = 290, 440  # pixels, minimum and maximum width of the panel, for texts of the desktop's size
THUMBNAIL = 60  # pixels, minimum side of the small images
NOTE_LINES = 3  # maximum number of lines for class, split, distance and name of the nearest image
RECONSTRUCTION = "reconstruction"


class ExplorerPanel(QWidget):
    """Shows the decoded image at the handle and the nearest real images, and lets the person type coordinates.

    The panel has no layout of its own: with one, the window could not shrink again.
    """

    coordinates_changed = Signal(float, float)  # the coordinates in the plane that the person typed
    class_chosen = Signal(int)  # the label of the class that the person chose
    row_chosen = Signal(int)  # the row of the latent code whose image the person clicked
    random_wanted = Signal()
    home_wanted = Signal()
    copy_wanted = Signal()
    save_wanted = Signal()
    locate_data_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._room = 0  # pixels, height available for the panel
        self.image = DecodedImage(WIDTHS[0])
        self.image.setObjectName("decodedImage")
        self.image.setAccessibleName("Decoded image")
        self.image.setToolTip("The decoded image at the handle: the mean of p(x|z)")
        self.gauge = GaugeLine()
        self.z1, self.z2 = self._coordinate("z1"), self._coordinate("z2")
        self.axis_names = QLabel("z1"), QLabel("z2")
        self.classes = QComboBox()
        self.classes.setObjectName("classCombo")
        self.classes.setAccessibleName("Class that is decoded")
        self.classes.setToolTip("The class label that the decoder is given with z, for all images that are decoded")
        self.classes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.classes.activated.connect(self.class_chosen)
        self._class_row = QWidget()
        self.plane_note = ElidedLabel()
        self.plane_note.setObjectName("planeNote")
        self.plane_note.setProperty("muted", True)
        self.plane_note.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.plane_note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.collapsed = CollapsedNote()
        self.original, self.reconstruction = DecodedImage(THUMBNAIL), DecodedImage(THUMBNAIL)
        self.original.setObjectName("nearestImage")
        self.original.setAccessibleName("Nearest real image")
        self.reconstruction.setObjectName("reconstructionImage")
        self.reconstruction.setAccessibleName("Its reconstruction")
        self.nearest_note = QLabel()
        self.nearest_note.setObjectName("nearestNote")
        self.nearest_note.setTextFormat(Qt.TextFormat.PlainText)
        self.nearest_note.setWordWrap(True)
        self.nearest_note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nearest = NearestStrip()
        self.nearest.chosen.connect(self.row_chosen)
        self.display = ImageDisplay(self.image, (self.image, self.original, self.reconstruction, self.nearest))
        self.nearest_title = ElidedLabel()
        self.nearest_title.setObjectName("nearestTitle")
        self.nearest_title.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.nearest_title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.locate = QPushButton("Locate the data…")
        self.locate.setObjectName("locateDataButton")
        self.locate.setToolTip("The run's data set was not found, so the nearest image is taken from the run's sample")
        self.locate.clicked.connect(self.locate_data_wanted)
        self.locate.hide()
        self._lay_out_classes()
        self._contents = QWidget(self)
        column = QVBoxLayout(self._contents)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.image, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.gauge)
        column.addLayout(self._coordinates())
        column.addWidget(self._class_row)
        column.addWidget(self.plane_note)
        column.addWidget(self.collapsed)
        column.addLayout(self._buttons())
        nearest = QHBoxLayout()
        nearest.addWidget(self.nearest_title, 1)
        nearest.addWidget(self.locate)
        column.addLayout(nearest)
        column.addLayout(self._pair())
        column.addWidget(self.nearest_note)
        column.addWidget(self.nearest)
        column.addStretch()
        self._class_row.hide()
        self.plane_note.hide()  # until there is something to say

    def _coordinate(self, name: str) -> QDoubleSpinBox:
        spin = NumberSpin()
        spin.setObjectName(f"{name}Spin")
        spin.setAccessibleName(f"Coordinate {name}")
        spin.setToolTip(f"{name} of the handle, in standard deviations of the prior")
        spin.setRange(-1000, 1000)
        spin.setDecimals(3)
        spin.setSingleStep(0.05)
        spin.valueChanged.connect(lambda _: self.coordinates_changed.emit(self.z1.value(), self.z2.value()))
        return spin

    def _coordinates(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for label, spin in zip(self.axis_names, (self.z1, self.z2), strict=True):
            label.setBuddy(spin)
            row.addWidget(label)
            row.addWidget(spin, 1)
        return row

    def _lay_out_classes(self) -> None:
        row = QHBoxLayout(self._class_row)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel("class")
        label.setBuddy(self.classes)
        row.addWidget(label)
        row.addWidget(self.classes, 1)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, tip, action in (
            ("Random", "Draw z from the prior N(0, I)  (R)", self.random_wanted.emit),
            ("Home", "Go to z = 0, the centre of the prior  (H)", self.home_wanted.emit),
            ("Copy", "Copy the decoded image, enlarged  (Ctrl+C)", self.copy_wanted.emit),
            ("Save…", "Save the decoded image in its own size  (Ctrl+S)", self.save_wanted.emit),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setObjectName(text.strip("…").lower() + "Button")
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(action)
            row.addWidget(button, 1)
        return row

    def _pair(self) -> QGridLayout:
        pair = QGridLayout()
        pair.setHorizontalSpacing(8)
        pair.setVerticalSpacing(3)
        self.decoded_as = QLabel(RECONSTRUCTION)
        for column, (label, image) in enumerate(
            ((QLabel("original"), self.original), (self.decoded_as, self.reconstruction))
        ):
            label.setProperty("muted", True)
            pair.addWidget(image, 0, column)
            pair.addWidget(label, 1, column, Qt.AlignmentFlag.AlignHCenter)
        return pair

    def fit_into(self, height: int) -> None:
        """Choose the sizes of the images so that the panel fits into this height in pixels."""
        self._room = height
        self._fit()

    def _fit(self) -> None:
        # Without a fixed height, each new text would make Qt lay out and paint the whole tab again.
        self.nearest_note.setFixedHeight(NOTE_LINES * self.fontMetrics().height())
        for image in (self.image, self.original, self.reconstruction):
            image.setFixedSize(0, 0)  # then the minimum height of the column is that of everything else
        least, most = map(scaled, WIDTHS)
        self.nearest.fit_width(least)
        column = self._contents.layout()
        column.invalidate()
        column.activate()  # updates the cached heights, also of the layouts inside it
        rest = column.minimumSize().height()
        self.setMinimumHeight(rest + WIDTHS[0] + THUMBNAIL)
        room = self._room - rest
        width = max(least, min(most, room * 2 // 3))
        self.nearest.fit_width(width)
        grown = self.nearest.height() - self.nearest.height_for(least)
        decoded = max(WIDTHS[0], min(width, room - THUMBNAIL - grown))  # large texts may leave it less than the width
        side = max(THUMBNAIL, min((width - 8) // 2, room - decoded - grown))
        self.setFixedWidth(width)
        self._contents.setGeometry(0, 0, width, self.height())
        self.image.setFixedSize(decoded, decoded)
        self.nearest_note.setFixedWidth(width)
        for image in (self.original, self.reconstruction):
            image.setFixedSize(side, side)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._room:
            self._fit()

    def name_axes(self, names: tuple[str, str]) -> None:
        """Name the coordinates after the directions of the plane."""
        for label, spin, name in zip(self.axis_names, (self.z1, self.z2), names, strict=True):
            label.setText(name)
            spin.setAccessibleName(f"Coordinate {name}")
            spin.setToolTip(f"{name} of the handle, in standard deviations of the prior")

    def show_point(self, point: tuple[float, float]) -> None:
        """Show the coordinates of the handle in the plane."""
        for spin, value in zip((self.z1, self.z2), point, strict=True):
            with QSignalBlocker(spin):
                spin.setValue(value)

    def show_plane_note(self, note: str) -> None:
        """Show a sentence about the plane; "" hides it."""
        self.plane_note.setText(note)
        if self.plane_note.isHidden() == bool(note):
            self.plane_note.setVisible(bool(note))
            self._fit()

    def show_collapsed(self, subject: Subject) -> None:
        """Say which dimensions of a subject have collapsed. Of more than two, the list of the dimensions says it."""
        if subject.decoder.latent_dim <= 2 and self.collapsed.show_subject(subject):
            self._fit()
        elif subject.decoder.latent_dim > 2 and not self.collapsed.isHidden():
            self.collapsed.hide()
            self._fit()

    def show_classes(self, names: tuple[str, ...], chosen: int | None) -> None:
        """Offer the classes of a conditional decoder, and show which one is decoded; without names, hide them."""
        names = tuple(map(printable, names))
        if names != tuple(self.classes.itemText(index) for index in range(self.classes.count())):
            self.classes.clear()
            self.classes.addItems(names)
        if chosen is not None:
            self.classes.setCurrentIndex(chosen)
        # With a class of one's choice it is no reconstruction of the image.
        self.decoded_as.setText("in this class" if names else RECONSTRUCTION)
        self.reconstruction.setAccessibleName("Its code decoded in the chosen class" if names else "Its reconstruction")
        if self._class_row.isHidden() == bool(names):
            self._class_row.setVisible(bool(names))
            self._fit()

    def show_locate(self, on: bool) -> None:
        """Show or hide the button for locating the images, which were not found."""
        if self.locate.isHidden() == on:
            self.locate.setVisible(on)
            self._fit()

    def show_answer(self, subject: Subject, answer: Answer) -> None:
        """Show the decoded image, the nearest real image and its reconstruction."""
        self.image.show_pixels(answer.pixels, answer.z)
        self.nearest.show_answer(subject, answer)
        title = title_of(answer.among)
        if title != self.nearest_title.text():
            self.nearest_title.setText(title)
        if answer.nearest < 0 or answer.reconstruction is None:
            self.original.clear()
            self.reconstruction.clear()
            self.nearest_note.setText(
                "No image is available." if answer.among.count else "The filters hide all images."
            )
            self.nearest_note.setToolTip("")
            return
        row = answer.nearest
        self.original.show_pixels(subject.images[subject.image_of[row]])
        self.reconstruction.show_pixels(answer.reconstruction, subject.z_mean[row])
        facts, name = facts_of(subject, row, answer.distance)
        self.nearest_note.setToolTip(safe_tip(name))
        self.nearest_note.setText(f"{facts}, {name}")
