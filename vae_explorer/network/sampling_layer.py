"""The layer that replaces the one that draws z in an imported encoder, whose own program is never run."""

from typing import Any

import keras


class Sampling(keras.layers.Layer):  # type: ignore[misc]
    """[z_mean, z_log_var] -> z_mean. An import uses mean and log-variance before the draw, so nothing is drawn."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Sampling":
        """A layer with the name in `config`; all other settings are ignored."""
        name = config.get("name")
        return cls(name=name if isinstance(name, str) else None)

    def call(self, inputs: Any, *_others: Any) -> Any:
        """The first of the inputs, which may be a list or several arguments: (batch, latent_dim)."""
        return inputs[0] if isinstance(inputs, list | tuple) else inputs

    def compute_output_spec(self, inputs: Any, *_others: Any) -> Any:
        first = inputs[0] if isinstance(inputs, list | tuple) else inputs
        return keras.KerasTensor(first.shape, first.dtype)
