"""The states of the maps of the runs that were open last, in a JSON file in the user's folder of states."""

import json
import logging
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most, replacing
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run

MOST = 50  # runs
LARGEST = 20_000_000  # bytes of the file

log = logging.getLogger(__name__)


def kept_state(run: Run) -> Any:
    """What is kept for the run, as JSON has it; None: nothing is, or for another run that was in its place."""
    found = _read().get(_key(run.folder))
    return found.get("state") if isinstance(found, dict) and found.get("run") == _identity(run) else None


def keep_state(run: Run, state: dict[str, Any]) -> None:
    """Keep a state for the run in its folder or page. What cannot be written is not kept."""
    states = _read()
    states.pop(_key(run.folder), None)
    states[_key(run.folder)] = {"run": _identity(run), "state": state}
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


def _identity(run: Run) -> str:
    """What tells the run from one that was trained in the same place; its name may change."""
    return f"{run.info.created} {run.info.dataset.fingerprint}"


def _path() -> Path:
    return user_state_path("vae-explorer", appauthor=False) / "maps.json"
