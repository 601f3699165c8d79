"""What the files of a run are called, and where runs lie."""

from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from vae_explorer.assets import asset
from vae_explorer.files import as_path

BUILTIN = "builtin"  # the word for the shipped run
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
# Left out of a run where LiteRT, or our own lowering, could not convert the model.
CONVERTED = ("model/encoder.tflite", "model/decoder.tflite", "model/decoder.npz")
# Instead of the others of the network, where it was imported from ONNX.
ONNX_FILES = ("model/encoder.onnx", "model/decoder.onnx")
LOCK = ".lock"
TENSORBOARD = "tensorboard"  # the folder of the log that TensorBoard reads


def runs_folder() -> Path:
    """Where runs go and are looked for, unless told otherwise."""
    return user_data_path("vae-explorer", appauthor=False) / "runs"


def new_run_folder(name: str) -> Path:
    """A folder in the user's runs that does not exist yet: DATE-NAME, numbered where that is taken."""
    stem = f"{datetime.now():%Y-%m-%d}-{name}"
    folder, number = runs_folder() / stem, 2
    while folder.exists():
        folder, number = runs_folder() / f"{stem}-{number}", number + 1
    return folder


def find_run(word: str) -> Path:
    """The folder that a person means: "builtin", or a path."""
    return asset("mnist-dense") if word == BUILTIN else as_path(word)


def set_aside(folder: Path) -> Path:
    """Where a run waits while a training that is to replace it goes on."""
    return folder.with_name(f".{folder.name}.previous")


def is_run(folder: Path) -> bool:
    """Whether the folder has what marks a run; `open_run` tells whether it is a good one."""
    return (folder / "run.toml").is_file()
