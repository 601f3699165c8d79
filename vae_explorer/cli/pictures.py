"""The commands that write pictures of a run."""

import argparse
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_explorer.cli.colouring import colouring_of
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.data.dataset import SPLITS
from vae_explorer.errors import UserError
from vae_explorer.progress import Progress
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae_explorer.exploring.subject import Subject
    from vae_explorer.exporting.figure import Paper
    from vae_explorer.exporting.sheet import SheetStyle
    from vae_explorer.latent.plane import Plane, PlaneChoice
    from vae_explorer.model.decoder import Decoder

AddCommand = Callable[[Callable[[Any], int], str], argparse.ArgumentParser]  # (function to run, help) -> parser
Draw = Callable[[Run, argparse.Namespace, "Paper", "Progress"], "Figure"]

RUN_HELP = "a run's folder, a page exported from one, or the word builtin"
FARTHEST = 1000  # largest absolute coordinate of a latent code
USUAL = object()  # value of --caption without a text: the caption describes the run


def _add_grid(add: AddCommand) -> None:
    grid = add_picture(add, _grid, "decoded grid", "Write the decoded grid as a picture.")
    grid.add_argument("--size", type=int, default=20, help="images per side, 2 to 60 (default: 20)")
    grid.add_argument("--spacing", choices=("quantile", "even"), default="quantile", help="spacing of the latent codes "
                      "(default: quantiles of the prior)")  # fmt: skip
    grid.add_argument("--range", type=float, default=3.0, metavar="Z", help="even spacing covers -Z to Z (default: 3)")
    grid.add_argument("--axes", action="store_true", help="write coordinates along the edges")
    add_plane(grid)
    add_class(grid)
    _add_style(grid, gap=0, gap_colour="#808080")


def _add_map(add: AddCommand) -> None:
    latent_map = add_picture(
        add, _map, "latent map", "Write the latent map, the latent codes of the images, as a picture."
    )
    latent_map.add_argument("--split", choices=("all", *SPLITS), default="all", help="which images (default: all)")
    latent_map.add_argument("--color-by", default="class", metavar="WHAT", help="class, group, cluster, none, the "
                            "name of a column of numbers, or what is measured for each image: error of the "
                            "reconstruction, kl, density of the codes, distance to the nearest other code (default: "
                            "class)")  # fmt: skip
    latent_map.add_argument("--clusters", type=int, metavar="N", help="number of clusters, 2 to 20 (default: the "
                            "number with the clearest separation)")  # fmt: skip
    latent_map.add_argument("--layers", default="points", metavar="LAYER,...", help="what the map shows, the lowest "
                            "layer first: images, regions, classifier, error, magnification, roundtrip, "
                            "density, points, prior; lines lie above images (default: points)")  # fmt: skip
    latent_map.add_argument("--classifier", type=Path, metavar="FILE", help="for the layer classifier: a .keras, .h5 "
                            "or .onnx file of a classifier of the run's images")  # fmt: skip
    latent_map.add_argument("--classifier-range", choices=("0..1", "0..255", "-1..1"), help="the range of the pixels "
                            "that it takes (default: found out on the run's images)")  # fmt: skip
    add_plane(latent_map)
    add_class(latent_map)


def _add_reconstructions(add: AddCommand) -> None:
    sheet = add_picture(
        add, _reconstructions, "reconstructions", "Write held-out images above their reconstructions as a picture."
    )
    sheet.add_argument("--columns", type=int, default=10, help="images in a row, 1 to 60 (default: 10)")
    sheet.add_argument("--rows", type=int, default=4, help="pairs of rows, 1 to 60 (default: 4)")
    sheet.add_argument("--seed", type=int, default=0, help="seed that chooses the images (default: 0)")
    _add_style(sheet, gap=2, gap_colour="white")
    add_class(sheet)


def _add_samples(add: AddCommand) -> None:
    sheet = add_picture(add, _samples, "samples from the prior", "Write samples from the prior as a picture.")
    sheet.add_argument("--size", type=int, default=10, help="images per side, 1 to 60 (default: 10)")
    sheet.add_argument("--seed", type=int, default=0, help="seed of the samples (default: 0)")
    _add_style(sheet, gap=0, gap_colour="#808080")
    add_class(sheet)


def _add_losses(add: AddCommand) -> None:
    add_picture(add, _losses, "losses by epoch", "Write the losses of each epoch as a picture.")


