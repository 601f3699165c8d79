"""The buttons that begin, pause and end a training."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vae_explorer.gui.training.taking import FURTHER

STOP = "End now and keep what is learned: the present weights become the model"
SKIP_TEXT = "Skip evaluation"
SKIP = "Save the run without its held-out figures, which View > Quality then does not show"


class TrainingButtons(QWidget):
    """Two rows: what begins a training, and what pauses or ends the one that runs."""

    def __init__(self) -> None:
        super().__init__()
        self.start = _button("Start", "startButton", "Train with these settings")
        self.further = _button("Train further…", "furtherButton", FURTHER)
        self.pause = _button("Pause", "pauseButton", "Wait, and continue later from the same step")
        self.stop = _button("Stop", "stopButton", STOP)
        self.discard = _button("Discard…", "discardButton", "End now and keep nothing")
        begins, ends = QHBoxLayout(), QHBoxLayout()
        begins.addWidget(self.start, 1)
        begins.addWidget(self.further)
        for button in (self.pause, self.stop, self.discard):
            ends.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(begins)
        rows.addLayout(ends)

    def set_running(self, running: bool) -> None:
        """Enable what can be pressed while a training runs, or while none does. `further` depends on the run, too."""
        self.start.setEnabled(not running)
        for button in (self.pause, self.stop, self.discard):
            button.setEnabled(running)
        self.pause.setText("Pause")
        self.stop.setText("Stop")
        self.stop.setToolTip(STOP)

    @property
    def skips(self) -> bool:
        """Whether the button Stop skips the evaluation, since the training itself is over."""
        return self.stop.text() == SKIP_TEXT

    def offer_to_skip(self) -> None:
        """Let the button Stop skip the evaluation."""
        self.stop.setText(SKIP_TEXT)
        self.stop.setToolTip(SKIP)


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    return button
