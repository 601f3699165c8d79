"""One training from its first step to its run: Keras's fit, and what is told and kept meanwhile."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Weights
from vae_explorer.data.dataset import HELD_OUT, TRAINING, VALIDATION, Dataset, Rows
from vae_explorer.errors import UserError
from vae_explorer.latent.plane import FIRST_TWO, GRID_SIDE, axes_plane, axis_positions, lattice
from vae_explorer.model.decoder import as_pixels, live_decoder
from vae_explorer.model.metrics import EVALUATION_BATCH
from vae_explorer.progress import LeftError
from vae_explorer.run.checkpoint import Checkpoint, write_checkpoint
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.run import Run
from vae_explorer.run.segments import Segment, best_epoch, first_comparable, seams, segment
from vae_explorer.run.snapshots import Snapshot, SnapshotWriter
from vae_explorer.tensorflow_import import import_keras
from vae_explorer.training.events import (
    STRIP_SIZE,
    BatchProgress,
    Control,
    DecoderUpdated,
    EpochEnded,
    Event,
    Finishing,
    Paused,
    Preview,
    Started,
    Warned,
)
from vae_explorer.training.finishing import Ended, encoded, finish_run, labels_of, sample_of
from vae_explorer.training.further import epochs_drawn_for
from vae_explorer.training.machine import check_space, prepare_device
from vae_explorer.training.tensorboard import epoch_log

REPORT_SECONDS = 0.25  # between two BatchProgress: what is drawn of them takes time from the training
ENDING = ("stop", "discard")  # requests
LIVE_SECONDS = 1.0  # between two DecoderUpdated


class TrainingLoop:
    def __init__(
        self,
        config: TrainingConfig,
        dataset: Dataset,
        parts: Bytes,
        folder: Path,
        on_event: Callable[[Event], None],
        control: Control,
        note: str,
        log: str,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.config, self.dataset, self.folder = config, dataset, folder
        self.parts, self.on_event, self.control = parts, on_event, control
        self.steps_per_epoch = -(-int((parts == TRAINING).sum()) // config.batch_size)
        self.sample = sample_of(dataset, parts == HELD_OUT)
        self.note, self.log, self.checkpoint = note, log, checkpoint
        self.history: list[EpochRecord] = list(checkpoint.history) if checkpoint else []
        self.segments = checkpoint.segments if checkpoint else ()  # before this one
        self.first_epoch = sum(part.epochs for part in self.segments)
        self.step, self.start = (epochs * self.steps_per_epoch for epochs in (len(self.history), self.first_epoch))
        self.segment_began = checkpoint.began if checkpoint else _now()
        self.snapshots = SnapshotWriter(folder, len(self.history))
        self.interrupted = False
        self.good_weights: tuple[Weights, int] | None = None  # and their step
        self.best_weights: Weights | None = None  # to be restored
        self.failure = ""
        self.unreported: list[tuple[float, ...]] = []
        self.reported = self.updated = 0.0

    @classmethod
    def of(
        cls,
        checkpoint: Checkpoint,
        dataset: Dataset,
        parts: Bytes,
        folder: Path,
        on_event: Callable[[Event], None],
        control: Control,
    ) -> "TrainingLoop":
        """One that goes on from a checkpoint."""
        note, log = checkpoint.note, checkpoint.log
        return cls(checkpoint.config, dataset, parts, folder, on_event, control, note, log, checkpoint)

    def run(self) -> Run:
        keras = import_keras()
        from vae_explorer.model.networks import build_decoder, with_sigmoid
        from vae_explorer.model.optimizer import build_optimizer
        from vae_explorer.model.vae import VAE

        device = prepare_device()
        self._check_request()
        shape = self.dataset.info.image_shape
        self.vae = VAE(self.config, shape, self.config.kl_warmup * self.steps_per_epoch)
        self.live = live_decoder(with_sigmoid(build_decoder(self.config, shape)))
        check_space(self.folder, self.vae, self.parts, self.sample, self.config.epochs)
        self.vae.compile(
            optimizer=build_optimizer(self.config, self.config.epochs * self.steps_per_epoch - self.start),
            jit_compile=False,
        )
        # For a checkpoint to be assigned to; and a first step that made variables would be traced twice.
        self.vae.optimizer.build(self.vae.trainable_variables)
        if self.checkpoint:
            self._load(self.checkpoint)
        self.on_event(
            Started(
                device=device,
                history=tuple(self.history),
                first_comparable=first_comparable(self.config, self._segments()),
                seams=seams(self._segments()),
                steps_per_epoch=self.steps_per_epoch,
                decoder=self.live,
                sample=self.sample,
                sample_labels=labels_of(self.dataset, self.sample.index),
                class_names=self.dataset.info.class_names,
                value_names=self.dataset.info.value_names,
                sample_values=self.dataset.values[self.sample.index],
            )
        )
        self._preview()
        self._check_request()
        if len(self.history) < self.config.epochs and not self._out_of_patience():
            self._fit(keras)
        return self._finish()

    def _load(self, checkpoint: Checkpoint) -> None:
        optimizer = self.vae.optimizer
        try:
            self.vae.set_weights(checkpoint.weights)
            if checkpoint.optimizer:
                for variable, value in zip(optimizer.variables, checkpoint.optimizer, strict=True):
                    variable.assign(value)
                self.good_weights = checkpoint.weights, self.step
        except ValueError as error:
            raise UserError(
                f"What {self.folder} is to go on from is of another network than this program's."
            ) from error
        self.best_weights = checkpoint.best
        self.live.assign(self.vae.decoder.get_weights())

    def _fit(self, keras: Any) -> None:
        from vae_explorer.model.batches import evaluation_batches, training_batches

        self.began, self.first_step = time.perf_counter(), self.step
        first_epoch = len(self.history)
        ahead = epochs_drawn_for(self.segments, self.steps_per_epoch)
        drawn = replace(self.config, epochs=self.config.epochs + ahead)
        self.vae.fit(
            training_batches(self._of(TRAINING), drawn, first_epoch + ahead),
            steps_per_epoch=self.steps_per_epoch,
            initial_epoch=first_epoch,
            epochs=self.config.epochs,
            validation_data=evaluation_batches(self._of(VALIDATION), EVALUATION_BATCH),
            shuffle=False,  # the batches come shuffled
            verbose=0,
            callbacks=[
                *self._logs(),
                keras.callbacks.LambdaCallback(
                    on_epoch_begin=self._epoch_begins,
                    on_train_batch_end=self._batch_ended,
                    on_test_batch_end=self._validation_batch_ended,
                    on_epoch_end=self._epoch_ended,
                ),
            ],
        )
        self._report()

    def _logs(self) -> list[Any]:
        if not self.log:
            return []
        warned: Callable[[str], None] = lambda text: self.on_event(Warned(text, ended=False))  # noqa: E731
        return [epoch_log(self.folder / self.log, lambda: not self.interrupted, warned)]

    def _epoch_begins(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch + 1
        self.epoch_began = time.perf_counter()
        self.interrupted = False

    def _batch_ended(self, batch: int, logs: dict[str, Any]) -> None:
        self.step += 1
        losses = [float(logs[name]) for name in ("loss", "reconstruction_loss", "kl_loss")]
        if not np.isfinite(losses).all():
            self._fail()
        else:
            self.unreported.append((self.step, *losses))
        if self.control.request == "pause":
            self._pause()
        if self.control.request in ENDING or self.failure:
            self.interrupted = self.vae.stop_training = True
            return
        now = time.perf_counter()
        if now - self.reported >= REPORT_SECONDS:
            self._report()
        self._update_live(now)

    def _validation_batch_ended(self, batch: int, logs: Any = None) -> None:
        # Keras validates even after stop_training, and resets stop_evaluating at the start of it.
        if self.control.request == "pause":
            self._pause()
        if self.interrupted or self.control.request in ENDING:
            self.interrupted = self.vae.stop_training = self.vae.stop_evaluating = True
        else:  # a validation may outlast the time since the newest weights were shown
            self._update_live(time.perf_counter())

    def _pause(self) -> None:
        """Wait here, in Keras's thread, between two batches; the time does not count."""
        self._report()
        self.live.assign(self.vae.decoder.get_weights())
        self.on_event(Paused(True))
        seconds = self.control.wait_while_paused()
        self.began, self.epoch_began = self.began + seconds, self.epoch_began + seconds
        self.on_event(Paused(False))

    def _update_live(self, now: float) -> None:
        if now - self.updated >= LIVE_SECONDS:
            self.live.assign(self.vae.decoder.get_weights())
            self.on_event(DecoderUpdated())
            self.updated = now

    def _epoch_ended(self, epoch: int, logs: dict[str, Any]) -> None:
        if self.interrupted:
            return
        record = EpochRecord(
            epoch=self.epoch,
            **{name: float(logs[name]) for name in EpochRecord.__slots__[1:7]},
            seconds=time.perf_counter() - self.epoch_began,
            learning_rate=float(self.vae.optimizer.learning_rate),
        )
        if not np.isfinite([record.loss, record.val_loss]).all():
            self._fail()
            self.vae.stop_training = True
            return
        self._report()
        self.history.append(record)
        self.good_weights = self.vae.get_weights(), self.step
        best = self._best()
        if self.config.restore_best and best is record:
            self.best_weights = self.good_weights[0]
        self.live.assign(self.vae.decoder.get_weights())
        self._keep()
        self.on_event(EpochEnded(record, best, self.epoch - best.epoch if best else 0))
        self._preview()
        if self._out_of_patience():
            self.vae.stop_training = True

    def _out_of_patience(self) -> bool:
        best = self._best()
        patience = self.config.patience
        return best is not None and patience is not None and len(self.history) - best.epoch >= patience

    def _best(self) -> EpochRecord | None:
        return best_epoch(self.history, first_comparable(self.config, self._segments()))

    def _segments(self) -> tuple[Segment, ...]:
        """Up to now."""
        epochs, steps = len(self.history) - self.first_epoch, self.step - self.start
        return (
            *self.segments,
            segment(self.config, self.first_epoch + 1, epochs, steps, self.segment_began, _now()),
        )

    def _keep(self) -> None:
        """Write the checkpoint. If the disk will not take it, the training goes on, from here at least in memory."""
        checkpoint = Checkpoint(
            config=self.config,
            dataset=self.dataset.info,
            note=self.note,
            history=tuple(self.history),
            weights=self.vae.get_weights(),
            optimizer=[variable.numpy() for variable in self.vae.optimizer.variables],
            best=self.best_weights,
            segments=self.segments,
            began=self.segment_began,
            log=self.log,
        )
        try:
            write_checkpoint(self.folder, checkpoint)
        except UserError as error:
            text = f"Epoch {self.epoch} could not be kept to go on from. {error} The training goes on."
            self.on_event(Warned(text, ended=False))

    def _has_finite_loss(self) -> bool:
        """Whether the present weights are any good: a step that was too long shows only in the next one's loss."""
        images = self._of(VALIDATION)[:EVALUATION_BATCH]
        return all(
            np.isfinite(losses.numpy()).all() for losses in self.vae.losses_of(images, np.int64(-1), training=False)
        )

    def _fail(self) -> None:
        setting = f"the learning rate (now {self.config.learning_rate:g})"
        if self.config.beta > 10:
            setting += f" or beta (now {self.config.beta:g})"
        self.failure = f"The loss stopped being a finite number in epoch {self.epoch}: lower {setting}."

    def _report(self) -> None:
        if not self.unreported:
            return
        now = time.perf_counter()
        elapsed = now - self.began
        values = np.array(self.unreported)
        per_step = elapsed / (self.step - self.first_step)
        self.on_event(
            BatchProgress(
                steps=values[:, 0].astype(np.int64),
                losses=values[:, 1:],
                epoch=self.epoch,
                elapsed=elapsed,
                seconds_left=per_step * (self.config.epochs * self.steps_per_epoch - self.step),
                images_per_second=int((self.parts == TRAINING).sum()) / self.steps_per_epoch / per_step,
                learning_rate=float(self.vae.optimizer.learning_rate),
            )
        )
        self.unreported, self.reported = [], now

    def _preview(self) -> None:
        from vae_explorer.model.losses import kl_divergence

        if not len(self.sample.index):
            self._keep_snapshot(np.empty((0, self.config.latent_dim), np.float32))
            return
        z_mean, z_log_var = map(np.concatenate, zip(*encoded(self.vae, self.sample.images), strict=True))
        self._keep_snapshot(z_mean)
        kl = kl_divergence(z_mean, z_log_var).numpy().mean(axis=0)
        places = axis_positions(GRID_SIDE, "quantile")
        plane = axes_plane(FIRST_TWO, self.config.latent_dim)
        codes = lattice(places, places if self.config.latent_dim > 1 else places[:1], plane)
        decoded = as_pixels(self.live(np.concatenate([z_mean[:STRIP_SIZE], codes])))
        strip, grid = np.split(decoded, [len(decoded) - len(codes)])
        self.on_event(Preview(z_mean, strip, kl, grid.reshape(-1, GRID_SIDE, *grid.shape[1:])))

    def _keep_snapshot(self, z_mean: Floats) -> None:
        network = getattr(self.live, "network", None)  # none, if LiteRT could not convert it
        snapshot = Snapshot(len(self.history), self.vae.decoder.get_weights(), z_mean)
        if warning := self.snapshots.keep(snapshot, network):
            self.on_event(Warned(warning, ended=False))

    def _finish(self) -> Run:
        self._check_request()
        if self.interrupted and not self.failure and not self._has_finite_loss():
            self._fail()
        if self.failure:
            if self.good_weights is None:
                raise UserError(self.failure)
            weights, self.step = self.good_weights
            self.vae.set_weights(weights)
            kept = f"kept is the model of epoch {self.history[-1].epoch}"
            self.on_event(Warned(f"{self.failure.rstrip('.')}; {kept}.", ended=True))
        if self.step == self.start:
            raise LeftError
        if self.best_weights is not None:
            self.vae.set_weights(self.best_weights)
        return finish_run(
            self.folder,
            self.vae,
            self._ended(),
            self.dataset,
            self.parts,
            self.sample,
            warned=lambda text: self.on_event(Warned(text, ended=False)),
            progress=self._finishing,
            hurried=lambda: self.control.request == "stop",
        )

    def _of(self, part: int) -> Rows:
        return Rows(self.dataset.images, np.flatnonzero(self.parts == part))

    def _ended(self) -> Ended:
        whole = len(self.history) == self.config.epochs or (self._out_of_patience() and not self.interrupted)
        return Ended(
            config=self.config,
            status="finished" if whole else "stopped",
            history=tuple(self.history),
            best=self._best(),
            steps=sum(part.steps for part in self._segments()),
            note=self.note,
            segments=self._segments(),
        )

    def _finishing(self, task: str, done: float) -> None:
        self._check_request()
        self.on_event(Finishing(task, min(done, 1.0)))

    def _check_request(self) -> None:
        if self.control.request == "discard" or (self.control.request == "stop" and self.step == self.start):
            raise LeftError


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
