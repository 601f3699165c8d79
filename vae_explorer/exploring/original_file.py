"""The file that an image of the data set was read from."""

from pathlib import Path

from vae_explorer.data.image_file import SUFFIXES
from vae_explorer.data.names import printable
from vae_explorer.errors import UserError
from vae_explorer.exploring.subject import Subject


def original_file(subject: Subject, row: int) -> Path:
    """The path of the file of the image in a row.

    The names come from the run, perhaps somebody else's: only an image file inside the folder that the images were read
    from is found. Raises UserError with the reason if there is none.
    """
    names = subject.columns.names
    if names is None:
        raise UserError("These images were not read from files of their own, so there is no original file to open.")
    if not subject.images_source:
        raise UserError("The folder of the images was not found: locate the data to open the original files.")
    source = Path(subject.images_source)
    folder = source if source.is_dir() else source.parent
    name = names[row]
    path = folder / name
    if not path.is_file() and path.name.rpartition("#")[2].isdecimal():  # a page of a TIFF file
        path = folder / name.rpartition("#")[0]
    try:
        found = path.is_relative_to(folder) and ".." not in path.relative_to(folder).parts and path.is_file()
    except (OSError, ValueError):  # such as a name with a null character
        found = False
    if not found:
        raise UserError(f"{printable(name)} is not in {folder} any more.")
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"{printable(name)} has no ending of an image, so the system would not know how to show it.")
    return path
