"""The optimizer that a training's settings name."""

from typing import Any

import keras

from vae_explorer.run.config import TrainingConfig


def build_optimizer(config: TrainingConfig, steps: int) -> keras.optimizers.Optimizer:
    """The config's optimizer; a cosine schedule goes from its learning rate to 0 over `steps`."""
    rate: Any = float(config.learning_rate)  # Keras takes no whole number
    if config.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
    kind = keras.optimizers.Adam if config.optimizer == "adam" else keras.optimizers.RMSprop
    return kind(learning_rate=rate)
