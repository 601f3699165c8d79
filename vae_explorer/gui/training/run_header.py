"""The lines above the losses: which run they are of, and the settings that it was trained with."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.training.taking import USE
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.info import RunInfo

USE_TIP = "Copy these settings into the form at the left, to train with them again or with some of them changed"
IMPORTED = "This model was imported, so the settings of its training are not known."


class RunHeader(QWidget):
    """Names what is shown. `wanted` asks for its settings to be copied into the form."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runHeader")
        self.name = ElidedLabel()
        self.name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self.settings = QLabel()
        self.settings.setObjectName("shownSettings")
        self.settings.setProperty("muted", True)
        self.settings.setTextFormat(Qt.TextFormat.PlainText)
        self.settings.setWordWrap(True)
        self.settings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.use = QPushButton(USE)
        self.use.setObjectName("useSettingsButton")
        self.use.clicked.connect(self.wanted)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(self.name)
        lines.addWidget(self.settings)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(lines, 1)
        row.addWidget(self.use, 0, Qt.AlignmentFlag.AlignTop)

    def show_run(self, info: RunInfo) -> None:
        """Name the open run."""
        config = info.origin if isinstance(info.origin, TrainingConfig) else None
        self._show(info.name, settings_text(config, info.dataset.name) if config else IMPORTED)
        self.use.setEnabled(config is not None)
        self.use.setToolTip(USE_TIP if config else IMPORTED)

    def show_training(self, name: str, config: TrainingConfig, images: str) -> None:
        """Name the training that runs. images: the name of its data set; "": not known yet."""
        self._show(f"In training: {name}", settings_text(config, images))
        self.use.setEnabled(False)
        self.use.setToolTip("The form has these settings until the training has ended")

    def _show(self, name: str, settings: str) -> None:
        self.name.setText(name)
        self.settings.setText(settings)


def settings_text(config: TrainingConfig, images: str) -> str:
    """The settings of a training in a line: what is usual for it, and of the rest what is not."""
    words = [images] if images else []
    words += [
        config.preset, f"{config.latent_dim} latent dimensions" if config.latent_dim > 1 else "1 latent dimension",
        f"beta {config.beta:.4g}", f"{config.epochs:,} epochs", f"batches of {config.batch_size:,}",
        f"learning rate {config.learning_rate:.4g}{' falling to 0' if config.schedule == 'cosine' else ''}",
        f"seed {config.seed}",
    ]  # fmt: skip
    if config.limit is not None:
        words.append(f"at most {config.limit:,} images")
    if config.pixels != "grey":
        words.append(f"{config.pixels} pixels")
    if config.likelihood.startswith("gaussian"):
        words.append(f"Gaussian pixels{'' if config.sigma is None else f', sigma {config.sigma:.3g}'}")
    if config.kl_warmup:
        words.append(f"KL warm-up {config.kl_warmup:,} epochs")
    if config.patience is not None:
        words.append(f"patience {config.patience:,} epochs")
    if config.restore_best:
        words.append("best epoch restored")
    return ", ".join(words)
