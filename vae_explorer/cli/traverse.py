"""The command `traverse`, which writes a picture of what is decoded around a latent code."""

import argparse
from typing import TYPE_CHECKING

from vae_explorer.cli.pictures import AddCommand, add_class, add_picture, label_of
from vae_explorer.cli.selecting import code_of
from vae_explorer.cli.terminal import quiet_stderr
from vae_explorer.errors import UserError
from vae_explorer.progress import Progress
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae_explorer.array_types import Indices
    from vae_explorer.exploring.around import Wanted
    from vae_explorer.exploring.subject import Subject
    from vae_explorer.exporting.figure import Paper


def add_traverse(add: AddCommand) -> None:
    what = "Write images around a latent code as a picture, along several directions."
    traverse = add_picture(add, _traverse, "images around a latent code", what)
    traverse.add_argument("--at", metavar="Z1,Z2,...|NAME", help="a latent code, such as --at=-1,0.5, or the name or "
                          "number of an image (default: 0)")  # fmt: skip
    one = traverse.add_mutually_exclusive_group()
    one.add_argument("--directions", choices=("axes", "near", "change"), default="axes", help="axes: the dimensions "
                     "that say most about the images; near: the principal components of the codes near this one; "
                     "change: along which the image changes most (default: axes)")  # fmt: skip
    one.add_argument("--minus", nargs=2, metavar=("A", "B"), help="the direction A minus B, between the means of two "
                     "classes or groups")  # fmt: skip
    traverse.add_argument("--steps", choices=("codes", "image"), default="image", help="codes: a step is the standard "
                          "deviation of the nearest codes, or half of A minus B; image: it changes the image by a "
                          "quarter of what two images usually differ by (default: image)")  # fmt: skip
    add_class(traverse)


def _traverse(run: Run, arguments: argparse.Namespace, paper: "Paper", progress: Progress) -> "Figure":
    import numpy as np

    from vae_explorer.exploring.around import Surroundings
    from vae_explorer.exploring.opening import run_subject
    from vae_explorer.exploring.subject import decode_class
    from vae_explorer.exporting.around import draw_around

    with quiet_stderr():
        subject = decode_class(run_subject(run, None), label_of(run, arguments))
        latent_dim = subject.decoder.latent_dim
        code = np.zeros(latent_dim, np.float32) if arguments.at is None else code_of(subject, arguments.at)
        progress("Looking around", 0.0)
        around = Surroundings(subject).look(code, _wanted(subject, arguments))
    for name, fact, length in zip(around.directions.names, around.directions.facts, around.lengths, strict=True):
        print(f"{name} {fact}; a step is {length:.2f} in z.")
    print(around.note)
    return draw_around(around, paper)


def _wanted(subject: "Subject", arguments: argparse.Namespace) -> "Wanted":
    from vae_explorer.exploring.around import Wanted
    from vae_explorer.exploring.directions import difference_of_means

    if arguments.minus is None:
        return Wanted(arguments.directions, arguments.steps)
    these, those = (_members(subject, wanted) for wanted in arguments.minus)
    difference = difference_of_means(subject.z_mean, these, those)
    return Wanted("minus", arguments.steps, difference, " minus ".join(arguments.minus))


def _members(subject: "Subject", wanted: str) -> "Indices":
    """The rows of the images of a class or, if there is none of this name, of a group."""
    import numpy as np

    from vae_explorer.exploring.selection import of_class
    from vae_explorer.run.groups_file import read_groups

    assert subject.run is not None
    groups = read_groups(subject.run)
    if wanted in groups.names and wanted not in subject.columns.class_names:
        return groups.rows(groups.names.index(wanted))
    if not groups.names and subject.columns.labels is None:
        raise UserError("The images of the run have no classes, and there are no groups: the window makes some.")
    return np.flatnonzero(of_class(subject.columns, wanted))
