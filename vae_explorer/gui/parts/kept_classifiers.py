"""Which classifier was opened with which run, in the program's settings."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from PySide6.QtCore import QSettings

from vae_explorer.run.imported import InputRange

MOST = 100  # runs
KEY = "classifiers"


@dataclass(frozen=True, slots=True)
class KeptClassifier:
    """The file of a classifier, and how it was read."""

    path: Path
    sha256: str  # of its content
    input_range: InputRange | None  # that the person chose; None: it is found out


def kept_classifier(settings: QSettings, run: Path) -> KeptClassifier | None:
    """The classifier that was opened last with the run in this folder, None: none is known."""
    try:
        path, digest, wanted = _all(settings)[str(run)]
        input_range: InputRange | None = next((each for each in get_args(InputRange) if each == wanted), None)
        return KeptClassifier(Path(path), str(digest), input_range)
    except (KeyError, TypeError, ValueError):
        return None


def keep_classifier(settings: QSettings, run: Path, classifier: KeptClassifier | None) -> None:
    """Keep the classifier of the run in this folder; None: forget it."""
    others = {folder: kept for folder, kept in _all(settings).items() if folder != str(run)}
    if classifier is not None:
        others[str(run)] = [str(classifier.path), classifier.sha256, classifier.input_range]
    settings.setValue(KEY, json.dumps(dict(list(others.items())[-MOST:])))


def _all(settings: QSettings) -> dict[str, Any]:
    """By the folder of a run, path, hash and range, those kept last at the end; empty if the settings are damaged."""
    try:
        found = json.loads(str(settings.value(KEY, "{}")))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
