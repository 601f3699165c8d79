"""Training: images in, a run on disk out, events on the way."""

import logging
import platform
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer import __version__
from vae_explorer.config import TrainingConfig, check_image_shape
from vae_explorer.data import HELD_OUT, TRAINING, VALIDATION, Dataset, split
from vae_explorer.decoding import as_pixels, live_decoder
from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.latent import axis_positions, lattice
from vae_explorer.lowered import pack
from vae_explorer.lowering import UnsupportedError, lower
from vae_explorer.run import (
    Codes,
    EpochRecord,
    Run,
    RunInfo,
    Sample,
    open_run,
    write_arrays,
    write_history,
    write_info,
)
from vae_explorer.run_folder import new_run
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
    Preview,
    Started,
    Warned,
)

SAMPLE_SIZE = 2000  # held-out images kept in the run
EVALUATION_BATCH = 1000
REPORT_SECONDS = 0.25  # between two BatchProgress: what is drawn of them takes time from the training
LIVE_SECONDS = 1.0  # between two DecoderUpdated

log = logging.getLogger(__name__)


def train(
    config: TrainingConfig,
    dataset: Dataset,
    folder: Path,
    on_event: Callable[[Event], None] = lambda _: None,
    control: Control | None = None,
    *,
    overwrite: bool = False,
) -> Run | None:
    """Train a VAE and write it to `folder` as a run. Blocks; may be called in any thread.

    Returns the run, or None if it was discarded or stopped before the first step; then nothing is left on disk.
    overwrite: let the new run take the place of a run in `folder`, which stays until the new one is whole.
    Raises UserError for settings, images or a folder that will not do, and for a loss that is not finite.
    """
    control = control or Control()
    check_image_shape(config, dataset.info.image_shape)
    parts = split(dataset, config.seed, config.limit)
    with new_run(folder, overwrite) as target:
        try:
            return _Training(config, dataset, parts, target, on_event, control).run()
        except _DiscardedError:
            return None
        except OSError as error:
            raise UserError(refusal(target, error)) from error


class _DiscardedError(Exception):
    """Leaves a training without a run. Never raised inside Keras."""


