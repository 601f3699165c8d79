"""The command `path`, which leads from one latent code to another and writes what is decoded on the way."""

import argparse
from pathlib import Path
from typing import get_args

from vae_explorer.cli.pictures import RUN_HELP, add_class, label_of
from vae_explorer.cli.selecting import AddCommand, code_of
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.errors import UserError
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run

MOST = 60  # images of a strip


def add_path(add: AddCommand) -> None:
    path = add(_path, "Write a path from one latent code to another as a strip of images or a table.")
    path.add_argument("run", metavar="RUN", help=RUN_HELP)
    for name, what in (("from", "begins"), ("to", "ends")):
        path.add_argument(f"--{name}", dest=f"{name}_", required=True, metavar="Z1,Z2,...|NAME",
                          help=f"where the path {what}: a latent code, such as --{name}=-1,0.5, or the name or number "
                          "of an image")  # fmt: skip
    path.add_argument("--via", action="append", default=[], metavar="Z1,Z2,...|NAME", help="a code or an image in "
                      "between; may be given several times")  # fmt: skip
    path.add_argument("--kind", choices=("straight", "spherical", "data", "geodesic", "supported"),
                      default="straight", help="straight; spherical, around the origin; along the codes of the data; "
                      "geodesic, on which the image changes least; supported, a geodesic that stays near the data "
                      "(default: straight)")  # fmt: skip
    path.add_argument("--count", type=_count, default=12, metavar="N", help="how many images are on the way, 2 to "
                      f"{MOST} (default: 12)")  # fmt: skip
    path.add_argument("--equal", choices=("z", "image"), default="z", help="equal steps in z, or of equal change of "
                      "the image (default: z)")  # fmt: skip
    path.add_argument("--out", type=Path, action="append", required=True, metavar="FILE", help="ends in .png, .svg or "
                      ".pdf for a strip, .csv or .npz for coordinates; may be given for each")  # fmt: skip
    add_class(path)


def _count(text: str) -> int:
    if not (text.isdecimal() and 2 <= int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"a strip has 2 to {MOST} images, not {text}")
    return int(text)


def _path(arguments: argparse.Namespace) -> int:
    import numpy as np

    from vae_explorer.exploring.opening import run_subject
    from vae_explorer.exploring.paths import KINDS, Data, Kind, find_path
    from vae_explorer.exporting import figure, strip, table
    from vae_explorer.model.decoder import run_decoder

    assert arguments.kind in get_args(Kind)
    for out in arguments.out:
        if out.suffix.lower() not in (*figure.ENDINGS, *table.ENDINGS):
            endings = ", ".join((*figure.ENDINGS, *table.ENDINGS))
            raise UserError(f"A path is written as a picture or a table: give a name that ends in one of {endings}.")
    run = open_run_or_page(find_run(arguments.run))
    with task_progress() as progress, quiet_stderr():
        subject = run_subject(run, None)
        words = (arguments.from_, *arguments.via, arguments.to_)
        anchors = np.stack([code_of(subject, word) for word in words])
        decoder = run_decoder(run, label_of(run, arguments))
        found = find_path(arguments.kind, anchors, decoder, Data(subject.z_mean), progress)
        codes = found.points(arguments.count, arguments.equal)
        way = found.in_z if arguments.equal == "z" else found.in_image
        steps = np.linspace(0, way[-1], arguments.count)
        ways = (np.interp(steps, way, each) for each in (found.in_z, found.in_image))
        content = strip.path_table(codes, *ways)
        for out in arguments.out:
            if out.suffix.lower() in table.ENDINGS:
                table.write_table(out, content)
            else:
                figure.write_picture(out, lambda each: strip.draw_strip(decoder, codes, figure.Paper(), each), progress)
    written = ", ".join(map(str, arguments.out))
    print(
        f"Wrote {written}: {KINDS[found.kind]}, {found.in_z[-1]:.2f} long in z, the image changes by "
        f"{found.in_image[-1]:.2f} on the way (Euclidean, pixels 0 to 1)."
    )
    return 0
