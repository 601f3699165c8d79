"""Files that a person makes for a run after it was written: beside its files, and not among the hashed ones.

They are kept in the user's folder for a run that cannot be written: the shipped one, a page, or one in a folder of
somebody else.
"""

import hashlib
import os
from pathlib import Path

from platformdirs import user_data_path

from vae_explorer.errors import UserError
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage


def place_beside(run: Run, name: str, identity: bytes) -> Path:
    """Where the file of this name, such as "groups.csv", is kept for a run.

    identity: what the run must have in common with another one for which the file holds as well.
    """
    beside = run.folder / name
    in_folder = not isinstance(run.storage, InPage) and run.folder != find_run(BUILTIN)
    if in_folder and (beside.exists() or os.access(run.folder, os.W_OK)):
        return beside
    digest = hashlib.sha256(identity).hexdigest()[:32]
    stem, suffix = Path(name).stem, Path(name).suffix
    return user_data_path("vae-explorer", appauthor=False) / stem / f"{digest}{suffix}"


def with_folder(path: Path) -> Path:
    """The path, whose folder is made if there is none. Raises UserError if it cannot be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path.parent} cannot be made: {error.strerror}.") from error
    return path
