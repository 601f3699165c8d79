"""One axis of a chart: where values lie in pixels, and which of them are named."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vae_explorer.array_types import Doubles

LEAST = 1e-6  # smallest value of which a logarithm is taken
FAR = 20_000.0  # pixels; a value farther outside the chart is moved to this distance
GAP = 34  # least distance in pixels between two named values, multiplied by `spread`


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps the value `low` to the pixel `start`, and `high` to `end`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def pixels(self, values: ArrayLike) -> Doubles:
        """The positions of values, in pixels."""
        low, high, wanted = (self._scaled(value) for value in (self.low, self.high, values))
        share: Doubles = (wanted - low) / (high - low)
        return np.clip(self.start + share * (self.end - self.start), -FAR, FAR)

    def value(self, pixel: float) -> float:
        """The value at a pixel of a linear axis."""
        return self.low + (pixel - self.start) / (self.end - self.start) * (self.high - self.low)

    def ticks(self, spread: float = 1.0) -> list[tuple[float, str]]:
        """The pixel and the text of each round value."""
        most = max(3, int(abs(self.end - self.start) / (GAP * spread)))
        values, step = self._decades(most), 0.0
        if not values:
            step = round_up((self.high - self.low) / most)
            values = [i * step for i in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        return [
            (float(pixel), named(value, step or value))
            for pixel, value in zip(self.pixels(values), values, strict=True)
        ]

    def _decades(self, most: int) -> list[float]:
        """On a logarithmic axis over a decade or more: 1, 2, 5, 10, ..., or powers of ten; otherwise an empty list."""
        if not self.log or self.high < 10 * self.low:
            return []
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1, 2, 5), (1,)):
            values = [digit * 10.0**power for power in powers for digit in digits]
            inside = [value for value in values if self.low <= value <= self.high]
            if len(inside) <= most:
                break
        return inside[:: -(-len(inside) // most)]

    def _scaled(self, values: ArrayLike) -> Doubles:
        values = np.asarray(values, np.float64)
        return np.log10(np.maximum(values, LEAST)) if self.log else values


def round_up(step: float) -> float:
    """`step` rounded up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return power * next(digit for digit in (1, 2, 5, 10) if digit * power >= step * (1 - 1e-9))


def named(value: float, step: float) -> str:
    """A value as text, with as many decimals as steps of that size need."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{decimals}f}"
