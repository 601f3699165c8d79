"""The bar below the map that steps through the snapshots of a training, or plays them."""

import time
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from vae_explorer.gui.explorer.epoch_slider import LabelledSlider

FRAME = 33  # milliseconds
STEP_SECONDS, LONGEST = 0.6, 15.0  # at speed 1: from one snapshot to the next, and at most for all of them
SPACING = 8  # pixels between two parts of the bar
SPEEDS = (("½×", 0.5), ("1×", 1.0), ("2×", 2.0), ("4×", 4.0))


class PlayButton(QToolButton):
    """A triangle, or two bars while it plays, in the colour of the text."""

    def __init__(self, name: str, play: str, pause: str) -> None:
        """name: its objectName. play, pause: what it does, for its tooltip."""
        super().__init__()
        self._tips = play, pause
        self.setObjectName(name)
        self.setFixedSize(QSize(34, 30))
        self.set_playing(False)

    def set_playing(self, on: bool) -> None:
        self.playing = on
        self.setAccessibleName("Pause" if on else "Play")
        self.setToolTip(self._tips[on])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().buttonText())
        x, y = self.width() / 2, self.height() / 2
        if self.playing:
            painter.drawRect(QRectF(x - 5, y - 6, 3.5, 12))
            painter.drawRect(QRectF(x + 1.5, y - 6, 3.5, 12))
        else:
            painter.drawPolygon(QPolygonF([QPointF(x - 4, y - 6.5), QPointF(x - 4, y + 6.5), QPointF(x + 6.5, y)]))


