"""Files that a person makes for a run that cannot be written: the shipped one, a page, or one of somebody else."""

import hashlib
from pathlib import Path

from platformdirs import user_data_path

from vae_explorer.errors import UserError


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
