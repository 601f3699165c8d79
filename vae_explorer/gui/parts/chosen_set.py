"""A data set as a person chose it: its source and how it is read; remembered between launches."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from PySide6.QtCore import QSettings

from vae_explorer.data.dataset import BUILTIN, KERAS_NAMES
from vae_explorer.data.options import AS_FOUND, ImageOptions, parse_options
from vae_explorer.errors import UserError
from vae_explorer.files import as_path, exists

RECENT = 10


@dataclass(frozen=True, slots=True)
class ChosenSet:
    source: str  # argument of `data_reading.load_dataset`
    options: ImageOptions = AS_FOUND
    name: str = ""  # shown as plain text

    @property
    def title(self) -> str:
        if self.source == BUILTIN:
            return "MNIST (built in)"
        return self.name or as_path(self.source).name or self.source

    @property
    def available(self) -> bool:
        """Whether its source still exists; the source is not read."""
        try:
            return self.source in (BUILTIN, *KERAS_NAMES) or exists(as_path(self.source))
        except UserError:
            return False


MNIST = ChosenSet(BUILTIN)


def to_text(chosen: ChosenSet) -> str:
    """The set as one line of text, for the settings."""
    options = {key: value for key, value in asdict(chosen.options).items() if value is not None}
    return json.dumps({"source": chosen.source, "name": chosen.name, "options": options})


def from_text(text: object) -> ChosenSet | None:
    """The set that `to_text` wrote; None if the text is not valid."""
    try:
        content: dict[str, Any] = json.loads(str(text))
        return ChosenSet(str(content["source"]), parse_options(content["options"]), str(content["name"]))
    except (UserError, ValueError, KeyError, TypeError, AttributeError):
        return None


def recent_sets(settings: QSettings) -> list[ChosenSet]:
    """The sets opened last, newest first, without those that no longer exist."""
    stored: Any = settings.value("recentSets", [])
    texts = [stored] if isinstance(stored, str) else list(stored or [])
    return [chosen for chosen in map(from_text, texts) if chosen is not None and chosen.available]


def remember_set(settings: QSettings, chosen: ChosenSet) -> None:
    """Put a set first in the list of recent sets."""
    others = [other for other in recent_sets(settings) if other.source != chosen.source]
    settings.setValue("recentSets", [to_text(each) for each in [chosen, *others][:RECENT]])
