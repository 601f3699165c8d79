"""Our stand-in for the layer that draws z in an encoder from elsewhere, whose own code is never run."""

from typing import Any

import keras


class Sampling(keras.layers.Layer):  # type: ignore[misc]
    """[z_mean, z_log_var] -> z_mean: an import takes mean and log-variance from before the draw, so none is needed."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Sampling":
        """Of all that the other layer was told, only its name matters."""
        name = config.get("name")
        return cls(name=name if isinstance(name, str) else None)

    def call(self, inputs: Any, *_others: Any) -> Any:
        """The first of what is given as a list or as arguments, (batch, latent_dim)."""
        return inputs[0] if isinstance(inputs, list | tuple) else inputs

    def compute_output_spec(self, inputs: Any, *_others: Any) -> Any:
        first = inputs[0] if isinstance(inputs, list | tuple) else inputs
        return keras.KerasTensor(first.shape, first.dtype)
