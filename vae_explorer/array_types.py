"""Names of the array types, the same everywhere."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Weights = Sequence[NDArray[Any]]  # of a network, in the order of Keras
Tensor = Any  # of TensorFlow, which carries no types
ImageShape = tuple[int, int, int]  # height, width, channels
