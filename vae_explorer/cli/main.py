"""The commands: the same work without a screen."""

import argparse
import functools
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from vae_explorer import __version__
from vae_explorer.cli.animation import add_animate
from vae_explorer.cli.data import SOURCE_HELP, add_data, add_image_options, image_options, read_images
from vae_explorer.cli.importing import add_import, import_run
from vae_explorer.cli.pictures import PICTURES, RUN_HELP, add_plane, plane_of
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.commands import DONE, FAILED
from vae_explorer.data.dataset import BUILTIN
from vae_explorer.errors import UserError
from vae_explorer.run.config import LIKELIHOODS, MAX_LATENT_DIM, PIXELS, PRESETS, SIGMA, training_config, usual_preset
from vae_explorer.run.imported import describe_networks
from vae_explorer.run.info import RunInfo
from vae_explorer.run.opening import describe, open_run
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run, is_run
from vae_explorer.run.plain import finite
from vae_explorer.run.quality import SAMPLES, Quality, describe_quality, figures
from vae_explorer.run.run import Run

SETTINGS = (
    "epochs", "latent_dim", "beta", "batch_size", "learning_rate", "schedule", "seed", "limit", "kl_warmup", "patience",
    "restore_best", "validation_share", "pixels", "likelihood", "sigma",
)  # fmt: skip


