"""A layer that neither LiteRT nor a page can compute."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("tests")
class Bending(keras.layers.Layer):
    """Bends z by a function that LiteRT does not have."""

    def call(self, z: Any) -> Any:
        return keras.ops.erfinv(keras.ops.tanh(z))
