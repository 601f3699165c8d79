"""The command `path`, which leads from one latent code to another and writes what is decoded on the way."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vae_explorer.cli.pictures import RUN_HELP, add_class, label_of
from vae_explorer.cli.selecting import AddCommand, code_of
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.errors import UserError
from vae_explorer.progress import Progress
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.array_types import Floats
    from vae_explorer.exploring.paths import Kind
    from vae_explorer.exploring.subject import Subject
    from vae_explorer.exporting.page.paths import PagePath

MOST = 60  # images of a strip


def add_path(add: AddCommand) -> None:
    path = add(_path, "Write a path from one latent code to another as a strip of images or a table.")
    path.add_argument("run", metavar="RUN", help=RUN_HELP)
    for name, what in (("from", "begins"), ("to", "ends")):
        path.add_argument(f"--{name}", dest=f"{name}_", metavar="Z1,Z2,...|NAME",
                          help=f"where the path {what}: a latent code, such as --{name}=-1,0.5, or the name or number "
                          "of an image")  # fmt: skip
    path.add_argument("--via", action="append", default=[], metavar="Z1,Z2,...|NAME", help="a code or an image in "
                      "between; may be given several times")  # fmt: skip
    path.add_argument("--path", type=Path, metavar="FILE", help="instead of these, the anchors in a table that this "
                      "command or the window wrote, or in one with the columns z1, z2 and so on")  # fmt: skip
    path.add_argument("--kind", choices=("straight", "spherical", "data", "geodesic", "supported"),
                      help="straight; spherical, around the origin; along the codes of the data; "
                      "geodesic, on which the image changes least; supported, a geodesic that stays near the data "
                      "(default: that of the table, else straight)")  # fmt: skip
    path.add_argument("--count", type=_count, default=12, metavar="N", help="how many images are on the way, 2 to "
                      f"{MOST} (default: 12)")  # fmt: skip
    path.add_argument("--equal", choices=("z", "image"), default="z", help="equal steps in z, or of equal change of "
                      "the image (default: z)")  # fmt: skip
    path.add_argument("--out", type=Path, action="append", required=True, metavar="FILE", help="ends in .png, .svg or "
                      ".pdf for a strip, .gif or .mp4 for a film, .csv or .npz for coordinates; may be given for "
                      "each")  # fmt: skip
    add_class(path)


def _count(text: str) -> int:
    if not (text.isdecimal() and 2 <= int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"a strip has 2 to {MOST} images, not {text}")
    return int(text)


def _path(arguments: argparse.Namespace) -> int:
    from vae_explorer.exploring.opening import run_subject
    from vae_explorer.exploring.paths import KINDS, Data, find_path
    from vae_explorer.exporting.origin import run_origin
    from vae_explorer.exporting.path import check_path_ending, write_path
    from vae_explorer.model.decoder import run_decoder

    for out in arguments.out:
        check_path_ending(out)
    run = open_run_or_page(find_run(arguments.run))
    label = label_of(run, arguments)
    with task_progress() as progress, quiet_stderr():
        subject = run_subject(run, None)
        anchors, kind = _anchors(arguments, subject)
        decoder = run_decoder(run, label)
        found = find_path(kind, anchors, decoder, Data(subject.z_mean), progress)
        origin = run_origin(run.info, f"path, {KINDS[found.kind]}", label)
        for out in arguments.out:
            write_path(out, found, decoder, arguments.count, arguments.equal, progress, origin)
    written = ", ".join(map(str, arguments.out))
    print(
        f"Wrote {written}: {KINDS[found.kind]}, {found.in_z[-1]:.2f} long in z, the image changes by "
        f"{found.in_image[-1]:.2f} on the way (Euclidean, pixels 0 to 1)."
    )
    return 0


def page_paths(run: Run, files: list[Path], label: int | None, progress: Progress) -> "tuple[PagePath, ...]":
    """The paths in tables, which a page is to carry. label: of the class that a conditional decoder decodes."""
    if not files:
        return ()
    from vae_explorer.exploring.path_table import read_anchors
    from vae_explorer.exploring.paths import Data, find_path
    from vae_explorer.exporting.page.paths import page_path
    from vae_explorer.model.decoder import run_decoder

    decoder, data = run_decoder(run, label), Data(run.codes.z_mean)
    found = []
    for file in files:
        anchors, kind = read_anchors(file, run.info.latent_dim)
        path = find_path(kind or "straight", anchors, decoder, data, progress)
        found.append(page_path(path, "z", file.stem if len(files) > 1 else ""))
    return tuple(found)


def _anchors(arguments: argparse.Namespace, subject: "Subject") -> "tuple[Floats, Kind]":
    """The anchors (A, latent_dim) and the kind that the options give."""
    import numpy as np

    from vae_explorer.exploring.path_table import read_anchors

    ends = arguments.from_, arguments.to_
    if arguments.path is not None:
        if any(ends) or arguments.via:
            raise UserError("--path gives all anchors: leave out --from, --to and --via.")
        anchors, kind = read_anchors(arguments.path, subject.z_mean.shape[1])
        return anchors, arguments.kind or kind or "straight"
    if not all(ends):
        raise UserError("A path needs --from and --to, or a table of its anchors: --path FILE.")
    words = (ends[0], *arguments.via, ends[1])
    return np.stack([code_of(subject, word) for word in words]), arguments.kind or "straight"
