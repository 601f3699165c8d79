"""What a training can take from a run: its settings, and its weights to train them further."""

from vae_explorer.gui.training.settings import TrainingSettings
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.info import RunInfo
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage

USE = "Use this run's settings"  # in the menu and on the button
FURTHER = "More epochs for the run that is shown: from its weights, with its schedule restarted"


def why_not_further(run: Run) -> str:
    """Why a run cannot be trained further; empty if it can."""
    if not isinstance(run.info.origin, TrainingConfig):
        return "This model was imported, so it cannot be trained further."
    if isinstance(run.storage, InPage):
        return "A page does not contain everything that further training needs: open the run's folder."
    return ""


def take_settings(form: TrainingSettings, info: RunInfo) -> tuple[bool, str]:
    """Fill the form with what a run was trained with. Returns whether that was possible, and a sentence on it."""
    if not isinstance(info.origin, TrainingConfig):
        return False, "This model was imported, so it has no training settings to use."
    form.take(info.origin, info.dataset)
    said = f"The settings are those of {info.name}"
    if len(info.segments) > 1:
        said += f" (the last of its {len(info.segments)} segments, with the epochs of all of them)"
    if form.source != info.dataset.source:
        said += ". Its images were not found, so the data set was not changed"
    return True, f"{said}."
