"""What the program remembers between launches: window, appearance, recent runs, last training settings."""

from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_log_path
from PySide6.QtCore import QSettings

RECENT_RUNS = 10


def open_settings() -> QSettings:
    """A plain .ini file in the user's configuration folder."""
    return QSettings(
        str(user_config_path("vae-explorer", appauthor=False) / "settings.ini"), QSettings.Format.IniFormat
    )


def log_path() -> Path:
    """The file that Help > Open log shows."""
    return user_log_path("vae-explorer", appauthor=False) / "vae-explorer.log"


def recent_runs(settings: QSettings) -> list[Path]:
    """Folders opened or trained last, newest first; those that are gone are left out."""
    stored: Any = settings.value("recentRuns", [])
    names = [stored] if isinstance(stored, str) else list(stored or [])
    return [Path(name) for name in names if Path(name).is_dir()]


def remember_run(settings: QSettings, folder: Path) -> None:
    """Put a run first among the recent ones."""
    others = [str(path) for path in recent_runs(settings) if path != folder]
    settings.setValue("recentRuns", [str(folder), *others][:RECENT_RUNS])
