"""The command `train`, which trains, resumes a training, or trains a run further."""

import argparse
import functools
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_explorer.cli.data import SOURCE_HELP, add_image_options, image_options, read_images, read_images_again
from vae_explorer.cli.summary import summary
from vae_explorer.cli.terminal import quiet_stderr
from vae_explorer.cli.training_progress import training_progress
from vae_explorer.commands import DONE, FAILED
from vae_explorer.data.dataset import BUILTIN, Dataset
from vae_explorer.errors import UserError
from vae_explorer.run.checkpoint import read_progress
from vae_explorer.run.config import (
    LIKELIHOODS,
    MAX_LATENT_DIM,
    PIXELS,
    PRESETS,
    SIGMA,
    TrainingConfig,
    for_images,
    training_config,
    usual_preset,
)
from vae_explorer.run.folder import check_folder, is_unfinished
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import find_run, is_run
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.training.devices import Devices

SETTINGS = (
    "epochs", "latent_dim", "beta", "batch_size", "learning_rate", "schedule", "seed", "limit", "kl_warmup", "patience",
    "restore_best", "validation_share", "pixels", "likelihood", "sigma",
)  # fmt: skip


def add_train(add: Callable[[Callable[[Any], int], str], argparse.ArgumentParser]) -> None:
    """Add the command `vae-explorer train`. add: makes a parser from the function to run and the help text."""
    train = add(_train, "Train a VAE and write it as a run.")
    train.add_argument("--dataset", help=f"images (default: mnist): {SOURCE_HELP}")
    add_image_options(train)
    train.add_argument("--preset", choices=PRESETS,
                       help="network and its usual settings (default: dense; conv for images in colour or larger than "
                       "32 x 32)")  # fmt: skip
    train.add_argument("--resume", type=Path, metavar="RUN", help="resume a training that was interrupted")
    train.add_argument("--further", metavar="RUN", help="train RUN for --epochs more epochs from its weights, with a "
                       "new learning rate schedule, as a new run (with --overwrite and without --out, RUN is "
                       "replaced)")  # fmt: skip
    train.add_argument("--out", type=Path, help="folder of the run (default: a new one among the user's runs)")
    train.add_argument("--overwrite", action="store_true", help="replace a run in --out")
    train.add_argument("--devices", choices=("one", "all"), default="one", help="one GPU or the processor (default), "
                       "or all GPUs of this machine and of the cluster that TF_CONFIG or SLURM names")  # fmt: skip
    train.add_argument("--epochs", type=int, help="number of passes through the images")
    train.add_argument("--latent-dim", type=int, help=f"dimensions of z, 1 to {MAX_LATENT_DIM} (default: 2)")
    train.add_argument("--beta", type=float, help="weight of the KL term; 1 gives the ELBO")
    train.add_argument("--batch-size", type=int, help="images per step")
    train.add_argument("--learning-rate", type=float, help="learning rate at the start")
    train.add_argument("--schedule", choices=("constant", "cosine"), help="schedule of the learning rate")
    train.add_argument("--kl-warmup", type=int, metavar="EPOCHS", help="epochs in which beta rises from 0 (default: 0)")
    train.add_argument("--patience", type=int, metavar="EPOCHS", help="stop after as many epochs without a better one")
    train.add_argument("--restore-best", action="store_true", default=None, help="save the model of the best epoch")
    train.add_argument("--validation-share", type=float, metavar="SHARE", help="share of the training images used for "
                       "validation (default: 1/12)")  # fmt: skip
    train.add_argument("--note", help="a note that is saved with the run")
    train.add_argument("--tensorboard", nargs="?", type=Path, const=True, metavar="FOLDER",
                       help="write a log for TensorBoard to RUN/tensorboard, or to FOLDER/NAME-OF-RUN")  # fmt: skip
    train.add_argument("--seed", type=int, help="seed of the split, the initial weights, the order of images and all "
                       "random draws (default: 0)")  # fmt: skip
    train.add_argument("--limit", type=int, metavar="N", help="use only N of the training images")
    train.add_argument("--pixels", choices=PIXELS, help="learn them as they are (default), or black and white ones "
                       "drawn from them")  # fmt: skip
    train.add_argument("--likelihood", choices=LIKELIHOODS, help="likelihood of a pixel (default: bernoulli; for "
                       "images in colour gaussian, with a learned standard deviation)")  # fmt: skip
    train.add_argument("--sigma", type=float, help=f"standard deviation of gaussian-fixed (default: {SIGMA:g})")


