"""Epochs and seconds of a training until MNIST's held-out images have a given negative ELBO.

    python -m tests.benchmarks.until TARGET SEED PRESET ...

Each preset trains with its usual settings and this seed, by the program's own `fit`, until the 10,000 held-out images
have the target or less, or its epochs are over. They are looked at after each epoch, while the clock is stopped. The
seconds include tracing, compiling and the validation after each epoch. How many epochs it takes does not depend on what
else runs on the machine; the seconds do. A target of 1000 is reached after one epoch, which shows how long one takes.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.results import finish


class Looking:
    """In place of `Epochs`, which is called after steps and epochs: ends fit when the target is reached."""

    def __init__(self, vae: Any, images: Any, target: float) -> None:
        """images: the held-out ones, (N, H, W, C) uint8."""
        import tensorflow as tf

        self._target, self._images = target, images
        self._losses = tf.function(lambda batch, step: sum(vae.losses_of(batch, step, training=False)))
        self._began, self._cpu_began = time.perf_counter(), time.process_time()
        self.seconds, self.cpu_seconds = [0.0], [0.0]  # at the end of each epoch, and 0 before the first
        self.figures: list[float] = []  # negative ELBO after each epoch, nats per image

    def begin(self) -> None: ...

    def end_steps(self, losses: Any) -> bool:
        return False

    def end_validation_batch(self) -> bool:
        return False

    def end(self, losses: Mapping[str, Any], learning_rate: float) -> bool:
        self.seconds.append(self.seconds[-1] + time.perf_counter() - self._began)
        self.cpu_seconds.append(self.cpu_seconds[-1] + time.process_time() - self._cpu_began)
        self.figures.append(self._figure())
        print(
            f"  epoch {len(self.figures)}: {self.figures[-1]:.2f} after {self.seconds[-1]:.1f} s, "
            f"{self.cpu_seconds[-1]:.1f} s of CPU",
            flush=True,
        )
        self._began, self._cpu_began = time.perf_counter(), time.process_time()
        return self.figures[-1] <= self._target

    def _figure(self) -> float:
        """The negative ELBO that the program measures at the end of a training, from the same draws of epsilon."""
        from vae_explorer.model.metrics import EVALUATION_BATCH as SIZE

        starts = range(0, len(self._images), SIZE)
        losses = [
            self._losses(self._images[start : start + SIZE], np.int64(-1 - number))
            for number, start in enumerate(starts)
        ]
        return float(np.concatenate(losses).astype(np.float64).mean())


def measure(preset: str, seed: int, target: float) -> dict[str, Any]:
    from vae_explorer.data.dataset import HELD_OUT, split
    from vae_explorer.data.reading import load_dataset
    from vae_explorer.run.config import for_images, training_config
    from vae_explorer.training.course import Course
    from vae_explorer.training.events import Control
    from vae_explorer.training.loop import fit, new_vae
    from vae_explorer.training.task import Task, Watcher

    dataset = load_dataset("mnist")
    config = for_images(training_config(preset, seed=seed), dataset.info.image_shape)
    splits = split(dataset, config.seed, config.validation_share)
    task = Task(config, dataset, splits, Path(), "", "")
    course = Course(config, task.steps_per_epoch, None)
    vae = new_vae(task, course)
    looking = Looking(vae, dataset.images[splits == HELD_OUT], target)
    fit(task, Watcher(lambda _: None, Control()), course, vae, looking)  # type: ignore[arg-type]
    return {
        "reached": looking.figures[-1] <= target,
        "best": min(looking.figures),
        "epochs": len(looking.figures),
        "seconds": looking.seconds[-1],
        "CPU seconds": looking.cpu_seconds[-1],
        "steps": len(looking.figures) * task.steps_per_epoch,
    }


def main() -> None:
    from vae_explorer.tensorflow_import import import_keras

    import_keras()
    target, seed, *presets = sys.argv[1:]
    found = {}
    for preset in presets:
        print(preset, flush=True)
        found[preset] = measure(preset, int(seed), float(target))
    finish(found)


if __name__ == "__main__":
    main()
