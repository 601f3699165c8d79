"""The panel of what is around the handle, below the map: which directions are shown, and the images along them."""

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError
from vae_explorer.exploring.around import Around, By, Surroundings, Wanted, why_not
from vae_explorer.exploring.local_directions import Kind
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.around.images import AroundImages
from vae_explorer.gui.explorer.around.minus import MinusSection
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.run.groups import Groups

SIDE_WIDTH = 250  # pixels of the column beside the images
PAUSE = 80  # milliseconds between two updates of the panel while the handle moves
TITLES: dict[Kind, str] = {
    "axes": "Dimensions",
    "near": "Codes near",
    "change": "Image change",
    "minus": "A minus B",
}
SENTENCES: dict[Kind, str] = {
    "axes": "The dimensions of z that say most about the images.",
    "near": "Along which the codes near the handle vary most: their principal components (as LatentGandr has them, Li "
    "et al. 2026).",
    "change": "Along which the image changes most: the eigenvectors of the decoder's pull-back metric (Wang and Ponce "
    "2021).",
    "minus": "From the mean of one class or group of images to that of another (Larsen et al. 2016).",
}
STEPS: dict[By, str] = {"image": "equal in images", "codes": "by the codes"}
STEPS_TIP = (
    "<p>Equal in images: each step changes the image by a quarter of what two images usually differ by. By the codes: "
    "each step is the standard deviation of the codes near the handle, or half of A minus B.</p>"
)


