"""The functions for notebooks and scripts, which `import vae_explorer as vx` offers.

Folders and files are given as a Path or a string. Errors raise UserError, with one sentence on what to change.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_explorer.array_types import Floats
from vae_explorer.data.dataset import Dataset
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import Paper, write_picture
from vae_explorer.exporting.grid import GridOptions, draw_grid
from vae_explorer.exporting.origin import run_origin
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.latent.plane import Plane, PlaneChoice, Spacing, chosen_plane
from vae_explorer.model.decoder import as_pixels, run_decoder
from vae_explorer.run.decoder_class import chosen_class, class_list
from vae_explorer.run.opening import describe
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run, new_run_folder
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.training.events import Event

__all__ = [
    "Dataset",
    "Run",
    "UserError",
    "decode",
    "describe",
    "encode",
    "export_grid",
    "export_map",
    "export_page",
    "open_run",
    "read_images",
    "resume",
    "train",
    "train_further",
]

AnyPath = str | Path
OnEvent = Callable[["Event"], None]


def open_run(run: AnyPath) -> Run:
    """Open a run, and check that its files are whole.

    run: its folder, a page that was exported from it, or the word "builtin", which is the run that ships with the
    program. Its latent codes are `run.codes` (`z_mean`, `z_log_var`, `label`, ...), its held-out images
    `run.sample.images`.
    """
    return open_run_or_page(find_run(str(run)))


def decode(run: Run, z: ArrayLike, label: str | int | None = None) -> Floats:
    """The images that the decoder makes from latent codes.

    z: (..., latent_dim). label: the class that a conditional decoder decodes, by its name or its number from 0. Returns
    (..., height, width, channels) float32 in [0, 1].
    """
    codes, latent_dim = np.asarray(z, np.float32), run.info.latent_dim
    if codes.ndim == 0 or codes.shape[-1] != latent_dim:
        raise UserError(f"The codes have the shape {codes.shape}: the last axis has to be {latent_dim} long.")
    if not codes.size:
        return np.zeros((*codes.shape[:-1], *run.info.dataset.image_shape), np.float32)
    images = run_decoder(run, _label(run, label))(codes.reshape(-1, latent_dim))
    return images.reshape(*codes.shape[:-1], *images.shape[1:])


def encode(run: Run, images: NDArray[Any]) -> tuple[Floats, Floats]:
    """The posteriors q(z|x) of images: the mean and the log-variance of each. Loads TensorFlow, which takes seconds.

    images: (N, height, width, channels), uint8, or float in [0, 1], which is rounded to 256 levels. Returns `z_mean`
    and `z_log_var`, (N, latent_dim) float32 each. A page holds no encoder.
    """
    from vae_explorer.model.run_vae import load_vae
    from vae_explorer.training.finishing import encoded

    images, shape = np.asarray(images), run.info.dataset.image_shape
    if images.ndim != 4 or images.shape[1:] != shape:
        wanted = ", ".join(map(str, shape))
        raise UserError(f"The images have the shape {images.shape}: this run encodes images of (N, {wanted}).")
    if np.issubdtype(images.dtype, np.floating):
        images = as_pixels(images)
    elif images.dtype != np.uint8:
        raise UserError(f"The images are of the type {images.dtype}: give uint8, or floats from 0 to 1.")
    nothing = np.zeros((0, run.info.latent_dim), np.float32)
    batches = [(nothing, nothing), *encoded(load_vae(run), images)]
    z_mean, z_log_var = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
    return z_mean, z_log_var


def read_images(source: AnyPath, **options: Any) -> Dataset:
    """Read images and their labels, all brought to one shape.

    source: "mnist", which ships with the program; "fashion_mnist", "cifar10" or "cifar100", which Keras downloads
    once; a folder of images; an .npz, .npy, HDF5, CSV or IDX file. options: those of `vae-explorer train`, such as
    size=(height, width), fit="pad", color="grey", invert=True, value_range=(0, 1) and labels="labels.csv". The arrays
    of the Dataset are `images`, (N, height, width, channels) uint8, and `labels`, (N,) int32 or None.
    """
    from vae_explorer.data.options import ImageOptions
    from vae_explorer.data.reading import load_dataset

    return load_dataset(str(source), ImageOptions(**options))


def train(
    images: Dataset | AnyPath,
    folder: AnyPath | None = None,
    preset: str | None = None,
    *,
    on_event: OnEvent = lambda _: None,
    overwrite: bool = False,
    devices: Literal["one", "all"] = "one",
    **settings: Any,
) -> Run:
    """Train a VAE and write it as a run. If it is interrupted, its last whole epoch stays for `resume`.

    images: a data set, or the source of one. folder: the run's folder, by default a new one among the user's runs.
    preset: one of `PRESETS` in run/config.py, by default what suits the images. settings: values that differ
    from the preset, such as epochs=5, latent_dim=8, beta=0.5, limit=10000 (images) or seed=1. on_event: called in this
    thread with each event of `vae_explorer.training.events`, such as EpochEnded, whose `record` has the losses.
    overwrite: let the new run replace one in the folder. devices: "all" uses all GPUs of this machine; the command
    `vae-explorer train` also trains on several hosts.
    """
    from vae_explorer.run.config import training_config, usual_preset
    from vae_explorer.training.devices import ONE, devices_here
    from vae_explorer.training.start import train

    dataset = images if isinstance(images, Dataset) else read_images(images)
    name = preset or usual_preset(dataset.info.image_shape)
    target = Path(folder) if folder is not None else new_run_folder(f"{dataset.info.name.lower()}-{name}")
    config, chosen = training_config(name, **settings), devices_here() if devices == "all" else ONE
    return _finished(train(config, dataset, target, on_event, overwrite=overwrite, devices=chosen))


def resume(folder: AnyPath, images: Dataset | None = None, *, on_event: OnEvent = lambda _: None) -> Run:
    """Finish a training that was interrupted, from its last whole epoch.

    images: those that it began with; by default they are read again from their source.
    """
    from vae_explorer.training.start import resume

    return _finished(resume(Path(folder), images, on_event))


def train_further(
    run: Run,
    epochs: int,
    folder: AnyPath | None = None,
    images: Dataset | None = None,
    *,
    on_event: OnEvent = lambda _: None,
    **settings: Any,
) -> Run:
    """Train a run for more epochs, its schedule restarted, and write the result as another run.

    folder: the new run's folder, by default a new one among the user's runs. images: those of the run; by default they
    are read again from their source. settings: new values for learning_rate, schedule, patience or restore_best.
    """
    from vae_explorer.training.further import further_config, further_folder
    from vae_explorer.training.start import train_further

    target = Path(folder) if folder is not None else further_folder(run)
    return _finished(train_further(run, further_config(run, epochs, **settings), target, images, on_event))


def export_page(
    run: Run, path: AnyPath, *, data: bool = True, points: int = 10_000, label: str | int | None = None
) -> str:  # fmt: skip
    """Write one HTML file for exploring the latent space in a browser, without the program or a network connection.

    data: whether latent codes, real images and class names are in it. points: the most latent codes that it draws.
    label: as in `decode`. Returns a sentence on how exact the page is.
    """
    return write_page(run, Path(path), PageOptions(data, points, label=_label(run, label)))


def export_grid(
    run: Run,
    path: AnyPath,
    *,
    size: int = 20,
    spacing: Spacing = "quantile",
    plane: PlaneChoice | None = None,
    axes: bool = False,
    width: float = 16.0,
    dpi: int = 300,
    caption: str = "",
    label: str | int | None = None,
) -> str:
    """Write the decoded grid as a picture: PNG, SVG or PDF, by the ending of the path. Returns a sentence on its size.

    size: images per side, 2 to 60. spacing: of the latent codes, "quantile" of the prior or "even". plane: two
    dimensions, counted from 1, or "pca"; by default the two that say most about the images. axes: coordinates along the
    edges. width: centimetres. label: as in `decode`.
    """
    options = GridOptions(size, spacing, plane=_plane_of(run, plane), axes=axes)
    paper = Paper(width, dpi, caption)
    decoder, origin = run_decoder(run, _label(run, label)), run_origin(run.info, "decoded grid", _label(run, label))
    return write_picture(Path(path), lambda progressed: draw_grid(decoder, options, paper, progressed), origin=origin)


def export_map(
    run: Run,
    path: AnyPath,
    *,
    plane: PlaneChoice | None = None,
    width: float = 16.0,
    dpi: int = 300,
    caption: str = "",
) -> str:
    """Write the latent map as a picture: the latent codes of all images, coloured by class.

    plane, width, dpi, caption: as in `export_grid`. Returns a sentence on its size.
    """
    from vae_explorer.exporting.map import MapOptions, class_map_colours, draw_map

    codes, options, paper = run.codes, MapOptions(_plane_of(run, plane)), Paper(width, dpi, caption)
    colours = class_map_colours(run.info.dataset.class_names)
    return write_picture(
        Path(path),
        lambda progressed: draw_map(codes.z_mean, codes.label, codes.split, colours, options, paper, progressed),
        origin=run_origin(run.info, "latent map"),
    )


def _label(run: Run, wanted: str | int | None) -> int | None:
    """The label of the class that a caller has to name for a conditional decoder, and cannot for another."""
    if wanted is None and run.info.decoder_classes:
        known = class_list(run.info.decoder_classes)
        raise UserError(f"The decoder of {run.info.name} takes a class: give its label, one of {known}.")
    return chosen_class(run.info, wanted)


def _plane_of(run: Run, choice: PlaneChoice | None) -> Plane:
    codes = run.codes
    return chosen_plane(choice or measure_dimensions(codes.z_mean, codes.z_log_var).axes, codes.z_mean)


def _finished(run: Run | None) -> Run:
    """The run of a training. It is never None: only a `Control` discards a training, and here there is none."""
    assert run is not None
    return run