def _train(arguments: argparse.Namespace) -> int:
    from vae_explorer.tensorflow_import import import_keras
    from vae_explorer.training.events import Control, Joined, Started, Warned
    from vae_explorer.training.start import resume

    devices = _devices(arguments)
    begin: Callable[..., Run | None]
    if arguments.resume:
        given = [name for name, value in vars(arguments).items() if value not in (None, False)]
        settings = [name for name in given if name not in ("resume", "devices", "cache", "debug", "carry_out")]
        if settings:
            option = f"--{settings[0].replace('_', '-')}"
            raise UserError(f"A training is resumed with the settings that it has: leave out {option}.")
        begin = functools.partial(resume, arguments.resume, devices=devices)
    elif arguments.further:
        begin = _further(arguments, devices)
    else:
        begin = _new_training(arguments, devices)
    control, warnings = Control(), []
    with _stopped_by_signals(control, devices), training_progress() as show, ExitStack() as loading:
        loading.enter_context(quiet_stderr())
        import_keras()

        def on_event(event: Any) -> None:
            if isinstance(event, Started | Joined):
                loading.close()
            elif isinstance(event, Warned):
                warnings.append(event)
            show(event)

        run = begin(on_event=on_event, control=control)
    for warning in warnings:
        print(f"vae-explorer: {warning.text}", file=sys.stderr)
    if devices.cluster and not devices.is_chief:
        print(f"This host has done its part; {devices.cluster.chief} writes the run.")
        return DONE
    if run is None:
        print("vae-explorer: stopped before anything was learned; nothing was written.", file=sys.stderr)
        return FAILED
    if run.info.stopped_note:
        print(f"{run.info.stopped_note.capitalize()}.")
    print(summary(run))
    return FAILED if any(warning.ended for warning in warnings) else DONE


def _devices(arguments: argparse.Namespace) -> "Devices":
    """The devices that `--devices` names. Waits for the other hosts of a cluster; Ctrl-C ends the program meanwhile."""
    from vae_explorer.training.devices import ONE, all_devices

    if arguments.devices == "one":
        return ONE
    previous = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        with quiet_stderr():
            return all_devices()
    finally:
        signal.signal(signal.SIGINT, previous)


def _new_training(arguments: argparse.Namespace, devices: "Devices") -> Callable[..., Run | None]:
    """`training.start.train` with the options applied. Raises UserError for invalid options.

    In a cluster it is `resume` where the folder holds the same training, cut off, since a scheduler that starts a job
    again gives the same command.
    """
    from vae_explorer.run.places import new_run_folder
    from vae_explorer.training.start import resume, train

    settings = {name: getattr(arguments, name) for name in SETTINGS}
    training_config(arguments.preset or "dense", **settings)  # raises before the images are read
    dataset = read_images(arguments.dataset or BUILTIN, image_options(arguments))
    preset = arguments.preset or usual_preset(dataset.info.image_shape)
    config = training_config(preset, **settings)
    folder = arguments.out or new_run_folder(f"{dataset.info.name.lower()}-{preset}")
    if devices.cluster and _began(folder, config, dataset):
        return functools.partial(resume, folder, dataset, devices=devices)
    if devices.is_chief:
        _check_folder(folder, arguments)
    return functools.partial(
        train,
        config,
        dataset,
        folder,
        overwrite=arguments.overwrite,
        note=arguments.note or "",
        tensorboard=arguments.tensorboard or False,
        devices=devices,
    )


def _began(folder: Path, config: TrainingConfig, dataset: Dataset) -> bool:
    """Whether a training with these settings and images was cut off in the folder."""
    folder = folder.expanduser()
    progress = read_progress(folder) if is_unfinished(folder) else None
    settings = for_images(config, dataset.info.image_shape), dataset.info.fingerprint
    return progress is not None and (progress.config, progress.dataset.fingerprint) == settings


def _further(arguments: argparse.Namespace, devices: "Devices") -> Callable[..., Run | None]:
    """`training.start.train_further` with the options applied. Raises UserError for invalid options."""
    from vae_explorer.training.further import further_config, further_folder
    from vae_explorer.training.start import train_further

    run = open_run(find_run(arguments.further))
    if arguments.preset:
        raise UserError("A run is trained further with the preset that it has: leave out --preset.")
    if arguments.epochs is None:
        raise UserError("Give with --epochs the number of epochs to train the run further.")
    config = further_config(run, **{name: getattr(arguments, name) for name in SETTINGS})
    in_same_folder = arguments.overwrite and arguments.out is None
    folder = run.folder if in_same_folder else arguments.out or further_folder(run)
    if devices.is_chief:
        _check_folder(folder, arguments)
    return functools.partial(
        train_further,
        run,
        config,
        folder,
        read_images_again(run.info.dataset, arguments.dataset),
        overwrite=arguments.overwrite,
        note=arguments.note,
        tensorboard=arguments.tensorboard or False,
        devices=devices,
    )


def _check_folder(folder: Path, arguments: argparse.Namespace) -> None:
    """Raises UserError if a run may not be written to the folder; the sentence names the option that allows it."""
    try:
        check_folder(folder, arguments.overwrite)
    except UserError as error:
        hint = " --overwrite replaces it." if is_run(folder) and not arguments.overwrite else ""
        if is_unfinished(folder):
            hint = f" Its training is resumed by vae-explorer train --resume {folder}."
        raise UserError(f"{error}{hint}") from error


@contextmanager
def _stopped_by_signals(control: Any, devices: "Devices") -> Iterator[None]:
    """The first Ctrl-C stops and keeps the model, as the button Stop does; a second one ends the program at once.

    In a cluster so does SIGTERM, by which schedulers end a job. There the chief's signal stops all hosts.
    """

    def stop(signum: int, _frame: object) -> None:
        control.stop()
        signal.signal(signum, previous[signum])
        text = "Stopping; what is learned is being saved."
        if devices.cluster and not devices.is_chief:
            text = f"The training stops when it is stopped on {devices.cluster.chief}."
        print(f"\n{text} Press Ctrl-C again to end at once.", file=sys.stderr)

    signals = [signal.SIGINT, signal.SIGTERM] if devices.cluster else [signal.SIGINT]
    previous: dict[int, Any] = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
