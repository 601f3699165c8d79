"""Where the files lie that a person makes for a run: beside its own files, of which they are none.

They lie in the user's folder for a run that cannot be written: the shipped one, a page, or one of somebody else.
"""

import hashlib
import os
import shutil
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from vae_explorer.errors import UserError
from vae_explorer.run.places import BUILTIN, find_run, set_aside
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage


def place_beside(run: Run, name: str, is_its: Callable[[dict[str, Any]], bool]) -> Path | None:
    """Where the file of this name lies beside the files of the run; None: nothing can be written there.

    is_its: whether the content of a run.toml is of this run, since another one may have taken its folder.
    """
    if isinstance(run.storage, InPage) or run.folder == find_run(BUILTIN):
        return None
    for folder in (run.folder, set_aside(run.folder)):  # set aside while a training is about to replace it
        content = _content(folder)
        if content is not None and is_its(content) and ((folder / name).exists() or os.access(folder, os.W_OK)):
            return folder / name
    return None


def take_over(folder: Path, name: str, still_holds: Callable[[dict[str, Any]], bool]) -> Path | None:
    """Copy the file of this name of the run that was set aside into the folder of the run that replaces it.

    still_holds: whether the file of a run with this run.toml is right for the new run, too. If not, it is kept in a
    file that no run reads, NAME-DATE, as those that were kept so before; its path is returned.
    """
    earlier, (stem, ending) = set_aside(folder), name.split(".")
    for path in earlier.glob(f"{stem}-*.{ending}"):
        shutil.copy2(path, folder / path.name)
    if not (earlier / name).exists():
        return None
    content = _content(earlier)
    if content is not None and still_holds(content):
        shutil.copy2(earlier / name, folder / name)
        return None
    kept = folder / f"{stem}-{datetime.now():%Y%m%d-%H%M%S}.{ending}"
    shutil.copy2(earlier / name, kept)
    return kept


def users_place(name: str, *identity: bytes) -> Path:
    """Where in the user's folder the file of this name, such as "groups.csv", is kept for a run.

    identity: what the run must have in common with another one for which the file holds as well.
    """
    digest = hashlib.sha256(b"".join(identity)).hexdigest()[:32]
    return user_data_path("vae-explorer", appauthor=False) / Path(name).stem / f"{digest}{Path(name).suffix}"


def with_folder(path: Path) -> Path:
    """The path, whose folder is made if there is none. Raises UserError if it cannot be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path.parent} cannot be made: {error.strerror}.") from error
    return path


def fingerprint_in(content: dict[str, Any]) -> str | None:
    """That of the images of a run, from the content of its run.toml; None: it is damaged."""
    dataset = content.get("dataset")
    return str(dataset.get("fingerprint")) if isinstance(dataset, dict) else None


def _content(folder: Path) -> dict[str, Any] | None:
    """The content of run.toml; None: there is no run that can be read."""
    try:
        return tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
