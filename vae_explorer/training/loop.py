"""One training: builds the model, trains it with Keras's fit, and writes the run."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer.data.dataset import HELD_OUT, TRAINING, VALIDATION
from vae_explorer.errors import UserError
from vae_explorer.model.decoder import live_decoder
from vae_explorer.model.metrics import EVALUATION_BATCH
from vae_explorer.progress import LeftError
from vae_explorer.run.arrays import Sample
from vae_explorer.run.checkpoint import Checkpoint
from vae_explorer.run.run import Run
from vae_explorer.tensorflow_import import import_keras
from vae_explorer.training.agreement import AgreedControl, agreed, saying
from vae_explorer.training.callback import epochs_callback
from vae_explorer.training.calls import steps_per_call, way_of
from vae_explorer.training.course import Course
from vae_explorer.training.epochs import Epochs, show_and_keep
from vae_explorer.training.events import Finishing, Started, Warned
from vae_explorer.training.finishing import Ended, finish_run, sample_of
from vae_explorer.training.further import epochs_drawn_for
from vae_explorer.training.keeping import Keeper
from vae_explorer.training.machine import check_space
from vae_explorer.training.preview import LiveModel
from vae_explorer.training.reporting import Reporter
from vae_explorer.training.task import Task, Watcher
from vae_explorer.training.tensorboard import epoch_log

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE


def carry_out(task: Task, watcher: Watcher, checkpoint: Checkpoint | None = None) -> Run:
    """Train, and write the run to the task's folder, which must be locked.

    checkpoint: where to continue; None: begin a new training. Raises LeftError if the training is discarded, or stopped
    before its first step; UserError for a loss that is not finite in the first epoch, a full disk or a checkpoint of
    another network; OSError if files cannot be written.
    """
    course = Course(task.config, task.steps_per_epoch, checkpoint)
    sample = sample_of(task.dataset, task.splits == HELD_OUT)
    import_keras()
    device = task.devices.prepare()
    watcher.leave_if_asked(course.has_learned)
    vae, live = _models(task, watcher, course, sample)
    keeper = Keeper(task, watcher, course, vae)
    if checkpoint:
        keeper.load(checkpoint)
        live.follow()
    watcher.on_event(_started(task, course, live, device))
    show_and_keep(live, keeper)
    watcher.leave_if_asked(course.has_learned)
    rate: Callable[[], float] = lambda: float(vae.optimizer.learning_rate)  # noqa: E731
    reporter = Reporter(course, len(task.images_of(TRAINING)), rate, watcher.on_event)
    stepping = agreed(watcher, vae, task.devices)
    epochs = Epochs(stepping, course, reporter, live, keeper)
    if not (course.has_all_epochs or course.is_out_of_patience):
        fit(task, stepping, course, vae, epochs)
        reporter.report()
    watcher.leave_if_asked(course.has_learned)
    _settle(task, watcher, course, vae, epochs, keeper)
    return _finish(task, watcher, course, vae, epochs, sample)


def _models(task: Task, watcher: Watcher, course: Course, sample: Sample) -> tuple["VAE", LiveModel]:
    """The compiled model to train, and the live model that follows it. Raises UserError for a disk that is too full."""
    from vae_explorer.model.networks import build_decoder, with_sigmoid

    config, shape = task.config, task.dataset.info.image_shape
    vae = new_vae(task, course)
    decoder = live_decoder(with_sigmoid(build_decoder(config, shape)))
    check_space(task.folder, vae, task.splits, sample, config.epochs)
    return vae, LiveModel(vae, decoder, sample, watcher.on_event)


def new_vae(task: Task, course: Course) -> "VAE":
    """The compiled model to train."""
    from vae_explorer.model.optimizer import build_optimizer

    config = task.config
    vae = task.devices.new_vae(config, task.dataset.info.image_shape, config.kl_warmup * course.steps_per_epoch)
    with task.devices.scope():
        optimizer = build_optimizer(config, config.epochs * course.steps_per_epoch - course.start)
        vae.compile(optimizer=optimizer, jit_compile=False)
        # A checkpoint is assigned to the optimizer's variables; a first step that made them would be traced twice.
        vae.optimizer.build(vae.trainable_variables)
    return vae


def _started(task: Task, course: Course, live: LiveModel, device: str) -> Started:
    return Started(
        device=device,
        history=course.history,
        first_comparable=course.first_comparable,
        seams=course.seams,
        steps_per_epoch=course.steps_per_epoch,
        decoder=live.decoder,
        sample=live.sample,
        columns=task.dataset.columns.take(live.sample.index),
    )


def fit(task: Task, watcher: Watcher, course: Course, vae: "VAE", epochs: Epochs) -> None:
    """Train with Keras's fit; `epochs` is called after steps and epochs."""
    config, done, validation = task.config, len(course.history), task.images_of(VALIDATION)
    steps = 1  # several devices do one step a call
    if task.devices.strategy is None:
        vae.way = way_of(vae, config.epochs * course.steps_per_epoch - course.start)
        steps = steps_per_call(vae)
    ahead = epochs_drawn_for(course.earlier_segments, course.steps_per_epoch)
    drawn = replace(config, epochs=config.epochs + ahead)
    callbacks = [epochs_callback(epochs)]
    if isinstance(watcher.control, AgreedControl):
        callbacks.append(saying(watcher.control))
    if task.log:  # first, so that the log has an epoch before its checkpoint is written
        callbacks.insert(0, epoch_log(task.folder / task.log, lambda: not epochs.interrupted, watcher.warn))
    vae.fit(
        task.devices.training_batches(task.images_of(TRAINING), drawn, done + ahead, steps),
        steps_per_epoch=-(-course.steps_per_epoch // steps),
        initial_epoch=done,
        epochs=config.epochs,
        validation_data=task.devices.evaluation_batches(validation, EVALUATION_BATCH),
        validation_steps=-(-len(validation) // EVALUATION_BATCH),
        shuffle=False,  # the batches come shuffled
        verbose=0,
        callbacks=callbacks,
    )


def _settle(task: Task, watcher: Watcher, course: Course, vae: "VAE", epochs: Epochs, keeper: Keeper) -> None:
    """Give the model the weights that become the run: the present, the last whole epoch's or the best ones.

    Raises UserError if the loss failed before a whole epoch, LeftError if nothing was learned.
    """
    if epochs.interrupted and not epochs.failure and not _has_finite_loss(task, vae):
        epochs.fail()
    if epochs.failure:
        if not keeper.go_back():
            raise UserError(epochs.failure)
        kept = f"the run keeps the model of epoch {course.history[-1].epoch}"
        watcher.on_event(Warned(f"{epochs.failure.rstrip('.')}; {kept}.", ended=True))
    if not course.has_learned:
        raise LeftError
    keeper.restore_best()


def _has_finite_loss(task: Task, vae: "VAE") -> bool:
    """Whether the present weights give a finite loss: a step that was too long shows only in the next loss."""
    images = task.images_of(VALIDATION)[:EVALUATION_BATCH]
    return all(np.isfinite(losses.numpy()).all() for losses in vae.losses_of(images, np.int64(-1), training=False))


def _finish(task: Task, watcher: Watcher, course: Course, vae: "VAE", epochs: Epochs, sample: Sample) -> Run:
    def finishing(text: str, done: float) -> None:
        watcher.leave_if_asked(course.has_learned)
        watcher.on_event(Finishing(text, min(done, 1.0)))

    whole = course.has_all_epochs or (course.is_out_of_patience and not epochs.interrupted)
    ended = Ended(
        config=task.config,
        status="finished" if whole else "stopped",
        history=course.history,
        best=course.best,
        steps=sum(segment.steps for segment in course.segments),
        note=task.note,
        segments=course.segments,
    )
    return finish_run(
        task,
        vae,
        ended,
        sample,
        warned=watcher.warn,
        progress=finishing,
        hurried=lambda: watcher.control.request == "stop",
        skipped=lambda: watcher.control.skipping,
    )