class _Training:
    def __init__(
        self,
        config: TrainingConfig,
        dataset: Dataset,
        parts: NDArray[np.uint8],
        folder: Path,
        on_event: Callable[[Event], None],
        control: Control,
    ) -> None:
        self.config, self.dataset, self.folder = config, dataset, folder
        self.parts, self.on_event, self.control = parts, on_event, control
        self.steps_per_epoch = -(-int((parts == TRAINING).sum()) // config.batch_size)
        held_out = np.flatnonzero(parts == HELD_OUT)
        chosen = held_out[np.linspace(0, len(held_out) - 1, min(len(held_out), SAMPLE_SIZE)).astype(int)]
        self.sample = Sample(dataset.images[chosen], chosen.astype(np.int64))
        self.history: list[EpochRecord] = []
        self.step = 0
        self.good_weights: tuple[list[NDArray[np.float32]], int] | None = None  # and their step
        self.failure = ""
        self.unreported: list[tuple[float, ...]] = []
        self.reported = self.updated = 0.0

    def run(self) -> Run:
        keras = import_keras()
        from vae_explorer import model

        device = _prepare_device()
        self._check_request()
        shape = self.dataset.info.image_shape
        self.vae = model.VAE(self.config, shape)
        self.live = live_decoder(model.with_sigmoid(model.build_decoder(self.config, shape)))
        self._check_space()
        self.vae.compile(
            optimizer=model.build_optimizer(self.config, self.config.epochs * self.steps_per_epoch), jit_compile=False
        )
        self.on_event(
            Started(
                device=device,
                steps_per_epoch=self.steps_per_epoch,
                decoder=self.live,
                sample=self.sample,
                sample_labels=self._labels_of(self.sample.index),
                class_names=self.dataset.info.class_names,
            )
        )
        self._preview()
        self._check_request()
        self._fit(keras, model)
        return self._finish(model)

    def _fit(self, keras: Any, model: Any) -> None:
        self.began = time.perf_counter()
        self.vae.fit(
            model.training_batches(self.dataset.images[self.parts == TRAINING], self.config),
            steps_per_epoch=self.steps_per_epoch,
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
        if self.control.request != "run" or self.failure:
            self.interrupted = self.vae.stop_training = True
            return
        now = time.perf_counter()
        if now - self.reported >= REPORT_SECONDS:
            self._report()
        self._update_live(now)

    def _validation_batch_ended(self, batch: int, logs: Any = None) -> None:
        # Keras validates even after stop_training, and resets stop_evaluating at the start of it.
        if self.interrupted or self.control.request != "run":
            self.interrupted = self.vae.stop_training = self.vae.stop_evaluating = True
        else:  # a validation may outlast the time since the newest weights were shown
            self._update_live(time.perf_counter())

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
        self.live.assign(self.vae.decoder.get_weights())
        self.on_event(EpochEnded(record))
        self._preview()

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
        per_step = elapsed / self.step
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
        for start in range(0, len(images), EVALUATION_BATCH):
            batch = images[start : start + EVALUATION_BATCH].astype(np.float32) / 255
            z_mean, z_log_var = self.vae.encoder(batch, training=False)
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
        held_out_images = self.dataset.images[self.parts == HELD_OUT]
        held_out = None
        if len(held_out_images):
            from vae_explorer.metrics import held_out_loss

            held_out = held_out_loss(
                self.vae, held_out_images, EVALUATION_BATCH,
                lambda done: self._finishing("Evaluating held-out images", done / len(held_out_images)),
            )  # fmt: skip
        self._write_codes()
        self._finishing("Writing the run", 0.0)
        self._write_models(model)
        write_history(self.folder / "history.csv", tuple(self.history))
        write_arrays(self.folder / "sample.npz", self.sample)
        self._finishing("Writing the run", 0.9)
        write_info(self.folder, self._info(held_out))
        return open_run(self.folder)

    def _write_codes(self) -> None:
        used = np.flatnonzero(self.parts != 255)
        codes: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        for encoded in self._encoded(self.dataset.images[used]):
            codes.append(encoded)
            self._finishing("Encoding all images", len(codes) * EVALUATION_BATCH / len(used))
        z_mean, z_log_var = (np.concatenate(arrays) for arrays in zip(*codes, strict=True))
        codes_of_all = Codes(z_mean, z_log_var, self._labels_of(used), used.astype(np.int64), self.parts[used])
        write_arrays(self.folder / "codes.npz", codes_of_all)

    def _labels_of(self, index: NDArray[np.int64]) -> NDArray[np.int32]:
        labels = self.dataset.labels
        return np.full(len(index), -1, np.int32) if labels is None else labels[index]

    def _write_models(self, model: Any) -> None:
        (self.folder / "model").mkdir()
        decoder = model.with_sigmoid(self.vae.decoder)
        # Keras has to have called a model once before it can export it.
        decoder(np.zeros((1, self.config.latent_dim), np.float32))
        for done, (name, network) in enumerate((("encoder", self.vae.encoder), ("decoder", decoder))):
            network.save(self.folder / f"model/{name}.keras")
            _compress(self.folder / f"model/{name}.keras")
            self._export(network, name)
            self._finishing("Writing the run", 0.3 * (done + 1))
        try:
            lowered = lower(decoder)
        except UnsupportedError as error:
            self.on_event(Warned(f"An HTML page cannot compute {error}: it will interpolate.", ended=False))
        else:
            (self.folder / "model/decoder.npz").write_bytes(pack(lowered))

    def _export(self, network: Any, name: str) -> None:
        """Write the encoder or the decoder for LiteRT; warn of one that it cannot convert."""
        import tensorflow as tf

        path = self.folder / f"model/{name}.tflite"
        # Left to itself, Keras also exports what LiteRT cannot run without TensorFlow.
        target = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
        try:
            network.export(path, format="litert", verbose=False, target_spec=target)
        except OSError:
            raise
        except Exception:  # the converter fails in many ways, none of which is to lose the training
            log.info("LiteRT cannot convert the %s", name, exc_info=True)
            path.unlink(missing_ok=True)
            instead = ": exploring this run loads TensorFlow, which takes seconds" if name == "decoder" else ""
            self.on_event(Warned(f"LiteRT cannot convert the {name}{instead}.", ended=False))

    def _info(self, held_out: Any) -> RunInfo:
        import keras
        import tensorflow as tf

        whole = len(self.history) == self.config.epochs
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
            held_out=held_out,
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
        needed = 3 * 4 * count + images * (6 * self.config.latent_dim + 16) + self.sample.images.nbytes + 1_000_000
        # Keras exports by way of the system's folder for temporary files.
        for place, size in ((self.folder, needed), (Path(tempfile.gettempdir()), 2 * 4 * count + 5_000_000)):
            free = shutil.disk_usage(place).free
            if free < size:
                raise UserError(
                    f"The disk of {place} is too full: about {size / 1e6:.0f} MB are needed, "
                    f"{free / 1e6:.1f} MB are free. Free some space or choose another place."
                )


def _compress(archive: Path) -> None:
    """Deflate a .keras file, which Keras writes plain and reads either way: a twelfth smaller."""
    with zipfile.ZipFile(archive) as plain:
        members = {name: plain.read(name) for name in plain.namelist()}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as smaller:
        for name, content in members.items():
            smaller.writestr(name, content)


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