PICTURES: dict[str, Callable[[AddCommand], None]] = {
    "grid": _add_grid,
    "map": _add_map,
    "reconstructions": _add_reconstructions,
    "samples": _add_samples,
    "losses": _add_losses,
}


def add_picture(add: AddCommand, draw: Draw, shows: str, what: str) -> argparse.ArgumentParser:
    """Add a command that writes what `draw` draws of a run. shows: the picture in a few words, for its metadata."""
    parser = add(lambda arguments: _write(draw, arguments), what)
    parser.set_defaults(shows=shows)
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="ends in .png, .svg or .pdf")
    parser.add_argument("--width", type=float, default=16.0, metavar="CM", help="width of the picture (default: 16)")
    parser.add_argument("--dpi", type=int, default=300, help="resolution in DPI, 50 to 1200 (default: 300)")
    parser.add_argument("--caption", nargs="?", const=USUAL, default="", metavar="TEXT", help="write a caption below "
                        "the picture; without TEXT it describes the run")  # fmt: skip
    return parser


def add_plane(parser: argparse.ArgumentParser) -> None:
    """Add the options that `plane_of` reads."""
    parser.add_argument("--plane", type=_plane, metavar="I,J", help="horizontal and vertical dimension of z, such as "
                        "1,2, or pca for the principal components of the codes (default: the two dimensions that "
                        "say most about the images)")  # fmt: skip
    parser.add_argument("--at", type=_code, metavar="Z1,Z2,...", help="latent code through which the plane goes, one "
                        "value for each dimension of z, such as --at=-1,0,2 (default: 0)")  # fmt: skip


def plane_of(run: Run, arguments: argparse.Namespace) -> "Plane":
    """The plane that the options name. Raises UserError if the run has no such plane."""
    import numpy as np

    from vae_explorer.latent.dimensions import measure_dimensions
    from vae_explorer.latent.plane import chosen_plane

    at, latent_dim = arguments.at, run.info.latent_dim
    if at is not None and len(at) != latent_dim:
        raise UserError(f"--at has {len(at)} values: give {latent_dim}, one for each latent dimension of the run.")
    choice = arguments.plane or measure_dimensions(run.codes.z_mean, run.codes.z_log_var).axes
    return chosen_plane(choice, run.codes.z_mean, None if at is None else np.array(at, np.float32))


def add_class(parser: argparse.ArgumentParser) -> None:
    """Add the option that `label_of` reads."""
    parser.add_argument("--class", dest="label", metavar="CLASS", help="class that a conditional decoder decodes, by "
                        "its name or its number from 0 (default: the first one)")  # fmt: skip


def label_of(run: Run, arguments: argparse.Namespace) -> int | None:
    """The label of the class that the options name; None: the command or the decoder knows no classes.

    Raises UserError if the decoder does not know the class.
    """
    from vae_explorer.run.decoder_class import chosen_class

    return chosen_class(run.info, arguments.label) if hasattr(arguments, "label") else None


def _add_style(parser: argparse.ArgumentParser, gap: int, gap_colour: str) -> None:
    parser.add_argument("--gap", type=int, default=gap, help=f"pixels between images (default: {gap})")
    parser.add_argument("--gap-color", default=gap_colour, help=f"a colour name or #rrggbb (default: {gap_colour})")
    parser.add_argument("--colormap", default="gray", metavar="NAME", help="a colour map of Matplotlib's, such as "
                        "gray_r or viridis (default: gray); images in colour take gray, or gray_r to be "
                        "inverted")  # fmt: skip


def _plane(text: str) -> "PlaneChoice":
    if text == "pca":
        return "pca"
    found = re.fullmatch(r"(\d{1,9}),(\d{1,9})", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a plane: give two dimensions, such as 1,2, or pca")
    return int(found[1]), int(found[2])


def _code(text: str) -> list[float]:
    try:
        values = [float(number) for number in text.split(",")]
    except ValueError:
        values = []
    if not values or not all(abs(value) <= FARTHEST for value in values):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a latent code: give numbers separated by commas, such as 0,0.5,-1"
        )
    return values