def run_command(words: Sequence[str]) -> int:
    """Carry out `vae-explorer WORDS`. Returns the exit status: 0, 1 for a failure, 2 for usage."""
    debug = "--debug" in words
    try:
        arguments = _parser().parse_args(words)
        status: int = arguments.carry_out(arguments)
        sys.stdout.flush()
    except UserError as error:
        if debug:
            traceback.print_exc()
        print(f"vae-explorer: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        training = "train" in words[:1]
        left = "what is there of the training is its last whole epoch" if training else "no file was changed"
        print(f"vae-explorer: interrupted; {left}.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, and the traceback for who asks
        if debug:
            traceback.print_exc()
        print(f"vae-explorer: {type(error).__name__}: {error} (--debug shows where)", file=sys.stderr)
        return FAILED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vae-explorer",
        description="Train variational autoencoders on images and walk through what they learned.",
        epilog=f"vae-explorer [RUN] opens the window. RUN is {RUN_HELP}.",
    )
    parser.add_argument("--version", action="version", version=f"vae-explorer {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_train(commands)
    add_data(partial(_add_command, commands, "data"))
    add_import(_add_command(commands, "import", _import, "Make a run of a decoder, and an encoder, from elsewhere."))
    for name, add in PICTURES.items():
        add(partial(_add_command, commands, name))
    add_animate(partial(_add_command, commands, "animate"))
    _add_html(commands)
    _add_info(commands)
    _add_quality(commands)
    return parser


def _add_command(commands: Any, name: str, carry_out: Callable[[Any], int], what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=what, description=what)
    parser.set_defaults(carry_out=carry_out)
    parser.add_argument("--debug", action="store_true", help="show the traceback of a failure")
    return parser


def add_train(commands: Any) -> None:
    train = _add_command(commands, "train", _train, "Train a VAE and write it as a run.")
    train.add_argument("--dataset", help=f"mnist is the default; {SOURCE_HELP}")
    add_image_options(train)
    train.add_argument("--preset", choices=PRESETS,
                       help="network and usual settings (default: dense; conv in colour or above 32x32)")  # fmt: skip
    train.add_argument("--resume", type=Path, metavar="RUN", help="go on with a training that was cut off")
    train.add_argument("--further", metavar="RUN", help="train RUN for --epochs more, into a new run: from its "
                       "weights, its schedule restarted (--overwrite without --out: in its place)")  # fmt: skip
    train.add_argument("--out", type=Path, help="folder of the run (default: a new one among the user's runs)")
    train.add_argument("--overwrite", action="store_true", help="let it replace a run in --out")
    train.add_argument("--epochs", type=int, help="times through the images")
    train.add_argument("--latent-dim", type=int, help=f"dimensions of z, 1 to {MAX_LATENT_DIM} (default: 2)")
    train.add_argument("--beta", type=float, help="weight of the KL term; 1 is the ELBO")
    train.add_argument("--batch-size", type=int, help="images a step")
    train.add_argument("--learning-rate", type=float, help="at the start")
    train.add_argument("--schedule", choices=("constant", "cosine"), help="of the learning rate")
    train.add_argument("--kl-warmup", type=int, metavar="EPOCHS", help="in which beta rises from 0 (default: 0)")
    train.add_argument("--patience", type=int, metavar="EPOCHS", help="end after so many without a better one")
    train.add_argument("--restore-best", action="store_true", default=None, help="the best epoch becomes the model")
    train.add_argument("--validation-share", type=float, metavar="SHARE", help="of the training part (default: 1/12)")
    train.add_argument("--note", help="a line that is kept with the run")
    train.add_argument("--tensorboard", nargs="?", type=Path, const=True, metavar="FOLDER",
                       help="write a log for TensorBoard to RUN/tensorboard, or to FOLDER/NAME-OF-RUN")  # fmt: skip
    train.add_argument("--seed", type=int, help="of split, start weights, order and draws (default: 0)")
    train.add_argument("--limit", type=int, metavar="N", help="use only N images of the training part")
    train.add_argument(
        "--pixels", choices=PIXELS, help="what is learned: grey levels (default), or bits drawn from them"
    )
    train.add_argument("--likelihood", choices=LIKELIHOODS,
                       help="of a pixel (default: bernoulli; in colour gaussian, of learned deviation)")  # fmt: skip
    train.add_argument("--sigma", type=float, help=f"standard deviation of gaussian-fixed (default: {SIGMA:g})")


def _add_html(commands: Any) -> None:
    html = _add_command(commands, "html", _html, "Write one HTML file to drag through the latent space in.")
    html.add_argument("run", metavar="RUN", help=RUN_HELP)
    html.add_argument("--out", type=Path, required=True, metavar="FILE.html")
    html.add_argument("--points", type=int, default=10_000, metavar="N", help="codes drawn at most (default: 10000)")
    html.add_argument("--no-data", action="store_true", help="leave out codes and images: the decoder alone")
    add_plane(html)


def _add_info(commands: Any) -> None:
    info = _add_command(commands, "info", _info, "Tell a run's settings and figures.")
    info.add_argument("run", metavar="RUN", help=RUN_HELP)
    info.add_argument("--json", action="store_true", help="all of it, as JSON")


def _add_quality(commands: Any) -> None:
    quality = _add_command(commands, "quality", _quality, "Measure how good a run is on its held-out images.")
    quality.add_argument("run", metavar="RUN", help="the folder of a run, or builtin")
    quality.add_argument("--samples", type=int, default=SAMPLES, metavar="S",
                         help=f"of z an image, for the log-likelihood (default: {SAMPLES})")  # fmt: skip
    quality.add_argument("--images", type=int, metavar="N", help="for the log-likelihood, at most (default: 500)")
    quality.add_argument("--json", action="store_true", help="all of it, as JSON")


def _train(arguments: argparse.Namespace) -> int:
    from vae_explorer.tensorflow_import import import_keras
    from vae_explorer.training.events import Control, Started, Warned
    from vae_explorer.training.start import resume

    begin: Callable[..., Run | None]
    if arguments.resume:
        given = [name for name, value in vars(arguments).items() if value not in (None, False)]
        settings = [name for name in given if name not in ("resume", "debug", "carry_out")]
        if settings:
            option = f"--{settings[0].replace('_', '-')}"
            raise UserError(f"A training is resumed with the settings that it has: leave out {option}.")
        begin = functools.partial(resume, arguments.resume)
    elif arguments.further:
        begin = _further(arguments)
    else:
        begin = _new_training(arguments)
    control, warnings = Control(), []
    with _stopped_by_ctrl_c(control), _progress() as show, ExitStack() as loading:
        loading.enter_context(quiet_stderr())
        import_keras()

        def on_event(event: Any) -> None:
            if isinstance(event, Started):
                loading.close()
            elif isinstance(event, Warned):
                warnings.append(event)
            show(event)

        run = begin(on_event=on_event, control=control)
    for warning in warnings:
        print(f"vae-explorer: {warning.text}", file=sys.stderr)
    if run is None:
        print("vae-explorer: stopped before anything was learned; nothing was written.", file=sys.stderr)
        return FAILED
    print(summary(run))
    return FAILED if any(warning.ended for warning in warnings) else DONE


def _import(arguments: argparse.Namespace) -> int:
    print(summary(import_run(arguments)))
    return DONE


def _new_training(arguments: argparse.Namespace) -> Callable[..., Run | None]:
    """`train` with what it is told. Raises UserError where that will not do."""
    from vae_explorer.run.places import new_run_folder
    from vae_explorer.training.start import train

    settings = {name: getattr(arguments, name) for name in SETTINGS}
    training_config(arguments.preset or "dense", **settings)  # what will not do is said before reading the images
    dataset = read_images(arguments.dataset or BUILTIN, image_options(arguments))
    preset = arguments.preset or usual_preset(dataset.info.image_shape)
    config = training_config(preset, **settings)
    folder = arguments.out or new_run_folder(f"{dataset.info.name.lower()}-{preset}")
    _check_folder(folder, arguments)
    log, note = arguments.tensorboard or False, arguments.note or ""
    return functools.partial(train, config, dataset, folder, overwrite=arguments.overwrite, note=note, tensorboard=log)


def _further(arguments: argparse.Namespace) -> Callable[..., Run | None]:
    """`train_further` likewise."""
    from vae_explorer.training.further import further_config, further_folder
    from vae_explorer.training.start import train_further

    run = open_run(find_run(arguments.further))
    if arguments.preset:
        raise UserError("A run is trained further with the preset that it has: leave out --preset.")
    if arguments.epochs is None:
        raise UserError("Say with --epochs by how many epochs to train the run further.")
    config = further_config(run, **{name: getattr(arguments, name) for name in SETTINGS})
    own_place = arguments.overwrite and arguments.out is None
    folder = run.folder if own_place else arguments.out or further_folder(run)
    _check_folder(folder, arguments)
    return functools.partial(
        train_further,
        run,
        config,
        folder,
        read_images(arguments.dataset or run.info.dataset.source, run.info.dataset.options),
        overwrite=arguments.overwrite,
        note=arguments.note,
        tensorboard=arguments.tensorboard or False,
    )


def _check_folder(folder: Path, arguments: argparse.Namespace) -> None:
    """Raises UserError where a run must not be written there, with the option that would let it."""
    from vae_explorer.run.folder import check_folder, is_unfinished

    try:
        check_folder(folder, arguments.overwrite)
    except UserError as error:
        hint = " --overwrite replaces it." if is_run(folder) and not arguments.overwrite else ""
        if is_unfinished(folder):
            hint = f" vae-explorer train --resume {folder} does."
        raise UserError(f"{error}{hint}") from error


@contextmanager
def _stopped_by_ctrl_c(control: Any) -> Iterator[None]:
    """The first Ctrl-C stops like Stop; a second one ends at once, leaving nothing half-written."""

    def stop(_signum: int, _frame: object) -> None:
        control.stop()
        signal.signal(signal.SIGINT, previous)
        print("\nStopping; what is learned is being saved. Ctrl-C again ends at once.", file=sys.stderr)

    previous = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def _progress() -> Iterator[Callable[[Any], None]]:
    """Show training events: a bar on a terminal, a line an epoch and a task elsewhere."""
    from vae_explorer.training.events import BatchProgress, EpochEnded, Finishing, Started

    steps = 0
    task = ""
    if not sys.stdout.isatty():

        def say(text: str) -> None:
            with suppress(OSError):  # if nobody reads any more, the training goes on
                print(text, flush=True)

        def plain(event: Any) -> None:
            nonlocal task
            if isinstance(event, Started):
                say(f"Training on {event.device}")
            elif isinstance(event, EpochEnded):
                say(_epoch_line(event.record))
            elif isinstance(event, Finishing) and event.task != task:
                task = event.task
                say(task)

        yield plain
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn())
    with Progress(*columns) as progress:
        bar = progress.add_task("Loading TensorFlow", total=None, note="")

        def on_terminal(event: Any) -> None:
            nonlocal steps
            if isinstance(event, Started):
                steps = event.steps_per_epoch
                progress.update(bar, description=f"Training on {event.device}", total=steps, completed=0)
            elif isinstance(event, BatchProgress):
                done = int(event.steps[-1]) - (event.epoch - 1) * steps
                note = f"{event.losses[-1, 0]:.1f} nats  {event.images_per_second:,.0f} images/s"
                progress.update(bar, description=f"Epoch {event.epoch}", total=steps, completed=done, note=note)
            elif isinstance(event, EpochEnded):
                progress.console.print(_epoch_line(event.record), highlight=False)
            elif isinstance(event, Finishing):
                progress.update(bar, description=event.task, total=1, completed=event.done, note="")

        yield on_terminal


def _epoch_line(record: Any) -> str:
    return (
        f"epoch {record.epoch}: loss {record.loss:.2f} (reconstruction {record.reconstruction_loss:.2f}, "
        f"KL {record.kl_loss:.2f}), validation {record.val_loss:.2f} (negative ELBO {record.val_negative_elbo:.2f}) "
        f"nats an image, {record.seconds:.1f} s"
    )


def _html(arguments: argparse.Namespace) -> int:
    from vae_explorer.exporting.page.choosing import PageOptions
    from vae_explorer.exporting.page.writing import write_page
    from vae_explorer.latent.plane import plane_note

    run = open_run_or_page(find_run(arguments.run))
    plane = plane_of(run, arguments)
    options = PageOptions(not arguments.no_data, arguments.points, plane)
    with task_progress() as progressed, quiet_stderr():
        said = write_page(run, arguments.out, options, progressed)
    size = arguments.out.stat().st_size / 1e6
    print(f"Wrote {arguments.out} ({size:.1f} MB). {said} {plane_note(plane)}".rstrip())
    return DONE


def _info(arguments: argparse.Namespace) -> int:
    run = open_run_or_page(find_run(arguments.run))
    print(json.dumps(finite(describe(run)), indent=2, allow_nan=False) if arguments.json else summary(run))
    return DONE


def _quality(arguments: argparse.Namespace) -> int:
    from vae_explorer.model.metrics import measure_run

    run = open_run(find_run(arguments.run))
    with task_progress() as progressed, quiet_stderr():
        quality = measure_run(run, arguments.samples, arguments.images, progressed)
    if arguments.json:
        print(json.dumps(finite(describe_quality(quality)), indent=2, allow_nan=False))
        return DONE
    pixels = f"{quality.pixels} pixels, likelihood {likelihood_text(run.info)}"
    print(f"{run.info.name}: {run.info.dataset.name}, {pixels}, held-out images\n")
    for field, meaning, figure in figures(quality):
        if figure is None:
            continue
        more = f", {quality.samples:,} samples" if field == "log_likelihood" else ""
        print(f"{meaning.name}: {figure} {meaning.unit} ({figure.images:,} images{more})\n  {meaning.sentence}")
    print("KL of each dimension, nats an image; a star marks the collapsed")
    for number, (figure, active) in enumerate(zip(quality.kl_by_dimension, quality.active, strict=True), start=1):
        print(f"  z{number}{' ' if active else '*'} {figure}")
    return DONE


def summary(run: Run) -> str:
    info = run.info
    height, width, channels = info.dataset.image_shape
    lines = [
        f"{info.name}  ({info.status}, {info.created})",
        f"  folder      {run.folder}",
        f"  images      {info.dataset.name}, {info.dataset.images:,} of {height}x{width}x{channels}",
        f"  model       {info.model_name}, {info.latent_dim} latent dimensions, encoder "
        f"{info.encoder_parameters:,} and decoder {info.decoder_parameters:,} parameters",
        f"  likelihood  {likelihood_text(info)}",
    ]
    if info.config is not None:
        lines.append(
            f"  training    {info.epochs} of {info.config.epochs} epochs, beta {info.config.beta:g}, "
            f"seed {info.config.seed}"
        )
    lines += [f"  {line}" for line in _segments(info)]
    if info.imported is not None:
        told = describe_networks(info.imported)
        lines += [f"  {'import' if not place else '':<11} {sentence}" for place, sentence in enumerate(told)]
    best = next((record for record in run.history if record.epoch == info.best_epoch), None)
    if best:
        lines.append(
            f"  best        epoch {best.epoch}: validation {best.val_loss:.2f} nats an image{info.pixels_note} "
            f"(negative ELBO {best.val_negative_elbo:.2f})"
        )
    if info.held_out:
        lines.append(
            f"  held-out    negative ELBO {info.held_out.negative_elbo:.2f} nats an image{info.pixels_note} "
            f"(reconstruction {info.held_out.reconstruction_loss:.2f}, KL {info.held_out.kl_loss:.2f}; "
            f"{info.held_out.images:,} images)"
        )
    if info.quality:
        lines += [f"  {line}" for line in _main_figures(info.quality)]
    return "\n".join(lines)


def likelihood_text(info: RunInfo) -> str:
    if info.sigma is None:
        return info.likelihood
    learned = "fixed" if info.likelihood == "gaussian-fixed" else "learned"
    return f"gaussian, standard deviation {info.sigma:.3g} of 1 ({learned})"


def _segments(info: RunInfo) -> list[str]:
    """Of a run that was trained further."""
    if len(info.segments) < 2:
        return []
    return [
        f"{'segments' if not place else '':<11} epochs {part.first_epoch} to {part.first_epoch + part.epochs - 1}: "
        f"{part.optimizer}, learning rate {part.learning_rate:g}, {part.schedule}"
        for place, part in enumerate(info.segments)
    ]


def _main_figures(quality: Quality) -> list[str]:
    """The figures that the negative ELBO leaves open; `quality` tells what they mean."""
    return [
        f"{'quality' if not place else '':<11} {meaning.name}: {figure} {meaning.unit}"
        for place, (meaning, figure) in enumerate(
            (meaning, figure)
            for field, meaning, figure in figures(quality)
            if figure is not None and field not in ("negative_elbo", "reconstruction_loss", "kl_loss")
        )
    ]
