"""Opens a run and its data set for exploring."""

from dataclasses import replace
from pathlib import Path

from vae_explorer.data.dataset import KERAS_NAMES, Dataset
from vae_explorer.errors import UserError
from vae_explorer.exploring.subject import Subject, key_of_images, make_subject
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.encoder import RunEncoder, why_no_encoder
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.groups_file import read_groups
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.run import Run, sample_image_of


def load_run(path: Path) -> tuple[Run, Subject]:
    """Read a run, with the images of its sample and with its groups, for exploring.

    path: the run's folder, or a page that was exported from it. Raises UserError if it cannot be read or is damaged.
    """
    run = open_run_or_page(path)
    try:
        run = replace(run, groups=read_groups(run))
    except UserError as error:  # the run can be explored without them
        run = replace(run, why_no_groups=str(error))
    return run, run_subject(run, None)


def find_dataset(run: Run, source: str | None = None, progress: Progress = no_progress) -> Dataset:
    """Read the data set that a run was trained on, from the source that is given or else from the one the run names.

    The source in the run is never read over a network, since the run may come from somebody else. Raises UserError if
    the data set cannot be read there or is another one.
    """
    from vae_explorer.data.keras_sets import is_kept
    from vae_explorer.data.reading import load_again  # imported here because the first window does not need it

    wanted = source or run.info.dataset.source
    if not wanted:
        raise UserError("A page does not name the folder of its images.")
    if source is None and wanted.startswith(("//", "\\\\")):
        raise UserError(f"The images are on another computer, {wanted}: locate them to have them read.")
    if source is None and wanted in KERAS_NAMES and not is_kept(wanted):
        raise UserError(f"{wanted} would have to be downloaded: train on it once, or locate it.")
    dataset = load_again(run.info.dataset, source, progress)
    if dataset.info.fingerprint != run.info.dataset.fingerprint:
        raise UserError(f"{dataset.info.source} does not hold the images that this run was trained on.")
    return dataset


def run_subject(run: Run, dataset: Dataset | None) -> Subject:
    """The run for exploring, with the images of its data set or, if that is None, of its sample.

    Raises UserError if its decoder is damaged.
    """
    info, codes = run.info, run.codes
    if dataset is not None:
        images, image_of = dataset.images, codes.index
    else:
        images, image_of = run.sample.images, sample_image_of(run)
    dimensions = measure_dimensions(codes.z_mean, codes.z_log_var)
    key = key_of_images(info.dataset.fingerprint, codes.index)
    subject = make_subject(
        info.name,
        run_decoder(run),
        codes.z_mean,
        dimensions,
        codes.columns,
        codes.split,
        images,
        image_of,
        codes.index,
        key,
    )
    why_not = why_no_encoder(run)
    return replace(
        subject,
        z_log_var=codes.z_log_var,
        encoder=None if why_not else RunEncoder(run),
        why_no_encoder=why_not,
        run=run,
        images_source="" if dataset is None else dataset.info.source,
    )
