"""The names of a run's files, and the folders of runs."""

from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from vae_explorer.assets import asset
from vae_explorer.files import as_path

BUILTIN = "builtin"  # the name of the shipped run
FILES = (
    "model/encoder.keras",
    "model/decoder.keras",
    "model/encoder.tflite",
    "model/decoder.tflite",
    "model/decoder.npz",
    "history.csv",
    "codes.npz",
    "sample.npz",
)
# A run may lack these files, since LiteRT or `model/lowering.py` cannot convert every model.
CONVERTED = ("model/encoder.tflite", "model/decoder.tflite", "model/decoder.npz")
# The files of a network that was imported from ONNX, instead of the other files of that network.
ONNX_FILES = ("model/encoder.onnx", "model/decoder.onnx")
ERRORS = "errors.npz"  # measured after the run was written, and no part of it
GROUPS = "groups.csv"  # made by a person after the run was written, and no part of it
BOOKMARKS = "bookmarks.csv"  # made by a person after the run was written, and no part of it
# Groups of other images, and bookmarks in another latent space, of a run that was replaced; * is a date and a time.
EARLIER = "groups-*.csv", "bookmarks-*.csv"
NOTE = "note.txt"  # written by a person after the run was written, and no part of it
LOCK = ".lock"
TENSORBOARD = "tensorboard"  # sub-folder of the log for TensorBoard


def runs_folder() -> Path:
    """The default folder for runs."""
    return user_data_path("vae-explorer", appauthor=False) / "runs"


def new_run_folder(name: str) -> Path:
    """A path in the default folder that does not exist yet: DATE-NAME, with a number if that exists."""
    stem = f"{datetime.now():%Y-%m-%d}-{name}"
    folder, number = runs_folder() / stem, 2
    while folder.exists():
        folder, number = runs_folder() / f"{stem}-{number}", number + 1
    return folder


def free_folder(folder: Path) -> Path:
    """The folder, or the first one with a number after its name in which there is nothing yet."""
    free, number = folder, 2
    while _holds_something(free):
        free, number = folder.with_name(f"{folder.name}-{number}"), number + 1
    return free


def _holds_something(folder: Path) -> bool:
    try:
        return folder.is_file() or (folder.is_dir() and any(folder.iterdir()))
    except OSError:  # it cannot be read, which a training will explain
        return False


def find_run(word: str) -> Path:
    """The folder of a run that the user named: "builtin", or a path."""
    return asset("mnist-deep") if word == BUILTIN else as_path(word)


def set_aside(folder: Path) -> Path:
    """The path to which a run is renamed while the training that will replace it goes on."""
    return folder.with_name(f".{folder.name}.previous")


def is_run(folder: Path) -> bool:
    """Whether the folder has a run.toml. `open_run` checks whether the run is complete and undamaged."""
    return (folder / "run.toml").is_file()
