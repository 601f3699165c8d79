"""Steps per second of a training in the window, its tab in view, or of Keras' bare `fit` of the same model.

Bare is how Keras comes: one step a call, and oneDNN only where TensorFlow itself turns it on.

python -m tests.benchmarks.throughput window|bare PRESET SECONDS
"""

import os
import sys
import time

from tests.benchmarks.results import finish

SKIPPED = 30  # steps at the start, while the network is traced


def in_the_window(preset: str, seconds: float) -> float:
    from tests.benchmarks.window import SCRATCH, open_window, wait, wait_until
    from vae_explorer.training.events import BatchProgress

    window = open_window("builtin")
    training = window.training
    window.tabs.setCurrentWidget(training)
    training.settings.preset.setCurrentIndex(training.settings.preset.findData(preset))
    training.settings.folder.setText(str(SCRATCH / preset))
    reports: list[tuple[float, int]] = []

    def take(event: object) -> None:
        if isinstance(event, BatchProgress) and event.steps[-1] > SKIPPED:
            reports.append((time.perf_counter(), int(event.steps[-1])))

    training.worker.reported.connect(take)
    training._start()
    wait_until(lambda: bool(reports))
    wait(seconds)
    (began, first), (ended, last) = reports[0], reports[-1]
    return (last - first) / (ended - began)


def bare(preset: str, seconds: float) -> float:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    from vae_explorer.data.dataset import TRAINING, VALIDATION, split
    from vae_explorer.data.reading import load_dataset
    from vae_explorer.model.batches import evaluation_batches, training_batches
    from vae_explorer.model.metrics import EVALUATION_BATCH
    from vae_explorer.model.optimizer import build_optimizer
    from vae_explorer.model.vae import VAE
    from vae_explorer.run.config import training_config

    config, dataset = training_config(preset), load_dataset("mnist")
    parts = split(dataset, config.seed, config.validation_share)
    vae = VAE(config, dataset.info.image_shape)
    steps = -(-int((parts == TRAINING).sum()) // config.batch_size)
    vae.compile(optimizer=build_optimizer(config, config.epochs * steps), jit_compile=False)
    done, times = 0, []

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            nonlocal done
            done += 1
            if done > SKIPPED:
                times.append((time.perf_counter(), done))
                self.model.stop_training = times[-1][0] - times[0][0] > seconds

    vae.fit(
        training_batches(dataset.images[parts == TRAINING], config),
        steps_per_epoch=steps,
        epochs=config.epochs,
        validation_data=evaluation_batches(dataset.images[parts == VALIDATION], EVALUATION_BATCH),
        shuffle=False,
        verbose=0,
        callbacks=[Clock()],
    )
    (began, first), (ended, last) = times[0], times[-1]
    return (last - first) / (ended - began)


def main() -> None:
    way, preset, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    finish((in_the_window if way == "window" else bare)(preset, seconds))


if __name__ == "__main__":
    main()
