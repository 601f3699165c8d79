"""The states of the maps of the runs that were open last, in a JSON file in the user's folder of states."""

import json
import logging
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most, replacing
from vae_explorer.run.places import BUILTIN, find_run

MOST = 50  # runs
LARGEST = 20_000_000  # bytes of the file

log = logging.getLogger(__name__)


def kept_state(folder: Path) -> Any:
    """What is kept for the run of this folder or page, as JSON has it; None: nothing is."""
    return _read().get(_key(folder))


def keep_state(folder: Path, state: dict[str, Any]) -> None:
    """Keep a state for the run of this folder or page. What cannot be written is not kept."""
    states = _read()
    states.pop(_key(folder), None)
    states[_key(folder)] = state
    newest = dict(list(states.items())[-MOST:])
    try:
        _path().parent.mkdir(parents=True, exist_ok=True)
        with replacing(_path()) as temporary:
            temporary.write_text(json.dumps(newest, allow_nan=False), encoding="utf-8")
    except (OSError, UserError, ValueError) as error:
        log.warning("the state of the map was not kept: %s", error)


def _read() -> dict[str, Any]:
    """All states, the newest last. A file that is missing or damaged holds none."""
    try:
        content = json.loads(read_at_most(_path(), LARGEST, "states of maps"))
    except (UserError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _key(folder: Path) -> str:
    return BUILTIN if folder == find_run(BUILTIN) else str(folder.absolute())


def _path() -> Path:
    return user_state_path("vae-explorer", appauthor=False) / "maps.json"
