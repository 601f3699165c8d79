"""What the program remembers between launches: window, appearance, recent runs, last training settings."""

from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_log_path
from PySide6.QtCore import QSettings

from vae_explorer.run.page import is_page
from vae_explorer.run.places import BUILTIN, find_run, is_run

RECENT_RUNS = 10
LOG_HAS_MORE = "Help > Open log has more"  # at the end of an error of which the log tells more


def open_settings() -> QSettings:
    """A plain .ini file in the user's configuration folder."""
    return QSettings(
        str(user_config_path("vae-explorer", appauthor=False) / "settings.ini"), QSettings.Format.IniFormat
    )


def run_to_open(word: str | None, settings: QSettings) -> tuple[Path, Path | None]:
    """The first run to show (the named, last opened or built-in one), and the run to open if that fails."""
    builtin = find_run(BUILTIN)
    if word is not None:
        return find_run(word).absolute(), builtin
    last = settings.value("lastRun")
    if last and (is_run(Path(str(last))) or is_page(Path(str(last)))):
        return Path(str(last)), builtin
    return builtin, None


def last_folder() -> str:
    """The folder in which the person last saved a file; "" if there is none, or no more."""
    folder = str(open_settings().value("saving/folder", ""))
    return folder if folder and Path(folder).is_dir() else ""


def remember_folder(folder: Path) -> None:
    """Remember where a file was saved."""
    open_settings().setValue("saving/folder", str(folder.absolute()))


def log_path() -> Path:
    """The file that Help > Open log shows."""
    return user_log_path("vae-explorer", appauthor=False) / "vae-explorer.log"


def recent_runs(settings: QSettings) -> list[Path]:
    """Runs and pages opened or trained last, newest first, without those that no longer exist."""
    stored: Any = settings.value("recentRuns", [])
    names = [stored] if isinstance(stored, str) else list(stored or [])
    return [Path(name) for name in names if Path(name).is_dir() or is_page(Path(name))]


def training_folders(settings: QSettings) -> list[Path]:
    """Folders in which trainings were started, newest first."""
    stored: Any = settings.value("training/folders", [])
    return [Path(name) for name in ([stored] if isinstance(stored, str) else list(stored or []))]


def remember_training(settings: QSettings, folder: Path) -> None:
    """Remember a folder to search for interrupted trainings."""
    others = [path for path in training_folders(settings) if path != folder]
    settings.setValue("training/folders", [str(path) for path in [folder, *others]][:RECENT_RUNS])
    settings.sync()


def remember_run(settings: QSettings, folder: Path) -> None:
    """Put a run first in the list of recent runs."""
    others = [str(path) for path in recent_runs(settings) if path != folder]
    settings.setValue("recentRuns", [str(folder), *others][:RECENT_RUNS])
