"""The optimizer that the settings of a training name."""

from typing import Any

import keras

from vae_explorer.run.config import PRESETS, TrainingConfig


def build_optimizer(config: TrainingConfig, steps: int) -> keras.optimizers.Optimizer:
    """The config's optimizer; with a cosine schedule the learning rate falls to 0 over `steps`."""
    rate: Any = float(config.learning_rate)  # Keras accepts no int
    if config.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
    kind = keras.optimizers.Adam if config.optimizer == "adam" else keras.optimizers.RMSprop
    return kind(learning_rate=rate, global_clipnorm=PRESETS[config.preset].clip_norm)