def _write(draw: Draw, arguments: argparse.Namespace) -> int:
    from vae_explorer.exporting.figure import Paper, check_ending, write_picture
    from vae_explorer.exporting.origin import caption_of, run_origin
    from vae_explorer.latent.plane import plane_note
    from vae_explorer.run.decoder_class import class_note

    check_ending(arguments.out)
    paper = Paper(arguments.width, arguments.dpi)
    run = open_run_or_page(find_run(arguments.run))
    label = label_of(run, arguments)
    caption = caption_of(run.info, label) if arguments.caption is USUAL else arguments.caption
    paper = Paper(arguments.width, arguments.dpi, caption)
    with task_progress() as progress:
        origin = run_origin(run.info, arguments.shows, label)
        size = write_picture(arguments.out, lambda progress: draw(run, arguments, paper, progress), progress, origin)
    note = plane_note(plane_of(run, arguments)) if draw is _grid else ""
    print(" ".join(filter(None, [f"Wrote {arguments.out} ({size}).", note, class_note(run.info, label)])))
    return 0


def _decoder(run: Run, arguments: argparse.Namespace) -> "Decoder":
    from vae_explorer.model.decoder import run_decoder

    with quiet_stderr():
        return run_decoder(run, label_of(run, arguments))


def _style(arguments: argparse.Namespace) -> "SheetStyle":
    from vae_explorer.exporting.sheet import SheetStyle

    return SheetStyle(arguments.gap, arguments.gap_color, arguments.colormap)


def _grid(run: Run, arguments: argparse.Namespace, paper: "Paper", progress: "Progress") -> "Figure":
    from vae_explorer.exporting.grid import GridOptions, draw_grid

    options = GridOptions(
        size=arguments.size,
        spacing=arguments.spacing,
        limit=arguments.range,
        plane=plane_of(run, arguments),
        axes=arguments.axes,
        style=_style(arguments),
    )
    return draw_grid(_decoder(run, arguments), options, paper, progress)


def _map(run: Run, arguments: argparse.Namespace, paper: "Paper", progress: "Progress") -> "Figure":
    from vae_explorer.exporting.map import MapOptions, draw_map, map_colours
    from vae_explorer.exporting.map_layers import FIELDS

    layers = tuple(name.strip() for name in arguments.layers.split(","))
    codes, options = run.codes, MapOptions(plane_of(run, arguments), arguments.split, layers)
    opened = cache(lambda: _subject(run, arguments, options.plane))
    colouring = colouring_of(run, arguments.color_by, arguments.clusters, opened, progress)
    subject = opened() if set(layers) & set(FIELDS) else None
    decoder, shape = _decoder(run, arguments) if "images" in layers else None, run.info.dataset.image_shape
    colours = map_colours(colouring)
    classifier = None
    if "classifier" in layers and arguments.classifier is not None and subject is not None:
        from vae_explorer.exploring.classifying import open_classifier

        with quiet_stderr():
            classifier = open_classifier(arguments.classifier, subject, arguments.classifier_range, progress)
        print(" ".join([f"{classifier.file}:", *classifier.notes]))
    return draw_map(
        codes.z_mean,
        colouring.style,
        codes.split,
        colours,
        options,
        paper,
        progress,
        decoder,
        shape,
        subject,
        classifier,
    )


def _subject(run: Run, arguments: argparse.Namespace, plane: "Plane | None") -> "Subject":
    """The run with the images of its data set if they are where it names them, else with those of its sample."""
    from vae_explorer.exploring.opening import find_dataset, run_subject
    from vae_explorer.exploring.subject import decode_class, draw_in

    try:
        dataset = find_dataset(run)
    except UserError:
        dataset = None
    subject = decode_class(run_subject(run, dataset), label_of(run, arguments))
    return subject if plane is None else draw_in(subject, plane)


def _reconstructions(run: Run, arguments: argparse.Namespace, paper: "Paper", progress: "Progress") -> "Figure":
    from vae_explorer.exporting.reconstructions import ReconstructionsOptions, draw_reconstructions, sample_of

    options = ReconstructionsOptions(arguments.columns, arguments.rows, arguments.seed, _style(arguments))
    return draw_reconstructions(_decoder(run, arguments), *sample_of(run), options, paper, progress)


def _samples(run: Run, arguments: argparse.Namespace, paper: "Paper", progress: "Progress") -> "Figure":
    from vae_explorer.exporting.samples import SamplesOptions, draw_samples

    options = SamplesOptions(arguments.size, arguments.seed, _style(arguments))
    return draw_samples(_decoder(run, arguments), options, paper, progress)


def _losses(run: Run, _arguments: argparse.Namespace, paper: "Paper", progress: "Progress") -> "Figure":
    from vae_explorer.exporting.losses import draw_losses

    return draw_losses(run.history, paper, progress, run.info.first_comparable, run.info.seams)
