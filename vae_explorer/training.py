"""Training: images in, a run on disk out, events on the way."""

import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer import __version__
from vae_explorer.checkpoint import PLACE, Arrays, Checkpoint, has_checkpoint, read_checkpoint, write_checkpoint
from vae_explorer.config import TrainingConfig, check_image_shape
from vae_explorer.data import HELD_OUT, TRAINING, VALIDATION, Dataset, load_dataset, split
from vae_explorer.decoding import as_pixels, live_decoder
from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.latent import axis_positions, lattice
from vae_explorer.metrics import EVALUATION_BATCH, bounds_of, measure, with_log_likelihood
from vae_explorer.model_files import write_models
from vae_explorer.quality import SAMPLES, Quality
from vae_explorer.run import (
    Codes,
    EpochRecord,
    HeldOutLoss,
    Run,
    RunInfo,
    Sample,
    open_run,
    write_arrays,
    write_history,
    write_info,
)
from vae_explorer.run_folder import new_run, unfinished_run
from vae_explorer.tensorflow_import import import_keras
from vae_explorer.training_events import (
    GRID_SIDE,
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

SAMPLE_SIZE = 2000  # held-out images kept in the run
REPORT_SECONDS = 0.25  # between two BatchProgress: what is drawn of them takes time from the training
ENDING = ("stop", "discard")  # requests
LIVE_SECONDS = 1.0  # between two DecoderUpdated


def train(
    config: TrainingConfig,
    dataset: Dataset,
    folder: Path,
    on_event: Callable[[Event], None] = lambda _: None,
    control: Control | None = None,
    *,
    overwrite: bool = False,
    note: str = "",
) -> Run | None:
    """Train a VAE and write it to `folder` as a run. Blocks; may be called in any thread.

    Returns the run, or None if it was discarded or stopped before the first step; then nothing is left on disk. If it
    is cut off by anything else, its last whole epoch stays in the folder, for `resume`. note: kept with the run.
    overwrite: let the new run take the place of a run in `folder`, which stays until the new one is whole.
    Raises UserError for settings, images or a folder that will not do, and for a loss that is not finite.
    """
    control = control or Control()
    check_image_shape(config, dataset.info.image_shape)
    parts = split(dataset, config.seed, config.limit, config.validation_share)
    with new_run(folder, overwrite) as target:
        return _carry_out(_Training(config, dataset, parts, target, on_event, control, note))


def resume(
    folder: Path,
    dataset: Dataset | None = None,
    on_event: Callable[[Event], None] = lambda _: None,
    control: Control | None = None,
) -> Run | None:
    """Go on with a training that was cut off, from its last whole epoch. Blocks; otherwise as `train`.

    On the same machine the result is that of a training that was not cut off. dataset: its images, if they are at
    hand; else they are read from where they were. Raises UserError if there is nothing to resume, the images are not
    the same, or another process is at it.
    """
    control = control or Control()
    with unfinished_run(folder) as target:
        checkpoint = read_checkpoint(target)
        if dataset is None:
            dataset = load_dataset(checkpoint.dataset.source)
        if dataset.info.fingerprint != checkpoint.dataset.fingerprint:
            raise UserError(f"{dataset.info.source} does not hold the images that the training in {target} began with.")
        config = checkpoint.config
        parts = split(dataset, config.seed, config.limit, config.validation_share)
        return _carry_out(_Training(config, dataset, parts, target, on_event, control, checkpoint.note, checkpoint))


def _carry_out(training: "_Training") -> Run | None:
    try:
        return training.run()
    except _DiscardedError:
        shutil.rmtree(training.folder / PLACE, ignore_errors=True)
        return None
    except OSError as error:
        kept = has_checkpoint(training.folder)
        more = " The training is kept up to its last whole epoch: resume it then." if kept else ""
        raise UserError(refusal(training.folder, error) + more) from error


class _DiscardedError(Exception):
    """Leaves a training without a run. Never raised inside Keras."""


class _StoppedError(Exception):
    """Leaves what a Stop cuts short without losing the run."""


class _Training:
    def __init__(
        self,
        config: TrainingConfig,
        dataset: Dataset,
        parts: NDArray[np.uint8],
        folder: Path,
        on_event: Callable[[Event], None],
        control: Control,
        note: str,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.config, self.dataset, self.folder = config, dataset, folder
        self.parts, self.on_event, self.control = parts, on_event, control
        self.steps_per_epoch = -(-int((parts == TRAINING).sum()) // config.batch_size)
        held_out = np.flatnonzero(parts == HELD_OUT)
        chosen = held_out[np.linspace(0, len(held_out) - 1, min(len(held_out), SAMPLE_SIZE)).astype(int)]
        self.sample = Sample(dataset.images[chosen], chosen.astype(np.int64))
        self.note, self.checkpoint = note, checkpoint
        self.history: list[EpochRecord] = list(checkpoint.history) if checkpoint else []
        self.step = len(self.history) * self.steps_per_epoch
        self.interrupted = False
        self.good_weights: tuple[Arrays, int] | None = None  # and their step
        self.best_weights: Arrays | None = None  # to be restored
        self.failure = ""
        self.unreported: list[tuple[float, ...]] = []
        self.reported = self.updated = 0.0

    def run(self) -> Run:
        keras = import_keras()
        from vae_explorer import model

        device = _prepare_device()
        self._check_request()
        shape = self.dataset.info.image_shape
        self.vae = model.VAE(self.config, shape, self.config.kl_warmup * self.steps_per_epoch)
        self.live = live_decoder(model.with_sigmoid(model.build_decoder(self.config, shape)))
        self._check_space()
        self.vae.compile(
            optimizer=model.build_optimizer(self.config, self.config.epochs * self.steps_per_epoch), jit_compile=False
        )
        if self.checkpoint:
            self._load(self.checkpoint)
        self.on_event(
            Started(
                device=device,
                history=tuple(self.history),
                steps_per_epoch=self.steps_per_epoch,
                decoder=self.live,
                sample=self.sample,
                sample_labels=self._labels_of(self.sample.index),
                class_names=self.dataset.info.class_names,
                value_names=self.dataset.info.value_names,
                sample_values=self.dataset.values[self.sample.index],
            )
        )
        self._preview()
        self._check_request()
        if len(self.history) < self.config.epochs and not self._out_of_patience():
            self._fit(keras, model)
        return self._finish(model)

    def _load(self, checkpoint: Checkpoint) -> None:
        optimizer = self.vae.optimizer
        optimizer.build(self.vae.trainable_variables)  # or there would be nothing to assign to
        try:
            self.vae.set_weights(checkpoint.weights)
            for variable, value in zip(optimizer.variables, checkpoint.optimizer, strict=True):
                variable.assign(value)
        except ValueError as error:
            raise UserError(f"The checkpoint in {self.folder} is of another network than this program's.") from error
        self.best_weights = checkpoint.best
        self.good_weights = checkpoint.weights, self.step
        self.live.assign(self.vae.decoder.get_weights())

    def _fit(self, keras: Any, model: Any) -> None:
        self.began, self.first_step = time.perf_counter(), self.step
        first_epoch = len(self.history)
        self.vae.fit(
            model.training_batches(self.dataset.images[self.parts == TRAINING], self.config, first_epoch),
            steps_per_epoch=self.steps_per_epoch,
            initial_epoch=first_epoch,
            epochs=self.config.epochs,
            validation_data=model.evaluation_batches(self.dataset.images[self.parts == VALIDATION], EVALUATION_BATCH),
            shuffle=False,  # the batches come shuffled
            verbose=0,
            callbacks=[
                keras.callbacks.LambdaCallback(
                    on_epoch_begin=self._epoch_begins,
                    on_train_batch_end=self._batch_ended,
                    on_test_batch_end=self._validation_batch_ended,
                    on_epoch_end=self._epoch_ended,
                )
            ],
        )
        self._report()

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
        best = best_epoch(self.history, self.config.kl_warmup)
        if self.config.restore_best and best is record:
            self.best_weights = self.good_weights[0]
        self.live.assign(self.vae.decoder.get_weights())
        self._keep()
        self.on_event(EpochEnded(record, best, self.epoch - best.epoch if best else 0))
        self._preview()
        if self._out_of_patience():
            self.vae.stop_training = True

    def _out_of_patience(self) -> bool:
        best = best_epoch(self.history, self.config.kl_warmup)
        patience = self.config.patience
        return best is not None and patience is not None and len(self.history) - best.epoch >= patience

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
        )
        try:
            write_checkpoint(self.folder, checkpoint)
        except UserError as error:
            text = f"Epoch {self.epoch} could not be kept to go on from. {error} The training goes on."
            self.on_event(Warned(text, ended=False))

    def _has_finite_loss(self) -> bool:
        """Whether the present weights are any good: a step that was too long shows only in the next one's loss."""
        images = self.dataset.images[self.parts == VALIDATION][:EVALUATION_BATCH]
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
        from vae_explorer import model

        if not len(self.sample.index):
            return
        z_mean, z_log_var = map(np.concatenate, zip(*self._encoded(self.sample.images), strict=True))
        kl = model.kl_divergence(z_mean, z_log_var).numpy().mean(axis=0)
        places = axis_positions(GRID_SIDE, "quantile")
        codes = lattice(places, places if self.config.latent_dim > 1 else places[:1], self.config.latent_dim)
        decoded = as_pixels(self.live(np.concatenate([z_mean[:STRIP_SIZE], codes])))
        strip, grid = np.split(decoded, [len(decoded) - len(codes)])
        self.on_event(Preview(z_mean, strip, kl, grid.reshape(-1, GRID_SIDE, *grid.shape[1:])))

    def _encoded(self, images: NDArray[np.uint8]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        for number, start in enumerate(range(0, len(images), EVALUATION_BATCH)):
            pixels = self.vae.pixels_of(images[start : start + EVALUATION_BATCH], -1 - number)
            z_mean, z_log_var = self.vae.encoder(pixels, training=False)
            yield z_mean.numpy(), z_log_var.numpy()

    def _finish(self, model: Any) -> Run:
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
        if self.step == 0:
            raise _DiscardedError
        if self.best_weights is not None:
            self.vae.set_weights(self.best_weights)
        quality = self._measure(self._write_codes())
        self._finishing("Writing the run", 0.0)
        write_models(
            self.folder,
            {"encoder": self.vae.encoder, "decoder": model.with_sigmoid(self.vae.decoder)},
            warned=lambda text: self.on_event(Warned(text, ended=False)),
            progressed=lambda done: self._finishing("Writing the run", 0.9 * done),
        )
        write_history(self.folder / "history.csv", tuple(self.history))
        write_arrays(self.folder / "sample.npz", self.sample)
        self._finishing("Writing the run", 0.9)
        write_info(self.folder, self._info(quality))
        return open_run(self.folder)

    def _measure(self, codes: Codes) -> Quality | None:
        """The figures of the held-out images; without the log-likelihood, which takes longest, after a Stop."""
        held_out = np.flatnonzero(self.parts == HELD_OUT)
        if not len(held_out):
            return None
        images, evaluating = self.dataset.images[held_out], partial(self._finishing, "Evaluating held-out images")
        quality = measure(self.vae, images, self._labels_of(held_out), codes, evaluating)

        def estimating(done: float) -> None:
            self._finishing("Estimating the log-likelihood", done)
            if self.control.request == "stop":
                raise _StoppedError

        try:
            estimating(0.0)
            bounds = bounds_of(self.vae, images, SAMPLES, progressed=estimating)
        except _StoppedError:
            return quality
        return with_log_likelihood(quality, bounds, SAMPLES)

    def _write_codes(self) -> Codes:
        used = np.flatnonzero(self.parts != 255)
        codes: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        for encoded in self._encoded(self.dataset.images[used]):
            codes.append(encoded)
            self._finishing("Encoding all images", len(codes) * EVALUATION_BATCH / len(used))
        z_mean, z_log_var = (np.concatenate(arrays) for arrays in zip(*codes, strict=True))
        codes_of_all = Codes(z_mean, z_log_var, self._labels_of(used), used.astype(np.int64), self.parts[used])
        write_arrays(self.folder / "codes.npz", codes_of_all)
        return codes_of_all

    def _labels_of(self, index: NDArray[np.int64]) -> NDArray[np.int32]:
        labels = self.dataset.labels
        return np.full(len(index), -1, np.int32) if labels is None else labels[index]

    def _info(self, quality: Quality | None) -> RunInfo:
        import keras
        import tensorflow as tf

        whole = len(self.history) == self.config.epochs or (self._out_of_patience() and not self.interrupted)
        best = best_epoch(self.history, self.config.kl_warmup)
        return RunInfo(
            name=self.folder.name,
            created=datetime.now().astimezone().isoformat(timespec="seconds"),
            status="finished" if whole else "stopped",
            dataset=self.dataset.info,
            config=self.config,
            encoder_parameters=self.vae.encoder.count_params(),
            decoder_parameters=self.vae.decoder.count_params(),
            epochs=len(self.history),
            steps=self.step,
            held_out=HeldOutLoss.of(quality) if quality else None,
            quality=quality,
            best_epoch=best.epoch if best else None,
            note=self.note,
            versions={
                "vae_explorer": __version__,
                "python": platform.python_version(),
                "tensorflow": tf.__version__,
                "keras": keras.__version__,
                "numpy": np.__version__,
            },
        )

    def _finishing(self, task: str, done: float) -> None:
        self._check_request()
        self.on_event(Finishing(task, min(done, 1.0)))

    def _check_request(self) -> None:
        if self.control.request == "discard" or (self.control.request == "stop" and not self.step):
            raise _DiscardedError

    def _check_space(self) -> None:
        """Refuse a disk that is too full now rather than after the training."""
        count = self.vae.encoder.count_params() + self.vae.decoder.count_params()
        images = int((self.parts != 255).sum())
        # Three files of weights; and two checkpoints for a moment, of weights with their two moments in Adam.
        needed = (3 + 2 * 3) * 4 * count + images * (6 * self.config.latent_dim + 16)
        needed += self.sample.images.nbytes + 1_000_000
        # Keras exports by way of the system's folder for temporary files.
        for place, size in ((self.folder, needed), (Path(tempfile.gettempdir()), 2 * 4 * count + 5_000_000)):
            free = shutil.disk_usage(place).free
            if free < size:
                raise UserError(
                    f"The disk of {place} is too full: about {size / 1e6:.0f} MB are needed, "
                    f"{free / 1e6:.1f} MB are free. Free some space or choose another place."
                )


def best_epoch(history: Sequence[EpochRecord], kl_warmup: int) -> EpochRecord | None:
    """The epoch of least validation loss, reconstruction + beta KL, once beta has risen; None before that."""
    return min(history[kl_warmup:], key=lambda record: record.val_loss, default=None)


def _prepare_device() -> str:
    """Let TensorFlow take GPU memory as it needs it, and name the device it will use."""
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    for device in devices:
        try:
            tf.config.experimental.set_memory_growth(device, True)
        except RuntimeError:  # set already, by an earlier training in this process
            break
    if not devices:
        return "CPU"
    name = tf.config.experimental.get_device_details(devices[0]).get("device_name", "")
    return f"GPU {name}".strip()
