"""A form for the options of each kind of picture, and the function that draws the picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.data.dataset import SPLITS
from vae_explorer.exploring.colouring import Colouring, by_class
from vae_explorer.exploring.subject import Subject
from vae_explorer.exporting import grid as grid_picture
from vae_explorer.exporting import reconstructions as reconstructions_picture
from vae_explorer.exporting import samples as samples_picture
from vae_explorer.exporting.figure import Paper
from vae_explorer.exporting.grid import GridOptions, draw_grid
from vae_explorer.exporting.losses import draw_losses
from vae_explorer.exporting.map import MapOptions, draw_map, map_colours
from vae_explorer.exporting.reconstructions import ReconstructionsOptions, draw_reconstructions, sample_of
from vae_explorer.exporting.samples import SamplesOptions, draw_samples
from vae_explorer.exporting.sheet import COLOUR_MAPS, IMAGES_IN_COLOUR, LARGEST_GAP, SheetStyle
from vae_explorer.gui.parts.number_spin import NumberSpin
from vae_explorer.latent.plane import FIRST_TWO, Plane, chosen_plane
from vae_explorer.progress import Progress
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[Paper, Progress], "Figure"]


@dataclass(frozen=True, slots=True)
class Source:
    """What pictures are drawn of. run: None for the model in training."""

    run: Run | None
    subject: Subject
    plane: Plane  # the plane that the explorer shows
    colouring: Colouring | None = None  # the colouring of the latent codes in the explorer


def new_form(parent: QWidget | None = None) -> QFormLayout:
    """An empty form with the spacing of all picture forms."""
    form = QFormLayout(parent)
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(7)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def add_row(form: QFormLayout, text: str, field: QWidget) -> None:
    """Add a field. Its label is as wide as in the other forms, so that all fields are aligned."""
    label = QLabel(text)
    label.setBuddy(field)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Gap colour") + 6)
    form.addRow(label, field)


class PictureForm(QWidget):
    """The options of one kind of picture; `changed` is emitted when one of them changes."""

    title: ClassVar[str]
    stem: ClassVar[str]  # the file name without its ending
    needs_run: ClassVar[bool] = False

    changed = Signal()

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._form = new_form(self)
        self._build()

    def _build(self) -> None:
        """Add the rows of the form."""

    def drawing(self) -> Draw:
        """A function that draws the picture with the present options, in any thread. Raises UserError."""
        raise NotImplementedError

    def _row(self, text: str, field: QWidget, tip: str) -> None:
        field.setToolTip(tip)
        field.setAccessibleName(text.replace("&", ""))
        add_row(self._form, text, field)

    def _whole(self, text: str, low: int, high: int, value: int, tip: str, suffix: str = "") -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(low, high)
        spin.setValue(value)
        spin.setSuffix(suffix)
        spin.valueChanged.connect(self.changed)
        self._row(text, spin, tip)
        return spin

    def _choice(self, text: str, items: dict[str, str], tip: str) -> QComboBox:
        """items: maps the text of each item to its data."""
        combo = QComboBox()
        for item, data in items.items():
            combo.addItem(item, data)
        combo.currentIndexChanged.connect(self.changed)
        self._row(text, combo, tip)
        return combo


class _PlaneField(QWidget):
    """Two dimensions of z, or the principal components of the latent codes: at first the plane that the explorer shows.

    Choosing the dimension of the other axis swaps the two. The dimensions outside the plane keep their values of the
    explorer.
    """

    changed = Signal()

    def __init__(self, source: Source) -> None:
        super().__init__()
        latent_dim, shown = source.plane.latent_dim, source.plane
        self._codes, self._shown = source.subject.z_mean, shown
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(4)
        column.addLayout(row)
        self.across, self.up = (self._combo(name, latent_dim) for name in ("across", "up"))
        for combo in (self.across, self.up):
            row.addWidget(combo, 1)
        row.insertWidget(1, QLabel("×"))
        self._axes = shown.axes or FIRST_TWO
        for combo, dimension in zip((self.across, self.up), self._axes, strict=True):
            combo.setCurrentIndex(min(dimension, latent_dim) - 1)
            combo.setEnabled(shown.axes is not None)
            combo.currentIndexChanged.connect(self._choose)
        self.principal = QCheckBox("principal components")
        self.principal.setToolTip("The plane in which the latent codes vary most")
        self.principal.setChecked(shown.axes is None)
        self.principal.setEnabled(len(self._codes) > 1)
        self.principal.toggled.connect(self._choose_principal)
        self.at_zero = QCheckBox("the others at 0")
        self.at_zero.setToolTip("Otherwise the dimensions outside the plane have their values of the explorer")
        self.at_zero.toggled.connect(self.changed)
        for box, wanted in ((self.principal, latent_dim > 2), (self.at_zero, bool(shown.held.any()))):
            box.setAccessibleName(box.text())
            column.addWidget(box)
            box.setVisible(wanted)
        self.setEnabled(latent_dim > 1)

    def plane(self) -> Plane:
        """The chosen plane. Raises UserError if the latent codes have no principal components."""
        if self.principal.isChecked():
            plane = self._shown if self._shown.axes is None else chosen_plane("pca", self._codes)
        else:
            plane = chosen_plane(self._axes, self._codes)
        return plane.through(np.zeros_like(plane.held) if self.at_zero.isChecked() else self._shown.held)

    def _combo(self, name: str, latent_dim: int) -> QComboBox:
        combo = QComboBox()
        combo.addItems([f"z{dimension}" for dimension in range(1, latent_dim + 1)])
        combo.setAccessibleName(f"Dimension that goes {name}")
        combo.setToolTip(f"The dimension of z that goes {name}")
        return combo

    def _choose(self) -> None:
        across, up = self.across.currentIndex() + 1, self.up.currentIndex() + 1
        if across == up:
            kept, other = (self.up, 0) if across != self._axes[0] else (self.across, 1)
            kept.setCurrentIndex(self._axes[other] - 1)  # calls this method again
        else:
            self._axes = across, up
            self.changed.emit()

    def _choose_principal(self, on: bool) -> None:
        for combo in (self.across, self.up):
            combo.setEnabled(not on)
        self.changed.emit()


class _StyleRows:
    """Rows of a form for the gaps and colours of a sheet of images."""

    def __init__(self, form: PictureForm, colour: bool, usual: SheetStyle) -> None:
        self._form, self._colour = form, usual.gap_colour
        self.gap = form._whole("&Gap", 0, LARGEST_GAP, usual.gap, "Pixels between two images", " pixels")
        self.gap_colour = QPushButton()
        self.gap_colour.clicked.connect(self._choose_colour)
        form._row("Gap col&our", self.gap_colour, "What shows between the images")
        titles = {"gray": "as decoded", "gray_r": "inverted"}
        maps = IMAGES_IN_COLOUR if colour else COLOUR_MAPS
        self.colour_map = form._choice(
            "Co&lours",
            {titles.get(name, name): name for name in maps},
            "Inverted: dark on light, which prints well. The others colour grey images by their levels",
        )
        self._show_colour()
        if not usual.gap:  # without a gap its colour is not visible
            self.gap.valueChanged.connect(lambda gap: self.gap_colour.setEnabled(gap > 0))
            self.gap_colour.setEnabled(False)

    def style(self) -> SheetStyle:
        return SheetStyle(self.gap.value(), self._colour, self.colour_map.currentData())

    def _choose_colour(self) -> None:
        chosen = QColorDialog.getColor(QColor(self._colour), self._form)
        if chosen.isValid():
            self._colour = chosen.name()
            self._show_colour()
            self._form.changed.emit()

    def _show_colour(self) -> None:
        swatch = QPixmap(16, 16)
        swatch.fill(QColor(self._colour))
        self.gap_colour.setIcon(QIcon(swatch))
        self.gap_colour.setText(self._colour)


class GridForm(PictureForm):
    title, stem = "Decoded grid", "grid"

    def _build(self) -> None:
        low, high = grid_picture.SMALLEST, grid_picture.LARGEST
        self.size_spin = self._whole("Si&ze", low, high, 20, "How many images along each axis", " images per side")
        self.size_spin.setObjectName("gridSizeSpin")
        self.spacing = self._choice(
            "S&pacing",
            {"quantiles of the prior": "quantile", "even steps": "even"},
            "Quantiles: each step has the same probability under the prior. Even: each step has the same length",
        )
        self.spacing.setObjectName("gridSpacingCombo")
        self.limit = NumberSpin()
        self.limit.setRange(0.1, 100)
        self.limit.setValue(3)
        self.limit.setPrefix("± ")
        self.limit.setEnabled(False)
        self.limit.valueChanged.connect(self.changed)
        self.spacing.currentIndexChanged.connect(lambda _: self.limit.setEnabled(self.spacing.currentData() == "even"))
        self._row("&Range", self.limit, "Even steps go from minus to plus this z")
        subject = self._source.subject
        self.plane = _PlaneField(self._source)
        self.plane.changed.connect(self.changed)
        self._row("Pla&ne", self.plane, "Which dimensions of z go across and up")
        self.style_rows = _StyleRows(self, subject.image_shape[2] == 3, SheetStyle())
        self.axes = QCheckBox("coordinates along the edges")
        self.axes.setObjectName("gridAxesCheck")
        self.axes.toggled.connect(self.changed)
        self._row("&Axes", self.axes, "Write the values of z below and at the left")

    def drawing(self) -> Draw:
        decoder = self._source.subject.decoder
        options = GridOptions(
            size=self.size_spin.value(),
            spacing=self.spacing.currentData(),
            limit=self.limit.value(),
            plane=self.plane.plane(),
            axes=self.axes.isChecked(),
            style=self.style_rows.style(),
        )
        return lambda paper, progressed: draw_grid(decoder, options, paper, progressed)


class MapForm(PictureForm):
    title, stem = "Latent map", "map"

    def _build(self) -> None:
        self.plane = _PlaneField(self._source)
        self.plane.changed.connect(self.changed)
        self._row("Pla&ne", self.plane, "Which dimensions of z go across and up")
        self.split = self._choice(
            "I&mages", {name: name for name in ("all", *SPLITS)}, "The split whose latent codes are drawn"
        )
        self.split.setObjectName("mapSplitCombo")

    def drawing(self) -> Draw:
        subject, options = self._source.subject, MapOptions(self.plane.plane(), self.split.currentData())
        colouring = self._source.colouring
        if colouring is None or not colouring.fits(subject):
            colouring = by_class(subject.label, subject.columns.class_names)
        style, colours = colouring.style, map_colours(colouring)
        return lambda paper, progressed: draw_map(
            subject.z_mean, style, subject.split, colours, options, paper, progressed
        )


class ReconstructionsForm(PictureForm):
    title, stem = "Reconstructions", "reconstructions"

    def _build(self) -> None:
        most = reconstructions_picture.MOST
        self.columns = self._whole("Col&umns", 1, most, 10, "Images in a row", " images per row")
        self.rows = self._whole("&Rows", 1, most, 4, "Rows of images, each above its reconstructions", " pairs of rows")
        self.seed = self._whole("&Draw", 0, 2**31 - 1, 0, "Another number draws other images")
        colour = self._source.subject.image_shape[2] == 3
        self.style_rows = _StyleRows(self, colour, ReconstructionsOptions().style)

    def drawing(self) -> Draw:
        run, subject = self._source.run, self._source.subject
        style = self.style_rows.style()
        options = ReconstructionsOptions(self.columns.value(), self.rows.value(), self.seed.value(), style)

        def draw(paper: Paper, progressed: Progress) -> "Figure":
            images, z_mean = sample_of(run) if run else (subject.images[subject.image_of], subject.z_mean)
            return draw_reconstructions(subject.decoder, images, z_mean, options, paper, progressed)

        return draw


class SamplesForm(PictureForm):
    title, stem = "Samples from the prior", "samples"

    def _build(self) -> None:
        most = samples_picture.LARGEST
        self.size_spin = self._whole("Si&ze", 1, most, 10, "How many images in a row and a column", " images per side")
        self.seed = self._whole("&Draw", 0, 2**31 - 1, 0, "Another number draws other samples")
        self.style_rows = _StyleRows(self, self._source.subject.image_shape[2] == 3, SheetStyle())

    def drawing(self) -> Draw:
        decoder = self._source.subject.decoder
        options = SamplesOptions(self.size_spin.value(), self.seed.value(), self.style_rows.style())
        return lambda paper, progressed: draw_samples(decoder, options, paper, progressed)


class LossesForm(PictureForm):
    title, stem, needs_run = "Losses by epoch", "losses", True

    def drawing(self) -> Draw:
        run = self._source.run
        if run is None:
            return lambda paper, progressed: draw_losses((), paper, progressed)
        first, seams = run.info.first_comparable, run.info.seams
        return lambda paper, progressed: draw_losses(run.history, paper, progressed, first, seams)


FORMS = (GridForm, MapForm, ReconstructionsForm, SamplesForm, LossesForm)
