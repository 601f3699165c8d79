"""The line below the decoded image that says how well the data support it."""

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from vae_explorer.array_types import Floats
from vae_explorer.exploring.gauge import Gauge, Judgement
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.parts.latest_worker import LatestWorker

# Fills of the three bars, at each level: as many as the data support, readable without colours.
COLOURS = "#2fa35a", "#e0a020", "#d8453a"
BARS, BAR, GAP = 3, (6, 10), 2  # number, size and distance of the bars, in pixels
PAUSE = (
    500  # milliseconds until the first judgement, which imports SciPy, so that the first window does not wait for it
)


class GaugeLine(QWidget):
    """Judges in the background, so that a drag does not wait; the newest latent code is judged last."""

    errored = Signal(str)
    judged = Signal(object)  # the Judgement that is shown; None: there are too few latent codes for one

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("supportGauge")
        self._bars, self._label = _Bars(), ElidedLabel()
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(7)
        row.addWidget(self._bars)
        row.addWidget(self._label, 1)
        self.setFixedHeight(self.fontMetrics().height() + 2)
        self._worker = LatestWorker(Gauge(), "judging the support")
        self._worker.answered.connect(self._show)
        self._worker.errored.connect(self.errored)
        self._wanted: tuple[Subject, Floats] | None = None
        self._ready = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE)
        self._later.timeout.connect(self._begin)

    def judge(self, subject: Subject, code: Floats) -> None:
        """Say how well the data support the latent code (latent_dim,)."""
        self._wanted = subject, code
        if self._ready:
            self._worker.request(subject, code)
        elif not self._later.isActive():
            self._later.start()

    @property
    def text(self) -> str:
        return self._label.text()

    def end(self) -> None:
        """Stop judging."""
        self._later.stop()
        self._worker.end()

    def _begin(self) -> None:
        self._ready = True
        if self._wanted is not None:
            self._worker.request(*self._wanted)

    def _show(self, _generation: int, judgement: Judgement | None) -> None:
        self.judged.emit(judgement)
        if judgement is None:
            self._bars.show_level(None)
            self._label.setText("")
            self._label.setToolTip("There are too few latent codes to say how well the data support the image.")
            return
        self._bars.show_level(judgement.level)
        if judgement.verdict != self._label.text():
            self._label.setText(judgement.verdict)
            self.setAccessibleName(f"Support by the data: {judgement.verdict}")
        self._label.setToolTip(f"<p>{judgement.reason}</p>")


class _Bars(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._level: int | None = None
        self.setFixedSize(BARS * BAR[0] + (BARS - 1) * GAP, BAR[1])

    def show_level(self, level: int | None) -> None:
        """0: well supported, 2: no data; None: not known."""
        if level != self._level:
            self._level = level
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._level is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(BARS):
            box = QRectF(place * (BAR[0] + GAP) + 0.5, 0.5, BAR[0] - 1, BAR[1] - 1)
            colour = QColor(COLOURS[self._level])
            painter.setPen(colour)
            painter.setBrush(colour if place < BARS - self._level else QColor(0, 0, 0, 0))
            painter.drawRoundedRect(box, 1, 1)
