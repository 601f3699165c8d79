"""File > Export picture: asks what a picture shows and how it looks, with a live preview."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPixmap, QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Bytes
from vae_explorer.errors import UserError
from vae_explorer.exploring.colouring import Colouring
from vae_explorer.exploring.subject import Subject
from vae_explorer.exporting.figure import (
    COARSEST,
    FINEST,
    LONGEST_CAPTION,
    NARROWEST,
    WIDEST,
    Paper,
    measures,
    to_screen,
    write_picture,
)
from vae_explorer.exporting.origin import caption_of, file_name, subject_origin
from vae_explorer.gui.dialogs.picture_forms import FORMS, Draw, PictureForm, Source, add_row, new_form
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.decoded_image import to_qimage
from vae_explorer.gui.parts.number_spin import NumberSpin
from vae_explorer.gui.parts.progress_dialog import run_with_progress
from vae_explorer.gui.parts.save_dialog import ask_where
from vae_explorer.gui.parts.text_size import scaled
from vae_explorer.latent.plane import Plane
from vae_explorer.progress import Progress
from vae_explorer.run.run import Run

PAUSE = 150  # milliseconds without a change before the preview is drawn again
KINDS = "PNG picture (*.png);;SVG drawing (*.svg);;PDF document (*.pdf)"


class PictureDialog(QDialog):
    """Writes a picture of a run, or of the model in training (run: None). `written` brings its path."""

    written = Signal(object)

    def __init__(
        self,
        run: Run | None,
        subject: Subject,
        parent: QWidget,
        plane: Plane | None = None,
        colouring: Colouring | None = None,
    ) -> None:
        """plane: selected at first; None: the first two dimensions. colouring: of the map; None: by class."""
        super().__init__(parent)
        self.setObjectName("pictureDialog")
        self.setWindowTitle("Export picture")
        self.resize(940, 640)
        self._subject, self._name = subject, run.info.name if run else subject.title
        self._usual_caption = caption_of(run.info, subject.decoded_class) if run else subject.title
        self._task: BackgroundTask | None = None
        self._stale = False
        self._picture = QPixmap()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._soon.timeout.connect(self._refresh)
        self.forms = [form(Source(run, subject, plane or subject.drawn_in, colouring)) for form in FORMS]
        self._build_kinds(run)
        self.preview = QLabel("Drawing…")
        self.preview.setObjectName("picturePreview")
        self.preview.setAccessibleName("Preview of the picture")
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setTextFormat(Qt.TextFormat.PlainText)
        self.preview.setWordWrap(True)
        self.preview.setMinimumSize(300, 300)
        self.preview.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Progress of the preview")
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.note = QLabel()
        self.note.setObjectName("pictureNote")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setText("&Save…")
        self.buttons.accepted.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._soon.start()

    def _build_kinds(self, run: Run | None) -> None:
        self.kind = QComboBox()
        self.kind.setObjectName("pictureKindCombo")
        self.kind.setAccessibleName("Kind of picture")
        self.kind.setToolTip("What the picture shows")
        model = self.kind.model()
        assert isinstance(model, QStandardItemModel)
        for index, form in enumerate(self.forms):
            self.kind.addItem(form.title)
            if form.needs_run and run is None:
                model.item(index).setEnabled(False)
                model.item(index).setToolTip("There is no run yet: the model is still in training")
            form.setVisible(index == 0)
            form.changed.connect(self._soon.start)
        self.kind.currentIndexChanged.connect(self._show_form)

    def _build_paper(self) -> QFormLayout:
        usual = Paper()
        self.width_spin = NumberSpin()
        self.width_spin.setObjectName("pictureWidthSpin")
        self.width_spin.setRange(NARROWEST, WIDEST)
        self.width_spin.setDecimals(1)
        self.width_spin.setValue(usual.width)
        self.width_spin.setSuffix(" cm")
        self.dpi = QSpinBox()
        self.dpi.setObjectName("pictureDpiSpin")
        self.dpi.setRange(COARSEST, FINEST)
        self.dpi.setSingleStep(50)
        self.dpi.setValue(usual.dpi)
        self.dpi.setSuffix(" DPI")
        self.has_caption = QCheckBox("below the picture")
        self.has_caption.setObjectName("pictureCaptionCheck")
        self.caption = QLineEdit(self._usual_caption)
        self.caption.setObjectName("pictureCaptionEdit")
        self.caption.setMaxLength(LONGEST_CAPTION)
        self.caption.setCursorPosition(0)
        self.caption.setEnabled(False)
        self.has_caption.toggled.connect(self.caption.setEnabled)
        form = new_form()
        for text, field, tip in (
            ("&Width", self.width_spin, "Width of the picture on paper"),
            ("Resolu&tion", self.dpi, "For a PNG, and for the images within an SVG or a PDF"),
            ("Capt&ion", self.has_caption, "Whether the picture has a line of text below it"),
            ("", self.caption, "The text below"),
        ):  # fmt: skip
            field.setToolTip(tip)
            field.setAccessibleName(text.replace("&", "") or "Text of the caption")
            add_row(form, text, field)
        self.width_spin.valueChanged.connect(self._soon.start)
        self.dpi.valueChanged.connect(self._soon.start)
        self.has_caption.toggled.connect(self._soon.start)
        self.caption.textChanged.connect(self._soon.start)
        return form

    def _lay_out(self) -> None:
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setForegroundRole(self.palette().ColorRole.Mid)
        options = QWidget()
        options.setFixedWidth(scaled(300))
        left = QVBoxLayout(options)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(10)
        left.addWidget(self.kind)
        for form in self.forms:
            left.addWidget(form)
        left.addWidget(line)
        left.addLayout(self._build_paper())
        left.addWidget(self.note)
        left.addStretch()
        right = QVBoxLayout()
        right.addWidget(self.preview, 1)
        right.addWidget(self.progress)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(options)
        middle.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(middle, 1)
        layout.addWidget(self.buttons)

    @property
    def form(self) -> PictureForm:
        """The options of the kind that is chosen."""
        return self.forms[self.kind.currentIndex()]

    def paper(self) -> Paper:
        caption = self.caption.text() if self.has_caption.isChecked() else ""
        return Paper(self.width_spin.value(), self.dpi.value(), caption)

    def _show_form(self) -> None:
        for form in self.forms:
            form.setVisible(form is self.form)
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_picture()
        self._soon.start()

    def done(self, result: int) -> None:
        self._soon.stop()
        self._stale = False
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    # The preview

    def _refresh(self) -> None:
        """Draw the preview again. A drawing in progress is cancelled and followed by a newer one."""
        if self._task is not None:
            self._stale = True
            self._task.cancel()
            return
        try:
            draw, paper = self.form.drawing(), self.paper()
        except UserError as error:
            self._refuse(str(error))
            return
        room = self.preview.size() * self.devicePixelRatioF()
        self._task = BackgroundTask(partial(_preview, draw, paper, room.width(), room.height()))
        self._task.returned.connect(self._take_picture)
        self._task.errored.connect(self._refuse)
        self._task.progressed.connect(self._show_progress)
        self._task.finished.connect(self._drawn)
        self._task.start()

    def _drawn(self) -> None:
        self._task = None
        self.progress.hide()
        if self._stale:
            self._stale = False
            self._refresh()

    def _show_progress(self, _task: str, share: float) -> None:
        self.progress.show()
        self.progress.setValue(round(share * 1000))

    def _take_picture(self, drawn: tuple[Bytes, str]) -> None:
        pixels, said = drawn
        self._picture = QPixmap.fromImage(to_qimage(pixels))
        self.note.setText(said)
        self._show_picture()

    def _refuse(self, why: str) -> None:
        """Show a sentence in place of the preview."""
        self._picture = QPixmap()
        self.preview.setText("There is no preview: the picture cannot be drawn with these settings.")
        self.note.setText(why)

    def _show_picture(self) -> None:
        if not self._picture.isNull():
            ratio = self.devicePixelRatioF()
            room = self.preview.size() * ratio
            shown = self._picture
            if shown.width() > room.width() or shown.height() > room.height():
                mode = Qt.TransformationMode.SmoothTransformation
                shown = shown.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, mode)
            shown.setDevicePixelRatio(ratio)
            self.preview.setPixmap(shown)

    # Writing

    def _save(self) -> None:
        path = ask_where(self, "Save the picture", file_name(self._name, self.form.stem, ".png"), KINDS)
        if path:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write the picture in the background, in the format of the path's ending; then close the dialog."""
        try:
            draw, paper = self.form.drawing(), self.paper()
        except UserError as error:
            self.note.setText(str(error))
            return
        origin = subject_origin(self._subject, self.form.title.lower())
        run_with_progress(
            self,
            "Writing the picture",
            lambda progressed: write_picture(path, partial(draw, paper), progressed, origin),
            lambda _: self._written(path),
            self.note.setText,
        )

    def _written(self, path: Path) -> None:
        self.written.emit(path)
        self.accept()


def _preview(draw: Draw, paper: Paper, width: int, height: int, progressed: Progress) -> tuple[Bytes, str]:
    """The picture scaled to fit `width` x `height` pixels, and its size on paper as a text."""
    figure = draw(paper, progressed)
    said = measures(figure)
    progressed("Drawing the preview", 1.0)
    return to_screen(figure, width, height), said