class TimeBar(QFrame):
    """Hidden if there are fewer than two snapshots. It rests at snapshots; while playing it moves between them."""

    moved = Signal(float)  # the new epoch
    left = Signal()  # the person wants the final model
    grid_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeBar")
        self._epochs: tuple[int, ...] = ()
        self._val_loss: Mapping[int, float] = {}
        self.epoch = 0.0
        self.ready = False  # whether the snapshots have been read; until then playing waits
        self._before = 0.0  # time of the last move while playing, in seconds
        self.play = PlayButton("playButton", "Play the training  (Space)", "Pause at the nearest snapshot  (Space)")
        self.play.clicked.connect(self.toggle)
        self._scale = LabelledSlider()
        self.slider = self._scale.slider
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self.pause)
        self.slider.sliderReleased.connect(self._snap)
        self.slider.stepped.connect(self.step)
        self.text = QLabel()
        self.text.setObjectName("timeText")
        self.text.setAccessibleName("Epoch shown, and its validation loss")
        self.text.setToolTip("Reconstruction loss + beta KL on the validation images, nats per image")
        self.speed = QComboBox()
        self.speed.setObjectName("speedCombo")
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("How fast the training is played")
        for name, factor in SPEEDS:
            self.speed.addItem(name, factor)
        self.speed.setCurrentIndex(1)
        self.grid = QCheckBox("Grid")
        self.grid.setObjectName("replayGridCheck")
        self.grid.setChecked(True)
        self.grid.setToolTip("Show over the map the latent plane decoded with the model of this epoch")
        self.grid.toggled.connect(self.grid_toggled)
        self.final = QPushButton("Final model")
        self.final.setObjectName("finalModelButton")
        self.final.setToolTip("Show the final model of the run and the points of all images again")
        self.final.setEnabled(False)
        self.final.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.play)
        row.addWidget(self._scale, 1)
        for widget in (self.text, self.speed, self.grid, self.final):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._tick)
        self.hide()

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def offer(self, epochs: Sequence[int], val_loss: Mapping[int, float]) -> None:
        """Offer these epochs, in ascending order, and stand at the last; with fewer than two, hide the bar."""
        self.pause()
        self.ready = False
        self.final.setEnabled(False)
        self._epochs, self._val_loss = tuple(epochs), val_loss
        self.setVisible(len(epochs) > 1)
        if len(epochs) > 1:
            self.slider.blockSignals(True)
            self.slider.setRange(epochs[0], epochs[-1])
            self.slider.blockSignals(False)
            self._scale.numbers.update()
            self.text.setFixedWidth(self._text_width())
            self._stand(float(epochs[-1]))

    def keep_to(self, epochs: Sequence[int]) -> None:
        """Offer only these of the epochs, because the other snapshots could not be read."""
        if tuple(epochs) != self._epochs:
            self._epochs = tuple(epochs)
            self.slider.blockSignals(True)
            self.slider.setRange(epochs[0], epochs[-1])
            self.slider.blockSignals(False)
            self._scale.numbers.update()
            self._stand(float(self._nearest(self.epoch)))

    def toggle(self) -> None:
        """Play, from the start if it is at the end; or pause."""
        if self.playing:
            self.pause()
            self._snap()
        elif self._epochs:
            if self.epoch >= self._epochs[-1]:
                self._stand(float(self._epochs[0]))
            self._before = time.perf_counter()
            self._timer.start()
            self.play.set_playing(True)
            self.moved.emit(self.epoch)

    def pause(self) -> None:
        self._timer.stop()
        self.play.set_playing(False)

    def step(self, snapshots: int) -> None:
        """Go this number of snapshots forward; negative: back."""
        if self._epochs:
            self.pause()
            index = self._epochs.index(self._nearest(self.epoch)) + snapshots
            self._go(float(self._epochs[min(max(index, 0), len(self._epochs) - 1)]))

    def minimumSizeHint(self) -> QSize:
        """Room for all but the text, which is hidden where there is none for it."""
        least = super().minimumSizeHint()
        return QSize(least.width() - (0 if self.text.isHidden() else self._room_for_text), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.text.setVisible(self.width() >= self.minimumSizeHint().width() + self._room_for_text)

    @property
    def _room_for_text(self) -> int:
        return self.text.minimumWidth() + SPACING

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.toggle()
        else:
            super().keyPressEvent(event)

    def _tick(self) -> None:
        """Go to the epoch for the time that has passed, even if the timer is late."""
        now = time.perf_counter()
        passed, self._before = now - self._before, now
        if not self.ready:
            return
        first, last = self._epochs[0], self._epochs[-1]
        whole = min(STEP_SECONDS * (len(self._epochs) - 1), LONGEST) / self.speed.currentData()
        epoch = min(self.epoch + passed * (last - first) / whole, float(last))
        if epoch >= last:
            self.pause()
        self._go(epoch)

    def _slid(self, value: int) -> None:
        """The person moved the slider: show the nearest snapshot."""
        self.pause()
        epoch = self._nearest(value)
        if epoch != self.epoch or not self.final.isEnabled():
            self.epoch = float(epoch)
            self._show_text()
            self.moved.emit(self.epoch)
        self.slider.draw_at(self.slider.value())

    def _snap(self) -> None:
        self._go(float(self._nearest(self.epoch)))

    def _go(self, epoch: float) -> None:
        self._stand(epoch)
        self.moved.emit(epoch)

    def _stand(self, epoch: float) -> None:
        self.epoch = epoch
        self.slider.blockSignals(True)
        self.slider.setValue(int(epoch))
        self.slider.blockSignals(False)
        self.slider.draw_at(epoch)
        self._show_text()

    def _nearest(self, epoch: float) -> int:
        return min(self._epochs, key=lambda other: abs(other - epoch))

    def _show_text(self) -> None:
        text = _text_of(int(self.epoch), self._epochs[-1], self._val_loss)
        if text != self.text.text():
            self.text.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._epochs:
            self.text.setFixedWidth(self._text_width())

    def _text_width(self) -> int:
        """Width of the widest text in pixels, so that the bar keeps its layout while it plays."""
        epochs = (*self._val_loss, 0, self._epochs[-1])
        lines = [line for epoch in epochs for line in _text_of(epoch, self._epochs[-1], self._val_loss).splitlines()]
        return max(map(self.fontMetrics().horizontalAdvance, lines)) + 4


def _text_of(epoch: int, last: int, val_loss: Mapping[int, float]) -> str:
    if epoch == 0:
        return f"epoch 0 of {last}\nuntrained"
    loss = val_loss.get(epoch)
    return f"epoch {epoch} of {last}" + (f"\nvalidation {loss:.1f} nats" if loss is not None else "\n")
