"""Images decoded from samples of a posterior, at rest or in motion."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.exploring.own_image import EpsilonWalk, samples_of
from vae_explorer.gui.parts.decoded_image import FRAME, to_qimage
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.model.decoder import Decoder, as_pixels

COUNT = 8  # samples
SEED = 0  # of epsilon, so that the same image has the same samples
SIDE, GAP = 38, 3  # pixels, preferred side of an image, and between two
SETTLE = 60  # milliseconds for which a posterior has to stay, so that a drag past many images decodes no samples
PERIOD = 33  # milliseconds between two steps of the motion
STEP = 1 / 40  # share of the way from one draw of epsilon to the next
STOPPING = {QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.Wheel, QEvent.Type.TabletPress}


class PosteriorSamples(QFrame):
    """COUNT images of z = mean + sd * epsilon. Nothing is decoded while it is hidden.

    The motion moves epsilon and stops when the image changes, when the samples are hidden, and when the person does
    anything else.
    """

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.setObjectName("posteriorSamples")
        self._of: tuple[Decoder, Floats, Floats] | None = None
        self._walk: EpsilonWalk | None = None
        self._waits = False  # for the images of the step before
        self._worker: LatestWorker | None = None  # made when the first samples are wanted
        self.pictures = _Pictures(columns)
        self.button = QPushButton("Animate")
        self.button.setObjectName("animateButton")
        self.button.setCheckable(True)
        self.button.setToolTip("Move ε smoothly through draws from N(0, I); anything else you do stops it")
        self.button.setCursor(Qt.CursorShape.ArrowCursor)
        self.button.toggled.connect(self._move_or_stop)
        title = QLabel("Samples of q(z|x)")
        title.setToolTip(
            "Images decoded from z = mean + sd · ε, ε drawn from N(0, I): what the code of the image leaves open"
        )
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(5)
        layout.addLayout(head)
        layout.addWidget(self.pictures)
        self._soon = QTimer(self, singleShot=True, interval=SETTLE)
        self._soon.timeout.connect(self.decode_again)
        self._step = QTimer(self, interval=PERIOD)
        self._step.timeout.connect(self._take_step)

    @property
    def moving(self) -> bool:
        return self._step.isActive()

    def show_posterior(self, decoder: Decoder, z_mean: Floats, z_log_var: Floats) -> None:
        """Show samples of N(z_mean, exp(z_log_var)), both (latent_dim,), soon."""
        new = decoder, z_mean, z_log_var
        if self._of is not None and decoder is self._of[0] and (z_mean == self._of[1]).all():
            return
        self.stop()
        self._of, self._walk = new, EpsilonWalk(COUNT, len(z_mean), SEED)
        self._soon.start()

    def clear(self) -> None:
        """Show nothing."""
        if self._of is not None:
            self.stop()
            self._soon.stop()
            self._of = self._walk = None
            self.pictures.show_images([])

    def decode_again(self) -> None:
        """Decode the same samples, for example because the decoder has changed."""
        if self._of is None or self._walk is None or not self.isVisible():
            return
        if self._worker is None:
            self._worker = LatestWorker(_decode, "decoding samples of the posterior", self, gives_way=True)
            self._worker.answered.connect(self._show)
            self._worker.errored.connect(lambda _: self.stop())
        self._waits = True
        self._worker.request(*self._of, self._walk.at())

    def stop(self) -> None:
        """Stop the motion where it is."""
        self.button.setChecked(False)

    def end(self) -> None:
        """Stop decoding."""
        self._soon.stop()
        self.stop()
        if self._worker is not None:
            self._worker.end()

    def showEvent(self, event: object) -> None:
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in STOPPING and watched is not self.button and isinstance(watched, QWidget):
            self.stop()
        return False

    def _move_or_stop(self, move: bool) -> None:
        self.button.setText("Stop" if move else "Animate")
        app = QApplication.instance()
        assert app is not None
        if move:
            self._step.start()
            app.installEventFilter(self)
        else:
            self._step.stop()
            app.removeEventFilter(self)

    def _take_step(self) -> None:
        if self._walk is not None and not self._waits:
            self._walk.step(STEP)
            self.decode_again()

    def _show(self, _generation: int, answer: tuple[Floats, Bytes]) -> None:
        self._waits = False
        z_mean, images = answer
        if self._of is not None and z_mean is self._of[1]:
            self.pictures.show_images([to_qimage(image) for image in images])


class _Pictures(QWidget):
    """COUNT places in rows."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.setObjectName("samplePictures")
        self.setAccessibleName("Samples of the posterior")
        self._columns, self._rows = columns, -(-COUNT // columns)
        self.images: list[QImage] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._rows * (SIDE + GAP) - GAP)

    def show_images(self, images: list[QImage]) -> None:
        self.images = images
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._columns * (SIDE + GAP) - GAP, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        across = min(SIDE + GAP, (self.width() + GAP) / self._columns)
        for place in range(COUNT):
            row, column = divmod(place, self._columns)
            square = QRectF(column * across, row * (SIDE + GAP), across - GAP, across - GAP)
            if place >= len(self.images):
                painter.fillRect(square, self.palette().midlight())
                continue
            size = self.images[place].size().scaled(square.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF(0, 0, size.width(), size.height())
            box.moveCenter(square.center())
            painter.drawImage(box, self.images[place])
            painter.setPen(FRAME)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


def _decode(decoder: Decoder, z_mean: Floats, z_log_var: Floats, epsilon: Floats) -> tuple[Floats, Bytes]:
    return z_mean, as_pixels(decoder(samples_of(z_mean, z_log_var, epsilon)))