class AroundPanel(QWidget):
    """Follows the handle; while it is hidden, it computes nothing."""

    code_wanted = Signal(object, int)  # a latent code (latent_dim,) to go to, and the number of the drag that does
    closed = Signal()
    errored = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("aroundPanel")
        self.setAccessibleName("Around the handle")
        self.kind: Kind = "axes"
        self._subject: Subject | None = None
        self._surroundings: Surroundings | None = None
        self._code: Floats = np.zeros(2, np.float32)
        self._first_generation = 0  # earlier answers belong to another model
        self._clicks = 0
        self.worker = LatestWorker(_look, "looking around the handle", self, gives_way=True)
        self.worker.answered.connect(self._take)
        self.worker.errored.connect(self.errored)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._soon.timeout.connect(self._refresh)
        self.images = AroundImages()
        self.images.chosen.connect(self._go_to)
        self.minus = MinusSection(lambda: self._code)
        self.minus.changed.connect(self._changed)
        self.minus.moved.connect(lambda code, drag: self.code_wanted.emit(code, -drag))  # a click has positive numbers
        self.by = QComboBox()
        self.by.setObjectName("aroundStepsCombo")
        self.by.setAccessibleName("Steps")
        self.by.setToolTip(STEPS_TIP)
        for by, text in STEPS.items():
            self.by.addItem(text, by)
        self.by.currentIndexChanged.connect(self._changed)
        self.note = QLabel()
        self.note.setObjectName("aroundNote")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.note.setProperty("muted", True)
        self.buttons: dict[Kind, QRadioButton] = {}
        self._lay_out()
        self.choose("axes")

    def _lay_out(self) -> None:
        title, close = QLabel("Around the handle"), QToolButton()
        title.setStyleSheet("font-weight: 600")
        close.setText("×")
        close.setObjectName("aroundCloseButton")
        close.setAccessibleName("Close what is around the handle")
        close.clicked.connect(self.closed)
        head, kinds, steps, group = QHBoxLayout(), QGridLayout(), QHBoxLayout(), QButtonGroup(self)
        head.addWidget(title, 1)
        head.addWidget(close)
        kinds.setVerticalSpacing(2)
        for place, (kind, text) in enumerate(TITLES.items()):
            button = QRadioButton(text)
            button.setObjectName(f"around{kind.capitalize()}")
            button.setToolTip(f"<p>{SENTENCES[kind]}</p>")
            button.clicked.connect(lambda _=False, kind=kind: self.choose(kind))
            group.addButton(button)
            kinds.addWidget(button, *divmod(place, 2))
            self.buttons[kind] = button
        steps.addWidget(QLabel("Steps"))
        steps.addWidget(self.by, 1)
        side, column = QWidget(), QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(kinds)
        column.addLayout(steps)
        column.addWidget(self.minus)
        column.addWidget(self.note, 1)
        column.addStretch()
        side.setLayout(column)
        side.setFixedWidth(SIDE_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 4)
        row.setSpacing(12)
        row.addWidget(side)
        row.addWidget(self.images, 1)

    def show_subject(self, subject: Subject) -> None:
        """Look around in this subject. Of moments of one training, images of the one before are still shown."""
        before, self._subject = self._subject, subject
        self._surroundings = None
        if before is None or _kind_of(before) != _kind_of(subject):
            self.images.show_sentence("")
            self._changed()
        else:
            self._start()

    def show_groups(self, groups: Groups) -> None:
        """Offer the groups of the subject's images."""
        if self._subject is not None and len(groups.member) == len(self._subject.z_mean):
            self.minus.offer(self._subject, groups)

    def decoder_changed(self) -> None:
        """The decoder has other weights than before, because the model is in training."""
        self._surroundings = None
        self._start()

    def go(self, code: Floats) -> None:
        """The handle is at this latent code (latent_dim,)."""
        self._code = code
        self.minus.go(code)
        self._start()

    def choose(self, kind: Kind) -> None:
        """Show directions of this kind."""
        self.kind = kind
        self.buttons[kind].setChecked(True)
        self.minus.setVisible(kind == "minus")
        self.note.setVisible(kind != "minus")  # there is no room for both, and the tool tips say as much
        self._changed()

    def end(self) -> None:
        """Stop decoding."""
        self._soon.stop()
        self.worker.end()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _changed(self) -> None:
        """Other images are wanted: answers on their way are not shown any more."""
        self._first_generation = self.worker.newest + 1
        self._start()

    def _start(self) -> None:
        if not self._soon.isActive():  # not restarted, so that a moving handle is followed every PAUSE milliseconds
            self._soon.start()

    def _refresh(self) -> None:
        subject = self._subject
        if subject is None or not self.isVisible() or len(self._code) != subject.decoder.latent_dim:
            return
        if self.kind == "minus":
            self.minus.compute()
        difference = self.minus.difference if self.kind == "minus" else None
        reason = why_not(subject, self.kind) or (self.minus.reason if self.kind == "minus" else "")
        if reason:
            self._show_sentence(reason)
            return
        if self._surroundings is None:
            self._surroundings = Surroundings(subject)
        wanted = Wanted(self.kind, self.by.currentData(), difference, self.minus.name)
        self.worker.request(self._surroundings, self._code, wanted)

    def _take(self, generation: int, answer: "Around | UserError") -> None:
        if generation < self._first_generation:
            return
        if isinstance(answer, UserError):
            self._show_sentence(str(answer))
            return
        self.images.show_around(answer)
        self._say(answer.note)

    def _show_sentence(self, said: str) -> None:
        self._first_generation = self.worker.newest + 1
        self.images.show_sentence(said)
        self._say("")

    def _say(self, note: str) -> None:
        if note != self.note.text():
            self.note.setText(note)

    def _go_to(self, row: int, column: int) -> None:
        around = self.images.around
        if around is not None:
            code = around.codes[row, column]
            if not np.array_equal(code, self._code):
                self._clicks += 1
                self.code_wanted.emit(code, self._clicks)


def _kind_of(subject: Subject) -> object:
    """Equal for subjects of which images may stand for those of the other a moment longer."""
    return subject.images_key, subject.image_shape, subject.decoder.latent_dim


def _look(surroundings: Surroundings, code: Floats, wanted: Wanted) -> "Around | UserError":
    try:
        return surroundings.look(code, wanted)
    except UserError as error:
        return error
