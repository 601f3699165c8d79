"""Names of the array types that all modules use."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Indices = NDArray[np.intp]
Words = NDArray[np.uint32]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Weights = Sequence[NDArray[Any]]  # the weights of a network, in the order of Keras
Tensor = Any  # a TensorFlow tensor; TensorFlow has no type hints
ImageShape = tuple[int, int, int]  # height, width, channels
