"""Selected images of a run as files: a table of what is known about them, or a contact sheet of them."""

from functools import partial
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Floats, Indices
from vae_explorer.data.dataset import SPLITS
from vae_explorer.errors import UserError
from vae_explorer.exploring.errors import errors_of
from vae_explorer.exploring.image_figures import FIGURES
from vae_explorer.exploring.subject import Subject
from vae_explorer.exporting import figure, table
from vae_explorer.exporting.contact_sheet import check_count, draw_contact_sheet
from vae_explorer.exporting.origin import subject_origin
from vae_explorer.latent.posterior import posterior_kl
from vae_explorer.progress import Progress, no_progress

ENDINGS = (*table.ENDINGS, *figure.ENDINGS)


def check_ending(path: Path) -> str:
    """The ending of the path, in lower case. Raises UserError unless it is one of `ENDINGS`."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        endings = ", ".join(ENDINGS)
        raise UserError(f"A selection is written as a table or a picture: give a name that ends in one of {endings}.")
    return ending


def write_selected(path: Path, subject: Subject, rows: Indices, progress: Progress = no_progress) -> str:
    """Write the images in some rows (M,), M >= 1, by the ending of the path. Returns what was written, in words.

    Raises UserError if the path has another ending or cannot be written, and what `progress` raises.
    """
    if check_ending(path) in figure.ENDINGS:
        progress("Drawing the contact sheet", 0.0)
        return write_sheet(path, subject, rows)
    table.write_table(path, selected_table(subject, rows, errors_of(subject, rows, progress)))
    return f"{len(rows):,} images"


def selected_table(subject: Subject, rows: Indices, errors: Floats) -> table.Table:
    """What is known about the images in some rows (M,): names, codes, classes, splits, errors (M,), KL.

    Log-variances and KL are left out where they are not known.
    """
    columns = subject.columns.take(rows)
    content = {
        "name": table.texts(
            subject.columns.names[row] if subject.columns.names is not None else f"image {subject.index[row]}"
            for row in rows.tolist()
        ),
        "index": subject.index[rows],
        "z": subject.z_mean[rows],
        "class": table.texts(columns.class_of(row) for row in range(len(rows))),
        "split": np.array(SPLITS)[subject.split[rows]],
        "reconstruction_error": errors,
    }
    if subject.z_log_var is not None and not FIGURES["kl"].missing(subject):
        content["log_variance_z"] = subject.z_log_var[rows]
        content["kl_nats"] = posterior_kl(subject.z_mean[rows], subject.z_log_var[rows]).astype(np.float32)
    return content


def write_sheet(path: Path, subject: Subject, rows: Indices) -> str:
    """Write those of the images that are at hand as a picture. Returns their number and the size of the picture.

    Raises UserError if none is at hand, or there are too many.
    """
    places = subject.image_of[rows]
    places = places[places >= 0]
    if not len(places):
        raise UserError("There is no image to show on a contact sheet: none of those selected is at hand.")
    check_count(len(places))
    origin = subject_origin(subject, f"{len(places):,} selected images")
    draw = partial(draw_contact_sheet, subject.images[places], figure.Paper())
    size = figure.write_picture(path, lambda _: draw(), origin=origin)
    return f"{len(places):,} images, {size}"
