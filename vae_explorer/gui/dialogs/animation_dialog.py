"""File > Export animation: asks for the length, frame rate and width of the film."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.exporting.animation import FASTEST, LONGEST, NARROWEST, SHORTEST, WIDEST, FilmOptions, usual_seconds
from vae_explorer.exporting.origin import file_name
from vae_explorer.gui.parts.number_spin import NumberSpin
from vae_explorer.gui.parts.save_dialog import ask_where
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_epochs


class AnimationDialog(QDialog):
    """Asks for the options of a run's film and where to save it: `chosen` brings the path and the FilmOptions."""

    chosen = Signal(object, object)

    def __init__(self, run: Run, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("animationDialog")
        self.setWindowTitle("Export animation")
        self._name = file_name(run.info.name, "training", ".mp4")
        usual = FilmOptions()
        text = QLabel(
            "The training as a film: the map of the held-out sample and, beside it, the decoded grid, epoch by epoch."
        )
        text.setWordWrap(True)
        self.seconds = NumberSpin()
        self.seconds.setObjectName("filmSecondsSpin")
        self.seconds.setRange(SHORTEST, LONGEST)
        self.seconds.setDecimals(1)
        self.seconds.setSuffix(" s")
        self.seconds.setValue(usual_seconds(len(snapshot_epochs(run.folder))))
        self.seconds.setToolTip("Length of the film; its last part shows the end of the training, without motion")
        self.fps = QSpinBox()
        self.fps.setObjectName("filmFpsSpin")
        self.fps.setRange(1, FASTEST)
        self.fps.setValue(usual.fps)
        self.fps.setSuffix(" frames/s")
        self.fps.setToolTip("More frames move more smoothly and take longer to write; a GIF has at most 50 frames/s")
        self.width_ = QSpinBox()
        self.width_.setObjectName("filmWidthSpin")
        self.width_.setRange(NARROWEST, WIDEST)
        self.width_.setSingleStep(160)
        self.width_.setValue(usual.size)
        self.width_.setSuffix(" pixels")
        self.width_.setToolTip("Width of the film; its height is a little more than half of that")
        self.note = QLabel()
        self.note.setProperty("muted", True)
        form = QFormLayout()
        for label, spin in (("&Length", self.seconds), ("&Frame rate", self.fps), ("&Width", self.width_)):
            spin.setAccessibleName(label.replace("&", ""))
            spin.valueChanged.connect(self._show_frames)
            form.addRow(label, spin)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Save).setText("Save as MP4 or GIF…")
        buttons.accepted.connect(self._ask)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)
        self._show_frames()

    def options(self) -> FilmOptions:
        return FilmOptions(self.fps.value(), self.seconds.value(), self.width_.value())

    def _show_frames(self) -> None:
        frames = max(2, round(self.seconds.value() * self.fps.value()))
        self.note.setText(f"{frames:,} frames. An MP4 file is smaller than a GIF.")

    def _ask(self) -> None:
        path = ask_where(self, "Export an animation", self._name, "MP4 films (*.mp4);;GIF pictures (*.gif)")
        if path is not None:
            self.chosen.emit(path, self.options())
            self.accept()
