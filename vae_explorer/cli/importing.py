"""The command `import`, which makes a run of a decoder from another program."""

import argparse
import sys
from pathlib import Path
from typing import Any

from vae_explorer.cli.data import SOURCE_HELP, add_image_options, image_options, read_images
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.errors import UserError
from vae_explorer.run.imported import ENDINGS, INPUT_RANGES


def add_import(parser: argparse.ArgumentParser) -> None:
    """Add the options of `vae-explorer import`."""
    parser.add_argument("--decoder", type=Path, required=True, metavar="FILE", help="a .keras, .h5 or .onnx file")
    parser.add_argument("--encoder", type=Path, metavar="FILE", help="a .keras, .h5 or .onnx file; without it the map "
                        "shows the prior")  # fmt: skip
    parser.add_argument("--dataset", help=f"images to encode and to measure with: {SOURCE_HELP}")
    parser.add_argument(
        "--out", type=Path, metavar="RUN", help="folder of the run (default: a new one among the user's runs)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a run in --out")
    parser.add_argument("--output", choices=ENDINGS, help="last operation of the decoder, or 0..255 for "
                        "pixels in that range, if it is not recognised")  # fmt: skip
    parser.add_argument("--channels", choices=("first", "last"), help="position of the channels in its images, if it "
                        "is not recognised")  # fmt: skip
    parser.add_argument(
        "--shape",
        metavar="WxH[xC]",
        help="size of its images, if they are flat: 48x40 for 48 wide and 40 high, 48x40x3 in colour",
    )
    pixels = "range of the encoder's pixels: 0..1, 0..255, or -1..1, which needs an equals sign: --input-range=-1..1"
    parser.add_argument("--input-range", type=input_range, metavar="RANGE", help=pixels)
    parser.add_argument(
        "--posterior-order", metavar="ORDER", help="what the encoder's outputs are, in their order, if it is not "
        "recognised: such as z,mean,log_var or log_var,mean",
    )  # fmt: skip
    parser.add_argument("--label-input", metavar="NAME", help="name of the input of a conditional decoder that takes "
                        "the class label, if it is not recognised")  # fmt: skip
    parser.add_argument("--classes", type=int, metavar="N", help="how many classes a conditional decoder knows, if its "
                        "label is a number and the decoder does not show it")  # fmt: skip
    add_image_options(parser)


def input_range(word: str) -> str:
    """0..1, -1..1 or 0..255. Raises ArgumentTypeError for another word."""
    if word not in INPUT_RANGES:
        raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(INPUT_RANGES)}")
    return word


def import_run(arguments: Any) -> Any:
    """Run `vae-explorer import` and return the new run. Raises UserError if it cannot be imported or written."""
    from vae_explorer.network.fitting import Choices, parse_shape
    from vae_explorer.network.posterior import parse_order
    from vae_explorer.run.folder import check_folder
    from vae_explorer.run.places import is_run, new_run_folder
    from vae_explorer.training.importing import find_model, write_model

    folder = arguments.out or new_run_folder(arguments.decoder.stem)
    try:
        check_folder(folder, arguments.overwrite)
    except UserError as error:
        hint = " --overwrite replaces it." if is_run(folder) and not arguments.overwrite else ""
        raise UserError(f"{error}{hint}") from error
    dataset = read_images(arguments.dataset, image_options(arguments)) if arguments.dataset else None
    shape = parse_shape(arguments.shape) if arguments.shape else None
    order = parse_order(arguments.posterior_order) if arguments.posterior_order else None
    choices = Choices(
        arguments.output, arguments.channels, shape, arguments.input_range, order, arguments.label_input,
        arguments.classes,
    )  # fmt: skip
    warnings: list[str] = []
    with task_progress() as progress, quiet_stderr():
        found = find_model(arguments.decoder, arguments.encoder, dataset, choices, progress)
        run = write_model(found, folder, arguments.overwrite, progress, warnings.append)
    for sentence in (*found.notes, *warnings):
        print(f"vae-explorer: {sentence}", file=sys.stderr)
    return run
