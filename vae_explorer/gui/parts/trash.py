"""Moving a folder or file to the system's trash, and taking it back."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFile

from vae_explorer.errors import UserError
from vae_explorer.files import exists


@dataclass(frozen=True, slots=True)
class Trashed:
    """What was moved to the trash."""

    path: Path  # where it was
    kept: Path | None  # where it is in the trash; None: the system does not say


def move_to_trash(path: Path) -> Trashed | None:
    """Move a folder or file to the trash; None: the system has no trash for it, and it is where it was."""
    file = QFile(str(path))
    if not file.moveToTrash():
        return None
    kept = Path(file.fileName())
    return Trashed(path, kept if kept != path and kept.exists() else None)


def take_back(trashed: Trashed) -> None:
    """Move what was trashed back to where it was. Raises UserError if that is not possible any more."""
    if trashed.kept is None or not exists(trashed.kept):
        raise UserError(f"{trashed.path.name} is not found in the trash: look for it there with the file manager.")
    if exists(trashed.path):
        raise UserError(f"{trashed.path} exists again: rename it, and take the other one back from the trash.")
    try:
        shutil.move(trashed.kept, trashed.path)
    except OSError as error:
        raise UserError(f"{trashed.path} cannot be taken back from the trash: {error.strerror or error}.") from error
    # On Linux a file beside the folder `files` of the trash says where each came from.
    with suppress(OSError):
        (trashed.kept.parent.with_name("info") / f"{trashed.kept.name}.trashinfo").unlink(missing_ok=True)
