"""Data sets of Keras by name. Keras downloads them once and keeps them in its own folder."""

import contextlib
import io
import os
from pathlib import Path

import numpy as np

from vae_explorer.data.classes import columns_of
from vae_explorer.data.columns import Columns, joined, no_columns
from vae_explorer.data.idx import FASHION, find_idx_folder
from vae_explorer.data.stacked import Stack, StackedImages, check_stacks
from vae_explorer.data.stored_array import held_array
from vae_explorer.errors import UserError
from vae_explorer.reading_apart import one_line

# The file that Keras looks for in its folder before it downloads, and the licence or the author.
FILES = {
    "fashion_mnist": (
        "fashion-mnist/train-images-idx3-ubyte.gz, and the other three files of the set beside it",
        "Fashion-MNIST, MIT",
    ),
    "cifar10": ("cifar-10-python.tar.gz, as cifar-10-batches-py-target_archive", "CIFAR-10: Alex Krizhevsky"),
    "cifar100": ("cifar-100-python.tar.gz, as cifar-100-python-target_archive", "CIFAR-100: Alex Krizhevsky"),
}
CLASSES = {
    "fashion_mnist": FASHION,
    "cifar10": (
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ),
}  # fmt: skip


def keras_folder() -> Path:
    """The folder in which Keras keeps data sets."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser() / "datasets"


def find_keras(name: str) -> StackedImages:
    """The data set with this name, a key of FILES. Keras, with TensorFlow, downloads it if it is not on this machine.

    Raises UserError if the download fails; the sentence says which file to put where.
    """
    file, licence = FILES[name]
    fashion = keras_folder() / "fashion-mnist"
    if name == "fashion_mnist" and _is_whole(fashion):  # its files can be read without TensorFlow
        found = find_idx_folder(fashion, None)
        return StackedImages(name, name, "Keras's data set", found.stacks, found.columns, found.stamp, licence)
    from vae_explorer.tensorflow_import import import_keras

    keras = import_keras()
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # Keras prints a progress bar
            (x_train, y_train), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:
        why = "there is no network" if "URL fetch failure" in str(error) else one_line(error, 200)
        raise UserError(
            f"{name} is not on this machine and could not be downloaded: {why}. Connect to the Internet, or put the "
            f"file {file}, into {keras_folder()}."
        ) from error
    stacks = check_stacks([Stack(held_array("train", x_train)), Stack(held_array("test", x_test), held_out=True)])
    counts = [len(x_train), len(x_test)]
    columns = joined([columns_of(y, "label") for y in (y_train, y_test)], counts)
    names = CLASSES.get(name)
    if names is not None and columns.class_names == tuple(map(str, range(len(names)))) and columns.labels is not None:
        columns = Columns(columns.labels, names, no_columns(sum(counts)).values)
    stamp = tuple((int(np.sum(x, dtype=np.int64)), x.shape) for x in (x_train, x_test))
    return StackedImages(name, name, "Keras's data set", stacks, columns, stamp, licence)


def is_kept(name: str) -> bool:
    """Whether the data set with this name, a key of FILES, is in Keras's folder already."""
    if name == "fashion_mnist":
        return _is_whole(keras_folder() / "fashion-mnist")
    number = name.removeprefix("cifar")
    return any(keras_folder().glob(f"cifar-{number}-*"))


def _is_whole(folder: Path) -> bool:
    files = [f"{split}-{what}-ubyte.gz" for split in ("train", "t10k") for what in ("images-idx3", "labels-idx1")]
    return all((folder / file).is_file() for file in files)
